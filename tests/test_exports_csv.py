"""The table read back by the csv module: numbers, reasons, and no cell that a spreadsheet would compute or date."""

from __future__ import annotations

import csv
import functools
import io
import re
import shutil
import subprocess
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import export_samples as samples
import pytest

from quizgen.authored import misconceptions_of
from quizgen.engine.expression import Constant
from quizgen.exercise import Course, Exercise, is_number
from quizgen.exporting import course_of
from quizgen.exports import catalogue
from quizgen.exports import csv as ours
from quizgen.language import available, text_in, words
from quizgen.notation import Style
from quizgen.numbers import Real, exact_text
from quizgen.picture.layout import printable
from quizgen.plan import Answers, Plan
from quizgen.question import Mistakes, Question, canonical
from quizgen.reference import reference
from quizgen.sheet import Task
from quizgen.solve import Solution

CSV = catalogue()["csv"]
CODES = pytest.mark.parametrize("code", available())
FORMS = pytest.mark.parametrize("form", Answers)
SOURCES = {"drawn": samples.drawn, "stories": samples.stories, "hostile": samples.hostile}
EACH = pytest.mark.parametrize("source", SOURCES)
Row = dict[str, str]


def written(questions: Sequence[Question], code: str, form: Answers) -> tuple[Course, str]:
    course, left = course_of(questions, Plan(code, "export", form), CSV)
    assert not left
    text = CSV.write(course, "x.csv")["x.csv"]
    assert isinstance(text, str)
    return course, text


@functools.cache
def table(source: str, code: str, form: Answers) -> list[tuple[Exercise, Task, Row]]:
    """Each task and its row, by the keys of the headings."""
    course, text = written({**SOURCES, "many": samples.many}[source](), code, form)
    rows = list(csv.reader(io.StringIO(text.removeprefix("\N{BYTE ORDER MARK}"), newline=""), strict=True))
    keys = [*ours.HEADS, *(f"{head}{n}" for n in range(1, 7) for head in ours.WRONG)]
    assert len(rows[0]) == len(set(rows[0])) == len(keys) and all(len(row) == len(keys) for row in rows)
    tasks = [(exercise, task) for exercise in course.exercises for task in exercise.tasks]
    read = [dict(zip(keys, row, strict=True)) for row in rows[1:]]
    return [(exercise, task, row) for (exercise, task), row in zip(tasks, read, strict=True)]


def exact(value: Any) -> Fraction:
    value = value.value if isinstance(value, Constant) else value
    return Fraction(exact_text(value, 30)) if isinstance(value, Real) else Fraction(value)


def number(cell: str) -> Fraction:
    return Fraction(cell.strip("()").replace("\N{FRACTION SLASH}", "/"))


def near(one: Fraction, other: Fraction) -> bool:
    return abs(one - other) <= Fraction(1, 10**14) * abs(other)


@CODES
def test_excel_reads_it(code: str) -> None:
    _, text = written(samples.drawn(), code, Answers.ENTRY)
    assert text.encode().startswith(b"\xef\xbb\xbf") and text.count("\N{BYTE ORDER MARK}") == 1
    assert text.endswith("\r\n") and "\r" not in text.replace("\r\n", "")
    heads = text.removeprefix("\N{BYTE ORDER MARK}").split("\r\n")[0].split(",")
    assert heads[0] == words(code)["export.csv.id"] and words(code)("export.csv.wrong", number=6) in heads
    if code == "ja":
        assert all(re.search("[ぁ-ヿ一-鿿]", head) for head in heads)


@EACH
@CODES
@FORMS
def test_numbers_are_the_key_and_the_mistakes(source: str, code: str, form: Answers) -> None:
    for exercise, task, row in table(source, code, form):
        graph = exercise.question.problem.graph
        if not is_number(task.part.key):
            assert not row["decimal"] and row["key"]
            continue
        wanted = exact(task.part.key if task.part.ask.symbolic else reference(graph).answer(task.part.ask))
        assert near(number(row["key"]), wanted) and near(number(row["decimal"]), wanted)
        assert isinstance(task.part.key, Real) or number(row["key"]) == wanted
        if task.options:
            options = [number(row[each]) for each in "abcd"[: len(task.options)] if row[each]]
            right = number(row[row["letter"].lower()])
            assert near(right, wanted) and len(set(options)) == len(task.options)
        for place, reply in enumerate(exercise.replies(task), 1):
            if is_number(reply.value):
                assert near(number(row[f"wrong{place}"]), exact(reply.value))


@EACH
@CODES
@FORMS
def test_wrong_answers_stand_beside_what_leads_to_them(source: str, code: str, form: Answers) -> None:
    for exercise, task, row in table(source, code, form):
        replies, problem = exercise.replies(task), exercise.question.problem
        assert sum(bool(row[f"wrong{n}"]) for n in range(1, 7)) == len(replies) <= 6
        graph, known = Solution(problem).graph_for(task.part.ask), misconceptions_of(problem)
        made = list(Mistakes(graph, known).answers(task.part.ask))
        for place, reply in enumerate(replies, 1):
            why = row[f"why{place}"]
            assert any(
                canonical(value) == canonical(reply.value) and printable(text_in(known[cause].title, code)) in why
                for value, cause, _ in made
            )
            assert Fraction(row[f"share{place}"]) == reply.share
            for title, sentence in reply.causes:
                assert printable(title) in why and printable(sentence) in why


