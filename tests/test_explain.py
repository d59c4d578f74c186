"""`explain`: textbook examples to all printed digits, and the contract's fine print."""

from __future__ import annotations

import functools
import tomllib
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from quizgen.cli import app
from quizgen.engine.identity import same
from quizgen.engine.parse import parse
from quizgen.errors import DomainError, QuizgenError
from quizgen.explain import as_data, explain
from quizgen.notation import Style, of_expression, unicode
from quizgen.numbers import to_mpf

BOOK = tomllib.loads((Path(__file__).parent / "data" / "textbook_expressions.toml").read_text("utf-8"))["expression"]


def told(text: str, **at: str) -> dict[str, Any]:
    return as_data(explain(text, [f"{name}={value}" for name, value in at.items()]))


def agrees(printed: str, found: str) -> bool:
    """Whether a number printed in a book is `found`, to its last digit."""
    book = Decimal(printed)
    unit = Decimal(1).scaleb(int(book.as_tuple().exponent))
    mine = Fraction(found)
    return abs(Fraction(book) - mine) <= Fraction(unit) / 2


def test_there_are_thirty_examples_of_at_least_twenty_sources() -> None:
    assert len(BOOK) >= 30
    assert len({each["url"] for each in BOOK}) >= 20


@pytest.mark.parametrize("example", BOOK, ids=[f"{n}-{each['source'][:40]}" for n, each in enumerate(BOOK)])
def test_textbook(example: dict[str, Any]) -> None:
    """Value and gradients as the source prints them."""
    found = told(example["text"], **example["at"])
    pairs = [(printed, found["gradients"][name]) for name, printed in example["gradients"].items()]
    if "value" in example:
        pairs.append((example["value"], found["value"]))
    assert pairs
    for printed, mine in pairs:
        if example["at"]:
            assert agrees(printed, mine), (printed, mine)
        else:
            assert same(parse(printed), parse(mine)), (printed, mine)


def test_the_seeds_three_cases() -> None:
    one = told("apple * apple_num * tax", apple="100", apple_num="2", tax="1.1")
    assert (one["value"], one["gradients"]) == ("220", {"apple": "11/5", "apple_num": "110", "tax": "200"})
    two = told(
        "(apple*apple_num + orange*orange_num)*tax", apple="100", apple_num="2", orange="150", orange_num="3", tax="1.1"
    )
    assert two["value"] == "715"
    assert list(two["gradients"].values()) == ["11/5", "110", "33/10", "165", "650"]
    assert told("(x + y)**2")["gradients"] == {"x": "2*(x + y)", "y": "2*(x + y)"}
    assert told("(x + y)**2", x="3", y="4")["gradients"] == {"x": "14", "y": "14"}


def test_the_shape_of_the_json() -> None:
    data = told("a*b + a", a="2", b="3")
    assert list(data) == ["expression", "value", "gradients", "nodes", "misconceptions"]
    assert data["nodes"] == [
        {"name": "n1", "layer": "MulLayer", "inputs": ["a", "b"], "value": "6", "gradient": "1"},
        {"name": "n2", "layer": "AddLayer", "inputs": ["n1", "a"], "value": "8", "gradient": "1"},
    ]
    for wrong in data["misconceptions"]:
        assert set(wrong["gradients"]) == {"a", "b"}
        assert wrong["gradients"] != data["gradients"] or wrong["value"] != data["value"]


def test_misconceptions_of_the_seeds_graph() -> None:
    data = told("apple * apple_num * tax", apple="100", apple_num="2", tax="1.1")
    wrong = {each["id"]: each for each in data["misconceptions"]}
    assert list(wrong["product-not-swapped"]["gradients"].values()) == ["20000", "400", "11/10"]
    assert list(wrong["seed-from-output"]["gradients"].values()) == ["484", "24200", "44000"]
    assert wrong["tax-as-rate"]["value"] == "20"
    assert wrong["tax-as-percentage"]["value"] == "2000"
    assert "value" not in wrong["product-as-sum"]


