"""GIFT read back as Moodle's importer reads it, and by gift-pegjs: numbers, feedback, pictures, hostile text."""

from __future__ import annotations

import base64
import functools
import json
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import export_samples as samples
import gift_reader
import pytest
from gift_reader import Read, plain

from quizgen.authored import misconceptions_of
from quizgen.cli.app import run
from quizgen.engine.expression import Constant
from quizgen.exercise import Course, Exercise, is_number
from quizgen.exporting import course_of
from quizgen.exports import _gift_text as texts
from quizgen.exports import catalogue
from quizgen.language import available, text_in, words
from quizgen.notation import Num, Style, Sym, latex
from quizgen.numbers import Real, exact_text
from quizgen.picture.layout import printable
from quizgen.plan import Answers, Plan
from quizgen.question import Mistakes, Question, canonical
from quizgen.reference import reference
from quizgen.solve import Solution

GIFT = catalogue()["gift"]
CODES = pytest.mark.parametrize("code", available())
SOURCES = {"drawn": samples.drawn, "stories": samples.stories, "hostile": samples.hostile}
EACH = pytest.mark.parametrize("source", SOURCES)
FORMS = pytest.mark.parametrize("form", (Answers.ENTRY, Answers.CHOICE))


def exported(questions: Sequence[Question], code: str, form: Answers, title: str = "") -> tuple[Course, str]:
    course, _ = course_of(questions, Plan(code, "export", form, title=title), GIFT)
    text = GIFT.write(course, "x.gift")["x.gift"]
    assert isinstance(text, str)
    return course, text


@functools.cache
def pairs(source: str, code: str, form: Answers) -> list[tuple[Exercise, Read]]:
    """Each exercise and what is read of it."""
    course, text = exported(SOURCES[source](), code, form)
    return list(zip(course.exercises, gift_reader.read(text), strict=True))


def fraction(value: Any) -> Fraction:
    value = value.value if isinstance(value, Constant) else value
    return Fraction(exact_text(value, 30)) if isinstance(value, Real) else Fraction(value)


def rounded(value: Fraction, digits: int) -> Fraction:
    return Fraction(f"{float(value):.{digits - 1}e}") if digits else value


@EACH
@CODES
@FORMS
def test_each_exercise_is_one_question(source: str, code: str, form: Answers) -> None:
    for exercise, read in pairs(source, code, form):
        assert read.id == exercise.id and read.tags == list(exercise.tags)
        assert read.kind == ("multichoice" if exercise.is_chosen(exercise.task) else "numerical")
        assert exercise.id in read.name
        assert read.category.count("/") == 1
        for part in exercise.story:
            if isinstance(part, str):
                assert " ".join(printable(part).split()) in " ".join(plain(read.text).split())


@EACH
@CODES
def test_numbers_are_the_key_and_the_mistakes(source: str, code: str) -> None:
    """The key is what sympy finds; each wrong answer comes from a misconception that is named."""
    for exercise, read in pairs(source, code, Answers.ENTRY):
        if read.kind != "numerical":
            continue
        task, problem = exercise.task, exercise.question.problem
        right = reference(problem.graph).answer(task.part.ask)
        wanted = re.search(r"(\d+)(?: significant|桁)", plain(read.text))
        digits = int(wanted[1]) if wanted else 0
        best = read.marked(rounded(fraction(right), digits))
        assert best.percent == 100 and best is read.answers[0]
        assert digits or best.number == fraction(right)
        for reply, answer in zip(exercise.replies(task), read.answers[1:], strict=False):
            assert answer.percent == 100 * reply.share and answer.percent in (0, 50)
            typed = fraction(reply.value)
            assert read.marked(typed if not digits else rounded(typed, digits)) is answer
            assert _came_to(exercise, plain(answer.feedback), code, reply.value), answer.feedback
        assert read.answers[-1].number is None and words(code)["export.moodle.wrong"] in read.answers[-1].feedback


