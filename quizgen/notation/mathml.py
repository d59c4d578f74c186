"""As MathML Core, which browsers and screen readers read without a script."""

from __future__ import annotations

from html import escape

from quizgen.notation.printer import ATOM, POWER, SUM, Printed, Printer, number_pieces
from quizgen.notation.tree import Equal, Notation, Style
from quizgen.numbers import Number

_TIMES, _APPLY = "<mo>\N{INVISIBLE TIMES}</mo>", "<mo>\N{FUNCTION APPLICATION}</mo>"
_FUNCTIONS = {"relu": "ReLU", "sigmoid": "σ"}


def _row(*pieces: str) -> str:
    return f"<mrow>{''.join(pieces)}</mrow>"


def _sign(sign: str) -> str:
    return f"<mo>{sign}</mo>"


class _MathML(Printer[str]):
    """Every piece is one element, so that it can stand wherever one operand is wanted."""

    def number(self, value: Number, style: Style) -> Printed[str]:
        negative, top, bottom = number_pieces(value, style)
        shown = f"<mfrac><mn>{top}</mn><mn>{bottom}</mn></mfrac>" if bottom else f"<mn>{top}</mn>"
        return self.negative(shown) if negative else shown, SUM if negative else POWER if bottom else ATOM

    def symbol(self, label: str) -> str:
        kind = "mi" if len(label) == 1 and label.isascii() else "mtext"
        return f"<{kind}>{escape(label)}</{kind}>"

    def over(self, top: Printed[str], bottom: Printed[str]) -> Printed[str]:
        return f"<mfrac>{top[0]}{bottom[0]}</mfrac>", POWER

    def power(self, base: str, exponent: Printed[str]) -> str:
        return f"<msup>{base}{exponent[0]}</msup>"

    def apply(self, function: str, arguments: list[Printed[str]]) -> str:
        if function == "pi":
            return "<mi>π</mi>"
        if function == "sqrt":
            return f"<msqrt>{arguments[0][0]}</msqrt>"
        inner = "<mo>,</mo>".join(each for each, _ in arguments)
        return _row(f"<mi>{_FUNCTIONS.get(function, function)}</mi>", _APPLY, self.enclosed(inner))

    def partial(self, of: str, wrt: str) -> Printed[str]:
        top, bottom = (_row("<mo>∂</mo>", each) for each in (of, wrt))
        return f"<mfrac>{top}{bottom}</mfrac>", POWER

    def joined(self, left: str, sign: str, right: str) -> str:
        return _row(left, _sign(sign) if sign else _TIMES, right)

    def negative(self, operand: str) -> str:
        return _row('<mo form="prefix">−</mo>', operand)

    def enclosed(self, inner: str) -> str:
        return _row(_sign("("), inner, _sign(")"))

    def chain(self, parts: list[str]) -> str:
        return _row(_sign("=").join(parts))


_PRINTER = _MathML()


def mathml(node: Notation, style: Style) -> str:
    """The tree as one element of MathML, without the `math` around it."""
    return _PRINTER.print(node, style)


def mathml_parts(node: Equal, style: Style) -> list[str]:
    """The members of a chain a = b = c, each as one element of MathML; from the second on with its sign."""
    first, *rest = _PRINTER.print_parts(node, style)
    return [first, *(_row(_sign("="), each) for each in rest)]
