"""The characters of typed mathematics: full-width ones, × ÷ − and the like as what they stand for."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-", strict=True))
_MEANT = {
    **dict.fromkeys("×·⋅∙•・✕✖∗＊", "*"),
    **dict.fromkeys("÷／∕⁄", "/"),
    **dict.fromkeys("−‐‑‒–—―－﹣△▲", "-"),  # △4 is −4 in Japanese accounts
    **dict.fromkeys("^＾", "**"),
    "√": " sqrt ",  # set off, so that √x and πr are no names
    "π": " pi ",
}


def normalise(typed: str) -> tuple[str, list[int]]:
    """`typed` in the grammar's characters, and for each of them where it stands in `typed`."""
    out: list[str] = []
    places: list[int] = []
    for place, character in _characters(typed):
        plain = character
        if character not in SUPERSCRIPTS:
            plain = _MEANT.get(character) or unicodedata.normalize("NFKC", character)
            plain = _MEANT.get(plain, plain)
            if "⁄" in plain:  # ½ is 1⁄2
                plain = f"({plain.replace('⁄', '/')})"
            if unicodedata.decomposition(character[0]).startswith("<super>") and plain.isalpha():  # xⁿ is no name
                plain = f"**{plain}"
        out.append(plain)
        places += [place] * len(plain)
    return "".join(out), [*places, len(typed)]


def _characters(typed: str) -> Iterator[tuple[int, str]]:
    """Each character with its place, what is written in two (カ and ゛, e and ´) as one."""
    start = 0
    for place in range(1, len(typed) + 1):
        if place == len(typed) or not (unicodedata.combining(typed[place]) or typed[place] in "ﾞﾟ"):
            yield start, typed[start:place]
            start = place
