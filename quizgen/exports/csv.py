"""A table for spreadsheets: a row for each exercise, and no cell that a spreadsheet would compute.

With a byte order mark, which Excel needs to read Japanese; numbers are exact where their decimals end, else fractions
in words that Excel leaves alone.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from quizgen.engine.functions import Value
from quizgen.exercise import Course, Exercise
from quizgen.exports import Export
from quizgen.families import Prose
from quizgen.formats import Files
from quizgen.notation import Style, of_value, unicode
from quizgen.picture.layout import printable
from quizgen.roster import FORMULA

WRONG = 6  # wrong answers that have columns


def _text(pieces: Prose, style: Style) -> str:
    return printable("".join(each if isinstance(each, str) else unicode(each, style) for each in pieces))


def _value(value: Value, style: Style) -> str:
    return unicode(of_value(value), style)


def _cell(text: str) -> str:
    """A cell that is text: one that would begin a formula is led by an apostrophe, as spreadsheets have it."""
    return f"'{text}" if FORMULA.match(text) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    return text.replace("−", "-").removeprefix("-").replace(".", "", 1).isdigit()


def _row(exercise: Exercise) -> Iterator[str]:
    style, problem = exercise.style, exercise.question.problem
    for task in exercise.tasks:
        yield exercise.id
        yield from (problem.family, str(problem.level), exercise.said[f"kind.{task.part.ask.kind}"])
        yield from (_text(exercise.story, style), _text(task.ask, style), exercise.picture.words)
        yield _value(task.part.key, style).replace("−", "-")
        yield task.unit
        yield from (_value(option.value, style).replace("−", "-") for option in task.options)
        yield from [""] * (4 - len(task.options))
        yield task.letter


def write(course: Course, file: str) -> Files:
    """The table."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    said = course.said
    heads = ("id", "family", "level", "kind", "story", "ask", "picture", "key", "unit", "a", "b", "c", "d", "letter")
    table.writerow([said[f"export.csv.{head}"] for head in heads])
    for exercise in course.exercises:
        cells = [_cell(each) for each in _row(exercise)]
        width = len(heads)
        for start in range(0, len(cells), width):
            table.writerow(cells[start : start + width])
    return {file: "\N{BYTE ORDER MARK}" + out.getvalue()}


CSV = Export("csv", ".csv", write)
