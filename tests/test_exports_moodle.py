"""Moodle XML as Moodle reads it: each number, its mark, what is said to it, the picture, and hostile words as words."""

from __future__ import annotations

import functools
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import export_samples as samples
import pytest
from authored_samples import GOOD, changed
from moodle_reader import GAP, Answer, Asked, Refused, alternative, formulas, read, shown

from quizgen import bank, exporting, families, source
from quizgen.engine.expression import Constant
from quizgen.engine.functions import Value
from quizgen.exercise import Course, Exercise, is_number
from quizgen.exports import _moodle_text as texts
from quizgen.exports.moodle import MOODLE
from quizgen.generate import question_for
from quizgen.language import words
from quizgen.marking import earns_half
from quizgen.numbers import Real, exact_text
from quizgen.picture.layout import printable
from quizgen.plan import Answers, Plan
from quizgen.question import Question
from quizgen.resources import banks
from quizgen.sheet import Task

LEVELS = [(family, level) for family in families.catalogue().values() for level in family.levels]
EACH = pytest.mark.parametrize("code", ["en", "ja"])
FORMS = pytest.mark.parametrize("form", Answers)
# What a fraction is a tolerance of: 3 digits or more.
LARGEST_TOLERANCE = Fraction(1, 200)


def stories() -> list[Question]:
    """One variant of each story."""
    found: dict[str, Question] = {}
    for each in bank.read(banks() / "stories.jsonl"):
        found.setdefault(each.problem.family, each)
    return list(found.values())


@pytest.fixture(scope="module")
def questions() -> list[Question]:
    return [*(question_for(family, level, "moodle") for family, level in LEVELS[::2]), *stories()]


def exported(questions: list[Question], form: Answers, code: str) -> tuple[Course, list[Asked]]:
    return once(tuple(questions), form, code)


@functools.lru_cache(maxsize=12)
def once(questions: tuple[Question, ...], form: Answers, code: str) -> tuple[Course, list[Asked]]:
    course, left = exporting.course_of(questions, Plan(code, "export", form), MOODLE)
    assert not left
    written = MOODLE.write(course, "x.xml")["x.xml"]
    assert isinstance(written, str)
    return course, read(written)


def exact(value: Value) -> Fraction:
    if isinstance(value, Constant):
        value = value.value
    return Fraction(exact_text(value, 30)) if isinstance(value, Real) else Fraction(str(value))


def pairs(course: Course, asked: list[Asked]) -> Iterator[tuple[Exercise, Task, Asked, tuple[Answer, ...]]]:
    assert len(course.exercises) == len(asked)
    for exercise, each in zip(course.exercises, asked, strict=True):
        assert each.idnumber == exercise.id
        gaps = each.gaps or (each.answers,)
        for task, answers in zip(exercise.tasks, gaps, strict=True):
            yield exercise, task, each, answers


@EACH
@FORMS
def test_every_answer_comes_back_with_its_mark_and_its_feedback(
    form: Answers, code: str, questions: list[Question]
) -> None:
    said, counted = words(code), 0
    for exercise, task, each, answers in pairs(*exported(questions, form, code)):
        right, others = answers[0], answers[1:-1]
        if exercise.is_chosen(task):
            agree_with_options(exercise, task, answers)
            continue
        agrees(task.part.key, right)
        assert shown(right.feedback) == said["export.moodle.right"]
        assert shown(answers[-1].feedback) == said["export.moodle.wrong"]
        wrong = [each for each in task.part.distractors if is_number(each.value)]
        assert len(wrong) == len(others)
        replies = exercise.replies(task)
        for known, answer, reply in zip(wrong, others, replies, strict=True):
            agrees(known.value, answer)
            causes = (known.misconception, *known.also)
            assert answer.percent == (50 if earns_half(known.value, causes, exercise.question) else 0)
            assert reply.causes and all(text in shown(answer.feedback) for pair in reply.causes for text in pair)
            counted += 1
        for gap in range(len(each.gaps)) or [None]:
            assert all(each.graded(answer.value, gap) is answer for answer in (each.gaps or [answers])[gap or 0][:-1])
    assert counted > 400 or form == Answers.CHOICE


def agrees(value: Value, answer: Answer) -> None:
    """The number read back is the value; where a decimal ends, exactly."""
    wanted, found = exact(value), Fraction(answer.value)
    if answer.tolerance == 0:
        assert found == wanted
    else:
        assert abs(found - wanted) <= answer.tolerance / 1000
        assert answer.tolerance <= LARGEST_TOLERANCE * abs(wanted)


