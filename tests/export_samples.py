"""Questions that every export is tried on: each family and level, and a problem whose author is hostile."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

from authored_samples import GOOD, changed

from quizgen import bank, families, resources, source
from quizgen.engine.functions import Value
from quizgen.exercise import Exercise, is_number
from quizgen.exporting import course_of
from quizgen.exports import Export
from quizgen.generate import question_for
from quizgen.plan import Answers, Plan
from quizgen.question import Question
from quizgen.reference import Reference, reference
from quizgen.sheet import Task

MANY = 500
LEVELS = [(family, level) for family in families.catalogue().values() for level in family.levels]
# What begins something in HTML, GIFT, LaTeX, AMC-TXT, XML or a spreadsheet; neither digits nor
# braces: in a story those are values and placeholders.
EVIL = (
    "<script>alert(x)</script> ]]> ~x =y #f ::t:: \\\\(y\\\\) $$z$$ @@PLUGINFILE@@ [[w]] !v! *b* %u% -> // & 'q' "
    "😀 שלום"
)
NAME = "=a:b~#\\\\ $x$ [[d]] !e!"


@functools.cache
def drawn() -> tuple[Question, ...]:
    """A question of each family and level."""
    return tuple(question_for(family, level, "export") for family, level in LEVELS)


@functools.cache
def stories() -> tuple[Question, ...]:
    """A few of each of the shipped stories."""
    return tuple(bank.read(resources.banks() / "stories.jsonl")[::30])


@functools.cache
def many() -> tuple[Question, ...]:
    """500 questions and more: of each family and level as many, and of each shipped story."""
    each = -(-MANY // len(LEVELS)) + 1
    found = [question_for(family, level, f"many {n}") for family, level in LEVELS for n in range(each)]
    found += bank.read(resources.banks() / "stories.jsonl")[::10]
    made = tuple({question.id: question for question in found}.values())
    assert len(made) >= MANY
    return made


@functools.cache
def _outside(question: Question) -> Reference:
    return reference(question.problem.graph)


def right(exercise: Exercise, task: Task) -> Value | None:
    """What sympy gives for a task that is answered by a number; None for one that is not."""
    return None if not is_number(task.part.key) else _outside(exercise.question).answer(task.part.ask)


def _built(text: str) -> tuple[Question, ...]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "authored.toml"
        file.write_text(text, "utf-8")
        return tuple(source.build(source.read(file)))


@functools.cache
def strange() -> tuple[Question, ...]:
    """Questions with a name in letters that no font of ours has."""
    return _built(changed('{ en = "price", ja = "単価" }', '{ en = "ꦥꦿ", ja = "ꦥꦿ" }'))


@functools.cache
def hostile(evil: str = EVIL) -> tuple[Question, ...]:
    """Questions whose story, title, names, misconceptions and unit try to be something else than text."""
    text = GOOD
    for old, new in {
        'title.en = "Tea by mail"': f'title.en = "{evil}"',
        'title.ja = "緑茶の取り寄せ"': f'title.ja = "{evil}"',
        "Buy {n} bottles": f"{evil} {{n}} bottles",
        "1本{price}円": f"{evil} {{price}}円",
        '{ en = "price", ja = "単価" }': f'{{ en = "{NAME}", ja = "{NAME}" }}',
        '{ en = "yen", ja = "円" }': '{ en = "=<i>", ja = "=<i>" }',
        '"shipping for each bottle"': f'"{evil}"',
        '"送料を1本ごとに払った"': f'"{evil}"',
        '"Shipping is paid once."': f'"=once {evil}"',
        '"送料は1度だけです。"': f'"=once {evil}"',
    }.items():
        text = changed(old, new, text)
    return _built(text)


def exercises(questions: tuple[Question, ...], code: str, answers: Answers, chosen: Export) -> tuple[Exercise, ...]:
    """What the format can carry of them."""
    return course_of(questions, Plan(code, "export", answers), chosen)[0].exercises
