"""How answers are marked: full points for the key, half for a wrong answer that comes from one wrong rule.

Who multiplies by x where it should be y has gone forward and backward through the graph and taken one rule for
another; who gives the forward value where the gradient was asked has answered something else, and earns nothing. Nor
does a number that needs no work: 1, a number copied from the question, the answer to another part.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fractions import Fraction

from quizgen.authored import misconceptions_of
from quizgen.engine.functions import Value
from quizgen.engine.graph import Graph
from quizgen.question import Part, Question, canonical

HALF = Fraction(1, 2)
MOST = 3  # wrong answers that are listed for a part: more are not looked up while marking


@dataclass(frozen=True)
class Partial:
    """A wrong answer that earns something, and the misconceptions that lead to it."""

    value: Value
    misconceptions: tuple[str, ...]
    points: Fraction


def partials(question: Question, part: Part, points: int) -> tuple[Partial, ...]:
    """The wrong answers to `part` that earn a share of its `points`."""
    found = [e for e in part.distractors if earns_half(e.value, (e.misconception, *e.also), question)]
    return tuple(
        Partial(each.value, (each.misconception, *each.also), HALF * points)  # all causes, for none is more likely
        for each in found[:MOST]
    )


def earns_half(value: Value, causes: Collection[str], question: Question) -> bool:
    """Whether every way to a wrong answer (`causes`, ids of misconceptions) goes through the graph with one rule
    wrong, and it takes some work."""
    known = [misconceptions_of(question.problem).get(each) for each in causes]
    worked = bool(known) and all(cause is not None and cause.reading is None for cause in known)
    return worked and not is_cheap(value, question.problem.graph, [part.key for part in question.parts])


def is_cheap(value: Value, graph: Graph, keys: Iterable[Value]) -> bool:
    """Whether an answer can be had without work: 0, ±1, a number that is given, the answer to another part."""
    literals = [each for node in graph.nodes for each in node.operands if not isinstance(each, str)]
    cheap = {canonical(each) for each in (*map(Fraction, (0, 1, -1)), *graph.inputs.values(), *literals)}
    return canonical(value) in cheap | {canonical(key) for key in keys}