def agree_with_options(exercise: Exercise, task: Task, answers: tuple[Answer, ...]) -> None:
    assert len(answers) == len(task.options)
    replies = {str(texts.HTML.value(each.value, exercise.style)): each for each in exercise.replies(task)}
    for option, answer in zip(task.options, answers, strict=True):
        assert answer.value == texts.HTML.value(option.value, exercise.style)
        assert answer.percent == (100 if option.letter == task.letter else 0)
        if answer.percent == 0:
            assert all(text in shown(answer.feedback) for pair in replies[answer.value].causes for text in pair)
            assert replies[answer.value].causes
        else:
            assert shown(answer.feedback) == exercise.said["export.moodle.right"]
            assert option.value == task.part.key


@EACH
@FORMS
def test_a_question_has_its_words_its_picture_and_its_solution(
    form: Answers, code: str, questions: list[Question]
) -> None:
    course, found = exported(questions, form, code)
    said = course.said
    for exercise, each in zip(course.exercises, found, strict=True):
        assert alternative(each) == exercise.picture.words
        assert exercise.picture.words in each.picture.decode().replace("&lt;", "<")
        assert each.tags == exercise.tags
        assert each.category == f"{course.title} > {exercise.title}"
        assert each.name.startswith(exercise.title) and each.name.endswith(exercise.id)
        body, general = shown(each.body), shown(each.general)
        assert [piece for piece in exercise.story if isinstance(piece, str) and printable(piece) not in body] == []
        assert said["ask.as_fraction"].strip() not in body
        assert all(working.heading in general for working in exercise.workings)
        lines = sum(len(working.lines) for working in exercise.workings)
        assert each.general.count("<li>") == lines <= len(formulas(each.general))
        assert (said["export.moodle.number"] in body) == (each.type != "multichoice")


def test_whoever_must_round_is_told_to_how_many_digits_and_those_are_enough(questions: list[Question]) -> None:
    sentence = re.compile(re.escape(words("en")["export.moodle.rounded"]).replace(r"\{digits\}", "([0-9])"))
    told = 0
    for _, task, each, answers in pairs(*exported(questions, Answers.ENTRY, "en")):
        if each.type != "numerical":
            continue
        digits = sentence.findall(shown(each.body))
        assert bool(digits) == (answers[0].tolerance > 0)
        if digits:
            told += 1
            for many in (int(digits[0]), 12):
                assert each.graded(f"{Decimal(f'{float(exact(task.part.key)):.{many - 1}e}'):f}") is answers[0]
    assert told > 2


def test_a_number_that_nobody_foresaw_has_no_mark_and_a_plain_reply(questions: list[Question]) -> None:
    _, found = exported(questions, Answers.ENTRY, "ja")
    for each in found:
        if each.type == "numerical":
            assert each.graded("987654.321") is each.answers[-1]
            assert each.graded(f"{each.answers[0].value}{each.units[0]}" if each.units else each.answers[0].value)
    assert "円" in {unit for each in found for unit in each.units}


@FORMS
def test_identifiers_do_not_depend_on_the_language_or_on_the_company(form: Answers, questions: list[Question]) -> None:
    english, japanese = (exported(questions, form, code)[1] for code in ("en", "ja"))
    assert [each.idnumber for each in english] == [each.idnumber for each in japanese]
    alone = exported(questions[-1:], form, "en")[1]
    assert [each.idnumber for each in alone] == [each.idnumber for each in english[-len(alone) :]]


HOSTILE = (
    r"<script>alert('x')</script> // a/b ]]> {=} {:NM:=} {#} $$x$$ $x$ \(x\) \[y\] \begin{a} [tex]z[/tex] * ~ & } \ "
    '" @@PLUGINFILE@@/p.png &amp; 😀 שלום'
)
LABEL = r"<b>&</b> $$x$$ \(y\) @@PLUGINFILE@@ 😀"


def author(path: Path) -> list[Question]:
    """Questions whose title, story, name of an input and misconception are hostile."""
    made = GOOD
    for old in ("Tea by mail", "Shipping is paid once.", "shipping for each bottle"):
        made = changed(old, f"{old} {quoted(BRACELESS)}", made)
    made = changed("the tax {tax}.", f"the tax {{tax}}. {quoted(BRACELESS)}", made)
    made = made.replace(
        "[[problem.misconceptions]]", 'names.cost = { en = "1:NM:=5~6", ja = "小計" }\n\n[[problem.misconceptions]]'
    )
    path.write_text(changed('en = "price"', f'en = "{quoted(LABEL)}"', made), "utf-8")
    return source.build(source.read(path))


def quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


BRACELESS = HOSTILE.replace("{", "").replace("}", "")  # in a source, braces are for values


