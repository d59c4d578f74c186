"""What is looked at in one variant: solved again, read aloud, its options as they are printed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from quizgen import bank
from quizgen.authored import family_of
from quizgen.bank_check import offer
from quizgen.bank_check.difficulty import difficulty
from quizgen.bank_check.fault import Fault
from quizgen.bank_check.offer import Offer
from quizgen.bank_check.story import slips
from quizgen.check import check
from quizgen.drill.lesson import Lesson
from quizgen.engine.expression import Constant, Expression, text
from quizgen.engine.functions import Value
from quizgen.errors import InternalError, KeyedError, QuizgenError
from quizgen.language import available
from quizgen.notation import number_text
from quizgen.plan import LETTERS, Answers
from quizgen.problem import MULTIPLIER, RATE
from quizgen.question import Mistakes, Part, Question, canonical, mistakes_for, rank
from quizgen.solve import Solution
from quizgen.wording import Wording

OPTIONS = len(LETTERS)
DULL = (0, 1, -1)
MOST_GROWTH = 3  # a multiplier of more than 300 % is hardly meant
FAULTS = {
    "bank.wrong_key": "wrong_key",
    "bank.wrong_id": "wrong_id",
    "bank.wrong_formula": "wrong_formula",
    "bank.not_of_problem": "tampered",
}


@dataclass(frozen=True)
class PartLook:
    """One part. `answer` is its key where that is a rational number, `printed` its options in no order, `place` that
    of the key among them as they are printed, `same_as` the number of an earlier part with the same answer (0: none),
    `guesses` whether each strategy that had something to say was right; of misconceptions, `shown` are behind wrong
    options, `offered` behind printed ones, `possible` behind some wrong answer."""

    number: int
    kind: str
    answer: Fraction | None
    printed: tuple[str, ...]
    place: int
    rank: int | None
    dull: bool
    given: bool
    same_as: int
    giveaway: bool
    guesses: Mapping[str, bool]
    shown: tuple[str, ...]
    offered: frozenset[str]
    possible: frozenset[str]


@dataclass(frozen=True)
class Look:
    """One variant. `read`: it could be read; `own`: whose problem it is, where an author wrote it; `story`: in each
    language. What could not be solved has no parts."""

    where: str
    id: str
    family: str
    level: int
    read: bool
    faults: tuple[Fault, ...]
    own: str = ""
    story: Mapping[str, str] = field(default_factory=dict)
    difficulty: Mapping[str, int] = field(default_factory=dict)
    parts: tuple[PartLook, ...] = ()


def look_at_line(line: bank.Line) -> Look:
    """A line of a bank: whether it can be read and its keys are right, then all the rest."""
    where = f"{line.file}:{line.number}"
    tampered = line.tampered()
    try:
        question = line.question(sealed=False)
    except QuizgenError as error:
        why = error.details.get("why")
        inner = why if isinstance(why, KeyedError) else error
        kind = FAULTS.get(inner.key, "unreadable")
        return Look(where, line.id, line.family, line.level, False, (Fault(kind, where, {"id": line.id}, inner),))
    look = look_at(question, where)
    if tampered:
        fault = Fault("tampered", where, {"id": line.id}, tampered)
        return replace(look, faults=(fault, *look.faults))
    return look


def look_at(question: Question, where: str, drawn: bool = False) -> Look:
    """A question. What was `drawn` just now has been through sympy already."""
    problem, solution = question.problem, Solution(question.problem)
    head = (where, question.id, problem.family, problem.level, True)
    try:
        family = family_of(problem)
        codes = family.title if family.own else available()  # an author may write for one language
        spoken = [Wording(question, code) for code in codes]
        for wording in spoken:
            _read_aloud(wording)
        if not drawn:
            check(solution)
    except (QuizgenError, InternalError) as error:
        kind = "disagreement" if isinstance(error, InternalError) else "unfit"
        return Look(*head, (Fault(kind, where, {"id": question.id}, error),))
    mistakes = tuple(mistakes for _, mistakes in mistakes_for(solution))
    lesson = Lesson(question, solution, mistakes, Answers.CHOICE)
    at = f"{where} ({question.id})"
    parts = tuple(_part(lesson, number, spoken[0]) for number in range(len(question.parts)))
    told = list(_option_faults(lesson, at))
    if problem.own:
        told += _sense_faults(solution, at)
    if not problem.own:  # the slips of an author's problem say it once for all its variants
        told = [*_story_faults(spoken, at), *told]
    stories = {wording.language: wording.text(wording.story) for wording in spoken}
    return Look(*head, tuple(told), problem.own, stories, difficulty(solution), parts)


def _read_aloud(wording: Wording) -> None:
    """Says everything that a reader of the question would meet."""
    wording.text(wording.story)
    for part in wording.question.parts:
        wording.text(wording.ask(part))


def _part(lesson: Lesson, number: int, wording: Wording) -> PartLook:
    question, part = lesson.question, lesson.question.parts[number]
    shown = lesson.offered[number]
    place = next(at for at, value in enumerate(shown) if value is part.key)
    seen = Offer.of(shown, wording.style)
    picks = {name: each.pick(seen) for name, each in offer.catalogue().items()} if len(shown) > 1 else {}
    key = _number(part.key)
    return PartLook(
        number=number + 1,
        kind=part.ask.kind,
        answer=part.key if isinstance(part.key, Fraction) else None,
        printed=tuple(sorted(seen.printed)),
        place=place,
        rank=rank(shown, part.key),
        dull=key in DULL,
        given=key is not None and key in _given(question),
        same_as=_same_as(question, number),
        giveaway=offer.gives_away(seen, place),
        guesses={name: pick == place for name, pick in picks.items() if pick is not None},
        shown=tuple(name for each in part.distractors for name in (each.misconception, *each.also)),
        offered=frozenset(_behind(part, shown)),
        possible=frozenset(lesson.shows(number)),
    )


def _number(value: Value) -> Fraction | None:
    value = value.value if isinstance(value, Constant) else value
    return value if isinstance(value, Fraction) else None


def _given(question: Question) -> set[object]:
    """The numbers that stand in the question: values of inputs, and literals of the graph."""
    graph = question.problem.graph
    literals = {each for node in graph.nodes for each in node.operands if not isinstance(each, str)}
    return {*graph.inputs.values(), *literals}


def _same_as(question: Question, number: int) -> int:
    """The number of the first earlier part that has the same answer; 0 where there is none."""
    keys = [canonical(part.key) for part in question.parts[: number + 1]]
    first = keys.index(keys[number])
    return first + 1 if first < number else 0


def _behind(part: Part, shown: tuple[Value, ...]) -> Iterator[str]:
    for each in part.distractors:
        if any(value is each.value for value in shown):
            yield from (each.misconception, *each.also)


def _story_faults(spoken: list[Wording], where: str) -> Iterator[Fault]:
    """Each slip once, with the languages that have it."""
    found: dict[tuple[str, str], list[str]] = {}
    for wording in spoken:
        for slip in dict.fromkeys(slips(wording.question.problem, wording.story)):
            found.setdefault((slip.number, slip.input), []).append(wording.language)
    for (number, name), codes in found.items():
        told = {"number": number, **({"input": name} if name else {}), "languages": codes}
        yield Fault("story_numbers", where, told)


def _sense_faults(solution: Solution, where: str) -> Iterator[Fault]:
    """What no story can mean: a rate that is no part of a whole, a bill below zero of positive amounts."""
    problem = solution.problem
    graph = problem.graph
    given = {name: value for name, value in graph.inputs.items() if isinstance(value, Fraction)}
    for name, value in given.items():
        role = graph.roles.get(name)
        if (role == RATE and not 0 < value <= 1) or (role == MULTIPLIER and not 0 < value <= MOST_GROWTH):
            yield Fault("out_of_sense", where, {"name": name, "value": str(value)})
    result = solution.found.value
    amounts = family_of(problem).unit is not None and all(value > 0 for value in given.values())
    if amounts and isinstance(result, Fraction) and result < 0:
        yield Fault("out_of_sense", where, {"name": str(graph.output), "value": str(result)})


def _option_faults(lesson: Lesson, where: str) -> Iterator[Fault]:
    for part, mistakes in zip(lesson.question.parts, lesson.mistakes, strict=True):
        yield from _distractor_faults(part, mistakes, where)
        if len(part.distractors) < OPTIONS - 1:
            yield Fault("few_distractors", where, {"count": len(part.distractors)})


def _distractor_faults(part: Part, mistakes: Mistakes, where: str) -> Iterator[Fault]:
    """Options that look like another one, or are not what their misconceptions lead to."""
    printed, leads_to = {_printed(part.key)}, set[tuple[str, str, object]]()
    anywhere = set[tuple[str, object]]()
    for value, wrong, at in mistakes.found(part.ask):
        leads_to.add((wrong, at, value))
        anywhere.add((wrong, value))
    for each in part.distractors:
        shown, value = _printed(each.value), canonical(each.value)
        if shown in printed:
            yield Fault("looks_alike", where, {"value": shown})
        printed.add(shown)
        untrue = [name for name in each.also if (name, value) not in anywhere]
        if (each.misconception, each.at, value) not in leads_to:
            untrue.insert(0, each.misconception)
        for name in untrue:
            yield Fault("wrong_distractor", where, {"value": shown, "misconception": name})


def _printed(value: Any) -> str:
    return text(value) if isinstance(value, Expression) else number_text(value)
