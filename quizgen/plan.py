"""What is wanted of a worksheet: the choices of whoever prints it. Light, because the command line reads it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from quizgen.errors import QuizgenError

LETTERS = "ABCD"
MOST_POINTS = 100
POINTS = 2  # so that a half is a whole number
LONGEST_TITLE = 200
ROOM, MOST_ROOM = 6, 200  # millimetres


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


class Paper(StrEnum):
    """The size of a page; B4 and B5 are those of Japan (JIS). B4 lies and has two columns, as tests there do."""

    A4 = "a4"
    B5 = "b5"
    B4 = "b4"
    LETTER = "letter"


@dataclass(frozen=True)
class Origin:
    """Where questions come from: drawn from `families` (all where there are none) at `level` (at each where it is
    None), or taken from a file, known by its fingerprint `file`."""

    families: tuple[str, ...] = ()
    level: int | None = None
    file: str = ""


@dataclass(frozen=True)
class Plan:
    """What is wanted of a sheet. `title` is empty where the language's own is to stand; `points` is for each answer;
    `room`: millimetres to write in below each question; `answer_sheet`: answers are written on a page of their own;
    `student_id` and `student` are whose sheet it is; `fonts`: folders with further fonts."""

    language: str
    seed: str
    answers: Answers = Answers.ENTRY
    key: Key = Key.AFTER
    letters: str = LETTERS
    title: str = ""
    paper: Paper = Paper.A4
    points: int = POINTS
    room: int = ROOM
    answer_sheet: bool = False
    count: int = 0
    origin: Origin = Origin()
    student_id: str = ""
    student: str = ""
    fonts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.title) > LONGEST_TITLE or not self.title.isprintable():
            raise QuizgenError("sheet.title", limit=LONGEST_TITLE)
        if len(self.letters) != len(LETTERS) or len(set(self.letters)) != len(LETTERS) or not _shows(self.letters):
            raise QuizgenError("sheet.letters", letters=self.letters, count=len(LETTERS))


def _shows(text: str) -> bool:
    return text.isprintable() and not any(map(str.isspace, text))
