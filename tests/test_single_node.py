"""A single node: each level shows the mistakes about its node, and tells them apart."""

from __future__ import annotations

import pytest

from quizgen import misconceptions
from quizgen.engine.chain_rule import run
from quizgen.engine.graph import Graph
from quizgen.engine.layers import AddLayer, Layer, MulLayer, SubLayer
from quizgen.families.single_node import SINGLE_NODE
from quizgen.generate import question_for
from quizgen.misconceptions import misapply
from quizgen.problem import Ask

POWER = ("power-coefficient-lost", "power-exponent-kept", "power-lowered-twice", "function-upstream-ignored")
SEEDS = [f"apart-{number}" for number in range(40)]


def drawn(level: int) -> list[tuple[Graph, tuple[Ask, ...]]]:
    problems = [question_for(SINGLE_NODE, level, seed).problem for seed in SEEDS]
    return [(problem.graph, problem.asks) for problem in problems]


def wrong_gradients(graph: Graph, wrt: str, wrong: tuple[str, ...]) -> list[object]:
    """The key, then what each mistake made at the node t, or where branches meet at x, leads to."""
    found: list[object] = [run(graph).gradients[wrt]]
    for name in wrong:
        rule = misconceptions.catalogue()[name]
        made = misapply(graph, rule, "x" if rule.rules.gather else "t")
        assert made is not None, name
        found.append(made.gradients[wrt])
    return found


@pytest.mark.parametrize(
    ("level", "layer", "wrt", "wrong"),
    [
        (1, AddLayer, "x", ("sum-as-product", "sum-splits", "sum-upstream-ignored")),
        (1, AddLayer, "y", ("sum-as-product", "sum-splits", "sum-upstream-ignored")),
        (1, SubLayer, "y", ("subtraction-keeps-sign", "sum-upstream-ignored")),
        (2, MulLayer, "x", ("product-not-swapped", "product-upstream-ignored", "product-as-sum")),
        (2, MulLayer, "y", ("product-not-swapped", "product-upstream-ignored", "product-as-sum")),
        (3, Layer, "x", ("function-upstream-ignored",)),
        (3, Layer, "y", ("function-upstream-ignored", "quotient-sign-lost", "quotient-not-squared")),
        (4, Layer, "x", POWER),
    ],
)
def test_each_mistake_about_the_node_leads_to_an_answer_of_its_own(
    level: int, layer: type[Layer], wrt: str, wrong: tuple[str, ...]
) -> None:
    graphs = [graph for graph, _ in drawn(level) if issubclass(graph.find("t").layer, layer)]
    assert len(graphs) >= 10
    for graph in graphs:
        found = wrong_gradients(graph, wrt, wrong)
        assert len(set(found)) == len(found), (graph.inputs, graph.nodes)


def test_a_value_used_twice_tells_the_branches_apart_unless_both_bring_the_same() -> None:
    for graph, _ in drawn(5):
        right, last, first, product = wrong_gradients(
            graph, "x", ("last-branch-wins", "first-branch-only", "branches-multiplied")
        )
        assert len({right, last, product}) == len({right, first, product}) == 3
        assert (last == first) == ("y" not in graph.inputs)


def test_a_relu_that_is_off_shows_a_missing_mask_and_one_that_is_on_a_mask_by_the_gradient() -> None:
    shown = set()
    for graph, _ in drawn(6):
        right, unmasked, masked, times = wrong_gradients(
            graph, "x", ("relu-no-mask", "relu-mask-by-dout", "relu-times-input")
        )
        off = run(graph).values["t"] == 0
        assert (unmasked != right) == off
        assert times not in (right, unmasked)
        shown.add((off, masked != right))
    assert {(True, True), (False, True)} <= shown


@pytest.mark.parametrize("level", SINGLE_NODE.levels)
def test_what_arrives_at_the_node_is_not_1(level: int) -> None:
    for graph, _ in drawn(level):
        assert run(graph).gradients["t"] not in (0, 1, -1)
