"""One node and what it does with the gradient that arrives: the gentlest way in, and the way to tell mistakes apart.

The output is L = c·t with c ≠ 1, so that the node t receives c: whoever ignores what arrives is seen. Numbers are
drawn apart from each other, for otherwise two mistakes about the node would lead to one answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from quizgen.draw import Draw
from quizgen.engine.expression import Constant, Name, Operation
from quizgen.engine.graph import Graph, Node
from quizgen.engine.layers import AddLayer, DivLayer, MulLayer, PowLayer, ReluLayer, SubLayer
from quizgen.families import Family, Prose
from quizgen.notation import Equal, Notation, Num, Sym, of_expression, of_operation
from quizgen.problem import Ask, Draft, Problem

LEVELS = {
    1: {"en": "addition and subtraction nodes", "ja": "加算ノードと減算ノード"},
    2: {"en": "multiplication node", "ja": "乗算ノード"},
    3: {"en": "division node", "ja": "除算ノード"},
    4: {"en": "power node", "ja": "べき乗のノード"},
    5: {"en": "a value used twice (fan-out)", "ja": "値が2回使われる(分岐)"},
    6: {"en": "ReLU node", "ja": "ReLU のノード"},
}

VALUE, UPSTREAM = Ask("value", "L"), Ask("upstream", "L", "t")
BY_X, BY_Y, BY_W = (Ask("gradient", "L", name) for name in "xyw")
FACTORS = range(3, 10)  # c; where it is 2, half of it is the 1 of an ignored upstream gradient


def _apart(draw: Draw, numbers: Iterable[int], *taken: int) -> int:
    """One of `numbers` whose size is not that of any that are `taken`."""
    return draw.choice([each for each in numbers if abs(each) not in map(abs, taken)])


def _signed(largest: int) -> list[int]:
    """2 … largest and −2 … −largest: 0, 1 and −1 hide what a node does."""
    return [sign * size for sign in (1, -1) for size in range(2, largest + 1)]


def _sum_or_difference(draw: Draw) -> Draft:
    """The two gradients of a sum are the same, so one is asked; those of a difference are not."""
    graph = Graph()
    c = draw.choice(FACTORS)
    x = graph.input("x", first := _apart(draw, range(2, 16), c))
    y = graph.input("y", _apart(draw, range(2, 16), c, first))
    adds = draw.choice((True, False))
    graph.node("L", MulLayer, c, graph.node("t", AddLayer if adds else SubLayer, x, y))
    if adds:
        return Draft(graph, f"{c}*(x + y)", (VALUE, UPSTREAM, draw.choice((BY_X, BY_Y))))
    return Draft(graph, f"{c}*(x - y)", (VALUE, BY_X, BY_Y))


def _product(draw: Draw) -> Draft:
    graph = Graph()
    c = draw.choice(FACTORS)
    x = graph.input("x", first := _apart(draw, _signed(9), c))
    y = graph.input("y", _apart(draw, _signed(9), c, first, c * first))
    graph.node("L", MulLayer, c, graph.node("t", MulLayer, x, y))
    inner = draw.choice((Ask("local", "t", "x"), Ask("local", "t", "y"), UPSTREAM))
    return Draft(graph, f"{c}*x*y", (VALUE, inner, BY_X, BY_Y))


def _quotient(draw: Draw) -> Draft:
    """No value is asked: only two known mistakes lead to other ones."""
    graph = Graph()
    c = draw.choice(FACTORS)
    x = graph.input("x", first := _apart(draw, _signed(12), c))
    y = graph.input("y", _apart(draw, range(2, 8), c, first))
    graph.node("L", MulLayer, c, graph.node("t", DivLayer, x, y))
    return Draft(graph, f"{c}*x/y", (Ask("local", "t", draw.choice("xy")), UPSTREAM, BY_X, BY_Y))


def _power(draw: Draw) -> Draft:
    """No value is asked, as with the quotient; the derivative as an expression instead."""
    graph = Graph()
    n = draw.choice((2, 2, 3, 3, 4))
    c = _apart(draw, FACTORS, n)
    x = graph.input("x", _apart(draw, _signed(9), c, n))
    graph.node("L", MulLayer, c, graph.node("t", PowLayer, x, n))
    inner = draw.choice((Ask("local", "t", "x"), UPSTREAM))
    return Draft(graph, f"{c}*x**{n}", (inner, BY_X, Ask("derivative", "L", "x")))


def _used_twice(draw: Draw) -> Draft:
    """Twice in one node, where both branches bring the same; or in two, where they do not."""
    graph = Graph()
    c = draw.choice(FACTORS)
    x = graph.input("x", first := _apart(draw, _signed(9), c))
    if draw.integer(1, 4) == 1:
        graph.node("L", MulLayer, c, graph.node("t", MulLayer, x, x))
        return Draft(graph, f"{c}*x**2", (VALUE, UPSTREAM, BY_X))
    y = graph.input("y", _apart(draw, _signed(9), c, first))
    graph.node("L", MulLayer, c, graph.node("u", AddLayer, graph.node("t", MulLayer, x, y), x))
    return Draft(graph, f"{c}*(x*y + x)", (VALUE, draw.choice((Ask("local", "t", "y"), UPSTREAM)), BY_X, BY_Y))


def _relu(draw: Draw) -> Draft:
    """The gradient of a ReLU that is off is 0, which nobody is asked: there x goes a second way, past the node.
    The book's relu(x·w)·c shows the other mistakes, a mask by the gradient's sign where c < 0."""
    graph = Graph()
    c = draw.choice(FACTORS)
    if draw.choice((True, False)):
        x = graph.input("x", first := _apart(draw, _signed(9), c))
        w = graph.input("w", _apart(draw, [each for each in _signed(9) if each * first > 0], c, first))
        c *= draw.choice((1, -1, -1))
        graph.node("L", MulLayer, c, graph.node("t", ReluLayer, graph.node("u", MulLayer, x, w)))
        inner = draw.choice((UPSTREAM, Ask("gradient", "L", "u")))
        return Draft(graph, f"{c}*max(x*w, 0)", (VALUE, inner, BY_X, BY_W))
    w = graph.input("w", first := _apart(draw, _signed(9), c))  # w before x: so no wires cross on the picture
    x = graph.input("x", draw.choice((1, -1, -1)) * _apart(draw, range(2, 10), c, first))
    past = graph.node("v", MulLayer, w, x)
    graph.node("L", MulLayer, c, graph.node("u", AddLayer, past, graph.node("t", ReluLayer, x)))
    return Draft(graph, f"{c}*(max(x, 0) + w*x)", (VALUE, UPSTREAM, BY_X, BY_W))


FORMS = {1: _sum_or_difference, 2: _product, 3: _quotient, 4: _power, 5: _used_twice, 6: _relu}


def _told(node: Node) -> Notation:
    """t = x × y, but L = 5t."""
    operation = node.layer.operation
    if all(isinstance(each, str) for each in node.operands):
        return Equal((Sym(node.name), of_operation(operation, [Sym(str(each)) for each in node.operands])))
    operands = tuple(Name(each) if isinstance(each, str) else Constant(Fraction(each)) for each in node.operands)
    return Equal((Sym(node.name), of_expression(Operation(operation, operands))))


def _listed(pieces: list[Notation], comma: str, last: str) -> Prose:
    """The pieces with commas between them, and `last` before the last one."""
    listed: list[str | Notation] = [pieces[0]]
    for place, piece in enumerate(pieces[1:], 2):
        listed += [last if place == len(pieces) else comma, piece]
    return tuple(listed)


def _story(problem: Problem, language: str) -> Prose:
    """The inputs, what they enter, and what follows."""
    graph = problem.graph
    given: list[Notation] = [Equal((Sym(name), Num(Fraction(str(value))))) for name, value in graph.inputs.items()]
    inner = {node.name for node in graph.nodes}
    first = [_told(node) for node in graph.nodes if not inner & set(node.operands)]
    after = [_told(node) for node in graph.nodes if inner & set(node.operands)]
    if language == "ja":
        end = " を順に計算します。" if after[1:] else " を計算します。"
        then = (*_listed(first, "、", " と "), " を計算し、続いて ", *_listed(after, "、", "、"), end)
        return (*_listed(given, "、", "、"), " から ", *then)
    then = (*_listed(first, ", ", " and "), ", and then ", *_listed(after, ", ", " and "), ".")
    return ("From ", *_listed(given, ", ", " and "), ", compute ", *then)


SINGLE_NODE = Family(
    name="single-node",
    title={"en": "Backward through a single node", "ja": "ノード1つの逆伝播"},
    levels=LEVELS,
    kinds=("value", "local", "upstream", "gradient", "derivative"),
    draw=lambda draw, level: FORMS[level](draw),
    story=_story,
)
