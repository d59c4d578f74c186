"""Problems of an author's own have every feature of a built-in family, and are right."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import sympy
from authored_samples import GOOD, changed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quizgen import authored, bank, formats, generate, source
from quizgen.bank_check import check_file
from quizgen.cli.app import run
from quizgen.drill.lesson import Lesson
from quizgen.engine.chain_rule import run as run_graph
from quizgen.engine.formula_layer import with_formula
from quizgen.engine.graph import Graph
from quizgen.engine.layers import MulLayer
from quizgen.engine.parse import parse
from quizgen.errors import InternalError, QuizgenError
from quizgen.generate import question_for
from quizgen.language import available, words
from quizgen.misconceptions import misapply
from quizgen.problem import MULTIPLIER, RATE, Ask, Problem
from quizgen.question import Question, diagnose
from quizgen.resources import banks, templates
from quizgen.solve import read_off
from quizgen.toml_lines import Lines
from quizgen.wording import Wording


def wanted(text: str, folder: Path, name: str = "s.toml") -> source.Wanted:
    (folder / name).write_text(text, "utf-8")
    return source.read(folder / name)


def built(text: str, folder: Path) -> list[Question]:
    return source.build(wanted(text, folder))


@pytest.fixture
def questions(tmp_path: Path) -> list[Question]:
    return built(GOOD, tmp_path)


def write_bank(questions: list[Question], folder: Path) -> Path:
    (folder / "b.jsonl").write_text(bank.dump(questions), "utf-8")
    return folder / "b.jsonl"


# --- what is drawn ---------------------------------------------------------------------------------------------


def test_values_are_drawn_as_written_and_meet_the_conditions(tmp_path: Path) -> None:
    text = changed("count = 3", "count = 60").replace("values.fee", 'whole = ["total"]\nvalues.fee')
    for question in built(text, tmp_path):
        inputs: Any = question.problem.graph.inputs
        assert inputs["price"] in range(90, 191, 10) and inputs["n"] in range(2, 10)
        assert inputs["fee"] in (200, 300, 500) and inputs["tax"] in (Fraction("1.08"), Fraction("1.1"))
        assert inputs["price"] * inputs["n"] < 1500
        assert question.parts[0].key.denominator == 1  # type: ignore[union-attr]


def test_a_formula_of_values_above_is_what_it_says(tmp_path: Path) -> None:
    text = changed("[200, 300, 500]", '{ is = "10 * n + price / 10" }')
    for question in built(text, tmp_path):
        inputs: Any = question.problem.graph.inputs
        assert inputs["fee"] == 10 * inputs["n"] + inputs["price"] / 10


def test_percentages_are_told_as_percentages_and_reckoned_as_numbers(tmp_path: Path) -> None:
    text = changed('{ one_of = ["8%", "10%"], as = "multiplier" }', '["25%"]')
    question = built(text, tmp_path)[0]
    assert question.problem.graph.inputs["tax"] == Fraction(1, 4)
    assert question.problem.graph.roles == {"tax": RATE}
    assert "25%" in Wording(question, "en").text(Wording(question, "en").story)
    question = built(GOOD, tmp_path)[0]
    assert question.problem.graph.roles == {"tax": MULTIPLIER}
    assert any(f"税は{percent}%" in Wording(question, "ja").text(Wording(question, "ja").story) for percent in (8, 10))


OPERATIONS = st.sampled_from("+-*/")


@st.composite
def definitions(draw: st.DrawFn) -> str:
    """A random problem: two to four inputs, one to five nodes that all lead to the last, and a wrong line."""
    inputs = ["a", "b", "c", "d"][: draw(st.integers(2, 4))]
    lines, waiting, known = [], list(inputs), list(inputs)
    count = 0
    while len(waiting) > 1 or not lines:
        count += 1
        first = waiting.pop(0)
        second = waiting.pop(0) if waiting and draw(st.booleans()) else draw(st.sampled_from(known))
        node = f"n{count}"
        if draw(st.integers(0, 5)) == 0:
            lines.append(f"{node} = {first} ** 2")
        else:
            lines.append(f"{node} = {first} {draw(OPERATIONS)} {second}")
        if second in waiting:
            waiting.remove(second)
        waiting.append(node)
        known.append(node)
    wrong = f"n{count} = {draw(st.sampled_from(known[:-1]))} {draw(OPERATIONS)} {draw(st.sampled_from(inputs))}"
    story = " ".join(f"{{{name}}}" for name in inputs)
    values = "\n".join(f"values.{name} = {{ from = {draw(st.integers(-9, 3))}, to = 19 }}" for name in inputs)
    graph = "\\n".join(lines)
    return f"""[[problem]]
