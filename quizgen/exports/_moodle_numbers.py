"""Numbers for Moodle: decimals with a tolerance, since it reads no fractions.

A decimal that ends is whole and its tolerance is 0. Of others the learner is asked for so many significant digits
that no two known answers round to the same; half a unit of the last one is the tolerance.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from quizgen.engine.expression import Constant
from quizgen.engine.functions import Value
from quizgen.exercise import Exercise, Reply, is_number
from quizgen.numbers import Real, decimal_text, exact_text
from quizgen.sheet import Task

FEWEST, MOST = 3, 9  # significant digits that may be asked for
WHOLE = 7  # significant digits up to which a decimal that ends is to be written whole: 0.000244140625 is not
WRITTEN = 10  # significant digits of a decimal that does not end, as the file has it: people read it as the answer


@dataclass(frozen=True)
class Mark:
    """A number that Moodle knows, its tolerance, and what it earns in per cent. `reply` says whose wrong answer it
    is; the key has none."""

    value: str
    tolerance: str
    percent: int
    reply: Reply | None


@dataclass(frozen=True)
class Numbers:
    """The answers to one task, the key first: Moodle takes the first that fits. `digits`: how many significant ones
    are asked for; 0 where the whole number is."""

    marks: tuple[Mark, ...]
    digits: int


def numbers(exercise: Exercise, task: Task) -> Numbers:
    """The key and the known wrong answers of a task that is answered by a number."""
    replies = [each for each in exercise.replies(task) if is_number(each.value)]
    values = [_fraction(value) for value in (task.part.key, *(each.value for each in replies))]
    rounded = not _is_whole(values[0], WHOLE)
    digits = next((n for n in range(FEWEST, MOST) if _apart(values, n, rounded)), MOST)
    marks = []
    for value, reply in zip(values, [None, *replies], strict=True):
        percent = 100 if reply is None else int(100 * reply.share)
        tolerance = decimal_text(_tolerance(value, digits, rounded))
        marks.append(Mark(_text(value), tolerance, percent, reply))
    return Numbers(tuple(marks), digits if rounded else 0)


def _fraction(value: Value) -> Fraction:
    """The value; one that is no fraction with all its digits."""
    if isinstance(value, Constant):
        value = value.value
    assert isinstance(value, Fraction | Real), "an expression is chosen, not written"
    return Fraction(exact_text(value, 40)) if isinstance(value, Real) else value


def _ends(value: Fraction) -> bool:
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def _is_whole(value: Fraction, most: int) -> bool:
    """Whether the decimal ends, with at most so many significant digits."""
    return _ends(value) and len(decimal_text(value).replace(".", "").lstrip("-0").rstrip("0")) <= most


def _tolerance(value: Fraction, digits: int, rounded: bool) -> Fraction:
    """0 for a decimal that is written whole; else half a unit of the last digit. `rounded`: the learner was asked to
    round, so that whoever makes a mistake rounds as well."""
    if _is_whole(value, digits) or (_ends(value) and not rounded):
        return Fraction(0)
    return _unit(value, digits) / 2


def _unit(value: Fraction, digits: int) -> Fraction:
    """The place value of the last of so many significant digits."""
    unit, size = Fraction(1), abs(value)
    while size >= 10 * unit:
        unit *= 10
    while size < unit:
        unit /= 10
    return unit / Fraction(10 ** (digits - 1))


def _apart(values: Sequence[Fraction], digits: int, rounded: bool) -> bool:
    """Whether no number is within the tolerance of two of the values."""
    spans = sorted(_spans(values, digits, rounded))
    return all(before[1] < after[0] for before, after in pairwise(spans))


def _spans(values: Sequence[Fraction], digits: int, rounded: bool) -> Iterator[tuple[Fraction, Fraction]]:
    for value in values:
        tolerance = _tolerance(value, digits, rounded)
        yield value - tolerance, value + tolerance


def _text(value: Fraction) -> str:
    if _ends(value):
        return decimal_text(value)
    unit = _unit(value, WRITTEN)
    return decimal_text(round(value / unit) * unit)
