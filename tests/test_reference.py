"""The quick reference says what sympy says at the numbers themselves, and what it takes for 0 is 0."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizgen.engine.graph import Graph
from quizgen.engine.layers import AddLayer, DivLayer, Layer, MulLayer, PowLayer, SubLayer
from quizgen.formulas import Reference
from quizgen.plain import Plain, is_zero
from quizgen.problem import Ask
from quizgen.reference import RationalReference, reference

NAMES = ["I", "E", "S", "beta", "N", "Q", "lambda", "x", "X", "0", "1", "数"]  # some mean something to sympy
SMALL = st.sampled_from([Fraction(each) for each in (-3, -1, 0, 1, 2, 5)] + [Fraction(1, 2), Fraction(-2, 3)])
EXPONENTS = st.sampled_from([Fraction(each) for each in (-2, -1, 0, 1, 2, 3)])


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """One to three inputs and one to five nodes, which use what is there as often as it comes."""
    graph, names = Graph(), draw(st.permutations(NAMES))
    known = [graph.input(names.pop(), draw(SMALL)) for _ in range(draw(st.integers(1, 3)))]
    for _ in range(draw(st.integers(1, 5))):
        layer: type[Layer] = draw(st.sampled_from([AddLayer, SubLayer, MulLayer, DivLayer, PowLayer]))
        if layer is PowLayer:
            operands = (draw(st.sampled_from(known)), draw(EXPONENTS))
        else:
            operand = st.one_of(st.sampled_from(known), SMALL)
            operands = (draw(operand), draw(operand))  # type: ignore[assignment]
        known.append(graph.node(names.pop(), layer, *operands))
    return graph


@settings(max_examples=150, deadline=None)
@given(graphs())
def test_graphs_of_one_shape_are_told_apart_by_their_numbers(graph: Graph) -> None:
    quick, plain = reference(graph), Reference(graph)
    if not isinstance(quick, RationalReference):  # somewhere it has no value
        return
    output = str(graph.output)
    for name in graph.names():
        assert quick.value(name) == plain.value(name)
        assert quick.gradient(output, name) == plain.gradient(output, name)
    for node in graph.nodes:
        for operand in {each for each in node.operands if isinstance(each, str)}:
            assert quick.local(node.name, operand) == plain.local(node.name, operand)
    for name in graph.inputs:
        ask = Ask("meaning", output, name, Fraction(1))
        assert quick.growth(ask) == plain.growth(ask)


def test_a_layer_with_another_formula_is_another_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = Graph()
    graph.node("z", MulLayer, graph.input("x", 3), graph.input("y", 4))
    assert reference(graph).value("z") == 12
    monkeypatch.setattr(MulLayer, "formula", "x + y")
    assert reference(graph).value("z") == 7


X: Plain = "x"
ROOTS = (Fraction(1009), Fraction(1010))  # the first values at which x is tried
BOTH = ROOTS[0] * ROOTS[1]
NOT_ZERO: dict[str, Plain] = {
    "a product": ("*", (("+", (X, -ROOTS[0])), ("+", (X, -ROOTS[1])))),
    "a square": ("+", (("**", (X, Fraction(2))), ("*", (-sum(ROOTS, Fraction(0)), X)), BOTH)),
    "a quotient": ("+", (X, -sum(ROOTS, Fraction(0)), ("*", (BOTH, ("**", (X, Fraction(-1))))))),
}


@pytest.mark.parametrize("name", NOT_ZERO)
def test_what_is_0_at_the_first_points_only_is_not_0(name: str) -> None:
    assert is_zero(NOT_ZERO[name]) is False


def test_what_is_0_everywhere_is_0() -> None:
    square: Plain = ("**", (("+", (X, Fraction(1))), Fraction(2)))
    written: Plain = ("+", (("**", (X, Fraction(2))), ("*", (Fraction(2), X)), Fraction(1)))
    assert is_zero(("+", (square, ("*", (Fraction(-1), written))))) is True


def test_what_would_take_too_many_points_is_left_open() -> None:
    assert is_zero(("+", tuple(f"x{number}" for number in range(12)))) is None
