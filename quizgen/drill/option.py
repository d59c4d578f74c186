"""A letter or a number that chooses an option, as an answer."""

from __future__ import annotations

import unicodedata
from fractions import Fraction

from quizgen.answers import Answer, Unreadable
from quizgen.engine.expression import Constant, Expression
from quizgen.engine.functions import Value
from quizgen.numbers import exact_text
from quizgen.plan import LETTERS


def option(typed: str, offered: tuple[Value, ...]) -> Answer | Unreadable:
    """The option that `typed` chooses: its letter, or its number counted from 1."""
    word = unicodedata.normalize("NFKC", typed[:20]).strip().strip("().").upper()
    letters = LETTERS[: len(offered)]
    place = letters.find(word) if len(word) == 1 and word.isalpha() else -1
    if len(word) == 1 and "1" <= word <= str(len(offered)):
        place = int(word) - 1
    if place < 0:
        return Unreadable("answer.choose", {"letters": ", ".join(letters), "last": len(offered)})
    value = offered[place]
    if isinstance(value, Expression):
        return Answer(value, None)
    return Answer(Constant(Fraction(exact_text(value))), value)
