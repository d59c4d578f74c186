"""AMC-TXT read back as AMC's filter reads it, and set by AMC and XeLaTeX: options, pictures, hostile text."""

from __future__ import annotations

import functools
import io
import re
import shutil
import subprocess
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import amc_reader
import export_samples as samples
import pytest
from amc_reader import Exam, parsed

from quizgen import bank
from quizgen.cli.app import run
from quizgen.exercise import Course, is_number
from quizgen.exporting import course_of
from quizgen.exports import _amc_text as texts
from quizgen.exports import catalogue
from quizgen.language import available, words
from quizgen.notation import Style, Sym
from quizgen.notation.tree import SHOWN_DIGITS
from quizgen.numbers import exact_text
from quizgen.picture.layout import printable
from quizgen.plan import Answers, Plan
from quizgen.question import Question
from quizgen.reference import reference

AMC = catalogue()["amc"]
CODES = pytest.mark.parametrize("code", available())
EVIL = samples.EVIL.replace("😀 שלום", "η 買")
SOURCES = {"drawn": samples.drawn, "stories": samples.stories}
EACH = pytest.mark.parametrize("source", SOURCES)


def course(questions: Sequence[Question], code: str, title: str = "") -> Course:
    return course_of(questions, Plan(code, "export", Answers.CHOICE, title=title), AMC)[0]


@functools.cache
def exported(source: str, code: str) -> tuple[Course, Exam]:
    """What is read where the graphs stand in words: pictures take a while."""
    made = course({**SOURCES, "many": samples.many}[source](), code)
    return made, amc_reader.read(str(AMC.write(made, "-")["-"]))


def number(shown: str) -> Fraction:
    bare = re.sub(r"\[\[\\\((?:\\displaystyle )?(.*)\\\)\]\]", r"\1", shown)
    return Fraction(re.sub(r"\\frac\{(\d+)\}\{(\d+)\}", r"\1/\2", bare))


@EACH
@CODES
def test_each_exercise_is_a_question_with_one_right_answer(source: str, code: str) -> None:
    made, exam = exported(source, code)
    assert len(exam.questions) == len(made.exercises) > 30
    for exercise, read in zip(made.exercises, exam.questions, strict=True):
        task = exercise.task
        assert read.id == exercise.id
        assert [right for right, _ in read.options] == [each.letter == task.letter for each in task.options]
        assert sum(right for right, _ in read.options) == 1
        for option, (right, shown) in zip(task.options, read.options, strict=True):
            if not is_number(option.value):
                assert re.fullmatch(r"\[\[\\\(.*\\\)\]\]", shown)
            elif isinstance(option.value, Fraction):
                assert number(shown) == option.value
                if right and not task.part.ask.symbolic:
                    assert number(shown) == reference(exercise.question.problem.graph).answer(task.part.ask)
    assert len({read.id for read in exam.questions}) == len(exam.questions)


@pytest.mark.long
def test_five_hundred_questions_agree_with_sympy() -> None:
    seen = 0
    for exercise, read in zip(*(exported("many", "en")[0].exercises, exported("many", "en")[1].questions), strict=True):
        wanted = samples.right(exercise, exercise.task)
        if wanted is not None:
            (shown,) = (number(each) for right, each in read.options if right)
            exact = wanted if isinstance(wanted, Fraction) else Fraction(exact_text(wanted, 30))
            room = 0 if isinstance(wanted, Fraction) else abs(exact) / 10 ** (SHOWN_DIGITS - 1)
            assert abs(shown - exact) <= room
            seen += 1
    assert seen > 1000


@EACH
@CODES
def test_solution_and_reasons_are_for_the_corrected_sheet(source: str, code: str) -> None:
    made, exam = exported(source, code)
    for exercise, read in zip(made.exercises, exam.questions, strict=True):
        (explained,) = [each for each in parsed(read.text).of("latex") if each.startswith(r"\explain{")]
        assert _is_balanced(explained)
        for working in exercise.workings:
            assert texts.in_latex(working.heading) in explained
        for reply in exercise.replies(exercise.task):
            assert all(texts.in_latex(title) in explained for title, _ in reply.causes)
        shown = " ".join(printable(parsed(read.text).plain).split())
        assert " ".join(printable(exercise.picture.words).split())[:20] in shown


def _is_balanced(latex: str) -> bool:
    bare = re.sub(r"\\[{}\\]", "", latex)
    return bare.count("{") == bare.count("}") and latex.count(r"\(") == latex.count(r"\)")


@CODES
def test_settings(code: str) -> None:
    settings = exported("drawn", code)[1].settings
    assert settings.get("Lang") == {"ja": "JA"}.get(code)
    assert settings["LaTeXEngine"] == "xelatex" and not settings["Font"]
    assert ("xeCJK" in settings["LaTeX-Preambule"]) == (code == "ja")
    assert settings["Presentation"] == words(code)["export.amc.presentation"]