name = "random"
story = {{ en = "{story}", ja = "{story}" }}
{values}
graph = "{graph}"
decimals = false
[[problem.misconceptions]]
id = "mine"
instead = "{wrong}"
feedback = {{ en = "No.", ja = "違います。" }}
"""


def solved_right_or_refused(folder: Path, text: str, seed: int) -> None:
    try:
        (part,) = wanted(text, folder).parts
        family, level = part.levels[0]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(generate, "ATTEMPTS", 4)  # a problem that is always dull costs little
            question = generate.question_for(family, level, f"s{seed}")
    except QuizgenError:
        return
    problem, symbols = question.problem, {name: sympy.Symbol(name) for name in "abcd"}
    at = {symbols[name]: sympy.Rational(str(value)) for name, value in problem.graph.inputs.items()}
    composed = _composed(problem.graph, symbols)
    for each in question.parts:
        if each.ask.kind == "value":
            assert sympy.Rational(str(each.key)) == composed[each.ask.of].subs(at)
        if each.ask.kind == "gradient" and each.ask.wrt in symbols:
            assert sympy.Rational(str(each.key)) == sympy.diff(composed[each.ask.of], symbols[each.ask.wrt]).subs(at)
    _wrong_line(question, symbols, at)


RANDOM = {"deadline": None, "suppress_health_check": [HealthCheck.large_base_example, HealthCheck.too_slow]}


@settings(max_examples=40, **RANDOM)
@given(definitions(), st.integers(0, 10**6))
def test_whatever_an_author_writes_is_solved_right_or_refused(tmp_path_factory: Any, text: str, seed: int) -> None:
    """The keys are sympy's, from the closed formula; the wrong line's values are sympy's of the wrong line."""
    solved_right_or_refused(tmp_path_factory.getbasetemp(), text, seed)


@pytest.mark.long
@settings(max_examples=1000, **RANDOM)
@given(definitions(), st.integers(0, 10**6))
def test_a_thousand_problems_are_solved_right_or_refused(tmp_path_factory: Any, text: str, seed: int) -> None:
    solved_right_or_refused(tmp_path_factory.getbasetemp(), text, seed)


def _composed(graph: Any, symbols: dict[str, Any], wrong: dict[str, str] | None = None) -> dict[str, Any]:
    found = dict(symbols)
    signs = {"AddLayer": "+", "SubLayer": "-", "MulLayer": "*", "DivLayer": "/", "PowLayer": "**"}
    for node in graph.nodes:
        first, second = (found[each] if isinstance(each, str) else sympy.Rational(each) for each in node.operands)
        written = f"x {signs[node.layer.__name__]} y"
        if wrong and node.name in wrong:
            left, sign, right = wrong[node.name].split()
            first, second, written = found[left], found[right], f"x {sign} y"
        found[node.name] = eval(written, {"x": first, "y": second})
    return found


def _wrong_line(question: Question, symbols: dict[str, Any], at: dict[Any, Any]) -> None:
    definition = json.loads(question.problem.own)["misconceptions"][0]["instead"]
    name, formula = definition.split(" = ")
    composed = _composed(question.problem.graph, symbols, {name: formula})
    lesson = Lesson.of(question)
    for number, part in enumerate(question.parts):
        found = [value for value, wrong, _ in lesson.mistakes[number].answers(part.ask) if wrong == "mine"]
        for value in found:
            if part.ask.kind == "value":
                assert sympy.Rational(str(value)) == composed[part.ask.of].subs(at)
            if part.ask.kind == "gradient" and part.ask.wrt in symbols:
                wanted = sympy.diff(composed[part.ask.of], symbols[part.ask.wrt]).subs(at)
                assert sympy.Rational(str(value)) == wanted


# --- banks -----------------------------------------------------------------------------------------------------


