"""The whole graph as a question: every value on the way forward, every gradient on the way back.

An answer that is wrong because an earlier one was, but uses it rightly, follows through and counts as right. What
rests on a wrong answer that took no work (0, 1, a number copied from the question) earns nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from fractions import Fraction
from typing import Any, cast

from quizgen.authored import family_of
from quizgen.engine import functions
from quizgen.engine.chain_rule import sum_of_branches
from quizgen.engine.expression import Expression
from quizgen.engine.functions import Value
from quizgen.engine.graph import Operand
from quizgen.errors import QuizgenError
from quizgen.marking import is_cheap
from quizgen.notation import number_text
from quizgen.picture.drawing import Spot, spot
from quizgen.problem import Ask
from quizgen.question import Part, Question, canonical
from quizgen.solve import Solution, read_off


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
    return {"value", "gradient"} <= set(family_of(question.problem).kinds)


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


def stands(
    solution: Solution, ask: Ask, value: Value | None, right: bool, before: tuple[Filled, ...], explained: bool = True
) -> Standing:
    """What `value`, given for `ask` after `before`, is worth. `explained`: a known mistake or slip leads to it."""
    if right:
        return Standing.RIGHT
    if value is None or isinstance(value, Expression):
        return Standing.SPOILED
    filled = {each.spot: each for each in before}
    follows = _following(solution, ask, filled)
    used = [each for each in before if each.standing is not Standing.RIGHT and _matters(solution, ask, each, filled)]
    if any(each.standing is Standing.SPOILED for each in used) or is_cheap(
        value, solution.problem.graph, solution.keys
    ):
        return Standing.SPOILED
    if used and follows is not None and canonical(follows) == canonical(value):
        return Standing.FOLLOWS
    return Standing.WRONG if explained or not _easier(value, read_off(ask, solution.found)) else Standing.SPOILED


def _matters(solution: Solution, ask: Ask, each: Filled, filled: Mapping[Spot, Filled]) -> bool:
    """Whether the next answer depends on what stands there: the gradient by x of x·y does not on x."""
    elsewhere = Filled(each.spot, Fraction(100003, 7), Standing.WRONG)
    one = _following(solution, ask, filled)
    other = _following(solution, ask, {**filled, each.spot: elsewhere})
    return one is None or other is None or canonical(one) != canonical(other)


def _easier(value: Value, key: Value) -> bool:
    """Whether a number has fewer significant digits than the right one: easier to go on with."""
    return _digits(value) < _digits(key)


def _digits(value: Value) -> int:
    text = number_text(value) if isinstance(value, Fraction) else ""
    return sum(len(piece.replace(".", "").strip("0")) for piece in text.lstrip("−").split("/"))


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
