"""What sympy makes of the layers' formulas: composed along a graph, differentiated, evaluated exactly.

Nothing here runs a layer's forward or backward; the formula strings are all that is shared with the engine.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from fractions import Fraction
from functools import partial
from typing import Any

from quizgen.engine.expression import Expression, fold
from quizgen.engine.graph import Graph, Node, Operand
from quizgen.engine.layers import BY_OPERATION, LAYERS
from quizgen.engine.parse import parse
from quizgen.numbers import ROUNDING, TOLERANCE, WORKING, Number, Real, close
from quizgen.problem import Ask

EVALUATED_DIGITS = 70
LARGE = 40  # nodes


def to_sympy(expression: Expression, values: Mapping[str, Any]) -> Any:
    """`expression` as sympy's own, with `values` (numbers or symbols of sympy) for its names."""
    import sympy

    operations: dict[str, Any] = {
        "+": lambda x, y: x + y,
        "-": lambda x, y: x - y,
        "*": lambda x, y: x * y,
        "/": lambda x, y: x / y,
        "**": lambda x, y: x**y,
        "pi": lambda: sympy.pi,
        "exp": sympy.exp,
        "log": sympy.log,
        "sqrt": sympy.sqrt,
        "sin": sympy.sin,
        "cos": sympy.cos,
        "tan": sympy.tan,
        "tanh": sympy.tanh,
        "max": _larger,
    }
    return fold(
        expression,
        rational,
        values.__getitem__,
        lambda node, operands: operations.get(node.operator, partial(_by_formula, node.operator))(*operands),
    )


def _by_formula(operator: str, *operands: Any) -> Any:
    """An operation that sympy has no name for: what its layer's formula says."""
    layer = BY_OPERATION[operator]
    return to_sympy(_formula(layer.formula), dict(zip(layer.variables, operands, strict=True)))


def _larger(x: Any, y: Any) -> Any:
    """max(x, y) as cases, so that its derivative is a number on either side and 0 by x at a tie, as ReLU has it."""
    import sympy

    return sympy.Piecewise((x, x > y), (y, True))


def rational(value: Fraction) -> Any:
    """A Fraction as sympy's Rational."""
    import sympy

    return sympy.Rational(value.numerator, value.denominator)


@functools.cache
def _formula(layer_formula: str) -> Expression:
    return parse(layer_formula)


def compose(graph: Graph, given: Mapping[str, Any]) -> dict[str, Any]:
    """Every name of the graph as sympy composes it from the layers' formulas; `given` fixes inputs, and inner nodes
    that stand for themselves."""
    import sympy

    known: dict[Operand, Any] = dict(given.items())
    for node in graph.nodes:
        if node.name not in known:
            operands = [known[each] if each in known else _literal(each) for each in node.operands]
            variables = dict(zip(node.layer.variables, operands, strict=True))
            known[node.name] = to_sympy(_formula(node.layer.formula), variables)
    if graph.output not in known:
        known[graph.output] = _literal(graph.output)
    return {str(name): sympy.sympify(value, strict=True) for name, value in known.items()}  # strict: never from text


def _literal(operand: Operand) -> Any:
    import sympy

    return sympy.pi if isinstance(operand, str) else rational(Fraction(operand))


def number(value: Any) -> Number:
    """A number of sympy as one of ours: exact where it is rational."""
    import sympy

    if value.is_Rational:
        return Fraction(int(value.p), int(value.q))
    simple = sympy.nsimplify(value) if value.is_number and value.is_rational else value
    if simple.is_Rational:
        return Fraction(int(simple.p), int(simple.q))
    evaluated = sympy.N(value, EVALUATED_DIGITS, maxn=10_000)
    if evaluated == 0:  # log(1 + tiny) comes out as 0 with too few digits
        evaluated = sympy.N(value, 1000, maxn=10_000)
    return Real(str(evaluated))


