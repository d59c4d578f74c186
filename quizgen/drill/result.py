"""What is kept of an answer, and of a question that a learner called bad: plain values, for the record and the plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

RIGHT, WRONG, SKIPPED = "right", "wrong", "skipped"


@dataclass(frozen=True)
class Result:
    """One answer as it is recorded.

    `part` counts from 1. `hints`: how many steps were shown before the answer. `mark`: the share of the marks that it
    earns, 0 to 1. `shows`: every misconception that would have changed the answer here; a right answer speaks against
    each of them. `slips`: the slips of arithmetic that it looks like. `form`: entry, choice or graph.
    """

    at: datetime
    question: str
    part: int
    family: str
    level: int
    kind: str
    typed: str
    outcome: str
    mistakes: tuple[tuple[str, str], ...] = ()
    hints: int = 0
    mark: Fraction = Fraction(0)
    shows: tuple[str, ...] = ()
    slips: tuple[str, ...] = ()
    form: str = "entry"


@dataclass(frozen=True)
class Flag:
    """A part that a learner called bad, and why; its variant is not asked again."""

    at: datetime
    question: str
    part: int
    why: str
