"""Plain slips of arithmetic: what a wrong number looks like when the way was right.

A slip is looked for only where no misconception leads to the number. Often several fit; then all are told.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from quizgen.numbers import decimal_text, is_short_decimal

FEWEST_DIGITS = 3  # of a number in which one wrong digit can be told from another number
TENFOLD = tuple(Fraction(10) ** places for places in (-3, -2, -1, 1, 2, 3))


def slips(value: Fraction, key: Fraction, unit: Fraction | None = None) -> tuple[str, ...]:
    """The names of the slips that make `value` of `key`; `unit` is the place value of the last digit typed, where a
    plain decimal was."""
    found = [name for name, fits in KINDS.items() if fits(value, key)]
    if unit is not None and value not in (0, key) and abs(value - key) * 2 <= unit:
        return (*(name for name in found if name != "missing"), "rounded")  # 4.3 for 4.32
    return tuple(found)


def _sign(value: Fraction, key: Fraction) -> bool:
    return value == -key


def _point(value: Fraction, key: Fraction) -> bool:
    return any(value == key * factor for factor in TENFOLD)


def _percent(value: Fraction, key: Fraction) -> bool:
    """10, 110 or 0.1 where the multiplier 1.1 is right."""
    return 1 < key < 2 and value in (100 * key, key - 1, 100 * (key - 1))


def _digit(value: Fraction, key: Fraction) -> bool:
    return len(_different(value, key)) == 1 and _digits(key) >= FEWEST_DIGITS


def _swapped(value: Fraction, key: Fraction) -> bool:
    places = _different(value, key)
    one, other = _text(value), _text(key)
    return (
        len(places) == 2
        and places[1] == places[0] + 1
        and one[places[0]] + one[places[1]] == (other[places[1]] + other[places[0]])
    )


def _missing(value: Fraction, key: Fraction) -> bool:
    """A digit is missing or stands twice."""
    short, long = sorted((_text(value), _text(key)), key=len)
    shortened = {long[:place] + long[place + 1 :] for place, digit in enumerate(long) if digit.isdigit()}
    return len(long) == len(short) + 1 and short in shortened and _digits(key) >= FEWEST_DIGITS


def _different(value: Fraction, key: Fraction) -> list[int]:
    """The places at which both have a digit and not the same; none where more than digits differ."""
    one, other = _text(value), _text(key)
    places = [place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]]
    digits = all(one[place].isdigit() and other[place].isdigit() for place in places)
    return places if len(one) == len(other) and digits else []


def _digits(value: Fraction) -> int:
    return sum(map(str.isdigit, _text(value)))


def _text(value: Fraction) -> str:
    return decimal_text(value) if is_short_decimal(value) else str(value)


KINDS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "sign": _sign,
    "point": _point,
    "percent": _percent,
    "digit": _digit,
    "swapped": _swapped,
    "missing": _missing,
}
