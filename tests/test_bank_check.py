"""`bank check` finds each flaw that is planted, and none in what is shipped."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from quizgen import bank, families, generate
from quizgen import question as questions_module
from quizgen.bank_check import Report, bins, check_file, guesses, offer, rules, story
from quizgen.bank_check.difficulty import difficulty
from quizgen.bank_check.fault import Fault
from quizgen.bank_check.look import Look, PartLook, look_at
from quizgen.bank_check.offer import Offer, Strategy
from quizgen.bank_check.page import page
from quizgen.bank_check.tally import Group, groups, guessed, tail
from quizgen.bank_check.terminal import blocks
from quizgen.cli import app
from quizgen.cli.view import plain
from quizgen.drill.charts import Table, columns_of
from quizgen.engine.graph import Graph
from quizgen.engine.layers import AddLayer, DivLayer, MulLayer, PowLayer
from quizgen.families import Prose
from quizgen.language import available, words
from quizgen.notation import Style
from quizgen.problem import Ask, Problem
from quizgen.question import Question
from quizgen.record import record
from quizgen.solve import Solution

HOSTILE = "<script>alert(1)</script>\"'& {{ 1 }}"
SAMPLE = {"chain-rule": 70}  # lines, else 200: expressions take their time
JAPANESE = re.compile(r"[぀-ヿ一-鿿]")


@pytest.fixture(scope="module")
def questions() -> list[Question]:
    levels = [(family, level) for family in families.catalogue().values() for level in family.levels]
    return generate.distinct(levels, len(levels), "check")


@pytest.fixture(scope="module")
def file(questions: list[Question], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("check") / "bank.jsonl"
    path.write_text(bank.dump(questions), "utf-8")
    return path


@pytest.fixture(scope="module")
def checked(file: Path) -> Report:
    return check_file(file, 1)


def kinds(report: Report) -> set[str]:
    return {fault["kind"] for fault in report.faults}


def sample(path: Path, count: int, target: Path) -> Path:
    """Every so-manieth line of a bank, so that all levels are there."""
    lines = path.read_text("utf-8").splitlines()
    target.write_text("\n".join(lines[:: max(1, len(lines) // count)][:count]) + "\n", "utf-8")
    return target


# --- what is shipped -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", bank.shipped(), ids=lambda path: path.stem)
def test_a_sample_of_a_shipped_bank_has_no_fault(path: Path, tmp_path: Path) -> None:
    count = SAMPLE.get(path.stem, 200)
    report = check_file(sample(path, count, tmp_path / "sample.jsonl"), 1)
    assert report.variants == count
    assert report.faults == []


@pytest.mark.long
@pytest.mark.parametrize("path", bank.shipped(), ids=lambda path: path.stem)
def test_a_shipped_bank_has_no_fault_and_cannot_be_guessed(path: Path) -> None:
    report = check_file(path, 1, jobs=2)
    assert report.faults == []
    assert report.guessed[0].won < Fraction(35, 100)
    unlike = [each for group in report.groups for part in group.parts for each in part.guessed if each.unlike >= 20]
    assert max(each.won for each in unlike) < Fraction(70, 100)


# --- flaws of a line -------------------------------------------------------------------------------------------------


def _key(data: dict[str, Any]) -> None:
    data["parts"][0]["key"] = "12345"


def _equal_options(data: dict[str, Any]) -> None:
    data["parts"][0]["distractors"][0]["value"] = data["parts"][0]["distractors"][1]["value"]


def _few(data: dict[str, Any]) -> None:
    del data["parts"][0]["distractors"][2:]


def _wrong(data: dict[str, Any]) -> None:
    data["parts"][0]["distractors"][0]["value"] = "77777"


def _id(data: dict[str, Any]) -> None:
    data["id"] = "0" * 16


def _level(data: dict[str, Any]) -> None:
    data["level"] = 77


def _graph(data: dict[str, Any]) -> None:
    del data["graph"]


PLANTED: dict[str, Callable[[dict[str, Any]], None]] = {
    "wrong_key": _key,
    "looks_alike": _equal_options,
    "few_distractors": _few,
    "wrong_distractor": _wrong,
    "wrong_id": _id,
    "unfit": _level,
    "unreadable": _graph,
}


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_flaw_is_found_at_its_line(kind: str, questions: list[Question], tmp_path: Path) -> None:
    data = record(questions[1])
    PLANTED[kind](data)
    path = tmp_path / "bank.jsonl"
    path.write_text(bank.dump(questions[:1]) + json.dumps(data) + "\n", "utf-8")
    report = check_file(path, 1)
    assert kind in kinds(report)
    assert all(fault["where"].startswith(f"{path}:2") for fault in report.faults)


def test_a_variant_that_is_there_twice_is_found(questions: list[Question], tmp_path: Path) -> None:
    path = tmp_path / "bank.jsonl"
    path.write_text(bank.dump([questions[0], questions[1], questions[0]]), "utf-8")
    report = check_file(path, 1)
    (fault,) = report.faults
    assert (fault["kind"], fault["where"], fault["first"]) == ("duplicate", f"{path}:3", 1)
    assert {(each.variants, each.distinct) for each in report.groups} == {(2, 1), (1, 1)}


def test_solvers_that_disagree_are_told(questions: list[Question], file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MulLayer, "formula", "x + y")
    assert "disagreement" in kinds(check_file(file, 1))


# --- stories ---------------------------------------------------------------------------------------------------------


def _problem(**inputs: Fraction | int) -> Problem:
    graph = Graph()
    for name, value in inputs.items():
        graph.input(name, Fraction(value))
    first, *others = inputs
    for number, other in enumerate(others):
        first = graph.node(f"n{number}", MulLayer, first, other)
    graph.node("out", AddLayer, first, 7)
    return Problem("f", 1, "s", graph, "*".join(inputs) + " + 7", (Ask("value", "out"),))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("100円のりんごを3個、税は 10%", set()),
        ("100 yen, 3 apples, 10 percent, plus 7", set()),
        ("１００円のりんごを３個、消費税は１割", set()),
        ("1.1 times 3 for 100", set()),
        ("11/10 times 3 for 100", set()),
        ("3 at 100, x1 and h2 at 10%", set()),
        ("3 at 100.", {("1.1", "tax")}),
        ("3 at 100, tax 10", {("1.1", "tax"), ("10", "")}),
        ("3 at 100, tax 12%", {("1.1", "tax"), ("12%", "")}),
        ("4 at 100, tax 10%", {("3", "num"), ("4", "")}),
        ("apples at some price, 3 with 10%", {("100", "apple")}),
        ("3 at 100, tax 10%, in 2024", {("2024", "")}),
    ],
)
def test_the_numbers_of_a_story_are_those_of_its_graph(text: str, found: set[tuple[str, str]]) -> None:
    problem = _problem(apple=100, num=3, tax=Fraction(11, 10))
    assert {(slip.number, slip.input) for slip in story.slips(problem, (text,))} == found


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("1,200 yen", True),
        ("1200 yen", True),
        ("loses 1200", True),
        ("−1200", False),
        ("12,00", False),
        ("1 200", False),
    ],
)
def test_how_a_number_may_be_written(text: str, fits: bool) -> None:
    assert (not [*story.slips(_problem(money=1200), (text,))]) == fits


def test_a_discount_and_a_loss_may_be_said_in_words() -> None:
    assert not [*story.slips(_problem(rate=Fraction(8, 10), loss=-3), ("2割引で、3点を失う",))]


def _untold(problem: Problem, code: str) -> Prose:
    return ("A shop sells things. It is 1998.",) if code == "en" else ("1998年の店です。",)


def test_a_story_that_does_not_name_its_inputs_is_found(
    questions: list[Question], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = next(each for each in questions if each.problem.family == "shopping")
    path = tmp_path / "bank.jsonl"
    path.write_text(bank.dump([question]), "utf-8")
    assert check_file(path, 1).faults == []
    shopping = families.find("shopping")
    monkeypatch.setitem(families.catalogue(), "shopping", replace(shopping, story=_untold))
    report = check_file(path, 1)
    assert kinds(report) == {"story_numbers"}
    assert {fault.get("input", "") for fault in report.faults} == {"", *question.problem.graph.inputs}
    assert all(fault["languages"] == available() for fault in report.faults)


def test_a_story_that_lacks_a_number_in_one_language_is_found(
    questions: list[Question], monkeypatch: pytest.MonkeyPatch
) -> None:
    question = next(each for each in questions if each.problem.family == "shopping")
    shopping = families.find("shopping")

    def half(problem: Problem, code: str) -> Prose:
        return shopping.story(problem, code) if code == "en" else _untold(problem, code)

    monkeypatch.setitem(families.catalogue(), "shopping", replace(shopping, story=half))
    assert {fault.details["languages"][0] for fault in look_at(question, "x").faults} == {"ja"}


# --- guessing --------------------------------------------------------------------------------------------------------


def _offer(*numbers: int | str) -> Offer:
    return Offer.of([Fraction(each) for each in numbers], Style())


@pytest.mark.parametrize(
    ("name", "numbers", "place"),
    [
        ("letter_a", (3, 1, 2, 4), 0),
        ("letter_b", (3, 1, 2, 4), 1),
        ("letter_c", (3, 1, 2, 4), 2),
        ("letter_d", (3, 1, 2, 4), 3),
        ("letter_d", (3, 1, 2), None),
        ("smallest", (3, 1, 2, 4), 1),
        ("second", (3, 1, 2, 4), 2),
        ("third", (3, 1, 2, 4), 0),
        ("largest", (3, 1, 2, 4), 3),
        ("only_fraction", (3, "1/2", 2, 4), 1),
        ("only_fraction", (3, "1/2", "1/3", 4), None),
        ("only_whole", ("3/2", "1/2", 2, "1/3"), 2),
        ("only_negative", (3, -1, 2, 4), 1),
        ("only_positive", (-3, -1, 2, -4), 2),
        ("longest", (3, 1, 200, 4), 2),
        ("shortest", (30, 10, 20, 4), 3),
        ("shortest", (30, 10, 2, 4), None),
        ("farthest", (3, 1000, 2, 4), 1),
        ("farthest", (3, 0, 2, 4), None),
        ("amidst", (1, 10, 200, 11), 3),
        ("nearest_mean", (1, 10, 100, 30), 3),
        ("only_order", (30, 100, 20, 40), 1),
        ("roundest", (31, 100, 20, 41), 1),
        ("shared_digits", (12, 34, 13, 56), 2),
        ("shared_factors", (6, 6 * 7, 6 * 5, 6 * 7 * 5), 3),
        ("with_opposite", (3, -3, 2, 4), 0),
        ("with_opposite_negative", (3, -3, 2, 4), 1),
        ("hub", (10, 1, 100, 7), 0),
    ],
)
def test_a_strategy_picks_what_it_says(name: str, numbers: tuple[int | str, ...], place: int | None) -> None:
    assert offer.catalogue()[name].pick(_offer(*numbers)) == place


def test_a_strategy_abstains_from_what_is_no_number() -> None:
    expressions = Offer(("2*x", "x", "3*x", "x + 11"))
    spoke = {each.name for each in offer.catalogue().values() if each.pick(expressions) is not None}
    assert spoke == {"letter_a", "letter_b", "letter_c", "letter_d", "longest", "shortest"}


def test_strategies_speak_both_languages() -> None:
    assert len(offer.catalogue()) >= 20
    for each in offer.catalogue().values():
        assert JAPANESE.search(each.title["ja"]) and not JAPANESE.search(each.title["en"])


def test_a_strategy_that_is_added_to_the_file_is_picked_up(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    added = Strategy("added", {"en": "added", "ja": "追加"}, lambda offered: 0)
    monkeypatch.setattr(guesses, "added", added, raising=False)
    report = check_file(file, 1)
    assert report.as_data()["strategies"]["added"] == report.as_data()["strategies"]["letter_a"]


def test_the_probability_of_luck() -> None:
    assert tail(0, 10, 0.25) == 1
    assert tail(10, 10, 0.5) == pytest.approx(1 / 1024)
    assert tail(1, 10, 0.25) == pytest.approx(1 - 0.75**10)


@pytest.fixture
def bias(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Makes `options` offer the key at a guessable rank, as a careless author would."""

    def planted(which: str) -> None:
        def options(question: Question, part: Any, count: int = 4) -> list[Any]:
            key = part.key
            step = (1 if which == "smallest" else -1) * max(1, abs(key))
            if which == "whole":
                return [key, *(key + Fraction(number, 7) for number in (-2, 1, 3))]
            return [key, *(key + step * number for number in (1, 2, 3))]

        monkeypatch.setattr("quizgen.drill.lesson.options", options)

    yield planted


