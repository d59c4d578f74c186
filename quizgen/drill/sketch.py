"""The graph of a question as a learner's screen shows it: a picture with blanks, or formulas where that is too wide."""

from __future__ import annotations

from quizgen.engine.graph import Operand
from quizgen.notation import Apply, Equal, Notation, Num, Partial, Sym, of_operation, unicode
from quizgen.picture.drawing import Spot, asked, inputs_shown, spot
from quizgen.picture.terminal import paint, width
from quizgen.wording import Wording


def sketch(wording: Wording, columns: int | None) -> str:
    """The graph with a blank for each part that has its place there, at most `columns` wide (None: any width)."""
    graph = wording.question.problem.graph
    picture = paint(asked(graph, wording.style, inputs_shown(graph, wording.style), _blanks(wording)))
    if columns is not None and max(map(width, picture.splitlines())) > columns:
        return "\n".join(formulas(wording))
    inner = {name for part in wording.question.parts for name in (part.ask.of, part.ask.wrt)} & _inner(wording)
    return "\n".join([picture, *(_formula(wording, name) for name in sorted(inner))])


def _blanks(wording: Wording) -> dict[Spot, str]:
    """Where each part's answer goes, and the mark there. A gradient of an inner node has no place in the picture."""
    blanks: dict[Spot, str] = {}
    for number, part in enumerate(wording.question.parts, 1):
        place = spot(part.ask)
        if place and (part.ask.kind == "value" or part.ask.of == wording.question.problem.graph.output):
            blanks.setdefault(place, wording.words("drill.blank", number=number))
    return blanks


def _inner(wording: Wording) -> set[str]:
    graph = wording.question.problem.graph
    return {node.name for node in graph.nodes} - {str(graph.output)}


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
