"""What readers of QTI find in the packages: the numbers, what is said to wrong ones, pictures, and text as text."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import authored_samples
import export_samples as samples
import pytest
import qti_reader
from qti_reader import CanvasItem

from quizgen import bank, exporting, exports, families, source
from quizgen.authored import misconceptions_of
from quizgen.engine.expression import Constant, Expression
from quizgen.exercise import Exercise, is_number
from quizgen.exports import _decimals, _qti_canvas
from quizgen.generate import question_for
from quizgen.language import available, words
from quizgen.marking import earns_half
from quizgen.numbers import to_mpf
from quizgen.picture.layout import printable
from quizgen.plan import Answers, Plan
from quizgen.question import Question, canonical
from quizgen.resources import banks

LEVELS = [(family, level) for family in families.catalogue().values() for level in family.levels]
VERSIONS = pytest.mark.parametrize("version", ["qti21", "qti30"])
FORMS = pytest.mark.parametrize("form", Answers)
LANGUAGES = pytest.mark.parametrize("code", available())
CLIENTS = Path(os.environ.get("EXPORT_CLIENTS", "nowhere"))
HOME = Path(os.environ.get("CLIENTS_HOME", Path.home() / ".cache/export-clients"))
# What would be markup, mathematics, an answer, a blank or the end of a file somewhere.
HOSTILE = r"""<script>]]>&amp;$x$ $$y$$ \(z\) *b*[a]"q"'r'😀مر"""
NARROW = str.maketrans("０１２３４５６７８９．－／", "0123456789.-/")
CONTROL = "\u202e\u0007"


_MADE: dict[object, tuple[tuple[Exercise, ...], bytes]] = {}


def made(questions: list[Question], name: str, form: Answers, code: str = "en") -> tuple[tuple[Exercise, ...], bytes]:
    """The package of a format, and what it was made from; each is made once."""
    key = (tuple(each.id for each in questions), name, form, code)
    if key not in _MADE:
        _MADE[key] = written(questions, name, form, code)
    return _MADE[key]


def written(questions: list[Question], name: str, form: Answers, code: str) -> tuple[tuple[Exercise, ...], bytes]:
    chosen = exports.catalogue()[name]
    course, left = exporting.course_of(questions, Plan(code, "export", form), chosen)
    assert not left
    package = chosen.write(course, "x.zip")["x.zip"]
    assert isinstance(package, bytes)
    return course.exercises, package


def stories() -> list[Question]:
    found: dict[str, Question] = {}
    for each in bank.read(banks() / "stories.jsonl"):
        found.setdefault(each.problem.family, each)
    return list(found.values())


@pytest.fixture(scope="module")
def questions() -> list[Question]:
    """Every family at every level, and some stories."""
    return [*(question_for(family, level, "qti") for family, level in LEVELS), *stories()[:4]]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> list[Question]:
    """A problem whose author wrote what he liked."""
    quoted = HOSTILE.replace("\\", "\\\\").replace('"', '\\"')
    text = authored_samples.GOOD
    for place in ('"Tea by mail"', '"緑茶の取り寄せ"', '"price"', '"単価"', '"Shipping is paid once."', '"yen"', '"円"',
                  '"送料は1度だけです。"', '"shipping for each bottle"', '"送料を1本ごとに払った"'):  # fmt: skip
        text = text.replace(f"= {place}", f'= "{quoted}"', 1)
    text = text.replace('story.en = "', f'story.en = "{quoted} ', 1).replace(
        'story.ja = "', f'story.ja = "{quoted} ', 1
    )
    tomllib.loads(text)
    path = tmp_path_factory.mktemp("hostile") / "s.toml"
    path.write_text(text, "utf-8")
    return source.build(source.read(path))


def typed(value: object, digits: int = 0) -> str:
    """A value as a learner types it, rounded to so many significant digits where it has more."""
    if isinstance(value, Constant):
        value = value.value
    number = to_mpf(value)  # type: ignore[arg-type]
    context = Context(prec=40)
    exact = (
        context.divide(Decimal(value.numerator), Decimal(value.denominator))
        if isinstance(value, Fraction)
        else Decimal(str(number))
    )
    return f"{Context(prec=digits or 40, rounding=ROUND_HALF_EVEN).plus(exact):f}"


def wanted(text: str) -> int:
    """How many digits a question asks for."""
    found = re.search(r"at least (\d+) significant digits", text)
    return int(found[1]) if found else 0


def sentences(exercise: Exercise, causes: tuple[str, ...]) -> list[str]:
    known = misconceptions_of(exercise.question.problem)
    return [known[each].feedback[exercise.said.code] for each in causes]


# --- QTI 2.1 and 3.0 -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("version", "code"), [("qti21", "en"), ("qti30", "en"), ("qti30", "ja")])
@FORMS
def test_packages_have_the_structure_of_the_specification(
    version: str, form: Answers, code: str, questions: list[Question]
) -> None:
    exercises, package = made(questions, version, form, code)
    found = qti_reader.items(package, version)
    assert [each.root.attributes["identifier"] for each in found] == [f"q{each.id}-{form}-{code}" for each in exercises]
    for item, exercise in zip(found, exercises, strict=True):
        assert item.root.attributes["lang"] == code
        assert item.root.attributes["title"] == exercise.title
        assert item.body.one("img").attributes["alt"] == exercise.picture.words


@VERSIONS
def test_a_number_earns_what_it_is_worth_and_hears_why(version: str, questions: list[Question]) -> None:
    exercises, package = made(questions, version, Answers.ENTRY)
    wrong = halves = 0
    for item, exercise in zip(qti_reader.items(package, version), exercises, strict=True):
        part, question = exercise.task.part, exercise.question
        if isinstance(part.key, Expression) and not isinstance(part.key, Constant):
            continue
        digits = wanted(item.body.text)
        best = item.answer(RESPONSE=typed(part.key, digits))
        assert best.score == exercise.task.points == item.answer(**item.right).score
        assert best.says("Right.") and not best.says("Wrong.") and best.says(words("en")["step.backward"])
        for each in part.distractors:
            causes = (each.misconception, *each.also)
            session = item.answer(RESPONSE=typed(each.value, digits))
            half = earns_half(each.value, causes, question)
            assert session.score == (Fraction(1, 2) * exercise.task.points if half else 0), (exercise.id, each.value)
            assert session.says("Wrong.") and not session.says("Right.")
            assert all(session.says(sentence) for sentence in sentences(exercise, causes))
            assert session.says(words("en")["export.qti.half"]) == half
            wrong, halves = wrong + 1, halves + half
        other = item.answer(RESPONSE="123456789.125")
        assert other.score == 0 and other.says("Wrong.") and len(other.shown) == 2
        assert item.answer().score == 0
        assert item.answer().outcomes["FEEDBACK"] == "none", "else some go on showing what was said before"
    assert wrong > 300 and halves > 100


@VERSIONS
def test_choosing_is_marked_and_every_option_has_its_feedback(version: str, questions: list[Question]) -> None:
    exercises, package = made(questions, version, Answers.CHOICE)
    for item, exercise in zip(qti_reader.items(package, version), exercises, strict=True):
        task, causes = exercise.task, {}
        for each in task.part.distractors:
            causes[canonical(each.value)] = (each.misconception, *each.also)
        assert len(item.choices) == len(task.options) == len(set(item.choices.values()))
        assert item.right["RESPONSE"] in item.choices
        for name, option in zip(item.choices, task.options, strict=True):
            session, right = item.answer(RESPONSE=name), option.letter == task.letter
            assert (canonical(option.value) == canonical(task.part.key)) == right
            assert (name == item.right["RESPONSE"]) == right
            assert session.score == (task.points if right else 0)
            assert session.says("Right.") == right and session.says("Wrong.") == (not right)
            said = () if right else causes.get(canonical(option.value), ())
            assert all(session.says(sentence) for sentence in sentences(exercise, said))
            assert right or said, "every wrong option comes from a misconception"


@VERSIONS
def test_every_gap_of_a_graph_is_marked_by_itself(version: str, questions: list[Question]) -> None:
    exercises, package = made(questions, version, Answers.GRAPH)
    for item, exercise in zip(qti_reader.items(package, version), exercises, strict=True):
        points = [task.points for task in exercise.tasks]
        right = dict(zip(item.right, (typed(task.part.key, 12) for task in exercise.tasks), strict=True))
        assert item.answer(**right).score == sum(points)
        assert item.answer().score == 0
        for number, name in enumerate(right):
            rest = {each: value for each, value in right.items() if each != name}
            assert item.answer(**rest).score == sum(points) - points[number]
        assert all(value == "none" for name, value in item.answer(**right).outcomes.items() if "FEEDBACK" in name)
        assert len(item.answer(**right).shown) == len(item.answer().shown) == 1, "only the worked solution"
        first = next(iter(right))
        for wrong in exercise.tasks[0].part.distractors[:1]:
            session = item.answer(**right | {first: typed(wrong.value, 6)})
            assert session.score < sum(points) and len(session.shown) == 2
            assert all(session.says(each) for each in sentences(exercise, (wrong.misconception, *wrong.also)))


@pytest.mark.parametrize("name", ["qti12", "qti21", "qti30"])
def test_no_answer_and_no_feedback_is_in_what_is_asked(name: str, questions: list[Question]) -> None:
    exercises, package = made(questions, name, Answers.ENTRY)
    if name == "qti12":
        asked = [each.stem.text for each in qti_reader.canvas_items(package)]
    else:
        asked = [each.body.text for each in qti_reader.items(package, name)]
    for text, exercise in zip(asked, exercises, strict=True):
        assert words("en")["ask.as_fraction"].strip() not in text
        for reply in exercise.replies(exercise.task):
            assert not any(sentence in text for _, sentence in reply.causes)


def test_fractions_are_asked_for_as_decimals_with_enough_digits(questions: list[Question]) -> None:
    exercises, package = made(questions, "qti21", Answers.ENTRY)
    long = [
        (item, exercise)
        for item, exercise in zip(qti_reader.items(package, "qti21"), exercises, strict=True)
        if wanted(item.body.text)
    ]
    assert long
    for item, exercise in long:
        key, digits = exercise.task.part.key, wanted(item.body.text)
        for more in range(digits, 12):
            assert item.answer(RESPONSE=typed(key, more)).score == exercise.task.points
        assert item.answer(RESPONSE=typed(key, 1)).score < exercise.task.points
        spans = sorted((mark.low, mark.high) for mark in _marks(exercise))
        assert all(one[1] < other[0] for one, other in pairwise(spans))


def _marks(exercise: Exercise) -> list[_decimals.Mark]:
    known = _decimals.numbers(exercise, exercise.task)
    return [known.key, *known.wrong]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("11/5", "2.2"),
        ("-3", "-3"),
        ("0", "0"),
        ("1/3", "0.333333333333"),
        ("2000000/3", "666666.666667"),
        ("1/4096", "0.000244140625"),
        ("123456789012", "123456789012"),
        ("-1/700", "-0.00142857142857"),
    ],
)
def test_decimals(value: str, written: str) -> None:
    assert _decimals.decimal(Fraction(value)) == written


@pytest.mark.parametrize(("version", "code"), [("qti21", "ja"), ("qti30", "en")])
@FORMS
def test_whatever_an_author_writes_is_text(version: str, code: str, form: Answers, hostile: list[Question]) -> None:
    exercises, package = made(hostile, version, form, code)
    for item, exercise in zip(qti_reader.items(package, version), exercises, strict=True):
        assert HOSTILE in item.body.text
        assert HOSTILE in item.body.one("img").attributes["alt"]
        assert item.root.attributes["title"].startswith(HOSTILE)
        of_author = [reply for task in exercise.tasks for reply in exercise.replies(task) if len(reply.causes) == 1]
        shown = [each for name in ("modalFeedback", "feedbackBlock") for each in item.root.all(name)]
        for reply in of_author:
            assert any(printable(reply.causes[0][1]) in each.text for each in shown)


@pytest.mark.parametrize("name", ["qti12", "qti21", "qti30"])
def test_the_title_of_a_course_may_be_anything(name: str, questions: list[Question]) -> None:
    chosen = exports.catalogue()[name]
    course, _ = exporting.course_of(questions[:1], Plan("en", "export", Answers.ENTRY), chosen)
    package = chosen.write(replace(course, title=HOSTILE + CONTROL), "x.zip")["x.zip"]
    files = qti_reader.members(package)
    roots = [ElementTree.fromstring(text) for path, text in files.items() if path.endswith(".xml")]
    assert any(
        HOSTILE in (*root.attrib.values(), *root.itertext()) for root in (each for r in roots for each in r.iter())
    )


@pytest.mark.parametrize("name", ["qti12", "qti21", "qti30"])
def test_a_variant_that_a_bank_holds_twice_is_one_question(name: str, questions: list[Question]) -> None:
    _, package = made([questions[0], questions[0]], name, Answers.GRAPH)
    found = qti_reader.canvas_items(package) if name == "qti12" else qti_reader.items(package, name)
    assert len(found) == 1
    assert qti_reader.members(package) == qti_reader.members(made(questions[:1], name, Answers.GRAPH)[1])


def test_names_are_the_same_in_every_format_and_others_for_other_forms_and_languages(
    questions: list[Question],
) -> None:
    """Whoever imports a second package gets its questions beside those of the first, not in their place."""
    courses, seen = set(), 0
    for code in available():
        for form in Answers:
            found = [made(questions[:5], version, form, code)[1] for version in ("qti21", "qti30")]
            assert list(qti_reader.members(found[0])) == list(qti_reader.members(found[1]))
            canvas = made(questions[:5], "qti12", form, code)[1]
            names = {each.root.attrib["ident"] for each in qti_reader.canvas_items(canvas)}
            assert {f"items/{name}.xml" for name in names} <= set(qti_reader.members(found[0]))
            courses |= names | {name for name in qti_reader.members(canvas) if name.startswith("quizgen-")}
            seen += len(names) + 2
    assert len(courses) == seen
    few, more = (qti_reader.members(made(questions[:n], "qti12", Answers.ENTRY)[1]) for n in (4, 5))
    assert {name for name in few if name.startswith("quizgen-")}.isdisjoint(more)


@VERSIONS
def test_a_test_can_be_tried_again_and_keeps_the_order_of_options(version: str, questions: list[Question]) -> None:
    files = qti_reader.members(made(questions, version, Answers.CHOICE)[1])
    written = str(files["assessment.xml"]).replace("-", "").lower()
    assert 'maxattempts="0"' in written and 'showfeedback="true"' in written
    items = [str(each) for name, each in files.items() if name.startswith("items/q")]
    assert items and all('shuffle="false"' in each for each in items)


# --- QTI 1.2 for Canvas --------------------------------------------------------------------------------------


def _children(item: CanvasItem) -> list[str]:
    return [each.tag.removeprefix(qti_reader.QTI12) for each in item.root]


@FORMS
@LANGUAGES
def test_canvas_finds_each_question_its_picture_and_its_feedback(
    form: Answers, code: str, questions: list[Question]
) -> None:
    exercises, package = made(questions, "qti12", form, code)
    files, items = qti_reader.members(package), qti_reader.canvas_items(package)
    assert len(items) == len(exercises) == len({each.root.attrib["ident"] for each in items})
    references = {each.metadata["assessment_question_identifierref"] for each in items}
    assert len(references) == len(items)
    answers: list[str] = []
    for item, exercise in zip(items, exercises, strict=True):
        assert _children(item)[:3] == ["itemmetadata", "presentation", "resprocessing"]
        assert set(_children(item)[3:]) == {"itemfeedback"}
        assert item.metadata["points_possible"] == str(sum(task.points for task in exercise.tasks))
        ((_, picture),) = (each for each in item.stem.tags if each[0] == "img")
        assert picture["alt"] == exercise.picture.words
        assert str(picture["src"]).startswith("%24IMS-CC-FILEBASE%24/quizgen/")
        assert str(picture["src"]).removeprefix("%24IMS-CC-FILEBASE%24/") in files
        linked = {each.attrib["linkrefid"] for each in item.root.iter(f"{qti_reader.QTI12}displayfeedback")}
        assert linked <= set(item.feedback) and "general_fb" in linked
        assert words(code)["step.backward"] in item.feedback["general_fb"].text
        answers += item.metadata["original_answer_ids"].split(",")
    assert len(set(answers)) == len(answers)


def bounds(item: CanvasItem) -> dict[str, Fraction]:
    """The number that is right, and between which two one counts."""
    (condition,) = item.scored()
    tags = {each.tag.removeprefix(qti_reader.QTI12): each for each in condition.iter()}
    return {name: Fraction(str(tags[name].text)) for name in ("varequal", "vargte", "varlte")}


def test_canvas_numbers_count_within_their_bounds(questions: list[Question]) -> None:
    exercises, package = made(questions, "qti12", Answers.ENTRY)
    for item, exercise in zip(qti_reader.canvas_items(package), exercises, strict=True):
        key = exercise.task.part.key
        if not is_number(key):
            assert item.metadata["question_type"] == "multiple_choice_question"
            continue
        assert item.metadata["question_type"] == "numerical_question"
        found = bounds(item)
        answer = Fraction(typed(key, wanted(item.stem.text)))
        assert found["vargte"] <= answer <= found["varlte"] and found["vargte"] <= found["varequal"] <= found["varlte"]
        told = item.feedback["general_incorrect_fb"].text
        for each in exercise.task.part.distractors:
            outside = Fraction(typed(each.value, wanted(item.stem.text) or 6))
            assert not found["vargte"] <= outside <= found["varlte"]
            assert all(sentence in told for sentence in sentences(exercise, (each.misconception, *each.also)))


def test_canvas_knows_the_right_option_and_what_to_say_to_the_others(questions: list[Question]) -> None:
    exercises, package = made(questions, "qti12", Answers.CHOICE)
    for item, exercise in zip(qti_reader.canvas_items(package), exercises, strict=True):
        (condition,) = item.scored()
        right = said_in(condition, "varequal")
        names = list(item.labels)
        assert [option.letter == exercise.task.letter for option in exercise.task.options] == [
            name == right for name in names
        ]
        for name, option in zip(names, exercise.task.options, strict=True):
            if name != right:
                (reply,) = (each for each in exercise.replies(exercise.task) if each.value == option.value)
                assert all(sentence in item.feedback[f"{name}_fb"].text for _, sentence in reply.causes)


def tried(item: CanvasItem, given: dict[str, str]) -> tuple[Fraction, list[str]]:
    """The points of a hundred and the feedback for answers by their response, as Canvas goes through the conditions."""
    points, shown = Fraction(0), []
    for condition in item.conditions():
        inside = {each.tag.removeprefix(qti_reader.QTI12): each for each in condition.iter()}
        equal = list(condition.iter(f"{qti_reader.QTI12}varequal"))
        if not ("other" in inside or any(given.get(each.attrib["respident"]) == each.text for each in equal)):
            continue
        if "setvar" in inside:
            worth = Fraction(str(inside["setvar"].text))
            points = points + worth if inside["setvar"].attrib["action"] == "Add" else worth
        if "displayfeedback" in inside:
            shown.append(inside["displayfeedback"].attrib["linkrefid"])
        if condition.get("continue") == "No":
            break
    return points, shown


def test_canvas_gives_points_and_says_why(questions: list[Question]) -> None:
    for item in qti_reader.canvas_items(made(questions, "qti12", Answers.CHOICE)[1]):
        (condition,) = item.scored()
        for name in item.labels:
            points, shown = tried(item, {"response1": name})
            right = name == said_in(condition, "varequal")
            assert points == (100 if right else 0)
            assert ("correct_fb" in shown, "general_incorrect_fb" in shown) == (right, not right)
            assert right or f"{name}_fb" in shown
    for item, exercise in zip(
        qti_reader.canvas_items(made(questions, "qti12", Answers.GRAPH)[1]),
        made(questions, "qti12", Answers.GRAPH)[0],
        strict=True,
    ):
        right = {each.attrib["respident"]: str(each.text) for each in item.root.iter(f"{qti_reader.QTI12}varequal")}
        assert abs(tried(item, right)[0] - 100) < Fraction(1, 100)
        first = next(iter(right))
        assert abs(tried(item, {first: right[first]})[0] - Fraction(100, len(exercise.tasks))) < Fraction(1, 100)
        told = item.feedback["general_incorrect_fb"].text
        for task in exercise.tasks:
            assert all(sentence in told for reply in exercise.replies(task) for _, sentence in reply.causes)


@pytest.mark.parametrize(
    ("value", "digits", "wanted"),
    [
        (
            "-2469/2",
            0,
            [
                "-1234.5",
                "-1234.50",
                "-1,234.5",
                "-2469/2",
                "－１２３４．５",
                "−1234.5",
                "−1234.50",
                "−1,234.5",
                "−2469/2",
            ],
        ),
        ("5", 0, ["5", "5.0", "5.00", "５"]),
        ("1/3", 4, ["0.3333", "0.33333", "0.3333333333", "0.333333333333", "1/3", "０．３３３３"]),
        ("-1/27", 3, ["-0.037", "-0.0370", "-0.03704", "-1/27", "−0.037"]),
    ],
)
def test_canvas_lists_the_usual_ways_to_write_a_number(value: str, digits: int, wanted: list[str]) -> None:
    number = Fraction(value)
    found = _qti_canvas._spellings(_decimals.Mark(number, number, number, None), digits)
    assert set(wanted) <= set(found)
    assert digits or set(found) == set(wanted)


def said_in(element: qti_reader.Element, name: str) -> str:
    return next(str(each.text) for each in element.iter(f"{qti_reader.QTI12}{name}"))


def test_canvas_reads_the_usual_ways_to_write_a_number(questions: list[Question]) -> None:
    exercises, package = made(questions, "qti12", Answers.GRAPH)
    for item, exercise in zip(qti_reader.canvas_items(package), exercises, strict=True):
        blanks = item.find("presentation/response_lid")
        assert len(blanks) == len(exercise.tasks) == len(item.scored())
        assert item.metadata["question_type"] == "fill_in_multiple_blanks_question"
        for blank, task in zip(blanks, exercise.tasks, strict=True):
            name = blank.attrib["ident"].removeprefix("response_")
            assert item.stem.text.count(f"[{name}]") == 1
            spellings = [qti_reader.said(each) for each in blank.iter(f"{qti_reader.QTI12}response_label")]
            key = _decimals.rational(task.part.key)
            assert len(spellings) == len(set(spellings))
            assert typed(key) in spellings or typed(key, 4) in spellings
            if key.denominator != 1 and isinstance(task.part.key, Fraction):
                assert str(key) in spellings
            digits = _decimals.numbers(exercise, task).digits
            assert all(typed(task.part.key, more) in spellings for more in range(digits, 9) if digits)
            for each in spellings:
                plain = each.replace("−", "-").replace(",", "").translate(NARROW)
                assert abs(Fraction(plain) - key) <= abs(key) / 200


@LANGUAGES
def test_canvas_takes_nothing_that_an_author_writes_for_mathematics_or_markup(
    code: str, hostile: list[Question]
) -> None:
    exercises, package = made(hostile, "qti12", Answers.ENTRY, code)
    for item, _ in zip(qti_reader.canvas_items(package), exercises, strict=True):
        assert HOSTILE in item.stem.text
        assert {tag for tag, _ in item.stem.tags} <= {"p", "img", "span", "br"}
        for page in (item.stem, *item.feedback.values()):
            assert not any(tag == "script" for tag, _ in page.tags)
        (source_text,) = item.find("presentation/material/mattext")
        outside = re.sub(r'alt="[^"]*"|\\\(.*?\\\)', "", str(source_text.text))
        assert "$$" not in outside and not re.search(r"\\[(\[]", outside)


# --- at length, and real readers -----------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.parametrize("name", ["qti12", "qti21", "qti30"])
def test_five_hundred_questions_agree_with_sympy(name: str) -> None:
    exercises, package = made([*samples.many()], name, Answers.ENTRY)
    items = qti_reader.canvas_items(package) if name == "qti12" else qti_reader.items(package, name)
    seen = 0
    for item, exercise in zip(items, exercises, strict=True):
        right = samples.right(exercise, exercise.task)
        if right is None:
            continue
        seen += 1
        if isinstance(item, CanvasItem):
            found = bounds(item)
            assert found["vargte"] <= Fraction(typed(right, wanted(item.stem.text))) <= found["varlte"]
            written = found["varequal"]
        else:
            assert item.answer(RESPONSE=typed(right, wanted(item.body.text))).score == exercise.task.points
            written = Fraction(item.right["RESPONSE"])
        assert abs(written - Fraction(typed(right))) <= abs(Fraction(typed(right))) / 10**11
    assert seen > 1000


@pytest.mark.client
@VERSIONS
@FORMS
def test_a_player_reads_right_answers_as_right(
    version: str, form: Answers, questions: list[Question], tmp_path: Path
) -> None:
    driver = CLIENTS / "qti_player.mjs"
    if not shutil.which("node") or not driver.is_file():
        pytest.skip("EXPORT_CLIENTS names no folder with qti_player.mjs, or node is not installed")
    if not (HOME / "node/node_modules/@citolab").is_dir():
        pytest.skip(f"the QTI player is not installed below {HOME}")
    every = {each.id: each for each in (*questions, *stories())}  # an item stands in a package once
    few = [*every.values()][:: 1 if form == Answers.GRAPH else 5]
    exercises, package = made(few, version, form, "ja")
    path = tmp_path / "x.zip"
    path.write_bytes(package)
    done = subprocess.run(["node", str(driver), str(path)], capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ACCEPTED by @citolab/qti-components" in done.stdout and f": {len(exercises)} items" in done.stdout
