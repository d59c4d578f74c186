"""GIFT: a text file that Moodle and many other programs import.

A number is a numerical question: the key, then each known wrong answer with its share of the mark and what is said
to it, then any other. An expression, and each question where options are wanted, is multiple choice. A file of GIFT
brings no others with it, so the picture is a `data:` address in an `img`, which Moodle shows in questions, and every
browser; its alternative text is the graph in words. Units cannot be said: the question names them.

A whole graph has several gaps, and no kind of question has them there. Moodle makes new questions of an import; the
id in the comment is the same each time, so that they can be found.
"""

from __future__ import annotations

import base64
import functools
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from quizgen.exercise import Course, Exercise
from quizgen.exports import Export
from quizgen.exports import _gift_numbers as decimals
from quizgen.exports import _gift_text as texts
from quizgen.families import Prose
from quizgen.formats import Files
from quizgen.language import Words
from quizgen.picture import svg
from quizgen.picture.layout import printable
from quizgen.plan import Answers
from quizgen.question import canonical
from quizgen.resources import templates
from quizgen.sheet import Task

if TYPE_CHECKING:
    from jinja2 import Environment

FEWEST_OPTIONS = 2


def _cannot(exercise: Exercise) -> str:
    if exercise.form == Answers.GRAPH:
        return "whole"
    task = exercise.task
    return "gift_options" if exercise.is_chosen(task) and len(task.options) < FEWEST_OPTIONS else ""


def _ask(task: Task, said: Words) -> Prose:
    """What is asked, without the wish for a fraction: none can be read."""
    return task.ask[:-1] if task.ask[-1] == said["ask.as_fraction"] else task.ask


def _picture(exercise: Exercise) -> dict[str, Any]:
    made = exercise.picture
    painted = svg.paint(made.drawing, title=_title(exercise), description=made.words)
    address = "data:image/svg+xml;base64," + base64.b64encode(painted.encode()).decode()
    return {"words": made.words, "address": Markup(address)}


def _replies(exercise: Exercise) -> dict[object, Any]:
    """What is said to each option that is wrong."""
    return {canonical(each.value): each for each in exercise.replies(exercise.task)}


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
    written = (
        texts.attribute,
        texts.category,
        texts.chain,
        texts.gift,
        texts.name,
        texts.prose,
        texts.tag,
        texts.value,
    )
    computed = (_ask, _picture, _replies, _title)
    made.filters |= {each.__name__.strip("_"): each for each in (*written, *computed)}
    made.filters["canonical"] = canonical
    made.filters["entries"] = lambda task, exercise: decimals.entries_of(exercise, task)
    made.filters["exact"] = lambda number: Markup(str(number))  # digits of ours
    return made


def write(course: Course, file: str) -> Files:
    """The questions, in a category for each kind of problem."""
    template = _environment().get_template("questions.gift.j2")
    return {file: template.render(course=course, said=course.said)}


GIFT = Export("gift", ".gift", write, _cannot)
