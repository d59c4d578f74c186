"""Graph -> Drawing: which labels and numbers stand where on the picture. A blank stays a blank here."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from quizgen.engine.chain_rule import Pass
from quizgen.engine.graph import Graph, Node, Operand
from quizgen.engine.layers import PowLayer
from quizgen.notation import Num, Style, of_value, unicode
from quizgen.picture.layout import Drawing, Vertex
from quizgen.problem import Ask

Spot = tuple[str, str]  # "forward" or "backward", and the name whose line it is on


def spot(ask: Ask) -> Spot | None:
    """Where the answer to `ask` stands on the picture; None where it has no place there."""
    if ask.kind == "value":
        return "forward", ask.of
    return ("backward", ask.wrt) if ask.kind in ("gradient", "upstream") else None


def drawing(
    graph: Graph,
    style: Style,
    forward: Mapping[str, str],
    backward: Mapping[str, str],
    blanks: frozenset[Spot] = frozenset(),
) -> Drawing:
    """The picture of `graph` with the given texts above and below the lines."""
    vertices = [Vertex(name, style.label(name), "", ()) for name in graph.inputs]
    above = dict(forward)
    for node in graph.nodes:
        operands = []
        for place, operand in enumerate(node.operands):
            if isinstance(operand, str) and operand in graph:
                operands.append(operand)
            elif not (node.layer is PowLayer and place == 1):
                constant = f"{node.name}#{place}"
                vertices.append(Vertex(constant, _constant(operand, style), "", (), constant=True))
                operands.append(constant)
        label = style.label(node.name) if node.name == graph.output else ""
        vertices.append(Vertex(node.name, label, symbol(node, style), tuple(operands)))
    return Drawing(tuple(vertices), above, dict(backward), blanks)


def _constant(operand: Operand, style: Style) -> str:
    return "π" if isinstance(operand, str) else unicode(Num(operand), style)


def symbol(node: Node, style: Style) -> str:
    """What stands in the circle; a power with its exponent, as the book draws `**2`."""
    if node.layer is PowLayer and not isinstance(node.operands[1], str):
        return f"**{unicode(Num(Fraction(node.operands[1])), style)}"
    return node.layer.symbol


def asked(graph: Graph, style: Style, given: Mapping[str, str], blanks: Mapping[Spot, str]) -> Drawing:
    """The picture of a question: the inputs' values (`given`), the 1 that enters at the output, and blanks with
    their marks; no value that is not given in the stem."""
    forward = dict(given) | {name: mark for (side, name), mark in blanks.items() if side == "forward"}
    backward = {str(graph.output): "1"} | {name: mark for (side, name), mark in blanks.items() if side == "backward"}
    return drawing(graph, style, forward, backward, frozenset(blanks))


def inputs_shown(graph: Graph, style: Style) -> dict[str, str]:
    """The inputs' values as the picture of a question shows them."""
    return {name: unicode(of_value(value), style) for name, value in graph.inputs.items()}


def solved(graph: Graph, style: Style, found: Pass) -> Drawing:
    """The picture with every value and every gradient."""
    forward = {name: unicode(of_value(value), style) for name, value in found.values.items()}
    backward = {name: unicode(of_value(value), style) for name, value in found.gradients.items()}
    return drawing(graph, style, forward, backward)
