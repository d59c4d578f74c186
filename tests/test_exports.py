"""What every export format keeps; each is found by being there."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import export_samples as samples
import pytest
from authored_samples import GOOD, changed

from quizgen import bank, exporting, exports, families, source
from quizgen.cli.app import run
from quizgen.errors import QuizgenError
from quizgen.exercise import Exercise
from quizgen.exports import Export, _decimals
from quizgen.exports._decimals import numbers
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


NEAR = """
[[problem]]
name = "rent"
count = 1
languages = ["en"]
story.en = "A house costs {rent} yen a month and a key once {fee} yen; {people} people share it."
values.rent = [3010]
values.fee = [1]
values.people = [3]
graph = '''
all = rent + fee
part = all / people
'''
ask = ["value part"]
""" + "".join(
    f"""
[[problem.misconceptions]]
id = "{name}"
instead = "{rule}"
title = {{ en = "{name}" }}
feedback = {{ en = "{name}." }}
"""
    for name, rule in {
        "no-fee": "all = rent + 0 * fee",
        "times": "part = all * people",
        "halved": "part = all / people / 2",
        "doubled": "part = all / people * 2",
    }.items()
)


def test_a_mistake_that_looks_like_the_key_does_not_count_as_it(tmp_path: Path) -> None:
    """3011/3 without the fee is 3010/3: too near for an option, but whoever writes it is wrong."""
    (tmp_path / "s.toml").write_text(NEAR, "utf-8")
    (question,) = source.build(source.read(tmp_path / "s.toml"))
    course, _ = exporting.course_of([question], Plan("en", "x", Answers.ENTRY), exports.catalogue()["gift"])
    (exercise,) = course.exercises
    assert Fraction(3010, 3) not in [each.value for each in exercise.replies(exercise.task)]
    known = numbers(exercise, exercise.task)
    assert known.digits == 5
    assert not known.key.low <= Fraction(3010, 3) <= known.key.high
    assert known.key.low <= Fraction("1003.7") <= known.key.high


@pytest.mark.parametrize(
    ("value", "digits", "rounded", "low", "high"),
    [
        ("48.9375", 3, False, "48.9375", "48.9375"),
        ("1/3", 3, True, "0.3328333333333333", "0.3338333333333333"),
        ("1234567.5", 3, True, "1229567.5", "1239567.5"),
        ("12345678", 3, True, "12345678", "12345678"),
        ("-1230", 3, True, "-1230", "-1230"),
        ("0", 3, True, "0", "0"),
    ],
)
def test_between_which_numbers_one_counts(value: str, digits: int, rounded: bool, low: str, high: str) -> None:
    found = _decimals._span(Fraction(value), digits, rounded)
    assert abs(found[0] - Fraction(low)) < Fraction(1, 10**12) and abs(found[1] - Fraction(high)) < Fraction(1, 10**12)


def test_last_zeros_are_digits() -> None:
    for value, digits, shown in (("0.037", 3, "0.0370"), ("0.1", 3, "0.100"), ("5", 3, "5.00"), ("1230", 3, "1230")):
        assert _decimals.padded(Fraction(value), digits) == shown


def test_an_option_earns_all_or_nothing_and_pictures_count_no_questions() -> None:
    for exercise in samples.exercises(samples.drawn(), "en", Answers.CHOICE, exports.catalogue()["csv"]):
        assert not any(reply.share for reply in exercise.replies(exercise.task))
        assert exercise.picture.title == exercise.title
    entry = samples.exercises(samples.drawn(), "en", Answers.ENTRY, exports.catalogue()["csv"])
    assert any(reply.share for exercise in entry for reply in exercise.replies(exercise.task))


def test_variants_that_ask_other_parts_of_one_graph_are_one_whole_graph(questions: list[Question]) -> None:
    first = questions[0]
    other = replace(first, parts=first.parts[:1], id="0" * 16)
    plan = Plan("en", "x", Answers.GRAPH)
    course, _ = exporting.course_of([first, other], plan, exports.catalogue()["csv"])
    assert [each.id for each in course.exercises] == [first.id]


def test_what_is_left_out_is_named_and_a_large_file_is_told(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = [each.id for each in bank.read(file)]
    wanted = exports.catalogue()["moodle"]
    changed_one = replace(wanted, cannot=_some_cannot(ids), largest=10)
    monkeypatch.setattr(exports, "catalogue", lambda: {"moodle": changed_one})
    order = ["bank", "export", str(file), "--to", "moodle", "--lang", "en", "-o", str(tmp_path / "x.xml")]
    with pytest.raises(QuizgenError) as caught:
        run(order)
    assert isinstance(caught.value.details["why"], QuizgenError)
    assert caught.value.details["why"].key == "export.because.options"
    assert caught.value.details["which"] == f"{ids[0]}, {ids[1]}, {ids[2]}, …"
    assert run([*order, "--skip"]) == 0
    said = capsys.readouterr()
    told = said.out + said.err
    parts = [len(each.parts) for each in bank.read(file)]
    assert f"{sum(parts[:4])} left out ({ids[0]}, {ids[1]}, {ids[2]}, …)" in told
    assert f"{parts[4]} left out ({ids[4]})" in told and "quizgen bank pick" in told


def _some_cannot(ids: list[str]) -> Callable[[Exercise], str]:
    def cannot(exercise: Exercise) -> str:
        if exercise.question.id in ids[:4]:
            return "options"
        return "whole" if exercise.question.id == ids[4] else ""

    return cannot


@EVERY
@pytest.mark.parametrize("answers", Answers)
def test_every_reason_has_its_sentence(chosen: Export, answers: Answers, questions: list[Question]) -> None:
    for code in available():
        for exercise in samples.exercises(tuple(questions), code, answers, replace(chosen, cannot=lambda each: "")):
            why = chosen.cannot(exercise)
            assert not why or f"error.export.because.{why}" in words(code)


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
    stem = next((each for each in stems if chosen.name.startswith(each.removeprefix("test_exports_"))), "")
    assert stem, f"tests/test_exports_{chosen.name}.py is missing"
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
