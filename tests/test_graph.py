"""Graphs and the chain rule over them: order, values, gradients and edges, against sympy and in symbols."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import pytest
import sympy
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import APPLE, FRUIT, NAMES, ZOO, drawn, expressions, graph_of, points, positive, small, value_at, zoo

from quizgen.check import compare_pass
from quizgen.engine.chain_rule import Pass, run
from quizgen.engine.expression import Expression, Name, names, text
from quizgen.engine.graph import Graph, from_expression
from quizgen.engine.layers import LAYERS, AddLayer, Layer, MulLayer, PowLayer
from quizgen.errors import DomainError, QuizgenError
from quizgen.formulas import LargeReference, Reference, number
from quizgen.misconceptions import catalogue, passes
from quizgen.numbers import Real, close, to_mpf
from quizgen.problem import Ask, Problem
from quizgen.solve import Solution, steps

WITHIN = Fraction(1, 10**40)


# --- building ----------------------------------------------------------------------------------------------------


def refused(key: str, *arguments: Any) -> None:
    graph = Graph()
    graph.input("x", 1)
    graph.node("t", AddLayer, "x", 1)
    with pytest.raises(QuizgenError) as caught:
        graph.node(*arguments)
    assert caught.value.key == key
    assert [node.name for node in graph.nodes] == ["t"], "a refused node leaves nothing behind"


def test_a_node_names_only_what_exists() -> None:
    refused("graph.unknown_operand", "u", AddLayer, "t", "later")
    refused("graph.unknown_operand", "u", AddLayer, "u", "x")


def test_a_name_is_used_once() -> None:
    refused("graph.name_taken", "t", AddLayer, "x", 2)
    refused("graph.name_taken", "x", AddLayer, "t", 2)
    graph = Graph()
    graph.input("x", 1)
    with pytest.raises(QuizgenError, match="name_taken"):
        graph.input("x", 2)


@pytest.mark.parametrize("layer", LAYERS.values(), ids=lambda layer: layer.__name__)
def test_a_layer_has_as_many_operands_as_its_formula_has_variables(layer: type[Layer]) -> None:
    right = len(layer.variables)
    for count in range(5):
        if count != right:
            refused("graph.operands", "u", layer, *["x", "t", 2, "x"][:count])
    graph = Graph()
    graph.input("x", 3)
    graph.input("y", 2)
    assert graph.node("u", layer, *["x", "y"][:right]) == "u"


def test_a_graph_without_nodes_has_no_output() -> None:
    with pytest.raises(QuizgenError, match="empty"):
        _ = Graph().output


def test_too_many_nodes_are_refused() -> None:
    from quizgen.engine.graph import MAX_NODES

    graph = Graph()
    name = graph.input("x", 1)
    for index in range(MAX_NODES):
        name = graph.node(f"n{index}", AddLayer, name, 0)
    with pytest.raises(QuizgenError, match="too_many_nodes"):
        graph.node("more", AddLayer, name, 0)


# --- against sympy -----------------------------------------------------------------------------------------------


def _sympify(expression: Expression) -> tuple[Any, dict[str, Any]]:
    """Read by sympy's own parser from the text, with nothing of ours in between."""
    symbols = {name: sympy.Symbol(name, real=True) for name in names(expression)}
    known = {
        **symbols,
        "sigmoid": lambda x: 1 / (1 + sympy.exp(-x)),
        "relu": lambda x: sympy.Piecewise((x, x > 0), (0, True)),
        "max": lambda x, y: sympy.Piecewise((x, x > y), (y, True)),
    }
    return sympy.sympify(text(expression), locals=known, rational=True), symbols


def _solved(expression: Expression, point: dict[str, Fraction]) -> tuple[Graph, Pass]:
    graph, _ = from_expression(expression, {name: point[name] for name in names(expression)})
    try:
        found = run(graph)
    except QuizgenError:
        assume(False)
        raise
    sizes = [abs(to_mpf(each)) for each in (*found.values.values(), *found.gradients.values())]
    assume(max(sizes, default=0) < 1e60)
    return graph, found


def _agree(mine: Any, theirs: Any) -> bool:
    if isinstance(mine, Fraction):  # exact, or a cancellation that leaves nothing
        return bool(theirs == sympy.Rational(str(mine))) or bool(
            abs(sympy.N(theirs - sympy.Rational(str(mine)), 40)) < 1e-35
        )
    return close(mine, Real(str(sympy.N(theirs, 60))), WITHIN)


differentiable = expressions(leaves=6)
anywhere = points(positive | small)


