"""Whether two expressions are the same function: as sympy proves it, and where simple comparison would be fooled."""

from __future__ import annotations

import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import NAMES, expressions, rational_expressions

from quizgen.engine.expression import Expression, text
from quizgen.engine.identity import fingerprint, same
from quizgen.engine.parse import parse

SYMBOLS = {name: sympy.Symbol(name, positive=True) for name in NAMES}
ALSO = {
    "sigmoid": lambda x: 1 / (1 + sympy.exp(-x)),
    "relu": lambda x: sympy.Max(x, 0),
    "max": lambda x, y: sympy.Max(x, y),
}


def sympys(expression: Expression) -> sympy.Expr:
    found = sympy.sympify(text(expression), locals={**SYMBOLS, **ALSO}, rational=True)
    assume(not found.has(sympy.zoo, sympy.nan, sympy.oo, sympy.I))
    return found


FORMS = [sympy.expand, sympy.factor, sympy.together, sympy.cancel, sympy.apart, sympy.simplify]


@settings(max_examples=60)
@given(rational_expressions(leaves=6), st.sampled_from(FORMS))
def test_what_sympy_rewrites_is_the_same(expression: Expression, form: object) -> None:
    """Expanded, factored, on one denominator: equal."""
    found = sympys(expression)
    assume(form is not sympy.apart or len(found.free_symbols) <= 1)
    assert same(expression, parse(str(form(found))))  # type: ignore[operator]


@settings(max_examples=100)
@given(rational_expressions(leaves=4, known=("x", "y")), rational_expressions(leaves=4, known=("x", "y")))
def test_random_pairs_are_the_same_where_sympy_says_so(one: Expression, other: Expression) -> None:
    equal = sympy.simplify(sympys(one) - sympys(other)) == 0
    assert same(one, other) == equal
    assert (fingerprint(one) == fingerprint(other)) == equal


@settings(max_examples=60)
@given(rational_expressions(leaves=5), st.sampled_from(["+ 1/10**12", "* (1 + 1/10**12)", "+ x/10**9", "- y/7"]))
def test_a_small_change_is_another_function(expression: Expression, change: str) -> None:
    assume(sympys(expression) != 0)
    assert not same(expression, parse(f"({text(expression)}) {change}"))


smooth = expressions(leaves=4, known=("x", "y"), without=("relu", "max"))
PLACES = [(7, 5, 3, 11), (2, 1, -3, 1), (-5, 3, -1, 2), (-2, 1, 7, 3), (1, 9, 4, 1)]


def vanishes(one: Expression, other: Expression) -> bool:
    """Whether sympy finds 0 for the difference at each of PLACES where both are real."""
    symbols = {name: sympy.Symbol(name, real=True) for name in ("x", "y")}
    pair = [sympy.sympify(text(each), locals={**symbols, **ALSO}, rational=True) for each in (one, other)]
    zeros = []
    for a, b, c, d in PLACES:
        place = {symbols["x"]: sympy.Rational(a, b), symbols["y"]: sympy.Rational(c, d)}
        mine, theirs = (sympy.N(each.subs(place), 40) for each in pair)
        if all(each.is_real and each.is_finite for each in (mine, theirs)):
            larger = max(abs(mine), abs(theirs))
            assume(larger < 1e30)
            zeros.append(bool(abs(mine - theirs) <= larger * sympy.Float("1e-25", 40)))
    assume(len(zeros) >= 2)
    return all(zeros)


@settings(max_examples=100)
@given(smooth, smooth)
def test_pairs_with_functions_are_the_same_where_sympy_finds_no_difference(one: Expression, other: Expression) -> None:
    assert same(one, other) == vanishes(one, other)


@settings(max_examples=60)
@given(smooth, st.sampled_from([sympy.expand, sympy.together, sympy.simplify]))
def test_what_sympy_rewrites_is_the_same_with_functions_too(expression: Expression, form: object) -> None:
    symbols = {name: sympy.Symbol(name, real=True) for name in NAMES}
    found = sympy.sympify(text(expression), locals={**symbols, **ALSO}, rational=True)
    assume(not found.has(sympy.zoo, sympy.nan, sympy.oo, sympy.I))
    written = str(form(found))  # type: ignore[operator]
    assume(
        not any(word in written for word in ("E", "I", "Abs", "sinh", "cosh", "sec", "cot", "csc", "sign", "Piecewise"))
    )
    assume(vanishes(expression, parse(written)))  # sympy's rewriting leaves something that has a value
    assert same(expression, parse(written)), written


