r"""Text for AMC-TXT, and the LaTeX that may stand in it between `[[` and `]]`.

AMC escapes for LaTeX what it has not taken for a construct of its own, and those have a `!` (a picture) or a bracket.
Each question and each option is one line that begins with a sign of ours, so that no line of anybody's begins a
question, an option, a setting or a comment.
"""

from __future__ import annotations

import re
import unicodedata

from quizgen.engine.functions import Value
from quizgen.families import Prose
from quizgen.notation import Equal, Notation, Num, Style, latex, latex_parts, number_text, of_value
from quizgen.picture.layout import printable, printable_style

_CONSTRUCTS = {"!": "!", "[": r"\lbrack{}", "]": r"\rbrack{}"}
_LATEX = {
    **_CONSTRUCTS, "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%",
    "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "-": "-{}", "`": r"\textasciigrave{}",
}  # fmt: skip
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹ⁿ⁻⁺", "0123456789n-+", strict=True))  # fonts of TeX lack most of these
_SIGNS = {"−": "-", "×": r"\times", "·": r"\cdot", "′": "'", "∂": r"\partial", "√": r"\surd"} | {
    chr(code): "\\" + unicodedata.name(chr(code)).rpartition(" ")[2].lower().replace("lamda", "lambda")
    for code in range(ord("α"), ord("ω") + 1)
    if chr(code) not in "ος"
}
_MATHEMATICS = f"[{''.join(_RAISED)}]+|[{''.join(_SIGNS)}]"
_JAPANESE = re.compile("[　-ヿ㐀-鿿！-ﾟ]")
_LATIN = re.compile(f"[ -~¡-ſ‐-”…{''.join(_RAISED)}{''.join(_SIGNS)}]")


class AmcText(str):
    """Text that is AMC-TXT: it is put into a template as it is."""


def is_set(words: str) -> bool:
    """Whether TeX's own fonts have every letter; XeLaTeX leaves the others out and says so in its log alone."""
    return all(_LATIN.match(each) or _JAPANESE.match(each) for each in printable(words))


def is_japanese(words: str) -> bool:
    """Whether a Japanese font is needed."""
    return bool(_JAPANESE.search(words))


def text(words: str) -> AmcText:
    """Words; the spaces around them stay."""

    def escaped(found: re.Match[str]) -> str:
        return f"[[{_CONSTRUCTS.get(found[0]) or _mathematical(found[0])}]]"

    return _spaced(words, re.sub(rf"{_MATHEMATICS}|[!\[\]]", escaped, printable(words)))


def in_latex(words: str) -> AmcText:
    """Words inside LaTeX."""

    def escaped(found: re.Match[str]) -> str:
        return _LATEX.get(found[0]) or _mathematical(found[0])

    special = f"[{re.escape(''.join(_LATEX))}]"
    return _spaced(words, re.sub(f"{_MATHEMATICS}|{special}", escaped, printable(words)))


def _mathematical(signs: str) -> str:
    shown = _SIGNS.get(signs) or f"{{}}^{{{''.join(_RAISED[each] for each in signs)}}}"
    return rf"\ensuremath{{{shown}}}"


def _spaced(words: str, made: str) -> AmcText:
    return AmcText(f"{' ' * words[:1].isspace()}{made}{' ' * words[-1:].isspace()}" if made else " " * bool(words))


def chain(node: Notation, style: Style) -> AmcText:
    """A step a = b = c inside LaTeX, cut before each further sign so that the line can be broken there."""
    if not isinstance(node, Equal):
        return _mathematics(node, style)
    first, *rest = latex_parts(node, printable_style(style))
    return AmcText(" ".join([_inline(" = ".join([first, *rest[:1]])), *(_inline(f"= {each}") for each in rest[1:])]))


def number(shown: Value, style: Style) -> AmcText:
    """A value inside LaTeX."""
    return _mathematics(of_value(shown), style)


def prose(pieces: Prose, style: Style) -> AmcText:
    """Words and mathematics."""
    shown = (text(each) if isinstance(each, str) else f"[[{_mathematics(each, style)}]]" for each in pieces)
    return AmcText("".join(shown).strip())


def value(shown: Value, style: Style) -> AmcText:
    """An option: a number without a sign and a bar as whoever edits the file would write it."""
    node = of_value(shown)
    if isinstance(node, Num):
        plain = number_text(node.value, style.decimals)
        if not re.search("[−/]", plain):
            return AmcText(plain)
    return AmcText(f"[[{_mathematics(node, style)}]]")


def _mathematics(node: Notation, style: Style) -> AmcText:
    return _inline(latex(node, printable_style(style)))


def _inline(written: str) -> AmcText:
    """In a line; fractions at their full size."""
    written = written.strip().replace("[", r"\lbrack ").replace("]", r"\rbrack ")
    written = re.sub(_MATHEMATICS, lambda found: _mathematical(found[0]), written)
    return AmcText(rf"\(\displaystyle {written}\)" if r"\frac" in written else rf"\({written}\)")
