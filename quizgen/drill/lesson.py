"""A variant that is being asked: its worked solution, and the mistakes that can be made in each part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from quizgen import families
from quizgen.engine.graph import Graph
from quizgen.notation import Equal, Infix, Notation, Partial
from quizgen.problem import Ask
from quizgen.question import Mistakes, Question, mistakes_for
from quizgen.solve import Solution, Step, steps


@dataclass(frozen=True)
class Lesson:
    """A question with all that the rules of the drill ask about it; parts are counted from 0."""

    question: Question
    solution: Solution
    mistakes: tuple[Mistakes, ...]

    @classmethod
    def of(cls, question: Question) -> Lesson:
        """The lesson of a question; its solution is found by the layers."""
        solution = Solution(question.problem)
        return cls(question, solution, tuple(mistakes for _, mistakes in mistakes_for(solution)))

    @property
    def names(self) -> tuple[str, ...]:
        """The names that an expression may hold."""
        return tuple(self.question.problem.graph.inputs)

    @property
    def units(self) -> tuple[str, ...]:
        """What may stand behind a number, in every language."""
        return tuple((families.find(self.question.problem.family).unit or {}).values())

    def steps(self, part: int) -> Iterator[Step]:
        """The worked solution, as far as the answer to `part` needs it."""
        ask = self.question.parts[part].ask
        graph = self.solution.graph_for(ask)
        forward, backward = _needed(graph, ask)
        for step in steps(graph, self.solution.pass_for(ask)):
            summed = step.number == 0 and _begins(step.mathematics, Partial(ask.of, ask.wrt))
            if summed or step.number in (forward if step.direction == "forward" else backward):
                yield step

    def answering(self, part: int) -> tuple[Step, ...]:
        """The steps in which the answer to `part` comes out."""
        ask = self.question.parts[part].ask
        if ask.kind == "value":
            return tuple(self.steps(part))[-1:]
        wanted = Partial(ask.of, ask.wrt)
        is_about = _multiplies if ask.kind == "local" else _begins
        return tuple(step for step in self.steps(part) if is_about(step.mathematics, wanted))


def _needed(graph: Graph, ask: Ask) -> tuple[list[int], list[int]]:
    """The numbers of the nodes on the way to `ask.of`, and of those on the way back from it to `ask.wrt`."""
    before = graph.ancestors(ask.of)
    on_the_way = [(number, node.name) for number, node in enumerate(graph.nodes, 1) if node.name in before]
    forward = [number for number, _ in on_the_way]
    if ask.kind == "value":
        return forward, []
    if ask.kind == "local":
        return forward, forward[-1:]
    return forward, [number for number, name in on_the_way if ask.wrt in graph.ancestors(name)]


def _begins(line: Notation, wanted: Partial) -> bool:
    return isinstance(line, Equal) and line.parts[0] == wanted


def _multiplies(line: Notation, wanted: Partial) -> bool:
    """Whether `wanted` is the local derivative in a line upstream × local = downstream."""
    return isinstance(line, Equal) and any(isinstance(side, Infix) and side.right == wanted for side in line.parts)
