r"""Text for GIFT: HTML in which nothing that anybody wrote becomes an answer, a tag, a file or mathematics.

GIFT gives a meaning to seven signs (`\ ~ = # { } :`); in the finished HTML, its attributes too, each is led by a
backslash. What the HTML holds is kept from Moodle and MathJax as in Moodle's own format.
"""

from __future__ import annotations

import re

from markupsafe import Markup

from quizgen.engine.functions import Value
from quizgen.exports._latex_html import LatexHtml
from quizgen.exports._moodle_text import IN_SOURCE
from quizgen.notation import Num, Style, number_text, of_value
from quizgen.picture.layout import printable

LONGEST = 120  # characters of a title or a category; Moodle has room for 255 with what we add
HTML = LatexHtml(in_source=IN_SOURCE, in_latex=re.compile(r"[@\[\]]"))

_SIGNS = re.compile(r"[\\~=#{}:]")
_NAME = str.maketrans("<>&", "＜＞＆")  # Moodle takes out of a name whatever looks like a tag
_CATEGORY = str.maketrans({"<": "＜", ">": "＞", "&": "＆", "\\": "＼", "$": "＄", "/": "\N{DIVISION SLASH}"})


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


def value(number: Value, style: Style) -> Markup:
    """An option. A number without a bar needs no mathematics, so that readers without any show it too."""
    node = of_value(number)
    if isinstance(node, Num):
        plain = number_text(node.value, style.decimals)
        if "/" not in plain:
            return Markup(plain)
    return HTML.mathematics(node, style)
