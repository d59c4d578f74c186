"""Numbers for readers that take no fraction: decimals, and between which two they count.

A decimal that ends is right when it is whole. Of others so many significant digits are wanted that no mistake that is
known rounds to the key, nor two of them to the same; whatever is nearer than half a unit of the last one counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from quizgen.authored import misconceptions_of
from quizgen.engine.expression import Constant
from quizgen.engine.functions import Value
from quizgen.exercise import Exercise, Reply, is_number
from quizgen.numbers import Real, decimal_text, exact_text
from quizgen.question import Mistakes, canonical
from quizgen.sheet import Task

FEWEST, MOST = 3, 12  # significant digits that may be wanted
WHOLE = 7  # significant digits up to which a decimal that ends is to be written whole: 0.000244140625 is not
EXACT = 15  # significant digits that a computer's number holds
WRITTEN = 12  # significant digits of a decimal that does not end, as the file has it


@dataclass(frozen=True)
class Mark:
    """A number that is known, between which two it counts, and whose wrong answer it is (the key is nobody's)."""

    value: Fraction
    low: Fraction
    high: Fraction
    reply: Reply | None

    @property
    def text(self) -> str:
        """The decimal, rounded where it does not end."""
        return decimal(self.value)

    @property
    def tolerance(self) -> str:
        """How far off an answer may be, as a decimal."""
        return decimal_text((self.high - self.low) / 2)

    @property
    def percent(self) -> int:
        """What it earns of the whole mark."""
        return 100 if self.reply is None else int(100 * self.reply.share)


@dataclass(frozen=True)
class Numbers:
    """What is known of the answers to a task. `digits`: how many significant ones are wanted; 0: all there are."""

    key: Mark
    wrong: tuple[Mark, ...]
    digits: int

    @property
    def marks(self) -> tuple[Mark, ...]:
        """All of them, the key first: readers take the first that fits."""
        return (self.key, *self.wrong)


def numbers(exercise: Exercise, task: Task) -> Numbers:
    """The answers to a task that is answered by a number."""
    key, found = rational(task.part.key), dict[str, tuple[Fraction, Reply]]()
    for reply in exercise.replies(task):
        if is_number(reply.value):
            value = rational(reply.value)
            found.setdefault(decimal(value), (value, reply))
    wrong, rounded = [value for value, _ in found.values()], not _is_whole(key, WHOLE)
    others = {*wrong, *(_mistakes(exercise, task) if rounded else ())} - {key}
    apart = [n for n in range(FEWEST, MOST) if _apart([key], others, n, rounded)]
    digits = next((n for n in apart if _apart(wrong, wrong, n, rounded)), apart[0] if apart else MOST)
    return Numbers(
        Mark(key, *_span(key, digits, rounded), None),
        tuple(Mark(value, *_span(value, digits, rounded), reply) for value, reply in found.values()),
        digits if rounded else 0,
    )


def _mistakes(exercise: Exercise, task: Task) -> Iterator[Fraction]:
    """What every mistake answers, those too that look so much like the key that nobody is offered them."""
    ask, problem = task.part.ask, exercise.question.problem
    for value, _, _ in Mistakes(exercise.item.solution.graph_for(ask), misconceptions_of(problem)).answers(ask):
        same = canonical(value)
        if is_number(value) and not (isinstance(same, tuple) and "undefined" in same):
            yield rational(value)


def rational(value: Value) -> Fraction:
    """The value; of one that is no fraction more digits than anybody compares."""
    if isinstance(value, Constant):
        value = value.value
    assert isinstance(value, Fraction | Real), "an expression is chosen, not written"
    return Fraction(exact_text(value, 40)) if isinstance(value, Real) else value


def ends(value: Fraction) -> bool:
    """Whether its decimal ends."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def rounded_to(value: Fraction, digits: int) -> Fraction:
    """The value with so many significant digits."""
    unit = _unit(value, digits)
    return round(value / unit) * unit


def decimal(value: Fraction) -> str:
    """The whole decimal where it ends soon, else its first digits."""
    return decimal_text(value if _is_whole(value, EXACT) else rounded_to(value, WRITTEN))


def padded(value: Fraction, digits: int) -> str:
    """The decimal of a rounded value with its last zeros: 0.0370 has three significant digits."""
    written = decimal_text(value)
    lacking = digits - len(written.lstrip("-0.").replace(".", ""))
    return written + "." * ("." not in written and lacking > 0) + "0" * lacking


def _is_whole(value: Fraction, most: int) -> bool:
    """Whether its decimal ends with at most so many significant digits; an integer is never rounded."""
    if value.denominator == 1:
        return len(str(abs(value))) <= EXACT
    return ends(value) and len(decimal_text(value).replace(".", "").lstrip("-0")) <= most


def _span(value: Fraction, digits: int, rounded: bool) -> tuple[Fraction, Fraction]:
    """`rounded`: so many digits are asked for, and whoever makes a mistake rounds as well."""
    if _is_whole(value, digits) or (_is_whole(value, EXACT) and not rounded):
        return value, value
    room = _unit(value, digits) / 2
    return value - room, value + room


def _unit(value: Fraction, digits: int) -> Fraction:
    """The place value of the last of so many significant digits."""
    unit, size = Fraction(1), abs(value)
    while size >= 10 * unit:
        unit *= 10
    while 0 < size < unit:
        unit /= 10
    return unit / Fraction(10) ** (digits - 1)


def _apart(some: Iterable[Fraction], others: Iterable[Fraction], digits: int, rounded: bool) -> bool:
    """Whether no number counts as one of `some` and as another of the `others`."""
    spans = [(each, _span(each, digits, rounded)) for each in others]
    return not any(
        value != other and low <= top and bottom <= high
        for value in some
        for low, high in [_span(value, digits, rounded)]
        for other, (bottom, top) in spans
    )
