"""A variant that was chosen, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from quizgen.drill.schedule import Skill
from quizgen.question import Question


class Why(Enum):
    """Why a variant is asked."""

    PLACING = "placing"
    FOLLOW_UP = "follow_up"
    REVIEW = "review"
    NEW = "new"
    PRACTICE = "practice"


@dataclass(frozen=True)
class Chosen:
    """`skill` is what is practised, where that was the reason; `apart` are the misconceptions that a follow-up tells
    apart; `placed`: where a new learner goes on, family and level, once that is found."""

    question: Question
    why: Why = Why.PRACTICE
    skill: Skill | None = None
    apart: tuple[str, ...] = ()
    placed: tuple[tuple[str, int], ...] = ()
