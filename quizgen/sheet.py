"""What is on a worksheet, before any format: questions, options with their letters, blanks, points, the worked key."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from quizgen import __version__, again
from quizgen.authored import misconceptions_of
from quizgen.draw import Draw
from quizgen.engine.functions import Value
from quizgen.engine.graph import Graph
from quizgen.families import Prose
from quizgen.language import Words, text_in, words
from quizgen.marking import Partial, partials
from quizgen.notation import Style, number_text
from quizgen.picture import drawing
from quizgen.picture.drawing import Spot
from quizgen.picture.layout import Drawing
from quizgen.picture.words import describe
from quizgen.plan import LETTERS, Answers, Plan
from quizgen.question import Part, Question, options, rank
from quizgen.solve import Solution
from quizgen.wording import Wording
from quizgen.working import Working, workings

ROOM = "______"  # what is left blank in a box of the picture, to be written on
CODE_GROUP = 6  # characters
HAS_UNIT = ("value", "meaning")  # kinds of question about an amount; a gradient is a ratio


@dataclass(frozen=True)
class Option:
    """One answer to choose."""

    letter: str
    value: Value


@dataclass(frozen=True)
class Task:
    """One part of a question. `letter` is the right option's; `boxed`: the answer is written on the picture;
    `partial`: wrong answers that earn a part of the `points`."""

    number: int
    part: Part
    ask: Prose
    unit: str
    options: tuple[Option, ...]
    letter: str
    boxed: bool
    points: int
    partial: tuple[Partial, ...]


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

    def reason(self, partial: Partial) -> str:
        """The names of the misconceptions behind a wrong answer."""
        titles = (
            text_in(misconceptions_of(self.question.problem)[each].title, self.said.code)
            for each in partial.misconceptions
        )
        return self.said["sheet.or"].join(titles)


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
        return self.plan.title.strip() or self.said["sheet.title"]

    @property
    def notes(self) -> list[str]:
        """How the pictures are read, where the answers are written, and what they earn."""
        how = f"sheet.{self.plan.answers}" + "_apart" * self.plan.answer_sheet
        marks = self.said("sheet.points", each=self.plan.points, total=self.points)
        return [self.said["sheet.picture"], self.said(how, letters=self.letters), marks]

    @property
    def letters(self) -> str:
        """The letters as a sentence names them."""
        return self.said["sheet.comma"].join(self.plan.letters)

    @property
    def tasks(self) -> list[Task]:
        """Every answer that is to be given, in order."""
        return [task for item in self.items for task in item.tasks]

    @property
    def points(self) -> int:
        """What all right answers earn."""
        return sum(task.points for task in self.tasks)

    @property
    def widest(self) -> int:
        """How many parts the question with the most parts has: the columns of a table of answers."""
        return max((len(item.tasks) for item in self.items), default=0)

    @cached_property
    def variants(self) -> str:
        """The fingerprint of the variants on the sheet, in their order."""
        return hashlib.sha256("\n".join(item.question.id for item in self.items).encode()).hexdigest()[:8]

    @cached_property
    def code(self) -> str:
        """From it `quizgen worksheet --again` makes this sheet."""
        return again.code_of(self.plan, self.variants)

    @property
    def code_text(self) -> str:
        """The code in groups that can be read and typed; hyphens do not count."""
        return "-".join(self.code[place : place + CODE_GROUP] for place in range(0, len(self.code), CODE_GROUP))

    @property
    def identity(self) -> str:
        """Seed, variants and version as a line: which sheet this is."""
        bank = self.plan.origin.file
        told = self.said("sheet.bank", bank=bank) if bank else self.said("sheet.variants", variants=self.variants)
        return self.said("sheet.made", seed=self.plan.seed, what=told, version=__version__)

    @property
    def spread(self) -> str:
        """How often the key has each letter, and each rank by size: what an instructor looks at to see that nothing
        can be guessed. Empty where there are no options."""
        if self.plan.answers != Answers.CHOICE:
            return ""
        letters = Counter(task.letter for task in self.tasks)
        ranks = Counter(rank([each.value for each in task.options], task.part.key) for task in self.tasks)
        counted = self.said["sheet.comma"].join(f"{letter} {letters[letter]}" for letter in self.plan.letters)
        by_size = " / ".join(str(ranks[place]) for place in range(1, len(LETTERS) + 1))
        return self.said("sheet.spread", letters=counted, ranks=by_size)

    def points_text(self, partial: Partial) -> str:
        """The points of a wrong answer."""
        return number_text(partial.points)


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
    of_output = part.ask.kind in HAS_UNIT and part.ask.of == wording.question.problem.graph.output
    unit = text_in(wording.family.unit, plan.language) if wording.family.unit and of_output else ""
    ask, offered = wording.ask(part), tuple[Option, ...]()
    if plan.answers == Answers.CHOICE:
        offered = _offered(wording.question, part, place, plan)
        if ask[-1] == wording.words["ask.as_fraction"]:  # nothing is written where there is a choice
            ask = ask[:-1]
    letter = offered[min(place, len(offered) - 1)].letter if offered else ""
    on_picture = plan.answers == Answers.GRAPH and not plan.answer_sheet
    boxed = on_picture and spot(wording.question.problem.graph, part) is not None
    partial = () if offered else partials(wording.question, part, plan.points)
    return Task(number, part, ask, unit, offered, letter, boxed, plan.points, partial)


def _offered(question: Question, part: Part, place: int, plan: Plan) -> tuple[Option, ...]:
    """The options in their order; the key stands at `place`, or last where there are too few for that."""
    key, *wrong = options(question, part, len(LETTERS))
    ask = part.ask
    wrong = Draw("sheet", plan.seed, "options", question.id, ask.kind, ask.of, ask.wrt).shuffled(wrong)
    values = [*wrong[:place], key, *wrong[place:]]
    return tuple(Option(letter, value) for letter, value in zip(plan.letters, values, strict=False))