@EACH
@CODES
def test_story_picture_solution_and_unit_are_there(source: str, code: str) -> None:
    for exercise, task, row in table(source, code, Answers.ENTRY):
        for piece in exercise.story:
            assert not isinstance(piece, str) or printable(piece) in row["story"]
        assert printable(exercise.picture.words) in row["picture"]
        lines = row["working"].split("\n")
        assert len(lines) == sum(1 + len(each.lines) for each in exercise.workings) > 2
        assert (row["unit"].lstrip("'"), row["id"]) == (printable(task.unit), exercise.id)


@EACH
@FORMS
def test_no_cell_is_computed_or_dated(source: str, form: Answers) -> None:
    begins = re.compile(r"\s*[=+@\-\t\r\n＝＋－＠−]")
    for _, _, row in table(source, "ja", form):
        for key, cell in row.items():
            if re.fullmatch(r"-?\d+(\.\d+)?", cell):
                assert key in ("number", "level", "key", "decimal") or key[:5] in ("wrong", "share") or key in "abcd"
                assert len(cell.strip("-0.").replace(".", "")) <= 15
            else:
                assert not begins.match(cell), cell
                assert not re.fullmatch(r"[\d\s./:,-]*\d[\d\s./:,-]*", cell), cell
    ids = [row["id"] for _, _, row in table(source, "ja", form)]
    assert len(set(ids)) == len(ids)


def test_cells_that_a_spreadsheet_would_change() -> None:
    plain = Style(decimals=False)
    assert ours._value(Fraction(1, 2), plain) == "1⁄2"
    assert ours._value(Fraction(-11, 5), plain) == "(-11⁄5)"
    assert ours._value(Fraction(-11, 5), Style()) == "-2.2"
    assert [ours._decimal(each) for each in (Fraction(-11, 5), Fraction(0), Fraction(1, 3))] == [
        "-2.2",
        "0",
        "0.333333333333333",
    ]
    assert ours._decimal(Fraction(10**20)) == "1" + "0" * 20
    for hostile in (
        "=1+1",
        "＝x",
        "－x",
        "@a",
        " +a",
        "1/2",
        "2024-1-2",
        "12e5",
        "3:30",
        "007",
        "may-5",
        "5月3日",
        "Dec 2024",
    ):
        assert ours._text(hostile) == "'" + printable(hostile)
    assert ours._text("a\x07b\u202ec") == "abc"
    assert ours._text("x = 1") == "x = 1" and ours._text("maybe 5") == "maybe 5"


@CODES
def test_hostile_text_is_text(code: str) -> None:
    evil = samples.EVIL.replace("\\\\", "\\")
    rows = [row for _, _, row in table("hostile", code, Answers.ENTRY)]
    assert all(evil in row["story"] for row in rows)
    assert {row["unit"] for row in rows} == {"", "'=<i>"}
    assert any(evil in cell for row in rows for key, cell in row.items() if key.startswith("why"))


@pytest.mark.long
def test_five_hundred_questions_agree_with_sympy() -> None:
    seen = 0
    for form in Answers:
        for exercise, task, row in table("many", "ja", form):
            wanted = samples.right(exercise, task)
            if wanted is not None:
                assert near(number(row["key"]), exact(wanted)) and near(number(row["decimal"]), exact(wanted))
                assert not task.options or near(number(row[row["letter"].lower()]), exact(wanted))
                seen += 1
    assert seen > 4000


@FORMS
def test_the_same_bytes_twice(form: Answers) -> None:
    assert written(samples.drawn(), "ja", form)[1] == written(samples.drawn(), "ja", form)[1]


@pytest.mark.client
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
@pytest.mark.parametrize("locale", [1033, 1041])  # American English, Japanese
@FORMS
def test_libreoffice_computes_and_dates_nothing(form: Answers, locale: int, tmp_path: Path) -> None:
    """With special numbers detected, as Excel does."""
    questions = (*samples.drawn(), *samples.hostile())
    (tmp_path / "x.csv").write_bytes(written(questions, "ja", form)[1].encode())
    order = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless"]
    order += [f"--infilter=CSV:44,34,76,1,,{locale},false,true", "--convert-to", "fods"]
    subprocess.run([*order, "--outdir", str(tmp_path), str(tmp_path / "x.csv")], check=True, capture_output=True)
    office = "{urn:oasis:names:tc:opendocument:xmlns:"
    kinds: set[str] = set()
    for cell in ElementTree.parse(tmp_path / "x.fods").iter(f"{office}table:1.0}}table-cell"):
        assert f"{office}table:1.0}}formula" not in cell.attrib
        kinds.add(cell.get(f"{office}office:1.0}}value-type", "none"))
    assert kinds <= {"string", "float", "none"}
