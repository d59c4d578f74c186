"""The worked solution of a question: the steps of its passes under headings, in one language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from quizgen.language import Words
from quizgen.notation import Equal, Infix, Notation, Num, Partial, of_value
from quizgen.question import Part, Question
from quizgen.solve import Solution, Step, steps


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
        lines = (*_lines(_way_back(solution, part), said), *_growth(solution, part))
        if lines:
            yield Working(said("sheet.worked_task", number=number), lines)


def _lines(worked: Iterable[Step], said: Words) -> tuple[Line, ...]:
    return tuple(
        Line(said("sheet.step", number=step.number) if step.number else said["step.sum"], step.mathematics)
        for step in worked
    )


def _way_back(solution: Solution, part: Part) -> Iterator[Step]:
    """Where a part needs a pass of its own, over names or from another node: its backward steps along the ways to
    what is asked, and no others."""
    graph, found = solution.graph_for(part.ask), solution.pass_for(part.ask)
    if found is not solution.found:
        on_the_way = tuple(edge for edge in found.edges if part.ask.wrt in graph.ancestors(edge.operand))
        for step in steps(graph, replace(found, edges=on_the_way)):
            if step.direction == "backward":
                yield step


def _growth(solution: Solution, part: Part) -> Iterator[Line]:
    """What a small growth of an input makes of the output: the gradient times it."""
    ask = part.ask
    if ask.step is not None:
        gradient = of_value(solution.pass_for(ask).gradients[ask.wrt])
        symbols, numbers = (Infix("×", each, Num(ask.step)) for each in (Partial(ask.of, ask.wrt), gradient))
        yield Line("", Equal((symbols, numbers, of_value(part.key))))
