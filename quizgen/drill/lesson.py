"""A variant that is being asked: its worked solution, the mistakes that can be made in each part, and its options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from quizgen.authored import family_of, misconceptions_of
from quizgen.draw import Draw
from quizgen.engine.functions import Value
from quizgen.families import Family
from quizgen.misconceptions import Misconception
from quizgen.plan import Answers
from quizgen.question import Mistakes, Part, Question, canonical, mistakes_for, options
from quizgen.record import verify_distractors
from quizgen.solve import Solution, Step, steps_for


@dataclass(frozen=True)
class Lesson:
    """A question with all that the rules of the drill ask about it; parts are counted from 0."""

    question: Question
    solution: Solution
    mistakes: tuple[Mistakes, ...]
    form: Answers = Answers.ENTRY

    @classmethod
    def of(cls, question: Question, form: Answers = Answers.ENTRY) -> Lesson:
        """The lesson of a question; its solution is found by the layers, and so are options before they are shown."""
        if form is Answers.CHOICE:
            verify_distractors(question)
        solution = Solution(question.problem)
        return cls(question, solution, tuple(mistakes for _, mistakes in mistakes_for(solution)), form)

    @property
    def family(self) -> Family:
        """The family of the question."""
        return family_of(self.question.problem)

    @property
    def known(self) -> Mapping[str, Misconception]:
        """Every misconception that can be named here, by id."""
        return misconceptions_of(self.question.problem)

    @property
    def hints(self) -> int:
        """How many hints the author of the problem wrote, as many in each language."""
        return max(map(len, self.family.hints.values()), default=0)

    @property
    def names(self) -> tuple[str, ...]:
        """The names that an expression may hold."""
        return tuple(self.question.problem.graph.inputs)

    @property
    def units(self) -> tuple[str, ...]:
        """What may stand behind a number, in every language."""
        return tuple((self.family.unit or {}).values())

    @cached_property
    def offered(self) -> tuple[tuple[Value, ...], ...]:
        """The options of each part, in the order in which they are shown."""
        return tuple(self._options(number, part) for number, part in enumerate(self.question.parts))

    def _options(self, number: int, part: Part) -> tuple[Value, ...]:
        if self.form is not Answers.CHOICE:
            return ()
        return tuple(Draw("letters", self.question.id, number).shuffled(options(self.question, part)))

    def steps(self, part: int) -> tuple[Step, ...]:
        """The worked solution, as far as the answer to `part` needs it; its last line is the answer."""
        ask = self.question.parts[part].ask
        return tuple(steps_for(self.solution.graph_for(ask), self.solution.pass_for(ask), ask))

    def answering(self, part: int) -> tuple[Step, ...]:
        """The step in which the answer to `part` comes out."""
        return self.steps(part)[-1:]

    def shows(self, part: int) -> tuple[str, ...]:
        """Every misconception that changes the answer to `part`."""
        asked = self.question.parts[part]
        key = canonical(asked.key)
        found = (wrong for value, wrong, _ in self.mistakes[part].found(asked.ask) if value != key)
        return tuple(dict.fromkeys(found))
