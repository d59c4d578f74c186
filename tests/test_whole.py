"""A whole graph: every edge is asked once, what follows rightly counts, and what took no work earns nothing."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizgen import bank, families
from quizgen.drill.whole import Filled, Standing, _following, can_be_whole, place_of, share, stands, whole
from quizgen.engine.chain_rule import run
from quizgen.engine.functions import Value
from quizgen.engine.graph import Graph
from quizgen.engine.layers import AddLayer, MulLayer
from quizgen.generate import question_for
from quizgen.problem import Ask, Problem
from quizgen.question import Part, Question, canonical
from quizgen.solve import Solution

LEVELS = [(family.name, level) for family in families.catalogue().values() for level in family.levels]


def apples() -> Question:
    """The book's graph: 100 × 2 = 200, × 1.1 = 220; back 1.1 and 200, then 2.2 and 110."""
    graph = Graph()
    bill = graph.node("bill", MulLayer, graph.input("apple", 100), graph.input("num", 2))
    graph.node("price", MulLayer, bill, graph.input("tax", Fraction(11, 10), "multiplier"))
    problem = Problem("shopping", 1, "test", graph, "", (Ask("value", "price"),))
    return whole(Question(problem, (Part(problem.asks[0], Fraction(220), ()),), "id"))


def fill(question: Question, *values: Value | str | None) -> list[str]:
    """How each edge stands when the graph is filled with `values` in order."""
    solution, filled = Solution(question.problem), tuple[Filled, ...]()
    for part, given_ in zip(question.parts, values, strict=False):
        value = Fraction(given_) if isinstance(given_, str) else given_
        right = value is not None and canonical(value) == canonical(part.key)
        standing = stands(solution, part.ask, value, right, filled)
        filled = (*filled, Filled(place_of(part.ask), value, standing))
    return [each.standing.value for each in filled]


def test_the_order_is_forward_then_the_reverse_back() -> None:
    assert [(part.ask.kind, part.ask.wrt or part.ask.of) for part in apples().parts] == [
        ("value", "bill"), ("value", "price"), ("gradient", "bill"),
        ("gradient", "apple"), ("gradient", "num"), ("gradient", "tax"),
    ]  # fmt: skip
    assert [str(part.key) for part in apples().parts] == ["200", "220", "11/10", "11/5", "110", "200"]


def test_what_follows_rightly_from_a_wrong_value_counts() -> None:
    # 210 for 200, then 231 = 210 × 1.1; and 210 again as the gradient by the tax.
    assert fill(apples(), "210", "231", "1.1", "2.2", "110", "210") == [
        "wrong", "follows", "right", "right", "right", "follows",
    ]  # fmt: skip


def test_a_gradient_follows_from_a_wrong_upstream_one() -> None:
    assert fill(apples(), "200", "220", "1.2", "2.4", "120", "200")[2:5] == ["wrong", "follows", "follows"]


@pytest.mark.parametrize("trivial", ["0", "1", "-1", "100", "2"])
def test_a_trivial_early_answer_earns_nothing_later(trivial: str) -> None:
    upstream = Fraction(trivial)
    later = [str(upstream * 2), str(upstream * 100)]
    stood = fill(apples(), "200", "220", trivial, *later, "200")
    assert stood[2] == "spoiled"
    assert "follows" not in stood


def test_an_easy_number_that_no_slip_explains_carries_nothing() -> None:
    question, solution = apples(), Solution(apples().problem)
    first, second = question.parts[0].ask, question.parts[1].ask
    for value, explained, standing, later in (
        (Fraction(210), False, "wrong", "follows"),
        (Fraction(102), True, "wrong", "follows"),
    ):
        stood = stands(solution, first, value, False, (), explained)
        assert stood.value == standing
        before = (Filled(place_of(first), value, stood),)
        assert stands(solution, second, value * Fraction(11, 10), False, before).value == later
    price = Solution(shopping().problem)
    stood = stands(price, shopping().parts[0].ask, Fraction(10), False, (), explained=False)
    assert stood is Standing.SPOILED


def shopping() -> Question:
    """A product whose value has three digits that count."""
    graph = Graph()
    graph.node("bill", MulLayer, graph.input("apple", 171), graph.input("num", 2))
    problem = Problem("shopping", 1, "test", graph, "", (Ask("value", "bill"),))
    return whole(Question(problem, (Part(problem.asks[0], Fraction(342), ()),), "id"))


def test_what_the_next_step_does_not_use_spoils_nothing() -> None:
    # The total is skipped: the gradient by the tax uses the bill alone.
    assert fill(apples(), "210", None, "1.1", "2.2", "110", "210")[5] == "follows"


def test_nothing_follows_through_a_step_that_was_spoiled_before() -> None:
    graph = Graph()
    a, b = graph.input("a", 3), graph.input("b", 7)
    t = graph.node("t", MulLayer, a, b)
    u = graph.node("u", AddLayer, t, graph.input("c", 5))
    graph.node("z", MulLayer, u, graph.input("d", 9))
    problem = Problem("shopping", 1, "test", graph, "", (Ask("value", "z"),))
    question = whole(Question(problem, (Part(problem.asks[0], Fraction(234), ()),), "id"))
    assert fill(question, "0", "5", "45") == ["spoiled", "spoiled", "spoiled"]
    assert fill(question, "20", "25", "225") == ["wrong", "follows", "follows"]
    assert fill(question, None, "26", "234") == ["spoiled", "right", "right"]


@pytest.mark.parametrize(("family", "level"), LEVELS)
def test_every_edge_is_asked_once_and_keyed_as_the_pass_has_it(family: str, level: int) -> None:
    question = question_for(families.find(family), level, "whole")
    if not can_be_whole(question):
        pytest.skip("the family has no words for it")
    asked, graph = whole(question), question.problem.graph
    found = run(graph)
    places = [place_of(part.ask) for part in asked.parts]
    assert len(places) == len(set(places)) == 2 * len(graph.nodes) - 1 + len(graph.inputs)
    assert asked.id == question.id
    for (side, name), part in zip(places, asked.parts, strict=True):
        assert part.key == (found.values if side == "forward" else found.gradients)[name]
    assert fill(asked, *(part.key for part in asked.parts)) == ["right"] * len(places)


LINES = [line for path in bank.shipped() for line in bank.lines(path)]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(LINES), st.data())
def test_one_wrong_edge_and_the_rest_computed_from_it_loses_that_edge_only(
    line: bank.Line, data: st.DataObject
) -> None:
    """Whoever slips once and goes on rightly is right everywhere else, or follows."""
    asked = whole(line.question())
    solution = Solution(asked.problem)
    slip = data.draw(st.integers(0, len(asked.parts) - 1))
    filled = tuple[Filled, ...]()
    for number, part in enumerate(asked.parts):
        before = {each.spot: each for each in filled}
        value = _following(solution, part.ask, before)
        assert value is not None
        if number == slip:
            value = value + Fraction(100003, 7)  # type: ignore[operator]
        right = canonical(value) == canonical(part.key)
        standing = stands(solution, part.ask, value, right, filled)
        filled = (*filled, Filled(place_of(part.ask), value, standing))
    wrong = [number for number, each in enumerate(filled) if each.standing is Standing.WRONG]
    assert wrong == [slip]
    assert share(filled) == Fraction(len(filled) - 1 - _cheap(filled), len(filled))


def _cheap(filled: tuple[Filled, ...]) -> int:
    return sum(each.standing is Standing.SPOILED for each in filled)
