"""What a learner reads, as XHTML that every version of QTI lets in: paragraphs, lists, `strong`, pictures.

A `Pen` says how mathematics and plain words are written; all else is the same everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from xml.etree.ElementTree import Element, fromstring

from quizgen.engine.functions import Value
from quizgen.exercise import Exercise, Reply, is_number
from quizgen.exports._decimals import Numbers, decimal, ends, rational
from quizgen.exports._qti_xml import Inside, element, words
from quizgen.families import Prose
from quizgen.notation import Equal, Notation, Style, mathml, mathml_parts, of_value, unicode
from quizgen.picture.layout import printable_style
from quizgen.sheet import Task, spot

MATHML = "http://www.w3.org/1998/Math/MathML"


@dataclass(frozen=True)
class Pen:
    """How a format writes: words, mathematics, and the members of a chain a = b = c, from the second on with "="."""

    words: Callable[[str], list[Inside]]
    mathematics: Callable[[Notation, Style], Inside]
    members: Callable[[Equal, Style], list[Inside]]


def _math(written: str) -> Element:
    attributes = {"xmlns": MATHML} | ({"displaystyle": "true"} if "<mfrac>" in written else {})
    return element("math", attributes, fromstring(written))


MATHML_PEN = Pen(
    words=lambda text: [words(text)],
    mathematics=lambda node, style: _math(mathml(node, style)),
    members=lambda node, style: [_math(each) for each in mathml_parts(node, style)],
)


@dataclass(frozen=True)
class Text:
    """The texts of one exercise."""

    exercise: Exercise
    pen: Pen

    @cached_property
    def style(self) -> Style:
        """How names and numbers look."""
        return printable_style(self.exercise.style)

    def story(self) -> Element:
        """The story."""
        return element("p", None, *self.prose(self.exercise.story))

    def picture(self, place: str) -> Element:
        """The picture."""
        return element("p", None, element("img", {"src": place, "alt": self.exercise.picture.words}))

    def ask(self, task: Task, known: Numbers | None = None, fractions: bool = False) -> list[Inside]:
        """What a task asks, and where it is `known` by numbers how to write them. `fractions`: they are read."""
        said, pieces = self.exercise.said, task.ask
        if known:
            bare = self.exercise.as_decimal(task)
            can_be_fraction, pieces = fractions and bare != task.ask, bare
            if known.digits:
                key = "export.qti.fraction_or_digits" if can_be_fraction else "export.qti.digits"
                pieces += (said(key, digits=known.digits),)
            elif can_be_fraction:
                pieces = task.ask
            elif pieces != task.ask:
                pieces += (said["export.qti.decimal"],)
            elif len(self.exercise.tasks) == 1:
                pieces += (said["export.qti.whole"],)
        return [self.number(task), *self.prose(pieces)]

    def number(self, task: Task) -> str:
        """The number of a task, where there are several or where it marks a place on the picture."""
        marked = spot(self.exercise.question.problem.graph, task.part) is not None
        return f"({task.number}) " if marked or len(self.exercise.tasks) > 1 else ""

    def unit(self, task: Task) -> list[Inside]:
        """The unit behind a gap or an answer."""
        return self.pen.words(f" {task.unit}") if task.unit else []

    def prose(self, pieces: Prose) -> list[Inside]:
        """Words and mathematics."""
        found: list[Inside] = []
        for each in pieces:
            found += self.pen.words(each) if isinstance(each, str) else [self.pen.mathematics(each, self.style)]
        return found

    def value(self, value: Value) -> Inside:
        """An answer; a number in signs that every reader shows: one that drops MathML would make 13 of 1/3."""
        if is_number(value):
            return unicode(of_value(value), self.style)
        return self.pen.mathematics(of_value(value), self.style)

    def key(self, task: Task) -> Element:
        """The right answer, and as a decimal where that is what is written."""
        number = f"({task.number}) " if len(self.exercise.tasks) > 1 else ""
        label = element("strong", None, number + self.exercise.said["export.qti.key"])
        shown, written = self.value(task.part.key), ""
        if isinstance(shown, str) and "/" in shown and not self.exercise.is_chosen(task):
            value = rational(task.part.key)
            written = f" {'=' if ends(value) else '≈'} {decimal(value).replace('-', '−')}"
        return element("p", None, label, " ", shown, written, *self.unit(task))

    def because(self, reply: Reply) -> list[Element]:
        """What is said to a wrong answer: of each misconception behind it, the name and the sentence."""
        return [
            element(
                "p", None, element("strong", None, *self.pen.words(title)), element("br"), *self.pen.words(sentence)
            )
            for title, sentence in reply.causes
        ]

    def share(self, reply: Reply) -> list[Element]:
        """What a wrong answer earns, where it earns something."""
        said = self.exercise.said
        return [element("p", None, said["export.qti.half"])] if reply.share == Fraction(1, 2) else []

    def solution(self) -> list[Element]:
        """The right answers and the worked steps."""
        blocks = [self.key(task) for task in self.exercise.tasks]
        for working in self.exercise.workings:
            blocks.append(element("p", None, element("strong", None, *self.pen.words(working.heading))))
            lines = [element("li", None, *self._line(each.mathematics)) for each in working.lines]
            blocks += [element("ul", None, *lines)] if lines else []
        return blocks

    def _line(self, node: Notation) -> Sequence[Inside]:
        if not isinstance(node, Equal):
            return [self.pen.mathematics(node, self.style)]
        pieces: list[Inside] = []
        for member in self.pen.members(node, self.style):
            pieces += [member, " "]
        return pieces[:-1]
