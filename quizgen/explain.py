"""`quizgen explain`: any expression as a graph, solved forward and backward, checked, and as data.

Without values the inputs stand for themselves and the results are expressions; those are checked against sympy at
points, with exact numbers.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from itertools import product
from typing import Any

from quizgen.check import compare_pass
from quizgen.engine.chain_rule import Pass, run
from quizgen.engine.expression import Expression, evaluate, fold, names, text
from quizgen.engine.functions import Value
from quizgen.engine.graph import Graph, from_expression
from quizgen.engine.identity import apply
from quizgen.engine.parse import parse, read
from quizgen.errors import DomainError, InternalError, QuizgenError, SyntaxProblem
from quizgen.formulas import LARGE
from quizgen.misconceptions import Misconception, catalogue, misapply
from quizgen.misconceptions.paths import is_outer
from quizgen.numbers import Number, Real, bounded, close
from quizgen.problem import MULTIPLIER
from quizgen.question import canonical, value_text
from quizgen.reference import reference

LONGEST_RESULT = 2_000_000  # operations of all results together, where no values are given
LONGEST_MISTAKE = 100_000  # of one misconception's, likewise; longer ones are left out
TRIED = 3  # points at which expressions are checked
# Where inputs are tried, positive first so that log and sqrt have a value.
TRIAL = tuple(
    Fraction(*each)
    for each in (
        (3, 7),
        (5, 4),
        (2, 9),
        (11, 8),
        (13, 5),
        (-3, 4),
        (-7, 5),
        (1, 6),
        (5, 2),
        (40, 1),
        (-30, 1),
        (1, 1000),
        (-1, 1000),
        (1, 20),
        (101, 1),
        (-102, 1),
        (10007, 1),
        (-10007, 1),
    )
)


@dataclass(frozen=True)
class Explanation:
    """One expression, solved: its graph, the pass over it, and where in the text each node was typed."""

    text: str
    formula: Expression
    implicit: bool
    graph: Graph
    found: Pass
    numeric: bool


def explain(typed: str, at: list[str]) -> Explanation:
    """Reads, solves and checks. QuizgenError for what cannot be read or has no value; InternalError where the two
    solvers disagree."""
    given = _given(at)
    formula, implicit = read(typed, pi_is_a_name="pi" in given)
    values = _values(formula, given)
    graph, positions = from_expression(formula, values)
    tax = graph.inputs.get("tax")
    if isinstance(tax, Fraction) and 1 < tax < 2:  # the book's name for 1 + the rate
        graph.roles["tax"] = MULTIPLIER
    try:
        found = run(graph)
        explanation = Explanation(typed, formula, implicit, graph, found, values is not None)
        _check(explanation)
    except InternalError:
        raise
    except QuizgenError as error:
        raise _placed(error, typed, positions) from None
    return explanation


def _placed(error: QuizgenError, typed: str, positions: Mapping[str, int]) -> QuizgenError:
    """An error at a node as one at the place where its operation was typed."""
    node = error.details.get("node")
    if node not in positions:
        return error
    details = {name: value for name, value in error.details.items() if name != "column"}
    return SyntaxProblem(error.key, typed, positions[str(node)], **details)


def _given(at: list[str]) -> dict[str, Fraction | Real]:
    given: dict[str, Fraction | Real] = {}
    for each in at:
        name, equals, written = each.replace("＝", "=").partition("=")
        name = _name(name.strip())
        if not equals or not name:
            raise QuizgenError("explain.at_form", given=each[:80])
        if name in given:
            raise QuizgenError("explain.at_twice", name=name)
        given[name] = _value(name, written.strip())
    return given


def _name(typed: str) -> str:
    """`typed` as the grammar has it; empty where it is no name."""
    try:
        formula = parse(typed, pi_is_a_name=True)
    except SyntaxProblem:
        return ""
    return text(formula) if names(formula) == [text(formula)] else ""


def _value(name: str, written: str) -> Number:
    if written.lower().lstrip("+-") in ("nan", "inf", "infinity"):
        raise QuizgenError("explain.not_finite", name=name, value=written)
    try:
        formula = parse(written)
    except SyntaxProblem as error:
        raise QuizgenError("explain.at_value", name=name, value=written[:80], why=error) from None
    if names(formula):
        raise QuizgenError("explain.at_names", name=name, value=written[:80], found=", ".join(names(formula)[:5]))
    try:
        return bounded(evaluate(formula, {}, apply, lambda constant: constant))
    except QuizgenError as error:
        raise QuizgenError("explain.at_value", name=name, value=written[:80], why=error) from None


def _values(formula: Expression, given: Mapping[str, Number]) -> dict[str, Value] | None:
    wanted = names(formula)
    unused = [name for name in given if name not in wanted]
    if unused:
        raise QuizgenError("explain.at_unused", name=unused[0], known=", ".join(wanted) or "–")
    if not given and wanted:
        return None
    missing = [name for name in wanted if name not in given]
    if missing:
        raise QuizgenError("explain.at_missing", names=", ".join(missing), example=f"--at {missing[0]}=…")
    return {name: given[name] for name in wanted}


def _check(explanation: Explanation) -> None:
    if explanation.numeric:
        disagreement = next(compare_pass(reference(explanation.graph), explanation.found), None)
        if disagreement and disagreement.rounding:
            raise QuizgenError("number.cancels", node=disagreement.what)
        if disagreement:
            raise _disagreement(explanation, disagreement.what, disagreement.layers, disagreement.formulas)
        return
    if _size(explanation.found, explanation.graph) > LONGEST_RESULT:
        raise QuizgenError("explain.too_large", name=next(iter(explanation.graph.inputs)))
    points = _points(explanation.graph)[: TRIED if len(explanation.graph.nodes) < LARGE else 1]
    if not points:
        raise QuizgenError("explain.no_point", name=next(iter(explanation.graph.inputs)))
    for point in points:
        _check_at(explanation, point)


def _size(found: Pass, graph: Graph) -> int:
    """How many operations all results have together, written out."""
    results = [found.value, *(found.gradients[name] for name in graph.inputs)]
    return sum(
        fold(each, lambda _: 1, lambda _: 1, lambda node, sizes: 1 + sum(sizes))
        for each in results
        if isinstance(each, Expression)
    )


@functools.lru_cache(maxsize=4)
def _points(graph: Graph) -> list[dict[str, Value]]:
    """Up to three points at which the graph has a value and every derivative."""
    found: list[dict[str, Value]] = []
    shifts = product(range(len(TRIAL)), (1, 2, 4))
    for start, stride in shifts:
        places = (TRIAL[(start + stride * index) % len(TRIAL)] for index in range(len(graph.inputs)))
        point: dict[str, Value] = dict(zip(graph.inputs, places, strict=True))
        try:
            run(graph.with_inputs(point))
        except QuizgenError:
            continue
        if point not in found:
            found.append(point)
        if len(found) == TRIED:
            break
    return found


def _check_at(explanation: Explanation, point: dict[str, Value]) -> None:
    """The expressions, evaluated at `point`, against sympy's derivatives there."""
    sympys = reference(explanation.graph.with_inputs(point))
    output = explanation.graph.output
    pairs: list[tuple[str, Value, Callable[[], Number]]] = [
        ("value", explanation.found.value, lambda: sympys.value(output))
    ]
    for name in explanation.graph.inputs:
        gradient = explanation.found.gradients[name]
        pairs.append((name, gradient, partial(sympys.gradient, str(output), name)))
    for what, expression, wanted in pairs:
        try:
            mine = expression
            if isinstance(expression, Expression):
                mine = evaluate(expression, point, apply, lambda constant: constant)
        except DomainError:  # relu(x)/x at 0: the derivative there is told with numbers only
            continue
        theirs = wanted()
        if isinstance(mine, Expression) or not close(mine, theirs, Fraction(1, 10**40)):
            raise _disagreement(explanation, what, str(mine), str(theirs))