def _whole_numbers() -> list[Question]:
    """Variants whose first part, a value, is whole: enough of them for a rate to say something."""
    lines = [line for line in bank.lines(bank.banks() / "shopping.jsonl") if line.level == 2][:120]
    read = (line.question() for line in lines)
    return [
        replace(each, parts=each.parts[:1], problem=replace(each.problem, asks=each.problem.asks[:1]))
        for each in read
        if each.parts[0].key.denominator == 1  # type: ignore[union-attr]
    ][:40]


@pytest.mark.parametrize(
    ("flaw", "strategy"), [("smallest", "smallest"), ("largest", "largest"), ("whole", "only_whole")]
)
def test_a_key_at_a_guessable_place_is_found(flaw: str, strategy: str, bias: Callable[[str], None]) -> None:
    bias(flaw)
    looks = [look_at(each, "x", drawn=True) for each in _whole_numbers()]
    assert len(looks) == 40
    found = list(rules.faults_of(groups(looks), guessed(part for each in looks for part in each.parts), "x"))
    assert {fault.kind for fault in found} >= {"guessable"}
    whole_file = {fault.details["strategy"] for fault in found if "part" not in fault.details}
    of_part = [fault.details for fault in found if fault.details.get("part") == 1 and fault.kind == "guessable"]
    assert strategy in whole_file
    assert of_part and of_part[0]["rate"] == "1"


