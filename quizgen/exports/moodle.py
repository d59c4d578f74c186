"""Moodle XML: a question bank that Moodle (3.5 and later) imports with its categories, pictures and feedback.

A number is a question of type *numerical*: the key, then each known wrong answer with its share of the mark and what
is said to it, then `*` for any other. An expression, and each question where options are wanted, is *multichoice*;
a whole graph is *cloze* (multianswer). No question is a *shortanswer*, so that no `*` in an answer has to be escaped:
there it would stand for any text. Moodle keeps the first answer that fits, hence their order.

Options are shuffled at each attempt: nothing that is said to an answer names a letter. Each picture is an SVG file;
Moodle offers such a file for download when it is opened alone, but in an `img` every browser shows it.
Importing again makes new questions: Moodle updates none. `idnumber` is the same each time, so that they can be found;
it is dropped by Moodle where the category has it already.
"""

from __future__ import annotations

import base64
import functools
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from quizgen.exercise import Course, Exercise, is_number
from quizgen.exports import Export
from quizgen.exports import _moodle_numbers as decimals
from quizgen.exports import _moodle_text as texts
from quizgen.families import Prose
from quizgen.formats import Files
from quizgen.language import Words
from quizgen.picture import svg
from quizgen.picture.layout import printable
from quizgen.plan import Answers
from quizgen.resources import templates
from quizgen.sheet import Task

if TYPE_CHECKING:
    from jinja2 import Environment

LONGEST_UNIT = 50  # characters in Moodle's table of units


def _type(exercise: Exercise) -> str:
    """The type of question that carries an exercise."""
    if exercise.form == Answers.GRAPH:
        return "cloze"
    return "multichoice" if exercise.is_chosen(exercise.task) else "numerical"


def _cannot(exercise: Exercise) -> str:
    if exercise.form == Answers.GRAPH:
        return "" if all(is_number(task.part.key) for task in exercise.tasks) else "moodle_gap"
    task = exercise.task
    return "moodle_options" if exercise.is_chosen(task) and len(task.options) < 2 else ""


def _ask(task: Task, said: Words) -> Prose:
    """What is asked, without the wish for a fraction: Moodle reads none."""
    return task.ask[:-1] if task.ask[-1] == said["ask.as_fraction"] else task.ask


def _replies(exercise: Exercise) -> dict[object, Any]:
    """What is said to each option that is wrong, by its text."""
    style = exercise.style
    return {str(texts.value(each.value, style)): each for each in exercise.replies(exercise.task)}


def _unit(task: Task) -> str:
    """The unit that may stand behind a number, where Moodle has room for it."""
    unit = printable(task.unit)
    return unit if len(unit) <= LONGEST_UNIT else ""


def _picture(exercise: Exercise) -> dict[str, Any]:
    made = exercise.picture
    painted = svg.paint(made.drawing, title=made.title, description=made.words)
    return {"words": made.words, "data": base64.b64encode(painted.encode()).decode()}


def _title(exercise: Exercise) -> str:
    return printable(exercise.title) or exercise.question.problem.family


@functools.cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(templates() / "exports"),
        autoescape=True,
        finalize=lambda piece: piece if isinstance(piece, Markup) else texts.text(str(piece)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    written = (texts.attribute, texts.name, texts.category, texts.chain, texts.prose, texts.value, texts.in_gap)
    computed = (_ask, _picture, _replies, _title, _type, _unit)
    made.filters |= {each.__name__.strip("_"): each for each in (*written, *computed)}
    made.filters["raw"] = lambda known: escape(str(known))  # identifiers and numbers of ours
    made.filters["numbers"] = lambda task, exercise: decimals.numbers(exercise, task)
    return made


def write(course: Course, file: str) -> Files:
    """The bank, with a category for each kind of problem."""
    template = _environment().get_template("moodle.xml.j2")
    return {file: template.render(course=course, said=course.said)}


MOODLE = Export("moodle", ".xml", write, _cannot)
