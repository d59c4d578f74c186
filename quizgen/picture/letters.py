"""How long a text is in a font that nobody knows, and where it may be broken into lines."""

import unicodedata
from collections.abc import Iterator
from functools import cache

from quizgen.picture.terminal import width

# In units of the letters' size; a little more than the sans-serif fonts of common systems take. Signs that
# Japanese fonts make as wide as a kanji (×, √, Greek) are left to the 1 of whatever is not in the table.
_WIDTHS = {
    0.33: " .,:;|'Iijl·",
    0.41: "()[]-/\\frt!²³",
    0.5: '*"`',
    0.56: "czsJ?_",
    0.64: "0123456789abdeghknopquvxyFLTY$°{}",
    0.7: "ABCEKPRSVXZ",
    0.79: "DGHNOQU&",
    0.84: "w+<=>~^#−",
    0.98: "mMW%@",
}
_WIDTH = {letter: size for size, letters in _WIDTHS.items() for letter in letters}
_NOT_FIRST = frozenset(
    "、。，．・：；？！）］｝」』】〉》〕〟ー々ゝゞヽヾ〜…‥,.:;?!)]}%ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ"
)
_NOT_LAST = frozenset("（［｛「『【〈《〔〝([{")
_CUT = "…"


def length(text: str) -> float:
    """The length of a text in units of its letters' size: rather too long than too short."""
    return sum(map(_length, text))


@cache
def _length(letter: str) -> float:
    if width(letter) == 0:
        return 0.0  # it stands on the letter before it
    base = unicodedata.normalize("NFD", letter)[0]  # é is as wide as e
    return _WIDTH.get(base, 1.0)


def lines(text: str, longest: float, most: int) -> tuple[str, ...]:
    """The text on lines of about equal length. What does not fit on `most` lines is cut, and "…" says so."""
    parts = list(_parts(text))
    filled = _filled(parts, longest)
    if len(filled) > most:
        return (*filled[: most - 1], _cut(filled[most - 1], longest))
    # A shorter limit that needs no more lines: then no line is left with a single letter.
    shorter = max(length(text) / len(filled), *(length(part.rstrip()) for part in parts), 1.0)
    while shorter < longest:
        even = _filled(parts, shorter)
        if len(even) == len(filled):
            return even
        shorter += 0.25
    return filled


def _parts(text: str) -> Iterator[str]:
    """What stays on one line: a word with its space, or a Japanese letter with the signs that cling to it."""
    part = ""
    for letter in text:
        if part and not _clings(part[-1], letter):
            yield part
            part = ""
        part += letter
    yield part


def _clings(before: str, letter: str) -> bool:
    if letter == " " or letter in _NOT_FIRST or width(letter) == 0:
        return True
    if before == " ":
        return False
    return before in _NOT_LAST or (width(before) < 2 and width(letter) < 2)


def _filled(parts: list[str], longest: float) -> tuple[str, ...]:
    made = [""]
    for part in parts:
        # A part that is too long for any line is broken anywhere.
        for piece in [part] if length(part.rstrip()) <= longest else _letters(part):
            if length((made[-1] + piece).rstrip()) > longest:
                made.append("")
            made[-1] += piece
    return tuple(line.rstrip() for line in made if line)


def _letters(text: str) -> Iterator[str]:
    """The letters, each with its accents."""
    whole = ""
    for letter in text:
        if whole and width(letter):
            yield whole
            whole = ""
        whole += letter
    yield whole


def _cut(text: str, longest: float) -> str:
    kept = list(_letters(text))
    while kept and length("".join(kept) + _CUT) > longest:
        kept.pop()
    return "".join(kept).rstrip() + _CUT
