"""The checker: it refuses every mistaken pass and every historic bug, lets right ones through, and computes alone."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from strategies import APPLE, FRUIT, LEVELS, drawn, graph_of, zoo

from quizgen import check as checking
from quizgen import formulas
from quizgen.check import check, compare, compare_pass, story_disagreement
from quizgen.engine import chain_rule
from quizgen.engine.chain_rule import Pass, Rules, run
from quizgen.engine.expression import Constant, Expression, Name, text
from quizgen.engine.graph import Graph
from quizgen.engine.layers import LAYERS, AddLayer, Layer, MulLayer, PowLayer
from quizgen.engine.parse import parse
from quizgen.errors import InternalError
from quizgen.families import Family
from quizgen.formulas import LargeReference, Reference
from quizgen.generate import draft_for, question_for
from quizgen.misconceptions import Misconception, catalogue, passes
from quizgen.numbers import Real, close
from quizgen.problem import Ask, Problem
from quizgen.solve import Solution

EVERY_LEVEL = pytest.mark.parametrize(("family", "level"), LEVELS, ids=[f"{f.name}-{n}" for f, n in LEVELS])


def problem_of(graph: Graph, formula: str, *asks: Ask) -> Problem:
    return Problem("family-name", 3, "seed-text", graph, formula, asks)


def fruit(*asks: Ask) -> Solution:
    return Solution(problem_of(graph_of(*FRUIT), FRUIT[0], *asks))


def refused(solution: Solution) -> InternalError:
    with pytest.raises(InternalError) as caught:
        check(solution)
    assert caught.value.key == "internal.disagreement"
    return caught.value


# --- what is right passes ----------------------------------------------------------------------------------------


@EVERY_LEVEL
def test_a_right_solution_passes(family: Family, level: int) -> None:
    for number in range(3):
        solution = Solution(draft_for(family, level, f"right-{number}"))
        assert len(solution.keys) == len(solution.problem.asks)
        check(solution)


def test_every_right_pass_of_the_zoo_passes() -> None:
    for graph in zoo():
        assert list(compare_pass(Reference(graph), run(graph))) == []
        assert list(compare_pass(LargeReference(graph), run(graph))) == []


# --- every misconception is a mutant -----------------------------------------------------------------------------


@functools.cache
def _checked() -> list[tuple[Graph, Pass, Reference]]:
    graphs = [*zoo(), *(problem.graph for problem in drawn(3))]
    return [(graph, run(graph), Reference(graph)) for graph in graphs]


def _changes(made: Pass, right: Pass) -> bool:
    pairs = [(each, right.values[name]) for name, each in made.values.items()]
    pairs += [(each, right.gradients[name]) for name, each in made.gradients.items()]
    return not all(close(one, other) for one, other in pairs)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong", [each for each in catalogue().values() if not each.reading], ids=lambda wrong: wrong.id
)
def test_a_pass_with_a_mistake_is_refused_wherever_it_changes_anything(wrong: Misconception) -> None:
    caught = 0
    for graph, right, reference in _checked():
        for wrt in list(graph.inputs) if wrong.by_input else [None]:
            for _, made in passes(graph, wrong, wrt):
                changes = _changes(made, right)
                assert bool(next(compare_pass(reference, made), None)) == changes, (wrong.id, wrt)
                caught += changes
    assert caught


@pytest.mark.parametrize("wrong", [each for each in catalogue().values() if each.reading], ids=lambda wrong: wrong.id)
def test_a_key_read_off_wrongly_is_refused(wrong: Misconception) -> None:
    """The wrong number from a right pass, as the key of the question it answers."""
    caught = 0
    for family, level in LEVELS:
        for number in range(12):
            problem = draft_for(family, level, f"reading-{number}")
            solution = Solution(problem)
            for place, ask in enumerate(problem.asks):
                value = (
                    None if ask.symbolic or wrong.reading is None else wrong.reading(ask, problem.graph, solution.found)
                )
                if value is not None and value != solution.keys[place]:
                    keys = list(solution.keys)
                    keys[place] = value
                    bad = Solution(problem)
                    bad.__dict__["keys"] = tuple(keys)
                    refused(bad)
                    caught += 1
            if caught > 3:
                return
    assert caught


# --- historic bugs -----------------------------------------------------------------------------------------------


def shared() -> Graph:
    """a = x², y = a²·x + a²: an inner node with two users, and an input with two."""
    graph = Graph()
    a = graph.node("a", PowLayer, graph.input("x", 2), 2)
    first = graph.node("b", MulLayer, graph.node("c", PowLayer, a, 2), "x")
    graph.node("y", AddLayer, first, graph.node("d", PowLayer, a, 2))
    return graph


def wrong_places(graph: Graph, made: Pass) -> set[str]:
    return {found.what for found in compare_pass(Reference(graph), made)}


def test_overwriting_at_a_fan_out_is_refused() -> None:
    graph = shared()
    made = run(graph, Rules(gather=lambda graph, name, arrived: arrived[-1]))
    assert {"∂y/∂x", "∂y/∂a"} <= wrong_places(graph, made)


def test_visiting_a_shared_node_once_for_each_path_is_refused() -> None:
    """Passing on what has gathered so far each time somebody arrives: the early part goes down twice."""
    graph = shared()
    right = run(graph)
    gradients: dict[str, Any] = dict.fromkeys(graph.names(), Fraction(0))

    def visit(name: str, arrives: Any) -> None:
        gradients[name] += arrives
        node = graph.producer(name)
        if node is not None:
            for edge in right.edges:
                if edge.node == name and isinstance(edge.operand, str):
                    visit(edge.operand, gradients[name] * edge.local)

    visit("y", Fraction(1))
    assert gradients["a"] == right.gradients["a"], "the shared node itself looks right"
    assert wrong_places(graph, replace(right, gradients=gradients)) == {"∂y/∂x"}


def test_one_layer_object_for_two_nodes_is_refused() -> None:
    """It differentiates the first node at what the second one saw."""

    class Reused(MulLayer):
        only: MulLayer | None = None

        def __new__(cls) -> Reused:
            cls.only = cls.only or super().__new__(cls)
            return cls.only  # type: ignore[return-value]

    graph = Graph()
    x, y, z = (graph.input(name, value) for name, value in (("x", 2), ("y", 3), ("z", 5)))
    graph.node("out", Reused, graph.node("t", Reused, x, y), z)
    assert {"∂out/∂x", "∂out/∂y"} <= wrong_places(graph, run(graph))


class Cell:
    """A number that is changed in place by *=, as an array is."""

    def __init__(self, value: Fraction) -> None:
        self.value = value

    def __mul__(self, other: Any) -> Cell:
        return Cell(self.value * getattr(other, "value", other))

    __rmul__ = __mul__

    def __add__(self, other: Any) -> Cell:
        return Cell(self.value + getattr(other, "value", other))

    def __imul__(self, other: Any) -> Cell:
        self.value *= getattr(other, "value", other)
        return self


@pytest.mark.parametrize("careless", [False, True])
def test_an_upstream_gradient_that_a_layer_changes_in_place_is_refused(careless: bool) -> None:
    class InPlace(MulLayer):
        def backward(self, dout: Any) -> tuple[Any, ...]:
            by_y = dout * self.x
            if careless:
                dout *= self.y
                return dout, by_y
            return dout * self.y, by_y

    graph = Graph()
    x, y, z = (graph.input(name, value) for name, value in (("x", 2), ("y", 3), ("z", 5)))
    graph.node("out", InPlace, graph.node("t", InPlace, x, y), z)
    cells = run(graph, Rules(seed=lambda value: Cell(Fraction(1))))  # type: ignore[arg-type, return-value]
    gradients = {name: cell.value for name, cell in cells.gradients.items()}  # type: ignore[union-attr]
    places = wrong_places(graph, replace(cells, gradients=gradients))
    assert bool(places) == careless
    assert not careless or "∂out/∂out" in places


@pytest.mark.parametrize(
    "noise", [2.2, 3.3000000000000003, Real("2.2") * Fraction(10**40 + 1, 10**40), 220.00000000000003]
)
def test_float_noise_in_a_key_or_in_a_pass_is_refused(noise: Any) -> None:
    """A float is refused even where it prints like the key; so is a real beyond the promised digits."""
    asks = (Ask("gradient", "n4", "apple"),)
    assert fruit(*asks).keys == (Fraction(11, 5),)
    solution = fruit(*asks)
    solution.__dict__["keys"] = (noise,)
    refused(solution)
    solution = fruit(*asks)
    solution.found.gradients["apple"] = noise
    refused(solution)
    solution = fruit(*asks)
    solution.found.values["n4"] = noise
    refused(solution)


@pytest.mark.parametrize(
    ("story", "told"),
    [
        ("(apple*apple_num + orange*orange_num)*tax", True),
        ("apple*apple_num*tax + orange*orange_num*tax", True),
        ("(apple*apple_num + orange*orange_num)*tax - 100", False),
        ("apple*apple_num + orange*orange_num*tax", False),
        ("(apple*apple_num + orange*(orange_num - 1))*tax", False),  # three for two
        ("apple*apple_num*tax", False),
        ("(apple*apple_num + orange*orange_num)*tax + fee", False),
    ],
)
def test_a_story_that_is_not_its_graphs_is_refused(story: str, told: bool) -> None:
    solution = Solution(problem_of(graph_of(*FRUIT), story, Ask("value", "n4")))
    assert (story_disagreement(solution.problem) is None) == told
    if told:
        check(solution)
    else:
        refused(solution)


def test_a_coupon_that_comes_off_after_the_tax_in_the_story_only_is_refused() -> None:
    """Both solvers read one graph: only the closed formula tells."""
    values = {"apple": 100, "apple_num": 3, "coupon": 50, "tax": Fraction(11, 10)}
    graph = graph_of("(apple*apple_num - coupon)*tax", values)
    asks = (Ask("value", "n3"), Ask("gradient", "n3", "coupon"))
    check(Solution(problem_of(graph, "(apple*apple_num - coupon) * tax", *asks)))
    assert refused(Solution(problem_of(graph, "apple*apple_num*tax - coupon", *asks))).details["what"] == "formula"


@pytest.mark.parametrize(
    ("ask", "right"),
    [
        (Ask("value", "n4"), "715"),
        (Ask("value", "n1"), "200"),
        (Ask("gradient", "n4", "orange"), "33/10"),
        (Ask("gradient", "n3", "apple"), "2"),
        (Ask("upstream", "n4", "n1"), "11/10"),
        (Ask("local", "n4", "n3"), "11/10"),
        (Ask("meaning", "n4", "tax", Fraction(1, 100)), "13/2"),
        (Ask("meaning", "n4", "orange_num", Fraction(1)), "165"),
    ],
    ids=lambda value: str(getattr(value, "kind", value)),
)
def test_a_wrong_key_of_any_kind_is_refused(ask: Ask, right: str) -> None:
    solution = fruit(ask)
    assert solution.keys == (Fraction(right),)
    check(solution)
    for wrong in (Fraction(right) + 1, -Fraction(right), Fraction(right) + Fraction(1, 10**30), Fraction(0)):
        solution = fruit(ask)
        solution.__dict__["keys"] = (wrong,)
        refused(solution)


@pytest.mark.parametrize(("key", "right"), [("2*(x + y)", True), ("2*x + 2*y", True), ("2*x", False), ("x + y", False),
    ("2*(x + y)**2", False), ("2*(x - y)", False), ("2*(x + y) + (x - y)*(x*y - 1)/10**30", False),
    ("(x + y)**2/(x + y) + x + y", True), ("2*sqrt((x + y)**2)", True), ("14", False)])  # fmt: skip
def test_a_symbolic_key_has_to_be_the_derivative(key: str, right: bool) -> None:
    graph = graph_of("(x + y)**2", {"x": 3, "y": 4})
    solution = Solution(problem_of(graph, "(x + y)**2", Ask("derivative", "n2", "x")))
    assert text(solution.keys[0]) == "2*(x + y)"  # type: ignore[arg-type]
    solution.__dict__["keys"] = (parse(key),)
    assert (next(compare(solution, Reference(graph)), None) is None) == right
    if not right:
        refused(solution)


def test_a_number_is_no_key_of_a_question_for_an_expression() -> None:
    graph = graph_of("(x + y)**2", {"x": 3, "y": 4})
    solution = Solution(problem_of(graph, "(x + y)**2", Ask("derivative", "n2", "x")))
    solution.__dict__["keys"] = (Constant(Fraction(14)),)
    refused(solution)
    solution.__dict__["keys"] = (Name("x"),)
    refused(solution)


def test_a_meaning_is_refused_where_the_output_is_not_linear() -> None:
    """(x + y)² at 3, 4 grows by 15, not by its gradient 14; no key is right."""
    graph = graph_of("(x + y)**2", {"x": 3, "y": 4})
    for key in (14, 15, 16):
        solution = Solution(problem_of(graph, "(x + y)**2", Ask("meaning", "n2", "x", Fraction(1))))
        solution.__dict__["keys"] = (Fraction(key),)
        refused(solution)


# --- how it works ------------------------------------------------------------------------------------------------


def _shut(*arguments: Any, **named: Any) -> Any:
    raise AssertionError("the checker ran a layer")


@EVERY_LEVEL
def test_the_checker_runs_no_layer(family: Family, level: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a solved problem: no forward, no backward, no pass."""
    solutions = [Solution(draft_for(family, level, f"shut-{number}")) for number in range(2)]
    for solution in solutions:
        assert solution.keys
    checking._same_formula.cache_clear()
    for layer in [Layer, *LAYERS.values()]:
        for method in ("forward", "compute", "backward"):
            monkeypatch.setattr(layer, method, _shut)
    monkeypatch.setattr(chain_rule, "run", _shut)
    monkeypatch.setattr("quizgen.solve.run", _shut)
    with pytest.raises(AssertionError):
        Solution(solutions[0].problem)
    for solution in solutions:
        check(solution)


