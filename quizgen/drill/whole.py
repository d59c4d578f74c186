"""The whole graph as a question: every value on the way forward, every gradient on the way back.

An answer that is wrong because an earlier one was, but uses it rightly, follows through and counts as right. What
rests on a wrong answer that took no work (0, 1, a number copied from the question) earns nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from fractions import Fraction
from typing import Any, cast

from quizgen import families
from quizgen.engine import functions
from quizgen.engine.chain_rule import sum_of_branches
from quizgen.engine.expression import Expression
from quizgen.engine.functions import Value
from quizgen.engine.graph import Graph, Operand
from quizgen.errors import QuizgenError
from quizgen.marking import is_cheap
from quizgen.picture.drawing import Spot, spot
from quizgen.problem import Ask
from quizgen.question import Part, Question, canonical
from quizgen.solve import Solution


class Standing(Enum):
    """What a filled edge is worth. SPOILED: wrong, and no work; nothing follows through from it."""

    RIGHT = "right"
    FOLLOWS = "follows"
    WRONG = "wrong"
    SPOILED = "spoiled"


@dataclass(frozen=True)
class Filled:
    """One edge as the learner filled it; without a value it was skipped."""

    spot: Spot
    value: Value | None
    standing: Standing


def can_be_whole(question: Question) -> bool:
    """Whether the family has the words for it."""
    return {"value", "gradient"} <= set(families.find(question.problem.family).kinds)


def whole(question: Question) -> Question:
    """The same variant with all its edges asked: forward in order, then backward in the reverse; it keeps its id."""
    graph = question.problem.graph
    needed, output = graph.ancestors(graph.output), str(graph.output)
    nodes = [node.name for node in graph.nodes if node.name in needed]
    behind = [*reversed(nodes), *(name for name in graph.inputs if name in needed)]
    asks = [*(Ask("value", name) for name in nodes), *(Ask("gradient", output, n) for n in behind if n != output)]
    problem = replace(question.problem, asks=tuple(asks))
    keys = Solution(problem).keys
    return Question(problem, tuple(Part(ask, key, ()) for ask, key in zip(asks, keys, strict=True)), question.id)


def stands(solution: Solution, ask: Ask, value: Value | None, right: bool, before: tuple[Filled, ...]) -> Standing:
    """What `value`, given for `ask` after `before`, is worth."""
    if right:
        return Standing.RIGHT
    if value is None or isinstance(value, Expression):
        return Standing.SPOILED
    graph, filled = solution.problem.graph, {each.spot: each for each in before}
    used = [filled[each] for each in _sources(graph, ask) if each in filled]
    if _is_cheap(solution, value) or any(each.standing is Standing.SPOILED for each in used):
        return Standing.SPOILED
    if any(each.standing is not Standing.RIGHT for each in used):
        follows = _following(solution, ask, filled)
        if follows is not None and canonical(follows) == canonical(value):
            return Standing.FOLLOWS
    return Standing.WRONG


def _is_cheap(solution: Solution, value: Value) -> bool:
    return is_cheap(value, solution.problem.graph, solution.keys)


def _sources(graph: Graph, ask: Ask) -> Iterator[Spot]:
    """The edges from which the answer to `ask` is computed in one step."""
    if ask.kind == "value":
        for operand in graph.find(ask.of).operands:
            if isinstance(operand, str):
                yield "forward", operand
        return
    for node, _ in graph.consumers(ask.wrt):
        yield "backward", node.name
        for operand in node.operands:
            if isinstance(operand, str):
                yield "forward", operand
        yield "forward", node.name


def _following(solution: Solution, ask: Ask, filled: Mapping[Spot, Filled]) -> Value | None:
    """The answer to `ask` as it follows from what was filled, in one step of the book's; None where there is none."""
    found = solution.found

    def known(side: str, operand: Operand) -> Any:
        if not isinstance(operand, str):
            return operand
        mine = filled.get((side, operand))
        if mine is not None and mine.value is not None:
            return mine.value
        right = found.values if side == "forward" else found.gradients
        return right[operand] if operand in right else functions.pi()

    graph = solution.problem.graph
    try:
        if ask.kind == "value":
            node = graph.find(ask.of)
            return cast(Value, node.layer().forward(*(known("forward", each) for each in node.operands)))
        arrived = []
        for node, place in graph.consumers(ask.wrt):
            layer = node.layer()
            layer.forward(*(known("forward", each) for each in node.operands))
            arrived.append(layer.backward(known("backward", node.name))[place])
        return sum_of_branches(arrived) if None not in arrived else None
    except QuizgenError:
        return None


def place_of(ask: Ask) -> Spot:
    """The edge on which the answer stands."""
    place = spot(ask)
    assert place is not None
    return place


def share(filled: tuple[Filled, ...]) -> Fraction:
    """The share of the edges that count as right."""
    good = sum(each.standing in (Standing.RIGHT, Standing.FOLLOWS) for each in filled)
    return Fraction(good, len(filled) or 1)
