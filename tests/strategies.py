"""What several test files draw from: numbers, expression trees, typed text, points; and a small zoo of graphs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from quizgen import families
from quizgen.engine.expression import Constant, Expression, Name, Operation, call, evaluate, power
from quizgen.engine.graph import Graph, from_expression
from quizgen.engine.identity import apply
from quizgen.engine.layers import BY_OPERATION
from quizgen.engine.parse import parse
from quizgen.errors import QuizgenError
from quizgen.generate import draft_for
from quizgen.problem import MULTIPLIER, RATE, Problem

NAMES = ("x", "y", "z")
LONG_NAMES = ("apple", "tax", "りんご")
ONE_OPERAND = tuple(name for name, layer in BY_OPERATION.items() if len(layer.variables) == 1)
LEVELS = [(family, level) for family in families.catalogue().values() for level in family.levels]

small = st.fractions(-9, 9, max_denominator=6)
positive = st.fractions(Fraction(1, 6), 9, max_denominator=6)


def points(values: st.SearchStrategy[Fraction] = positive) -> st.SearchStrategy[dict[str, Fraction]]:
    """A value for each of NAMES."""
    return st.fixed_dictionaries(dict.fromkeys(NAMES, values))


def value_at(expression: Expression, point: Mapping[str, Any]) -> Any:
    """The value, or None where there is none."""
    try:
        return evaluate(expression, point, apply, lambda constant: constant)
    except QuizgenError:
        return None


def _raw(operator: str, *operands: Expression) -> Expression:
    return Operation(operator, operands)


def _arithmetic(children: st.SearchStrategy[Expression], simplified: bool) -> st.SearchStrategy[Expression]:
    def combine(operator: str, left: Any, right: Any) -> Expression:
        if not simplified:
            return _raw(operator, left, right)
        return {"+": lambda: left + right, "-": lambda: left - right, "*": lambda: left * right,
                "/": lambda: left / right}[operator]()  # fmt: skip

    def raised(base: Expression, exponent: int) -> Expression:
        constant = Constant(Fraction(exponent))
        return power(base, constant) if simplified else _raw("**", base, constant)

    return st.one_of(
        st.builds(combine, st.sampled_from("+-*/+*"), children, children),
        st.builds(raised, children, st.integers(-2, 4)),
    )


def rational_expressions(
    leaves: int = 8, known: tuple[str, ...] = NAMES, simplified: bool = False
) -> st.SearchStrategy[Expression]:
    """Trees over + - * / and whole powers: as typed, or as the operators of `Expression` build them."""
    leaf = (
        st.sampled_from(known).map(Name) | small.map(Constant) | st.integers(-3, 5).map(lambda n: Constant(Fraction(n)))
    )
    return st.recursive(leaf, lambda children: _arithmetic(children, simplified), max_leaves=leaves)


def expressions(
    leaves: int = 6,
    known: tuple[str, ...] = NAMES,
    without: tuple[str, ...] = (),
    simplified: bool = False,
) -> st.SearchStrategy[Expression]:
    """Trees over every operation that a layer has."""
    one = tuple(name for name in ONE_OPERAND if name not in without)
    two = () if "max" in without else ("max",)

    def extend(children: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
        functions = st.builds(lambda name, inner: call(name, inner), st.sampled_from(one), children)
        kinds = [_arithmetic(children, simplified), functions]
        if two:
            kinds.append(st.builds(lambda left, right: call("max", left, right), children, children))
        return st.one_of(*kinds)

    leaf = (
        st.sampled_from(known).map(Name) | st.integers(1, 5).map(lambda n: Constant(Fraction(n))) | small.map(Constant)
    )
    return st.recursive(leaf, extend, max_leaves=leaves)


@st.composite
def typed(draw: st.DrawFn, depth: int = 4) -> str:
    """ASCII text in the grammar that sympy reads as well: no product without a sign, spaces and parentheses."""
    if depth == 0 or draw(st.integers(0, 5)) == 0:
        return draw(st.sampled_from((*NAMES, *NAMES, "2", "3", "7", "0.5", "1.25", ".5", "1e1", "pi")))
    inner = typed(depth - 1)
    kind = draw(st.integers(0, 9))
    if kind <= 4:
        sign = draw(st.sampled_from(("+", " + ", "-", " - ", "*", " * ", "/", "/ ")))
        return draw(inner) + sign + draw(inner)
    if kind == 5:
        return f"({draw(inner)})"
    if kind == 6:
        return draw(st.sampled_from(("-", "- ", "+"))) + draw(inner)
    if kind == 7:
        base = draw(st.sampled_from((*NAMES, "2", f"({draw(inner)})")))
        exponent = draw(st.sampled_from(("2", "3", "-1", "-2", "0", "1", "(1/2)", "2**2", "-x", "(1+1)")))
        return base + draw(st.sampled_from(("**", "^", " ** "))) + exponent
    if kind == 8:
        name = draw(st.sampled_from(("exp", "log", "sqrt", "sin", "cos", "tan", "tanh")))
        return f"{name}({draw(inner)})"
    return f"Max({draw(inner)}, {draw(inner)})"


# --- graphs ------------------------------------------------------------------------------------------------------

APPLE = ("apple*apple_num*tax", {"apple": 100, "apple_num": 2, "tax": Fraction(11, 10)})
FRUIT = (
    "(apple*apple_num + orange*orange_num)*tax",
    {"apple": 100, "apple_num": 2, "orange": 150, "orange_num": 3, "tax": Fraction(11, 10)},
)

# Formulas with values; between them every layer and every shape at which a known mistake can show.
ZOO: tuple[tuple[str, dict[str, Any]], ...] = (
    APPLE,
    FRUIT,
    ("apple*food_tax + towel*other_tax", {"apple": 120, "food_tax": Fraction(27, 25), "towel": 500,
                                         "other_tax": Fraction(11, 10)}),
    ("(x + y)**2", {"x": 3, "y": 4}),
    ("(2*x + y)**3", {"x": 1, "y": 2}),
    ("a*b*(a + b)", {"a": -2, "b": 3}),
    ("(x - y)*z", {"x": 5, "y": 2, "z": 4}),
    ("(x + y)/z", {"x": 2, "y": 4, "z": 3}),
    ("relu(x*w)*c", {"x": -2, "w": 3, "c": -4}),
    ("relu(x*w)*c", {"x": 2, "w": 3, "c": -4}),
    ("sigmoid(w*x + b)", {"w": 2, "x": 1, "b": -1}),
    ("tanh(w*x)*v", {"w": 2, "x": Fraction(1, 4), "v": 3}),
    ("exp(x*y) + log(x*y)*x", {"x": 2, "y": 3}),
    ("sqrt(x**2 + y**2)", {"x": 3, "y": 4}),
    ("sin(x)*cos(y*x) + tan(y)", {"x": 1, "y": Fraction(1, 3)}),
    ("max(x*y, z)*x", {"x": 2, "y": 3, "z": 5}),
    ("max(x, y)", {"x": 3, "y": 7}),
    ("x**y", {"x": 2, "y": 3}),
    ("1/(1 + x**2)", {"x": 2}),
    ("x*x - x", {"x": 3}),
    ("price*n*rate + price", {"price": 150, "n": 3, "rate": Fraction(1, 20)}),
)  # fmt: skip


def graph_of(formula: str, values: Mapping[str, Any]) -> Graph:
    """A graph through the parser; inputs that are called a tax are multipliers, those called a rate are rates."""
    graph, _ = from_expression(parse(formula), {name: Fraction(value) for name, value in values.items()})
    roles = {"tax": MULTIPLIER, "rate": RATE}
    graph.roles.update({name: role for name in graph.inputs for word, role in roles.items() if name.endswith(word)})
    return graph


def zoo() -> Iterator[Graph]:
    """Every graph of the zoo, made anew."""
    for formula, values in ZOO:
        yield graph_of(formula, values)


def drawn(seeds: int = 2) -> Iterator[Problem]:
    """A few drafts of every level of every family."""
    for family, level in LEVELS:
        for number in range(seeds):
            yield draft_for(family, level, f"zoo-{number}")
