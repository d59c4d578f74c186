"""Typed text -> an answer, or why it cannot be read; an answer -> right, or the mistakes that lead to it.

No text and no I/O here: what cannot be read carries the key of a sentence in `languages/`, and what fills it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from quizgen.engine import identity
from quizgen.engine.expression import Constant, Expression, evaluate
from quizgen.engine.expression import names as names_of
from quizgen.engine.functions import Value
from quizgen.engine.parse import read as read_expression
from quizgen.errors import KeyedError, SyntaxProblem
from quizgen.numbers import Number, bounded, close, decimal, is_short_decimal, to_mpf
from quizgen.question import Mistakes, Part, diagnose
from quizgen.slips import slips
from quizgen.typed import cleaned

LONGEST = 1000  # characters of an answer: what is longer takes long to compare, and nobody types it
FEWEST_DIGITS = 3  # significant digits of a decimal that may stand for a value that does not end
SAME_REAL = Fraction(1, 10**15)  # banks hold such values with 20 digits

_DECIMAL = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d{1,3})?")


@dataclass(frozen=True)
class Answer:
    """What was typed, as it was read. `value` is None where names occur; `implicit`: a product without a sign was
    read in it, so that it had better be shown how."""

    expression: Expression
    value: Number | None
    implicit: bool = False
    written: Fraction | None = None  # the place value of the last digit of a plain decimal: 2.20 has 1/100
    digits: int = 0  # significant digits of a plain decimal


@dataclass(frozen=True)
class Unreadable:
    """Why typed text is no answer: the key of a sentence, what fills it, and where in `text` it went wrong."""

    key: str
    details: Mapping[str, object] = field(default_factory=dict)
    text: str = ""
    position: int = 0


@dataclass(frozen=True)
class Verdict:
    """`rounded`: right, but as a rounded decimal. `mistakes`: every misconception that leads to this wrong answer,
    with its place ("": made everywhere). `slips`: where there are none, the slips of arithmetic that it looks like."""

    right: bool
    rounded: bool = False
    mistakes: tuple[tuple[str, str], ...] = ()
    slips: tuple[str, ...] = ()


# --- reading -------------------------------------------------------------------------------------------------


def read(typed: str, part: Part, names: Collection[str] = (), units: Collection[str] = ()) -> Answer | Unreadable:
    """`typed` as an answer to `part`: a number, or where an expression is asked an expression in `names`.

    Behind a number one of `units` may stand, before it ¥; `1,100` is read as 1100, `10%` as 1/10.
    """
    if len(typed) > LONGEST:
        return Unreadable("error.parse.too_long", {"limit": LONGEST})
    try:
        text, percent = cleaned(typed, units)
        if not text:
            return Unreadable("answer.empty")
        answer = _number(text) or _expression(text, names)
        return _checked(_hundredth(answer) if percent else answer, part, names)
    except SyntaxProblem as error:
        return Unreadable(f"error.{error.key}", error.details, error.text, error.position)
    except KeyedError as error:
        return Unreadable(f"error.{error.key}", error.details)


def _number(text: str) -> Answer | None:
    """A plain number, read without the parser."""
    value = decimal(text)
    if value is None:
        return None
    if not _DECIMAL.fullmatch(text.lower()):
        return Answer(Constant(value), value)
    _, digits, exponent = Decimal(text).as_tuple()
    significant = len("".join(map(str, digits)).lstrip("0"))
    return Answer(Constant(value), value, written=Fraction(10) ** int(exponent), digits=significant)


def _expression(text: str, names: Collection[str]) -> Answer:
    expression, implicit = read_expression(text, known=names)
    value = None if names_of(expression) else evaluate(expression, {}, _apply, lambda constant: constant)
    return Answer(expression, value, implicit)


def _apply(operator: str, *operands: Number) -> Number:
    result: Number = bounded(identity.apply(operator, *operands))
    return result


def _hundredth(answer: Answer) -> Answer:
    value = None if answer.value is None else answer.value * Fraction(1, 100)
    written = None if answer.written is None else answer.written / 100
    return Answer(answer.expression / Constant(Fraction(100)), value, answer.implicit, written, answer.digits)


def _checked(answer: Answer, part: Part, names: Collection[str]) -> Answer | Unreadable:
    """`answer`, unless it holds names that do not belong there or has a value nowhere."""
    used = names_of(answer.expression)
    if used and not part.ask.symbolic:
        return Unreadable("answer.number_wanted", {"names": ", ".join(used)})
    unknown = [name for name in used if name not in names]
    if unknown:
        return Unreadable("answer.unknown_name", {"name": unknown[0], "known": ", ".join(names)})
    if used and set(identity.fingerprint(answer.expression)) == {"undefined"}:
        return Unreadable("answer.no_value")
    return answer


# --- judging -------------------------------------------------------------------------------------------------


def grade(part: Part, mistakes: Mistakes, answer: Answer) -> Verdict | Unreadable:
    """Right, or wrong with every mistake that leads there; Unreadable for a decimal of too few digits."""
    if isinstance(part.key, Expression):
        right = identity.same(answer.expression, part.key)
        return Verdict(right, mistakes=() if right else _diagnosed(part, mistakes, answer.expression))
    if answer.value is None:  # names, where the derivative is a number that no fraction is
        return Verdict(False)
    if _equal(answer.value, part.key):
        return Verdict(True)
    if _rounds(answer, part.key):
        if answer.digits < FEWEST_DIGITS:
            return Unreadable("answer.too_few_digits", {"digits": FEWEST_DIGITS})
        return Verdict(True, rounded=True)
    found = _mistaken(part, mistakes, answer, answer.value)
    return Verdict(False, mistakes=found, slips=() if found else _slips(answer, part.key))


def _equal(one: Number, other: Number) -> bool:
    return close(one, other, SAME_REAL)


def _rounds(answer: Answer, value: Value) -> bool:
    """Whether a plain decimal is `value`, which does not end soon, rounded to two or more digits."""
    if answer.written is None or answer.digits < 2 or answer.value is None or isinstance(value, Expression):
        return False
    if isinstance(value, Fraction) and is_short_decimal(value):
        return False
    return bool(abs(to_mpf(answer.value - value)) * 2 <= to_mpf(answer.written))


def _mistaken(part: Part, mistakes: Mistakes, answer: Answer, value: Number) -> tuple[tuple[str, str], ...]:
    found = _diagnosed(part, mistakes, value)
    if found or answer.digits < FEWEST_DIGITS:
        return found
    meant = [wrong for wrong, _, _ in mistakes.answers(part.ask) if _rounds(answer, wrong)]
    return _diagnosed(part, mistakes, meant[0]) if meant else ()


def _slips(answer: Answer, key: Number) -> tuple[str, ...]:
    if not isinstance(answer.value, Fraction) or not isinstance(key, Fraction):
        return ()
    return slips(answer.value, key, answer.written)


def _diagnosed(part: Part, mistakes: Mistakes, value: Value) -> tuple[tuple[str, str], ...]:
    return tuple(diagnose(part.ask, value, mistakes))
