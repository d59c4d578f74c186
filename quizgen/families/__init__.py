"""Question families, one a file: what is drawn, how the story reads, what the names are called.

Any `Family` at the top level of a file in this folder is found by being there. A family carries its texts itself,
in every language it speaks (the keys of `title`).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from quizgen import discover
from quizgen.draw import Draw
from quizgen.engine.chain_rule import run
from quizgen.engine.graph import Graph
from quizgen.engine.layers import AddLayer, SubLayer
from quizgen.errors import QuizgenError
from quizgen.misconceptions import Misconception
from quizgen.notation import Notation
from quizgen.problem import Ask, Draft, Problem

Texts = Mapping[str, str]  # language -> text
Prose = tuple[str | Notation, ...]  # words and mathematics in turn


def _no_labels(problem: Problem, language: str) -> dict[str, str]:
    return {}


def _no_meaning(problem: Problem, ask: Ask, language: str) -> str:
    return ""


@dataclass(frozen=True)
class Family:
    """One kind of problem.

    `levels` states what each level is. `draw(draw, level)` makes a draft; a draft whose answers are dull, long or
    leave too few wrong options is drawn again by the caller. `story(problem, language)` is what the learner reads:
    it names every input with its value, and nothing else. `labels` gives the words for inputs and nodes (their
    names where it is silent), `meaning` the sentence of a question of that kind. `decimals`: 11/5 is shown as 2.2.
    `unit`: what may stand behind an answer ("円"). `longest`: the digits that an answer may have.
    A draw is None where it does not meet the family's own conditions.

    An author's problem has its definition in `own`; `hints` (in each language) and `misconceptions` are its own too.
    """

    name: str
    title: Texts
    levels: Mapping[int, Texts]
    kinds: tuple[str, ...]
    draw: Callable[[Draw, int], Draft | None]
    story: Callable[[Problem, str], Prose]
    labels: Callable[[Problem, str], dict[str, str]] = _no_labels
    meaning: Callable[[Problem, Ask, str], str] = _no_meaning
    decimals: bool = False
    unit: Texts | None = None
    longest: int = 4
    hints: Mapping[str, Sequence[str]] = field(default_factory=dict)
    misconceptions: tuple[Misconception, ...] = ()
    own: str = ""


@functools.cache
def catalogue() -> dict[str, Family]:
    """Every family, by name."""
    import quizgen.families as folder

    return {each.name: each for each in discover.instances(folder, Family)}


def find(name: str) -> Family:
    """The family of that name; QuizgenError with the nearest name where there is none."""
    import difflib

    if name not in catalogue():
        near = difflib.get_close_matches(name, catalogue(), 1, 0.5)
        key = "family.unknown_near" if near else "family.unknown"
        raise QuizgenError(key, name=name, near=near[0] if near else "", known=", ".join(catalogue()))
    return catalogue()[name]


def find_level(family: Family, level: int) -> int:
    """`level`, if the family has it."""
    if level not in family.levels:
        raise QuizgenError("family.no_level", name=family.name, level=level, known=", ".join(map(str, family.levels)))
    return level


def usual_asks(draw: Draw, graph: Graph, leaf: str, last: Ask) -> tuple[Ask, ...]:
    """The forward value, something at an inner node (its local derivative, the upstream gradient that arrives at it,
    or the gradient by it), the gradient at the input `leaf`, then `last`."""
    output = str(graph.output)
    return (Ask("value", output), *_inner_ask(draw, graph), Ask("gradient", output, leaf), last)


def _inner_ask(draw: Draw, graph: Graph) -> list[Ask]:
    output, found = str(graph.output), run(graph)
    asks = [
        Ask("local", node.name, operand)
        for node in graph.nodes
        if node.layer not in (AddLayer, SubLayer)  # there it is 1 or -1
        for operand in node.operands
        if isinstance(operand, str) and operand in graph and node.operands.count(operand) == 1
    ]
    # At the output the local derivative is the gradient, which is asked anyway; better one further inside.
    asks = [ask for ask in asks if ask.of != output] or asks
    for node in graph.nodes:
        if found.gradients[node.name] not in (0, 1):
            asks += [Ask("upstream", output, node.name), Ask("gradient", output, node.name)]
    if not asks:
        return []
    kind = draw.choice(sorted({ask.kind for ask in asks}))
    return [draw.choice([ask for ask in asks if ask.kind == kind])]
