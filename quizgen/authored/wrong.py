"""A misconception that an author writes: another line in the place of one of the graph's."""

from __future__ import annotations

from quizgen.authored.fault import Place, Unsound
from quizgen.authored.formula import read_formula, shown, unknown
from quizgen.authored.model import Definition
from quizgen.engine.graph import Graph
from quizgen.errors import QuizgenError
from quizgen.misconceptions import Misconception, catalogue


def read_wrong(definition: Definition, graph: Graph, number: int) -> Misconception:
    """The misconception with that number: the same pass, with one node computed by the wrong formula."""
    written = definition.misconceptions[number]
    place: Place = ("misconceptions", number)
    name, equals, formula = written.instead.replace("＝", "=").partition("=")
    name = name.strip()
    if not equals or "=" in formula:
        raise Unsound((*place, "instead"), QuizgenError("authored.line_form", line=shown(written.instead)))
    nodes = [node.name for node in graph.nodes]
    if name in graph.inputs:
        raise Unsound((*place, "instead"), QuizgenError("authored.wrong_input", name=name), name)
    if name not in nodes:
        raise Unsound((*place, "instead"), unknown(name, nodes, written.instead), name)
    before = [*graph.inputs, *nodes[: nodes.index(name)]]
    tree = read_formula(formula, (*place, "instead"), before)
    made = written.id or f"{definition.name}-{number + 1}"
    if made in catalogue():
        raise Unsound((*place, "id"), QuizgenError("authored.id_taken", id=made))
    return Misconception(made, dict(written.title or written.feedback), dict(written.feedback), instead=(name, tree))
