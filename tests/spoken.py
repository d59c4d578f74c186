"""Reads back the words that mathematics has for a screen reader, with the words of a language; it shares nothing else
with what makes them. Whatever needs a guess, such as a fraction within a sum, is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from quizgen.language import Words

FUNCTIONS = ("exp", "log", "sqrt", "sin", "cos", "tan", "tanh", "sigmoid", "relu", "max")
Form = tuple[str, ...]  # placeholders in braces, and what is said between them


def form(template: str) -> Form:
    return tuple(piece.strip() for piece in re.split(r"(\{\w+\})", template) if piece.strip())


class Reader:
    """Words of one language to typed mathematics. Every name comes out as `name(label)`, a derivative as
    `partial(of, wrt)` of such names, as one word each."""

    def __init__(self, said: Words, labels: Iterable[str]) -> None:
        self.said, self.labels = said, sorted(set(labels), key=len, reverse=True)
        self.over, self.power, self.partial, self.call = (
            form(said[f"speech.{name}"]) for name in ("over", "power", "partial", "call")
        )
        self.functions = {said[f"speech.function.{name}"]: name for name in FUNCTIONS}
        self.signs = {said[f"speech.{name}"]: sign for name, sign in (("plus", "+"), ("minus", "-"))}
        self.rest = ""

    def members(self, words: str) -> list[str]:
        """The members of a chain a = b = c."""
        return [self.one(each) for each in words.split(f" {self.said['speech.equals']} ")]

    def one(self, words: str) -> str:
        """A piece without equals sign."""
        self.rest = words
        read = self._whole()
        assert not self.rest, f"{words!r}: {self.rest!r} is left"
        return read

    def _hears(self, words: str) -> bool:
        """Whether these words come next; then they are gone."""
        if re.match(re.escape(words) + r"(?![^\W_])", self.rest):
            self.rest = self.rest[len(words) :].lstrip(" ")
            return True
        return False

    def _needs(self, words: str) -> None:
        assert self._hears(words), f"{words!r} should come next: {self.rest!r}"

    def _whole(self) -> str:
        """A fraction of two atoms, which must stand alone, or a sum."""
        before = self.rest
        minus = "-" if self._hears(self.said["speech.negative"]) else ""
        try:
            found = self._form(self.over)
        except AssertionError:
            self.rest = before
            return self._sum()
        ends = (self.said["speech.close"], self.said["speech.comma"].strip())
        if self.rest and not self.rest.startswith(ends):
            self.rest = before
            return self._sum()
        return f"{minus}(({found['{top}']})/({found['{bottom}']}))"

    def _form(self, wanted: Form) -> dict[str, str]:
        found = {}
        for piece in wanted:
            if piece.startswith("{"):
                found[piece] = self._atom()
            else:
                self._needs(piece)
        return found

    def _sum(self) -> str:
        read = ("-" if self._hears(self.said["speech.negative"]) else "") + self._product()
        while sign := next((sign for words, sign in self.signs.items() if self._hears(words)), ""):
            read += sign + self._product()
        return read

    def _product(self) -> str:
        read = self._power()
        while self._hears(self.said["speech.times"]):
            read += "*" + self._power()
        return read

    def _power(self) -> str:
        base, (_, between, _, *after) = self._atom(), self.power
        if not self._hears(between):
            return base
        exponent = self._atom()
        for words in after:
            self._needs(words)
        return f"({base})**({exponent})"

    def _atom(self) -> str:
        number = re.match(r"\d+(?:\.\d+)?(?!\w)", self.rest)
        if number and not any(self.rest.startswith(label) for label in self.labels):  # a label may begin with one
            self.rest = self.rest[number.end() :].lstrip(" ")
            return number[0]
        if self._hears(self.said["speech.open"]):
            return f"({self._until_close()})"
        partial = self._partial()
        if partial:
            return partial
        for words, function in sorted(self.functions.items(), key=lambda each: -len(each[0])):
            if self._hears(words):
                for piece in self.call:
                    if not piece.startswith("{"):
                        self._needs(piece)
                self._needs(self.said["speech.open"])
                return f"{function}({self._until_close()})"
        if self._hears(self.said["speech.function.pi"]):
            return "pi"
        for label in self.labels:
            if self._hears(label):
                return f"name({label})"
        raise AssertionError(f"nothing is known that begins {self.rest!r}")

    def _until_close(self) -> str:
        read, comma = self._whole(), self.said["speech.comma"].strip()
        while self.rest.startswith(comma):
            self.rest = self.rest[len(comma) :].lstrip(" ")
            read += "," + self._whole()
        self._needs(self.said["speech.close"])
        return read

    def _partial(self) -> str:
        label = "|".join(map(re.escape, self.labels))
        pattern = r"\s*".join(
            f"(?P<{piece.strip('{}')}>{label})" if piece.startswith("{") else re.escape(piece) for piece in self.partial
        )
        found = re.match(pattern, self.rest)
        if not found:
            return ""
        self.rest = self.rest[found.end() :].lstrip(" ")
        return f"partial({found['of']},{found['wrt']})"
