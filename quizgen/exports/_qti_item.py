"""One exercise as an item of QTI 2.1 or 3.0. Both say the same with other names; the names are those of 2.1 here.

A number counts within its bounds (`gte` and `lte`, which every reader computes; some know no tolerance), so a typed
`2.20` is 2.2. Each known wrong answer earns its share and sets the outcome FEEDBACK, on which what is said to it
depends. The worked solution has an outcome of its own. All of it is modal: a reader that knows no feedback leaves such
out, while feedback in the body would give the answer away, and some (TAO) refuse items that have any there. Where there
are several gaps, only what leads to a wrong answer is said, for each box that is shown has to be closed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from xml.etree.ElementTree import Element

from quizgen.exercise import Exercise, Reply
from quizgen.exports._decimals import Mark, Numbers, decimal, numbers
from quizgen.exports._qti_dialect import Dialect
from quizgen.exports._qti_text import MATHML_PEN, Text
from quizgen.exports._qti_xml import element, name_of, schema
from quizgen.picture.layout import printable
from quizgen.question import canonical
from quizgen.sheet import Task

EXPECTED = 12  # characters that are expected in a gap: how wide it is shown


@dataclass(frozen=True)
class Known:
    """A known answer to a gap: its identifier, the condition under which it is given, what it earns of the mark."""

    name: str
    condition: Element
    share: Fraction
    reply: Reply | None


@dataclass(frozen=True)
class Gap:
    """A task as it is answered. `suffix` tells the variables of several gaps apart."""

    dialect: Dialect
    exercise: Exercise
    task: Task
    suffix: str

    @property
    def response(self) -> str:
        """The variable that holds the answer."""
        return f"RESPONSE{self.suffix}"

    @cached_property
    def numbers(self) -> Numbers | None:
        """What is known of the numbers, where one is written."""
        return None if self.exercise.is_chosen(self.task) else numbers(self.exercise, self.task)

    @property
    def choices(self) -> dict[str, str]:
        """The identifiers of the options, by their letters."""
        return {option.letter: f"choice_{place}" for place, option in enumerate(self.task.options, 1)}

    @property
    def right(self) -> str:
        """The right answer as a response has it."""
        return self.numbers.key.text if self.numbers else self.choices[self.task.letter]

    @cached_property
    def known(self) -> tuple[Known, ...]:
        """The key, then the wrong answers."""
        if self.numbers:
            return tuple(
                Known(f"wrong_{place}" if place else "right", self._between(mark), _share(mark), mark.reply)
                for place, mark in enumerate(self.numbers.marks)
            )
        return tuple(self._options())

    def _options(self) -> Iterator[Known]:
        replies = {canonical(each.value): each for each in self.exercise.replies(self.task)}
        for option in sorted(self.task.options, key=lambda each: each.letter != self.task.letter):
            name, right = self.choices[option.letter], option.letter == self.task.letter
            reply = None if right else replies.get(canonical(option.value))
            is_it = self.dialect.make("match", None, self.variable(), self.base("identifier", name))
            yield Known("right" if right else f"wrong_{name}", is_it, Fraction(int(right)), reply)

    def variable(self) -> Element:
        """The answer, in an expression."""
        return self.dialect.make("variable", {"identifier": self.response})

    def base(self, kind: str, value: str) -> Element:
        """A constant, in an expression."""
        return self.dialect.make("baseValue", {"baseType": kind}, value)

    def _between(self, mark: Mark) -> Element:
        low, high = (self.base("float", decimal(each)) for each in (mark.low, mark.high))
        make = self.dialect.make
        return make("and", None, make("gte", None, self.variable(), low), make("lte", None, self.variable(), high))


def _share(mark: Mark) -> Fraction:
    return mark.reply.share if mark.reply else Fraction(1)


class Item:
    """The item of one exercise."""

    def __init__(self, dialect: Dialect, exercise: Exercise) -> None:
        self.dialect, self.exercise, self.said = dialect, exercise, exercise.said
        self.text, self.make = Text(exercise, MATHML_PEN), dialect.make
        several = len(exercise.tasks) > 1
        self.gaps = [Gap(dialect, exercise, task, f"_{task.number}" if several else "") for task in exercise.tasks]
        self.several = several

    def write(self, picture: str) -> Element:
        """The item, with its picture at that place."""
        attributes = schema(self.dialect.namespace, self.dialect.schema) | {
            "identifier": name_of(self.exercise),
            "title": printable(self.exercise.title),
            "adaptive": "false",
            "timeDependent": "false",
            "xml:lang": self.said.code,
        }
        body = self.make("itemBody", None, self.text.story(), self.text.picture(picture), *self._tasks())
        inside = [*self._responses(), *self._outcomes(), body, self._processing(), *self._modal()]
        return self.make("assessmentItem", attributes, *inside)

    # --- what is declared ------------------------------------------------------------------------------------

    def _responses(self) -> Iterator[Element]:
        for gap in self.gaps:
            kind = "float" if gap.numbers else "identifier"
            attributes = {"identifier": gap.response, "cardinality": "single", "baseType": kind}
            correct = self.make("correctResponse", None, self.make("value", None, gap.right))
            yield self.make("responseDeclaration", attributes, correct)

    def _outcomes(self) -> Iterator[Element]:
        most = sum(gap.task.points for gap in self.gaps)
        yield self._outcome("SCORE", "float", "0", {"normalMaximum": _float(most)})
        yield self._outcome("MAXSCORE", "float", _float(most))
        for gap in self.gaps:
            if self.several:
                yield self._outcome(f"SCORE{gap.suffix}", "float", "0", {"normalMaximum": _float(gap.task.points)})
            yield self._outcome(f"FEEDBACK{gap.suffix}", "identifier")
        yield self._outcome("SOLUTION", "identifier")

    def _outcome(self, name: str, kind: str, default: str = "", more: Mapping[str, str] | None = None) -> Element:
        attributes = {"identifier": name, "cardinality": "single", "baseType": kind} | dict(more or {})
        value = self.make("defaultValue", None, self.make("value", None, default)) if default else None
        return self.make("outcomeDeclaration", attributes, value)

    # --- what is asked ---------------------------------------------------------------------------------------

    def _tasks(self) -> Iterator[Element]:
        for gap in self.gaps:
            if gap.numbers:
                yield self._written(gap)
            else:
                yield self._chosen(gap)

    def _written(self, gap: Gap) -> Element:
        attributes = {"responseIdentifier": gap.response, "expectedLength": str(EXPECTED)}
        entry = self.make("textEntryInteraction", attributes)
        ask = element("p", None, *self.text.ask(gap.task, gap.numbers))
        return element("div", None, ask, element("p", None, entry, *self.text.unit(gap.task)))

    def _chosen(self, gap: Gap) -> Element:
        attributes = {"responseIdentifier": gap.response, "shuffle": "false", "maxChoices": "1"}
        choices = [
            self.make(
                "simpleChoice",
                {"identifier": gap.choices[option.letter]},
                self.text.value(option.value),
                *self.text.unit(gap.task),
            )
            for option in gap.task.options
        ]
        return self.make("choiceInteraction", attributes, self.make("prompt", None, *self.text.ask(gap.task)), *choices)

    # --- what is said ----------------------------------------------------------------------------------------

    def _modal(self) -> Iterator[Element]:
        """The solution comes first: readers that lay one box on the other show first what comes last."""
        title = self.said["export.qti.solution"]
        yield self.dialect.feedback("SOLUTION", "solution", *self.text.solution(), title=title)
        for gap in self.gaps:
            yield from self._said(gap)

    def _said(self, gap: Gap) -> Iterator[Element]:
        outcome = f"FEEDBACK{gap.suffix}"
        for known in gap.known:
            if not self._is_told(known):
                continue
            blocks = [self._verdict(gap, "right" if known.name == "right" else "wrong")]
            if known.reply:
                blocks += [*self.text.because(known.reply), *self.text.share(known.reply)]
            yield self.dialect.feedback(outcome, known.name, *blocks)
        if not self.several:
            yield self.dialect.feedback(outcome, "wrong", self._verdict(gap, "wrong"))

    def _is_told(self, known: Known) -> bool:
        return not self.several or (known.reply is not None and bool(known.reply.causes))

    def _verdict(self, gap: Gap, name: str) -> Element:
        number = f"({gap.task.number}) " if self.several else ""
        return element("p", None, element("strong", None, number + self.said[f"export.qti.{name}"]))

    # --- what it earns ---------------------------------------------------------------------------------------

    def _processing(self) -> Element:
        # Where one may try again, some readers keep what was said before unless they are told that it is over.
        rules = [self._set(f"FEEDBACK{gap.suffix}", "identifier", "none") for gap in self.gaps]
        rules += [self._marked(gap) for gap in self.gaps]
        if self.several:
            each = [self.make("variable", {"identifier": f"SCORE{gap.suffix}"}) for gap in self.gaps]
            rules.append(self.make("setOutcomeValue", {"identifier": "SCORE"}, self.make("sum", None, *each)))
        return self.make("responseProcessing", None, *rules, self._set("SOLUTION", "identifier", "solution"))

    def _set(self, outcome: str, kind: str, value: str) -> Element:
        constant = self.make("baseValue", {"baseType": kind}, value)
        return self.make("setOutcomeValue", {"identifier": outcome}, constant)

    def _marked(self, gap: Gap) -> Element:
        """No answer first: some readers take it for 0."""
        empty = self.make("isNull", None, gap.variable())
        branches = [self.make("responseIf", None, empty, self._earns(gap, Fraction(0)))]
        for known in gap.known:
            said = self._set(f"FEEDBACK{gap.suffix}", "identifier", known.name) if self._is_told(known) else None
            branches.append(self.make("responseElseIf", None, known.condition, self._earns(gap, known.share), said))
        said = None if self.several else self._set(f"FEEDBACK{gap.suffix}", "identifier", "wrong")
        branches.append(self.make("responseElse", None, self._earns(gap, Fraction(0)), said))
        return self.make("responseCondition", None, *branches)

    def _earns(self, gap: Gap, share: Fraction) -> Element:
        return self._set(f"SCORE{gap.suffix}", "float", _float(share * gap.task.points))


def _float(value: Fraction | int) -> str:
    return decimal(Fraction(value))