@given(differentiable, anywhere)
def test_values_and_gradients_are_sympys_from_the_text(expression: Expression, point: dict[str, Fraction]) -> None:
    _, found = _solved(expression, point)
    theirs, symbols = _sympify(expression)
    at = {symbols[name]: sympy.Rational(str(point[name])) for name in symbols}
    assert _agree(found.value, theirs.subs(at))
    for name, symbol in symbols.items():
        gradient = sympy.diff(theirs, symbol).subs(at)
        if gradient.is_finite is not False and gradient is not sympy.nan:  # sympy's x**y/x at 0 says nothing
            assert _agree(found.gradients[name], gradient), (text(expression), name)


@given(differentiable, anywhere)
def test_the_references_agree_with_the_layers_and_with_each_other(
    expression: Expression, point: dict[str, Fraction]
) -> None:
    """At every name, inner nodes too; what is for large graphs serves small ones as well."""
    graph, found = _solved(expression, point)
    assert list(compare_pass(Reference(graph), found)) == []
    assert list(compare_pass(LargeReference(graph), found)) == []


@pytest.mark.parametrize(("formula", "values"), ZOO, ids=[formula for formula, _ in ZOO])
def test_the_zoo_agrees_with_sympy(formula: str, values: dict[str, Any]) -> None:
    graph = graph_of(formula, values)
    found = run(graph)
    large, small_ = LargeReference(graph), Reference(graph)
    assert list(compare_pass(small_, found)) == []
    assert list(compare_pass(large, found)) == []


def test_the_zoo_has_every_layer() -> None:
    assert {node.layer for graph in zoo() for node in graph.nodes} == set(LAYERS.values())


# --- symbols -----------------------------------------------------------------------------------------------------


@given(expressions(leaves=6, without=("relu", "max")), points(positive))
def test_the_symbolic_pass_evaluated_at_a_point_is_the_pass_at_that_point(
    expression: Expression, point: dict[str, Fraction]
) -> None:
    graph, found = _solved(expression, point)
    symbolic = run(graph.symbolic())
    for mine, theirs in ((symbolic.values, found.values), (symbolic.gradients, found.gradients)):
        assert mine.keys() == theirs.keys()
        for name, each in mine.items():
            value = value_at(each, point) if isinstance(each, Expression) else each
            if value is not None:  # x**n/x is not simplified: at 0 the tree has no value
                assert _close(value, theirs[name]), (text(expression), name)
    assert symbolic.value == symbolic.values.get(str(graph.output), symbolic.value)


def _close(one: Any, other: Any) -> bool:
    return close(one, other, WITHIN) or abs(to_mpf(one) - to_mpf(other)) < 1e-50


def test_a_square_in_symbols_and_at_a_point() -> None:
    """The seed's third case: 2*(x + y) as it stands in the book, not expanded."""
    graph = Graph()
    x, y = graph.input("x", 3), graph.input("y", 4)
    graph.node("z", PowLayer, graph.node("t", AddLayer, x, y), 2)
    found, symbolic = run(graph), run(graph.symbolic())
    assert (found.value, found.gradients) == (49, {"x": 14, "y": 14, "t": 14, "z": 1})
    assert str(symbolic.value) == "(x + y)**2"
    assert [str(symbolic.gradients[name]) for name in "xyt"] == ["2*(x + y)"] * 3


# --- the seed ----------------------------------------------------------------------------------------------------


def _exactly(found: Pass) -> None:
    assert all(type(each) is Fraction for each in (*found.values.values(), *found.gradients.values(), found.value))


def test_apples() -> None:
    found = run(graph_of(*APPLE))
    assert found.value == 220
    assert [found.gradients[name] for name in ("apple", "apple_num", "tax")] == [Fraction(11, 5), 110, 200]
    _exactly(found)


def test_apples_and_oranges() -> None:
    found = run(graph_of(*FRUIT))
    assert found.value == 715
    wanted = {"apple": Fraction(11, 5), "apple_num": 110, "orange": Fraction(33, 10), "orange_num": 165, "tax": 650}
    assert {name: found.gradients[name] for name in wanted} == wanted
    _exactly(found)


# --- how backward goes -------------------------------------------------------------------------------------------

graphs = st.tuples(differentiable, anywhere)


