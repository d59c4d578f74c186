"""What is on a worksheet, before any format: questions, options with their letters, blanks, and the worked key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from quizgen.draw import Draw
from quizgen.engine.functions import Value
from quizgen.engine.graph import Graph
from quizgen.families import Prose
from quizgen.language import Words, text_in, words
from quizgen.notation import Style
from quizgen.picture import drawing
from quizgen.picture.drawing import Spot
from quizgen.picture.layout import Drawing
from quizgen.picture.words import describe
from quizgen.plan import LETTERS, Answers, Plan
from quizgen.question import Part, Question, options
from quizgen.solve import Solution
from quizgen.wording import Wording
from quizgen.working import Working, workings

ROOM = "______"  # what is left blank in a box of the picture, to be written on
OF_MONEY = ("value", "meaning")  # kinds of question whose answer has the family's unit; a gradient is a ratio


@dataclass(frozen=True)
class Option:
    """One answer to choose."""

    letter: str
    value: Value


@dataclass(frozen=True)
class Task:
    """One part of a question. `letter` is the right option's; `boxed`: the answer is written on the picture."""

    number: int
    part: Part
    ask: Prose
    unit: str
    options: tuple[Option, ...]
    letter: str
    boxed: bool


@dataclass(frozen=True)
class Picture:
    """A drawing, and the words for who cannot see it."""

    drawing: Drawing
    title: str
    words: str


@dataclass(frozen=True)
class Item:
    """One question as it stands on the sheet."""

    number: int
    wording: Wording
    tasks: tuple[Task, ...]
    said: Words

    @property
    def question(self) -> Question:
        """The question itself."""
        return self.wording.question

    @cached_property
    def solution(self) -> Solution:
        """Its passes."""
        return Solution(self.question.problem)

    @cached_property
    def asked(self) -> Picture:
        """The picture with the inputs' values, and a box where each task's answer stands."""
        graph, style = self.question.problem.graph, self.wording.style
        marks: dict[Spot, str] = {}
        for task in self.tasks:
            place = spot(graph, task.part)
            if place:
                marks[place] = f"{marks.get(place, '')}({task.number})"
        room = f" {ROOM}" if any(task.boxed for task in self.tasks) else ""
        mentioned = {name for task in self.tasks for name in (task.part.ask.of, task.part.ask.wrt)}
        given = drawing.inputs_shown(graph, style)
        shown = drawing.asked(graph, style, given, {place: mark + room for place, mark in marks.items()})
        described = describe(graph, style, drawing.asked(graph, style, given, marks), self.said)
        title = self.said("sheet.picture_title", number=self.number)
        return Picture(_named(shown, mentioned, style), title, described)

    @cached_property
    def solved(self) -> Picture:
        """The picture with every value and every gradient."""
        graph, style = self.question.problem.graph, self.wording.style
        shown = _named(drawing.solved(graph, style, self.solution.found), set(graph.names()), style)
        title = self.said("sheet.solved_title", number=self.number)
        return Picture(shown, title, describe(graph, style, shown, self.said))

    @cached_property
    def workings(self) -> tuple[Working, ...]:
        """The worked solution."""
        return tuple(workings(self.question, self.solution, self.said))


def _named(made: Drawing, names: set[str], style: Style) -> Drawing:
    """The drawing with the labels of those inner nodes too, so that a text can speak of them."""
    vertices = (replace(each, label=style.label(each.name)) if each.name in names else each for each in made.vertices)
    return replace(made, vertices=tuple(vertices))


def spot(graph: Graph, part: Part) -> Spot | None:
    """Where an answer stands on the picture of the whole graph; None where it has no place there."""
    if part.ask.kind != "value" and part.ask.of != graph.output:
        return None  # the picture shows gradients of the output
    return drawing.spot(part.ask)


@dataclass(frozen=True)
class Sheet:
    """A worksheet in one language, with its key."""

    plan: Plan
    said: Words
    items: tuple[Item, ...]

    @property
    def title(self) -> str:
        """What stands at the top."""
        return self.plan.title or self.said["sheet.title"]

    @property
    def letters(self) -> str:
        """The letters as a sentence names them."""
        return self.said["sheet.comma"].join(self.plan.letters)

    @property
    def marks(self) -> int:
        """How many answers there are to give."""
        return sum(len(item.tasks) for item in self.items)


def arrange(questions: Sequence[Question], plan: Plan) -> Sheet:
    """The sheet of `questions`, in their order."""
    said = words(plan.language)
    places = _places(sum(len(question.parts) for question in questions), plan)
    items = []
    for number, question in enumerate(questions, 1):
        wording = Wording(question, plan.language)
        tasks = tuple(_task(wording, index, part, next(places), plan) for index, part in enumerate(question.parts, 1))
        items.append(Item(number, wording, tasks, said))
    return Sheet(plan, said, tuple(items))


def _places(count: int, plan: Plan) -> Iterator[int]:
    """Where the right option stands in each task: every place as often as any other, give or take one."""
    draw = Draw("sheet", plan.seed, "letters")
    every = list(range(len(LETTERS)))
    rounds, rest = divmod(count, len(every))
    return iter(draw.shuffled(every * rounds + draw.sample(every, rest)))


def _task(wording: Wording, number: int, part: Part, place: int, plan: Plan) -> Task:
    unit = text_in(wording.family.unit, plan.language) if wording.family.unit and part.ask.kind in OF_MONEY else ""
    ask, offered = wording.ask(part), tuple[Option, ...]()
    if plan.answers == Answers.CHOICE:
        offered = _offered(wording.question, part, place, plan)
        if ask[-1] == wording.words["ask.as_fraction"]:  # nothing is written where there is a choice
            ask = ask[:-1]
    letter = offered[min(place, len(offered) - 1)].letter if offered else ""
    boxed = plan.answers == Answers.GRAPH and spot(wording.question.problem.graph, part) is not None
    return Task(number, part, ask, unit, offered, letter, boxed)


def _offered(question: Question, part: Part, place: int, plan: Plan) -> tuple[Option, ...]:
    """The options in their order; the key stands at `place`, or last where there are too few for that."""
    key, *wrong = options(question, part, len(LETTERS))
    ask = part.ask
    wrong = Draw("sheet", plan.seed, "options", question.id, ask.kind, ask.of, ask.wrt).shuffled(wrong)
    values = [*wrong[:place], key, *wrong[place:]]
    return tuple(Option(letter, value) for letter, value in zip(plan.letters, values, strict=False))
