"""The rules of a drill, as pure functions: state + what was said + now -> new state + what happened.

A variant's parts are asked in order and each takes one answer. What happened is a list of events; the words for
them are made elsewhere, and so is the record on disk (`Noted`, `Flagged`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from fractions import Fraction
from itertools import islice

from quizgen.answers import Answer, Unreadable, Verdict, grade, read
from quizgen.drill.chosen import Chosen
from quizgen.drill.events import (
    Asked,
    AskedWhy,
    Completed,
    Ended,
    Event,
    Explained,
    Flagged,
    Hinted,
    Judged,
    Misread,
    Noted,
    Opened,
    Shown,
    TimeIsUp,
)
from quizgen.drill.lesson import Lesson
from quizgen.drill.option import option
from quizgen.drill.result import RIGHT, SKIPPED, WRONG, Flag, Result
from quizgen.drill.whole import Filled, Standing, can_be_whole, place_of, stands, whole
from quizgen.marking import HALF, earns_half
from quizgen.plan import Answers
from quizgen.solve import Step


class Command(Enum):
    """What can be said instead of an answer."""

    HELP = "help"
    HINT = "hint"
    STEPS = "steps"
    SKIP = "skip"
    FLAG = "flag"
    QUIT = "quit"


@dataclass(frozen=True)
class Complaint:
    """The question is bad, and why."""

    why: str


@dataclass(frozen=True)
class State:
    """Where a drill stands. Without a `lesson` the next variant can be opened, unless it is `over`.

    `complaining`: the next line says why the question is bad. `told`: how many of the author's hints were. `filled`
    and `judged`: what a variant holds so far.
    """

    until: datetime | None = None
    lesson: Lesson | None = None
    part: int = 0
    hints: int = 0
    shown: frozenset[Step] = frozenset()
    told: int = 0
    variants: int = 0
    results: tuple[Result, ...] = ()
    filled: tuple[Filled, ...] = ()
    judged: tuple[Verdict | None, ...] = ()
    complaining: bool = False
    over: bool = False


Outcome = tuple[State, list[Event]]


# --- the rules -----------------------------------------------------------------------------------------------


def start(now: datetime, minutes: int | None = None) -> State:
    """A drill that begins now, and ends after the part during which `minutes` have passed."""
    return State(until=None if minutes is None else now + timedelta(minutes=minutes))


def opened(state: State, chosen: Chosen, form: Answers = Answers.ENTRY) -> Outcome:
    """The next variant, at its first part; as a whole graph only where its family has the words for it."""
    if form is Answers.GRAPH and not can_be_whole(chosen.question):
        form = Answers.ENTRY
    lesson = Lesson.of(whole(chosen.question) if form is Answers.GRAPH else chosen.question, form)
    state = replace(
        state,
        lesson=lesson,
        part=0,
        hints=0,
        shown=frozenset(),
        told=0,
        filled=(),
        judged=(),
        variants=state.variants + 1,
    )
    return state, [Opened(lesson, state.variants, chosen), Asked(lesson, 0)]


def responded(state: State, said: str | Command | Complaint, now: datetime) -> Outcome:
    """What follows when the learner says something about the part that is asked."""
    lesson = state.lesson
    assert lesson is not None
    match said:
        case Command.HELP:
            return state, [Explained(lesson, state.part)]
        case Command.HINT:
            return _hinting(state, lesson) if state.told < lesson.hints else _showing(state, lesson, 1)
        case Command.STEPS:
            return _showing(state, lesson, None)
        case Command.SKIP:
            return _taken(state, lesson, now, "", None, None)
        case Command.FLAG:
            return replace(state, complaining=True), [AskedWhy()]
        case Command.QUIT:
            state, ended = finished(state)
            return state, [*_completed(state, lesson), *ended]
        case Complaint(why):
            return _flagged(state, lesson, why, now)
    assert isinstance(said, str)
    return _answered(state, lesson, said, now)


def finished(state: State) -> Outcome:
    """The end, with the summary."""
    return replace(state, lesson=None, over=True), [Ended(state.results)]


def _flagged(state: State, lesson: Lesson, why: str, now: datetime) -> Outcome:
    """The variant is left; without a reason nothing is flagged."""
    if not why.strip():
        return replace(state, complaining=False), [Asked(lesson, state.part)]
    flag = Flag(now, lesson.question.id, state.part + 1, why.strip())
    return replace(state, lesson=None, complaining=False), [Flagged(flag)]


def _hinting(state: State, lesson: Lesson) -> Outcome:
    """What the author of the problem would say first; it costs what a step costs."""
    state = replace(state, hints=state.hints + 1, told=state.told + 1)
    return state, [Hinted(lesson, state.told, _left(state, lesson))]


def _showing(state: State, lesson: Lesson, count: int | None) -> Outcome:
    """Shows the next `count` steps that have not been shown; all steps where it is None."""
    unseen = _unseen(state, lesson)
    fresh = tuple(islice(unseen, count))
    told = fresh if count is not None else tuple(lesson.steps(state.part))
    state = replace(state, hints=state.hints + len(fresh), shown=state.shown | set(fresh))
    return state, [Shown(lesson, told, _left(state, lesson))]


def _unseen(state: State, lesson: Lesson) -> list[Step]:
    return [step for step in lesson.steps(state.part) if step not in state.shown]


def _left(state: State, lesson: Lesson) -> Fraction:
    """The share of the marks that is left: each step that was shown costs its part of the way."""
    if not state.hints:
        return Fraction(1)
    unseen = len(_unseen(state, lesson))
    return Fraction(unseen, unseen + state.hints)


def _answered(state: State, lesson: Lesson, typed: str, now: datetime) -> Outcome:
    part = lesson.question.parts[state.part]
    if lesson.form is Answers.CHOICE:
        answer = option(typed, lesson.offered[state.part])
    else:
        answer = read(typed, part, lesson.names, lesson.units)
    judged = answer if isinstance(answer, Unreadable) else grade(part, lesson.mistakes[state.part], answer)
    if isinstance(answer, Unreadable) or isinstance(judged, Unreadable):
        assert isinstance(judged, Unreadable)
        return state, [Misread(lesson, state.part, judged)]
    return _taken(state, lesson, now, typed, answer, judged)


def _taken(
    state: State, lesson: Lesson, now: datetime, typed: str, answer: Answer | None, verdict: Verdict | None
) -> Outcome:
    """The part has its answer: on to the next one."""
    filled = _filled(state, lesson, answer, verdict)
    follows = bool(filled) and filled[-1].standing is Standing.FOLLOWS
    mark = Fraction(1) * _left(state, lesson) if follows else _mark(state, lesson, answer, verdict)
    worked = () if verdict and verdict.right else lesson.answering(state.part)
    result = _result(state, lesson, now, typed, verdict, follows, mark)
    events: list[Event] = [Noted(result)]
    known = set(worked)
    if lesson.form is Answers.GRAPH:
        known = set()  # nothing is told until every edge has its answer
    else:
        events.append(Judged(lesson, state.part, answer, verdict, worked, mark))
    if verdict and verdict.right and result.kind == "value":
        known |= set(lesson.steps(state.part))  # who found the value has gone the whole way forward
    state = replace(
        state,
        hints=0,
        shown=state.shown | known,
        results=(*state.results, result),
        filled=filled,
        judged=(*state.judged, verdict),
        part=state.part + 1,
    )
    return _next(state, lesson, now, events)


def _next(state: State, lesson: Lesson, now: datetime, events: list[Event]) -> Outcome:
    """The next part, the end of the variant, or the end of the time."""
    last = state.part >= len(lesson.question.parts)
    over = state.until is not None and now >= state.until
    if last or over:
        events += _completed(state, lesson)
    if over:
        state, ended = finished(state)
        return state, [*events, TimeIsUp(), *ended]
    if last:
        return replace(state, lesson=None), events
    return state, [*events, Asked(lesson, state.part)]


def _completed(state: State, lesson: Lesson) -> list[Event]:
    """The marking of a whole graph, as far as it was filled."""
    whole_graph = lesson.form is Answers.GRAPH and state.judged
    return [Completed(lesson, state.judged, state.filled)] if whole_graph else []


def _filled(state: State, lesson: Lesson, answer: Answer | None, verdict: Verdict | None) -> tuple[Filled, ...]:
    """What the graph holds after this answer; nothing where it is not filled as a whole."""
    if lesson.form is not Answers.GRAPH:
        return ()
    ask, value = lesson.question.parts[state.part].ask, answer.value if answer else None
    right = verdict is not None and verdict.right
    explained = verdict is not None and bool(verdict.mistakes or verdict.slips)
    standing = stands(lesson.solution, ask, value, right, state.filled, explained)
    return (*state.filled, Filled(place_of(ask), value, standing))


def _mark(state: State, lesson: Lesson, answer: Answer | None, verdict: Verdict | None) -> Fraction:
    """What an answer earns: all that is left, half of it after one wrong rule, or nothing."""
    if verdict is None or answer is None:
        return Fraction(0)
    if verdict.right:
        return _left(state, lesson)
    given = answer.expression if answer.value is None else answer.value
    causes = {wrong for wrong, _ in verdict.mistakes}
    return HALF * _left(state, lesson) if earns_half(given, causes, lesson.question) else Fraction(0)


def _result(
    state: State, lesson: Lesson, now: datetime, typed: str, verdict: Verdict | None, follows: bool, mark: Fraction
) -> Result:
    problem, part = lesson.question.problem, lesson.question.parts[state.part]
    outcome = SKIPPED if verdict is None else RIGHT if verdict.right or follows else WRONG
    return Result(
        now,
        lesson.question.id,
        state.part + 1,
        problem.family,
        problem.level,
        part.ask.kind,
        typed,
        outcome,
        verdict.mistakes if verdict and not follows else (),
        state.hints,
        mark,
        lesson.shows(state.part),
        verdict.slips if verdict else (),
        lesson.form.value,
    )
