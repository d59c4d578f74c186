"""The chain rule on composite functions, from (x + y)² to nested powers, quotients and values used twice."""

from __future__ import annotations

from fractions import Fraction

from quizgen.draw import Draw
from quizgen.engine.graph import Graph
from quizgen.engine.layers import AddLayer, DivLayer, MulLayer, PowLayer, SubLayer
from quizgen.engine.parse import parse
from quizgen.families import Family, Prose, usual_asks
from quizgen.notation import Equal, Notation, Num, Sym, of_expression
from quizgen.problem import Ask, Draft, Problem

LEVELS = {
    1: {"en": "z = (x + y)²", "ja": "z = (x + y)²"},
    2: {"en": "z = (ax + by + c)ⁿ", "ja": "z = (ax + by + c)ⁿ"},
    3: {"en": "nested two deep", "ja": "2段の合成関数"},
    4: {"en": "nested three deep", "ja": "3段の合成関数"},
    5: {"en": "products and quotients", "ja": "積と商"},
    6: {"en": "a value used twice (fan-out)", "ja": "値が2か所で使われる(分岐)"},
}


def _inputs(graph: Graph, draw: Draw, names: str, low: int = -9, high: int = 9) -> list[str]:
    return [graph.input(name, draw.nonzero(low, high)) for name in names]


def _shifted(graph: Graph, name: str, x: str, by: int) -> str:
    """x + by or x - |by| as a node."""
    return graph.node(name, AddLayer if by > 0 else SubLayer, x, abs(by))


def _plus(by: int) -> str:
    return f"+ {by}" if by > 0 else f"- {-by}"


def _square_of_sum(graph: Graph, draw: Draw) -> str:
    x, y = _inputs(graph, draw, "xy", -20, 20)
    graph.node("z", PowLayer, graph.node("t", AddLayer, x, y), 2)
    return "(x + y)**2"


def _power_of_linear(graph: Graph, draw: Draw) -> str:
    x, y = _inputs(graph, draw, "xy", -5, 5)
    a, b, n = draw.integer(2, 5), draw.integer(2, 5), draw.choice((2, 2, 3))
    t = draw.nonzero(-9, 9)  # what is raised, kept small by the choice of c
    c = t - a * int(str(graph.inputs[x])) - b * int(str(graph.inputs[y])) or 1
    terms = [graph.node("u", MulLayer, a, x), graph.node("v", MulLayer, b, y)]
    graph.node("z", PowLayer, _shifted(graph, "t", graph.node("s", AddLayer, *terms), c), n)
    return f"({a}*x + {b}*y {_plus(c)})**{n}"


def _nested_two(graph: Graph, draw: Draw) -> str:
    (x,) = _inputs(graph, draw, "x", -5, 5)
    a, t, v, n = draw.integer(2, 5), draw.nonzero(-6, 6), draw.nonzero(-9, 9), draw.choice((2, 2, 3))
    b = t - a * int(str(graph.inputs[x])) or 1
    c = v - t * t or 1
    inner = _shifted(graph, "t", graph.node("s", MulLayer, a, x), b)
    graph.node("z", PowLayer, _shifted(graph, "v", graph.node("u", PowLayer, inner, 2), c), n)
    return f"(({a}*x {_plus(b)})**2 {_plus(c)})**{n}"


def _nested_three(graph: Graph, draw: Draw) -> str:
    (x,) = _inputs(graph, draw, "x")
    t, v, s = draw.nonzero(-3, 3), draw.nonzero(-4, 4), draw.nonzero(-9, 9)
    a, b, c = t - int(str(graph.inputs[x])) or 1, v - t * t or 1, s - v * v or 1
    inner = graph.node("u", PowLayer, _shifted(graph, "t", x, a), 2)
    middle = graph.node("w", PowLayer, _shifted(graph, "v", inner, b), 2)
    graph.node("z", PowLayer, _shifted(graph, "s", middle, c), 2)
    return f"(((x {_plus(a)})**2 {_plus(b)})**2 {_plus(c)})**2"


