"""What all printers share: where parentheses stand, which products need no sign, which members of a chain are shown.

A printer says how each piece looks; it makes text, or data for a program that sets type.
"""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Generic, TypeVar

from quizgen.notation.tree import Apply, Equal, Infix, Notation, Num, Over, Partial, Power, Style, Sym, number_text
from quizgen.numbers import Number

RELATION, SUM, PRODUCT, POWER, ATOM = range(5)  # how strongly what is printed holds together
DEEPEST = 30_000  # calls; a few for each of 2,000 operations

T = TypeVar("T")
Printed = tuple[T, int]  # a piece and its strength


def number_pieces(value: Number, style: Style) -> tuple[bool, str, str]:
    """Whether a number is negative, its digits or numerator, and its denominator ("" where it has none)."""
    text = number_text(value, style.decimals)
    top, _, bottom = text.removeprefix("−").partition("/")
    return text.startswith("−"), top, bottom


class Printer(ABC, Generic[T]):
    """One way to show the tree."""

    @abstractmethod
    def number(self, value: Number, style: Style) -> Printed[T]:
        """A number."""

    @abstractmethod
    def symbol(self, label: str) -> T:
        """The word for a name."""

    @abstractmethod
    def over(self, top: Printed[T], bottom: Printed[T]) -> Printed[T]:
        """A fraction."""

    @abstractmethod
    def power(self, base: T, exponent: Printed[T]) -> T:
        """A power; the base has its parentheses already."""

    @abstractmethod
    def apply(self, function: str, arguments: list[Printed[T]]) -> T:
        """A function of its arguments, or π."""

    @abstractmethod
    def partial(self, of: T, wrt: T) -> Printed[T]:
        """∂of/∂wrt."""

    @abstractmethod
    def joined(self, left: T, sign: str, right: T) -> T:
        """Two operands with +, −, × or · between them, or with "" where factors stand side by side."""

    @abstractmethod
    def negative(self, operand: T) -> T:
        """Minus the operand."""

    @abstractmethod
    def enclosed(self, inner: T) -> T:
        """In parentheses."""

    @abstractmethod
    def chain(self, parts: list[T]) -> T:
        """a = b = c."""

    def print(self, node: Notation, style: Style) -> T:
        """The whole tree."""
        with _deep():
            return self.show(node, style)[0]

    def print_parts(self, node: Equal, style: Style) -> list[T]:
        """The members of a chain a = b = c, for who sets them one by one."""
        with _deep():
            return self.parts(node, style)

    def show(self, node: Notation, style: Style) -> Printed[T]:
        """A piece of the tree, and how strongly it holds together."""
        if isinstance(node, Num):
            return self.number(node.value, style)
        if isinstance(node, Sym):
            return self.symbol(style.label(node.name)), ATOM
        if isinstance(node, Infix):
            return self._infix(node, style)
        if isinstance(node, Over):
            return self.over(self.show(node.top, style), self.show(node.bottom, style))
        if isinstance(node, Power):
            base = self.within(self.show(node.base, style), ATOM)
            return self.power(base, self.show(node.exponent, style)), POWER
        if isinstance(node, Apply):
            return self.apply(node.function, [self.show(each, style) for each in node.arguments]), ATOM
        if isinstance(node, Partial):
            return self.partial(self.symbol(style.label(node.of)), self.symbol(style.label(node.wrt)))
        assert isinstance(node, Equal)
        return self.chain(self.parts(node, style)), RELATION

    def parts(self, node: Equal, style: Style) -> list[T]:
        """The members of a chain; of neighbours that look alike (1/3 = 1/3) one is shown."""
        shown = [self.show(part, style)[0] for part in node.parts]
        return [part for place, part in enumerate(shown) if place == 0 or part != shown[place - 1]]

    def within(self, printed: Printed[T], strength: int) -> T:
        """A piece, in parentheses where it is weaker than its surroundings."""
        piece, held = printed
        return piece if held >= strength else self.enclosed(piece)

    def _infix(self, node: Infix, style: Style) -> Printed[T]:
        left, right = self.show(node.left, style), self.show(node.right, style)
        if node.sign in "+−":
            return self.joined(self.within(left, SUM), node.sign, self.within(right, PRODUCT)), SUM
        if node.sign == "·" and node.left == Num(Fraction(-1)):
            return self.negative(self.within(right, PRODUCT)), SUM
        leads_with_minus = isinstance(node.left, Num) and left[1] == SUM
        first = left[0] if leads_with_minus else self.within(left, PRODUCT)
        same = node.sign == "·" and isinstance(node.right, Infix) and node.right.sign == "·"
        second = self.within(right, PRODUCT if same else POWER)
        sign = "" if node.sign == "·" and _stands_beside(node, style) else node.sign
        return self.joined(first, sign, second), SUM if leads_with_minus else PRODUCT


def _stands_beside(node: Infix, style: Style) -> bool:
    """Whether a product needs no sign: 2x, 2(x + y), x²(x + y); not 2·3, x·x or apple·count."""

    def last(side: Notation) -> Notation:
        return last(side.right) if isinstance(side, Infix) and side.sign == "·" else side

    def first(side: Notation) -> Notation:
        return first(side.left) if isinstance(side, Infix) and side.sign == "·" else side

    left, right = last(node.left), first(node.right)
    base = right.base if isinstance(right, Power) else right
    if isinstance(left, Sym) and base == left:  # xx would be read as one name
        return False
    if isinstance(left, Power) and not isinstance(left.exponent, Num):  # y^z·x, or x would be in the exponent
        return False
    if isinstance(base, Num | Over) or isinstance(left, Over | Apply):
        return False
    if isinstance(base, Apply) and not isinstance(left, Num):
        return False
    if isinstance(left, Num) and isinstance(left.value, Fraction) and left.value.denominator != 1:
        return False
    short = [each for each in (left, base) if isinstance(each, Sym)]
    return all(len(style.label(each.name)) == 1 for each in short)


@contextmanager
def _deep() -> Iterator[None]:
    """Lets the printers descend as deep as expressions may be nested; their calls are Python's own and take no stack
    of the system."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, DEEPEST))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