@pytest.mark.parametrize(
    ("text", "at", "value", "gradients"),
    [
        ("-x**2", {"x": "3"}, "-9", {"x": "-6"}),
        ("1/2x", {"x": "4"}, "2", {"x": "1/2"}),
        ("3x²", {"x": "2"}, "12", {"x": "12"}),
        ("2(x+y)", {"x": "1", "y": "2"}, "6", {"x": "2", "y": "2"}),
        ("(x+1)(y+2)", {"x": "1", "y": "2"}, "8", {"x": "4", "y": "2"}),
        ("ReLU(x)", {"x": "0"}, "0", {"x": "0"}),
        ("RELU(x)*Max(x, 1)", {"x": "3"}, "9", {"x": "6"}),
        ("sqrt(x)", {"x": "9/4"}, "3/2", {"x": "1/3"}),
        ("x*0 + y", {"x": "5", "y": "7"}, "7", {"x": "0", "y": "1"}),
        ("5", {}, "5", {}),
        ("x", {"x": "1e3"}, "1000", {"x": "1"}),
        ("pi*x", {"pi": "3", "x": "2"}, "6", {"pi": "2", "x": "3"}),
        ("sin(pi)", {}, "0", {}),
        ("sin(x)**2 + cos(x)**2 - 1", {"x": "1/3"}, "0", {"x": "0"}),
        ("x^2", {"x": "1/5"}, "1/25", {"x": "2/5"}),
        ("X + x", {"X": "1", "x": "2"}, "3", {"X": "1", "x": "1"}),
        ("りんご*個数", {"りんご": "100", "個数": "2"}, "200", {"りんご": "2", "個数": "100"}),
        ("x**0.5", {"x": "4"}, "2", {"x": "1/4"}),
        ("x**x", {"x": "1"}, "1", {"x": "1"}),
        ("log(x)", {"x": "1"}, "0", {"x": "1"}),
    ],
)
def test_exact_results(text: str, at: dict[str, str], value: str, gradients: dict[str, str]) -> None:
    found = told(text, **at)
    assert (found["value"], found["gradients"]) == (value, gradients)


def test_a_number_that_is_not_rational_has_fifteen_digits_at_least() -> None:
    value = told("exp(x)", x="1")["value"]
    assert value.startswith("2.71828182845904523")
    assert len(value) >= 16


def test_the_same_subexpression_twice_is_two_nodes() -> None:
    assert [node["inputs"] for node in told("(x+1)*(x+1)")["nodes"]] == [["x", "1"], ["x", "1"], ["n1", "n2"]]


def test_names_of_nodes_keep_clear_of_inputs() -> None:
    data = told("n1 * n2 + 1", n1="2", n2="3")
    assert [node["name"] for node in data["nodes"]] == ["n3", "n4"]


@pytest.mark.parametrize(
    ("text", "at", "key"),
    [
        ("x*y", ["x=1"], "explain.at_missing"),
        ("x", ["y=1"], "explain.at_unused"),
        ("x", ["x=1", "x=2"], "explain.at_twice"),
        ("x", ["x"], "explain.at_form"),
        ("x", ["=1"], "explain.at_form"),
        ("x", ["x=nan"], "explain.not_finite"),
        ("x", ["x=-inf"], "explain.not_finite"),
        ("x", ["x=y"], "explain.at_names"),
        ("x", ["x=1/0"], "explain.at_value"),
        ("x", ["x="], "explain.at_value"),
        ("max(x, y)", ["x=1", "y=1"], "domain.tie"),
        ("log(x)", ["x=0"], "domain.log"),
        ("1/x", ["x=0"], "domain.division"),
        ("sqrt(x)", ["x=0"], "domain.derivative"),
        ("sqrt(x)", ["x=-1"], "domain.sqrt"),
        ("x**0.5", ["x=-1"], "domain.power"),
        ("tan(pi/2)*x", ["x=1"], "domain.tan"),
        ("9**9**9", [], "number.exponent_too_large"),
        ("exp(exp(exp(x)))", ["x=9"], "number.argument_too_large"),
    ],
)
def test_refusals(text: str, at: list[str], key: str) -> None:
    with pytest.raises(QuizgenError) as caught:
        explain(text, at)
    assert caught.value.key == key


def test_an_error_at_a_node_points_at_its_operation() -> None:
    with pytest.raises(QuizgenError) as caught:
        explain("x + 1/(x - x)", ["x=2"])
    assert not isinstance(caught.value, DomainError)
    assert caught.value.position == 5  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "text",
    [
        "+".join(f"{n + 1}*x**{n % 4 + 1}" for n in range(400)),
        "*".join(f"x{n}" for n in range(600)),
        "(" * 500 + "x" + "+1)*y" * 500,
    ],
    ids=["long", "product", "deep"],
)
@pytest.mark.parametrize("numbers", [True, False])
def test_large_expressions(text: str, numbers: bool) -> None:
    from quizgen.engine.expression import names

    assert len(text) > 2000
    at = [f"{name}=1/2" for name in names(parse(text))] if numbers else []
    assert len(explain(text, at).graph.nodes) >= 500


