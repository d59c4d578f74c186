"""Tidying: the same function, in the form in which one writes it."""

from __future__ import annotations

import pytest
from hypothesis import given
from strategies import expressions

from quizgen.engine.expression import Expression, text
from quizgen.engine.identity import fingerprint, same
from quizgen.engine.parse import parse
from quizgen.engine.tidy import tidy


@pytest.mark.parametrize(
    ("typed", "tidied"),
    [
        ("2*(x + y)", "2*(x + y)"),
        ("2*(x + y)**2*x*(x + y)", "2*x*(x + y)**3"),
        ("1 + 2*(5*x + 3*y - 15) + 1 + 1 + 5", "2*(5*x + 3*y - 15) + 8"),
        ("64*((x - 3)**2 - 8)*(x - 3)*(x - 3)", "64*((x - 3)**2 - 8)*(x - 3)**2"),
        ("-(x + 4)*(x + 4)/(y - 1)**2/(y - 1)", "-((x + 4)**2/(y - 1)**3)"),
        ("x*x*x", "x**3"),
        ("x - y - (x + y)", "-2*y"),
        ("x - y + (-1)*(x + y)", "-2*y"),
        ("x + x - 2*x", "0"),
        ("x/x", "1"),
        ("x/2 + x/2", "x"),
        ("-x + 3", "3 - x"),
        ("sin(x)*x*sin(x)", "x*sin(x)**2"),
        ("x**y*x**y", "(x**y)**2"),
        ("x**2*x**(-2)", "1"),
        ("x/(y/x)", "x**2/y"),
        ("0*x", "0"),
        ("sin(x + x)", "sin(2*x)"),
    ],
)
def test_like_terms_and_factors_are_put_together(typed: str, tidied: str) -> None:
    assert same(parse(typed), parse(tidied))
    assert text(tidy(parse(typed))) == text(parse(tidied))


def test_what_has_no_value_stays_so() -> None:
    assert set(fingerprint(tidy(parse("x/(0*y)")))) == {"undefined"}


@given(expression=expressions())
def test_it_stays_the_same_function_and_tidying_again_changes_nothing(expression: Expression) -> None:
    once = tidy(expression)
    if "undefined" not in fingerprint(expression):
        assert same(once, expression)
    assert text(tidy(once)) == text(once)