@FORMS
def test_hostile_words_are_words(form: Answers, tmp_path: Path) -> None:
    course, found = exported(author(tmp_path / "s.toml"), form, "en")
    said: list[str] = []
    one_space = " ".join(BRACELESS.split())
    for exercise, each in zip(course.exercises, found, strict=True):
        body = shown(each.body)
        assert BRACELESS in body
        assert alternative(each) == exercise.picture.words and LABEL in exercise.picture.words
        assert each.name.startswith("Tea by mail ＜script＞") and each.name.endswith(exercise.id)
        assert each.category.count(" > ") == 1 and "// a/b" in each.category
        assert len(each.gaps) == (len(exercise.tasks) if form == Answers.GRAPH else 0)
        said += [" ".join(shown(answer.feedback).split()) for gap in each.gaps or (each.answers,) for answer in gap]
    assert any(f"shipping for each bottle {one_space}Shipping is paid once. {one_space}" in text for text in said)


def test_labels_in_mathematics_begin_no_gap_and_end_no_mathematics() -> None:
    from quizgen.notation import Style, Sym

    for label in ("1:NM:=5~6", "#1", r"a\)b", "$$x$$", "@@PLUGINFILE@@", "</p>", "x&y", "[tex]"):
        written = str(texts.HTML.mathematics(Sym("n"), Style({"n": label})))
        assert not re.search(r"\{[0-9]*:NM|@@|\$\$|<|\{#", written)
        assert len(formulas(written)) == 1 and written.startswith(r"\(") and written.endswith(r"\)")


def test_what_does_not_fit_is_refused_by_name(questions: list[Question]) -> None:
    course, _ = exporting.course_of(questions, Plan("en", "x", Answers.ENTRY), MOODLE)
    chosen = next(each for each in course.exercises if each.is_chosen(each.task))
    bare = replace(chosen.task, options=chosen.task.options[:1])
    assert MOODLE.cannot(chosen) == ""
    assert MOODLE.cannot(replace(chosen, item=replace(chosen.item, tasks=(bare,)))) == "options"
    assert MOODLE.cannot(replace(chosen, form=Answers.GRAPH)) == "moodle_gap"
    for code in ("en", "ja"):
        assert all(f"error.export.because.{key}" in words(code) for key in ("options", "moodle_gap"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('fraction="50"', 'fraction="37"'),
        ('type="numerical"', 'type="numeric"'),
        ('fraction="100"', 'fraction="0"'),
        ("<ul>", "<nav>"),
        ("</ul>", ""),
        ('encoding="base64">', 'encoding="base64">!'),
        (r"\)", ""),
        ("[CDATA[*]]", "[CDATA[*1]]"),
        ("<text><![CDATA[*]]></text>", "<text>*</text>"),
        ("Answer with", ":( Answer with"),
        ("<idnumber>", "<idnumber>same</idnumber><idnumber>"),
        ("</quiz>", ""),
    ],
)
def test_the_reader_is_strict(old: str, new: str, questions: list[Question]) -> None:
    course, _ = exporting.course_of(questions[:2], Plan("en", "x", Answers.ENTRY), MOODLE)
    good = str(MOODLE.write(course, "x.xml")["x.xml"])
    assert read(good) and old in good
    with pytest.raises((Refused, SyntaxError, ValueError)):
        read(good.replace(old, new, 1))


@pytest.mark.parametrize("old", ["~%", "#&#60;", "{1:NUMERICAL:"])
def test_the_reader_of_gaps_is_strict(old: str, questions: list[Question]) -> None:
    course, _ = exporting.course_of(questions[:1], Plan("en", "x", Answers.GRAPH), MOODLE)
    good = str(MOODLE.write(course, "x.xml")["x.xml"])
    assert old in good
    with pytest.raises((Refused, SyntaxError, ValueError)):
        read(good.replace(old, old[:-1] + "}", 1))


@pytest.mark.long
def test_five_hundred_questions_agree_with_sympy() -> None:
    seen = 0
    for form in (Answers.ENTRY, Answers.GRAPH):
        for exercise, task, _, answers in pairs(*exported([*samples.many()], form, "ja")):
            wanted = samples.right(exercise, task)
            if wanted is not None:
                agrees(wanted, answers[0])
                seen += 1
    assert seen > 3000


@pytest.mark.client
def test_the_engine_of_moodle_s_expressions_finds_each_gap(questions: list[Question]) -> None:
    """PCRE itself, which PHP has: a long gap must not be too much for it."""
    grep = shutil.which("grep")
    if not grep or subprocess.run([grep, "-P", "(?<=a)b"], input=b"ab", capture_output=True).returncode:
        pytest.skip("needs a grep that has PCRE (-P)")
    course, found = exported(questions, Answers.GRAPH, "ja")
    written = ElementTree.fromstring(str(MOODLE.write(course, "x.xml")["x.xml"]).encode())
    bodies = [each.text or "" for each in written.iterfind("question[@type='cloze']/questiontext/text")]
    for asked, body in zip(found, bodies, strict=True):
        order = [grep, "-Pzo", f"(?s){GAP.pattern}"]
        gaps = subprocess.run(order, input=body.encode(), capture_output=True, check=True).stdout
        assert gaps.count(b"\0") == len(asked.gaps)