@given(graphs)
def test_every_edge_is_upstream_times_local_and_gradients_are_their_sums(drawn_: tuple[Any, Any]) -> None:
    graph, found = _solved(*drawn_)
    arrived: dict[str, Any] = {}
    for edge in found.edges:
        assert edge.upstream == found.gradients[edge.node]
        assert _close(edge.upstream * edge.local, edge.downstream)
        assert isinstance(edge.operand, str)
        arrived[edge.operand] = arrived.get(edge.operand, Fraction(0)) + edge.downstream
    for name in graph.names():
        wanted = Fraction(1) if name == graph.output else arrived.get(name, Fraction(0))
        assert _close(found.gradients[name], wanted)


@given(graphs)
def test_backward_visits_nodes_in_reverse_and_operands_from_the_left(drawn_: tuple[Any, Any]) -> None:
    """Every operand that is a name, of every node that reaches the output, once."""
    graph, found = _solved(*drawn_)
    wanted = [
        (node.name, place)
        for node in reversed(graph.nodes)
        for place, operand in enumerate(node.operands)
        if isinstance(operand, str) and operand in graph
    ]
    assert [(edge.node, edge.place) for edge in found.edges] == wanted


def test_a_value_that_is_used_in_several_places_gets_the_sum() -> None:
    found = run(graph_of("a*b*(a + b)", {"a": -2, "b": 3}))
    assert (found.gradients["a"], found.gradients["b"]) == (-3, -8)
    assert run(graph_of("x*x*x + x", {"x": 2})).gradients["x"] == 13


def test_an_inner_node_that_is_shared_passes_on_the_sum_once() -> None:
    """a = x², y = a² + a²: 64 at 2; whoever visits a twice gets more, whoever overwrites gets less."""
    graph = Graph()
    a = graph.node("a", PowLayer, graph.input("x", 2), 2)
    graph.node("y", AddLayer, graph.node("b", PowLayer, a, 2), graph.node("c", PowLayer, a, 2))
    found = run(graph)
    assert (found.value, found.gradients["a"], found.gradients["x"]) == (32, 16, 64)
    assert [edge.node for edge in found.edges] == ["y", "y", "c", "b", "a"]


def test_what_does_not_reach_the_output_has_gradient_0_and_no_edge() -> None:
    graph = Graph()
    x, y = graph.input("x", 3), graph.input("y", 0)
    graph.node("side", MulLayer, y, graph.node("quotient", LAYERS["DivLayer"], y, x))
    graph.node("z", MulLayer, x, 2)
    found = run(graph)
    assert found.gradients == {"x": 2, "y": 0, "quotient": 0, "side": 0, "z": 1}
    assert [edge.node for edge in found.edges] == ["z"]
    assert run(graph.symbolic()).gradients["y"] == Fraction(0)


def test_a_kink_beside_the_way_to_the_output_does_not_matter() -> None:
    graph = Graph()
    x = graph.input("x", 0)
    graph.node("root", LAYERS["SqrtLayer"], x)
    graph.node("z", MulLayer, x, 2)
    assert run(graph).gradients["x"] == 2
    with pytest.raises(QuizgenError, match="derivative"):
        run(graph.ending_at("root"))


@pytest.mark.parametrize(("formula", "values"), ZOO, ids=[formula for formula, _ in ZOO])
def test_the_gradient_of_every_node_is_that_of_the_graph_that_ends_there(formula: str, values: dict[str, Any]) -> None:
    graph = graph_of(formula, values)
    for node in graph.nodes:
        part = graph.ending_at(node.name)
        assert part.output == node.name
        found, sympys = run(part), Reference(part)
        assert found.value == run(graph).values[node.name]
        for name in graph.inputs:
            assert close(found.gradients[name], sympys.gradient(node.name, name), WITHIN)
    assert graph.output == graph.nodes[-1].name, "the graph itself keeps its output"


# --- formula and graph -------------------------------------------------------------------------------------------


@given(expressions(leaves=8))
def test_a_graph_has_the_formula_it_was_built_from(expression: Expression) -> None:
    graph, positions = from_expression(expression)
    assert graph.expression(graph.output) == expression
    assert list(graph.inputs) == names(expression)
    assert all(isinstance(value, Name) for value in graph.inputs.values())
    assert set(positions) == {node.name for node in graph.nodes}
    order = list(graph.names())
    for node in graph.nodes:
        for operand in node.operands:
            assert not isinstance(operand, str) or operand == "pi" or order.index(operand) < order.index(node.name)


def test_nodes_are_inserted_in_the_order_in_which_a_reader_computes_them() -> None:
    """a·b·(a + b) is a·b, a + b, product: this fixes what "last branch wins" yields."""
    graph = graph_of("a*b*(a + b)", {"a": -2, "b": 3})
    assert [(node.layer.__name__, node.operands) for node in graph.nodes] == [
        ("MulLayer", ("a", "b")),
        ("AddLayer", ("a", "b")),
        ("MulLayer", ("n1", "n2")),
    ]


