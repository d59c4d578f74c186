"""Moodle XML: a question bank that Moodle imports with its categories, pictures and feedback.

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
from quizgen.exports import _moodle_text as texts
from quizgen.exports._decimals import numbers
from quizgen.formats import Files
from quizgen.picture import svg
from quizgen.picture.layout import printable
from quizgen.plan import Answers
from quizgen.sheet import Task
from quizgen.templating import environment

if TYPE_CHECKING:
    from jinja2 import Environment

LARGEST = 10**7  # bytes; Moodle needs eight times the memory, and a site may take no larger file
LONGEST_UNIT = 50  # characters in Moodle's table of units


def _type(exercise: Exercise) -> str:
    """The type of question that carries an exercise."""
    if exercise.form == Answers.GRAPH:
        return "cloze"
    return "multichoice" if exercise.is_chosen(exercise.task) else "numerical"


def _cannot(exercise: Exercise) -> str:
    if exercise.form == Answers.GRAPH:
        return "" if all(is_number(task.part.key) for task in exercise.tasks) else "moodle_gap"
    return "" if exercise.can_be_chosen else "options"


def _called(exercise: Exercise) -> Markup:
    """The name of a question in the question bank."""
    kind = () if exercise.form == Answers.GRAPH else (exercise.said[f"kind.{exercise.task.part.ask.kind}"],)
    return Markup(" · ").join(map(texts.name, (exercise.title, *kind, exercise.id)))


def _unit(task: Task) -> str:
    """The unit that may stand behind a number, where Moodle has room for it."""
    unit = printable(task.unit)
    return unit if len(unit) <= LONGEST_UNIT else ""


def _picture(exercise: Exercise) -> dict[str, Any]:
    made = exercise.picture
    painted = svg.paint(made.drawing, title=made.title, description=made.words)
    return {"words": made.words, "data": base64.b64encode(painted.encode()).decode()}


@functools.cache
def _environment() -> Environment:
    made = environment("exports", Markup, texts.HTML.text)
    used = (texts.name, texts.category, texts.cdata, texts.in_gap, _called, _picture, _type, _unit)
    made.filters |= texts.HTML.filters | {each.__name__.strip("_"): each for each in used}
    made.filters["raw"] = lambda known: escape(str(known))  # identifiers and numbers of ours
    made.globals["numbers"] = numbers
    return made


def write(course: Course, file: str) -> Files:
    """The bank, with a category for each kind of problem."""
    template = _environment().get_template("moodle.xml.j2")
    return {file: template.render(course=course, said=course.said)}


MOODLE = Export("moodle", ".xml", write, _cannot, largest=LARGEST)
