"""The functions that layers use, over every kind of value: exact fractions, 50-digit reals, expression trees.

Rational in, rational out wherever that is exact (sqrt 4, exp 0, log 1, sigmoid 0); else a `Real`; trees stay trees.
Plain floats, matrices and whatever else has the operators pass through +, -, *, / untouched.
"""

from __future__ import annotations

from fractions import Fraction
from math import isqrt
from typing import Any

from quizgen.engine import expression as trees
from quizgen.engine.expression import Constant, Expression
from quizgen.errors import DomainError, QuizgenError
from quizgen.numbers import MAX_BITS, MAX_EXPONENT, NOISE, ROUNDING, Exact, Number, Real, precise, sign, to_mpf

Value = Fraction | Real | Expression
LARGEST_ARGUMENT = 10**6  # of exp and its kin: beyond it nothing is left but an exponent


def exact(value: Any) -> Any:
    """A whole number as a Fraction, so that 1 / 3 stays exact; anything else as it is."""
    return Fraction(value) if isinstance(value, int) else value


def divide(x: Any, y: Any) -> Any:
    """x / y; DomainError where y is 0."""
    if (isinstance(y, int | Fraction | float) and y == 0) or y == trees.ZERO or (isinstance(y, Real) and y.mpf == 0):
        raise DomainError("domain.division")
    return exact(x) / exact(y)


def _transcendental(name: str, x: Exact | Real) -> Number:
    """A function of mpmath; a result that is all rounding is the exact 0 (sin of pi)."""
    argument = to_mpf(x)
    if abs(argument) > LARGEST_ARGUMENT:
        raise QuizgenError("number.argument_too_large", function=name, limit=LARGEST_ARGUMENT)
    result = getattr(precise(), name)(argument)
    # Only what was rounded before can come out as rounding: sin of a rational is no 0, however small.
    rounded = isinstance(x, Real) and name in ("sin", "cos", "tan")
    rounding = rounded and abs(result) <= to_mpf(ROUNDING) * max(1, abs(argument))
    return Fraction(0) if rounding else Real(result)


def _of_trees(function: Any, *operands: Any) -> Expression:
    """A function of trees: of numbers where it has an exact value there, else as it stands."""
    lifted = [trees.tree(operand) for operand in operands]
    numbers = [each.value for each in lifted if isinstance(each, Constant)]
    if len(numbers) == len(lifted):
        value = function(*numbers)
        if isinstance(value, Fraction):
            return Constant(value)
    if function is power:
        return trees.power(*lifted)
    return trees.call({"larger": "max"}.get(function.__name__, function.__name__), *lifted)


def _is(x: Any, value: int) -> bool:
    return isinstance(x, int | Fraction) and x == value


def pi() -> Number:
    """The number π."""
    return Real(precise().pi + 0)


def exp(x: Any) -> Any:
    """e to the x."""
    if isinstance(x, Expression):
        return _of_trees(exp, x)
    return Fraction(1) if _is(x, 0) else _transcendental("exp", x)


def log(x: Any) -> Any:
    """The natural logarithm; DomainError unless x > 0."""
    if isinstance(x, Expression):
        return _of_trees(log, x)
    if sign(x) <= 0:
        raise DomainError("domain.log")
    return Fraction(0) if _is(x, 1) else _transcendental_log(x)


def _transcendental_log(x: Exact | Real) -> Number:
    if isinstance(x, Real):
        if abs(x.mpf - 1) <= to_mpf(NOISE):  # what is left of 1 + tiny after rounding
            raise QuizgenError("number.cancels")
        return Real(precise().ln(x.mpf))
    beyond = Fraction(x) - 1
    return Real(precise().log1p(to_mpf(beyond)) if abs(beyond) < Fraction(1, 2) else precise().ln(to_mpf(x)))


def sqrt(x: Any) -> Any:
    """The square root; DomainError where x < 0."""
    if isinstance(x, Expression):
        return _of_trees(sqrt, x)
    if sign(x) < 0:
        raise DomainError("domain.sqrt")
    return power(x, Fraction(1, 2))


def sin(x: Any) -> Any:
    """Sine of radians."""
    if isinstance(x, Expression):
        return _of_trees(sin, x)
    return Fraction(0) if _is(x, 0) else _transcendental("sin", x)


def cos(x: Any) -> Any:
    """Cosine of radians."""
    if isinstance(x, Expression):
        return _of_trees(cos, x)
    return Fraction(1) if _is(x, 0) else _transcendental("cos", x)


