"""What is wanted of a worksheet: the choices of whoever prints it. Light, because the command line reads it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from quizgen.errors import QuizgenError

LETTERS = "ABCD"


class Answers(StrEnum):
    """How a sheet is answered: on a line, by a letter, or in the boxes of the picture."""

    ENTRY = "entry"
    CHOICE = "choice"
    GRAPH = "graph"


class Key(StrEnum):
    """Where the key stands: at the end, nowhere, or in a file of its own."""

    AFTER = "after"
    NONE = "none"
    SEPARATE = "separate"


@dataclass(frozen=True)
class Plan:
    """What is wanted of a sheet. `title` is empty where the language's own is to stand."""

    language: str
    seed: str
    answers: Answers = Answers.ENTRY
    key: Key = Key.AFTER
    letters: str = LETTERS
    title: str = ""

    def __post_init__(self) -> None:
        if len(self.letters) != len(LETTERS) or len(set(self.letters)) != len(LETTERS) or not _shows(self.letters):
            raise QuizgenError("sheet.letters", letters=self.letters, count=len(LETTERS))


def _shows(text: str) -> bool:
    return text.isprintable() and not any(map(str.isspace, text))
