"""One small tree for mathematics as it is shown, and its printers.

Worked steps such as 2t · 1 = 2(x + y) stay unevaluated here and reach every format from the same value. Names are
names of the graph; a printer is given the words that stand for them (`labels`), and how numbers look.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction

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


# --- printers ------------------------------------------------------------------------------------------------

_RELATION, _SUM, _PRODUCT, _POWER, _ATOM = range(5)  # strength of what is printed
DEEPEST = 30_000  # calls; a few for each of 2,000 operations
_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")

Printed = tuple[str, int]


def number_text(value: Number, decimals: bool = True) -> str:
    """A number as people read it: 2.2 where it ends within four decimals and decimals are wanted, else 11/5."""
    if isinstance(value, Real):
        return exact_text(value, SHOWN_DIGITS).replace("-", "−")
    shown = decimal_text(value) if decimals and is_short_decimal(value) else str(value)
    return shown.replace("-", "−")


@dataclass(frozen=True)
class _Printer:
    """What differs between two kinds of linear mathematics."""

    number: Callable[[Number, Style], Printed]
    symbol: Callable[[str], str]
    over: Callable[[Printed, Printed], Printed]
    power: Callable[[str, Printed], str]
    apply: Callable[[str, list[str]], str]
    partial: Callable[[str, str], Printed]
    signs: Mapping[str, str]
    parentheses: tuple[str, str]

    def show(self, node: Notation, style: Style) -> Printed:
        """The text of `node`, and how strongly it holds together."""
        if isinstance(node, Num):
            return self.number(node.value, style)
        if isinstance(node, Sym):
            return self.symbol(style.label(node.name)), _ATOM
        if isinstance(node, Infix):
            return self.infix(node, style)
        if isinstance(node, Over):
            return self.over(self.show(node.top, style), self.show(node.bottom, style))
        if isinstance(node, Power):
            base = self.within(self.show(node.base, style), _ATOM)
            return self.power(base, self.show(node.exponent, style)), _POWER
        if isinstance(node, Apply):
            return self.apply(node.function, [self.show(each, style)[0] for each in node.arguments]), _ATOM
        if isinstance(node, Partial):
            return self.partial(self.symbol(style.label(node.of)), self.symbol(style.label(node.wrt)))
        assert isinstance(node, Equal)
        return " = ".join(self.parts(node, style)), _RELATION

    def parts(self, node: Equal, style: Style) -> list[str]:
        """The members of a chain; of neighbours that look alike (1/3 = 1/3) one is shown."""
        shown = [self.show(part, style)[0] for part in node.parts]
        return [part for place, part in enumerate(shown) if place == 0 or part != shown[place - 1]]

    def within(self, printed: Printed, strength: int) -> str:
        """`printed`, in parentheses where it is weaker than its surroundings."""
        text, held = printed
        return text if held >= strength else f"{self.parentheses[0]}{text}{self.parentheses[1]}"

    def infix(self, node: Infix, style: Style) -> Printed:
        """A sum or a product."""
        left, right = self.show(node.left, style), self.show(node.right, style)
        if node.sign in "+−":
            return f"{self.within(left, _SUM)} {self.signs[node.sign]} {self.within(right, _PRODUCT)}", _SUM
        if node.sign == "·" and node.left == Num(Fraction(-1)):
            return f"{left[0][0]}{self.within(right, _PRODUCT)}", _SUM
        first = left[0] if left[1] == _SUM and isinstance(node.left, Num) else self.within(left, _PRODUCT)
        same = node.sign == "·" and isinstance(node.right, Infix) and node.right.sign == "·"
        second = self.within(right, _PRODUCT if same else _POWER)
        strength = _SUM if first[0] in "-−" else _PRODUCT
        if node.sign == "·" and _stands_beside(node, style):
            return f"{first}{second}", strength
        return f"{first} {self.signs[node.sign]} {second}", strength


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


def _latex_number(value: Number, style: Style) -> Printed:
    text = number_text(value, style.decimals).replace("−", "-")
    if "/" not in text:
        return text, _SUM if text.startswith("-") else _ATOM
    top, bottom = text.lstrip("-").split("/")
    minus = "-" if text.startswith("-") else ""
    return f"{minus}\\frac{{{top}}}{{{bottom}}}", _SUM if minus else _POWER


_LATEX_SPECIAL = {
    "\\": r"\backslash ", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%",
    "_": r"\_", "^": r"\hat{}", "~": r"\sim ", "<": r"\lt ", ">": r"\gt ", "|": r"\vert ", "`": r"\grave{}",
}  # fmt: skip
_LATEX_RUNS = re.compile(f"([{re.escape(''.join(_LATEX_SPECIAL))}])")


def _latex_symbol(label: str) -> str:
    if len(label) == 1 and label.isalpha() and label.isascii():
        return label
    # The commands are those of mathematics, which readers know; inside \text they do not.
    runs = [_LATEX_SPECIAL.get(run, rf"\text{{{run}}}") for run in _LATEX_RUNS.split(label) if run]
    return runs[0] if len(runs) == 1 else f"{{{''.join(runs)}}}"


def _latex_apply(function: str, arguments: list[str]) -> str:
    if function == "sqrt":
        return rf"\sqrt{{{arguments[0]}}}"
    if function == "pi":
        return r"\pi"
    command = {"relu": r"\mathrm{ReLU}", "sigmoid": r"\sigma"}.get(function, "\\" + function)
    return rf"{command}\left({', '.join(arguments)}\right)"


_LATEX = _Printer(
    number=_latex_number,
    symbol=_latex_symbol,
    over=lambda top, bottom: (rf"\frac{{{top[0]}}}{{{bottom[0]}}}", _POWER),
    power=lambda base, exponent: f"{base}^{{{exponent[0]}}}",
    apply=_latex_apply,
    partial=lambda of, wrt: (rf"\frac{{\partial {of}}}{{\partial {wrt}}}", _POWER),
    signs={"+": "+", "−": "-", "×": r"\times", "·": r"\cdot"},
    parentheses=(r"\left(", r"\right)"),
)


def _unicode_number(value: Number, style: Style) -> Printed:
    text = number_text(value, style.decimals)
    return text, _SUM if text.startswith("−") else _PRODUCT if "/" in text else _ATOM


def _unicode_over(top: Printed, bottom: Printed) -> Printed:
    upper = top[0] if top[1] >= _PRODUCT else f"({top[0]})"
    lower = bottom[0] if bottom[1] >= _POWER else f"({bottom[0]})"
    return f"{upper}/{lower}", _PRODUCT


def _unicode_power(base: str, exponent: Printed) -> str:
    plain = exponent[0].replace("−", "-")
    if re.fullmatch("-?[0-9]+", plain):  # ² is a digit to Python as well
        return base + plain.translate(_SUPERSCRIPT)
    return f"{base}^{exponent[0] if exponent[1] == _ATOM else f'({exponent[0]})'}"


def _unicode_apply(function: str, arguments: list[str]) -> str:
    if function == "pi":
        return "π"
    name = {"relu": "ReLU", "sigmoid": "σ", "sqrt": "√"}.get(function, function)
    return f"{name}({', '.join(arguments)})"


_UNICODE = _Printer(
    number=_unicode_number,
    symbol=lambda label: label,
    over=_unicode_over,
    power=_unicode_power,
    apply=_unicode_apply,
    partial=lambda of, wrt: (f"∂{of}/∂{wrt}", _POWER),
    signs={"+": "+", "−": "−", "×": "×", "·": "·"},
    parentheses=("(", ")"),
)


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


def latex(node: Notation, style: Style) -> str:
    """As LaTeX that KaTeX and MathJax read."""
    with _deep():
        return _LATEX.show(node, style)[0]


def latex_parts(node: Equal, style: Style) -> list[str]:
    """The members of a chain a = b = c, each as LaTeX."""
    with _deep():
        return _LATEX.parts(node, style)


def unicode(node: Notation, style: Style) -> str:
    """As one line of text for a terminal."""
    with _deep():
        return _UNICODE.show(node, style)[0]
