"""The graph of a question as a screen shows it: a picture with blanks, formulas where that is too wide, or words."""

from __future__ import annotations

from quizgen.drill.look import Look
from quizgen.engine.graph import Operand
from quizgen.notation import Apply, Equal, Notation, Num, Partial, Sym, of_operation
from quizgen.picture.drawing import Spot, asked, inputs_shown, solved, spot
from quizgen.picture.layout import Drawing
from quizgen.picture.terminal import paint, width
from quizgen.picture.words import describe
from quizgen.solve import Solution
from quizgen.wording import Wording


def picture(wording: Wording, look: Look) -> str | None:
    """The graph with a blank for each part that has its place there; None where that does not fit."""
    graph, style = wording.question.problem.graph, wording.style
    return _painted(asked(graph, style, inputs_shown(graph, style), _blanks(wording)), look)


def solved_picture(wording: Wording, solution: Solution, look: Look) -> str | None:
    """The graph with every value and gradient; None where that does not fit."""
    return _painted(solved(wording.question.problem.graph, wording.style, solution.found), look)


def _painted(drawing: Drawing, look: Look) -> str | None:
    if look.spoken:
        return None
    plain = paint(drawing, ascii_only=look.ascii_only)
    if look.columns is not None and max(map(width, plain.splitlines())) > look.columns:
        return None
    return paint(drawing, colour=True, ascii_only=look.ascii_only) if look.colour else plain


def spoken(wording: Wording) -> str:
    """The graph in words, blanks as blanks."""
    graph, style = wording.question.problem.graph, wording.style
    drawn = asked(graph, style, inputs_shown(graph, style), _blanks(wording))
    return describe(graph, style, drawn, wording.words)


def definitions(wording: Wording, look: Look) -> list[str]:
    """What the inner nodes compute; in the picture they have no names, and questions and feedback speak of them."""
    graph = wording.question.problem.graph
    return [_formula(wording, node.name, look) for node in graph.nodes if node.name != graph.output]


def _blanks(wording: Wording) -> dict[Spot, str]:
    """Where each part's answer goes, and the mark there. The gradient of an inner node has none."""
    blanks: dict[Spot, str] = {}
    for number, part in enumerate(wording.question.parts, 1):
        place = spot(part.ask)
        if place and (part.ask.kind == "value" or part.ask.of == wording.question.problem.graph.output):
            blanks.setdefault(place, wording.words("drill.blank", number=number))
    return blanks


def _formula(wording: Wording, name: str, look: Look) -> str:
    """What the node `name` computes."""
    node = wording.question.problem.graph.find(name)
    right = of_operation(node.layer.operation, [_operand(each) for each in node.operands])
    return "  " + look.mathematics(Equal((Sym(name), right)), wording.style, wording.words)


def _operand(operand: Operand) -> Notation:
    if not isinstance(operand, str):
        return Num(operand)
    return Apply("pi", ()) if operand == "pi" else Sym(operand)


def formulas(wording: Wording, look: Look) -> list[str]:
    """The graph as a line for each node, in forward order, and each blank with what it stands for."""
    lines = [_formula(wording, node.name, look) for node in wording.question.problem.graph.nodes]
    output = str(wording.question.problem.graph.output)
    for (side, name), mark in _blanks(wording).items():
        what = Sym(name) if side == "forward" else Partial(output, name)
        lines.append(f"  {look.mathematics(what, wording.style, wording.words)} = {mark}")
    return lines