def test_a_bank_carries_the_problem_and_needs_no_source(questions: list[Question], tmp_path: Path) -> None:
    file = write_bank(questions, tmp_path)
    (tmp_path / "s.toml").unlink()
    again = bank.read(file)
    assert bank.dump(again) == bank.dump(questions)
    fresh = question_for(authored.family_of(again[0].problem), 1, "fresh")
    assert fresh.problem.own == again[0].problem.own


def test_workers_make_the_same_bank(tmp_path: Path) -> None:
    made = wanted(changed("count = 3", "count = 12"), tmp_path)
    assert bank.dump(source.build(made, 2), made.origin) == bank.dump(source.build(made, 1), made.origin)


def test_a_record_says_where_it_comes_from(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(GOOD, "utf-8")
    assert run(["bank", "build", str(tmp_path / "s.toml"), "-o", str(tmp_path / "b.jsonl")]) == 0
    records = [json.loads(line) for line in (tmp_path / "b.jsonl").read_text("utf-8").splitlines()]
    assert {tuple(record["origin"]) for record in records} == {("source", "version", "seed")}
    assert {record["origin"]["source"] for record in records} == {wanted(GOOD, tmp_path).digest}
    assert {record["origin"]["seed"] for record in records} == {"tea"}


OTHER = changed('name = "tea"', 'name = "other"').split("\n\n", 1)[1].replace("fee-for-each", "other-fee")


def test_what_did_not_change_keeps_its_ids(tmp_path: Path) -> None:
    ids = [each.id for each in built(GOOD, tmp_path)]
    assert [each.id for each in built(changed("Buy {n} bottles", "Somebody buys {n} bottles"), tmp_path)] == ids
    head, mine = GOOD.split("\n\n", 1)
    entry = '[[entry]]\nfamily = "shopping"\nlevel = 1\ncount = 2\n'
    others = built(
        f"{head}\n{OTHER.replace('from = 90', 'from = 300').replace('to = 190', 'to = 390')}\n{mine}{entry}", tmp_path
    )
    assert [each.id for each in others if each.problem.family == "tea"] == ids
    more = built(changed("count = 3", "count = 5"), tmp_path)
    assert [each.id for each in more][:3] == ids


def test_entries_keep_their_variants_when_others_come(tmp_path: Path) -> None:
    one = 'seed = "s"\n[[entry]]\nfamily = "shopping"\nlevel = 2\ncount = 3\n'
    two = 'seed = "s"\n[[entry]]\nfamily = "shopping"\nlevel = 1\ncount = 3\n' + one.split("\n", 1)[1]
    assert bank.dump(built(two, tmp_path)[3:]) == bank.dump(built(one, tmp_path))


# --- every feature of a built-in family ------------------------------------------------------------------------


@pytest.mark.parametrize("code", available())
@pytest.mark.parametrize("answers", ["entry", "choice", "graph"])
@pytest.mark.parametrize("to", [name for name in formats.catalogue() if name != "pdf"])
def test_it_prints_in_every_format(to: str, answers: str, code: str, questions: list[Question], tmp_path: Path) -> None:
    file, target = write_bank(questions, tmp_path), tmp_path / f"x.{to}"
    order = ["worksheet", str(file), "--count", "3", "--to", to, "--answers", answers, "--lang", code, "--seed", "1"]
    assert run([*order, "-o", str(target)]) == 0
    text = target.read_text("utf-8")
    assert {"en": "Tea by mail", "ja": "緑茶の取り寄せ"}[code] in text
    assert {"en": "Tea by mail", "ja": "緑茶の取り寄せ"}[next(each for each in available() if each != code)] not in text


def test_its_own_misconception_is_an_option_and_named(questions: list[Question]) -> None:
    lesson = Lesson.of(questions[0])
    assert "fee-for-each" in lesson.known
    named = {each.misconception for part in questions[0].parts for each in part.distractors}
    assert "fee-for-each" in named
    part = questions[0].parts[0]
    mine = next(each for each in part.distractors if each.misconception == "fee-for-each")
    assert ("fee-for-each", "") in diagnose(part.ask, mine.value, lesson.mistakes[0])


def test_its_mark_is_half_for_its_own_misconception(questions: list[Question]) -> None:
    from quizgen.marking import earns_half

    part = questions[0].parts[0]
    mine = next(each for each in part.distractors if each.misconception == "fee-for-each")
    assert earns_half(mine.value, [mine.misconception], questions[0])


@pytest.mark.parametrize("code", available())
def test_the_drill_asks_it_hints_and_names_the_mistake(
    code: str, questions: list[Question], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    import io

    monkeypatch.setenv("QUIZGEN_HOME", str(tmp_path / "home"))
    file = write_bank(questions[:1], tmp_path)
    part = questions[0].parts[0]
    mine = next(each for each in part.distractors if each.misconception == "fee-for-each")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"?\n{mine.value}\n"))
    assert run(["drill", str(file), "--lang", code, "--seed", "1"]) == 0
    out = capsys.readouterr().out
    first, second = {
        "en": ("Hint: Forward first.", "shipping for each bottle"),
        "ja": ("ヒント: まず順伝播です。", "送料を1本ごとに払った"),
    }[code]
    assert first in out and second in out
    other = "Shipping" if code == "ja" else "送料"
    assert other not in out
    assert words(code)("drill.left", share="3/4") in out  # a hint costs what one of three steps costs