def test_a_disagreement_names_family_level_and_seed() -> None:
    solution = fruit(Ask("value", "n4"))
    solution.__dict__["keys"] = (Fraction(716),)
    details = refused(solution).details
    assert (details["family"], details["level"], details["seed"]) == ("family-name", 3, "seed-text")
    assert (details["layers"], details["formulas"]) == ("716", "715")


# --- a broken layer reaches nobody -------------------------------------------------------------------------------


def _not_swapped(right: Callable[..., Any]) -> Callable[..., Any]:
    return lambda layer, dout: tuple(reversed(right(layer, dout)))


def _one_more(right: Callable[..., Any]) -> Callable[..., Any]:
    """Wrong also where the right gradient is 0, as behind a ReLU that is off: twice 0 would be right."""
    return lambda layer, dout: tuple(each if each is None else each + 1 for each in right(layer, dout))


def _off_by_one(right: Callable[..., Any]) -> Callable[..., Any]:
    return lambda layer, *operands: right(layer, *operands) + 1


@functools.cache
def _used() -> list[tuple[str, Family, int]]:
    """Each layer that some level uses, with the first level that always does."""
    found: dict[str, tuple[Family, int]] = {}
    for family, level in LEVELS:
        layers = [
            {node.layer.__name__ for node in draft_for(family, level, f"broken-{n}").graph.nodes} for n in range(2)
        ]
        for name in set.intersection(*layers):
            found.setdefault(name, (family, level))
    return [(name, *where) for name, where in sorted(found.items())]


