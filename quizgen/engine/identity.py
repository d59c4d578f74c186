"""Whether two expressions are the same function, quickly and without algebra: values at fixed points tell.

Where only + - * / and whole powers occur, the values are taken modulo a large prime at three points (a false match
has a chance of about degree/2⁶¹ a point); where a function occurs, they are 50-digit reals, at positive points for
a fingerprint, and at points of either sign too where two expressions are compared.
"""

from __future__ import annotations

import hashlib
from fractions import Fraction
from typing import Any

from quizgen.engine import functions as f
from quizgen.engine.expression import Constant, Expression, Operation, evaluate, fold, text
from quizgen.engine.layers import BY_OPERATION
from quizgen.errors import QuizgenError
from quizgen.numbers import MAX_EXPONENT, Real, exact_text, sign, to_mpf

PRIME = 2**61 - 1
POINTS = 3
MORE_POINTS = 24  # of either sign, where two expressions with functions are compared
COMPARED_DIGITS = 25
SCALE = 797  # a prime: no value is a short decimal, which might be rounded either way


def apply(operator: str, *operands: Any) -> Any:
    """One operation on numbers, exact where it can be; DomainError outside a domain. A tie in max has a value."""
    if operator == "pi":
        return f.pi()
    if operator == "max" and sign(operands[0] - operands[1]) == 0:
        return operands[0]
    return BY_OPERATION[operator]().compute(*operands)


def fingerprint(expression: Expression) -> tuple[object, ...]:
    """Equal for expressions that are the same function of their names, and in practice for those only."""
    if _is_rational(expression):
        return tuple(_modular(expression, point) for point in range(POINTS))
    return tuple(_real(expression, point) for point in range(POINTS))


def same(one: Expression, other: Expression) -> bool:
    """Whether two expressions are the same function: equal wherever both have a value, and somewhere both have."""
    if _is_rational(one) and _is_rational(other):
        return fingerprint(one) == fingerprint(other)
    pairs = [(_real(one, point), _real(other, point)) for point in range(POINTS + MORE_POINTS)]
    both = [(mine, theirs) for mine, theirs in pairs if "undefined" not in (mine, theirs)]
    return all(mine == theirs for mine, theirs in both) if both else text(one) == text(other)


def _is_rational(expression: Expression) -> bool:
    def operation(node: Operation, operands: list[bool]) -> bool:
        if node.operator == "**":
            exponent = node.operands[1]
            return operands[0] and isinstance(exponent, Constant) and exponent.value.denominator == 1
        return node.operator in "+-*/" and all(operands)

    return fold(expression, lambda value: True, lambda name: True, operation)


def _point(name: str, number: int) -> int:
    """A place for a name, the same on every machine."""
    return int.from_bytes(hashlib.sha256(f"{number}/{name}".encode()).digest()[:7], "big")


class _Names(dict[str, Any]):
    def __init__(self, number: int, modular: bool) -> None:
        super().__init__()
        self.number, self.modular = number, modular

    def __missing__(self, name: str) -> Any:
        place = _point(name, self.number)
        if self.modular:
            self[name] = place
        elif self.number < POINTS:
            self[name] = Fraction(place % 997 + 300, SCALE)
        else:
            self[name] = Fraction(place % 9973 + 1, SCALE) * (-1) ** (place // 9973)
        return self[name]


def _modular(expression: Expression, number: int) -> object:
    def apply_modular(operator: str, x: int, y: int) -> int:
        if operator == "+":
            return (x + y) % PRIME
        if operator == "-":
            return (x - y) % PRIME
        return x * (y if operator == "*" else pow(y, -1, PRIME)) % PRIME

    def operation(node: Operation, operands: list[int]) -> int:
        if node.operator == "**":
            exponent = node.operands[1]
            assert isinstance(exponent, Constant)
            if abs(exponent.value) > MAX_EXPONENT:
                raise ValueError("exponent")
            return pow(operands[0], int(exponent.value), PRIME)
        return apply_modular(node.operator, *operands)

    names = _Names(number, modular=True)
    try:
        return fold(
            expression,
            lambda value: value.numerator * pow(value.denominator, -1, PRIME) % PRIME,
            names.__getitem__,
            operation,
        )
    except ValueError:  # a denominator that is 0: the expression has no value anywhere
        return "undefined"


def _real(expression: Expression, number: int) -> object:
    try:
        value = evaluate(expression, _Names(number, modular=False), apply, lambda constant: constant)
    except QuizgenError:
        return "undefined"
    return exact_text(value if isinstance(value, Real) else Real(to_mpf(value)), COMPARED_DIGITS)