def tan(x: Any) -> Any:
    """Tangent of radians; DomainError at a pole."""
    if isinstance(x, Expression):
        return _of_trees(tan, x)
    if _is(cos(x), 0):
        raise DomainError("domain.tan")
    return Fraction(0) if _is(x, 0) else _transcendental("tan", x)


def tanh(x: Any) -> Any:
    """Hyperbolic tangent."""
    if isinstance(x, Expression):
        return _of_trees(tanh, x)
    return Fraction(0) if _is(x, 0) else _transcendental("tanh", x)


def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(-x))."""
    if isinstance(x, Expression):
        return _of_trees(sigmoid, x)
    return divide(1, 1 + exp(-x))


def sigmoid_slope(x: Any, out: Any) -> Any:
    """The derivative y (1 - y) of `sigmoid` at x with output y; in numbers 1 - y is taken as sigmoid(-x), of which
    every digit holds where y is nearly 1."""
    return out * (1 - out if isinstance(x, Expression) else sigmoid(-x))


def tanh_slope(x: Any, out: Any) -> Any:
    """The derivative 1 - y² of `tanh` at x with output y; in numbers 4 / (exp(x) + exp(-x))², of which every digit
    holds where y is nearly 1."""
    return 1 - power(out, 2) if isinstance(x, Expression) else divide(4, power(exp(x) + exp(-x), 2))


def relu(x: Any) -> Any:
    """x where it is positive, else 0."""
    if isinstance(x, Expression):
        return _of_trees(relu, x)
    return x if sign(x) > 0 else Fraction(0)


def relu_mask(x: Any) -> Any:
    """The derivative of `relu`: 1 or 0, and 0 at 0; as a tree relu(x)/x, which has no value at 0."""
    if isinstance(x, Constant):
        return relu_mask(x.value)
    if isinstance(x, Expression):
        return trees.call("relu", x) / x
    return Fraction(int(sign(x) > 0))


def larger(x: Any, y: Any) -> Any:
    """max(x, y); DomainError at a tie, where it has no derivative."""
    if isinstance(x, Expression) or isinstance(y, Expression):
        return _of_trees(larger, x, y)
    difference = sign(x - y)
    if difference == 0:
        raise DomainError("domain.tie")
    return x if difference > 0 else y


def power(x: Any, y: Any) -> Any:
    """x ** y, exact wherever the result is rational; DomainError outside the domain."""
    if isinstance(x, Expression) or isinstance(y, Expression):
        return _of_trees(power, x, y)
    if isinstance(x, float) or isinstance(y, float):
        return x**y
    x, y = exact(x), exact(y)
    if isinstance(y, Fraction) and y.denominator == 1:
        return _whole_power(x, int(y))
    if sign(x) < 0 or (sign(x) == 0 and sign(y) < 0):
        raise DomainError("domain.power")
    if sign(x) == 0:
        return Fraction(0)
    if isinstance(y, Fraction) and abs(y) > MAX_EXPONENT:
        raise QuizgenError("number.exponent_too_large", limit=MAX_EXPONENT)
    rational = _rational_root(x, y)
    return exp(y * log(x)) if rational is None else rational


def _whole_power(x: Number, exponent: int) -> Number:
    if abs(exponent) > MAX_EXPONENT:
        raise QuizgenError("number.exponent_too_large", limit=MAX_EXPONENT)
    if isinstance(x, Real):
        return Real(x.mpf**exponent) if exponent else Fraction(1)
    if x == 0 and exponent < 0:
        raise DomainError("domain.division")
    if max(x.numerator.bit_length(), x.denominator.bit_length()) * abs(exponent) > 2 * MAX_BITS:
        raise QuizgenError("number.too_large", digits=MAX_BITS * 3 // 10)
    return x**exponent


def _rational_root(x: Number, y: Number) -> Fraction | None:
    """x ** y where y is a multiple of one half and x a square; None where that is not so."""
    if not (isinstance(x, Fraction) and isinstance(y, Fraction) and y.denominator == 2):
        return None
    top, bottom = isqrt(x.numerator), isqrt(x.denominator)
    if top * top != x.numerator or bottom * bottom != x.denominator:
        return None
    root = _whole_power(Fraction(top, bottom), int(y.numerator))
    return root if isinstance(root, Fraction) else None