@EACH
@CODES
@FORMS
def test_options_hold_one_right_answer_and_its_reasons(source: str, code: str, form: Answers) -> None:
    for exercise, read in pairs(source, code, form):
        if read.kind != "multichoice":
            continue
        task = exercise.task
        assert [each.percent for each in read.answers].count(100) == 1
        assert sum(each.percent for each in read.answers) == 100
        for option, answer in zip(task.options, read.answers, strict=True):
            assert (answer.percent == 100) == (option.letter == task.letter)
            if option.letter != task.letter:
                assert _came_to(exercise, plain(answer.feedback), code, option.value), answer.feedback
            if is_number(option.value):
                assert abs(_number(answer.text) - fraction(option.value)) <= abs(fraction(option.value)) / 10**5
            else:
                assert answer.text.startswith(r"\(") and answer.text.endswith(r"\)")
        right = next(each for each in task.options if each.letter == task.letter)
        assert right.value == task.part.key


def _came_to(exercise: Exercise, said: str, code: str, value: Any) -> bool:
    """Whether a misconception whose title is said leads to that value."""
    task, problem = exercise.task, exercise.question.problem
    known, graph = misconceptions_of(problem), Solution(problem).graph_for(task.part.ask)
    return any(
        canonical(made) == canonical(value)
        and " ".join(printable(text_in(known[cause].title, code)).split()) in " ".join(said.split())
        for made, cause, _ in Mistakes(graph, known).answers(task.part.ask)
    )


def _number(shown: str) -> Fraction:
    bare = shown.removeprefix(r"\(").removesuffix(r"\)").removeprefix(r"\displaystyle").strip()
    bare = re.sub(r"\\frac\{(\d+)\}\{(\d+)\}", r"\1/\2", bare).replace("−", "-")
    return Fraction(bare)


@EACH
@CODES
def test_picture_solution_and_reasons_are_there(source: str, code: str) -> None:
    for exercise, read in pairs(source, code, Answers.ENTRY):
        image = re.search(r'<img src="data:image/svg\+xml;base64,([^"]+)" alt="([^"]*)"', read.text)
        assert image
        ElementTree.fromstring(base64.b64decode(image[1]))
        assert " ".join(plain(image[2]).split()) == " ".join(printable(exercise.picture.words).split())
        for working in exercise.workings:
            assert working.heading in plain(read.general) and len(working.lines) <= read.general.count("<li>")
        assert plain(read.general).count(r"\(") == plain(read.general).count(r"\)") > 0


@CODES
def test_hostile_text_is_text(code: str) -> None:
    _, text = exported(samples.hostile(), code, Answers.ENTRY, title="{a} / = $b$ \\c")
    found = gift_reader.read(text)
    said = " ".join(plain(read.text + "".join(each.feedback for each in read.answers)) for read in found)
    assert samples.EVIL.replace("\\\\", "\\").replace("'q'", "'q'") in said
    for read in found:
        whole = read.text + read.general + "".join(each.text + each.feedback for each in read.answers)
        assert "<script" not in whole and "@@" not in whole and "[[" not in whole
        assert "$$" not in re.sub(r"\\\(.*?\\\)", "", whole)
        outside = re.sub(r"\\\(.*?\\\)", "", whole)
        assert r"\(" not in outside and r"\)" not in outside
        assert "{a} \N{DIVISION SLASH} = ＄b＄ ＼c" in read.category
        assert "<" not in read.name


def test_signs_of_gift_come_back() -> None:
    signs = r"\ ~ = # { } : \n \{ \\ // ####"
    assert plain(gift_reader.decoded(texts.gift(texts.HTML.text(signs)))) == signs
    assert gift_reader.decoded(texts.name(signs)) == signs
    bare = re.sub(r"\\[\\{}=~#:]", "", texts.gift(texts.HTML.text("{2+2} = ~#")))
    assert not re.search(r"[{}=~#]", bare)
    style = Style({"x": "a{b}=~"})
    assert (
        plain(gift_reader.decoded(texts.gift(texts.HTML.mathematics(Sym("x"), style))))
        == rf"\({latex(Sym('x'), style)}\)"
    )


def test_numbers_without_a_bar_need_no_mathematics() -> None:
    assert texts.value(Fraction(-11, 5), Style(decimals=True)) == "−2.2"
    broken = Style(decimals=False)
    assert texts.value(Fraction(-11, 5), broken) == texts.HTML.mathematics(Num(Fraction(-11, 5)), broken)


def test_control_and_turning_characters_are_gone() -> None:
    assert texts.gift(texts.HTML.text("a\u202eb\x07c\n\nd")) == "abc d"


