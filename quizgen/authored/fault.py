"""What is wrong with an author's problem, and where in it."""

from __future__ import annotations

from dataclasses import dataclass

from quizgen.errors import QuizgenError

Place = tuple[str | int, ...]  # the fields on the way there: ("values", "price", "from")


class Unsound(Exception):
    """A problem that cannot be used. `word` is what to look for on the lines of that place."""

    def __init__(self, place: Place, error: QuizgenError, word: str = "") -> None:
        super().__init__(place, error)
        self.place, self.error, self.word = place, error, word


@dataclass(frozen=True)
class Slip:
    """Something in a problem that can be used, but should not be given to a learner as it is. `kind` is the kind of
    fault that `bank check` counts."""

    kind: str
    place: Place
    error: QuizgenError
    word: str = ""
