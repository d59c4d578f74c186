"""The graph of a question as a screen shows it: a picture with blanks, or formulas where that is too wide."""

from __future__ import annotations

from quizgen.engine.graph import Operand
from quizgen.notation import Apply, Equal, Notation, Num, Partial, Sym, of_operation, unicode
from quizgen.picture.drawing import Spot, asked, inputs_shown, spot
from quizgen.picture.terminal import paint, width
from quizgen.wording import Wording


def picture(wording: Wording, columns: int | None) -> str | None:
    """The graph with a blank for each part that has its place there; None where it is wider than `columns`."""
    graph, style = wording.question.problem.graph, wording.style
    painted = paint(asked(graph, style, inputs_shown(graph, style), _blanks(wording)))
    fits = columns is None or max(map(width, painted.splitlines())) <= columns
    return painted if fits else None


def definitions(wording: Wording) -> list[str]:
    """What the inner nodes compute that the questions name, back to the inputs; in the picture they have no names."""
    graph = wording.question.problem.graph
    asked_of = {name for part in wording.question.parts for name in (part.ask.of, part.ask.wrt)} - {graph.output, ""}
    named = set[str]().union(*(graph.ancestors(name) for name in asked_of))
    inner = [node.name for node in graph.nodes if node.name in named and node.name != graph.output]
    return [_formula(wording, name) for name in inner]


def _blanks(wording: Wording) -> dict[Spot, str]:
    """Where each part's answer goes, and the mark there. The gradient of an inner node has none."""
    blanks: dict[Spot, str] = {}
    for number, part in enumerate(wording.question.parts, 1):
        place = spot(part.ask)
        if place and (part.ask.kind == "value" or part.ask.of == wording.question.problem.graph.output):
            blanks.setdefault(place, wording.words("drill.blank", number=number))
    return blanks


def _formula(wording: Wording, name: str) -> str:
    """What the node `name` computes."""
    node = wording.question.problem.graph.find(name)
    right = of_operation(node.layer.operation, [_operand(each) for each in node.operands])
    return "  " + unicode(Equal((Sym(name), right)), wording.style)


def _operand(operand: Operand) -> Notation:
    if not isinstance(operand, str):
        return Num(operand)
    return Apply("pi", ()) if operand == "pi" else Sym(operand)


def formulas(wording: Wording) -> list[str]:
    """The graph as a line for each node, in forward order, and each blank with what it stands for."""
    lines = [_formula(wording, node.name) for node in wording.question.problem.graph.nodes]
    output = str(wording.question.problem.graph.output)
    for (side, name), mark in _blanks(wording).items():
        what = Sym(name) if side == "forward" else Partial(output, name)
        lines.append(f"  {unicode(what, wording.style)} = {mark}")
    return lines
