"""A story against its graph: every input is told, and no number is told that the graph does not have.

Numbers in words may say a multiplier or a rate as a percentage, and the sign of an input in words ("loses 3 points").
Numbers written out ("two goods") are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from quizgen.engine.expression import Expression, fold
from quizgen.engine.parse import parse
from quizgen.errors import QuizgenError
from quizgen.families import Prose
from quizgen.notation import Notation, Num, number_text
from quizgen.problem import Problem

PARTS_OF_100 = {"%": 1, "percent": 1, "per cent": 1, "パーセント": 1, "割": 10}  # 2割 is 20 %
# A number that is not the end of a name (x1) or of another number; with its sign, and what makes it a percentage.
_NUMBER = re.compile(
    r"(?<![A-Za-z0-9_.])(?P<sign>[-\N{MINUS SIGN}]?)(?P<whole>[0-9]+(?:,[0-9]{3})*)(?P<rest>\.[0-9]+)?"
    rf"(?:/(?P<bottom>[0-9]+))?\s*(?P<of>{'|'.join(PARTS_OF_100)})?",
    re.IGNORECASE,
)
_HALF_WIDTH = str.maketrans("０１２３４５６７８９．，％／－", "0123456789.,%/-")


@dataclass(frozen=True)
class Told:
    """A number in a story as it is written; each of `readings` is the numbers that it may stand for."""

    written: str
    readings: tuple[tuple[Fraction, ...], ...]
    percent: bool = False


@dataclass(frozen=True)
class Slip:
    """What is wrong: the input whose value is not told, or (where `input` is empty) the number that is not there."""

    number: str
    input: str = ""


def slips(problem: Problem, story: Prose) -> Iterator[Slip]:
    """Where the numbers of a story are not those of the graph."""
    told = list(numbers(story))
    for name, value in problem.graph.inputs.items():
        if isinstance(value, Fraction) and not any(_tells(each, value) for each in told):
            yield Slip(number_text(value), name)
    known = _known(problem)
    for each in told:
        if not any(all(_is_known(number, each.percent, known) for number in reading) for reading in each.readings):
            yield Slip(each.written)


def numbers(story: Prose) -> Iterator[Told]:
    """The numbers of a story in their order, of its words and of its mathematics."""
    for piece in story:
        if isinstance(piece, str):
            for found in _NUMBER.finditer(piece.translate(_HALF_WIDTH)):
                yield _read(found)
        else:
            for number in _in_notation(piece):
                yield Told(number_text(number), ((number,),))


def _read(found: re.Match[str]) -> Told:
    """1,200 may be two numbers in a list, and 3/4 two numbers or one."""
    sign = -1 if found["sign"] else 1
    rest, bottom, parts = found["rest"] or "", found["bottom"], found["whole"].split(",")
    times = PARTS_OF_100.get((found["of"] or "").lower(), 1)
    top = Fraction("".join(parts) + rest) * sign * times
    readings: list[tuple[Fraction, ...]] = [(top,)]
    if bottom:
        readings = [(top, Fraction(bottom))] + [(top / int(bottom),)] * (int(bottom) != 0)
    elif len(parts) > 1:
        readings.append((*map(Fraction, parts[:-1]), Fraction(parts[-1] + rest)))
    return Told(found[0].strip(), tuple(readings), bool(found["of"]))


def _in_notation(node: Notation) -> Iterator[Fraction]:
    if isinstance(node, Num):
        if isinstance(node.value, Fraction):
            yield node.value
        return
    for inner in vars(node).values():
        for each in inner if isinstance(inner, tuple) else (inner,):
            if isinstance(each, Notation):
                yield from _in_notation(each)


def _tells(told: Told, value: Fraction) -> bool:
    """Whether a number says the value: as itself, its sign in words, or as a percentage."""
    said = {number for reading in told.readings for number in reading}
    if value in said or abs(value) in said:
        return True
    return told.percent and bool(said & {value * 100, (value - 1) * 100, (1 - value) * 100})


def _is_known(number: Fraction, percent: bool, known: frozenset[Fraction]) -> bool:
    if abs(number) in known or (number == 1 and not percent):  # "1 bottle", "1 point is 1 yen": a unit, no quantity
        return True
    part = abs(number) / 100
    return percent and bool({part, 1 + part, 1 - part} & known)


def _known(problem: Problem) -> frozenset[Fraction]:
    """The size of every number that the problem has: inputs, and literals of the graph and of the formula."""
    graph = problem.graph
    found = {abs(value) for value in graph.inputs.values() if isinstance(value, Fraction)}
    found |= {abs(Fraction(each)) for node in graph.nodes for each in node.operands if not isinstance(each, str)}
    try:
        found |= {abs(each) for each in _constants(parse(problem.formula))}
    except QuizgenError:
        pass  # a formula that cannot be read is told elsewhere
    return frozenset(found)


def _constants(formula: Expression) -> set[Fraction]:
    def of_constant(value: object) -> set[Fraction]:
        return {value} if isinstance(value, Fraction) else set()

    return fold(formula, of_constant, lambda _: set(), lambda _, inner: set().union(*inner))
