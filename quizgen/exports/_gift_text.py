r"""Text for GIFT: HTML in which nothing that anybody wrote becomes an answer, a tag, a file or mathematics.

GIFT gives a meaning to seven signs (`\ ~ = # { } :`); in the finished HTML, its attributes too, each is led by a
backslash. Before that, HTML escapes its own signs; and those with which Moodle or MathJax would begin something
(`@@PLUGINFILE@@`, `[tex]`, `\(`, `$$`) become character references or stand in an element of their own, over which
no reader of mathematics looks.
"""

from __future__ import annotations

import re
from dataclasses import replace

from markupsafe import Markup, escape

from quizgen.engine.functions import Value
from quizgen.families import Prose
from quizgen.notation import Equal, Notation, Num, Style, latex, latex_parts, number_text, of_value
from quizgen.picture.layout import printable

LONGEST = 120  # characters of a title or a category; Moodle has room for 255 with what we add

_SIGNS = re.compile(r"[\\~=#{}:]")
_SOURCE = re.compile(r"[{}@\[\]]")  # what begins something in the source
_SHOWN = re.compile(r"[\\$]")  # what begins mathematics in the text that is shown
_LATEX = re.compile(r"[@\[\]]")  # the same in mathematics, which needs its braces
_NAME = str.maketrans("<>&", "＜＞＆")  # Moodle takes out of a name whatever looks like a tag
_CATEGORY = str.maketrans({"<": "＜", ">": "＞", "&": "＆", "\\": "＼", "$": "＄", "/": "\N{DIVISION SLASH}"})


def _reference(found: re.Match[str]) -> str:
    return f"&#{ord(found[0])};"


def gift(html: str) -> Markup:
    """Finished HTML as GIFT has it, on one line: an empty line would end the question, `//` begin a comment."""
    return Markup(_SIGNS.sub(r"\\\g<0>", " ".join(str(html).split())))


def name(words: str) -> Markup:
    """A title, which is plain text."""
    return Markup(_SIGNS.sub(r"\\\g<0>", printable(words)[:LONGEST].translate(_NAME).strip()))


def category(words: str) -> Markup:
    """A category, in which no reader takes an escape back and Moodle reads a path."""
    return Markup(printable(words)[:LONGEST].translate(_CATEGORY).strip())


def tag(words: str) -> Markup:
    """What stands in brackets in a comment: an id or a tag."""
    return Markup(re.sub(r"[\[\]]", "", printable(words)))


def text(words: str) -> Markup:
    """Words; the spaces around them stay."""
    inner = printable(words)
    if not inner:
        return Markup(" " if words else "")
    shown = _SOURCE.sub(_reference, str(escape(inner)))
    shown = _SHOWN.sub(r"<span>\g<0></span>", shown)
    return Markup(f"{' ' * words[:1].isspace()}{shown}{' ' * words[-1:].isspace()}")


def attribute(words: str) -> Markup:
    """Words as the value of an attribute."""
    shown = _SOURCE.sub(_reference, str(escape(printable(words))))
    return Markup(_SHOWN.sub(_reference, shown))


def _inline(written: str) -> Markup:
    shown = f"\\displaystyle {written.strip()}" if r"\frac" in written else written.strip()
    return Markup(rf"\({_LATEX.sub(_reference, str(escape(shown)))}\)")


def _printable(style: Style) -> Style:
    return replace(style, labels={key: printable(label) for key, label in style.labels.items()})


def mathematics(node: Notation, style: Style) -> Markup:
    """Mathematics in a line."""
    return _inline(latex(node, _printable(style)))


def chain(node: Notation, style: Style) -> Markup:
    """A step a = b = c, cut before each further sign so that a narrow page can break the line there."""
    if not isinstance(node, Equal):
        return mathematics(node, style)
    first, *rest = latex_parts(node, _printable(style))
    return Markup(" ").join([_inline(" = ".join([first, *rest[:1]])), *(_inline(f"= {each}") for each in rest[1:])])


def prose(pieces: Prose, style: Style) -> Markup:
    """Words and mathematics."""
    shown = (text(each) if isinstance(each, str) else mathematics(each, style) for each in pieces)
    return Markup("").join(shown).strip()


def value(number: Value, style: Style) -> Markup:
    """An option. A number without a bar needs no mathematics, so that readers without any show it too."""
    node = of_value(number)
    if isinstance(node, Num):
        plain = number_text(node.value, style.decimals)
        if "/" not in plain:
            return Markup(plain)
    return mathematics(node, style)
