"""Rational functions that sympy found, as plain data that is evaluated exactly; and a quick proof that one is 0.

A value is a `Fraction`, a name, or "+", "*" or "**" over such; the exponent of "**" is a whole number.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from fractions import Fraction
from math import prod
from typing import Any

Plain = Fraction | str | tuple[str, tuple["Plain", ...]]

MOST_POINTS = 400  # at which an identity is proved; beyond them sympy cancels
Degrees = dict[str, tuple[int, int]]  # by name: at most those of a numerator and a denominator


class NotPlain(ValueError):
    """What is no rational function with rational coefficients."""


def plain(found: Any) -> Plain:
    """A rational function of sympy; NotPlain for anything else."""
    if found.is_Symbol:
        return str(found.name)
    if found.is_Rational:
        return Fraction(int(found.p), int(found.q))
    if found.is_Pow and found.exp.is_Integer:
        return "**", (plain(found.base), Fraction(int(found.exp)))
    if found.is_Add or found.is_Mul:
        return "+" if found.is_Add else "*", tuple(plain(each) for each in found.args)
    raise NotPlain


def evaluate(formula: Plain, numbers: Mapping[str, Fraction]) -> Fraction:
    """The exact value; ZeroDivisionError where there is none."""
    if isinstance(formula, str):
        return numbers[formula]
    if not isinstance(formula, tuple):
        return formula
    operator, operands = formula
    value, *others = [evaluate(each, numbers) for each in operands]
    for other in others:
        if operator == "+":
            value += other
        elif operator == "*":
            value *= other
        else:
            value = value ** int(other)
    return value


def is_zero(formula: Plain) -> bool | None:
    """Whether a rational function is 0 wherever it has a value; None where that would take too long to tell so.

    A polynomial that is not 0 and of degree n at most in a name is not 0 on all of n + 1 values of that name; so the
    numerator is tried on a grid that is large enough, at whose points no denominator is 0.
    """
    sizes = {name: above + 1 for name, (above, _) in _degrees(formula).items()}
    if prod(sizes.values()) > MOST_POINTS:
        return None
    values = [[Fraction(1009 * number + step) for step in range(size)] for number, size in enumerate(sizes.values(), 1)]
    try:
        return all(not evaluate(formula, dict(zip(sizes, point, strict=True))) for point in itertools.product(*values))
    except ZeroDivisionError:
        return None


def _degrees(formula: Plain) -> Degrees:
    """In each name, the degrees that a numerator and a denominator of `formula` have at most, nothing cancelled."""
    if isinstance(formula, str):
        return {formula: (1, 0)}
    if not isinstance(formula, tuple):
        return {}
    operator, operands = formula
    if operator == "**":
        exponent = operands[1]
        assert isinstance(exponent, Fraction)
        by = abs(int(exponent))
        turned = -1 if exponent < 0 else 1
        return {name: (by * each[::turned][0], by * each[::turned][1]) for name, each in _degrees(operands[0]).items()}
    found: Degrees = {}
    for inner in map(_degrees, operands):
        for name in {**found, **inner}:
            (above, below), (over, under) = found.get(name, (0, 0)), inner.get(name, (0, 0))
            top = above + over if operator == "*" else max(above + under, over + below)
            found[name] = (top, below + under)
    return found
