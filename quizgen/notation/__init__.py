"""One small tree for mathematics as it is shown (`tree`), and its printers, one a file.

Worked steps such as 2t · 1 = 2(x + y) stay unevaluated here and reach every format from the same value: LaTeX for
Markdown, MathML for HTML, data for Typst, a line of text for the terminal, words for a screen reader. Names are names
of the graph; a printer is given the words that stand for them (`Style.labels`), and how numbers look.
"""

from quizgen.notation.latex import latex, latex_parts
from quizgen.notation.line import unicode
from quizgen.notation.mathml import mathml, mathml_parts
from quizgen.notation.speech import speech
from quizgen.notation.tree import (
    Apply,
    Equal,
    Infix,
    Notation,
    Num,
    Over,
    Partial,
    Power,
    Style,
    Sym,
    number_text,
    of_expression,
    of_operation,
    of_value,
)
from quizgen.notation.typst import typst, typst_parts

__all__ = [
    "Apply",
    "Equal",
    "Infix",
    "Notation",
    "Num",
    "Over",
    "Partial",
    "Power",
    "Style",
    "Sym",
    "latex",
    "latex_parts",
    "mathml",
    "mathml_parts",
    "number_text",
    "of_expression",
    "of_operation",
    "of_value",
    "speech",
    "typst",
    "typst_parts",
    "unicode",
]