@given(expressions())
def test_every_expression_is_the_same_as_itself_written_again(expression: Expression) -> None:
    assert same(expression, parse(text(expression)))
    assert fingerprint(expression) == fingerprint(expression)


EQUAL = [
    ("(x + y)**2", "x**2 + 2*x*y + y**2"),
    ("2*(x + y)", "2x + 2y"),
    ("x/y/z", "x/(y*z)"),
    ("x**-2", "1/x**2"),
    ("x**3*x**-3", "1"),
    ("x**(6/2)", "x**3"),
    ("x**(1/2)", "sqrt(x)"),
    ("x**(1/3)*x**(2/3)", "x"),
    ("sqrt(x)**2", "x"),
    ("exp(x + y)", "exp(x)*exp(y)"),
    ("exp(1000x)", "exp(999x)*exp(x)"),
    ("log(x*y)", "log(x) + log(y)"),
    ("log(x**2)", "2log(x)"),
    ("log(exp(x))", "x"),
    ("tanh(x)", "2*sigmoid(2x) - 1"),
    ("sigmoid(x)", "1/(1 + exp(-x))"),
    ("sigmoid(x)*(1 - sigmoid(x))", "exp(-x)/(1 + exp(-x))**2"),
    ("tan(x)", "sin(x)/cos(x)"),
    ("sin(x)**2 + cos(x)**2", "1"),
    ("sin(x)**2 + cos(x)**2 - 1", "0"),
    ("sqrt(x**2)", "max(x, -x)"),
    ("relu(x)", "max(x, 0)"),
    ("relu(x) - relu(-x)", "x"),
    ("max(x, y)", "max(y, x)"),
    ("sin(pi)", "0"),
    ("x**2**3", "x**8"),
    ("sqrt(-x)", "(-x)**(1/2)"),
    ("log(-1 - x**2)", "log(-1 - x**2)"),
]
DIFFERENT = [
    ("relu(x)", "x"),
    ("relu(x*y)", "x*y"),
    ("relu(-x)", "0"),
    ("max(x, y)", "x"),
    ("sqrt(x**2)", "x"),
    ("sqrt(-x)", "log(-x)"),
    ("log(-1 - x**2)", "7*log(-1 - x**2)"),
    ("1/0", "sqrt(-1 - x**2)"),
    ("1/0", "log(-x)"),
    ("x", "y"),
    ("x**2", "2*x"),
    ("exp(x)", "exp(-x)"),
    ("exp(x)", "e**x"),
    ("sin(x)", "sin(x + 1/10**15)"),
    ("log(x)", "log(x)/log(10)"),
    ("x + y - z", "x - y + z"),
]


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_the_same(one: str, other: str) -> None:
    assert same(parse(one), parse(other))
    assert same(parse(other), parse(one))


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different(one: str, other: str) -> None:
    """Also where a mask or a root hides it at positive points, or nothing has a value there."""
    assert not same(parse(one), parse(other))
    assert not same(parse(other), parse(one))


@pytest.mark.parametrize(
    ("one", "other"), [("exp(5*log({}))", "{}**5"), ("sqrt({})**10", "sqrt({}**10)"), ("exp(3*log({}))/2", "{}**3/2")]
)
def test_no_name_is_unlucky(one: str, other: str) -> None:
    """Values at the points must not be decimals that end where they are rounded."""
    for name in ["x", "apple", "りんご", *(f"x{number}" for number in range(150))]:
        assert same(parse(one.format(name, name)), parse(other.format(name, name))), name


def test_a_name_has_its_own_place_and_no_two_are_exchanged() -> None:
    assert not same(parse("a - b"), parse("b - a"))
    assert same(parse("a*b"), parse("b*a"))
    assert len({fingerprint(parse(f"n{number}")) for number in range(200)}) == 200
    assert len({fingerprint(parse(f"exp(n{number})")) for number in range(100)}) > 95


def test_deep_expressions_are_compared_without_recursion_and_at_once() -> None:
    deep = "(" * 900 + "x" + "*x+1)" * 900
    assert same(parse(deep), parse(deep))
    assert not same(parse(deep), parse(deep + "+1"))
