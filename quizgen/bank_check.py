"""`bank check`: an author's second pair of eyes over a bank or a source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from quizgen import bank, source
from quizgen.authored import family_of
from quizgen.check import check
from quizgen.engine.expression import Expression, text
from quizgen.errors import InternalError, KeyedError, QuizgenError
from quizgen.generate import distinct
from quizgen.language import Words, available, text_in
from quizgen.misconceptions import catalogue
from quizgen.notation import number_text
from quizgen.question import Part, Question, canonical, mistakes_for, options, rank
from quizgen.solve import Solution
from quizgen.wording import Wording

OPTIONS = 4
FAULTS = {
    "bank.wrong_key": "wrong_key",
    "bank.wrong_id": "wrong_id",
    "bank.wrong_formula": "wrong_formula",
    "bank.broken_seal": "tampered",
    "bank.not_of_problem": "tampered",
}


@dataclass
class Report:
    """What was found. `faults` make a bank unfit; the rest is for the author's judgement."""

    file: str
    variants: int = 0
    faults: list[dict[str, Any]] = field(default_factory=list)
    reasons: list[KeyedError | None] = field(default_factory=list)  # one for each fault
    shown: Counter[str] = field(default_factory=Counter)
    possible: set[str] = field(default_factory=set)
    ranks: Counter[int] = field(default_factory=Counter)
    answers: dict[str, list[Fraction]] = field(default_factory=dict)

    def fault(self, kind: str, where: str, why: KeyedError | None = None, **details: object) -> None:
        """Notes a fault at a line or a variant; `why` is the error that says more."""
        more = {
            name: str(value) for name, value in (why.details if why else {}).items() if name not in ("file", "line")
        }
        told = {"why": why.key} if why else {}
        self.faults.append({"kind": kind, "where": where, **more, **details, **told})
        self.reasons.append(why)

    @property
    def never_shown(self) -> list[str]:
        """Misconceptions that could lead to a wrong answer here but are no distractor anywhere."""
        return sorted(self.possible - set(self.shown))

    def as_data(self) -> dict[str, Any]:
        """The shape of `bank check --json`."""
        return {
            "file": self.file,
            "variants": self.variants,
            "faults": self.faults,
            "misconceptions": dict(sorted(self.shown.items())),
            "never_shown": self.never_shown,
            "ranks": {str(each): self.ranks[each] for each in range(1, OPTIONS + 1)},
            "answers": {
                kind: {"count": len(values), "smallest": str(min(values)), "largest": str(max(values))}
                for kind, values in sorted(self.answers.items())
            },
        }


def check_file(path: Path, seeds: int, seed: str | None = None) -> Report:
    """Checks a bank, or `seeds` draws of each entry of a source (told by the suffix .toml), whose own seed `seed`
    overrules."""
    report = Report(str(path))
    if path.suffix == ".toml":
        wanted = source.read(path, seed)
        for kind, error, number in wanted.slips:
            report.fault(kind, f"{path}:{number}", error)
        for part in wanted.parts:
            where = f"{path}, [[{part.place[0]}]] {int(part.place[1]) + 1}"
            try:
                for question in distinct(list(part.levels), seeds, f"{part.stream}-check"):
                    _look_at(question, where, report)
            except InternalError as error:
                report.fault("disagreement", where, error)
    else:
        first: dict[str, int] = {}
        for line in bank.lines(path):
            where = f"{path}:{line.number}"
            if line.id in first:
                report.fault("duplicate", where, id=line.id, first=first[line.id])
            first.setdefault(line.id, line.number)
            _check_line(line, where, report)
    return report


def _check_line(line: bank.Line, where: str, report: Report) -> None:
    try:
        question = line.question()
    except QuizgenError as error:
        why = error.details.get("why")
        inner = why if isinstance(why, KeyedError) else error
        kind = FAULTS.get(inner.key, "unreadable")
        report.fault(kind, where, inner, id=line.id)
        return
    _look_at(question, where, report)


def _look_at(question: Question, where: str, report: Report) -> None:
    report.variants += 1
    solution = Solution(question.problem)
    try:
        family = family_of(question.problem)
        for code in available() if not family.own else family.title:  # an author may write for one language
            _read_aloud(Wording(question, code))
        check(solution)
    except QuizgenError as error:
        report.fault("unfit", where, error, id=question.id)
        return
    except InternalError as error:
        report.fault("disagreement", where, error, id=question.id)
        return
    for (bare, mistakes), part in zip(mistakes_for(solution), question.parts, strict=True):
        answers = list(mistakes.answers(bare.ask))
        report.possible.update(wrong for value, wrong, _ in answers if canonical(value) != canonical(part.key))
        found = {(wrong, at): canonical(value) for value, wrong, at in answers}
        _check_distractors(part, found, f"{where} ({question.id})", report)
        _rank(question, part, report)


def _read_aloud(wording: Wording) -> None:
    """Says everything that a reader of the question would meet."""
    wording.text(wording.story)
    for part in wording.question.parts:
        wording.text(wording.ask(part))


def _check_distractors(part: Part, found: dict[tuple[str, str], object], where: str, report: Report) -> None:
    printed = {_printed(part.key)}
    leads_to: dict[str, set[object]] = {}
    for (wrong, _), value in found.items():
        leads_to.setdefault(wrong, set()).add(value)
    for each in part.distractors:
        shown, value = _printed(each.value), canonical(each.value)
        if shown in printed:
            report.fault("looks_alike", where, value=shown)
        printed.add(shown)
        untrue = [name for name in each.also if value not in leads_to.get(name, ())]
        if found.get((each.misconception, each.at)) != value:
            untrue.insert(0, each.misconception)
        for name in untrue:
            report.fault("wrong_distractor", where, value=shown, misconception=name)
        report.shown.update({each.misconception, *each.also})
    if len(part.distractors) < OPTIONS - 1:
        report.fault("few_distractors", where, count=len(part.distractors))


def _printed(value: Any) -> str:
    return text(value) if isinstance(value, Expression) else number_text(value)


def _rank(question: Question, part: Part, report: Report) -> None:
    """Where the key stands among its options by size, and how large keys are."""
    found = rank(options(question, part, OPTIONS), part.key)
    if found is not None and isinstance(part.key, Fraction):
        report.answers.setdefault(part.ask.kind, []).append(part.key)
        report.ranks[found] += 1


def lines_of(report: Report, said: Words) -> Iterator[str]:
    """The report as a person reads it."""
    yield said("check.variants", file=report.file, count=report.variants)
    for fault, why in zip(report.faults, report.reasons, strict=True):
        reason = said.sentence(why).removeprefix(f"{fault['where']}: ") if why else ""
        told = {"why": reason, "title": _title(fault.get("misconception", ""), said)}
        yield said(f"check.{fault['kind']}", **fault | told)
    data = report.as_data()
    if data["answers"]:
        yield said["check.answers"]
    for kind, each in data["answers"].items():
        yield f"  {said[f'kind.{kind}']}: {each['count']}, {each['smallest']} … {each['largest']}"
    yield said("check.ranks", ranks=" / ".join(map(str, data["ranks"].values())))
    yield said("check.shown", count=len(report.shown))
    if report.never_shown:
        yield said["check.never_shown"]
        yield from (f"  {_title(name, said)}" for name in report.never_shown)
    yield said("check.faults", count=len(report.faults)) if report.faults else said["check.no_faults"]


def _title(misconception: str, said: Words) -> str:
    known = catalogue().get(misconception)
    return text_in(known.title, said.code) if known else misconception