NESTED_MAX = functools.reduce(lambda inner, i: f"max({inner}, x*{i} - {i})", range(9), "x")
HORNER = functools.reduce(lambda inner, _: f"({inner}*x + 1)", range(250), "x")


@pytest.mark.parametrize(
    ("typed", "at", "gradients"),
    [
        ("2**x", {"x": "3"}, {"x": "5.545177444479562"}),
        ("10**(x*x)", {"x": "0"}, {"x": "0"}),
        ("-(π + x)", {"x": "1"}, {"x": "-1"}),
        ("(x + pi)**2", {"x": "-pi"}, {"x": "0"}),
        ("sin(x)", {"x": "pi"}, {"x": "-1"}),
        ("tan(x)", {"x": "-pi"}, {"x": "1"}),
        ("relu(log(relu(x)))", {"x": "2"}, {"x": "1/2"}),
        ("relu(1/relu(x))", {"x": "2"}, {"x": "-1/4"}),
        ("max(log(max(-x, x)), 0)", {"x": "2"}, {"x": "1/2"}),
        (NESTED_MAX, {"x": "1/2"}, {"x": "1"}),
        ("x^2^3", {"x": "2"}, {"x": "1024"}),
        ("log(1 + x)", {"x": "1e-140"}, {"x": "1"}),
    ],
)
@pytest.mark.parametrize("form", [[], ["--json"]], ids=["text", "json"])
def test_what_once_went_wrong(
    typed: str, at: dict[str, str], gradients: dict[str, str], form: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Bases that are numbers, π in a sum, rounded inputs, cases inside cases, towers, arguments next to 1."""
    given = [each for name, value in at.items() for each in ("--at", f"{name}={value}")]
    assert app.run(["explain", typed, *given, *form]) == 0
    found = explain(typed, [f"{name}={value}" for name, value in at.items()]).found.gradients
    for name, wanted in gradients.items():
        assert abs(to_mpf(found[name]) - to_mpf(Fraction(wanted))) < 1e-12  # type: ignore[arg-type]
    assert app.run(["explain", typed, *form]) == 0  # and as expressions
    capsys.readouterr()


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("log(exp(x) + 1)", "x=-500"),
        ("log(exp(x) + 1)", "x=-200"),
        ("log(sigmoid(x))", "x=400"),
        ("1 - tanh(x)", "x=1000"),
        ("sqrt(x**2 + 1) - x", "x=1e70"),
        ("cos(x) - 1", "x=1e-70"),
        ("exp(x) - 1", "x=1e-125"),
        ("sin(sqrt(x))", "x=2e-250"),
        ("1/log(x/x)", "x=pi"),
    ],
)
def test_what_loses_all_its_digits_is_refused_and_is_no_bug(typed: str, at: str) -> None:
    with pytest.raises(QuizgenError, match=r"number\.cancels"):
        explain(typed, [at])


@pytest.mark.parametrize("typed", ["log(x - 100)", "sqrt(x - 50)", "log(-x - 31)", "sqrt(1/100 - x**2)"])
def test_a_domain_far_from_0_or_narrow_has_expressions_too(typed: str) -> None:
    assert explain(typed, []).found.gradients["x"]


@pytest.mark.parametrize("at", [["x=1/2"], []], ids=["numbers", "expressions"])
def test_five_hundred_nodes_deep_are_told_in_full(at: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert app.run(["explain", HORNER if at else "/".join(["x"] * 200), *[f"--at={each}" for each in at]]) == 0
    assert "(200) n200" in capsys.readouterr().out or not at


def test_a_tower_of_exponents_is_shown_as_one() -> None:
    shown = unicode(of_expression(parse("x^2^3")), Style())
    assert shown == "x^(2³)"
    assert unicode(of_expression(parse("(y^z)*x")), Style()) == "y^z · x"


@pytest.mark.parametrize("given", ["x=", "x=5%", "x==3", "x=2 3"])
def test_an_unreadable_value_names_its_input(given: str) -> None:
    with pytest.raises(QuizgenError) as caught:
        explain("x*y", ["y=1", given])
    assert (caught.value.key, caught.value.details["name"]) == ("explain.at_value", "x")


@pytest.mark.parametrize(("typed", "name"), [("ｶﾞ + 1", "ガ"), ("e\u0301 + 1", "é"), ("xⁿ", "n")])
def test_names_are_read_as_they_look(typed: str, name: str) -> None:
    assert name in explain(typed, []).graph.inputs
