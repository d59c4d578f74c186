"""What an author asks: "value", "gradient price", "local subtotal price", "meaning tax" …"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from quizgen.authored.fault import Place, Slip, Unsound
from quizgen.authored.formula import shown, unknown
from quizgen.authored.model import Definition
from quizgen.engine.chain_rule import run
from quizgen.engine.expression import Expression, evaluate
from quizgen.engine.graph import Graph
from quizgen.engine.identity import apply
from quizgen.errors import QuizgenError
from quizgen.problem import KINDS, MULTIPLIER, PERCENTAGE_POINT, RATE, Ask

if TYPE_CHECKING:
    from quizgen.authored.meaning import Meaning

TRIED = tuple(Fraction(*each) for each in ((3, 7), (5, 4), (11, 8), (2, 9)))


def read_asks(definition: Definition, meaning: Meaning, graph: Graph) -> tuple[tuple[Ask, ...], list[Slip]]:
    """The questions in their order, and what is doubtful about them."""
    found: list[Ask] = []
    slips: list[Slip] = []
    for number, written in enumerate(definition.ask):
        place: Place = ("ask", number)
        ask = read_ask(written, place, meaning, graph)
        if ask in found:
            raise Unsound(place, QuizgenError("authored.asked_twice", ask=shown(written)), written)
        if ask.kind == "meaning" and not is_linear(graph, ask.wrt):
            slips.append(Slip("not_linear", place, QuizgenError("authored.not_linear", name=ask.wrt), written))
        found.append(ask)
    return tuple(found), slips


def read_ask(written: str, place: Place, meaning: Meaning, graph: Graph) -> Ask:
    """One question: its kind, then the names, the last of which is by what is differentiated."""
    kind, *names = written.split()
    if kind not in KINDS:
        raise Unsound(place, unknown(kind, KINDS, written), kind)
    for name in names:
        if name not in graph:
            raise Unsound(place, unknown(name, list(graph.names()), written), name)
    output = str(graph.output)
    fewest, most = {"value": (0, 1), "local": (2, 2)}.get(kind, (1, 2))
    if not fewest <= len(names) <= most:
        raise Unsound(place, QuizgenError("authored.ask_form", ask=shown(written), kind=kind), written)
    if kind == "value":
        of, wrt = (names or [output])[0], ""
    else:
        of, wrt = ([output, *names])[-2:]
    inputs = {each.name: each for each in meaning.inputs}
    if kind == "value" and of in inputs:
        raise Unsound(place, QuizgenError("authored.asks_given", name=of), written)
    if kind in ("derivative", "meaning") and wrt not in inputs:
        raise Unsound(place, unknown(wrt, list(inputs), written), wrt)
    if kind == "upstream" and wrt in inputs:
        raise Unsound(place, QuizgenError("authored.upstream_of_input", name=wrt), written)
    if kind == "local":
        node = graph.producer(of)
        if node is None or wrt not in node.operands:
            raise Unsound(place, QuizgenError("authored.local_form", of=of, wrt=wrt), written)
    elif wrt and (of == wrt or wrt not in graph.ancestors(of)):
        raise Unsound(place, QuizgenError("authored.no_way", of=of, wrt=wrt), written)
    return Ask(kind, of, wrt, step_of(inputs[wrt].role) if kind == "meaning" else None)


def step_of(role: str) -> Fraction:
    """By how much an input grows in a question of meaning: by 1, or by one percentage point."""
    return PERCENTAGE_POINT if role in (MULTIPLIER, RATE) else Fraction(1)


def is_linear(graph: Graph, wrt: str) -> bool:
    """Whether the output of a symbolic graph is linear in an input: its gradient does not depend on it."""
    gradient = run(graph).gradients[wrt]
    if not isinstance(gradient, Expression):
        return True
    others = {name: TRIED[place % len(TRIED)] + place for place, name in enumerate(graph.inputs)}
    found = set()
    for value in TRIED:
        try:
            found.add(str(evaluate(gradient, {**others, wrt: value}, apply, lambda constant: constant)))
        except QuizgenError:
            continue
    return len(found) == 1
