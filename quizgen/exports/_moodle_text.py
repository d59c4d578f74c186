"""Text for Moodle: HTML that its cleaner keeps, in which nothing that anybody wrote becomes mathematics, a gap or a
file.

Moodle looks for signs in the source (`{1:NUMERICAL:…}`, `@@PLUGINFILE@@`, `[tex]`), MathJax in the browser for
mathematics in the text that is shown (`\\(`, `$$`), across elements. So those signs are written as character
references, and each one that may begin mathematics stands in an element that MathJax leaves alone.
"""

from __future__ import annotations

import re
from dataclasses import replace

from markupsafe import Markup, escape

from quizgen.engine.functions import Value
from quizgen.families import Prose
from quizgen.notation import Equal, Notation, Style, latex, latex_parts, of_value
from quizgen.picture.layout import printable

LONGEST_NAME = 120  # characters of a title; a name may have 255 in all

_BEGINS_MATHEMATICS = re.compile(r"[\\$]")
_READ_IN_SOURCE = re.compile(r"[{}@\[\]]")
# What of LaTeX would be read in the source, from a label such as "1:NM:=5".
_IN_LATEX = re.compile(r"\{(?=[0-9]*:|#|mlang)|@|\[(?=/?(?:tex|algebra))")
_IN_GAP = re.compile(r'[&<>{}~#/"\\=%]')
_IGNORED = "tex2jax_ignore mathjax_ignore"  # the classes that MathJax 2 and 3 pass over
_IN_NAME = str.maketrans("<>\\$", "＜＞＼＄")  # out of names Moodle takes tags; no element can stand in them


def _reference(found: re.Match[str]) -> str:
    return f"&#{ord(found[0])};"


def text(words: str) -> Markup:
    """Words; the spaces around them stay."""
    inner = printable(words)
    if not inner:
        return Markup(" " if words else "")
    shown = _READ_IN_SOURCE.sub(_reference, str(escape(inner)))
    shown = _BEGINS_MATHEMATICS.sub(lambda found: f'<span class="{_IGNORED}">{_reference(found)}</span>', shown)
    return Markup(f"{' ' * words[:1].isspace()}{shown}{' ' * words[-1:].isspace()}")


def attribute(words: str) -> Markup:
    """Words as the value of an attribute, where mathematics is looked for in the source alone."""
    shown = _READ_IN_SOURCE.sub(_reference, str(escape(printable(words))))
    return Markup(_BEGINS_MATHEMATICS.sub(_reference, shown))


def name(words: str) -> Markup:
    """Words where Moodle wants plain text: a name, a tag."""
    return escape(printable(words)[:LONGEST_NAME].translate(_IN_NAME).strip())


def category(words: str) -> Markup:
    """A name in the path of a category: slashes are doubled, and one at the end would be counted to the path's."""
    inner = str(name(words)).replace("/", "//")
    return Markup(f"{' ' * inner.startswith('/')}{inner}{' ' * inner.endswith('/')}")


def _inline(written: str) -> Markup:
    shown = f"\\displaystyle {written.strip()}" if r"\frac" in written else written.strip()
    return Markup(rf"\({_IN_LATEX.sub(_reference, str(escape(shown)))}\)")


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
    pieces = [_inline(" = ".join([first, *rest[:1]])), *(_inline(f"= {each}") for each in rest[1:])]
    return Markup(" ").join(pieces)


def prose(pieces: Prose, style: Style) -> Markup:
    """Words and mathematics."""
    shown = (text(each) if isinstance(each, str) else mathematics(each, style) for each in pieces)
    return Markup("").join(shown).strip()


def value(number: Value, style: Style) -> Markup:
    """An option."""
    return mathematics(of_value(number), style)


def in_gap(html: str) -> Markup:
    """HTML inside a gap: every sign that ends an answer, and every `&`, once more as a character reference. Moodle
    reads them back into HTML before it shows them."""
    return Markup(_IN_GAP.sub(_reference, " ".join(str(html).split())))