# --- worked steps ------------------------------------------------------------------------------------------------


def _graphs() -> list[Graph]:
    return [*zoo(), *(problem.graph for problem in drawn(1))]


def test_worked_steps_are_numbered_forward_and_then_back() -> None:
    """Forward (1) … (n), backward (n) … (1), and 0 for what adds up at an input."""
    for graph in _graphs():
        count = len(graph.nodes)
        told = list(steps(graph, run(graph)))
        assert [step.number for step in told[:count]] == list(range(1, count + 1))
        assert {step.direction for step in told[:count]} == {"forward"}
        back = told[count:]
        assert {step.direction for step in back} == {"backward"}
        assert [number for number, _ in itertools.groupby(step.number for step in back if step.number)] == list(
            range(count, 0, -1)
        )
        numbers = [step.number for step in back]
        assert numbers == sorted(numbers, reverse=True)


def test_a_line_adds_up_what_came_back_from_several_places() -> None:
    for graph in _graphs():
        several = [name for name in graph.names() if len(graph.consumers(name)) > 1]
        told = list(steps(graph, run(graph)))
        edges = len(run(graph).edges)
        assert len(told) == len(graph.nodes) + edges + len(several)


def test_a_solution_reads_each_answer_from_the_pass_that_ends_at_what_is_asked() -> None:
    graph = graph_of(*FRUIT)
    total = str(graph.nodes[2].name)
    asks = (
        Ask("value", total), Ask("gradient", total, "apple"), Ask("gradient", str(graph.output), total),
        Ask("upstream", str(graph.output), total), Ask("local", "n1", "apple"),
        Ask("meaning", str(graph.output), "tax", Fraction(1, 100)), Ask("derivative", total, "apple"),
    )  # fmt: skip
    solution = Solution(Problem("test", 1, "s", graph, "", asks))
    keys = solution.keys
    assert keys[:6] == (650, 2, Fraction(11, 10), Fraction(11, 10), 2, Fraction(13, 2))
    assert text(keys[6]) == "apple_num"  # type: ignore[arg-type]


@given(st.integers(0, 10**6))
def test_a_seeded_chain_of_powers_is_exact(seed: int) -> None:
    """Rational in, rational out, however long."""
    x = Fraction(seed % 19 - 9, seed % 7 + 1)
    graph, found = _solved(from_formula("((x**2 + 1)**2 + 1)/(x**2 + 2)"), dict.fromkeys(NAMES, x))
    reference = Reference(graph)
    assert isinstance(found.value, Fraction)
    assert found.gradients["x"] == number(sympy.sympify(str(reference.gradient(str(graph.output), "x"))))


def from_formula(formula: str) -> Expression:
    from quizgen.engine.parse import parse

    return parse(formula)


@pytest.mark.parametrize(
    ("formula", "value", "gradient"),
    [
        ("x + exp(1)", "x + exp(1)", "1"),
        ("x*log(2)", "x*log(2)", "log(2)"),
        ("2**x", "2**x", "2**x*log(2)"),
        ("x*cos(1 + 1)", "x*cos(2)", "cos(2)"),
        ("sqrt(2)*x", "sqrt(2)*x", "sqrt(2)"),
        ("(x + 2)**0.5", "(x + 2)**(1/2)", "(1/2)*(x + 2)**(-1/2)"),
        ("x*sqrt(4)", "2*x", "2"),
        ("x*max(2, 3) + relu(-1)", "3*x", "3"),
        ("x*sigmoid(0)", "(1/2)*x", "1/2"),
    ],
)
def test_numbers_under_functions_stand_in_symbols_as_they_are(formula: str, value: str, gradient: str) -> None:
    """No rounded number enters a tree; what is exact is folded. No mistake stumbles over them either."""
    graph, _ = from_expression(from_formula(formula))
    found = run(graph)
    assert (str(found.value), str(found.gradients["x"])) == (value, gradient)
    for wrong in catalogue().values():
        for _, made in passes(graph, wrong, "x" if wrong.by_input else None):
            assert not any(isinstance(each, Real) for each in made.gradients.values())


@pytest.mark.parametrize("formula", ["x + 1/0", "x*log(-1)", "x*sqrt(-4)", "x*0**-1", "x + max(2, 2)"])
def test_numbers_outside_a_domain_are_refused_in_symbols_too(formula: str) -> None:
    graph, _ = from_expression(from_formula(formula))
    with pytest.raises(DomainError):
        run(graph)
