"""Mistakes in how gradients travel: the seed, upstream times local, branches that meet, inner functions."""

from __future__ import annotations

import functools
from fractions import Fraction
from typing import Any

from quizgen.engine.chain_rule import Pass, Rules, Site, run
from quizgen.engine.functions import Value
from quizgen.engine.graph import Graph, Node
from quizgen.engine.layers import AddLayer, DivLayer, MaxLayer, MulLayer, SubLayer
from quizgen.misconceptions import Misconception

SEED_FROM_OUTPUT = Misconception(
    id="seed-from-output",
    title={"en": "starts from the output, not from 1", "ja": "1 ではなく出力の値から逆伝播を始めた"},
    feedback={
        "en": "Backward starts from 1 (the derivative of the output by itself), not from the output's value.",
        "ja": "逆伝播は出力の値ではなく、出力を出力自身で微分した 1 から始めます。",
    },
    rules=Rules(seed=lambda value: value),
)


def _added(site: Site, upstream: Any, local: Any) -> Any:
    return upstream + local


UPSTREAM_ADDED = Misconception(
    id="upstream-added",
    title={"en": "upstream and local added", "ja": "上流の微分と局所的な微分を足した"},
    feedback={
        "en": "The chain rule multiplies what arrives by the local derivative; you added them.",
        "ja": "連鎖律では、上流の微分と局所的な微分を掛けます。足してはいけません。",
    },
    rules=Rules(combine=_added),
)


def _only_local(site: Site, upstream: Any, local: Any) -> Any:
    return None if isinstance(site.layer, AddLayer | SubLayer | MulLayer) else local


FUNCTION_UPSTREAM_IGNORED = Misconception(
    id="function-upstream-ignored",
    title={"en": "function: upstream gradient ignored", "ja": "関数のノードで上流の微分を掛けていない"},
    feedback={
        "en": "You passed on the local derivative of this node alone; multiply it by what arrives.",
        "ja": "このノードの局所的な微分だけを渡しています。上流から伝わってきた微分を掛けましょう。",
    },
    rules=Rules(combine=_only_local),
)


def _last(graph: Graph, name: str, arrived: list[Any]) -> Any:
    return arrived[-1] if len(arrived) > 1 else None


LAST_BRANCH_WINS = Misconception(
    id="last-branch-wins",
    title={"en": "value used twice: last branch wins", "ja": "分岐した値で最後の微分だけを採った"},
    feedback={
        "en": "A value that is used in two places gets the sum of both gradients; you kept only the last (= for +=).",
        "ja": "2か所で使われた値の微分は、両方から戻る微分の和です。最後の1つで上書きしています。",
    },
    rules=Rules(gather=_last),
)


def _first(graph: Graph, name: str, arrived: list[Any]) -> Any:
    return arrived[0] if len(arrived) > 1 else None


FIRST_BRANCH_ONLY = Misconception(
    id="first-branch-only",
    title={"en": "value used twice: one branch only", "ja": "分岐した値で一方の経路だけをたどった"},
    feedback={
        "en": "A value that is used in two places gets the sum of both gradients; you followed only one path.",
        "ja": "2か所で使われた値の微分は、両方から戻る微分の和です。片方の経路しかたどっていません。",
    },
    rules=Rules(gather=_first),
)


def _multiplied(graph: Graph, name: str, arrived: list[Any]) -> Any:
    if len(arrived) < 2:
        return None
    product: Any = arrived[0]
    for other in arrived[1:]:
        product = product * other
    return product


BRANCHES_MULTIPLIED = Misconception(
    id="branches-multiplied",
    title={"en": "value used twice: branches multiplied", "ja": "分岐した値で微分を掛け合わせた"},
    feedback={
        "en": "The gradients that come back from several branches are added, not multiplied.",
        "ja": "分岐した先から戻ってくる微分は、掛けるのではなく足し合わせます。",
    },
    rules=Rules(gather=_multiplied),
)