@CODES
def test_pictures_are_pages_beside_the_file(code: str) -> None:
    pikepdf = pytest.importorskip("pikepdf", reason="needs quizgen[dev]")
    made = course(samples.drawn()[:3], code)
    files = AMC.write(made, "期末 試験.txt")
    assert files == AMC.write(made, "期末 試験.txt")
    beside, file = files
    assert file == "期末 試験.txt" and re.fullmatch(r"[A-Za-z0-9._-]+\.pdf", beside)
    exam = amc_reader.read(str(files[file]))
    pages = pikepdf.open(io.BytesIO(files[beside])).pages  # type: ignore[arg-type]
    assert len(pages) == len(made.exercises)
    for place, read in enumerate(exam.questions, 1):
        assert parsed(read.text).of("picture") == [f"page={place} {beside}"]
    assert all(float(page.mediabox[2]) <= 441 for page in pages)


@CODES
def test_hostile_text_is_text(code: str) -> None:
    made = course(samples.hostile(EVIL), code, title="#x: [*b*] !c! {d}")
    exam = amc_reader.read(str(AMC.write(made, "-")["-"]))
    evil = EVIL.replace("η ", "")  # in mathematics
    evil = evil.replace("\\\\", "\\")
    assert parsed(exam.settings["Title"]).plain == "#x: [*b*] !c! {d}"
    for read in exam.questions:
        text = parsed(read.text)
        assert (
            evil in text.plain.replace("  ", " ")
            and r"\ensuremath{\eta}" in text.of("latex")
            and not text.of("picture")
        )
        for latex in text.of("latex"):
            assert _is_balanced(latex)
            assert not re.search(r"(?<!\\)[$&#%]", latex), latex


def test_signs_come_back() -> None:
    signs = "[[x]] !a.png! [*b*] [verbatim] * + - # Title: \\ { } $ % _ ^ ~ ]] [["
    assert parsed(texts.text(signs)).plain == signs
    assert "]]" not in texts.in_latex(signs) and "[" not in texts.in_latex(signs)
    assert "]" not in texts.prose((Sym("x"),), Style({"x": "a]]b["})).removesuffix("]]")
    assert texts.text("tⁿ⁻¹ − 2") == r"t[[\ensuremath{{}^{n-1}}]] [[\ensuremath{-}]] 2"
    assert texts.value(Fraction(11, 5), Style()) == "2.2"
    assert texts.value(Fraction(-3), Style()) == r"[[\(-3\)]]"


@pytest.mark.parametrize(("answers", "why"), [(Answers.ENTRY, "amc_number"), (Answers.GRAPH, "whole")])
def test_what_is_not_chosen_is_refused_by_name(answers: Answers, why: str) -> None:
    made, left = course_of(samples.drawn(), Plan("en", "export", answers), AMC)
    assert set(left) == {why}
    assert all(each.task.part.ask.symbolic for each in made.exercises)


def test_a_letter_that_no_font_has_is_refused() -> None:
    for questions in (samples.strange(), samples.hostile()):
        _, left = course_of(questions, Plan("en", "export", Answers.CHOICE), AMC)
        assert set(left) == {"amc_glyph"}


def test_the_command_writes_both_files(tmp_path: Path) -> None:
    file = tmp_path / "bank.jsonl"
    file.write_text(bank.dump(list(samples.drawn()[:1])), "utf-8")
    order = ["bank", "export", str(file), "--to", "amc", "-o", str(tmp_path / "exam.txt"), "--answers", "choice"]
    run([*order, "--lang", "ja"])
    assert {each.name for each in tmp_path.iterdir()} == {"bank.jsonl", "exam.txt", "exam-graphs.pdf"}


FILTER = 'use AMC::Filter::plain; my $f = AMC::Filter::plain->new(); $f->filter(@ARGV); print "$_\\n" for $f->errors();'


def _has_amc() -> bool:
    perl, tex = shutil.which("perl"), shutil.which("xelatex")
    return bool(
        perl and tex and not subprocess.run([perl, "-e", "use AMC::Filter::plain"], capture_output=True).returncode
    )


@pytest.mark.client
@CODES
@pytest.mark.parametrize("source", [*SOURCES, "hostile"])
def test_amc_and_xelatex_set_it(source: str, code: str, tmp_path: Path) -> None:
    if not _has_amc():
        pytest.skip("perl with Auto Multiple Choice, or xelatex, is not installed")
    made = course(
        {**SOURCES, "hostile": lambda: samples.hostile(EVIL)}[source]()[::2], code
    )  # a copy may have 63 pages
    for name, content in AMC.write(made, "exam.txt").items():
        (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
    told = subprocess.run(
        ["perl", "-e", FILTER, "exam.txt", "exam.tex"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert not told.stdout.replace("VAR: project:moteur_latex_b=xelatex", "").strip(), told.stdout
    tex = (tmp_path / "exam.tex").read_text("utf-8")
    assert tex.count(r"\correctchoice") == len(made.exercises) == tex.count(r"\begin{question}")
    for name, before in {"exam": "", "key": r"\def\CorrigeExterne{1}"}.items():
        (tmp_path / f"{name}-sheet.tex").write_text(before + r"\input{exam.tex}", "utf-8")
        order = ["xelatex", "-interaction=nonstopmode", f"{name}-sheet.tex"]
        subprocess.run(order, cwd=tmp_path, capture_output=True, check=False)
        log = (tmp_path / f"{name}-sheet.log").read_text("utf-8", "replace")
        assert not re.search("^!", log, re.MULTILINE), log[-2000:]
        missing = set(re.findall(r"Missing character: There is no (\S)", log))
        assert not missing
        assert (tmp_path / f"{name}-sheet.pdf").exists()
