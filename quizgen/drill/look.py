"""How a conversation is shown: how wide, in colour or not, in which characters, or as sentences to be heard."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from quizgen.language import Words
from quizgen.notation import Notation, Style, speech, unicode

_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻ⁿ]+")
_LOWERED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻ⁿ", "0123456789-n")
_ASCII = {
    "−": "-", "×": "*", "·": "*", "÷": "/", "∂": "d", "√": "sqrt", "σ": "sigmoid", "π": "pi", "′": "'", "…": "...",
    "Σ": "sum", "→": "->", "←": "<-", "△": "o", "○": "o", "–": "-", "—": "-", "’": "'", "“": '"', "”": '"', "│": "|",
    "█": "#", "▁": ".", "▂": ".", "▃": ":", "▄": ":", "▅": "+", "▆": "+", "▇": "#", "■": "#", "□": ".",
    "\N{NO-BREAK SPACE}": " ",
}  # fmt: skip


@dataclass(frozen=True)
class Look:
    """`columns`: how wide the screen is, None where that does not matter. `colour`: pictures may hold ANSI colours.
    `ascii_only`: lines and mathematics in ASCII, as they are typed. `encoding`: what it cannot hold is replaced.
    `spoken`: a screen reader says it, so words instead of pictures."""

    columns: int | None = None
    colour: bool = False
    ascii_only: bool = False
    spoken: bool = False
    encoding: str = "utf-8"

    def mathematics(self, node: Notation, style: Style, said: Words) -> str:
        """Mathematics on one line, or in words."""
        return speech(node, style, said) if self.spoken else unicode(node, style)

    def text(self, text: str) -> str:
        """`text` in the characters that can be shown."""
        if not self.ascii_only and _holds(self.encoding, text):
            return text
        text = _RAISED.sub(_exponent, text)
        return "".join(_ASCII.get(each) or _plain(each, self.encoding) for each in text)


def can_draw(encoding: str | None) -> bool:
    """Whether an encoding has the characters of a picture and its mathematics."""
    return _holds(encoding or "ascii", "─│╭╮╰╯┬┴├┤┼←→×∂−²")


def _holds(encoding: str, text: str) -> bool:
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _exponent(found: re.Match[str]) -> str:
    exponent = found[0].translate(_LOWERED)
    return f"^({exponent})" if "-" in exponent[1:] else f"^{exponent}"


def _plain(character: str, encoding: str) -> str:
    """The character where the encoding has it (letters of Japanese in EUC-JP), else without its accent, else ?."""
    if _holds(encoding, character):
        return character
    bare = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return bare or "?"
