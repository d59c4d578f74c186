r"""Words and mathematics as HTML for programs that set LaTeX between \( and \) with MathJax.

Such a program looks for signs of its own in the source (files, gaps, LaTeX of an older kind), and MathJax in the
browser for mathematics in the text that is shown, across elements. So the signs that are looked for in the source
become character references, and each one that may begin mathematics stands in an element that MathJax leaves alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from quizgen.engine.functions import Value
from quizgen.families import Prose
from quizgen.notation import Equal, Notation, Style, latex, latex_parts, of_value
from quizgen.picture.layout import printable, printable_style

IGNORED = "tex2jax_ignore mathjax_ignore"  # the classes that MathJax 2 and 3 pass over
_BEGINS_MATHEMATICS = re.compile(r"[\\$]")


def reference(found: re.Match[str]) -> str:
    """A sign as a character reference."""
    return f"&#{ord(found[0])};"


@dataclass(frozen=True)
class LatexHtml:
    """What is written for one program. `in_source`: the signs that it looks for in the source; `in_latex`: the same
    where they are mathematics, which needs its braces."""

    in_source: re.Pattern[str]
    in_latex: re.Pattern[str]

    @property
    def filters(self) -> dict[str, Callable[..., Any]]:
        """What templates use."""
        return {"attribute": self.attribute, "chain": self.chain, "prose": self.prose, "value": self.value}

    def text(self, words: str) -> Markup:
        """Words; the spaces around them stay."""
        inner = printable(words)
        if not inner:
            return Markup(" " if words else "")
        shown = self.in_source.sub(reference, str(escape(inner)))
        shown = _BEGINS_MATHEMATICS.sub(lambda sign: f'<span class="{IGNORED}">{reference(sign)}</span>', shown)
        return Markup(f"{' ' * words[:1].isspace()}{shown}{' ' * words[-1:].isspace()}")

    def attribute(self, words: str) -> Markup:
        """Words as the value of an attribute, where mathematics is looked for in the source alone."""
        shown = self.in_source.sub(reference, str(escape(printable(words))))
        return Markup(_BEGINS_MATHEMATICS.sub(reference, shown))

    def mathematics(self, node: Notation, style: Style) -> Markup:
        """Mathematics in a line."""
        return self._inline(latex(node, printable_style(style)))

    def chain(self, node: Notation, style: Style) -> Markup:
        """A step a = b = c, cut before each sign so that a telephone can break the line there."""
        if not isinstance(node, Equal):
            return self.mathematics(node, style)
        first, *rest = latex_parts(node, printable_style(style))
        return Markup(" ").join(map(self._inline, [first, *(f"{{}} = {each}" for each in rest)]))

    def prose(self, pieces: Prose, style: Style) -> Markup:
        """Words and mathematics."""
        shown = (self.text(each) if isinstance(each, str) else self.mathematics(each, style) for each in pieces)
        return Markup("").join(shown).strip()

    def value(self, number: Value, style: Style) -> Markup:
        """An answer."""
        return self.mathematics(of_value(number), style)

    def _inline(self, written: str) -> Markup:
        """Fractions at their full size."""
        display = r"\displaystyle " if r"\frac" in written else ""
        return Markup(rf"\({self.in_latex.sub(reference, str(escape(display + written.strip())))}\)")
