"""How answers are marked: full points for the key, half for a wrong answer that comes from one wrong rule.

Who multiplies by x where it should be y has gone forward and backward through the graph and taken one rule for
another; who gives the forward value where the gradient was asked has answered something else, and earns nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from quizgen.engine.functions import Value
from quizgen.misconceptions import catalogue
from quizgen.question import Distractor, Part

HALF = Fraction(1, 2)


@dataclass(frozen=True)
class Partial:
    """A wrong answer that earns something, and the misconception that leads to it."""

    value: Value
    misconception: str
    points: Fraction


def share(wrong: Distractor) -> Fraction:
    """The share of the points that a wrong answer earns."""
    causes = [catalogue().get(each) for each in (wrong.misconception, *wrong.also)]
    return HALF if all(cause is not None and cause.reading is None for cause in causes) else Fraction(0)


def partials(part: Part, points: int) -> tuple[Partial, ...]:
    """The wrong answers to `part` that earn a share of its `points`."""
    return tuple(
        Partial(each.value, each.misconception, share(each) * points) for each in part.distractors if share(each)
    )
