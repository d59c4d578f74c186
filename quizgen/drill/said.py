"""A paragraph for the learner, and what it is for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Role(Enum):
    """What a paragraph is for; a terminal takes its colour from it."""

    TITLE = "title"
    STORY = "story"
    PICTURE = "picture"  # must not be wrapped; may hold ANSI colours where the look wants them
    QUESTION = "question"
    RIGHT = "right"
    WRONG = "wrong"
    NOTE = "note"


@dataclass(frozen=True)
class Said:
    """A paragraph for the learner."""

    text: str
    role: Role = Role.NOTE