def test_who_reads_only_the_other_language_does_not_meet_it(tmp_path: Path, capsys: Any) -> None:
    text = "\n".join(line for line in GOOD.splitlines() if not line.startswith(("story.ja", "title.ja", "hints.ja")))
    text = text.replace(', ja = "円"', "").replace(', ja = "単価"', "").replace(', ja = "送料を1本ごとに払った"', "")
    text = text.replace(', ja = "送料は1度だけです。"', "").replace('seed = "tea"', 'seed = "tea"\nlanguages = ["en"]')
    (tmp_path / "s.toml").write_text(text, "utf-8")
    assert run(["bank", "build", str(tmp_path / "s.toml"), "-o", str(tmp_path / "b.jsonl")]) == 0
    order = ["worksheet", str(tmp_path / "b.jsonl"), "--count", "1", "-o", str(tmp_path / "x.md"), "--lang"]
    assert run([*order, "en"]) == 0
    capsys.readouterr()
    with pytest.raises(QuizgenError) as caught:
        run([*order, "ja"])
    assert caught.value.key == "authored.not_in_language"
    assert not check_file(tmp_path / "s.toml", 20).faults


# --- what is wrong with it -------------------------------------------------------------------------------------

SLIPS = {
    "story_numbers": changed("{n}本", "何本か"),
    "missing_translation": changed('names.price = { en = "price", ja = "単価" }', 'names.price = { en = "price" }'),
    "never_shows": changed("sum = cost + fee * n", "sum = fee + cost"),
    "wrong_formula": changed("(price * n + fee) * tax", "price * n * tax + fee"),
    "not_linear": changed("total = sum * tax", "total = sum * sum").replace('formula = "(price * n + fee) * tax"\n', "")
    .replace('values.tax = { one_of = ["8%", "10%"], as = "multiplier" }\n', "")
    .replace(", the tax {tax}", "").replace("、税は{tax}です", ""),
}  # fmt: skip


@pytest.mark.parametrize("kind", SLIPS)
def test_check_finds_what_is_not_fit_for_learners_and_build_refuses_it(kind: str, tmp_path: Path) -> None:
    found = wanted(SLIPS[kind], tmp_path)
    assert {slip[0] for slip in found.slips} == {kind}
    with pytest.raises(QuizgenError) as caught:
        source.build(found)
    assert caught.value.details["line"] == found.slips[0][2]
    faults = check_file(tmp_path / "s.toml", 20).faults
    assert kind in {fault["kind"] for fault in faults}


def test_a_problem_without_variants_says_why(tmp_path: Path) -> None:
    text = changed(
        'ask = ["value", "upstream cost", "gradient price", "meaning n"]', 'ask = ["gradient cost", "gradient fee"]'
    )
    text = text.replace('one_of = ["8%", "10%"], as = "multiplier"', "one_of = [1]")
    with pytest.raises(QuizgenError) as caught:
        built(text, tmp_path)
    why = caught.value.details["why"]
    assert isinstance(why, QuizgenError) and why.key == "authored.no_variant"
    assert why.details["dull"] == 200
    assert caught.value.details["line"] == 4


