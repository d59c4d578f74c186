"""Expression trees: what the parser returns, and what flows through the layers when a key is symbolic.

The operators build lightly simplified trees (0, 1 and constant factors are folded, nothing is expanded), so that
the backward pass of (x + y)² comes out as 2*(x + y). The parser builds `Operation` itself and keeps what was typed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeVar

T = TypeVar("T")


class Expression:
    """A tree over numbers and names; immutable."""

    def __add__(self, other: Expression | Fraction | int) -> Expression:
        return _add(self, tree(other))

    def __radd__(self, other: Fraction | int) -> Expression:
        return _add(tree(other), self)

    def __sub__(self, other: Expression | Fraction | int) -> Expression:
        return _subtract(self, tree(other))

    def __rsub__(self, other: Fraction | int) -> Expression:
        return _subtract(tree(other), self)

    def __mul__(self, other: Expression | Fraction | int) -> Expression:
        return _multiply(self, tree(other))

    def __rmul__(self, other: Fraction | int) -> Expression:
        return _multiply(tree(other), self)

    def __truediv__(self, other: Expression | Fraction | int) -> Expression:
        return _divide(self, tree(other))

    def __rtruediv__(self, other: Fraction | int) -> Expression:
        return _divide(tree(other), self)

    def __neg__(self) -> Expression:
        return _multiply(Constant(Fraction(-1)), self)

    def __str__(self) -> str:
        return text(self)


@dataclass(frozen=True, repr=False)
class Constant(Expression):
    """An exact number."""

    value: Fraction


@dataclass(frozen=True, repr=False)
class Name(Expression):
    """An input."""

    name: str


@dataclass(frozen=True, repr=False)
class Operation(Expression):
    """`operator` is one of + - * / ** or a function's name; `pi` is a function of nothing.

    `position` is where it was typed, for the caret of an error.
    """

    operator: str
    operands: tuple[Expression, ...]
    position: int = field(default=0, compare=False)


PI = Operation("pi", ())
ZERO, ONE = Constant(Fraction(0)), Constant(Fraction(1))


def tree(value: Expression | Fraction | int) -> Expression:
    """`value` as a tree."""
    return value if isinstance(value, Expression) else Constant(Fraction(value))


def call(operator: str, *operands: Expression | Fraction | int) -> Expression:
    """A function of trees, unevaluated."""
    return Operation(operator, tuple(tree(operand) for operand in operands))


def power(base: Expression, exponent: Expression) -> Expression:
    """base ** exponent, with exponents 0 and 1 and small constant powers folded."""
    if exponent == ONE:
        return base
    if exponent == ZERO:
        return ONE
    if isinstance(base, Constant) and isinstance(exponent, Constant):
        whole = exponent.value.denominator == 1 and abs(exponent.value) <= 64
        if whole and (base.value or exponent.value > 0):
            return Constant(base.value ** int(exponent.value))
    return Operation("**", (base, exponent))


def _split(expression: Expression) -> tuple[Fraction, Expression]:
    """The constant factor in front, and the rest."""
    if isinstance(expression, Constant):
        return expression.value, ONE
    if isinstance(expression, Operation) and expression.operator == "*":
        first, rest = expression.operands
        if isinstance(first, Constant):
            return first.value, rest
    return Fraction(1), expression


def _scaled(factor: Fraction, rest: Expression) -> Expression:
    if factor == 0:
        return ZERO
    if rest == ONE:
        return Constant(factor)
    return rest if factor == 1 else Operation("*", (Constant(factor), rest))


def _multiply(one: Expression, other: Expression) -> Expression:
    (first, left), (second, right) = _split(one), _split(other)
    return _scaled(first * second, _product(left, right))


def _product(left: Expression, right: Expression) -> Expression:
    """left · right, with a quotient kept outermost: (1/t)·x is x/t."""
    denominators = []
    while isinstance(left, Operation) and left.operator == "/" and right != ONE:
        left, below = left.operands
        denominators.append(below)
    while isinstance(right, Operation) and right.operator == "/" and left != ONE:
        right, below = right.operands
        denominators.append(below)
    made = right if left == ONE else left if right == ONE else Operation("*", (left, right))
    for below in reversed(denominators):
        made = made / below
    return made


def _add(one: Expression, other: Expression) -> Expression:
    if isinstance(one, Constant) and isinstance(other, Constant):
        return Constant(one.value + other.value)
    if one == ZERO or other == ZERO:
        return other if one == ZERO else one
    factor, rest = _split(other)
    if factor < 0:
        return Operation("-", (one, _scaled(-factor, rest)))
    return Operation("+", (one, other))


def _subtract(one: Expression, other: Expression) -> Expression:
    factor, rest = _split(other)
    return _add(one, _scaled(-factor, rest))


def _divide(one: Expression, other: Expression) -> Expression:
    factor, rest = _split(one)
    if isinstance(other, Constant) and other.value:
        return _scaled(factor / other.value, rest)
    if factor == 0:
        return ZERO
    return Operation("/", (one, other)) if factor > 0 else _scaled(Fraction(-1), -one / other)


def fold(
    expression: Expression,
    constant: Callable[[Fraction], T],
    name: Callable[[str], T],
    operation: Callable[[Operation, list[T]], T],
) -> T:
    """Combines from the leaves up. No recursion and each shared subtree once: trees may be deep and share much."""
    done: dict[int, T] = {}
    stack = [expression]
    while stack:
        top = stack[-1]
        if id(top) in done:
            stack.pop()
        elif isinstance(top, Operation):
            waiting = len(stack)
            for operand in top.operands:
                if id(operand) not in done:
                    if isinstance(operand, Operation):
                        stack.append(operand)
                    else:
                        done[id(operand)] = _leaf(operand, constant, name)
            if len(stack) == waiting:
                done[id(top)] = operation(top, [done[id(operand)] for operand in top.operands])
                stack.pop()
        else:
            done[id(top)] = _leaf(top, constant, name)
    return done[id(expression)]


def _leaf(leaf: Expression, constant: Callable[[Fraction], T], name: Callable[[str], T]) -> T:
    if isinstance(leaf, Constant):
        return constant(leaf.value)
    assert isinstance(leaf, Name)
    return name(leaf.name)


def names(expression: Expression) -> list[str]:
    """The names in `expression`, in the order in which they are read."""
    order: dict[str, None] = {}
    stack = [expression]
    while stack:
        top = stack.pop()
        if isinstance(top, Name):
            order.setdefault(top.name)
        elif isinstance(top, Operation):
            stack.extend(reversed(top.operands))
    return list(order)


def size(expression: Expression) -> int:
    """How many operations `expression` has, written out."""
    return fold(expression, lambda value: 0, lambda name: 0, lambda node, operands: 1 + sum(operands))


def evaluate(
    expression: Expression, values: Mapping[str, T], apply: Callable[..., T], lift: Callable[[Fraction], T]
) -> T:
    """The value at `values`: `apply(operator, *operands)` computes, `lift` makes a constant."""
    return fold(expression, lift, values.__getitem__, lambda node, operands: apply(node.operator, *operands))


# Binding strength of what is printed; a weaker one stands in parentheses inside a stronger.
SUM, PRODUCT, POWER, ATOM = 1, 2, 3, 4


def _constant_text(value: Fraction) -> tuple[str, int]:
    return str(value), SUM if value < 0 else PRODUCT if value.denominator != 1 else ATOM


def _operation_text(node: Operation, operands: list[tuple[str, int]]) -> tuple[str, int]:
    def within(operand: tuple[str, int], strength: int) -> str:
        return operand[0] if operand[1] >= strength else f"({operand[0]})"

    if node.operator == "pi":
        return "pi", ATOM
    if node.operator not in _INFIX:
        return f"{node.operator}({', '.join(inner for inner, _ in operands)})", ATOM
    strength, left, right, spaced = _INFIX[node.operator]
    first, second = operands
    if node.operator == "*" and first[0].startswith("-") and isinstance(node.operands[0], Constant):
        factor = "-" if first[0] == "-1" else f"({first[0]})*" if "/" in first[0] else f"{first[0]}*"
        return factor + within(second, POWER), SUM
    if node.operator == "*" and "/" in first[0] and first[1] == PRODUCT:
        first = (first[0], SUM)  # (1/2)*x: people read 1/2x in two ways
    if node.operator in "+*" and getattr(node.operands[1], "operator", "") == node.operator:
        right = strength  # a·(b·c) needs no parentheses
    middle = f" {node.operator} " if spaced else node.operator
    return within(first, left) + middle + within(second, right), strength


# operator: its strength, what its left and right operands must have, whether it is set with spaces
_INFIX = {
    "+": (SUM, SUM, PRODUCT, True),
    "-": (SUM, SUM, PRODUCT, True),
    "*": (PRODUCT, PRODUCT, POWER, False),
    "/": (PRODUCT, PRODUCT, POWER, False),
    "**": (POWER, ATOM, ATOM, False),
}


def text(expression: Expression) -> str:
    """As it can be typed again: `2*(x + y)`, `x**2`, `(1/2)*x`."""
    return fold(expression, _constant_text, lambda name: (name, ATOM), _operation_text)[0]
