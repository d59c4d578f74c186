"""As one line of Unicode text, for a terminal and for pictures."""

from __future__ import annotations

import re

from quizgen.notation.printer import ATOM, POWER, PRODUCT, SUM, Printed, Printer
from quizgen.notation.tree import Notation, Style, number_text
from quizgen.numbers import Number

_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_FUNCTIONS = {"relu": "ReLU", "sigmoid": "σ", "sqrt": "√"}


class _Line(Printer[str]):
    def number(self, value: Number, style: Style) -> Printed[str]:
        text = number_text(value, style.decimals)
        return text, SUM if text.startswith("−") else PRODUCT if "/" in text else ATOM

    def symbol(self, label: str) -> str:
        return label

    def over(self, top: Printed[str], bottom: Printed[str]) -> Printed[str]:
        return f"{self.within(top, PRODUCT)}/{self.within(bottom, POWER)}", PRODUCT

    def power(self, base: str, exponent: Printed[str]) -> str:
        plain = exponent[0].replace("−", "-")
        if re.fullmatch("-?[0-9]+", plain):  # ² is a digit to Python as well
            return base + plain.translate(_SUPERSCRIPT)
        return f"{base}^{self.within(exponent, ATOM)}"

    def apply(self, function: str, arguments: list[Printed[str]]) -> str:
        if function == "pi":
            return "π"
        return _FUNCTIONS.get(function, function) + self.enclosed(", ".join(each for each, _ in arguments))

    def partial(self, of: str, wrt: str) -> Printed[str]:
        return f"∂{of}/∂{wrt}", POWER

    def joined(self, left: str, sign: str, right: str) -> str:
        return f"{left} {sign} {right}" if sign else left + right

    def negative(self, operand: str) -> str:
        return f"−{operand}"

    def enclosed(self, inner: str) -> str:
        return f"({inner})"

    def chain(self, parts: list[str]) -> str:
        return " = ".join(parts)


_PRINTER = _Line()


def unicode(node: Notation, style: Style) -> str:
    """The tree as one line of text."""
    return _PRINTER.print(node, style)
