"""A table for spreadsheets: a row for each answer, with the worked solution, the known wrong answers and what leads to
them. No cell is computed or turned into a date by a spreadsheet.

With a byte order mark, which Excel needs to read Japanese. A fraction has the fraction slash (U+2044), for 1/2 would
become the 2nd of January; beside it stands the decimal, with which a spreadsheet can compute. A value that begins with
a sign and is no plain number stands in parentheses; other text that would begin a formula, or that would be taken for
a number or a date, is led by an apostrophe.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from fractions import Fraction

from quizgen.engine.expression import Constant
from quizgen.engine.functions import Value
from quizgen.exercise import Course, Exercise, Reply, is_number
from quizgen.exports import Export
from quizgen.exports._decimals import EXACT, rational, rounded_to
from quizgen.families import Prose
from quizgen.formats import Files
from quizgen.language import Words
from quizgen.notation import Notation, Style, number_text, of_value, unicode
from quizgen.numbers import Real, decimal_text, exact_text
from quizgen.picture.layout import printable
from quizgen.plan import LETTERS, Answers
from quizgen.question import KEPT_DISTRACTORS
from quizgen.roster import FORMULA
from quizgen.sheet import Task

HEADS = (
    *("id", "number", "family", "level", "kind", "story", "ask", "picture", "key", "decimal", "unit"),
    *("a", "b", "c", "d", "letter", "working"),
)
WRONG = ("wrong", "why", "share")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December", "Sept")  # fmt: skip
_MONTH = "|".join([*_MONTHS, *(month[:3] for month in _MONTHS)])
_LIKE_DATE = re.compile(rf"(?i)[\d\s/.-]*({_MONTH})[\d\s/.,-]*|[\d\s]*[年月][\d\s月日]*")
_LIKE_NUMBER = re.compile(r"[\d\s./:,%eE-]*\d[\d\s./:,%eE-]*")


def _text(words: str) -> str:
    """Words, or lines of them, that a spreadsheet leaves as they are."""
    shown = "\n".join(map(printable, words.split("\n")))
    changed = FORMULA.match(shown) or _LIKE_NUMBER.fullmatch(shown) or _LIKE_DATE.fullmatch(shown)
    return f"'{shown}" if changed else shown


def _line(node: Notation, style: Style) -> str:
    return unicode(node, style)


def _prose(pieces: Prose, style: Style) -> str:
    return _text("".join(each if isinstance(each, str) else _line(each, style) for each in pieces))


def _bare(value: Value) -> Value:
    """A derivative that is a number as that number."""
    return value.value if isinstance(value, Constant) else value


def _value(value: Value, style: Style) -> str:
    """A key or an option."""
    value = _bare(value)
    if isinstance(value, Real):
        return exact_text(value, EXACT)
    if isinstance(value, Fraction):
        shown = number_text(value, style.decimals).replace("−", "-").replace("/", "\N{FRACTION SLASH}")
    else:
        shown = printable(_line(of_value(value), style))
    return f"({shown})" if FORMULA.match(shown) and not _NUMBER.fullmatch(shown) else shown


def _decimal(value: Value) -> str:
    """A number to compute with; empty for an expression."""
    return decimal_text(rounded_to(rational(value), EXACT)) if is_number(value) else ""


def _working(exercise: Exercise) -> str:
    lines: list[str] = []
    for working in exercise.workings:
        lines.append(working.heading)
        lines += [_line(line.mathematics, exercise.style) for line in working.lines]
    return _text("\n".join(lines))


def _wrong(reply: Reply, said: Words, style: Style) -> Iterator[str]:
    yield _value(reply.value, style)
    yield _text("\n".join(said("export.csv.cause", title=title, sentence=text) for title, text in reply.causes))
    yield decimal_text(reply.share)


def _row(exercise: Exercise, task: Task) -> Iterator[str]:
    style, problem, said = exercise.style, exercise.question.problem, exercise.said
    # Hexadecimal digits alone might be a number: the whole graph's rows have a letter that none of them is.
    yield f"{exercise.id}-g{task.number}" if exercise.form == Answers.GRAPH else exercise.id
    yield str(task.number)
    yield from (_text(problem.family), str(problem.level), said[f"kind.{task.part.ask.kind}"])
    yield from (_prose(exercise.story, style), _prose(task.ask, style), _text(exercise.picture.words))
    yield from (_value(task.part.key, style), _decimal(task.part.key), _text(task.unit))
    yield from (_value(option.value, style) for option in task.options)
    yield from [""] * (len(LETTERS) - len(task.options))
    yield from (task.letter, _working(exercise))
    replies = exercise.replies(task)[:KEPT_DISTRACTORS]
    for reply in replies:
        yield from _wrong(reply, said, style)
    yield from [""] * len(WRONG) * (KEPT_DISTRACTORS - len(replies))


def write(course: Course, file: str) -> Files:
    """The table."""
    out, said = io.StringIO(), course.said
    table = csv.writer(out, lineterminator="\r\n")
    numbered = [said(f"export.csv.{head}", number=n) for n in range(1, KEPT_DISTRACTORS + 1) for head in WRONG]
    table.writerow([*(said[f"export.csv.{head}"] for head in HEADS), *numbered])
    table.writerows(_row(exercise, task) for exercise in course.exercises for task in exercise.tasks)
    return {file: "\N{BYTE ORDER MARK}" + out.getvalue()}


CSV = Export("csv", ".csv", write)
