"""What every export format keeps; each is found by being there."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from html.parser import HTMLParser
from pathlib import Path

import export_samples as samples
import pytest
from authored_samples import GOOD, changed

from quizgen import bank, exporting, exports, families, source
from quizgen.cli.app import run
from quizgen.errors import QuizgenError
from quizgen.exports import Export
from quizgen.exports._latex_html import LatexHtml
from quizgen.generate import question_for
from quizgen.language import available, words
from quizgen.plan import Answers, Plan
from quizgen.question import Question

LEVELS = [(family, level) for family in families.catalogue().values() for level in family.levels]
EVERY = pytest.mark.parametrize("chosen", exports.catalogue().values(), ids=lambda chosen: chosen.name)


@pytest.fixture(scope="module")
def questions() -> list[Question]:
    return [question_for(family, level, "export") for family, level in LEVELS]


@pytest.fixture(scope="module")
def file(questions: list[Question], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "bank.jsonl"
    path.write_text(bank.dump(questions), "utf-8")
    return path


def needs(chosen: Export) -> None:
    if chosen.extra:
        pytest.importorskip(chosen.extra, reason=f"needs quizgen[{chosen.name}]")


@EVERY
@pytest.mark.parametrize("code", available())
@pytest.mark.parametrize("answers", Answers)
def test_the_same_bytes_twice_or_a_reason(
    chosen: Export, answers: Answers, code: str, questions: list[Question]
) -> None:
    needs(chosen)
    plan = Plan(code, "export", answers)
    course, left = exporting.course_of(questions, plan, chosen)
    asked = len(questions) if answers == Answers.GRAPH else sum(len(each.parts) for each in questions)
    assert len(course.exercises) + sum(map(len, left.values())) == asked
    if course.exercises:
        name = f"x{chosen.suffix}"
        once = chosen.write(course, name)
        assert once == chosen.write(exporting.course_of(questions, plan, chosen)[0], name)
        assert name in once


@EVERY
def test_what_is_left_out_is_said_and_needs_skip(chosen: Export, file: Path, tmp_path: Path) -> None:
    needs(chosen)
    for answers in Answers:
        _, left = exporting.course_of(bank.read(file), Plan("en", "export", answers), chosen)
        if not left:
            continue
        order = ["bank", "export", str(file), "--to", chosen.name, "--answers", answers, "-o", str(tmp_path / "x")]
        with pytest.raises(Exception, match=r"export\.cannot"):
            run(order)
        assert not list(tmp_path.iterdir())


def test_what_is_no_whole_graph_is_named(questions: list[Question], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "can_be_whole", lambda each: each is not questions[0])
    chosen = exports.catalogue()["csv"]
    course, left = exporting.course_of(questions, Plan("en", "export", Answers.GRAPH), chosen)
    assert left == {"not_whole": [questions[0].id]} and len(course.exercises) == len(questions) - 1
    with pytest.raises(QuizgenError) as caught:
        exporting.refuse(left, "csv", skip=False)
    assert questions[0].id in words("ja").sentence(caught.value)
    exporting.refuse(left, "csv", skip=True)


@pytest.mark.parametrize("to", ["moodle", "html"])
def test_a_problem_of_one_language_is_left_out_of_the_other(to: str, tmp_path: Path, questions: list[Question]) -> None:
    monolingual = changed('seed = "tea"', 'seed = "tea"\nlanguages = ["ja"]')
    (tmp_path / "s.toml").write_text(re.sub(r"(?m)^\w+\.en = .*\n", "", monolingual), "utf-8")
    alone = source.build(source.read(tmp_path / "s.toml"))
    bank_file, out = tmp_path / "b.jsonl", tmp_path / "out"
    bank_file.write_text(bank.dump([*alone, *questions[:2]]), "utf-8")
    order = ["bank", "export", str(bank_file), "--to", to, "--lang", "en", "-o", str(out)]
    with pytest.raises(QuizgenError) as caught:
        run(order)
    assert caught.value.details["count"] == len(alone) and alone[0].id in words("en").sentence(caught.value)
    assert not out.exists()
    assert run([*order, "--skip"]) == 0 and alone[0].id not in out.read_text("utf-8")
    assert run([*order[:-4], "--lang", "ja", "-o", str(out)]) == 0


def test_a_source_is_no_bank(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(GOOD, "utf-8")
    with pytest.raises(QuizgenError, match="is_source"):
        run(["bank", "export", str(tmp_path / "s.toml"), "--to", "csv", "-o", str(tmp_path / "x.csv")])


def test_worked_steps_have_no_numbers_that_would_be_read_as_those_of_tasks() -> None:
    for answers in Answers:
        course, _ = exporting.course_of(samples.drawn(), Plan("en", "x", answers), exports.catalogue()["csv"])
        assert not any(line.label for each in course.exercises for one in each.workings for line in one.lines)


@pytest.mark.parametrize("answers", Answers)
def test_a_unit_stands_behind_amounts_of_the_output_alone(answers: Answers) -> None:
    """The family's unit is the output's: hours walked are no minutes."""
    course, _ = exporting.course_of(samples.stories(), Plan("en", "export", answers), exports.catalogue()["csv"])
    told = [(exercise, task) for exercise in course.exercises for task in exercise.tasks if task.unit]
    assert len(told) >= len({exercise.question.id for exercise in course.exercises}) / 2
    for exercise, task in told:
        assert task.part.ask.of == exercise.question.problem.graph.output
        assert task.part.ask.kind in ("value", "meaning")


def test_a_variant_that_a_bank_holds_twice_is_one_question(questions: list[Question]) -> None:
    course, _ = exporting.course_of(
        [*questions, *questions], Plan("en", "x", Answers.GRAPH), exports.catalogue()["csv"]
    )
    assert [each.id for each in course.exercises] == [each.id for each in questions]


@pytest.mark.parametrize("answers", [Answers.ENTRY, Answers.CHOICE])
def test_a_wrong_answer_that_nobody_can_come_to_is_not_exported(answers: Answers, file: Path, tmp_path: Path) -> None:
    first, *_ = file.read_text("utf-8").splitlines()
    record = json.loads(first)
    del record["seal"]
    record["parts"][0]["distractors"][0]["value"] = "4321"
    edited = tmp_path / "edited.jsonl"
    edited.write_text(json.dumps(record) + "\n", "utf-8")
    order = ["bank", "export", str(edited), "--to", "csv", "--answers", answers, "-o", str(tmp_path / "x.csv")]
    with pytest.raises(QuizgenError, match="wrong_distractor"):
        run(order)
    assert not (tmp_path / "x.csv").exists()


def test_an_export_does_not_take_the_place_of_its_bank(file: Path) -> None:
    before = file.read_bytes()
    with pytest.raises(QuizgenError, match="overwrites"):
        run(["bank", "export", str(file), "--to", "csv", "-o", str(file)])
    assert file.read_bytes() == before


@EVERY
def test_every_format_is_compared_with_sympy(chosen: Export) -> None:
    """Each has a reader of its own in the tests, and reads 500 questions back."""
    stems = [each.stem for each in Path(__file__).parent.glob("test_exports_*.py")]
    stem = next(each for each in stems if chosen.name.startswith(each.removeprefix("test_exports_")))
    assert hasattr(importlib.import_module(stem), "test_five_hundred_questions_agree_with_sympy")


class Shown(HTMLParser):
    """The text in which MathJax looks for mathematics."""

    def __init__(self) -> None:
        super().__init__()
        self.ignored, self.text = 0, ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        classes = str(dict(attributes).get("class")).split()
        self.ignored += {"tex2jax_ignore", "mathjax_ignore"} <= set(classes)

    def handle_endtag(self, tag: str) -> None:
        self.ignored = 0

    def handle_data(self, data: str) -> None:
        self.text += data * (not self.ignored)


def test_mathjax_finds_no_mathematics_in_words() -> None:
    files = [importlib.import_module(f"quizgen.exports.{each.name}") for each in pkgutil.iter_modules(exports.__path__)]
    found = [value for file in files for value in vars(file).values() if isinstance(value, LatexHtml)]
    assert len(found) >= 3
    for html in found:
        shown = Shown()
        shown.feed(html.text(r"a \(b\) $c$ $$d$$ \[e\] \begin{f}"))
        assert "a" in shown.text and not re.search(r"[\\$]", shown.text)
