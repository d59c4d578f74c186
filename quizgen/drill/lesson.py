"""A variant that is being asked: its worked solution, and the mistakes that can be made in each part."""

from __future__ import annotations

from dataclasses import dataclass

from quizgen import families
from quizgen.question import Mistakes, Question, mistakes_for
from quizgen.solve import Solution, Step, steps_for


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

    def steps(self, part: int) -> tuple[Step, ...]:
        """The worked solution, as far as the answer to `part` needs it; its last line is the answer."""
        ask = self.question.parts[part].ask
        return tuple(steps_for(self.solution.graph_for(ask), self.solution.pass_for(ask), ask))

    def answering(self, part: int) -> tuple[Step, ...]:
        """The step in which the answer to `part` comes out."""
        return self.steps(part)[-1:]
