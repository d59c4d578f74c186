"""Numbers for GIFT: decimals with a tolerance, since its readers take no fraction.

A decimal that ends is written whole, and only it is right. Of any other as many significant digits are asked for as
tell the key and the known wrong answers apart; half a unit of the last one is the tolerance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from quizgen.engine.expression import Constant
from quizgen.engine.functions import Value
from quizgen.exercise import Exercise, Reply, is_number
from quizgen.numbers import Real, decimal_text, exact_text
from quizgen.sheet import Task

FEWEST, MOST = 3, 9  # significant digits that may be asked for
LONGEST = 7  # significant digits of a decimal that is to be written whole: 0.000244140625 is not
WRITTEN = 12  # significant digits in the file of a decimal that does not end


@dataclass(frozen=True)
class Entry:
    """A number that may be written and how far off it may be. `reply`: whose wrong answer it is; the key has none."""

    value: str
    tolerance: str
    percent: int
    reply: Reply | None


@dataclass(frozen=True)
class Entries:
    """The answers to one task, the key first: readers take the first that fits. `digits`: how many significant ones
    the learner is asked for; 0 where it is the whole number."""

    entries: tuple[Entry, ...]
    digits: int


def entries_of(exercise: Exercise, task: Task) -> Entries:
    """The key and the known wrong answers of a task that is answered by a number."""
    replies = [each for each in exercise.replies(task) if is_number(each.value)]
    values = [_fraction(value) for value in (task.part.key, *(each.value for each in replies))]
    rounded = not _is_short(values[0])
    digits = next((n for n in range(FEWEST, MOST) if _are_apart(values, n, rounded)), MOST)
    entries = tuple(
        Entry(
            _written(value),
            decimal_text(_tolerance(value, digits, rounded)),
            int(100 * reply.share) if reply else 100,
            reply,
        )
        for value, reply in zip(values, [None, *replies], strict=True)
    )
    return Entries(entries, digits if rounded else 0)


def _fraction(value: Value) -> Fraction:
    """The number; one that is no fraction with more digits than anybody writes."""
    if isinstance(value, Constant):
        value = value.value
    assert isinstance(value, Fraction | Real), "an expression is chosen, not written"
    return Fraction(exact_text(value, 40)) if isinstance(value, Real) else value


def _ends(value: Fraction) -> bool:
    """Whether it is a decimal that ends."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def _is_short(value: Fraction) -> bool:
    """Whether it is a decimal that somebody would write whole."""
    return _ends(value) and len(decimal_text(value).replace(".", "").lstrip("-0").rstrip("0")) <= LONGEST


def _tolerance(value: Fraction, digits: int, rounded: bool) -> Fraction:
    """How far off an answer may be. `rounded`: it was asked to round, so whoever makes a mistake rounds as well."""
    if not value or _is_short(value) or (_ends(value) and not rounded):
        return Fraction(0)
    return _unit(value, digits) / 2


def _unit(value: Fraction, digits: int) -> Fraction:
    """The place value of the last of so many significant digits."""
    size, power = abs(value), 0
    while size >= Fraction(10) ** (power + 1):
        power += 1
    while size < Fraction(10) ** power:
        power -= 1
    return Fraction(10) ** (power + 1 - digits)


def _are_apart(values: Sequence[Fraction], digits: int, rounded: bool) -> bool:
    """Whether no number is taken for two of the values."""
    offs = [_tolerance(value, digits, rounded) for value in values]
    spans = sorted((value - off, value + off) for value, off in zip(values, offs, strict=True))
    return all(before[1] < after[0] for before, after in pairwise(spans))


def _written(value: Fraction) -> str:
    if _ends(value):
        return decimal_text(value)
    unit = _unit(value, WRITTEN)
    return decimal_text(round(value / unit) * unit)
