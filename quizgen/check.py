"""Solution against sympy. Runs no forward and no backward: it shares only the layers' formula strings with them.

sympy composes the formulas along the graph, differentiates, and is evaluated exactly at the drawn values. A wrong
key, value or gradient, and a story whose closed formula is not its graph's, are refused.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from quizgen.engine.chain_rule import Pass
from quizgen.engine.expression import Expression, names, text
from quizgen.engine.graph import Graph, Operand
from quizgen.engine.layers import LAYERS
from quizgen.engine.parse import parse
from quizgen.errors import InternalError
from quizgen.formulas import Reference, compose, rational, to_sympy
from quizgen.numbers import TOLERANCE, Number, Real, close, to_mpf
from quizgen.plain import NotPlain, is_zero, plain
from quizgen.problem import Ask, Problem
from quizgen.reference import reference
from quizgen.solve import Solution

# Where an identity of expressions is tried; unlike each other, and no two of them in a simple ratio.
POINTS = tuple(Fraction(*pair) for pair in ((7, 5), (3, 11), (13, 4), (17, 19), (5, 23), (29, 8), (2, 31)))


@dataclass(frozen=True)
class Disagreement:
    """Where the two solvers differ: what was looked at, what the layers say, what sympy says; and whether that may be
    rounding alone, because the difference is tiny beside what was reckoned with."""

    what: str
    layers: str
    formulas: str
    rounding: bool = False


def same_expression(graph: Graph, ask: Ask, key: Expression) -> Disagreement | None:
    """The derivative of the composed formulas against a symbolic key: an identity, proved where it is rational, else
    tried at points."""
    import sympy

    symbols = {name: sympy.Symbol(name, positive=True) for name in graph.inputs}
    wanted = sympy.diff(compose(graph, symbols)[ask.of], symbols[ask.wrt])
    found = to_sympy(key, symbols)
    difference = wanted - found
    return None if _is_zero(difference, symbols) else Disagreement(f"∂{ask.of}/∂{ask.wrt}", text(key), str(wanted))


def _is_zero(difference: Any, symbols: Mapping[str, Any]) -> bool:
    import sympy

    try:
        found = is_zero(plain(difference))
        if found is not None:
            return found
    except NotPlain:
        pass
    if difference.is_rational_function(*symbols.values()):
        return bool(sympy.cancel(difference) == 0)
    return all(_vanishes(difference, symbols, start) for start in range(3))


def _vanishes(difference: Any, symbols: Mapping[str, Any], start: int) -> bool:
    import sympy

    point = {
        symbol: rational(POINTS[(start + index) % len(POINTS)] + index // len(POINTS))
        for index, symbol in enumerate(symbols.values())
    }
    return bool(abs(sympy.N(difference.subs(point), 30)) < 1e-25)


def compare(solution: Solution, reference: Reference) -> Iterator[Disagreement]:
    """Every disagreement about the values, the gradients and the keys of `solution`."""
    yield from compare_pass(reference, solution.found)
    for ask, key in zip(solution.problem.asks, solution.keys, strict=True):
        if isinstance(key, Expression):
            disagreement = same_expression(reference.graph, ask, key)
            if disagreement:
                yield disagreement
        else:
            wanted = reference.answer(ask)
            if wanted is None or not _same(key, wanted):
                yield Disagreement(ask.name, str(key), str(wanted))


def compare_pass(reference: Reference, found: Pass) -> Iterator[Disagreement]:
    """Every value and every gradient of a pass against sympy."""
    output = reference.graph.output
    for name in reference.graph.names():
        value, wanted = found.values[name], reference.value(name)
        if not _same(value, wanted):
            yield Disagreement(name, str(value), str(wanted), _is_rounding(value, wanted, found))
    for name in reference.graph.names():
        gradient, wanted = found.gradients[name], reference.gradient(str(output), name)
        if not _same(gradient, wanted):
            rounding = _is_rounding(gradient, wanted, found)
            yield Disagreement(f"∂{output}/∂{name}", str(gradient), str(wanted), rounding)


def _is_rounding(mine: Any, theirs: Number, found: Pass) -> bool:
    """Whether irrational numbers occur, and the two differ by less than 1e-50 of the largest number that does."""
    numbers = [
        each for each in (*found.values.values(), *found.gradients.values()) if isinstance(each, Fraction | Real)
    ]
    if not isinstance(mine, Fraction | Real) or not any(isinstance(each, Real) for each in numbers):
        return False
    largest = max([to_mpf(1), *(abs(to_mpf(each)) for each in numbers)])
    return bool(abs(to_mpf(mine) - to_mpf(theirs)) <= to_mpf(TOLERANCE) * largest)


def _same(mine: object, theirs: Number) -> bool:
    """Equal, and of our exact kinds: a float is noise even where it looks right."""
    if not isinstance(mine, Fraction | Real):
        return False
    return close(mine, theirs, TOLERANCE * 1000)


def story_disagreement(problem: Problem) -> Disagreement | None:
    """The family level's closed formula against the graph, as identities in all inputs."""
    import sympy

    graph = problem.graph
    if not _same_formula(problem.formula, _shape(graph)):
        symbols = {name: sympy.Symbol(name, real=True) for name in graph.inputs}
        return Disagreement("formula", str(compose(graph, symbols)[str(graph.output)]), problem.formula)
    return None


_Shape = tuple[tuple[str, ...], tuple[tuple[str, str, tuple[Operand, ...]], ...], str]


def _shape(graph: Graph) -> _Shape:
    nodes = tuple((node.name, node.layer.__name__, node.operands) for node in graph.nodes)
    return tuple(graph.inputs), nodes, str(graph.output)


@functools.lru_cache(maxsize=4096)
def _same_formula(formula: str, shape: _Shape) -> bool:
    """Whether the closed formula is what the nodes compute; once for each shape of graph."""
    import sympy

    inputs, nodes, output = shape
    graph = Graph()
    for name in inputs:
        graph.input(name, 0)
    for name, layer, operands in nodes:
        graph.node(name, LAYERS[layer], *operands)
    graph.output = output
    symbols = {name: sympy.Symbol(name, positive=True) for name in inputs}
    typed = parse(formula)
    if not set(names(typed)) <= set(inputs):
        return False
    stated = to_sympy(typed, symbols)
    difference = compose(graph, symbols)[output] - stated
    return _is_zero(difference, symbols)


def check(solution: Solution) -> None:
    """Returns where both solvers agree on everything; else InternalError, which names family, level and seed."""
    problem = solution.problem
    found = story_disagreement(problem) or next(compare(solution, reference(problem.graph)), None)
    if found:
        raise InternalError(
            "internal.disagreement",
            family=problem.family,
            level=problem.level,
            seed=problem.seed,
            what=found.what,
            layers=found.layers,
            formulas=found.formulas,
        )
