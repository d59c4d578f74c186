"""The right and the wrong rule stand side by side: each side is what its pass has there, and the two differ."""

from __future__ import annotations

import pytest

from quizgen import families, misconceptions
from quizgen.drill.contrast import contrast
from quizgen.drill.lesson import Lesson
from quizgen.engine.graph import Graph
from quizgen.engine.layers import AddLayer, MulLayer, PowLayer, SubLayer
from quizgen.families.shopping import OTHER_TAX
from quizgen.generate import question_for
from quizgen.notation import Style, unicode
from quizgen.problem import Ask, Problem
from quizgen.question import Part, Question, canonical, identity
from quizgen.solve import Solution

LEVELS = [(family.name, level) for family in families.catalogue().values() for level in family.levels]


def lesson(graph: Graph, *asks: Ask) -> Lesson:
    problem = Problem("shopping", 1, "test", graph, "", asks)
    parts = tuple(Part(ask, key, ()) for ask, key in zip(asks, Solution(problem).keys, strict=True))
    return Lesson.of(Question(problem, parts, identity(graph, asks)))


def apples() -> Lesson:
    """The book's graph: apple 100 × 2, tax 1.1."""
    graph = Graph()
    bill = graph.node("bill", MulLayer, graph.input("apple", 100), graph.input("num", 2))
    tax = graph.input("tax", OTHER_TAX, "multiplier")
    graph.node("price", MulLayer, bill, tax)
    return lesson(graph, Ask("value", "price"), Ask("gradient", "price", "apple"), Ask("local", "bill", "num"))


def sides(taught: Lesson, part: int, wrong: str, at: str = "") -> tuple[str, str, str]:
    found = contrast(taught, part, wrong, at)
    assert found is not None
    return found.at, unicode(found.right, Style()), unicode(found.wrong, Style())


def test_a_local_derivative_that_is_not_swapped() -> None:
    assert sides(apples(), 1, "product-not-swapped", "bill") == (
        "bill",
        "∂price/∂apple = 1.1 × 2 = 2.2",
        "∂price/∂apple = 1.1 × 100 = 110",
    )


def test_an_upstream_that_is_ignored_or_added() -> None:
    right = "∂price/∂apple = 1.1 × 2 = 2.2"
    assert sides(apples(), 1, "product-upstream-ignored", "bill") == ("bill", right, "∂price/∂apple = 2")
    assert sides(apples(), 1, "upstream-added", "bill") == ("bill", right, "∂price/∂apple = 3.1")


def test_a_leaf_a_forward_rule_and_the_seed() -> None:
    assert sides(apples(), 0, "tax-as-rate") == ("tax", "tax = 1.1", "tax = 0.1")
    added = sides(apples(), 0, "forward-adds-for-multiplies", "bill")
    assert added == ("bill", "bill = 100 × 2 = 200", "bill = 102")
    assert sides(apples(), 1, "seed-from-output") == ("price", "∂price/∂price = 1", "∂price/∂price = 220")


def test_a_number_taken_from_the_right_pass() -> None:
    assert sides(apples(), 2, "gradient-for-local")[1:] == ("∂bill/∂num = 100", "110")


def test_branches_that_are_not_summed() -> None:
    graph = Graph()
    a, b = graph.input("a", -2), graph.input("b", 3)
    graph.node("z", MulLayer, graph.node("t", MulLayer, a, b), graph.node("u", AddLayer, a, b))
    found = sides(lesson(graph, Ask("gradient", "z", "a")), 0, "last-branch-wins")
    assert found == ("a", "∂z/∂a = −6 + 3 = −3", "∂z/∂a = 3")


def test_one_branch_is_not_called_the_whole_gradient() -> None:
    graph = Graph()
    a, b = graph.input("a", 3), graph.input("b", 8)
    graph.node("z", MulLayer, graph.node("t", MulLayer, a, b), graph.node("u", AddLayer, a, b))
    taught = lesson(graph, Ask("gradient", "z", "a"))
    assert sides(taught, 0, "product-upstream-ignored", "t") == ("t", "11 × 8 = 88", "8")


def test_expressions_are_contrasted_as_expressions() -> None:
    graph = Graph()
    t = graph.node("t", SubLayer, graph.input("x", 5), graph.input("y", 2))
    graph.node("z", PowLayer, t, 2)
    taught = lesson(graph, Ask("derivative", "z", "y"))
    assert sides(taught, 0, "subtraction-keeps-sign") == (
        "t",
        "∂z/∂y = 2(x − y) × (−1) = −2(x − y)",
        "∂z/∂y = 2(x − y) × 1 = 2(x − y)",
    )


@pytest.mark.parametrize(("family", "level"), LEVELS)
def test_every_mistake_that_changes_an_answer_has_its_contrast(family: str, level: int) -> None:
    taught = Lesson.of(question_for(families.find(family), level, "contrast"))
    for number, part in enumerate(taught.question.parts):
        for value, wrong, at in taught.mistakes[number].answers(part.ask):
            if canonical(value) == canonical(part.key):
                continue
            found = contrast(taught, number, wrong, at)
            assert found is not None, (wrong, at, part.ask)
            assert found.right != found.wrong
            if at:  # made at one place, it is there that the ways part
                assert found.at == at, (wrong, part.ask)
            assert wrong in misconceptions.catalogue()