class Reference:
    """What sympy finds for a graph at its values; nothing here comes from a layer's forward or backward."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._gradients: dict[tuple[str, str], Number] = {}

    @functools.cached_property
    def values(self) -> dict[str, Any]:
        """The inputs as numbers of sympy."""
        return {name: _exactly(value) for name, value in self.graph.inputs.items()}

    def value(self, name: Operand) -> Number:
        """The forward value of a name."""
        return number(self._composed[str(name)])

    @functools.cached_property
    def _composed(self) -> dict[str, Any]:
        return compose(self.graph, self.values)

    def _composed_from(self, wrt: str, symbol: Any) -> dict[str, Any]:
        """As `_composed`, with `wrt` standing for itself: only what depends on it is composed anew."""
        depends = {wrt}
        for node in self.graph.nodes:
            if depends.intersection(node.operands):
                depends.add(node.name)
        known: dict[str, Any] = {name: each for name, each in self._composed.items() if name not in depends}
        return compose(self.graph, {**known, wrt: symbol})

    def gradient(self, of: str, wrt: str) -> Number:
        """∂of/∂wrt at the drawn values, wrt an input or an inner node."""
        if (of, wrt) not in self._gradients:
            self._gradients[of, wrt] = self._gradient(of, wrt)
        return self._gradients[of, wrt]

    def _gradient(self, of: str, wrt: str) -> Number:
        import sympy

        if of == wrt:
            return Fraction(1)
        symbol = sympy.Dummy(wrt, real=True)
        composed = self._composed_from(wrt, symbol)[of]
        at = self.values.get(wrt, self._composed.get(wrt))
        return number(sympy.diff(composed, symbol).subs(symbol, at))

    def local(self, of: str, wrt: str) -> Number:
        """∂of/∂wrt at the node `of` alone, its other operands held."""
        import sympy

        node, symbol = self.graph.find(of), sympy.Dummy(wrt, real=True)
        operands = [
            symbol if each == wrt else self._composed[str(each)] if each in self.graph else _literal(each)
            for each in node.operands
        ]
        variables = dict(zip(node.layer.variables, operands, strict=True))
        formula = to_sympy(_formula(node.layer.formula), variables)
        return number(sympy.diff(formula, symbol).subs(symbol, self._composed[wrt]))

    def growth(self, ask: Ask) -> Number | None:
        """By how much ask.of grows when ask.wrt grows by ask.step, from two forward values; None where twice the
        step does not give twice the growth, so that the question has no such answer."""
        assert ask.step is not None
        here, one, two = (self._moved(ask, ask.step * times) for times in (0, 1, 2))
        first, second = one - here, two - one
        if not (first.is_finite and second.is_finite):  # a pole lies on the way
            return None
        return number(first) if close(number(first), number(second), TOLERANCE * 1000) else None

    def _moved(self, ask: Ask, by: Fraction) -> Any:
        values = {**self.values, ask.wrt: self.values[ask.wrt] + rational(by)}
        return compose(self.graph, values)[ask.of]

    def answer(self, ask: Ask) -> Number | None:
        """The answer to a question about a number."""
        if ask.kind == "value":
            return self.value(ask.of)
        if ask.kind == "meaning":
            return self.growth(ask)
        return self.local(ask.of, ask.wrt) if ask.kind == "local" else self.gradient(ask.of, ask.wrt)


def _exactly(value: Any) -> Any:
    import sympy

    if isinstance(value, Fraction):
        return rational(value)
    return sympy.Float(str(value.mpf), WORKING) if isinstance(value, Real) else value


@functools.cache
def _differentiated(name: str, place: int | None, exact: tuple[Fraction | None, ...]) -> tuple[Any, dict[str, Any]]:
    """A layer's formula, with the operands that are `exact` numbers in it, differentiated by sympy by one of its
    operands, if any; and the symbols in it. The derivative of x⁰ is 0, that of xʸ has no value at 0 and 0."""
    import sympy

    layer = LAYERS[name]
    symbols = {name: sympy.Symbol(name, real=True) for name in layer.variables}
    operands = [
        symbols[name] if value is None else rational(value) for name, value in zip(layer.variables, exact, strict=True)
    ]
    formula = to_sympy(_formula(layer.formula), dict(zip(layer.variables, operands, strict=True)))
    return sympy.diff(formula, symbols[layer.variables[place]]) if place is not None else formula, symbols


class LargeReference(Reference):
    """As `Reference`, for graphs that sympy cannot hold as one expression: it differentiates
    each layer's formula, and the chain rule is taken forwards, from each input, over exact numbers or `WORKING`
    digits."""

    @functools.cached_property
    def _composed(self) -> dict[str, Any]:
        known: dict[Operand, Any] = dict(self.values.items())
        for node in self.graph.nodes:
            known[node.name] = self._flat(node, None, known)
        known.setdefault(self.graph.output, _literal(self.graph.output))
        return {str(name): value for name, value in known.items()}

    def _flat(self, node: Node, place: int | None, known: Mapping[Any, Any]) -> Any:
        """The node's formula, or a derivative of it, as one number: rational, or rounded to `WORKING` digits."""
        import sympy

        exact = tuple(None if isinstance(each, str) else Fraction(each) for each in node.operands)
        formula, symbols = _differentiated(node.layer.__name__, place, exact)
        operands = [known[each] if each in known else sympy.N(_literal(each), WORKING) if each == "pi" else
                    _literal(each) for each in node.operands]  # fmt: skip
        whole = [sympy.Rational(each) if each.is_Float else each for each in operands]  # else 1 - y² loses its digits
        value = formula.subs(dict(zip(symbols.values(), whole, strict=True)))
        if value.is_Rational and whole == operands:
            return value
        flat = sympy.N(value, WORKING)
        cancels = place is None and node.layer.operation in ("+", "-", "sin", "cos", "tan")
        noise = max([abs(each) for each in operands]) * rational(ROUNDING)
        return sympy.Integer(0) if cancels and abs(flat) <= noise else flat

    @functools.cached_property
    def _locals(self) -> dict[str, list[Any]]:
        depends = [
            (node, [self._flat(node, place, self._composed) if self._is_name(each) else 0 for place, each in
                    enumerate(node.operands)])
            for node in self.graph.nodes
        ]  # fmt: skip
        return {node.name: found for node, found in depends}

    def _is_name(self, operand: Operand) -> bool:
        return isinstance(operand, str) and operand in self.graph

    def _gradient(self, of: str, wrt: str) -> Number:
        """Forwards from wrt."""
        growth: dict[Operand, Any] = {wrt: rational(Fraction(1))}
        for node in self.graph.nodes:
            moved = [(place, each) for place, each in enumerate(node.operands) if each in growth]
            if moved and node.name != wrt:
                growth[node.name] = sum(self._locals[node.name][place] * growth[each] for place, each in moved)
        return number(growth.get(of, rational(Fraction(0))))
