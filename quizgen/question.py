"""A question: a checked problem with its keys, its distractors and its identity. Still no text."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import log

from quizgen.authored import misconceptions_of
from quizgen.draw import Draw
from quizgen.engine.chain_rule import Forward, Pass, forward, run
from quizgen.engine.expression import Constant, Expression, text
from quizgen.engine.functions import Value
from quizgen.engine.graph import Graph, Operand
from quizgen.engine.identity import fingerprint
from quizgen.errors import QuizgenError
from quizgen.misconceptions import Misconception, all_passes, catalogue
from quizgen.notation import number_text
from quizgen.numbers import Real, exact_text, sign
from quizgen.problem import Ask, Problem
from quizgen.solve import Solution, read_off

FEWEST_DISTRACTORS = 3
KEPT_DISTRACTORS = 6
LONGEST = 6  # digits of a numerator or denominator that may be printed as an option
MISPRINT = Fraction(1, 200)  # of the key
FAR = 5.0  # natural logarithm of how many times larger or smaller a wrong answer gives the key away
LONGEST_EXPRESSION = 72


@dataclass(frozen=True)
class Distractor:
    """A wrong answer, the mistake that leads to it (`at` one place, or everywhere where that is empty), and the
    other mistakes that lead to the same value here."""

    value: Value
    misconception: str
    at: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """One question with its key; `distractors` stand best first."""

    ask: Ask
    key: Value
    distractors: tuple[Distractor, ...]


@dataclass(frozen=True)
class Question:
    """A problem with its parts. `id` is made from the mathematics alone."""

    problem: Problem
    parts: tuple[Part, ...]
    id: str = field(default="")


def value_text(value: Value) -> str:
    """A key or distractor as banks have it."""
    return text(value) if isinstance(value, Expression) else exact_text(value)


def identity(graph: Graph, asks: tuple[Ask, ...]) -> str:
    """A name made from inputs, nodes and what is asked; names of inputs and nodes do not count, only their places,
    so that the same mathematics about apples and about oranges is one variant."""
    place = {name: index for index, name in enumerate(graph.names())}

    def operand(each: Operand) -> object:
        return place[each] if isinstance(each, str) and each in place else str(each)

    inputs = [[value_text(value), graph.roles.get(name, "")] for name, value in graph.inputs.items()]
    nodes = [[node.layer.__name__, [operand(each) for each in node.operands]] for node in graph.nodes]
    asked = [[ask.kind, place[ask.of], place.get(ask.wrt), str(ask.step or "")] for ask in asks]
    mathematics = json.dumps([inputs, nodes, operand(graph.output), asked], separators=(",", ":"))
    return hashlib.sha256(mathematics.encode()).hexdigest()[:16]


class Mistakes:
    """Every misconception's passes over one graph, made when they are first needed. `known`: those that there are,
    by id; without it those that all graphs share."""

    def __init__(self, graph: Graph, known: Mapping[str, Misconception] | None = None) -> None:
        self.graph = graph
        self.known = catalogue() if known is None else known
        self._made: dict[str, list[tuple[Misconception, str, Pass]]] = {}
        self._found: dict[Ask, list[tuple[object, str, str]]] = {}

    @functools.cached_property
    def _forward(self) -> Forward:
        return forward(self.graph)

    @functools.cached_property
    def _right(self) -> Pass:
        return run(self.graph, known=self._forward)

    def _passes(self, wrt: str) -> list[tuple[Misconception, str, Pass]]:
        """The passes of mistakes that look at `wrt`; of all others where it is empty."""
        if wrt not in self._made:
            found = all_passes(self.graph, self.known.values(), wrt or None, self._forward)
            self._made[wrt] = [(wrong, at or "", made) for wrong, at, made in found]
        return self._made[wrt]

    def answers(self, ask: Ask) -> Iterator[tuple[Value, str, str]]:
        """What each mistake answers to `ask`: the value, the misconception's id, and the place ("": everywhere)."""
        for wrong, at, made in [*self._passes(""), *(self._passes(ask.wrt) if ask.wrt else [])]:
            yield read_off(ask, made), wrong.id, at
        for wrong in self.known.values():
            value = wrong.reading(ask, self.graph, self._right) if wrong.reading else None
            if value is not None:
                yield value, wrong.id, ""

    def found(self, ask: Ask) -> list[tuple[object, str, str]]:
        """The answers, each as `canonical` has it, so that a typed one can be looked up; kept, for it takes long."""
        if ask not in self._found:
            self._found[ask] = list(self._compared(ask))
        return self._found[ask]

    def _compared(self, ask: Ask) -> Iterator[tuple[object, str, str]]:
        for value, wrong, at in self.answers(ask):
            try:
                yield canonical(value), wrong, at
            except QuizgenError:  # an expression that cannot be compared is nobody's answer
                continue


