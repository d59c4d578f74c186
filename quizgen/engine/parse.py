"""Reads typed mathematics into an `Expression`. A grammar of our own: nothing that is typed is ever evaluated.

+ - * / ** ^, parentheses, decimals, names, the functions that the layers know, `pi`, superscripts (3x²), and a
product without a sign after a number and between parentheses (2x, 2(x+y), (x+1)(y+2)), which binds like `*`.
Where it is known which names can occur, xy², x(x+y) and x²y are products as well.
Full-width characters, × ÷ − and the like are read as what they stand for. All is bounded: length, number of
operations, nesting, digits and exponents; an error says at which character.
"""

from __future__ import annotations

import difflib
import functools
import threading
from collections.abc import Collection, Iterator
from fractions import Fraction
from typing import Any

from quizgen.engine.characters import SUPERSCRIPTS, normalise
from quizgen.engine.expression import PI, Constant, Expression, Name, Operation
from quizgen.engine.layers import BY_OPERATION, FUNCTIONS
from quizgen.errors import SyntaxProblem
from quizgen.numbers import MAX_EXPONENT

MAX_LENGTH = 10_000
MAX_OPERATIONS = 2000
MAX_NESTING = 1000
MAX_DIGITS = 400

GRAMMAR = r"""
    ?start: sum
    ?sum: product | sum PLUS product -> infix | sum MINUS product -> infix
    ?product: unary | product TIMES unary -> infix | product OVER unary -> infix
    ?unary: power | MINUS unary -> minus | PLUS unary -> plus
    ?power: atom | atom POWER exponent -> infix
          | atom SUPERSCRIPT -> superscript
    ?exponent: power | MINUS exponent -> minus | PLUS exponent -> plus
    ?atom: NUMBER -> number | NAME -> name | OPEN sum CLOSE -> inside
         | FUNCTION OPEN sum (COMMA sum)* CLOSE -> function
    NUMBER: /([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?/
    NAME: /[^\W\d⁰¹²³⁴⁵⁶⁷⁸⁹ー]([^\W⁰¹²³⁴⁵⁶⁷⁸⁹ー]|(?<=[ぁ-ゖァ-ヺー])ー)*/
    SUPERSCRIPT: /[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+/
    POWER: "**"
    TIMES: "*"
    OVER: "/"
    PLUS: "+"
    MINUS: "-" | "ー"
    OPEN: "("
    CLOSE: ")"
    COMMA: ","
    SPACE: /\s+/
    %declare FUNCTION
    %ignore SPACE
"""


class _Source:
    """One text on its way through the parser; turns places and lark's errors into ours."""

    def __init__(self, typed: str, pi_is_a_name: bool, known: Collection[str]) -> None:
        self.typed, self.pi_is_a_name, self.known = typed, pi_is_a_name, known
        self.plain, self.places = normalise(typed)
        self.count = 0
        self.implicit = False

    def problem(self, key: str, place: int, **details: object) -> SyntaxProblem:
        return SyntaxProblem(f"parse.{key}", self.typed, self.places[min(place, len(self.plain))], **details)

    def operation(self, operator: str, operands: list[Expression], place: int) -> Expression:
        self.count += 1
        if self.count > MAX_OPERATIONS:
            raise self.problem("too_many_operations", place, limit=MAX_OPERATIONS)
        return Operation(operator, tuple(operands), self.places[place])

    # The grammar's actions, called by lark while it parses (so a deep text costs no recursion).

    def infix(self, left: Expression, sign: Any, right: Expression) -> Expression:
        operator = str(sign)
        if operator == "**":
            self.check_exponent(right, sign.start_pos + 2)
        return self.operation("-" if operator == "ー" else operator, [left, right], sign.start_pos)

    def superscript(self, base: Expression, sign: Any) -> Expression:
        digits = "".join(SUPERSCRIPTS[character] for character in sign)
        if not digits.lstrip("-").isdigit() or digits.count("-") > 1:
            raise self.problem("unexpected", sign.start_pos, found=str(sign))
        exponent = Constant(Fraction(digits))
        self.check_exponent(exponent, sign.start_pos)
        return self.operation("**", [base, exponent], sign.start_pos)

    def check_exponent(self, exponent: Expression, place: int) -> None:
        if isinstance(exponent, Constant) and abs(exponent.value) > MAX_EXPONENT:
            raise self.problem("exponent_too_large", place, limit=MAX_EXPONENT)

    def minus(self, sign: Any, operand: Expression) -> Expression:
        if isinstance(operand, Constant):
            return Constant(-operand.value)
        return self.operation("*", [Constant(Fraction(-1)), operand], sign.start_pos)

    def plus(self, sign: Any, operand: Expression) -> Expression:
        return operand

    def inside(self, opened: Any, inner: Expression, closed: Any) -> Expression:
        return inner

    def number(self, token: Any) -> Expression:
        mantissa, _, exponent = token.lower().partition("e")
        if len(mantissa) > MAX_DIGITS or len(exponent) > 4 or abs(int(exponent or 0)) > MAX_DIGITS:
            raise self.problem("number_too_long", token.start_pos, limit=MAX_DIGITS)
        return Constant(Fraction(str(token)))

    def name(self, token: Any) -> Expression:
        return PI if token == "pi" and not self.pi_is_a_name else Name(str(token))

    def function(self, name: Any, opened: Any, *rest: Any) -> Expression:
        operands = [each for each in rest if isinstance(each, Expression)]
        operator = name.lower()
        wanted = len(BY_OPERATION[operator].variables)
        if len(operands) != wanted:
            raise self.problem("arguments", name.start_pos, function=operator, wanted=wanted, found=len(operands))
        return self.operation(operator, operands, name.start_pos)

    # Between the lexer and the parser: functions, products without a sign, and what stands side by side wrongly.

    def tokens(self, stream: Iterator[Any]) -> Iterator[Any]:
        from lark import Token

        opened: list[int] = []
        before = None
        for token in self.classified(stream):
            if before is not None and _ends(before) and _starts(token):
                if not self.may_touch(before, token):
                    raise self.problem("missing_operator", token.start_pos, left=str(before), right=str(token))
                self.implicit = True
                yield Token("TIMES", "*", start_pos=token.start_pos)
            self.nest(token, opened)
            yield token
            before = _Before(token, before)
        if opened:
            raise self.problem("unclosed", opened[-1])

    def classified(self, stream: Iterator[Any]) -> Iterator[Any]:
        """The tokens, with names told from functions and from letters that stand side by side."""
        from lark import Token

        pending = next(stream, None)
        while pending is not None:
            token, pending = pending, next(stream, None)
            if token.type != "NAME":
                yield token
            elif token not in self.known and token.lower() in self.known:
                yield token.update(value=token.lower())
            elif self.side_by_side(token):
                for place, letter in enumerate(token):
                    yield Token("NAME", letter, start_pos=token.start_pos + place)
            else:
                yield self.named(token, pending)

    def nest(self, token: Any, opened: list[int]) -> None:
        if token.type == "OPEN":
            opened.append(token.start_pos)
            if len(opened) > MAX_NESTING:
                raise self.problem("too_deep", token.start_pos, limit=MAX_NESTING)
        elif token.type == "CLOSE":
            if not opened:
                raise self.problem("unopened", token.start_pos)
            opened.pop()

    def side_by_side(self, token: Any) -> bool:
        """Whether a word is known letters, one after the other."""
        known = token in self.known or token.lower() in FUNCTIONS
        return not known and all(letter in self.known for letter in token)

    def named(self, token: Any, after: Any) -> Any:
        """A name, or a function where it is one."""
        called = after is not None and after.type == "OPEN"
        if token in self.known:
            return token
        if token.lower() in FUNCTIONS:
            if not called:
                raise self.problem("function_needs_parentheses", token.start_pos, function=token.lower())
            return token.update(type="FUNCTION")
        if called:
            near = difflib.get_close_matches(token.lower(), FUNCTIONS, 1, 0.7) or {"ln": ["log"]}.get(token.lower())
            key = "unknown_function" if near else "no_function" if len(token) > 1 else "missing_operator"
            raise self.problem(
                key, after.start_pos, left=str(token), right="(", name=str(token), near=near[0] if near else ""
            )
        return token

    def may_touch(self, before: _Before, token: Any) -> bool:
        if before.type == "NUMBER" or self.known:
            return bool(token.type != "NUMBER")
        return before.closes and token.type == "OPEN"