def _product_or_quotient(graph: Graph, draw: Draw) -> str:
    form = draw.integer(1, 5)
    if form == 1:
        x, y, w = _inputs(graph, draw, "xyw")
        graph.node("z", DivLayer, graph.node("t", AddLayer, x, y), w)
        return "(x + y)/w"
    if form == 2:
        x, y, w = _inputs(graph, draw, "xyw")
        graph.node("z", DivLayer, graph.node("t", MulLayer, x, y), w)
        return "x*y/w"
    x, y = _inputs(graph, draw, "xy")
    a, b = draw.nonzero(-9, 9), draw.nonzero(-9, 9)
    if form == 3:
        u, v = _shifted(graph, "u", x, a), _shifted(graph, "v", y, b)
        graph.node("z", MulLayer, u, v)
        return f"(x {_plus(a)})*(y {_plus(b)})"
    if form == 4:
        u, v = _shifted(graph, "u", x, a), _shifted(graph, "v", y, b)
        graph.node("z", DivLayer, u, v)
        return f"(x {_plus(a)})/(y {_plus(b)})"
    graph.node("z", DivLayer, graph.node("u", PowLayer, x, 2), _shifted(graph, "v", y, b))
    return f"x**2/(y {_plus(b)})"


def _fan_out(graph: Graph, draw: Draw) -> str:
    form = draw.integer(1, 5)
    if form == 1:
        a, b = _inputs(graph, draw, "ab")
        graph.node("z", MulLayer, graph.node("t", MulLayer, a, b), graph.node("u", AddLayer, a, b))
        return "a*b*(a + b)"
    x, y = _inputs(graph, draw, "xy")
    if form == 2:
        graph.node("z", MulLayer, graph.node("u", AddLayer, x, y), graph.node("v", SubLayer, x, y))
        return "(x + y)*(x - y)"
    if form == 3:
        graph.node("z", MulLayer, x, graph.node("u", PowLayer, graph.node("t", AddLayer, x, y), 2))
        return "x*(x + y)**2"
    if form == 4:
        graph.node("z", AddLayer, graph.node("u", MulLayer, x, y), graph.node("v", PowLayer, x, 2))
        return "x*y + x**2"
    graph.node("z", DivLayer, graph.node("t", MulLayer, x, y), graph.node("u", AddLayer, x, y))
    return "x*y/(x + y)"


FORMS = {
    1: _square_of_sum,
    2: _power_of_linear,
    3: _nested_two,
    4: _nested_three,
    5: _product_or_quotient,
    6: _fan_out,
}


def _draw(draw: Draw, level: int) -> Draft:
    graph = Graph()
    formula = FORMS[level](graph, draw)
    leaf, wrt = draw.choice(list(graph.inputs)), draw.choice(list(graph.inputs))
    return Draft(graph, formula, usual_asks(draw, graph, leaf, Ask("derivative", "z", wrt)))


def _story(problem: Problem, language: str) -> Prose:
    """The function, and the point: both as mathematics."""
    formula: Notation = Equal((Sym("z"), of_expression(parse(problem.formula))))
    point: list[str | Notation] = []
    for name, value in problem.graph.inputs.items():
        comma = "、" if language == "ja" else ", "
        point += [comma] * bool(point) + [Equal((Sym(name), Num(Fraction(str(value)))))]
    if language == "ja":
        return ("関数 ", formula, " を、点 ", *point, " で考えます。")
    return ("Consider the function ", formula, " at the point ", *point, ".")


CHAIN_RULE = Family(
    name="chain-rule",
    title={"en": "Chain rule on composite functions", "ja": "合成関数の連鎖律"},
    levels=LEVELS,
    kinds=("value", "local", "upstream", "gradient", "derivative"),
    draw=_draw,
    story=_story,
)
