"""Difficulty as counts that anybody can count again; nobody knows how many seconds they cost."""

from __future__ import annotations

from collections.abc import Iterable

from quizgen.engine.chain_rule import run
from quizgen.engine.graph import Graph, Node
from quizgen.engine.layers import AddLayer, DivLayer, MulLayer, SubLayer
from quizgen.problem import Ask
from quizgen.solve import Solution

MEASURES = ("nodes", "path", "fan_out", "upstream", "nonlinear")


def difficulty(solution: Solution) -> dict[str, int]:
    """The counts of one variant, by the names of MEASURES.

    `nodes`: of its graph. `path`: the nodes that are passed on the longest way from what is asked about to the output
    (for a value: from any input), in the part where that is longest. `fan_out`: how often the name that is used most
    is used. `upstream`: the parts at whose place a gradient other than 1 arrives. `nonlinear`: nodes that are neither
    sum nor difference, nor a product or quotient by a number that stands in the formula; a product of two names is
    one, for its local derivatives depend on where they are taken.
    """
    graph, asks = solution.problem.graph, solution.problem.asks
    return {
        "nodes": len(graph.nodes),
        "path": max((path(graph, ask) for ask in asks), default=0),
        "fan_out": max((len(graph.consumers(name)) for name in graph.names()), default=0),
        "upstream": sum(_arrives_changed(solution, ask) for ask in asks),
        "nonlinear": sum(not _is_linear(node) for node in graph.nodes),
    }


def path(graph: Graph, ask: Ask) -> int:
    """The nodes on the longest way to `ask.of`: from `ask.wrt`, or from any input where there is none."""
    if ask.kind == "local":
        return 1
    far = dict.fromkeys([ask.wrt] if ask.wrt else graph.inputs, 0)
    for node in graph.nodes:
        before = [far[each] for each in node.operands if isinstance(each, str) and each in far]
        if before:
            far[node.name] = 1 + max(before)
    return far.get(ask.of, 0)


def _arrives_changed(solution: Solution, ask: Ask) -> bool:
    """Whether a gradient other than 1 arrives at the place of which is asked: who ignores it is seen there."""
    if not ask.wrt or ask.kind == "local":
        return False
    graph = solution.problem.graph
    found = solution.found if ask.of == graph.output else run(graph.ending_at(ask.of))
    if ask.kind == "upstream":
        return found.gradients[ask.wrt] != 1
    return any(edge.upstream != 1 for edge in found.edges if edge.operand == ask.wrt)


def _is_linear(node: Node) -> bool:
    if node.layer in (AddLayer, SubLayer):
        return True
    names = [isinstance(each, str) and each != "pi" for each in node.operands]
    return (node.layer is MulLayer and not all(names)) or (node.layer is DivLayer and not names[1])


def span(values: Iterable[int]) -> tuple[int, int]:
    """The smallest and the largest; 0, 0 of none."""
    found = list(values)
    return (min(found), max(found)) if found else (0, 0)