class _Before:
    """The token just passed; a superscript after a parenthesis still closes that parenthesis."""

    def __init__(self, token: Any, earlier: _Before | None) -> None:
        self.closes: bool
        self.type, self.text = token.type, str(token)
        self.closes = token.type == "CLOSE" or (token.type == "SUPERSCRIPT" and earlier is not None and earlier.closes)

    def __str__(self) -> str:
        return self.text


def _ends(before: _Before) -> bool:
    return before.type in ("NUMBER", "NAME", "CLOSE", "SUPERSCRIPT")


def _starts(token: Any) -> bool:
    return token.type in ("NUMBER", "NAME", "OPEN", "FUNCTION")


class _Hands:
    """What lark calls while it parses, handed on to the source that is being read."""

    always_accept = ("FUNCTION",)
    source: _Source

    def process(self, stream: Iterator[Any]) -> Iterator[Any]:
        return self.source.tokens(stream)

    def __getattr__(self, rule: str) -> Any:
        if rule not in _ACTIONS:
            raise AttributeError(rule)
        return lambda children: getattr(self.source, rule)(*children)


_ACTIONS = ("infix", "superscript", "minus", "plus", "inside", "number", "name", "function")
_LOCK = threading.Lock()  # one parser, with the source of one text at a time in its hands


@functools.cache
def _parser() -> tuple[Any, _Hands]:
    from lark import Lark

    hands = _Hands()
    return Lark(GRAMMAR, parser="lalr", lexer="basic", postlex=hands, transformer=hands), hands


def parse(typed: str, pi_is_a_name: bool = False) -> Expression:
    """The tree of `typed`. SyntaxProblem says what cannot be read, and where."""
    return read(typed, pi_is_a_name)[0]


def read(typed: str, pi_is_a_name: bool = False, known: Collection[str] = ()) -> tuple[Expression, bool]:
    """The tree of `typed`, and whether a product without a sign was read in it. Of `known` names letters may stand
    side by side: with x and y, 2xy is 2·x·y."""
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

    if len(typed) > MAX_LENGTH:
        raise SyntaxProblem("parse.too_long", typed, MAX_LENGTH, limit=MAX_LENGTH)
    source = _Source(typed, pi_is_a_name or "pi" in known, known)
    if not source.plain.strip():
        raise source.problem("empty", 0)
    with _LOCK:
        parser, hands = _parser()
        hands.source = source
        try:
            return parser.parse(source.plain), source.implicit
        except UnexpectedCharacters as error:
            place = error.pos_in_stream or 0
            raise source.problem("unexpected_character", place, found=source.plain[place]) from None
        except UnexpectedToken as error:
            if error.token.type == "$END":
                raise source.problem("ends_early", len(source.plain)) from None
            raise source.problem("unexpected", error.token.start_pos, found=str(error.token)) from None