def _disagreement(explanation: Explanation, what: str, layers: str, formulas: str) -> InternalError:
    return InternalError(
        "internal.disagreement",
        family="explain",
        level=0,
        seed=explanation.text[:200],
        what=what,
        layers=layers,
        formulas=formulas,
    )


def _wrong(explanation: Explanation, wrong: Misconception) -> dict[str, Any] | None:
    """What a misconception changes: the gradients of every input, and the value where that changes.

    Whether expressions change is told by numbers at a point; some are too long to be written out and left out."""
    graph = explanation.graph
    point = graph if explanation.numeric else graph.with_inputs((_points(graph) or [graph.inputs])[0])
    numbers = _misapplied(point, wrong)
    if numbers is None:
        return None
    right = run(point)
    changed = any(canonical(numbers.gradients[name]) != canonical(right.gradients[name]) for name in graph.inputs)
    other = canonical(numbers.value) != canonical(right.value)
    made = numbers if explanation.numeric or not (changed or other) else _misapplied(graph, wrong)
    if not (changed or other) or made is None or _size(made, graph) > LONGEST_MISTAKE:
        return None
    gradients = {name: value_text(made.gradients[name]) for name in graph.inputs}
    return {"id": wrong.id, "gradients": gradients, **({"value": value_text(made.value)} if other else {})}


def _misapplied(graph: Graph, wrong: Misconception) -> Pass | None:
    """The pass with `wrong` made everywhere; None where it changes no rule or has no value."""
    if not wrong.by_input:
        return misapply(graph, wrong)
    if not any(is_outer(node) for node in graph.nodes):
        return None
    right = run(graph)
    passes = {name: misapply(graph, wrong, None, name) for name in graph.inputs}
    gradients = {name: (made or right).gradients[name] for name, made in passes.items()}
    return replace(right, gradients=gradients)


def as_data(explanation: Explanation) -> dict[str, Any]:
    """The shape of `explain --json`."""
    graph, found = explanation.graph, explanation.found
    return {
        "expression": text(explanation.formula),
        "value": value_text(found.value),
        "gradients": {name: value_text(found.gradients[name]) for name in graph.inputs},
        "nodes": [
            {
                "name": node.name,
                "layer": node.layer.__name__,
                "inputs": [str(operand) for operand in node.operands],
                "value": value_text(found.values[node.name]),
                "gradient": value_text(found.gradients[node.name]),
            }
            for node in graph.nodes
        ],
        "misconceptions": [made for wrong in catalogue().values() if (made := _wrong(explanation, wrong))],
    }
