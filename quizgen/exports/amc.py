r"""AMC-TXT: the plain text from which Auto Multiple Choice prints exams on paper, and marks their scans.

Only what is chosen: AMC-TXT knows boxes to tick and lines that a person marks, but no number to be written; AMC's
digits in boxes (`\AMCnumericChoices`) are for sources in LaTeX. Pictures are the pages of one PDF beside the file,
whose fonts are inside. On the sheet of solutions AMC prints the worked steps and what leads to each wrong option.

XeLaTeX is asked for in Japanese too, where AMC would take pLaTeX, which stops at a sign that JIS lacks; the fonts are
those of TeX Live. What they lack (emoji, other scripts) XeLaTeX would leave out without a word, so it is refused. AMC
tells 63 pages of a copy apart: a whole bank is no exam, but some variants that `quizgen bank pick` takes are one.
"""

from __future__ import annotations

import functools
import json
import re
from pathlib import PurePath
from typing import TYPE_CHECKING

from quizgen.exercise import Course, Exercise
from quizgen.exports import Export
from quizgen.exports import _amc_text as texts
from quizgen.files import STANDARD_OUTPUT
from quizgen.formats import Files
from quizgen.picture import data as painter
from quizgen.picture.layout import caption, layout, printable
from quizgen.plan import Answers
from quizgen.resources import templates
from quizgen.templating import environment

if TYPE_CHECKING:
    from jinja2 import Environment

WIDEST = 440  # points of a picture; a line of AMC has a few more
# Of these we know that the fonts have them; for others the fonts are asked, which takes time.
_SURE = re.compile(r"[ -~¡-¬®-ÿ−∂×·σ…、。・ぁ-ゖァ-ヺー（）％]*")


def _cannot(exercise: Exercise) -> str:
    if exercise.form == Answers.GRAPH:
        return "whole"
    if not exercise.is_chosen(exercise.task):
        return "amc_number"
    if not exercise.can_be_chosen:
        return "options"
    can_be_set = texts.is_set(_words(exercise)) and _is_drawn(frozenset(_SURE.sub("", _labels(exercise))))
    return "" if can_be_set else "amc_glyph"


def _words(exercise: Exercise) -> str:
    """All that somebody has written in it."""
    story = [each for each in exercise.story if isinstance(each, str)]
    causes = [title for reply in exercise.replies(exercise.task) for title, _ in reply.causes]
    return "".join([*story, *exercise.style.labels.values(), *causes])


def _labels(exercise: Exercise) -> str:
    drawing = exercise.picture.drawing
    plan = layout(drawing)
    shown = (caption(drawing, plan, each) for each in drawing.vertices)
    return "".join("".join((each.head, each.prefix, each.forward, each.backward, each.tail)) for each in shown)


@functools.cache
def _is_drawn(letters: frozenset[str]) -> bool:
    """Whether the fonts of the pictures have them all."""
    from quizgen.formats import pdf

    return not letters or pdf.prints("".join(sorted(letters)))


def _pictures(course: Course) -> bytes:
    """A page for each picture, as large as it is."""
    from quizgen.formats import pdf, typesetting

    made = [exercise.picture for exercise in course.exercises]
    data = {
        "title": printable(course.title) or "-",
        "language": course.said.code,
        "fonts": [],
        "widest": WIDEST,
        "pictures": [{"alt": printable(each.words), **painter.paint(each.drawing)} for each in made],
    }
    pages = (templates() / "exports" / "pages.typ").read_text("utf-8")
    source = "\n".join([pdf.FROM_FILE, typesetting.part("style"), typesetting.part("picture"), pages])
    return pdf.compiled(source, json.dumps(data, ensure_ascii=False, separators=(",", ":")))


def _beside(file: str) -> str:
    """The name of the pictures: TeX is given no space and no letter that it might not find again."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", PurePath(file).stem) + "-graphs.pdf"


@functools.cache
def _environment() -> Environment:
    made = environment("exports", texts.AmcText, texts.text)
    used = (texts.chain, texts.in_latex, texts.number, texts.prose, texts.value)
    made.filters |= {each.__name__: each for each in used} | {"exact": lambda ours: texts.AmcText(ours)}
    return made


def write(course: Course, file: str) -> Files:
    """The exam, and its pictures beside it; on standard output the graphs in words."""
    alone = file == STANDARD_OUTPUT
    beside = "" if alone else _beside(file)
    template = _environment().get_template("exam.amc.j2")
    made: Files = {} if alone else {beside: _pictures(course)}
    words = course.title + "".join(map(_words, course.exercises))
    japanese = course.said.code == "ja" or texts.is_japanese(words)
    shown = template.render(course=course, said=course.said, pictures=beside, japanese=japanese)
    return made | {file: shown}


AMC = Export("amc", ".txt", write, _cannot)
