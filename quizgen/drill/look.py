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
    "→": "->", "←": "<-", "△": "o", "○": "o", "–": "-", "—": "-", "’": "'", "“": '"', "”": '"', "│": "|",
    "█": "#", "▁": ".", "▂": ".", "▃": ":", "▄": ":", "▅": "+", "▆": "+", "▇": "#", "■": "#", "□": ".",
}  # fmt: skip


@dataclass(frozen=True)
class Look:
    """`columns`: how wide the screen is, None where that does not matter. `colour`: pictures may hold ANSI colours.
    `ascii_only`: nothing but ASCII can be shown. `spoken`: a screen reader says it, so words instead of pictures."""

    columns: int | None = None
    colour: bool = False
    ascii_only: bool = False
    spoken: bool = False

    def mathematics(self, node: Notation, style: Style, said: Words) -> str:
        """Mathematics on one line, or in words."""
        return speech(node, style, said) if self.spoken else unicode(node, style)

    def text(self, text: str) -> str:
        """`text` in the characters that can be shown."""
        return ascii_text(text) if self.ascii_only else text


def ascii_text(text: str) -> str:
    """`text` in ASCII: mathematics as it is typed (`**` as ^), accents dropped, the rest as question marks."""
    return "".join(_ASCII.get(each) or _plain(each) for each in _RAISED.sub(_exponent, text))


def _exponent(found: re.Match[str]) -> str:
    exponent = found[0].translate(_LOWERED)
    return f"^({exponent})" if "-" in exponent[1:] else f"^{exponent}"


def _plain(character: str) -> str:
    if character.isascii():
        return character
    bare = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return bare or "?"
