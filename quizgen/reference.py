"""sympy's view of a graph, for the checker: for rational graphs it differentiates once for each shape of graph.

Most variants of a family differ in their numbers only. Where a graph has nothing but + - * / and whole powers, and
rational inputs, its inputs and its literals become symbols, sympy composes and differentiates the layers' formulas
over those, and the results are evaluated exactly at each variant's numbers. All else has `Reference` at its numbers.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from fractions import Fraction
from typing import Any, NamedTuple

from quizgen.engine.expression import Constant, Expression, Name, Operation, fold
from quizgen.engine.graph import Graph, Node
from quizgen.engine.layers import Layer
from quizgen.engine.parse import parse
from quizgen.formulas import LARGE, LargeReference, Reference, compose, rational, to_sympy
from quizgen.numbers import Number
from quizgen.plain import Plain, evaluate, plain
from quizgen.problem import Ask

LARGEST_SHAPE = 100  # operations and operands, each as often as a formula written out has it
SHAPES = 512  # kept; a family's level has one shape, or a few


class _Node(NamedTuple):
    """A node without its name: operands are places among the numbers, or whole exponents as text (as Fraction(2) is
    equal to 2). The formula stands beside its layer so that a layer with another formula is another shape."""

    layer: type[Layer]
    formula: str
    operands: tuple[int | str, ...]


# How many inputs, the nodes, how many literals. In that order they are numbered.
_Shape = tuple[int, tuple[_Node, ...], int]


@functools.lru_cache(maxsize=256)
def _exponents(formula: str) -> frozenset[str] | None:
    """The operands that stand as an exponent in a layer's formula; None where it is more than + - * / and powers."""
    found: set[str] = set()

    def operation(node: Operation, operands: list[bool]) -> bool:
        if node.operator != "**":
            return node.operator in ("+", "-", "*", "/") and all(operands)
        exponent = node.operands[1]
        if isinstance(exponent, Name):
            found.add(exponent.name)
        return operands[0] and (isinstance(exponent, Name) or _is_whole(exponent))

    rational = fold(parse(formula), lambda value: True, lambda name: True, operation)
    return frozenset(found) if rational else None


def _is_whole(exponent: Expression) -> bool:
    return isinstance(exponent, Constant) and exponent.value.denominator == 1


def _shape(graph: Graph) -> tuple[_Shape, list[Fraction]] | None:
    """The shape of a rational graph, and its literals; None for any other, and for one that is long written out."""
    places = {name: place for place, name in enumerate(graph.names())}
    lengths, nodes, literals = [1] * len(graph.inputs), [], list[Fraction]()
    for node in graph.nodes:
        exponents, operands = _exponents(node.layer.formula), list[int | str]()
        if exponents is None:
            return None
        for variable, operand in zip(node.layer.variables, node.operands, strict=True):
            if isinstance(operand, str):
                if operand not in places or variable in exponents:  # π, or a power such as 2ˣ
                    return None
                operands.append(places[operand])
            elif variable not in exponents:
                operands.append(len(places) + len(literals))
                literals.append(Fraction(operand))
            elif operand.denominator == 1:
                operands.append(str(operand))
            else:
                return None
        inner = [lengths[each] for each in operands if isinstance(each, int) and each < len(lengths)]
        lengths.append(1 + sum(inner) + len(operands) - len(inner))
        if lengths[-1] > LARGEST_SHAPE:
            return None
        nodes.append(_Node(node.layer, node.layer.formula, tuple(operands)))
    return ((len(graph.inputs), tuple(nodes), len(literals)), literals) if nodes else None


