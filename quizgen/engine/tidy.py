"""An expression as one would write it down: like terms and like factors put together, nothing multiplied out.

Keys and wrong options go through this, so that 2(x + y)²·x·(x + y) does not give itself away beside (x + y)² + 2x.
"""

from __future__ import annotations

from fractions import Fraction

from quizgen.engine.expression import ONE, ZERO, Constant, Expression, Name, Operation, fold, power, text, tree


def tidy(expression: Expression) -> Expression:
    """`expression` with its terms and factors collected; the same function wherever it has a value."""
    return fold(expression, Constant, Name, _tidied)


def _tidied(node: Operation, operands: list[Expression]) -> Expression:
    made = Operation(node.operator, tuple(operands))
    if node.operator in ("+", "-"):
        return _sum(made)
    if node.operator in ("*", "/"):
        return _product(made)
    return power(*operands) if node.operator == "**" else made


def _sum(expression: Expression) -> Expression:
    """Terms in their order, with their coefficients added; a positive one first, the number last."""
    coefficients: dict[str, Fraction] = {}
    terms: dict[str, Expression] = {}
    stack = [(expression, 1)]
    while stack:
        top, sign = stack.pop()
        if isinstance(top, Operation) and top.operator in ("+", "-"):
            left, right = top.operands
            stack += [(right, sign if top.operator == "+" else -sign), (left, sign)]
            continue
        factor, rest = _coefficient(top)
        if abs(factor) == 1 and isinstance(rest, Operation) and rest.operator in ("+", "-"):  # -(x + y)
            stack.append((rest, sign * int(factor)))
            continue
        name = text(rest)
        terms[name] = rest
        coefficients[name] = coefficients.get(name, Fraction(0)) + sign * factor
    number = coefficients.pop(text(ONE), Fraction(0))
    found = [_scaled(factor, terms[name]) for name, factor in coefficients.items() if factor]
    found += [Constant(number)] * bool(number)
    positive = next((each for each in found if _coefficient(each)[0] > 0), None)
    if positive is not None:  # 3 - x rather than -x + 3
        found.remove(positive)
        found.insert(0, positive)
    total: Expression = ZERO
    for each in found:
        total = total + each
    return total


def _coefficient(term: Expression) -> tuple[Fraction, Expression]:
    """The number in front of a term, and the rest; a quotient keeps its denominator."""
    if isinstance(term, Constant):
        return term.value, ONE
    if isinstance(term, Operation) and term.operator == "*" and isinstance(term.operands[0], Constant):
        return term.operands[0].value, term.operands[1]
    return Fraction(1), term


def _scaled(factor: Fraction, rest: Expression) -> Expression:
    """`rest` times a number."""
    return _product(Operation("*", (Constant(factor), rest))) if factor != 1 else rest


def _product(expression: Expression) -> Expression:
    """The number, then the names, then the rest, each base with its exponents added; one quotient at most."""
    number, exponents, bases = Fraction(1), dict[str, int](), dict[str, Expression]()
    stack = [(expression, 1)]
    while stack:
        top, sign = stack.pop()
        if isinstance(top, Operation) and top.operator in ("*", "/"):
            left, right = top.operands
            stack += [(right, sign if top.operator == "*" else -sign), (left, sign)]
        elif isinstance(top, Constant):
            if not top.value and sign < 0:
                return expression  # it has no value anywhere
            number *= top.value**sign
        else:
            base, exponent = _base(top)
            name = text(base)
            bases[name] = base
            exponents[name] = exponents.get(name, 0) + sign * exponent
    ordered = sorted(bases, key=lambda name: not isinstance(bases[name], Name))
    above, below = tree(abs(number.numerator)), tree(number.denominator)
    for name in ordered:
        raised = power(bases[name], tree(abs(exponents[name])))
        above, below = (above * raised, below) if exponents[name] > 0 else (above, below * raised)
    made = above if below == ONE else Operation("/", (above, below))
    return -made if number < 0 else made


def _base(factor: Expression) -> tuple[Expression, int]:
    if isinstance(factor, Operation) and factor.operator == "**":
        base, exponent = factor.operands
        if isinstance(exponent, Constant) and exponent.value.denominator == 1:
            return base, int(exponent.value)
    return factor, 1
