"""The worked solution of a question: the steps of its passes under headings, in one language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from quizgen.language import Words
from quizgen.notation import Notation
from quizgen.question import Part, Question
from quizgen.solve import Solution, Step, steps, steps_for


@dataclass(frozen=True)
class Line:
    """One line: the number of its node or what it does, and the mathematics."""

    label: str
    mathematics: Notation


@dataclass(frozen=True)
class Working:
    """A stretch of lines under a heading."""

    heading: str
    lines: tuple[Line, ...]


def workings(question: Question, solution: Solution, said: Words) -> Iterator[Working]:
    """Forward, backward, then what a single part needs beyond that."""
    worked = list(steps(question.problem.graph, solution.found))
    for way in ("forward", "backward"):
        yield Working(said[f"step.{way}"], _lines((step for step in worked if step.direction == way), said))
    for number, part in enumerate(question.parts, 1):
        lines = _lines(_beyond(solution, part), said)
        if lines:
            yield Working(said("sheet.worked_task", number=number), lines)


def _lines(worked: Iterable[Step], said: Words) -> tuple[Line, ...]:
    return tuple(Line(_label(step, said), step.mathematics) for step in worked)


def _label(step: Step, said: Words) -> str:
    if step.number:
        return said("sheet.step", number=step.number)
    return said["step.sum"] if step.direction == "backward" else ""


def _beyond(solution: Solution, part: Part) -> Iterator[Step]:
    """What the whole solution does not show: the way back of a part that needs a pass of its own, over names or from
    another node; a local derivative; and what a small growth makes of the output."""
    graph, found = solution.graph_for(part.ask), solution.pass_for(part.ask)
    for step in steps_for(graph, found, part.ask):
        own_pass = step.direction == "backward" and found is not solution.found
        if own_pass or (part.ask.kind == "local" and step.direction == "backward") or step.direction == "growth":
            yield step
