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
from quizgen.exports import _gift_text as texts
from quizgen.exports._decimals import numbers
from quizgen.formats import Files
from quizgen.picture import svg
from quizgen.plan import Answers
from quizgen.templating import environment

if TYPE_CHECKING:
    from jinja2 import Environment


def _cannot(exercise: Exercise) -> str:
    if exercise.form == Answers.GRAPH:
        return "whole"
    return "" if exercise.can_be_chosen else "options"


def _picture(exercise: Exercise) -> dict[str, Any]:
    made = exercise.picture
    painted = svg.paint(made.drawing, title=made.title, description=made.words)
    address = "data:image/svg+xml;base64," + base64.b64encode(painted.encode()).decode()
    return {"words": made.words, "address": Markup(address)}


@functools.cache
def _environment() -> Environment:
    made = environment("exports", Markup, texts.HTML.text)
    made.filters |= texts.HTML.filters | {
        each.__name__.strip("_"): each for each in (texts.category, texts.gift, texts.name, texts.tag, texts.value)
    }
    made.filters |= {"picture": _picture, "exact": lambda number: Markup(str(number))}  # digits of ours
    made.globals["numbers"] = numbers
    return made


def write(course: Course, file: str) -> Files:
    """The questions, in a category for each kind of problem."""
    template = _environment().get_template("questions.gift.j2")
    return {file: template.render(course=course, said=course.said)}


GIFT = Export("gift", ".gift", write, _cannot)
