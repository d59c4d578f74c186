"""Text for Moodle: HTML that its cleaner keeps, in which nothing that anybody wrote becomes mathematics, a gap or a
file (`{1:NUMERICAL:…}`, `@@PLUGINFILE@@`, `[tex]`)."""

from __future__ import annotations

import re

from markupsafe import Markup

from quizgen.exports._latex_html import LatexHtml, reference
from quizgen.picture.layout import printable

LONGEST_NAME = 120  # characters of a title; a name may have 255 in all
IN_SOURCE = re.compile(r"[{}@\[\]()-]")  # each of its smileys (":-D", "(y)") has a parenthesis or a hyphen
HTML = LatexHtml(
    in_source=IN_SOURCE,
    # Of LaTeX only what a label such as "1:NM:=5" would begin.
    in_latex=re.compile(r"\{(?=[0-9]*:|#|mlang)|@|\[(?=/?(?:tex|algebra))"),
)

_IN_GAP = re.compile(r'[&<>{}~#/"\\=%]')
_IN_NAME = str.maketrans("<>\\$", "＜＞＼＄")  # out of names Moodle takes tags; no element can stand in them


def name(words: str) -> Markup:
    """Words where Moodle wants plain text: a name, a tag."""
    return Markup(printable(words)[:LONGEST_NAME].translate(_IN_NAME).strip())


def cdata(content: str) -> Markup:
    """Content of an element, whatever is in it."""
    return Markup("<![CDATA[{}]]>").format(Markup(str(content).replace("]]>", "]]]]><![CDATA[>")))


def category(words: str) -> Markup:
    """A name in the path of a category: slashes are doubled, and one at the end would be counted to the path's."""
    inner = str(name(words)).replace("/", "//")
    return Markup(f"{' ' * inner.startswith('/')}{inner}{' ' * inner.endswith('/')}")


def in_gap(html: str) -> Markup:
    """HTML inside a gap: every sign that ends an answer, and every `&`, once more as a character reference. Moodle
    reads them back into HTML before it shows them."""
    return Markup(_IN_GAP.sub(reference, " ".join(str(html).split())))