def is_outer(node: Node) -> bool:
    """Whether a node is a function of one value that is not linear: tⁿ, exp t, 1/t."""
    free = [operand for operand in node.operands if isinstance(operand, str) and operand != "pi"]
    if len(free) != 1 or node.layer in (AddLayer, SubLayer, MulLayer, MaxLayer):
        return False
    return node.layer is not DivLayer or isinstance(node.operands[1], str)


@functools.lru_cache(maxsize=8)
def _inner_names(graph: Graph) -> frozenset[str]:
    """The names whose values go into an outer function further right."""
    found: set[str] = set()
    for node in reversed(graph.nodes):
        if is_outer(node) or node.name in found:
            found.update(operand for operand in node.operands if isinstance(operand, str))
    return frozenset(found)


def _is_inner(graph: Graph, name: str) -> bool:
    return name in _inner_names(graph)


@functools.lru_cache(maxsize=1024)
def _inside(graph: Graph, name: str) -> tuple[frozenset[str], Pass]:
    """What `name` is computed from, and the right pass over that part of the graph."""
    return frozenset(graph.ancestors(name)), run(graph.ending_at(name))


def _forgotten(site: Site) -> tuple[Any, ...] | None:
    if not _is_inner(site.graph, site.node.name):
        return None
    return tuple(Fraction(1) for _ in site.inputs)


INNER_FORGOTTEN = Misconception(
    id="inner-derivative-forgotten",
    title={"en": "inner derivative forgotten", "ja": "内側の関数の微分を忘れた"},
    feedback={
        "en": "You differentiated the outer function only; multiply by the derivative of what is inside.",
        "ja": "外側の関数しか微分していません。内側の関数の微分も掛けましょう。",
    },
    rules=Rules(local=_forgotten),
)


def _inner_name(site: Site) -> str | None:
    """The inner function of an outer node, where the wanted input lies within it."""
    if not is_outer(site.node) or site.wrt is None:
        return None
    inner = next(each for each in site.node.operands if isinstance(each, str) and each != "pi")
    return inner if inner != site.wrt and site.wrt in _inside(site.graph, inner)[0] else None


def _local_at(site: Site, inner: str, point: Value) -> tuple[Any, ...]:
    layer = site.node.layer()
    moved = [
        point if operand == inner else value for operand, value in zip(site.node.operands, site.inputs, strict=True)
    ]
    layer.forward(*moved)
    return layer.backward(Fraction(1))


def _at_the_input(site: Site) -> tuple[Any, ...] | None:
    inner = _inner_name(site)
    return None if inner is None or site.wrt is None else _local_at(site, inner, site.values[site.wrt])


OUTER_AT_INPUT = Misconception(
    id="outer-derivative-at-input",
    title={"en": "outer derivative taken at the input: f′(x)·g′(x)", "ja": "外側の微分を入力の値で求めた f′(x)·g′(x)"},
    feedback={
        "en": "The derivative of the outer function is taken at g(x), the value that enters it, not at the input.",
        "ja": "外側の関数の微分は、入力の値ではなく、そこに入る値 g(x) で求めます。",
    },
    rules=Rules(local=_at_the_input),
    by_input=True,
)


def _at_the_inner_derivative(site: Site) -> tuple[Any, ...] | None:
    inner = _inner_name(site)
    if inner is None or site.wrt is None:
        return None
    return _local_at(site, inner, _inside(site.graph, inner)[1].gradients[site.wrt])


OUTER_AT_INNER_DERIVATIVE = Misconception(
    id="outer-at-inner-derivative",
    title={"en": "outer derivative taken at g′(x): f′(g′(x))", "ja": "外側の微分に内側の微分を代入した f′(g′(x))"},
    feedback={
        "en": "The inner derivative multiplies; it does not go into the outer derivative: f′(g(x))·g′(x).",
        "ja": "内側の微分は代入するのではなく掛けます。f′(g(x))·g′(x) が正しい形です。",
    },
    rules=Rules(
        local=lambda site: (
            tuple(Fraction(1) for _ in site.inputs)
            if _is_inner(site.graph, site.node.name) and not is_outer(site.node)
            else _at_the_inner_derivative(site)
        )
    ),
    by_input=True,
)
