"""Mathematics as a textbook sets it, and that the line of text can be typed again."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spoken import Reader
from strategies import LONG_NAMES, expressions, positive, rational_expressions, value_at

from quizgen.engine.expression import Expression, Name, names
from quizgen.engine.identity import same
from quizgen.engine.layers import LAYERS
from quizgen.engine.parse import parse
from quizgen.language import available, words
from quizgen.notation import (
    Equal,
    Infix,
    Notation,
    Num,
    Over,
    Partial,
    Power,
    Style,
    Sym,
    latex,
    number_text,
    of_expression,
    of_operation,
    of_value,
    speech,
    unicode,
)
from quizgen.numbers import Real, close

PLAIN, FRACTIONS = Style(), Style(decimals=False)
X, Y, T = Sym("x"), Sym("y"), Sym("t")


def line(formula: str, style: Style = PLAIN) -> str:
    return unicode(of_expression(parse(formula)), style)


def tex(formula: str, style: Style = PLAIN) -> str:
    return latex(of_expression(parse(formula)), style)


@pytest.mark.parametrize(
    ("formula", "shown", "set_"),
    [
        ("2*(x + y)", "2(x + y)", r"2\left(x + y\right)"),
        ("2*x", "2x", "2x"),
        ("x*y", "xy", "xy"),
        ("2*3", "2 · 3", r"2 \cdot 3"),
        ("x*2", "x · 2", r"x \cdot 2"),
        ("x**2*(x + y)", "x²(x + y)", r"x^{2}\left(x + y\right)"),
        ("(x + y)**2", "(x + y)²", r"\left(x + y\right)^{2}"),
        ("x**-1", "x⁻¹", "x^{-1}"),
        ("x**12", "x¹²", "x^{12}"),
        ("-4", "−4", "-4"),
        ("-x", "−x", "-x"),
        ("-(x + y)", "−(x + y)", r"-\left(x + y\right)"),
        ("-2*x", "−2x", "-2x"),
        ("x*(-2)", "x · (−2)", r"x \cdot \left(-2\right)"),
        ("x - (-2)", "x − (−2)", r"x - \left(-2\right)"),
        ("x + (-2)", "x − 2", "x - 2"),
        ("(-2)**2", "(−2)²", r"\left(-2\right)^{2}"),
        ("x - (y - 1)", "x − (y − 1)", r"x - \left(y - 1\right)"),
        ("x/y", "x/y", r"\frac{x}{y}"),
        ("(x + y)/(x - y)", "(x + y)/(x − y)", r"\frac{x + y}{x - y}"),
        ("x/(y*x)", "x/(yx)", r"\frac{x}{yx}"),
        ("(x/y)**2", "(x/y)²", r"\left(\frac{x}{y}\right)^{2}"),
        ("sqrt(x + 1)", "√(x + 1)", r"\sqrt{x + 1}"),
        ("exp(x)", "exp(x)", r"\exp\left(x\right)"),
        ("sigmoid(x)", "σ(x)", r"\sigma\left(x\right)"),
        ("relu(x)", "ReLU(x)", r"\mathrm{ReLU}\left(x\right)"),
        ("max(x, y)", "max(x, y)", r"\max\left(x, y\right)"),
        ("2*pi*x", "2π · x", r"2\pi \cdot x"),
        ("2*sin(x)", "2sin(x)", r"2\sin\left(x\right)"),
        ("apple*tax", "apple · tax", r"\text{apple} \cdot \text{tax}"),
        ("2*apple", "2 · apple", r"2 \cdot \text{apple}"),
        ("apple_num", "apple_num", r"{\text{apple}\_\text{num}}"),
    ],
)
def test_as_a_textbook_has_it(formula: str, shown: str, set_: str) -> None:
    assert line(formula) == shown
    assert tex(formula) == set_


@pytest.mark.parametrize(
    ("value", "decimals", "shown", "set_"),
    [
        (Fraction(11, 5), True, "2.2", "2.2"),
        (Fraction(11, 5), False, "11/5", r"\frac{11}{5}"),
        (Fraction(-11, 5), True, "−2.2", "-2.2"),
        (Fraction(-11, 5), False, "−11/5", r"-\frac{11}{5}"),
        (Fraction(2, 3), True, "2/3", r"\frac{2}{3}"),
        (Fraction(1, 3200), True, "1/3200", r"\frac{1}{3200}"),
        (Fraction(1, 80), True, "0.0125", "0.0125"),
        (Fraction(-4), True, "−4", "-4"),
        (Fraction(1100), True, "1100", "1100"),
        (Fraction(0), True, "0", "0"),
        (Real("0.19661193324148185"), True, "0.196612", "0.196612"),
        (Real("-2.5"), True, "−2.50000", "-2.50000"),
    ],
)
def test_numbers(value: Any, decimals: bool, shown: str, set_: str) -> None:
    style = Style(decimals=decimals)
    assert number_text(value, decimals) == unicode(of_value(value), style) == shown
    assert latex(of_value(value), style) == set_


def test_a_worked_step_shows_every_sign() -> None:
    """2t · 1 = 2(x + y): products of numbers keep ×, negative numbers stand in parentheses."""
    numbers = [Num(Fraction(each)) for each in (100, -2)]
    assert unicode(of_operation("*", numbers), PLAIN) == "100 × (−2)"
    assert latex(of_operation("*", numbers), PLAIN) == r"100 \times \left(-2\right)"
    assert unicode(of_operation("+", numbers), PLAIN) == "100 + (−2)"
    assert unicode(of_operation("-", numbers), PLAIN) == "100 − (−2)"
    assert unicode(of_operation("**", [Num(Fraction(-2)), Num(Fraction(3))]), PLAIN) == "(−2)³"
    assert unicode(of_operation("/", numbers), PLAIN) == "100/(−2)"
    assert unicode(Infix("×", Infix("+", X, Y), Num(Fraction(1))), PLAIN) == "(x + y) × 1"


def test_a_chain_of_equations_with_partial_derivatives() -> None:
    step = Equal((Partial("z", "x"), Infix("×", Partial("z", "t"), Partial("t", "x")), of_value(parse("2*(x + y)"))))
    assert unicode(step, PLAIN) == "∂z/∂x = ∂z/∂t × ∂t/∂x = 2(x + y)"
    wanted = (
        r"\frac{\partial z}{\partial x} = "
        r"\frac{\partial z}{\partial t} \times \frac{\partial t}{\partial x} = 2\left(x + y\right)"
    )
    assert latex(step, PLAIN) == wanted


def test_labels_stand_for_names() -> None:
    style = Style({"a": "りんごの単価", "b": "apple price"})
    assert unicode(Infix("·", Sym("a"), Sym("b")), style) == "りんごの単価 · apple price"
    assert latex(Sym("a"), style) == r"\text{りんごの単価}"
    assert unicode(Partial("b", "a"), style) == "∂apple price/∂りんごの単価"


@pytest.mark.parametrize("character", "\\{}$&#%_^~<>|`")
def test_no_label_breaks_out_of_latex(character: str) -> None:
    """Each character with a meaning of its own is escaped, and braces stay balanced."""
    shown = latex(Sym("a"), Style({"a": f"x{character}y"}))
    assert rf"\text{{x{character}y}}" != shown
    bare = shown.replace(r"\{", "").replace(r"\}", "").replace("\\backslash ", "")
    assert bare.count("{") == bare.count("}")
    assert bare.startswith("{") and bare.endswith("}")


# --- the line can be typed again ---------------------------------------------------------------------------------

CALLED = tuple(name for name in ("sigmoid",))  # is set as σ, which may be somebody's input
told = st.one_of(
    rational_expressions(known=LONG_NAMES),
    rational_expressions(known=LONG_NAMES, simplified=True),
    expressions(known=LONG_NAMES, without=CALLED),
    expressions(known=LONG_NAMES, without=CALLED, simplified=True),
)


@settings(max_examples=200)
@given(told, positive, st.booleans())
def test_the_line_is_read_as_the_same_function(expression: Expression, start: Fraction, decimals: bool) -> None:
    """For names of several letters: those of one letter stand side by side, as in xy."""
    shown = unicode(of_expression(expression), Style(decimals=decimals))
    again = parse(shown)
    assert set(names(again)) == set(names(expression))
    point = {name: start + index for index, name in enumerate(names(expression))}
    mine, theirs = value_at(expression, point), value_at(again, point)
    assert (mine is None) == (theirs is None), shown
    assert mine is None or close(mine, theirs, Fraction(1, 10**30)), shown


@given(rational_expressions(known=("x",), leaves=8))
def test_one_letter_is_read_as_well_where_no_two_stand_side_by_side(expression: Expression) -> None:
    shown = unicode(of_expression(expression), PLAIN)
    spaced = "".join(f"{a}*" if _touch(a, b) else a for a, b in zip(shown, shown[1:] + " ", strict=True))
    assert same(parse(spaced), expression), shown


def _touch(left: str, right: str) -> bool:
    return (left == "x" or left in "⁰¹²³⁴⁵⁶⁷⁸⁹)") and (right == "x" or right == "(")


# --- what is heard -----------------------------------------------------------------------------------------------

LABELS = ("price of an apple", "8% の税率", "りんごの値段")  # with words and digits that mathematics has as well
heard = st.one_of(rational_expressions(), expressions(), expressions(simplified=True))


@settings(max_examples=200)
@pytest.mark.parametrize("code", available())
@given(expression=heard, start=positive, decimals=st.booleans())
def test_what_is_heard_is_the_same_function(code: str, expression: Expression, start: Fraction, decimals: bool) -> None:
    """Nobody has to guess where a fraction, a power or an argument ends."""
    said, style = words(code), Style(dict(zip("xyz", LABELS, strict=True)), decimals)
    shown = speech(of_expression(expression), style, said)
    read = Reader(said, LABELS).one(shown)
    for name, label in style.labels.items():
        read = read.replace(f"name({label})", name)
    again = parse(read)
    point = {name: start + index for index, name in enumerate(names(expression))}
    mine, theirs = value_at(expression, point), value_at(again, point)
    assert (mine is None) == (theirs is None), shown
    assert mine is None or close(mine, theirs, Fraction(1, 10**30)), shown


@pytest.mark.parametrize(
    ("formula", "english", "japanese"),
    [
        ("2*x**3", "2 times x to the power 3", "2 掛ける x の 3 乗"),
        ("x + 3/4", "x plus ( 3 over 4 )", "x 足す ( 4 分の 3 )"),
        ("x/y*2", "( x over y ) times 2", "( y 分の x ) 掛ける 2"),
        ("x/(y + 1)", "x over ( y plus 1 )", "( y 足す 1 ) 分の x"),
        ("-x/4", "( minus x ) over 4", "4 分の ( マイナス x )"),
        ("sin(x)**2", "sine of ( x ) to the power 2", "サイン ( x ) の 2 乗"),
        ("sin(x**2)", "sine of ( x to the power 2 )", "サイン ( x の 2 乗 )"),
        ("max(x, y)", "maximum of ( x, y )", "マックス ( x、y )"),
    ],
)
def test_fractions_and_arguments_stand_between_spoken_parentheses(formula: str, english: str, japanese: str) -> None:
    for code, expected in (("en", english), ("ja", japanese)):
        said = words(code)
        shown = speech(of_expression(parse(formula)), FRACTIONS, said)
        assert shown == expected.replace("(", said["speech.open"]).replace(")", said["speech.close"])


@given(told)
def test_latex_has_balanced_braces_and_parentheses(expression: Expression) -> None:
    shown = latex(of_expression(expression), PLAIN)
    depth = 0
    for character in shown:
        depth += (character == "{") - (character == "}")
        assert depth >= 0
    assert depth == 0
    assert shown.count(r"\left") == shown.count(r"\right")
    assert "−" not in shown and "·" not in shown


@pytest.mark.parametrize("layer", LAYERS.values(), ids=lambda layer: layer.__name__)
def test_every_layers_operation_can_be_set(layer: Any) -> None:
    operands: list[Notation] = [Name(name) and Sym(name) for name in layer.variables]
    shown = of_operation(layer.operation, operands)
    for printer in (unicode, latex):
        assert all(name in printer(shown, PLAIN) for name in layer.variables)


def test_a_fraction_of_sums_and_a_power_of_a_power_keep_their_parentheses() -> None:
    assert unicode(Over(Infix("+", X, Y), Infix("·", X, Y)), PLAIN) == "(x + y)/(xy)"
    assert unicode(Power(Power(X, Num(Fraction(2))), Num(Fraction(3))), PLAIN) == "(x²)³"
    assert unicode(Power(X, Infix("+", Y, Num(Fraction(1)))), FRACTIONS) == "x^(y + 1)"
    assert latex(Power(T, Num(Fraction(1, 2))), FRACTIONS) == r"t^{\frac{1}{2}}"
