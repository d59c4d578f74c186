r"""Text and mathematics for the fields of Anki: HTML, with mathematics between \( and \) for its MathJax.

In the templates whatever is not `Markup` already is text. Anki looks for `[sound:…]`, `[[type:…]]` and LaTeX in the
HTML of a card, and MathJax for `\(` in what is shown of it; none of them is found in what `text` makes. The marks of
the templates are [[ and ]], since Anki's own are {{ and }}.
"""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from quizgen.engine.functions import Value
from quizgen.families import Prose
from quizgen.notation import Equal, Notation, Style, latex, latex_parts, of_value
from quizgen.notation.tree import SHOWN_DIGITS
from quizgen.numbers import Real
from quizgen.picture.layout import printable
from quizgen.question import canonical
from quizgen.resources import templates
from quizgen.sheet import Task

if TYPE_CHECKING:
    from jinja2 import Environment

_BRACKET = "&#91;"
_ALONE = Markup('<span class="tex2jax_ignore">\\</span>')  # MathJax reads no mathematics across an element


def text(words: str) -> Markup:
    """Words between mathematics; the spaces around them stay."""
    inner = escape(printable(words)).replace("[", Markup(_BRACKET)).replace("\\", _ALONE)
    before, after = (" " * each.isspace() for each in (words[:1], words[-1:]))
    return Markup(f"{before}{inner}{after}" if inner else before)


def attribute(words: str) -> Markup:
    """Words as the value of an attribute, in which Anki finds no file either."""
    return escape(printable(words)).replace("[", Markup(_BRACKET)).replace("=", Markup("&#61;"))


def mathematics(node: Notation, style: Style) -> Markup:
    """Mathematics in a line; fractions at their full size."""
    return _inline(latex(node, _printable(style)))


def chain(node: Notation, style: Style) -> Markup:
    """A step a = b = c, cut before each sign so that a telephone can break the line there."""
    if not isinstance(node, Equal):
        return mathematics(node, style)
    first, *rest = latex_parts(node, _printable(style))
    return Markup(" ").join(map(_inline, [first, *(f"{{}} = {each}" for each in rest)]))


def prose(pieces: Prose, style: Style) -> Markup:
    """Words and mathematics."""
    shown = (text(each) if isinstance(each, str) else mathematics(each, style) for each in pieces)
    return Markup("").join(shown).strip()


def value(number: Value, style: Style) -> Markup:
    """An answer."""
    return mathematics(of_value(number), style)


def _inline(written: str) -> Markup:
    display = r"\displaystyle " if r"\frac" in written else ""
    inside = escape(display + written.strip()).replace("[", Markup(_BRACKET))
    return Markup(rf"\({inside}\)")


def _printable(style: Style) -> Style:
    return replace(style, labels={name: printable(label) for name, label in style.labels.items()})


def _letter_of(task: Task, value: Value) -> str:
    return next(each.letter for each in task.options if canonical(each.value) == canonical(value))


def _is_rounded(task: Task) -> bool:
    """Whether the answer that is typed has as many digits as are shown of it, and not all that it has."""
    return not task.options and isinstance(task.part.key, Real)


@functools.cache
def environment() -> Environment:
    """The templates."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(templates() / "exports" / "anki"),
        autoescape=True,
        finalize=_finalize,
        undefined=StrictUndefined,
        variable_start_string="[[",
        variable_end_string="]]",
        block_start_string="[%",
        block_end_string="%]",
        comment_start_string="[#",
        comment_end_string="#]",
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"prose": prose, "chain": chain, "value": value, "letter_of": _letter_of, "is_rounded": _is_rounded}
    made.globals["digits"] = SHOWN_DIGITS
    return made


def _finalize(piece: Any) -> Any:
    return piece if isinstance(piece, Markup) else text(str(piece))
