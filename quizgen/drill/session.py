"""The rules of a drill, as pure functions: state + what was said + now -> new state + what happened.

A variant's parts are asked in order and each takes one answer. What happened is a list of events; the words for
them are made elsewhere, and so is the record on disk (`Noted`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from itertools import islice

from quizgen.answers import Answer, Unreadable, Verdict, grade, read
from quizgen.drill.lesson import Lesson
from quizgen.drill.result import RIGHT, SKIPPED, WRONG, Result
from quizgen.question import Question
from quizgen.solve import Step


class Command(Enum):
    """What can be said instead of an answer."""

    HELP = "help"
    HINT = "hint"
    STEPS = "steps"
    SKIP = "skip"
    QUIT = "quit"


@dataclass(frozen=True)
class State:
    """Where a drill stands. Without a `lesson` the next variant can be opened, unless it is `over`."""

    until: datetime | None = None
    lesson: Lesson | None = None
    part: int = 0
    hints: int = 0
    shown: frozenset[Step] = frozenset()
    variants: int = 0
    results: tuple[Result, ...] = ()
    over: bool = False


# --- what happens --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Opened:
    """A variant begins; `number` counts them."""

    lesson: Lesson
    number: int


@dataclass(frozen=True)
class Asked:
    """A part is asked."""

    lesson: Lesson
    part: int


@dataclass(frozen=True)
class Explained:
    """Help was wanted."""

    lesson: Lesson
    part: int


@dataclass(frozen=True)
class Misread:
    """The answer could not be read; nothing is lost."""

    lesson: Lesson
    part: int
    why: Unreadable


@dataclass(frozen=True)
class Shown:
    """Steps of the worked solution, as a hint or because they were wanted; none where all have been shown."""

    lesson: Lesson
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Noted:
    """To be recorded before anything else is shown."""

    result: Result


@dataclass(frozen=True)
class Judged:
    """The part was answered (`answer`, `verdict`), or skipped (None); `steps` say where the key comes from."""

    lesson: Lesson
    part: int
    answer: Answer | None = None
    verdict: Verdict | None = None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class TimeIsUp:
    """The minutes are over."""


@dataclass(frozen=True)
class Ended:
    """The drill is over."""

    results: tuple[Result, ...]


Event = Opened | Asked | Explained | Misread | Shown | Noted | Judged | TimeIsUp | Ended
Outcome = tuple[State, list[Event]]


# --- the rules -----------------------------------------------------------------------------------------------


def start(now: datetime, minutes: int | None = None) -> State:
    """A drill that begins now, and ends after the part during which `minutes` have passed."""
    return State(until=None if minutes is None else now + timedelta(minutes=minutes))


def opened(state: State, question: Question) -> Outcome:
    """The next variant, at its first part."""
    lesson = Lesson.of(question)
    state = replace(state, lesson=lesson, part=0, hints=0, shown=frozenset(), variants=state.variants + 1)
    return state, [Opened(lesson, state.variants), Asked(lesson, 0)]


def responded(state: State, said: str | Command, now: datetime) -> Outcome:
    """What follows when the learner says something about the part that is asked."""
    lesson = state.lesson
    assert lesson is not None
    match said:
        case Command.HELP:
            return state, [Explained(lesson, state.part)]
        case Command.HINT:
            return _showing(state, lesson, 1)
        case Command.STEPS:
            return _showing(state, lesson, None)
        case Command.SKIP:
            return _taken(state, lesson, now, "", Judged(lesson, state.part, steps=lesson.answering(state.part)))
        case Command.QUIT:
            return finished(state)
    assert isinstance(said, str)
    return _answered(state, lesson, said, now)


def finished(state: State) -> Outcome:
    """The end, with the summary."""
    return replace(state, lesson=None, over=True), [Ended(state.results)]


def _showing(state: State, lesson: Lesson, count: int | None) -> Outcome:
    """Shows the next `count` steps that have not been shown; all steps where it is None."""
    unseen = [step for step in lesson.steps(state.part) if step not in state.shown]
    fresh = tuple(islice(unseen, count))
    told = fresh if count is not None else tuple(lesson.steps(state.part))
    state = replace(state, hints=state.hints + len(fresh), shown=state.shown | set(fresh))
    return state, [Shown(lesson, told)]


def _answered(state: State, lesson: Lesson, typed: str, now: datetime) -> Outcome:
    part = lesson.question.parts[state.part]
    answer = read(typed, part, lesson.names, lesson.units)
    judged = answer if isinstance(answer, Unreadable) else grade(part, lesson.mistakes[state.part], answer)
    if isinstance(answer, Unreadable) or isinstance(judged, Unreadable):
        assert isinstance(judged, Unreadable)
        return state, [Misread(lesson, state.part, judged)]
    worked = () if judged.right else lesson.answering(state.part)
    return _taken(state, lesson, now, typed, Judged(lesson, state.part, answer, judged, worked))


def _taken(state: State, lesson: Lesson, now: datetime, typed: str, judged: Judged) -> Outcome:
    """The part has its answer: on to the next one."""
    result = _result(state, lesson, now, typed, judged.verdict)
    known = set(judged.steps)
    if judged.verdict and judged.verdict.right and result.kind == "value":
        known |= set(lesson.steps(state.part))  # who found the value has gone the whole way forward
    results = (*state.results, result)
    state = replace(state, hints=0, shown=state.shown | known, results=results, part=state.part + 1)
    events: list[Event] = [Noted(result), judged]
    if state.until is not None and now >= state.until:
        state, ended = finished(state)
        return state, [*events, TimeIsUp(), *ended]
    if state.part < len(lesson.question.parts):
        return state, [*events, Asked(lesson, state.part)]
    return replace(state, lesson=None), events


def _result(state: State, lesson: Lesson, now: datetime, typed: str, verdict: Verdict | None) -> Result:
    problem, part = lesson.question.problem, lesson.question.parts[state.part]
    outcome = SKIPPED if verdict is None else RIGHT if verdict.right else WRONG
    return Result(
        now,
        lesson.question.id,
        state.part + 1,
        problem.family,
        problem.level,
        part.ask.kind,
        typed,
        outcome,
        verdict.mistakes if verdict else (),
        state.hints,
    )
