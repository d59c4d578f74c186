"""As data from which a Typst template sets mathematics; no word of it ever becomes Typst source.

A piece is an object with one key: `num` and `word` (text), `var` (one letter, set in italics), `frac` [top, bottom],
`sup` [base, exponent], `root`, `call` {name, args}, `paren`, `minus`, `join` [left, sign, right], `chain` [a, b, …].
"""

from __future__ import annotations

from typing import Any

from quizgen.notation.printer import ATOM, POWER, SUM, Printed, Printer, number_pieces
from quizgen.notation.tree import Equal, Notation, Style
from quizgen.numbers import Number

Data = dict[str, Any]
_FUNCTIONS = {"relu": "ReLU", "sigmoid": "σ"}


class _Typst(Printer[Data]):
    def number(self, value: Number, style: Style) -> Printed[Data]:
        negative, top, bottom = number_pieces(value, style)
        shown: Data = {"frac": [{"num": top}, {"num": bottom}]} if bottom else {"num": top}
        return self.negative(shown) if negative else shown, SUM if negative else POWER if bottom else ATOM

    def symbol(self, label: str) -> Data:
        return {"var" if len(label) == 1 and label.isascii() and label.isalpha() else "word": label}

    def over(self, top: Printed[Data], bottom: Printed[Data]) -> Printed[Data]:
        return {"frac": [top[0], bottom[0]]}, POWER

    def power(self, base: Data, exponent: Printed[Data]) -> Data:
        return {"sup": [base, exponent[0]]}

    def apply(self, function: str, arguments: list[Printed[Data]]) -> Data:
        if function == "pi":
            return {"var": "π"}
        if function == "sqrt":
            return {"root": arguments[0][0]}
        return {"call": {"name": _FUNCTIONS.get(function, function), "args": [each for each, _ in arguments]}}

    def partial(self, of: Data, wrt: Data) -> Printed[Data]:
        top, bottom = ({"join": [{"num": "∂"}, "", each]} for each in (of, wrt))
        return {"frac": [top, bottom]}, POWER

    def joined(self, left: Data, sign: str, right: Data) -> Data:
        return {"join": [left, sign, right]}

    def negative(self, operand: Data) -> Data:
        return {"minus": operand}

    def enclosed(self, inner: Data) -> Data:
        return {"paren": inner}

    def chain(self, parts: list[Data]) -> Data:
        return {"chain": parts}


_PRINTER = _Typst()


def typst(node: Notation, style: Style) -> Data:
    """The tree as data for Typst."""
    return _PRINTER.print(node, style)


def typst_parts(node: Equal, style: Style) -> list[Data]:
    """The members of a chain a = b = c, each as data."""
    return _PRINTER.print_parts(node, style)