def test_the_command_fails_where_a_bank_can_be_guessed(
    bias: Callable[[str], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = sample(bank.banks() / "shopping.jsonl", 24, tmp_path / "bank.jsonl")
    assert app.run(["bank", "check", str(path), "--lang", "en"]) == 0
    bias("smallest")
    assert app.run(["bank", "check", str(path), "--lang", "en"]) == 1
    text = capsys.readouterr().out
    assert f"{path}: FAULT who always picks “the smallest” is right in 100% of all 96 parts." in text


def test_a_key_that_has_always_the_same_letter_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quizgen.drill.lesson.Draw.shuffled", lambda draw, options: list(options))
    looks = [look_at(each, "x", drawn=True) for each in _whole_numbers()]
    found = [*rules.guessable_file(guessed(part for each in looks for part in each.parts), "x")]
    rates = {fault.details["strategy"]: fault.details["rate"] for fault in found}
    assert rates["letter_a"] == "1" and not {"letter_b", "letter_c", "letter_d"} & {*rates}


def _part(number: int = 1, **changes: Any) -> PartLook:
    blank = PartLook(
        number,
        "value",
        Fraction(5),
        ("1", "2", "3", "4"),
        0,
        1,
        False,
        False,
        0,
        False,
        {},
        (),
        frozenset(),
        frozenset(),
    )
    return replace(blank, **changes)


def _group(parts: list[PartLook], own: str = "mine") -> Group:
    looks = tuple(Look("x", str(number), "f", 1, True, (), own, {}, {}, (part,)) for number, part in enumerate(parts))
    return Group("f", 1, looks)


def _faults(group: Group) -> list[str]:
    return [fault.kind for fault in rules.faults_of([group], [], "x")]


def _printed(number: int) -> tuple[str, ...]:
    return tuple(str(number * 10 + each) for each in range(4))


def test_a_strategy_is_a_fault_only_where_it_wins_much_and_not_by_luck() -> None:
    def group(hits: int, count: int, applied: int | None = None) -> Group:
        spoke = count if applied is None else applied
        made = [
            _part(printed=_printed(number), guesses={"smallest": number < hits} if number < spoke else {})
            for number in range(count)
        ]
        return _group(made)

    assert _faults(group(20, 20)) == ["guessable"]
    assert _faults(group(19, 19)) == []  # too few
    assert _faults(group(15, 20)) == []  # once in 300,000 banks by luck alone, and many strategies are tried
    assert _faults(group(16, 20)) == ["guessable"]
    assert _faults(group(140, 200)) == []  # a tendency
    assert _faults(group(160, 200)) == ["guessable"]
    assert _faults(group(60, 200, applied=60)) == []  # always right, but seldom has anything to say


def test_the_same_options_again_and_again_are_one_case() -> None:
    assert _faults(_group([_part(guesses={"shortest": True})] * 200)) == []


def test_a_size_that_gives_the_key_away_is_found() -> None:
    assert _faults(_group([_part(giveaway=number < 11) for number in range(20)])) == ["giveaway"]
    assert _faults(_group([_part(giveaway=number < 10) for number in range(20)])) == []
    assert _faults(_group([_part(giveaway=True)] * 19)) == []


@pytest.mark.parametrize(
    ("numbers", "gives"),
    [
        ((5, 1000, 2000, 30000), True),  # more than e^5 away from each
        ((1000, 5, "1/10", 3), True),
        ((5, 700, 2000, 30000), False),
        ((110, 1100, 2200, 3300), True),  # the others are of one order, ten times away
        ((110, 1000, 2200, 3300), False),
        ((110, 49500, 1500, 2200), False),
        ((0, 1, 2, 3), False),
        ((98, 101, 102, 103), False),
    ],
)
def test_which_sizes_give_a_key_away(numbers: tuple[int | str, ...], gives: bool) -> None:
    assert offer.gives_away(_offer(*numbers), 0) is gives


# --- dull answers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "kind"),
    [({"dull": True}, "always_dull"), ({"given": True}, "always_given"), ({"same_as": 1}, "always_same")],
)
def test_an_answer_that_never_needs_work_is_a_fault_of_an_authors_problem(change: dict[str, Any], kind: str) -> None:
    always = [_part(**change)] * 10
    assert _faults(_group(always)) == [kind]
    assert _faults(_group(always[:9])) == []  # luck
    assert _faults(_group([*always, _part()])) == []
    assert _faults(_group(always, own="")) == []  # a built-in family means it
    assert _faults(_group([replace(each, kind="upstream") for each in always])) == []
    judged = [fault.kind for fault in rules.faults_of([_group(always, own="")], [], "x", judged=lambda part: True)]
    assert judged == [kind]


def test_what_is_dull_given_and_the_same(questions: list[Question]) -> None:
    question = next(each for each in questions if each.problem.family == "shopping" and each.problem.level == 1)
    graph = question.problem.graph
    (fruit, count, tax), price = graph.inputs, graph.nodes[0].name
    asks = (
        Ask("upstream", "price", price),  # the tax
        Ask("gradient", "price", price),  # the tax again
        Ask("gradient", "price", fruit),
        Ask("gradient", "price", "price"),  # 1
    )
    made = questions_module.compose(Solution(replace(question.problem, asks=asks)))
    parts = look_at(made, "x", drawn=True).parts
    assert [part.given for part in parts] == [True, True, False, False], (count, tax)
    assert [part.same_as for part in parts] == [0, 1, 0, 0]
    assert [part.dull for part in parts] == [False, False, False, True]


# --- difficulty ------------------------------------------------------------------------------------------------------


def test_difficulty_is_counted() -> None:
    graph = Graph()
    x, y = graph.input("x", Fraction(3)), graph.input("y", Fraction(4))
    a = graph.node("a", MulLayer, 2, x)
    b = graph.node("b", AddLayer, a, y)
    c = graph.node("c", PowLayer, b, 2)
    d = graph.node("d", MulLayer, c, x)
    graph.node("e", DivLayer, d, 5)
    asks = (Ask("gradient", "e", "y"), Ask("gradient", "d", "c"), Ask("local", "c", "b"), Ask("upstream", "e", "e"))
    problem = Problem("f", 1, "s", graph, "x*(2*x + y)**2/5", asks)
    counts = difficulty(Solution(problem))
    assert counts == {"nodes": 5, "path": 4, "fan_out": 2, "upstream": 1, "nonlinear": 2}
    whole = replace(problem, asks=(Ask("value", "e"), Ask("gradient", "e", "x")))
    assert difficulty(Solution(whole)) | {"path": 5} == {**counts, "path": 5}
    assert difficulty(Solution(whole))["path"] == 5


# --- the report ------------------------------------------------------------------------------------------------------


def test_the_shape_of_json(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.run(["bank", "check", str(file), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert [*data][:3] == ["file", "variants", "faults"]
    assert {"misconceptions", "never_shown", "ranks", "answers", "places", "strategies", "groups", "drawn"} <= {*data}
    assert [*data["ranks"]] == ["1", "2", "3", "4"]
    assert data["answers"]["gradient"].keys() == {"count", "smallest", "largest"}
    group = data["groups"][0]
    assert (group["family"], group["level"], group["variants"], group["distinct"]) == ("chain-rule", 1, 1, 1)
    assert group["difficulty"]["nodes"] == {"smallest": 2, "largest": 2}
    part = group["parts"][0]
    assert {"part", "kinds", "count", "dull", "given", "same", "giveaway", "strategies"} == {*part}
    for each in data["strategies"].values():
        assert 0 <= Fraction(each["won"]) <= 1 and each["hits"] <= each["applied"]
    assert sum(each["variants"] for each in data["groups"]) == data["variants"]
    assert sum(data["places"].values()) == sum(part["count"] for group in data["groups"] for part in group["parts"])


def test_the_number_of_workers_changes_nothing(file: Path, checked: Report) -> None:
    assert check_file(file, 1, jobs=2).as_data() == checked.as_data()


def test_a_source_is_drawn_and_a_finite_space_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(generate, "PATIENCE", 30)
    few = [generate.question_for(families.find("single-node"), 1, str(number)) for number in range(3)]
    monkeypatch.setattr(generate, "question_for", lambda family, level, seed: few[len(seed) * 7 % 3])
    path = tmp_path / "source.toml"
    path.write_text('seed = "s"\n[[entry]]\nfamily = "single-node"\nlevel = 1\ncount = 2\n', "utf-8")
    advanced: list[int] = []

    class Bar:
        def __enter__(self) -> Callable[[], None]:
            return lambda: advanced.append(1)

        def __exit__(self, *error: object) -> None:
            pass

    report = check_file(path, 50, bar=lambda total: Bar())
    assert [(each.entry, each.wanted) for each in report.drawn] == [(1, 50)]
    assert report.variants == report.drawn[0].found < 4
    assert len(advanced) == 2 * report.variants
    assert app.run(["bank", "check", str(path), "--seeds", "40", "--lang", "en"]) == 0
    assert "distinct variants, not 40" in capsys.readouterr().out


@pytest.mark.parametrize("code", available())
@pytest.mark.parametrize("screen", [40, 80, 120, 200])
def test_the_terminal_is_never_too_narrow(code: str, screen: int, checked: Report) -> None:
    for line in plain(blocks(checked, words(code)), screen).splitlines():
        assert columns_of(line) <= screen, line


def _every_fault() -> tuple[Fault, ...]:
    place = {"family": "shopping", "level": 1, "part": 2, "count": 30, "found": 20}
    guess = {"strategy": "smallest", "rate": "1", "won": "9/10", "applied": 30, "hits": 29}
    option = {"value": "7", "misconception": "tax-ignored", "count": 2, "id": HOSTILE, "first": 3}
    return (
        *(Fault(kind, "x.jsonl", place) for kind in ("giveaway", "always_dull", "always_given", "always_same")),
        Fault("guessable", "x.jsonl", place | guess),
        Fault("guessable", "x.jsonl", {"count": 30} | guess),
        Fault("story_numbers", "x.jsonl:1", {"number": "7", "input": "tax", "languages": ["ja"]}),
        Fault("story_numbers", "x.jsonl:1", {"number": "7", "languages": ["ja"]}),
        *(
            Fault(kind, f"x.jsonl:1 ({HOSTILE})", option)
            for kind in ("duplicate", "looks_alike", "wrong_distractor", "few_distractors", "wrong_id")
        ),
    )


@pytest.mark.parametrize("code", available())
def test_every_fault_is_told_whole_in_every_language(code: str, checked: Report) -> None:
    report = replace(checked, found=_every_fault())
    text = plain(blocks(report, words(code)))
    assert not re.search(r"\{\w+\}", text)
    if code == "en":
        assert not JAPANESE.search(text)
    else:
        known = {"single-node", "chain-rule", "shopping", "jsonl", "tmp", "ReLU", "script", "alert", "tax"}
        pattern = "|".join(sorted(known, key=len, reverse=True))
        shown = re.sub(rf"{pattern}|{re.escape(report.file)}", "", text)
        assert not re.findall(r"[a-z]{3,}", shown), set(re.findall(r"[A-Za-z]{3,}", shown))


def test_faults_make_the_exit_code_and_the_last_lines(
    questions: list[Question], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bank.jsonl"
    path.write_text(bank.dump([questions[0]] * 31), "utf-8")
    assert app.run(["bank", "check", str(path), "--lang", "en"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "Faults: 30."
    assert lines[-2].startswith("… and 10 more")
    assert f"{path}:2: FAULT" in lines[-22]


# --- the page --------------------------------------------------------------------------------------------------------


class Reader(HTMLParser):
    """Fails where an element is not closed where it should be; keeps what is looked at."""

    VOID = ("meta", "br", "link", "wbr", "img")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.texts.append(data)


def _hostile(report: Report) -> Report:
    first = replace(report.looks[0], family=HOSTILE, story=dict.fromkeys(available(), HOSTILE))
    return replace(report, file=HOSTILE, looks=(first, *report.looks[1:]), found=_every_fault())


@pytest.mark.parametrize("code", available())
def test_the_page_is_well_formed_and_shows_text_as_it_is(code: str, checked: Report) -> None:
    read = Reader(page(_hostile(checked), words(code)))
    names = [tag for tag, _ in read.tags]
    assert "script" not in names and "link" not in names and "img" not in names
    assert read.tags[0] == ("html", {"lang": code})
    shown = "".join(read.texts)
    assert shown.count(HOSTILE) >= 4  # the file, the family, the story, an id
    assert not re.search(r"\{\w+\}", shown)
    tables = names.count("table")
    assert tables == names.count("caption") >= 10
    assert names.count("th") > 3 * tables
    assert all(attributes.get("scope") in ("col", "row") for tag, attributes in read.tags if tag == "th")
    if code == "en":
        assert not JAPANESE.search(shown)


def test_the_page_marks_one_in_four_and_no_bar_is_too_long(checked: Report) -> None:
    made = page(checked, words("en"))
    assert made.count('class="histogram quarter"') == 1
    lengths = [float(each) for each in re.findall(r'style="width: ([\d.]+)%"', made)]
    assert len(lengths) > 40 and min(lengths) >= 0 and max(lengths) == 100
    assert "http" not in made.replace("http-equiv", "")


def test_the_command_writes_the_page(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.html"
    assert app.run(["bank", "check", str(file), "--html", str(out), "--lang", "ja"]) == 0
    assert "誤りはありません" in capsys.readouterr().out
    assert Reader(out.read_text("utf-8")).tags[0] == ("html", {"lang": "ja"})
    with pytest.raises(Exception, match=r"file\.overwrites"):
        app.run(["bank", "check", str(file), "--html", str(file)])
    assert bank.read(file)


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([1, 1, 4], ["1", "2", "3", "4"]),
        ([0, 0], ["0"]),
        ([-200, 0, 20], ["−300 … −100", "−100 … −30", "−30 … −10", "−10 … −3", "−3 … −1", "0", "1 … 3", "3 … 10",
                         "10 … 30"]),
        ([Fraction(1, 2), 5], ["0.3 … 1", "1 … 3", "3 … 10"]),
        ([2000, 4000], ["1,000 … 3,000", "3,000 … 10,000"]),
    ],
)  # fmt: skip
def test_the_bins_of_a_histogram(values: list[int], labels: list[str]) -> None:
    made = bins.spread([Fraction(each) for each in values])
    assert [each.label for each in made] == labels
    assert sum(int(each.count) for each in made) == len(values)


def test_no_table_of_the_terminal_lacks_a_title(checked: Report) -> None:
    shown = [*blocks(checked, words("en"), ascii_only=True)]
    tables = [each for each in shown if isinstance(each, Table)]
    assert len(tables) == 4 and all(table.title for table in tables)