def test_a_kink_or_a_hole_is_drawn_again(tmp_path: Path) -> None:
    text = changed("sum = cost + fee", "less = n - 5\nsum = cost / less\nmore = sum + fee").replace(
        "sum * tax", "more * tax"
    )
    text = (
        text.replace('formula = "(price * n + fee) * tax"\n', "")
        .replace(', "meaning n"', "")
        .split("[[problem.misc")[0]
    )
    for question in built(text, tmp_path):
        assert question.problem.graph.inputs["n"] != 5


def test_conditions_take_percentages(tmp_path: Path) -> None:
    text = changed('conditions = ["price * n < 1500"]', 'conditions = ["tax > 108%"]')
    assert {question.problem.graph.inputs["tax"] for question in built(text, tmp_path)} == {Fraction("1.1")}


def test_a_derivative_says_what_is_typed(tmp_path: Path) -> None:
    text = changed('"gradient price"', '"derivative price"')
    for code, told in {"en": "price, n, fee, tax", "ja": "単価 (price), n, fee, tax"}.items():
        question = built(text, tmp_path)[0]
        wording = Wording(question, code)
        assert told in wording.text(wording.ask(question.parts[2]))


def test_a_value_that_no_story_can_mean_is_found(tmp_path: Path) -> None:
    below = changed("sum = cost + fee", "sum = cost - fee").replace("price * n + fee", "price * n - fee")
    (tmp_path / "s.toml").write_text(
        below.split("[[problem.misc")[0].replace("[200, 300, 500]", "[2000, 3000]"), "utf-8"
    )
    assert {fault["kind"] for fault in check_file(tmp_path / "s.toml", 20).faults} >= {"out_of_sense"}
    above = changed('["8%", "10%"]', '["8%", "1000%"]')
    (tmp_path / "s.toml").write_text(above, "utf-8")
    assert {fault["kind"] for fault in check_file(tmp_path / "s.toml", 10).faults} == {"out_of_sense"}


def test_where_all_variants_can_be_looked_at_they_are(tmp_path: Path) -> None:
    text = changed("{ from = 90, to = 190, step = 10 }", "[110, 130]").replace("{ from = 2, to = 9 }", "[2, 3]")
    (tmp_path / "s.toml").write_text(text, "utf-8")
    report = check_file(tmp_path / "s.toml", 30)
    assert [(each.whole, each.found) for each in report.drawn] == [(True, 2 * 2 * 3 * 2)]
    assert len({look.id for look in report.looks}) == report.variants == 24


# --- the problems that come along ------------------------------------------------------------------------------

STORIES = banks() / "stories.toml"


def shipped_problems() -> list[source.Problem]:
    import tomllib
    from decimal import Decimal

    return list(source.Source.model_validate(tomllib.loads(STORIES.read_text("utf-8"), parse_float=Decimal)).problem)


def test_the_stories_use_all_that_a_source_can_do() -> None:
    problems = shipped_problems()
    assert len(problems) >= 12
    for problem in problems:
        assert set(problem.title) == set(problem.story) == set(problem.hints) == set(available())
        assert problem.misconceptions and problem.formula and len(problem.ask) >= 3
    values = [spec for problem in problems for spec in problem.values.values()]
    assert any(spec.is_ for spec in values) and any(spec.step for spec in values)
    assert {"multiplier"} <= {spec.as_ for spec in values}
    assert any(problem.whole for problem in problems) and any(problem.conditions for problem in problems)
    assert not all(problem.decimals for problem in problems)
    asked = {ask.split()[0] for problem in problems for ask in problem.ask}
    assert asked == {"value", "local", "upstream", "gradient", "derivative", "meaning"}
    layers = "".join(problem.graph for problem in problems)
    assert all(sign in layers for sign in (" - ", " / ", " ** ", " + ", " * ", "relu(", "max("))


def test_bank_check_reports_none_of_the_stories() -> None:
    assert check_file(STORIES, 40).found == ()