def mistakes_for(solution: Solution) -> Iterator[tuple[Part, Mistakes]]:
    """The bare parts of a problem, each with the mistakes that can be made there."""
    made: dict[tuple[bool, str], Mistakes] = {}
    for ask, key in zip(solution.problem.asks, solution.keys, strict=True):
        graph = solution.graph_for(ask)
        known = misconceptions_of(solution.problem)
        mistakes = made.setdefault((ask.symbolic, str(graph.output)), Mistakes(graph, known))
        yield Part(ask, key, ()), mistakes


def canonical(value: Value) -> object:
    """Equal for equal answers."""
    if isinstance(value, Constant):
        value = value.value
    return fingerprint(value) if isinstance(value, Expression) else exact_text(value, 15)


def _printable(value: Value) -> bool:
    if isinstance(value, Fraction):
        return max(len(str(abs(value.numerator))), len(str(value.denominator))) <= LONGEST
    return isinstance(value, Real) or len(text(value)) <= LONGEST_EXPRESSION


def _misprint(value: Value, key: Value) -> bool:
    """Whether a wrong answer beside the key looks like a misprint of it: 1321 and 1320."""
    if isinstance(value, Expression) or isinstance(key, Expression) or sign(key) == 0:
        return False
    return abs(_fraction(value) / _fraction(key) - 1) < MISPRINT


def _distance(value: Value, key: Value) -> float:
    """How far a wrong answer is from the key as people see it: the nearer, the better a distractor."""
    if isinstance(value, Expression) or isinstance(key, Expression):
        return abs(len(value_text(value)) - len(value_text(key))) / 8
    if sign(value) == 0 or sign(key) == 0:
        return 2.0
    if sign(value) != sign(key):
        return 0.5 + abs(_log(_fraction(value) / _fraction(key)))
    far = abs(_log(_fraction(value) / _fraction(key)))
    return far if far > 0.02 else 3.0  # 1921 beside 1920 looks like a misprint


def _log(ratio: Fraction) -> float:
    """The logarithm of its size."""
    try:
        return log(abs(float(ratio)))
    except (OverflowError, ValueError):  # beyond what a computer's number holds
        return log(abs(ratio.numerator)) - log(ratio.denominator)


def _fraction(value: Value) -> Fraction:
    return Fraction(exact_text(value, 15)) if isinstance(value, Real) else Fraction(value)  # type: ignore[arg-type]


def _is_fit(value: Value, same: object, key: Value) -> bool:
    """Whether a wrong answer, `same` in canonical form, can stand beside the key."""
    defined = not isinstance(same, tuple) or "undefined" not in same
    return defined and _printable(value) and not _misprint(value, key)


def distractors(part: Part, mistakes: Mistakes) -> tuple[Distractor, ...]:
    """The wrong answers worth offering, best first: unlike the key and each other, also as printed.

    Of mistakes that come to the same value one is kept (made everywhere before made at one place), the others are
    named with it.
    """
    found: dict[object, list[tuple[Value, str, str]]] = {}
    right = canonical(part.key)
    for value, wrong, at in mistakes.answers(part.ask):
        same = canonical(value)
        # What equals an offered number is as fit as that; equal expressions are written in several ways.
        if (same in found and not isinstance(value, Expression)) or (same != right and _is_fit(value, same, part.key)):
            found.setdefault(same, []).append((value, wrong, at))
    made = []
    printed = {number_text(part.key) if not isinstance(part.key, Expression) else text(part.key)}
    for group in found.values():
        value, wrong, at = min(
            group, key=lambda each: (bool(each[2]), mistakes.known[each[1]].instead is None, len(value_text(each[0])))
        )
        also = tuple(dict.fromkeys(other for _, other, _ in group if other != wrong))
        shown = text(value) if isinstance(value, Expression) else number_text(value)
        if shown not in printed:
            printed.add(shown)
            made.append(Distractor(value, wrong, at, also))
    made.sort(key=lambda each: _merit(part, each, mistakes.known[each.misconception]))
    return tuple(_both_sides(part, made))


