r"""Text and mathematics for the fields of Anki: HTML, with mathematics between \( and \) for its MathJax.

Anki looks for `[sound:…]`, `[[type:…]]` and LaTeX in the HTML of a card; none of them is found in what is written
here. The marks of the templates are [[ and ]], since Anki's own are {{ and }}.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from markupsafe import Markup

from quizgen import templating
from quizgen.engine.functions import Value
from quizgen.exports._latex_html import LatexHtml
from quizgen.notation.tree import SHOWN_DIGITS
from quizgen.numbers import Real
from quizgen.question import canonical
from quizgen.sheet import Task

if TYPE_CHECKING:
    from jinja2 import Environment

HTML = LatexHtml(in_source=re.compile(r"\["), in_latex=re.compile(r"\["))


def attribute(words: str) -> Markup:
    """Words as the value of an attribute, in which Anki finds no file either."""
    return HTML.attribute(words).replace("=", Markup("&#61;"))


def _letter_of(task: Task, value: Value) -> str:
    return next(each.letter for each in task.options if canonical(each.value) == canonical(value))


def _is_rounded(task: Task) -> bool:
    """Whether the answer that is typed has as many digits as are shown of it, and not all that it has."""
    return not task.options and isinstance(task.part.key, Real)


@functools.cache
def environment() -> Environment:
    """The templates."""
    made = templating.environment(
        "exports/anki",
        Markup,
        HTML.text,
        variable_start_string="[[",
        variable_end_string="]]",
        block_start_string="[%",
        block_end_string="%]",
        comment_start_string="[#",
        comment_end_string="#]",
    )
    made.filters |= HTML.filters | {"letter_of": _letter_of, "is_rounded": _is_rounded}
    made.globals["digits"] = SHOWN_DIGITS
    return made
