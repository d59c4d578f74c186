"""Formats that other programs read, one a file: a bank for an LMS, for flash cards, for a spreadsheet.

Any `Export` at the top level of a file in this folder is found by being there.
"""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass

from quizgen import discover
from quizgen.errors import QuizgenError
from quizgen.exercise import Course, Exercise
from quizgen.formats import Files


def _anything(exercise: Exercise) -> str:
    return ""


@dataclass(frozen=True)
class Export:
    """One format for other programs.

    `write(course, file)` makes the file of that name, with "-" for standard output; reproducible bytes. `cannot`
    says why an exercise has no place in the format, as the last part of `error.export.because.…`; empty where it has
    one. `extra`: the module without which it cannot be written; `pip install 'quizgen[NAME]'` brings it.
    `beside` is as in `Format`. Of a file of more than `largest` bytes (0: any) a message says that it may be refused.
    """

    name: str
    suffix: str
    write: Callable[[Course, str], Files]
    cannot: Callable[[Exercise], str] = _anything
    extra: str = ""
    beside: str = ""
    largest: int = 0


@functools.cache
def catalogue() -> dict[str, Export]:
    """Every export format, by name."""
    import quizgen.exports as folder

    return {each.name: each for each in discover.instances(folder, Export)}


def require(chosen: Export) -> None:
    """QuizgenError where the package is not installed that a format is written with."""
    if chosen.extra and importlib.util.find_spec(chosen.extra) is None:
        raise QuizgenError("export.needs_extra", format=chosen.name)
