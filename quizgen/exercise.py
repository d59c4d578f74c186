"""A question as another program asks it: alone, with its story and picture, its right answer, what is said to each
wrong one, and the worked solution. No format yet.

In the forms ENTRY and CHOICE each part of a variant is an exercise; in the form GRAPH a variant is one, with a gap for
each of its parts. A derivative is chosen in every form, since no other program knows how many ways there are to write
one down.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from quizgen.authored import misconceptions_of
from quizgen.engine.expression import Constant, Expression
from quizgen.engine.functions import Value
from quizgen.families import Prose
from quizgen.language import Words, text_in
from quizgen.marking import HALF, earns_half
from quizgen.misconceptions import Misconception
from quizgen.notation import Style
from quizgen.picture.layout import printable
from quizgen.plan import Answers
from quizgen.question import Question, canonical
from quizgen.sheet import Item, Picture, Task
from quizgen.working import Working, workings


@dataclass(frozen=True)
class Reply:
    """What is said to a wrong answer: of each misconception that leads to it, its name and its sentence. `share` is
    what the answer earns of the whole mark, by the marking scheme of the worksheets."""

    value: Value
    causes: tuple[tuple[str, str], ...]
    share: Fraction


@dataclass(frozen=True)
class Exercise:
    """One question for another program. Only in the form GRAPH has it several `tasks`.

    `id` is the variant's, with the part's number where a part stands alone: the same in every language and export.
    """

    id: str
    item: Item
    form: Answers

    @property
    def said(self) -> Words:
        """The words of its language."""
        return self.item.said

    @property
    def question(self) -> Question:
        """The variant that it is, or is a part of."""
        return self.item.question

    @property
    def tasks(self) -> tuple[Task, ...]:
        """What is to be answered."""
        return self.item.tasks

    @property
    def task(self) -> Task:
        """The only task of an exercise that is no whole graph."""
        (task,) = self.tasks
        return task

    @property
    def title(self) -> str:
        """The family and the level, in words; the family's name where nothing of them can be seen."""
        return printable(self.item.wording.title) or self.question.problem.family

    @property
    def style(self) -> Style:
        """How its names and numbers look."""
        return self.item.wording.style

    @property
    def story(self) -> Prose:
        """What the learner reads first."""
        return self.item.wording.story

    @property
    def picture(self) -> Picture:
        """The graph with the inputs' values and a blank for each task; its words give no answer away, and its title
        counts no questions: an exercise is the same wherever it stands."""
        return replace(self.item.asked, title=self.title)

    @property
    def tags(self) -> tuple[str, ...]:
        """What it can be looked up by: family, level, kinds of question."""
        problem = self.question.problem
        kinds = dict.fromkeys(task.part.ask.kind for task in self.tasks)
        return (problem.family, f"{problem.family}-{problem.level}", *kinds)

    @cached_property
    def workings(self) -> tuple[Working, ...]:
        """The worked solution: the passes, and what its own tasks need beyond them. Its lines have no numbers: those
        of nodes would be read as those of tasks."""
        alone = replace(self.question, parts=tuple(task.part for task in self.tasks))
        found = workings(alone, self.item.solution, self.said)
        return tuple(replace(each, lines=tuple(replace(line, label="") for line in each.lines)) for each in found)

    def is_chosen(self, task: Task) -> bool:
        """Whether a task is answered by choosing one of its options; else a number is written."""
        return bool(task.options)

    @property
    def can_be_chosen(self) -> bool:
        """Whether what is chosen is a choice: it has another option beside the right one."""
        return all(len(task.options) > 1 for task in self.tasks if self.is_chosen(task))

    def as_decimal(self, task: Task) -> Prose:
        """What a task asks, without the wish for a fraction: for readers that take none."""
        return task.ask[:-1] if task.ask[-1] == self.said["ask.as_fraction"] else task.ask

    def reply_to(self, task: Task, value: Value) -> Reply:
        """What is said to one of the wrong answers."""
        return next(each for each in self.replies(task) if canonical(each.value) == canonical(value))

    def replies(self, task: Task) -> tuple[Reply, ...]:
        """What is said to each wrong answer: to those offered, or to all that are known."""
        known = misconceptions_of(self.question.problem)
        offered = {canonical(option.value) for option in task.options}
        found = []
        for wrong in task.part.distractors:
            if task.options and canonical(wrong.value) not in offered:
                continue
            causes = (wrong.misconception, *wrong.also)
            said = tuple(self._said(known[each]) for each in causes if each in known)
            share = HALF if not task.options and earns_half(wrong.value, causes, self.question) else Fraction(0)
            found.append(Reply(wrong.value, said, share))
        return tuple(found)

    def _said(self, cause: Misconception) -> tuple[str, str]:
        return text_in(cause.title, self.said.code), text_in(cause.feedback, self.said.code)


def is_number(value: Value) -> bool:
    """Whether an answer is written as a number; else it is an expression."""
    return isinstance(value, Constant) or not isinstance(value, Expression)


@dataclass(frozen=True)
class Course:
    """What one export holds. `identity` says in one line from what and by which version it was made."""

    title: str
    said: Words
    exercises: tuple[Exercise, ...]
    identity: str