@pytest.mark.parametrize(("name", "family", "level"), _used(), ids=[name for name, *_ in _used()])
@pytest.mark.parametrize(
    ("method", "broken"), [("backward", _one_more), ("compute", _off_by_one)], ids=["backward", "forward"]
)
def test_no_question_comes_from_a_broken_layer(
    name: str, family: Family, level: int, method: str, broken: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    question_for(family, level, "broken-0")
    monkeypatch.setattr(LAYERS[name], method, broken(getattr(LAYERS[name], method)))
    with pytest.raises(InternalError) as caught:
        question_for(family, level, "broken-0")
    assert caught.value.key == "internal.disagreement"
    assert (caught.value.details["family"], caught.value.details["level"]) == (family.name, level)
    assert caught.value.details["seed"] == "broken-0"


@EVERY_LEVEL
def test_no_question_comes_from_a_product_that_is_not_swapped(
    family: Family, level: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = draft_for(family, level, "swap")
    if MulLayer not in {node.layer for node in made.graph.nodes}:
        seeds = [f"swap-{number}" for number in range(8)]
        seed = next((s for s in seeds if MulLayer in {n.layer for n in draft_for(family, level, s).graph.nodes}), None)
        if seed is None:  # a level without products is not concerned
            assert all(node.layer is not MulLayer for s in seeds for node in draft_for(family, level, s).graph.nodes)
            return
    else:
        seed = "swap"
    monkeypatch.setattr(MulLayer, "backward", _not_swapped(MulLayer.backward))
    with pytest.raises(InternalError, match=r"internal\.disagreement"):
        question_for(family, level, seed)


def test_expressions_are_checked_too_when_a_layer_breaks_in_symbols_only(monkeypatch: pytest.MonkeyPatch) -> None:
    right = PowLayer.backward

    def wrong(layer: Layer, dout: Any) -> tuple[Any, ...]:
        first, second = right(layer, dout)  # type: ignore[arg-type]
        return (first * 3 if isinstance(first, Expression) else first), second

    monkeypatch.setattr(PowLayer, "backward", wrong)
    graph = graph_of("(x + y)**2", {"x": 3, "y": 4})
    refused(Solution(problem_of(graph, "(x + y)**2", Ask("gradient", "n2", "x"), Ask("derivative", "n2", "x"))))
    check(Solution(problem_of(graph, "(x + y)**2", Ask("gradient", "n2", "x"))))


def test_apples_are_checked_exactly() -> None:
    reference = Reference(graph_of(*APPLE))
    assert reference.value("n2") == 220
    assert [reference.gradient("n2", name) for name in ("apple", "apple_num", "tax")] == [Fraction(11, 5), 110, 200]
    assert all(type(reference.gradient("n2", name)) is Fraction for name in reference.graph.names())


@pytest.mark.parametrize("x", ["40", "100", "1000", "-100"])
@pytest.mark.parametrize("formula", ["sigmoid(x)", "tanh(x)", "w*tanh(x*w) + sigmoid(w*x)"])
def test_saturated_functions_keep_their_digits(formula: str, x: str) -> None:
    """y(1 − y) and 1 − y² where y is all but 1: neither solver may lose the digits to cancellation."""
    values = {name: Fraction(1) for name in "w" if "w" in formula} | {"x": Fraction(x)}
    graph = graph_of(formula, values)
    found = run(graph)
    assert found.gradients["x"] != 0
    assert list(compare_pass(Reference(graph), found)) == []
    assert list(compare_pass(LargeReference(graph), found)) == []


@pytest.mark.parametrize("formula", ["exp(x) - 1", "1 - cos(x)", "sqrt(1 + x) - 1", "log(1 + x)"])
@pytest.mark.parametrize("exponent", [5, 20, 28])
def test_a_difference_of_close_reals_keeps_its_digits(formula: str, exponent: int) -> None:
    graph = graph_of(formula, {"x": Fraction(1, 10**exponent)})
    assert list(compare_pass(Reference(graph), run(graph))) == []
    assert list(compare_pass(LargeReference(graph), run(graph))) == []


def test_a_float_is_refused_even_where_it_is_exactly_right() -> None:
    solution = fruit(Ask("gradient", "n4", "tax"))
    solution.__dict__["keys"] = (650.0,)
    refused(solution)
    solution = fruit(Ask("gradient", "n4", "tax"))
    solution.found.gradients["tax"] = 650.0  # type: ignore[assignment]
    refused(solution)


def test_the_reference_for_large_graphs_keeps_the_digits_of_a_tiny_inner_value() -> None:
    graph = graph_of("tanh(exp(x))", {"x": Fraction(-250)})
    assert list(compare_pass(LargeReference(graph), run(graph))) == []


def test_what_cancels_altogether_is_exactly_0_for_both_solvers() -> None:
    graph = graph_of("sin(x)**2 + cos(x)**2 - 1", {"x": Fraction(1, 3)})
    assert (run(graph).value, run(graph).gradients["x"]) == (Fraction(0), Fraction(0))
    assert list(compare_pass(Reference(graph), run(graph))) == []
    assert list(compare_pass(LargeReference(graph), run(graph))) == []


@pytest.mark.parametrize("given", ["__import__('os')", Name("apple")])
def test_what_is_composed_is_numbers_and_symbols_and_never_text(given: Any) -> None:
    """sympy evaluates the text of what it does not know; nothing may get there as text."""
    import sympy

    graph = Graph()
    graph.output = graph.input("apple", 1)
    with pytest.raises(sympy.SympifyError):
        formulas.compose(graph, {"apple": given})