class _Formulas:
    """What sympy makes of the formulas of one shape. Each name and each literal is called by its place."""

    def __init__(self, shape: _Shape) -> None:
        import sympy

        inputs, nodes, literals = shape
        names = [str(place) for place in range(inputs + len(nodes) + literals)]
        self.nodes = names[inputs : inputs + len(nodes)]
        self.free = [name for name in names if name not in self.nodes]
        self.symbols = {name: sympy.Symbol(name, real=True) for name in names}
        self.graph = Graph()
        for name in self.free:
            self.graph.input(name, 0)
        for name, node in zip(self.nodes, nodes, strict=True):
            operands = [str(each) if isinstance(each, int) else Fraction(each) for each in node.operands]
            self.graph.node(name, node.layer, *operands)
        self._slopes: dict[tuple[str, str], Plain] = {}
        self._locals: dict[tuple[str, str], Plain] = {}

    @functools.cached_property
    def _steps(self) -> list[tuple[Node, Plain]]:
        """Each node, and its formula over its layer's variables: in x / x too they are two, and nothing cancels."""
        import sympy

        steps = []
        for node in self.graph.nodes:
            given = {
                variable: sympy.Symbol(variable) if isinstance(operand, str) else rational(operand)
                for variable, operand in zip(node.layer.variables, node.operands, strict=True)
            }
            steps.append((node, plain(to_sympy(parse(node.layer.formula), given))))
        return steps

    def _alone(self, name: str) -> Any:
        """A node's formula with every other name standing for itself."""
        return compose(self.graph, {each: symbol for each, symbol in self.symbols.items() if each != name})[name]

    def slope(self, of: str, wrt: str) -> Plain:
        """∂of/∂wrt of the composed formulas; `wrt` may be an inner node, which then stands for itself."""
        import sympy

        if (of, wrt) not in self._slopes:
            given = {name: self.symbols[name] for name in (*self.free, wrt)}
            composed = compose(self.graph, given)[of]
            self._slopes[of, wrt] = plain(sympy.diff(composed, self.symbols[wrt]))
        return self._slopes[of, wrt]

    def local(self, of: str, wrt: str) -> Plain:
        """∂of/∂wrt of the formula of the node `of` alone."""
        import sympy

        if (of, wrt) not in self._locals:
            self._locals[of, wrt] = plain(sympy.diff(self._alone(of), self.symbols[wrt]))
        return self._locals[of, wrt]

    def numbers(self, inputs: Iterable[Fraction], literals: Iterable[Fraction]) -> dict[str, Fraction]:
        """What stands at each place; ZeroDivisionError where a node has no value."""
        found = dict(zip(self.free, (*inputs, *literals), strict=True))
        for node, formula in self._steps:
            operands = (found[each] if isinstance(each, str) else each for each in node.operands)
            found[node.name] = evaluate(formula, dict(zip(node.layer.variables, operands, strict=True)))
        return found


_formulas = functools.lru_cache(maxsize=SHAPES)(_Formulas)


class RationalReference(Reference):
    """As `Reference`, for a rational graph, with the work of sympy shared by all graphs of its shape.

    sympy may have cancelled a factor that is 0 here. That changes nothing where every node has a value, which is seen
    to at the start; where an evaluation divides by 0 all the same, `Reference` has the word.
    """

    def __init__(self, graph: Graph, shape: _Shape, literals: list[Fraction]) -> None:
        super().__init__(graph)
        self._formulas, self._literals = _formulas(shape), literals
        self._places = {name: str(place) for place, name in enumerate(graph.names())}
        self._inputs = {name: value for name, value in graph.inputs.items() if isinstance(value, Fraction)}
        self._numbers = self._at({})

    def _at(self, moved: dict[str, Fraction]) -> dict[str, Fraction]:
        return self._formulas.numbers({**self._inputs, **moved}.values(), self._literals)

    def value(self, name: Any) -> Number:
        return self._numbers[self._places[name]] if name in self._places else super().value(name)

    def _gradient(self, of: str, wrt: str) -> Number:
        try:
            return evaluate(self._formulas.slope(self._places[of], self._places[wrt]), self._numbers)
        except ZeroDivisionError:
            return super()._gradient(of, wrt)

    def local(self, of: str, wrt: str) -> Number:
        try:
            return evaluate(self._formulas.local(self._places[of], self._places[wrt]), self._numbers)
        except ZeroDivisionError:
            return super().local(of, wrt)

    def growth(self, ask: Ask) -> Number | None:
        assert ask.step is not None
        try:
            moved = [self._at({ask.wrt: self._inputs[ask.wrt] + ask.step * times}) for times in (1, 2)]
        except ZeroDivisionError:
            return super().growth(ask)
        zero, one, two = (numbers[self._places[ask.of]] for numbers in (self._numbers, *moved))
        return one - zero if one - zero == two - one else None


def reference(graph: Graph) -> Reference:
    """sympy's view of a graph, of any size.

    As one expression where sympy can hold that: not with cases inside cases (max, ReLU), whose branches multiply and
    are evaluated where they do not hold, and not at inputs that are rounded themselves.
    """
    exact = all(isinstance(value, Fraction) for value in graph.inputs.values())
    shape = _shape(graph) if exact else None
    if shape is not None:
        try:
            return RationalReference(graph, *shape)
        except ZeroDivisionError:
            pass
    whole = all("max(" not in node.layer.formula for node in graph.nodes)
    return Reference(graph) if whole and exact and len(graph.nodes) <= LARGE else LargeReference(graph)
