"""As LaTeX that KaTeX and MathJax read."""

from __future__ import annotations

import re

from quizgen.notation.printer import ATOM, POWER, SUM, Printed, Printer, number_pieces
from quizgen.notation.tree import Equal, Notation, Style
from quizgen.numbers import Number

_SPECIAL = {
    "\\": r"\backslash ", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%",
    "_": r"\_", "^": r"\hat{}", "~": r"\sim ", "<": r"\lt ", ">": r"\gt ", "|": r"\vert ", "`": r"\grave{}",
}  # fmt: skip
_RUNS = re.compile(f"([{re.escape(''.join(_SPECIAL))}])")
_SIGNS = {"+": " + ", "−": " - ", "×": r" \times ", "·": r" \cdot ", "": ""}
_FUNCTIONS = {"relu": r"\mathrm{ReLU}", "sigmoid": r"\sigma"}


class _Latex(Printer[str]):
    def number(self, value: Number, style: Style) -> Printed[str]:
        negative, top, bottom = number_pieces(value, style)
        shown = rf"\frac{{{top}}}{{{bottom}}}" if bottom else top
        return f"-{shown}" if negative else shown, SUM if negative else POWER if bottom else ATOM

    def symbol(self, label: str) -> str:
        if len(label) == 1 and label.isalpha() and label.isascii():
            return label
        # The commands are those of mathematics, which readers know; inside \text they do not.
        runs = [_SPECIAL.get(run, rf"\text{{{run}}}") for run in _RUNS.split(label) if run]
        return runs[0] if len(runs) == 1 else f"{{{''.join(runs)}}}"

    def over(self, top: Printed[str], bottom: Printed[str]) -> Printed[str]:
        return rf"\frac{{{top[0]}}}{{{bottom[0]}}}", POWER

    def power(self, base: str, exponent: Printed[str]) -> str:
        return f"{base}^{{{exponent[0]}}}"

    def apply(self, function: str, arguments: list[Printed[str]]) -> str:
        if function == "pi":
            return r"\pi"
        if function == "sqrt":
            return rf"\sqrt{{{arguments[0][0]}}}"
        return _FUNCTIONS.get(function, "\\" + function) + self.enclosed(", ".join(each for each, _ in arguments))

    def partial(self, of: str, wrt: str) -> Printed[str]:
        return rf"\frac{{\partial {of}}}{{\partial {wrt}}}", POWER

    def joined(self, left: str, sign: str, right: str) -> str:
        return f"{left}{_SIGNS[sign]}{right}"

    def negative(self, operand: str) -> str:
        return f"-{operand}"

    def enclosed(self, inner: str) -> str:
        return rf"\left({inner}\right)"

    def chain(self, parts: list[str]) -> str:
        return " = ".join(parts)


_PRINTER = _Latex()


def latex(node: Notation, style: Style) -> str:
    """The tree as LaTeX, without dollar signs."""
    return _PRINTER.print(node, style)


def latex_parts(node: Equal, style: Style) -> list[str]:
    """The members of a chain a = b = c, each as LaTeX."""
    return _PRINTER.print_parts(node, style)
