"""Formulas that an author writes: read by the grammar of typed mathematics, evaluated exactly, never executed."""

from __future__ import annotations

import difflib
import operator
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from quizgen.authored.fault import Place, Unsound
from quizgen.engine.characters import normalise
from quizgen.engine.expression import Constant, Expression, Name, Operation, evaluate, names, text
from quizgen.engine.identity import apply
from quizgen.engine.parse import parse
from quizgen.errors import QuizgenError
from quizgen.numbers import Number, bounded, decimal, decimal_text, sign

COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
}
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*[%％]")
_COMPARED = re.compile(r"<=|>=|==|!=|<|>|=")
MAX_SHOWN = 60
LONGEST_NAME = 60  # of a value or a node


def shown(written: str) -> str:
    """What an author wrote, short enough for a line."""
    return written if len(written) <= MAX_SHOWN else written[:MAX_SHOWN] + "…"


def read_name(written: str, place: Place) -> str:
    """`written` as a name of the grammar."""
    if len(written) > LONGEST_NAME:
        raise Unsound(place, QuizgenError("authored.long_name", name=shown(written), limit=LONGEST_NAME), written)
    try:
        found = parse(written)
    except QuizgenError:
        found = None
    if not isinstance(found, Name) or found.name != written or normalise(written)[0] != written:
        raise Unsound(place, QuizgenError("authored.not_a_name", name=shown(written)), written)
    return written


def read_formula(written: str, place: Place, known: Collection[str]) -> Expression:
    """The tree of a formula in `known` names."""
    try:
        found = parse(_PERCENT.sub(lambda number: decimal_text(Fraction(number[1]) / 100), written))
    except QuizgenError as error:
        raise Unsound(place, QuizgenError("authored.formula", formula=shown(written.strip()), why=error)) from None
    for name in names(found):
        if name not in known:
            raise Unsound(place, unknown(name, known, written), name)
    return found


def unknown(name: str, known: Collection[str], written: str = "") -> QuizgenError:
    """A name that is not there, with the nearest one that is."""
    near = difflib.get_close_matches(name, known, 1, 0.5)
    key = "authored.unknown_near" if near else "authored.unknown"
    listed = ", ".join(list(known)[:20])
    return QuizgenError(key, name=shown(name), near=near[0] if near else "", known=listed, formula=shown(written))


def value_of(formula: Expression, values: Mapping[str, Number]) -> Number:
    """The exact value at `values`; QuizgenError outside a domain or where it grows out of bounds."""
    return evaluate(formula, values, _bounded, lambda constant: constant)


def _bounded(name: str, *operands: Any) -> Any:
    return bounded(apply(name, *operands))


@dataclass(frozen=True)
class Condition:
    """A comparison of two formulas."""

    left: Expression
    comparison: str
    right: Expression

    def holds(self, values: Mapping[str, Number]) -> bool:
        """Whether it is true of `values`; false where a side has no value."""
        try:
            difference = value_of(self.left, values) - value_of(self.right, values)
        except QuizgenError:
            return False
        return COMPARISONS[self.comparison](sign(difference), 0)

    def __str__(self) -> str:
        return f"{text(self.left)} {self.comparison} {text(self.right)}"


def read_condition(written: str, place: Place, known: Collection[str]) -> Condition:
    """`price * n < 5000`."""
    plain = normalise(written)[0].replace("≦", "<=").replace("≧", ">=").replace("≤", "<=").replace("≥", ">=")
    plain = plain.replace("≠", "!=")
    signs = _COMPARED.findall(plain)
    if len(signs) > 1 or " and " in plain or " or " in plain:
        raise Unsound(place, QuizgenError("authored.one_comparison", condition=shown(written)), written)
    if len(signs) != 1 or signs[0] == "=":
        raise Unsound(place, QuizgenError("authored.condition", condition=shown(written)))
    left, right = plain.split(signs[0])
    return Condition(read_formula(left, place, known), signs[0], read_formula(right, place, known))


def read_number(written: str, place: Place) -> tuple[Fraction, bool]:
    """An exact number, and whether it was written as a percentage (of which it is a hundredth)."""
    plain = normalise(written.strip())[0]
    percentage = plain.endswith("%")
    found = decimal(plain.removesuffix("%").strip())
    if found is None:
        raise Unsound(place, QuizgenError("authored.not_a_number", written=shown(written)), written)
    return (found / 100 if percentage else found), percentage


def one_operation(
    line: str, name: str, formula: Expression, place: Place
) -> tuple[tuple[str | Fraction, ...], Operation]:
    """The operands of a formula that is a single node, and the formula."""
    if not isinstance(formula, Operation) or formula.operator == "pi":
        raise Unsound(place, QuizgenError("authored.no_operation", line=shown(line), name=name), line)
    operands: list[str | Fraction] = []
    for each in formula.operands:
        if isinstance(each, Name):
            operands.append(each.name)
        elif isinstance(each, Constant):
            operands.append(each.value)
        elif isinstance(each, Operation) and each.operator == "pi":
            operands.append("pi")
        else:
            split = {"line": shown(line), "inner": shown(text(each)), "name": name}
            raise Unsound(place, QuizgenError("authored.two_operations", **split), line)
    return tuple(operands), formula
