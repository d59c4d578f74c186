"""Numbers: exact fractions, and 50-digit reals where a function leaves the rationals.

A `Real` is computed with `WORKING` digits so that 50 of them hold. A sum that cancels down to `ROUNDING` of its larger
term is the exact 0, because nothing of it would be true; one that cancels below `NOISE` is refused, because fewer than
50 digits of it are. Floats never enter.
"""

from __future__ import annotations

import functools
import re
from fractions import Fraction
from typing import Any

from quizgen.errors import QuizgenError

WORKING = 130  # digits carried, so that what a cancellation down to NOISE leaves has DIGITS that hold
ROUNDING = Fraction(1, 10**120)  # relative size below which nothing of a difference is true: it is 0
DIGITS = 50  # digits promised
NOISE = Fraction(1, 10**60)  # relative size below which too little of a difference is left to be told
TOLERANCE = Fraction(1, 10**DIGITS)  # relative difference within which two solvers agree
MAX_BITS = 12_000  # of a numerator or denominator: about 3,600 digits
MAX_EXPONENT = 1000

_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")


@functools.cache
def precise() -> Any:
    """The arithmetic of `Real`: a private mpmath context, so that no other user of mpmath changes our digits."""
    from mpmath.ctx_mp import MPContext

    context = MPContext()
    context.dps = WORKING
    return context


class Real:
    """A number that is not known to be rational; mixes with int and Fraction."""

    __slots__ = ("mpf",)

    def __init__(self, mpf: Any) -> None:
        self.mpf = precise().convert(mpf)

    def __add__(self, other: Exact | Real) -> Fraction | Real:
        mine, theirs = self.mpf, to_mpf(other)
        total = mine + theirs
        largest = max(abs(mine), abs(theirs))
        if abs(total) <= to_mpf(ROUNDING) * largest:
            return Fraction(0)
        if abs(total) <= to_mpf(NOISE) * largest:
            raise QuizgenError("number.cancels")
        return Real(total)

    __radd__ = __add__

    def __neg__(self) -> Real:
        return Real(-self.mpf)

    def __sub__(self, other: Exact | Real) -> Fraction | Real:
        return self + (-other)

    def __rsub__(self, other: Exact) -> Fraction | Real:
        return -self + other

    def __mul__(self, other: Exact | Real) -> Fraction | Real:
        if isinstance(other, int | Fraction) and other == 0:
            return Fraction(0)
        return Real(self.mpf * to_mpf(other))

    __rmul__ = __mul__

    def __truediv__(self, other: Exact | Real) -> Real:
        return Real(self.mpf / to_mpf(other))

    def __rtruediv__(self, other: Exact) -> Fraction | Real:
        return Fraction(0) if other == 0 else Real(to_mpf(other) / self.mpf)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Real) and bool(self.mpf == other.mpf)

    def __hash__(self) -> int:
        return hash(self.mpf)

    def __repr__(self) -> str:
        return f"Real({exact_text(self)})"


Exact = int | Fraction
Number = Fraction | Real


def to_mpf(value: Exact | Real) -> Any:
    """`value` in the arithmetic of `Real`."""
    if isinstance(value, Real):
        return value.mpf
    fraction = Fraction(value)
    return precise().mpf(fraction.numerator) / fraction.denominator


def sign(value: Exact | Real) -> int:
    """-1, 0 or 1."""
    if isinstance(value, Real):
        return int(precise().sign(value.mpf))
    return (value > 0) - (value < 0)


def close(one: Number, other: Number, tolerance: Fraction = TOLERANCE) -> bool:
    """Equal; exactly where both are rational, else within `tolerance` of the larger."""
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return one == other
    first, second = to_mpf(one), to_mpf(other)
    return bool(abs(first - second) <= to_mpf(tolerance) * max(abs(first), abs(second)))


def bounded(value: Number) -> Number:
    """`value`, unless it has more digits than anybody can use; then QuizgenError."""
    if isinstance(value, Fraction):
        if max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS:
            raise QuizgenError("number.too_large", digits=MAX_BITS * 3 // 10)
    elif not precise().isfinite(value.mpf):
        raise QuizgenError("number.too_large", digits=MAX_BITS * 3 // 10)
    return value


def decimal(text: str) -> Fraction | None:
    """The exact value of `-1.10`, `11/5`, `1e3` or `−4`-free ASCII; None where `text` is no such number."""
    top, slash, bottom = text.partition("/")
    if not all(_DECIMAL.fullmatch(part) for part in ([top, bottom] if slash else [top])) or len(text) > 1000:
        return None
    if slash and Fraction(bottom) == 0:
        return None
    return Fraction(top) / Fraction(bottom) if slash else Fraction(top)


def exact_text(value: Number, digits: int = 20) -> str:
    """As JSON and typed mathematics have it: `220`, `-3`, `11/5`; a `Real` with `digits` significant digits."""
    if isinstance(value, Real):
        return str(precise().nstr(value.mpf, digits, strip_zeros=False, min_fixed=-6, max_fixed=digits))
    return str(value)


def is_short_decimal(value: Fraction, places: int = 4) -> bool:
    """Whether `value` ends within `places` decimals."""
    return bool(10**places % value.denominator == 0)


def decimal_text(value: Fraction) -> str:
    """The whole decimal of a fraction that ends: 11/5 gives `2.2`."""
    places = 0
    while 10**places % value.denominator:
        places += 1
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    whole, rest = (digits[:-places], digits[-places:]) if places else (digits, "")
    return ("-" if value < 0 else "") + whole + ("." + rest if rest else "")