def _both_sides(part: Part, made: list[Distractor]) -> list[Distractor]:
    """The best of `made`, with three smaller and three larger than the key where there are such, so that the key can
    have any rank among its options."""
    if isinstance(part.key, Expression):
        return made[:KEPT_DISTRACTORS]
    key = _fraction(part.key)
    near = [(_fraction(each.value), each) for each in made if _distance(each.value, part.key) <= FAR]
    below = [each for value, each in near if value < key][:FEWEST_DISTRACTORS]
    above = [each for value, each in near if value > key][:FEWEST_DISTRACTORS]
    kept = below + above
    kept += [each for each in made if each not in kept][: KEPT_DISTRACTORS - len(kept)]
    return sorted(kept, key=made.index)


def _merit(part: Part, wrong: Distractor, known: Misconception) -> tuple[bool, bool, bool, bool, float]:
    """Smaller is better. A far-off magnitude gives the key away; what the author of a problem thought of belongs to
    it; a slip on the way forward is no mistake about gradients; a mistake made everywhere teaches more than one made
    at one place."""
    distance = _distance(wrong.value, part.key)
    forward = known.rules.forward is not None and part.ask.kind != "value"
    return distance > FAR, known.instead is None, forward, bool(wrong.at), distance


def compose(solution: Solution) -> Question:
    """The question of a solution, with the distractors that there are."""
    problem = solution.problem
    parts = (Part(bare.ask, bare.key, distractors(bare, mistakes)) for bare, mistakes in mistakes_for(solution))
    return Question(problem, tuple(parts), identity(problem.graph, problem.asks))


def options(question: Question, part: Part, count: int = 4) -> list[Value]:
    """The key and the distractors offered with it, unordered but always the same ones, so that every format shows
    one variant. They are chosen so that the key's rank among them is not always the same."""
    pool = [each.value for each in part.distractors]
    draw = Draw("options", question.id, part.ask.kind, part.ask.of, part.ask.wrt)
    if isinstance(part.key, Expression) or any(isinstance(each, Expression) for each in pool):
        return [part.key, *pool[: count - 1]]
    pool = _without_opposite(question, part, pool) if len(pool) >= count else pool
    pool.sort(key=lambda each: _is_whole(each) != _is_whole(part.key))  # the key is not the only fraction
    below = [each for each in pool if _fraction(each) < _fraction(part.key)]
    above = [each for each in pool if _fraction(each) > _fraction(part.key)]
    lower = draw.integer(min(max(count - 1 - len(above), 0), len(below)), min(count - 1, len(below)))
    return [part.key, *below[:lower], *above[: count - 1 - lower]]


def _without_opposite(question: Question, part: Part, pool: list[Value]) -> list[Value]:
    """Half of the time without the key's opposite: whose sign is lost is a good wrong answer, but offered each time it
    tells that one of the two is right."""
    kept = [each for each in pool if _fraction(each) != -_fraction(part.key)]
    draw = Draw("opposite", question.id, part.ask.kind, part.ask.of, part.ask.wrt)
    return draw.choice((pool, kept))


def _is_whole(value: Value) -> bool:
    return isinstance(value, Fraction) and value.denominator == 1


def diagnose(ask: Ask, matches: Value | None, mistakes: Mistakes) -> list[tuple[str, str]]:
    """Every mistake, and its place, that gives the value `matches`; made everywhere before made at one place."""
    try:
        wanted = None if matches is None else canonical(matches)
        found = [(wrong, at) for value, wrong, at in mistakes.found(ask) if value == wanted]
    except QuizgenError:
        return []
    return sorted(dict.fromkeys(found), key=lambda each: bool(each[1]))


def rank(offered: Iterable[Value], key: Value) -> int | None:
    """Where the key stands among the options by size, the smallest first; None where it is no rational number."""
    if not isinstance(key, Fraction):
        return None
    return sorted(value for value in offered if isinstance(value, Fraction)).index(key) + 1