@CODES
def test_no_fraction_is_asked_for(code: str) -> None:
    wish = words(code)["ask.as_fraction"].strip()
    asked = 0
    for source in SOURCES:
        for exercise, read in pairs(source, code, Answers.ENTRY):
            asked += exercise.task.ask[-1] == words(code)["ask.as_fraction"]
            assert wish not in plain(read.text)
            if exercise.task.unit and read.kind == "numerical":
                assert printable(exercise.task.unit) in plain(read.text)
    assert asked


def test_a_whole_graph_is_refused_by_name() -> None:
    course, left = course_of(samples.drawn(), Plan("en", "export", Answers.GRAPH), GIFT)
    assert not course.exercises and set(left) == {"whole"}


def test_the_same_in_each_export() -> None:
    both = [exported(samples.stories(), "ja", Answers.ENTRY)[1] for _ in range(2)]
    assert both[0] == both[1]
    english = gift_reader.read(exported(samples.stories(), "en", Answers.CHOICE)[1])
    assert [each.id for each in english] == [each.id for each in gift_reader.read(both[0])]


def test_the_command_writes_it(tmp_path: Path) -> None:
    from quizgen import bank

    file, made = tmp_path / "bank.jsonl", tmp_path / "made.gift"
    file.write_text(bank.dump(list(samples.drawn()[:2])), "utf-8")
    run(["bank", "export", str(file), "--to", "gift", "-o", str(made), "--lang", "ja"])
    text = made.read_text("utf-8")
    assert not text.startswith("\N{BYTE ORDER MARK}") and len(gift_reader.read(text)) > 2


@pytest.mark.client
@EACH
@CODES
@FORMS
def test_gift_pegjs_reads_the_same(source: str, code: str, form: Answers, tmp_path: Path) -> None:
    drivers = os.environ.get("EXPORT_CLIENTS")
    if not drivers or not shutil.which("node"):
        pytest.skip("EXPORT_CLIENTS names no folder with the drivers, or node is not installed")
    course, text = exported(SOURCES[source](), code, form)
    file = tmp_path / "x.gift"
    file.write_text(text, "utf-8")
    order = ["node", str(Path(drivers) / "check_gift.mjs"), str(file), "--json", f"--expect={len(course.exercises)}"]
    with (tmp_path / "told.json").open("w", encoding="utf-8") as out:  # node cuts off what it writes into a pipe
        told = subprocess.run(order, stdout=out, stderr=subprocess.PIPE, text=True, check=False)
    said = (tmp_path / "told.json").read_text("utf-8")
    if told.returncode not in (0, 1) or not said.startswith("{"):
        pytest.skip(f"the driver does not run: {told.stderr[-200:]}")
    answer = json.loads(said)
    assert answer["accepted"], answer["messages"]
    for theirs, ours in zip(answer["questions"], gift_reader.read(text), strict=True):
        assert (theirs["id"], theirs["tags"], theirs["title"]) == (ours.id, ours.tags, ours.name)
        assert theirs["stem"] == ours.text and theirs["general_feedback"] == ours.general
        assert theirs["type"] == {"numerical": "Numerical", "multichoice": "MC"}[ours.kind]
        if ours.kind == "multichoice":
            assert [(each["text"], each["feedback"]) for each in theirs["answers"]] == [
                (each.text, each.feedback) for each in ours.answers
            ]
            assert [each["right"] for each in theirs["answers"]] == [each.percent == 100 for each in ours.answers]
        else:
            for one, other in zip(theirs["right"], ours.answers, strict=True):
                if other.number is None:
                    assert one["text"]["text"] == "*"
                else:
                    assert one["text"]["number"] == float(other.number)
                    assert one["text"]["range"] == float(other.tolerance or 0)
                    assert one["weight"] == (None if other.percent == 100 else float(other.percent))


@pytest.mark.long
def test_five_hundred_questions_agree_with_sympy() -> None:
    course, text = exported(samples.many(), "en", Answers.ENTRY)
    seen = 0
    for exercise, read in zip(course.exercises, gift_reader.read(text), strict=True):
        wanted = samples.right(exercise, exercise.task)
        if wanted is not None:
            digits = re.search(r"(\d+) significant", plain(read.text))
            assert read.marked(rounded(fraction(wanted), int(digits[1]) if digits else 0)).percent == 100
            seen += 1
    assert seen > 1000
