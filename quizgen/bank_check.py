"""`bank check`: an author's second pair of eyes over a bank or a source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from quizgen import bank, source
from quizgen.check import check
from quizgen.engine.expression import Expression, text
from quizgen.errors import InternalError, KeyedError, QuizgenError
from quizgen.generate import distinct
from quizgen.language import Words
from quizgen.notation import number_text
from quizgen.question import Part, Question, canonical, mistakes_for, options
from quizgen.solve import Solution

OPTIONS = 4


@dataclass
class Report:
    """What was found. `faults` make a bank unfit; the rest is for the author's judgement."""

    file: str
    variants: int = 0
    faults: list[dict[str, Any]] = field(default_factory=list)
    shown: Counter[str] = field(default_factory=Counter)
    possible: set[str] = field(default_factory=set)
    ranks: Counter[int] = field(default_factory=Counter)
    answers: dict[str, list[Fraction]] = field(default_factory=dict)

    def fault(self, kind: str, where: str, **details: object) -> None:
        """Notes a fault at a line or a variant."""
        self.faults.append({"kind": kind, "where": where, **{name: str(value) for name, value in details.items()}})

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
            "ranks": {str(rank): self.ranks[rank] for rank in range(1, OPTIONS + 1)},
            "answers": {
                kind: {"count": len(values), "smallest": str(min(values)), "largest": str(max(values))}
                for kind, values in sorted(self.answers.items())
            },
        }


def check_file(path: Path, seeds: int) -> Report:
    """Checks a bank, or `seeds` draws of each entry of a source (told by the suffix .toml)."""
    report = Report(str(path))
    if path.suffix == ".toml":
        wanted = source.read(path)
        for number, entry in enumerate(wanted.entry, 1):
            for question in distinct(entry.levels(), seeds, f"{wanted.seed}-check-{number}"):
                _look_at(question, f"entry {number}", report)
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
        kind = {"bank.wrong_key": "wrong_key", "bank.wrong_id": "wrong_id"}.get(inner.key, "unreadable")
        report.fault(kind, where, id=line.id, why=inner.key)
        return
    _look_at(question, where, report)


def _look_at(question: Question, where: str, report: Report) -> None:
    report.variants += 1
    solution = Solution(question.problem)
    try:
        check(solution)
    except InternalError as error:
        report.fault("wrong_key", where, id=question.id, what=error.details["what"], layers=error.details["layers"])
        return
    for (bare, mistakes), part in zip(mistakes_for(solution), question.parts, strict=True):
        answers = list(mistakes.answers(bare.ask))
        report.possible.update(wrong for value, wrong, _ in answers if canonical(value) != canonical(part.key))
        found = {(wrong, at): canonical(value) for value, wrong, at in answers}
        _check_distractors(part, found, f"{where} ({question.id})", report)
        _rank(question, part, report)


def _check_distractors(part: Part, found: dict[tuple[str, str], object], where: str, report: Report) -> None:
    printed: dict[str, str] = {_printed(part.key): "key"}
    for wrong in part.distractors:
        shown = _printed(wrong.value)
        if shown in printed:
            report.fault("looks_alike", where, value=shown, other=printed[shown])
        printed[shown] = wrong.misconception
        if found.get((wrong.misconception, wrong.at)) != canonical(wrong.value):
            report.fault("wrong_distractor", where, value=shown, misconception=wrong.misconception)
        report.shown.update({wrong.misconception, *wrong.also})
    if len(part.distractors) < OPTIONS - 1:
        report.fault("few_distractors", where, count=len(part.distractors))


def _printed(value: Any) -> str:
    return text(value) if isinstance(value, Expression) else number_text(value)


def _rank(question: Question, part: Part, report: Report) -> None:
    """Where the key stands among its options by size, and how large keys are."""
    if not isinstance(part.key, Fraction):
        return
    report.answers.setdefault(part.ask.kind, []).append(part.key)
    values = [value for value in options(question, part, OPTIONS) if isinstance(value, Fraction)]
    report.ranks[sorted(values).index(part.key) + 1] += 1


def lines_of(report: Report, said: Words) -> Iterator[str]:
    """The report as a person reads it."""
    yield said("check.variants", file=report.file, count=report.variants)
    for fault in report.faults:
        yield said(f"check.{fault['kind']}", **fault)
    data = report.as_data()
    if data["answers"]:
        yield said["check.answers"]
    for kind, each in data["answers"].items():
        yield f"  {said[f'kind.{kind}']}: {each['count']}, {each['smallest']} … {each['largest']}"
    yield said("check.ranks", ranks=" / ".join(map(str, data["ranks"].values())))
    yield said("check.shown", count=len(report.shown))
    if report.never_shown:
        yield said("check.never_shown", names=", ".join(report.never_shown))
    yield said("check.faults", count=len(report.faults)) if report.faults else said["check.no_faults"]
