"""The tree of mathematics as it is shown, and how it is made from values and expressions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from quizgen.engine import expression as trees
from quizgen.engine.expression import Expression, Operation
from quizgen.numbers import Number, Real, decimal_text, exact_text, is_short_decimal, sign

SHOWN_DIGITS = 6  # significant digits of a Real, as people read it


class Notation:
    """A piece of mathematics to be shown."""


@dataclass(frozen=True)
class Num(Notation):
    """An exact number, or a Real shown with six significant digits."""

    value: Number


@dataclass(frozen=True)
class Sym(Notation):
    """An input or a node, by its name in the graph."""

    name: str


@dataclass(frozen=True)
class Infix(Notation):
    """`sign` is + or − or × (always shown) or · (left out where the factors can stand side by side)."""

    sign: str
    left: Notation
    right: Notation


@dataclass(frozen=True)
class Over(Notation):
    """A fraction."""

    top: Notation
    bottom: Notation


@dataclass(frozen=True)
class Power(Notation):
    """base to the exponent."""

    base: Notation
    exponent: Notation


@dataclass(frozen=True)
class Apply(Notation):
    """A function of arguments; `pi` without arguments is the number."""

    function: str
    arguments: tuple[Notation, ...]


@dataclass(frozen=True)
class Partial(Notation):
    """∂of/∂wrt."""

    of: str
    wrt: str


@dataclass(frozen=True)
class Equal(Notation):
    """A chain a = b = c."""

    parts: tuple[Notation, ...]


@dataclass(frozen=True)
class Style:
    """How a printer shows things: the words for names, and whether 11/5 is 2.2."""

    labels: Mapping[str, str] = field(default_factory=dict)
    decimals: bool = True

    def label(self, name: str) -> str:
        """The word for a name of the graph."""
        return self.labels.get(name, name)


def of_value(value: Number | Expression) -> Notation:
    """A key or a value as notation."""
    return of_expression(value) if isinstance(value, Expression) else Num(value)


def of_expression(expression: Expression) -> Notation:
    """A formula as notation, products without signs where they read well."""
    return trees.fold(expression, Num, Sym, _of_operation)


def _of_operation(node: Operation, operands: list[Notation]) -> Notation:
    if node.operator == "+" and isinstance(right := operands[1], Num) and sign(right.value) < 0:
        return Infix("−", operands[0], Num(-right.value))
    if node.operator in ("+", "-"):
        return Infix("+" if node.operator == "+" else "−", *operands)
    if node.operator == "*":
        return Infix("·", *operands)
    if node.operator == "/":
        return Over(*operands)
    if node.operator == "**":
        return Power(*operands)
    return Apply(node.operator, tuple(operands))


def of_operation(operator: str, operands: list[Notation]) -> Notation:
    """One node's operation over its operands, with every sign shown: 100 × 2."""
    if operator in ("+", "*"):
        return Infix("×" if operator == "*" else "+", *operands)
    return _of_operation(Operation(operator, ()), operands)


def number_text(value: Number, decimals: bool = True) -> str:
    """A number as people read it: 2.2 where it ends within four decimals and decimals are wanted, else 11/5."""
    if isinstance(value, Real):
        return exact_text(value, SHOWN_DIGITS).replace("-", "−")
    shown = decimal_text(value) if decimals and is_short_decimal(value) else str(value)
    return shown.replace("-", "−")
