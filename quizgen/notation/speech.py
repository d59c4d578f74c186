"""In words, for a screen reader: 2(x + y) is "2 times open parenthesis x plus y close parenthesis".

A listener does not see where a fraction or an argument ends, and in Japanese the denominator comes first. So a
fraction within anything, and every argument, stands between parentheses; what is left is read in one way only. The
words come from the language (`speech.…`); digits stay digits, which every screen reader can say.
"""

from __future__ import annotations

from quizgen.language import Words
from quizgen.notation.printer import ATOM, RELATION, SUM, Printed, Printer, number_pieces
from quizgen.notation.tree import Notation, Style
from quizgen.numbers import Number

_SIGNS = {"+": "plus", "−": "minus", "×": "times", "·": "times", "": "times"}


class _Speech(Printer[str]):
    def __init__(self, said: Words) -> None:
        self.said = said

    def number(self, value: Number, style: Style) -> Printed[str]:
        negative, top, bottom = number_pieces(value, style)
        shown = self.said("speech.over", top=top, bottom=bottom) if bottom else top
        return self.negative(shown) if negative else shown, RELATION if bottom else SUM if negative else ATOM

    def symbol(self, label: str) -> str:
        return label

    def over(self, top: Printed[str], bottom: Printed[str]) -> Printed[str]:
        upper, lower = self.within(top, ATOM), self.within(bottom, ATOM)
        return self.said("speech.over", top=upper, bottom=lower), RELATION

    def power(self, base: str, exponent: Printed[str]) -> str:
        return self.said("speech.power", base=base, exponent=self.within(exponent, ATOM))

    def apply(self, function: str, arguments: list[Printed[str]]) -> str:
        name = self.said[f"speech.function.{function}"]
        if not arguments:
            return name
        inner = self.said["speech.comma"].join(each for each, _ in arguments)
        return self.said("speech.call", function=name, argument=self.enclosed(inner))

    def partial(self, of: str, wrt: str) -> Printed[str]:
        return self.said("speech.partial", of=of, wrt=wrt), ATOM

    def joined(self, left: str, sign: str, right: str) -> str:
        return f"{left} {self.said[f'speech.{_SIGNS[sign]}']} {right}"

    def negative(self, operand: str) -> str:
        return f"{self.said['speech.negative']} {operand}"

    def enclosed(self, inner: str) -> str:
        return f"{self.said['speech.open']} {inner} {self.said['speech.close']}"

    def chain(self, parts: list[str]) -> str:
        return f" {self.said['speech.equals']} ".join(parts)


def speech(node: Notation, style: Style, said: Words) -> str:
    """The tree in words."""
    return _Speech(said).print(node, style)