def test_a_shipped_story_is_had_by_its_name(tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    monkeypatch.setenv("QUIZGEN_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("sys.stdin", io.StringIO("1\n"))
    name = shipped_problems()[0].name
    for order in (
        ["worksheet", "--family", name, "--count", "2", "-o", str(tmp_path / "x.md")],
        ["bank", "build", "--family", name, "--count", "2", "-o", str(tmp_path / "x.jsonl")],
        ["drill", "--family", name, "--count", "1"],
        ["families", "--json"],
    ):
        assert run([*order, "--lang", "en", "--seed", "s"]) == 0
    listed = json.loads(capsys.readouterr().out.partition("\n[")[2].join(("[", "")))
    assert {problem.name for problem in shipped_problems()} <= {family["name"] for family in listed}


@pytest.mark.long
def test_bank_check_reports_none_of_the_stories_over_a_thousand_draws_each() -> None:
    assert check_file(STORIES, 1000, jobs=2).found == ()


# --- what a record may say -------------------------------------------------------------------------------------


def _with_inputs(problem: Problem, **values: int) -> Problem:
    return replace(problem, graph=problem.graph.with_inputs({**problem.graph.inputs, **map_of(values)}))


def map_of(values: dict[str, int]) -> dict[str, Fraction]:
    return {name: Fraction(value) for name, value in values.items()}


def _without_roles(problem: Problem) -> Problem:
    graph = problem.graph.with_inputs(problem.graph.inputs)
    graph.roles.clear()
    return replace(problem, graph=graph)


def _another_node(problem: Problem) -> Problem:
    """fee + cost for cost + fee: the same numbers all the way."""
    graph = Graph()
    for name, value in problem.graph.inputs.items():
        graph.input(name, value, problem.graph.roles.get(name, ""))
    for node in problem.graph.nodes:
        operands = reversed(node.operands) if node.name == "sum" else node.operands
        graph.node(node.name, node.layer, *operands)
    return replace(problem, graph=graph)


def _another_output(problem: Problem) -> Problem:
    return replace(problem, graph=problem.graph.ending_at("sum"))


EDITS: dict[str, Callable[[Problem], Problem]] = {
    "a value out of its range": lambda problem: _with_inputs(problem, n=11),
    "a value between its steps": lambda problem: _with_inputs(problem, price=95),
    "a value not of its formula": lambda problem: _with_inputs(problem, fee=7),
    "values that no condition lets through": lambda problem: _with_inputs(problem, price=190, n=9),
    "no role": _without_roles,
    "another node": _another_node,
    "another output": _another_output,
    "another name": lambda problem: replace(problem, family="coffee"),
    "another level": lambda problem: replace(problem, level=2),
    "another formula": lambda problem: replace(problem, formula="(fee + price * n) * tax"),
    "a question less": lambda problem: replace(problem, asks=problem.asks[1:]),
}


@pytest.mark.parametrize("edit", EDITS)
def test_what_could_not_have_been_drawn_does_not_fit_its_definition(edit: str, tmp_path: Path) -> None:
    is_formula = changed("[200, 300, 500]", '{ is = "10 * n + price / 10" }') if "formula" in edit else GOOD
    problem = built(is_formula, tmp_path)[0].problem
    assert authored.fits(problem)
    assert not authored.fits(EDITS[edit](problem))


def test_values_that_serve_only_to_draw_others_hide_nothing_else(tmp_path: Path) -> None:
    text = changed("values.fee = [200, 300, 500]", 'values.h = [1, 2]\nvalues.fee = { is = "100 * h" }')
    problem = built(text, tmp_path)[0].problem
    assert "h" not in problem.graph.inputs
    assert authored.fits(problem)
    assert not authored.fits(_with_inputs(problem, n=11))


def test_a_broken_seal_is_refused_where_a_bank_is_used(questions: list[Question], tmp_path: Path) -> None:
    file = write_bank(questions, tmp_path)
    file.write_text(file.read_text("utf-8").replace("Buy {n}", "Take {n}", 1), "utf-8")
    with pytest.raises(QuizgenError) as caught:
        bank.read(file)
    why = caught.value.details["why"]
    assert isinstance(why, QuizgenError) and why.key == "bank.broken_seal"


def test_a_seal_that_was_taken_off_one_line_is_missed(questions: list[Question], tmp_path: Path) -> None:
    file = write_bank(questions, tmp_path)
    first, *others = file.read_text("utf-8").splitlines()
    record = json.loads(first)
    del record["seal"]
    record["problem"]["story"]["en"] = record["problem"]["story"]["en"].replace("Buy", "Take")
    file.write_text("\n".join([json.dumps(record), *others]) + "\n", "utf-8")
    (fault,) = check_file(file, 1).faults
    assert (fault["kind"], fault["why"], fault["where"]) == ("tampered", "bank.no_seal", f"{file}:1")
    unsealed = [{name: value for name, value in json.loads(line).items() if name != "seal"} for line in others]
    file.write_text("".join(json.dumps(each) + "\n" for each in unsealed), "utf-8")
    assert not check_file(file, 1).faults  # another program may write banks without seals


def test_two_problems_of_the_same_mathematics_share_no_variant(tmp_path: Path) -> None:
    many = built(f"{GOOD}\n{OTHER}".replace("count = 3", "count = 60"), tmp_path)
    assert len(many) == len({each.id for each in many}) == 120


# --- wrong lines -----------------------------------------------------------------------------------------------


def test_a_wrong_line_before_the_last_goes_on_along_the_graph(questions: list[Question]) -> None:
    """fee · n for fee: the tax multiplies what comes back."""
    problem = questions[0].problem
    inputs: Any = problem.graph.inputs
    wrong = authored.misconceptions_of(problem)["fee-for-each"]
    made = misapply(problem.graph, wrong)
    assert made is not None
    assert made.value == (inputs["price"] * inputs["n"] + inputs["fee"] * inputs["n"]) * inputs["tax"]
    assert made.gradients["n"] == (inputs["price"] + inputs["fee"]) * inputs["tax"]
    assert made.gradients["fee"] == inputs["n"] * inputs["tax"]


def test_a_wrong_line_leaves_the_rest_of_the_graph_as_it_is(questions: list[Question]) -> None:
    graph = questions[0].problem.graph.ending_at("sum")
    wrong = with_formula(graph, "cost", parse("price + n"))
    assert (wrong.output, wrong.roles, wrong.inputs) == (graph.output, graph.roles, graph.inputs)


@pytest.mark.parametrize(("line", "wanted"), [("cost = n", 0), ("cost = price + n", 1), ("cost = price * price", 2)])
def test_the_local_derivative_of_a_wrong_line_is_its_own(line: str, wanted: int, tmp_path: Path) -> None:
    text = changed("sum = cost + fee * n", line).replace('"gradient price"', '"local cost price"')
    problem = built(text, tmp_path)[0].problem
    made = misapply(problem.graph, authored.misconceptions_of(problem)["fee-for-each"])
    price: Any = problem.graph.inputs["price"]
    assert made is not None
    assert read_off(Ask("local", "cost", "price"), made) == (2 * price if wanted == 2 else wanted)


def test_the_local_derivative_of_a_square_is_that_of_both_places() -> None:
    graph = Graph()
    graph.node("square", MulLayer, graph.input("x", 3), "x")
    assert read_off(Ask("local", "square", "x"), run_graph(graph)) == 6


# --- what a meaning needs, and what a bank can hold ------------------------------------------------------------

KINKED = """seed = "s"
[[problem]]
name = "over"
count = 6
story.en = "{a} {b} {c}."
story.ja = "{a} {b} {c}。"
values.a = { from = 2, to = 9 }
values.b = { from = 2, to = 9 }
values.c = { from = 2, to = 9 }
graph = \"\"\"
over = a - b
paid = relu(over)
total = paid * c
\"\"\"
ask = ["value", "meaning a"]
"""


def test_a_meaning_is_not_asked_beside_a_kink(tmp_path: Path) -> None:
    for question in built(KINKED, tmp_path):
        inputs: Any = question.problem.graph.inputs
        assert inputs["a"] > inputs["b"]
        assert question.parts[1].key == inputs["c"]


def test_a_meaning_of_irrational_numbers_is_agreed_upon(tmp_path: Path) -> None:
    lines = "root = sqrt(a)\nslope = root * b\ntotal = slope * c"
    text = KINKED.replace("over = a - b\npaid = relu(over)\ntotal = paid * c", lines).replace("meaning a", "meaning c")
    wrongs = "".join(
        f'[[problem.misconceptions]]\ninstead = "{line}"\nfeedback = {{ en = "No.", ja = "違います。" }}\n'
        for line in ("root = a", "slope = root + b", "total = slope + c")
    )
    questions = built(text + wrongs, tmp_path)
    assert any(not isinstance(each.parts[1].key, Fraction) for each in questions)
    file = write_bank(questions, tmp_path)
    assert bank.dump(bank.read(file)) == bank.dump(questions)


def test_a_value_is_drawn_only_where_it_is_exact(tmp_path: Path) -> None:
    text = KINKED.replace("{ from = 2, to = 9 }\ngraph", '{ is = "sqrt(a)" }\ngraph')
    text = text.replace("over = a - b\npaid = relu(over)\n", "paid = a * b\n").replace("meaning a", "gradient c")
    questions = built(text.replace("total = paid * c", "more = paid + c\ntotal = more * c"), tmp_path)
    assert {each.problem.graph.inputs["a"] for each in questions} <= {Fraction(4), Fraction(9)}
    assert bank.dump(bank.read(write_bank(questions, tmp_path))) == bank.dump(questions)


# --- where an author begins ------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", available())
def test_the_source_to_start_from_is_good(code: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    assert run(["bank", "new", str(file), "--lang", code, "--seed", "s"]) == 0
    assert not check_file(file, 40).faults
    assert len(source.build(source.read(file))) == 20
    other = tmp_path / "again.toml"
    assert run(["bank", "new", str(other), "--lang", code, "--seed", "s"]) == 0
    assert other.read_text("utf-8").replace("again.toml", "mine.toml").replace(
        "again.jsonl", "mine.jsonl"
    ) == file.read_text("utf-8")
    with pytest.raises(QuizgenError) as caught:
        run(["bank", "new", str(file)])
    assert caught.value.key == "source.exists"


def test_the_sources_to_start_from_are_one_problem() -> None:
    one, other = (authored_values(templates() / "source" / f"{code}.toml") for code in ("en", "ja"))
    assert one == other


def authored_values(path: Path) -> list[Any]:
    import tomllib
    from decimal import Decimal

    read = source.Source.model_validate(tomllib.loads(path.read_text("utf-8"), parse_float=Decimal))
    return [json.loads(problem.definition(None).text()) for problem in read.problem]


@pytest.mark.parametrize("code", available())
def test_the_schema_knows_what_is_right_and_what_is_misspelt(code: str) -> None:
    import tomllib

    from jsonschema import Draft202012Validator

    schema = source.schema(words(code))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    files = [*banks().glob("*.toml"), *(templates() / "source").glob("*.toml")]
    for text in [GOOD, *(file.read_text("utf-8") for file in files)]:
        assert not list(validator.iter_errors(tomllib.loads(text)))
    for old, new in (("story.en", "stroy.en"), ("count = 3", 'count = "3"'), ("from = 2", "frm = 2")):
        assert list(validator.iter_errors(tomllib.loads(changed(old, new))))


def test_lines_of_a_file_are_found() -> None:
    lines = Lines(GOOD)
    written = GOOD.splitlines()
    for place, text in {
        ("seed",): "seed",
        ("problem", 0): "[[problem]]",
        ("problem", 0, "story", "ja"): "story.ja",
        ("problem", 0, "values", "n", "to"): "values.n",
        ("problem", 0, "misconceptions", 0, "instead"): "instead",
    }.items():
        assert written[lines.of(place) - 1].startswith(text)
    assert written[lines.of(("problem", 0, "graph"), "sum =") - 1].startswith("sum =")
    assert Lines("[[a]]\nx = 1\n[[a]]\nx = 2\n[a.b]\ny = '''\nx = 3\n'''\nz = 1").of(("a", 1, "b", "z")) == 9
    assert Lines("[[a]]\nx = 1\n[[a]]\nx = 2").of(("a", 1, "x")) == 4


def test_a_disagreement_of_the_solvers_stays_our_bug(
    questions: list[Question], monkeypatch: pytest.MonkeyPatch
) -> None:
    from quizgen.engine.layers import MulLayer

    monkeypatch.setattr(MulLayer, "backward", lambda self, dout: (dout * self.x, dout * self.y))
    with pytest.raises(InternalError):
        question_for(authored.family_of(questions[0].problem), 1, "s")


@pytest.mark.parametrize("power", ["720", "-720", "12000"])
def test_answers_beyond_what_a_computer_s_number_holds_have_wrong_options(power: str, tmp_path: Path) -> None:
    text = f"""
[[problem]]
name = "cells"
count = 1
languages = ["en"]
story.en = "There are {{n}} cells; the exponent is {{t}}."
values.n = [3]
values.t = [{power}]
graph = '''
grow = exp(t)
size = n * grow
'''
ask = ["gradient n"]
"""
    (question,) = built(text, tmp_path)
    assert question.parts[0].distractors
