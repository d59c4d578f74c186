"""The grammar of the contract, its bounds, and that whatever is typed is read or refused, quickly and never run."""

from __future__ import annotations

import builtins
import time
from fractions import Fraction

import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import LONG_NAMES, NAMES, expressions, points, rational_expressions, small, typed, value_at

from quizgen.engine import parse as parsing
from quizgen.engine.expression import Constant, Expression, Name, Operation, names, text
from quizgen.engine.graph import from_expression
from quizgen.engine.identity import same
from quizgen.engine.layers import FUNCTIONS
from quizgen.engine.parse import parse, read
from quizgen.errors import SyntaxProblem
from quizgen.formulas import number
from quizgen.numbers import MAX_EXPONENT, Real, close, to_mpf

parse("x")  # lark makes its tables once


def refusal(typed_text: str) -> SyntaxProblem:
    """The error, and that it came at once."""
    began = time.thread_time()
    with pytest.raises(SyntaxProblem) as caught:
        parse(typed_text)
    assert time.thread_time() - began < 1
    assert caught.value.text == typed_text
    return caught.value


# --- the grammar -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed_text", "meant"),
    [
        ("1 + 2*x", "1 + 2*x"),
        ("a - b - c", "(a - b) - c"),
        ("a/b/c", "(a/b)/c"),
        ("a/b*c", "(a/b)*c"),
        ("2**3**2", "2**(3**2)"),
        ("x^2", "x**2"),
        ("x^y^2", "x**(y**2)"),
        ("-x**2", "-(x**2)"),
        ("-x^2", "-(x**2)"),
        ("-x²", "-(x**2)"),
        ("2**-x", "2**(-x)"),
        ("x**-1", "1/x"),
        ("x*-y", "-(x*y)"),
        ("x/-y", "-(x/y)"),
        ("--x", "x"),
        ("+x", "x"),
        ("- -x", "x"),
        ("x - -y", "x + y"),
    ],
)
def test_precedence(typed_text: str, meant: str) -> None:
    assert same(parse(typed_text), parse(meant))


@pytest.mark.parametrize(
    ("typed_text", "meant"),
    [
        ("2x", "2*x"),
        ("2 x", "2*x"),
        ("2x**2", "2*(x**2)"),
        ("3x²", "3*(x**2)"),
        ("2(x+y)", "2*(x + y)"),
        ("2(3)", "2*3"),
        ("2sin(x)", "2*sin(x)"),
        ("(x+1)(y+2)", "(x + 1)*(y + 2)"),
        ("(x)(y)(z)", "x*y*z"),
        ("2(x)(y)", "2*x*y"),
        ("(x)²(y)", "(x**2)*y"),
        ("(x)(y)**2", "x*(y**2)"),
        ("1/2x", "(1/2)*x"),
        ("1/2(x)", "(1/2)*x"),
        ("x/2y", "(x/2)*y"),
        ("1.5x", "(3/2)*x"),
        ("2e3x", "2000*x"),
        ("-2x", "-(2*x)"),
        ("2pi", "2*pi"),
        ("2π", "2*pi"),
    ],
)
def test_a_product_without_a_sign_after_a_number_and_between_parentheses(typed_text: str, meant: str) -> None:
    """It binds like `*`, and it is told that one was read."""
    found, implicit = read(typed_text)
    assert implicit
    assert same(found, parse(meant))
    assert not read(meant)[1]


@pytest.mark.parametrize(
    ("typed_text", "meant"),
    [
        ("xy", "x*y"),
        ("x y", "x*y"),
        ("2xy", "2*x*y"),
        ("xy²", "x*(y**2)"),
        ("x²y", "(x**2)*y"),
        ("x(x+y)", "x*(x + y)"),
        ("(x+y)x", "(x + y)*x"),
        ("xy(x+y)", "x*y*(x + y)"),
        ("x sin(y)", "x*sin(y)"),
        ("sin(x)cos(x)", "sin(x)*cos(x)"),
        ("1/xy", "(1/x)*y"),
        ("x apple", "x*apple"),
        ("apple(x)", "apple*x"),
    ],
)
def test_where_the_names_are_known_letters_may_stand_side_by_side(typed_text: str, meant: str) -> None:
    found, implicit = read(typed_text, known=("x", "y", "apple"))
    assert implicit
    assert same(found, parse(meant))


@pytest.mark.parametrize("typed_text", ["x 2", "xz(y)", "2 3", "(x)2", "sin x"])
def test_known_names_do_not_make_everything_readable(typed_text: str) -> None:
    with pytest.raises(SyntaxProblem):
        read(typed_text, known=("x", "y", "s", "i", "n"))


def test_a_word_that_is_not_all_known_letters_stays_one_name() -> None:
    assert read("xz", known=("x", "y")) == (Name("xz"), False)


@pytest.mark.parametrize(
    ("typed_text", "position"),
    [
        ("x y", 2),
        ("x(y)", 1),
        ("x (y)", 2),
        ("2x(y)", 2),
        ("x 2", 2),
        ("2 3", 2),
        ("(x)y", 3),
        ("(x)2", 3),
        ("(x)sin(y)", 3),
        ("x²y", 2),
        ("x²(y)", 2),
        ("x sin(y)", 2),
        ("sin(x)cos(x)", 6),
        ("a + b(c)", 5),
        ("りんご(個数)", 3),
        ("πr", 1),
        ("xπ", 1),
    ],
)
def test_elsewhere_a_missing_sign_is_an_error_that_suggests_one(typed_text: str, position: int) -> None:
    error = refusal(typed_text)
    # A longer name before a parenthesis is told to be no function; the sentence suggests the sign as well.
    assert error.key in ("parse.missing_operator", "parse.no_function")
    assert error.position == position
    assert {"left", "right"} <= set(error.details)


def test_minus_before_an_operand_is_minus_1_times_it() -> None:
    """`-x` is a MulLayer of -1 and x; a number keeps its sign."""
    assert parse("-x") == Operation("*", (Constant(Fraction(-1)), Name("x")))
    assert parse("-3") == Constant(Fraction(-3))
    graph, _ = from_expression(parse("-x"))
    assert [(node.layer.__name__, node.operands) for node in graph.nodes] == [("MulLayer", (-1, "x"))]


def test_nothing_typed_is_merged_or_folded() -> None:
    """A subexpression written twice is two nodes, and 1 + 2 is a node."""
    graph, _ = from_expression(parse("(x+1)*(x+1) + (1+2)"))
    assert len(graph.nodes) == 5
    assert text(parse("x + x + 0*y + x**1")) == "x + x + 0*y + x**1"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_are_read_in_any_case(name: str) -> None:
    inner = "x, y" if name == "max" else "x"
    wanted = parse(f"{name}({inner})")
    assert isinstance(wanted, Operation)
    assert wanted.operator == name
    for written in (name.upper(), name.capitalize(), name[0] + name[1:].upper()):
        assert parse(f"{written}({inner})") == wanted
        assert parse(f"{written} ( {inner} )") == wanted


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_needs_its_parentheses_and_its_operands(name: str) -> None:
    wanted = 2 if name == "max" else 1
    for written in (name, f"{name} x", f"{name}*2", f"2{name}", f"1 + {name}"):
        error = refusal(written)
        assert (error.key, error.position) == ("parse.function_needs_parentheses", written.index(name))
    operands = ", ".join("xyz"[: 3 - wanted])
    error = refusal(f"1 + {name}({operands})")
    assert (error.key, error.position) == ("parse.arguments", 4)
    assert (error.details["wanted"], error.details["found"]) == (wanted, 3 - wanted)


@pytest.mark.parametrize(
    ("written", "near"), [("ln(x)", "log"), ("sine(x)", "sin"), ("Sigmoidd(x)", "sigmoid"), ("sqr(x)", "sqrt")]
)
def test_an_unknown_function_is_told_with_the_nearest_one(written: str, near: str) -> None:
    error = refusal(written)
    assert error.key == "parse.unknown_function"
    assert error.details["near"] == near


def test_names_are_inputs_as_they_are_written() -> None:
    formula = parse("X + x + apple_num + りんご*個数 + e + E + I + Pi + x2 + _y + バター - lambda_")
    assert names(formula) == [
        "X",
        "x",
        "apple_num",
        "りんご",
        "個数",
        "e",
        "E",
        "I",
        "Pi",
        "x2",
        "_y",
        "バター",
        "lambda_",
    ]


def test_pi_is_the_number_unless_it_is_given() -> None:
    assert parse("pi") == parse("π") == Operation("pi", ())
    assert parse("pi", pi_is_a_name=True) == Name("pi")
    assert names(parse("2*pi*r")) == ["r"]
    assert isinstance(value := value_at(parse("pi"), {}), Real)
    assert close(value, number(sympy.pi))


@pytest.mark.parametrize(
    ("typed_text", "meant"),
    [
        ("２．２", "2.2"),
        ("ｘ＋ｙ", "x + y"),
        ("（ｘ＋１）＊２", "(x + 1)*2"),
        ("x＾２", "x**2"),
        ("x × y ÷ z", "x*y/z"),
        ("x·y⋅z", "x*y*z"),
        ("x・y", "x*y"),
        ("−4", "-4"),
        ("－4", "-4"),
        ("ー4", "-4"),
        ("–4", "-4"),
        ("xー2", "x - 2"),
        ("3ー2", "3 - 2"),
        ("(x)ー(y)", "x - y"),
        ("x　+　y", "x + y"),
        ("２ｘ", "2*x"),
        ("ＳＩＮ（ｘ）", "sin(x)"),
        ("√(x)", "sqrt(x)"),
        ("2√(x)", "2*sqrt(x)"),
        ("√ (x)", "sqrt(x)"),
        ("½", "1/2"),
        ("½*x", "(1/2)*x"),
        ("x⁄y", "x/y"),
        ("𝑥+1", "x + 1"),
        ("x\n+\ty", "x + y"),
    ],
)
def test_what_japanese_keyboards_and_copied_text_bring(typed_text: str, meant: str) -> None:
    assert same(parse(typed_text), parse(meant))
    assert sorted(names(parse(typed_text))) == sorted(names(parse(meant)))


def test_a_long_vowel_mark_inside_a_japanese_name_is_part_of_it() -> None:
    assert names(parse("バター*ノート - コーヒー")) == ["バター", "ノート", "コーヒー"]


@pytest.mark.parametrize(
    ("superscript", "exponent"),
    [("²", 2), ("³", 3), ("¹⁰", 10), ("⁻¹", -1), ("⁰", 0), ("⁻¹²", -12), ("⁴⁵⁶⁷⁸⁹"[:2], 45)],
)
def test_superscripts(superscript: str, exponent: int) -> None:
    assert parse(f"x{superscript}") == Operation("**", (Name("x"), Constant(Fraction(exponent))))
    assert same(parse(f"(x+1){superscript}"), parse(f"(x+1)**({exponent})"))


@pytest.mark.parametrize(("written", "value"), [("2", 2), ("2.", 2), (".5", Fraction(1, 2)), ("0.1", Fraction(1, 10)),
    ("1.10", Fraction(11, 10)), ("1e3", 1000), ("1E-3", Fraction(1, 1000)), ("1.5e+2", 150), ("007", 7)])  # fmt: skip
def test_decimals_are_exact(written: str, value: Fraction) -> None:
    assert parse(written) == Constant(Fraction(value))


@pytest.mark.parametrize(
    ("typed_text", "key", "position"),
    [
        ("", "empty", 0),
        ("   ", "empty", 0),
        ("x +", "ends_early", 3),
        ("(", "unclosed", 0),
        ("2*(x + (y)", "unclosed", 2),
        ("x)", "unopened", 1),
        ("()", "unexpected", 1),
        ("x + * y", "unexpected", 4),
        ("x, y", "unexpected", 1),
        ("1,100", "unexpected", 1),
        ("x²⁻", "unexpected", 1),
        ("x = 2", "unexpected_character", 2),
        ("x.y", "unexpected_character", 1),
        ("x!", "unexpected_character", 1),
        ("x; y", "unexpected_character", 1),
        ("[x]", "unexpected_character", 0),
        ("'x'", "unexpected_character", 0),
        ("x\x00", "unexpected_character", 1),
        ("√x", "function_needs_parentheses", 0),
        ("ｘ ＋ ＊", "unexpected", 4),
        ("½ + ?", "unexpected_character", 4),
        ("x^^2", "unexpected", 2),
    ],
)
def test_an_error_points_at_the_character_that_was_typed(typed_text: str, key: str, position: int) -> None:
    error = refusal(typed_text)
    assert (error.key, error.position) == (f"parse.{key}", position)
    assert error.details["column"] == position + 1


# --- laws --------------------------------------------------------------------------------------------------------

anything = st.one_of(
    rational_expressions(known=NAMES),
    rational_expressions(known=(*LONG_NAMES, "x"), simplified=True),
    expressions(),
    expressions(simplified=True),
)


def _point(expression: Expression, value: Fraction) -> dict[str, Fraction]:
    return {name: value + index for index, name in enumerate(names(expression))}


@settings(max_examples=200)
@given(anything, small)
def test_what_is_printed_is_read_as_the_same_function(expression: Expression, value: Fraction) -> None:
    """Same names, and the same value at any point (exactly where rational), also where there is none."""
    again = parse(text(expression))
    assert names(again) == names(expression)
    point = _point(expression, value)
    mine, theirs = value_at(expression, point), value_at(again, point)
    assert (mine is None) == (theirs is None)
    assert mine is None or close(mine, theirs, Fraction(1, 10**30)), text(expression)


@settings(max_examples=200)
@given(anything)
def test_what_is_read_back_prints_the_same_again(expression: Expression) -> None:
    printed = text(parse(text(expression)))
    assert text(parse(printed)) == printed


def _sympys(typed_text: str, point: dict[str, Fraction]) -> object:
    symbols = {name: sympy.Symbol(name) for name in NAMES}
    found = sympy.sympify(typed_text, locals=symbols, rational=True)
    return found.subs(
        {symbols[name]: sympy.Rational(value.numerator, value.denominator) for name, value in point.items()}
    )


@settings(max_examples=120)
@given(typed(), points(st.fractions(Fraction(1, 4), 3, max_denominator=4)))
def test_sympys_own_parser_reads_the_same(typed_text: str, point: dict[str, Fraction]) -> None:
    mine = value_at(parse(typed_text), point)
    assume(mine is not None)
    theirs = _sympys(typed_text, point)
    assume(theirs.is_finite is not False and theirs.is_comparable)  # type: ignore[attr-defined]
    assert (
        close(mine, number(theirs), Fraction(1, 10**20)) or max(map(abs, map(to_mpf, (mine, number(theirs))))) < 1e-40
    )


# --- bounds ------------------------------------------------------------------------------------------------------


def test_4000_characters_and_500_nodes_are_read() -> None:
    typed_text = " + ".join(f"2*oranges*{number + 1000}" for number in range(250))
    assert len(typed_text) >= 4000
    graph, _ = from_expression(parse(typed_text))
    assert len(graph.nodes) >= 500


def _sum(operations: int) -> str:
    return "x" + "+x" * operations


@pytest.mark.parametrize(
    ("accepted", "refused", "key", "position"),
    [
        (" " * (parsing.MAX_LENGTH - 1) + "x", " " * parsing.MAX_LENGTH + "x", "too_long", parsing.MAX_LENGTH),
        (
            _sum(parsing.MAX_OPERATIONS),
            _sum(parsing.MAX_OPERATIONS + 1),
            "too_many_operations",
            2 * parsing.MAX_OPERATIONS + 1,
        ),
        (
            "(" * parsing.MAX_NESTING + "x" + ")" * parsing.MAX_NESTING,
            "(" * (parsing.MAX_NESTING + 1) + "x" + ")" * (parsing.MAX_NESTING + 1),
            "too_deep",
            parsing.MAX_NESTING,
        ),
        (f"x**{MAX_EXPONENT}", f"x**{MAX_EXPONENT + 1}", "exponent_too_large", 3),
        (f"x**-{MAX_EXPONENT}", f"x**-{MAX_EXPONENT + 1}", "exponent_too_large", 3),
        (f"2 + x^{MAX_EXPONENT}", f"2 + x^{MAX_EXPONENT + 1}", "exponent_too_large", 6),
        ("x¹⁰⁰⁰", "x¹⁰⁰¹", "exponent_too_large", 1),
        ("2 + " + "9" * parsing.MAX_DIGITS, "2 + " + "9" * (parsing.MAX_DIGITS + 1), "number_too_long", 4),
        (f"2*1e{parsing.MAX_DIGITS}", f"2*1e{parsing.MAX_DIGITS + 1}", "number_too_long", 2),
        ("1e-400", "1e-999999999", "number_too_long", 0),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 24 else "",
)
def test_bounds(accepted: str, refused: str, key: str, position: int) -> None:
    """The last that is read, and the first that is not, at once and with the place."""
    parse(accepted)
    error = refusal(refused)
    assert (error.key, error.position) == (f"parse.{key}", position)


@pytest.mark.parametrize(
    "typed_text",
    [
        "(" * 900 + "x" + ")" * 900,
        "+".join(["x"] * 901),
        "*".join(f"x{number}" for number in range(901)),
        "-" * 900 + "x",
        "x**" * 900 + "1",
        "sin(" * 900 + "x" + ")" * 900,
        "(" * 900 + "x" + "+1)" * 900,
        "1/(1+" * 450 + "x" + ")" * 450,
        "max(x," * 900 + "1" + ")" * 900,
    ],
    ids=["parentheses", "terms", "factors", "minus", "powers", "functions", "sums", "quotients", "max"],
)
def test_depth_costs_no_recursion(typed_text: str) -> None:
    """Read, printed, compared and made a graph."""
    formula = parse(typed_text)
    printed = text(formula)
    names(formula)
    graph, _ = from_expression(formula)
    assert len(graph.nodes) in (0, 900)
    if len(printed) <= parsing.MAX_LENGTH:
        assert text(parse(printed)) == printed
    if "**" not in typed_text:
        assert same(formula, parse(typed_text))


# --- whatever is typed -------------------------------------------------------------------------------------------

pieces = st.sampled_from(
    [*"0123456789.()+-*/^,xyzeπ√²³⁻½×÷−ー　 ２ｘ（）", "**", "sin(", "max(", "relu", "りんご", "バター", "1e9", "pi",
     "\n", "\t", "\x00",
     "\x1f", "\u200b", "\u2028", "\ud800", "'", '"', "\\", "{", "lambda",
     ":", "=", "__", "円", "％", "㌫", "①", "Ⅳ", "ﬁ", "ǆ", "é"]
)  # fmt: skip
garbage = st.one_of(st.text(max_size=60), st.lists(pieces, max_size=25).map("".join))


@settings(max_examples=400)
@given(garbage)
def test_any_text_is_read_or_refused_at_a_place_within_it(typed_text: str) -> None:
    began = time.thread_time()
    try:
        formula = parse(typed_text)
    except SyntaxProblem as error:
        assert 0 <= error.position <= len(typed_text)
        assert error.details["column"] == error.position + 1
        assert error.text == typed_text
    else:
        assert isinstance(formula, Expression)
        text(formula)
    assert time.thread_time() - began < 0.2


@pytest.mark.parametrize(
    "typed_text",
    ["__import__('os')", "__import__(os)", "x.__class__", "().__class__", "eval(x)", "exec('1')", "lambda: 1",
     "open(x)",
     "[x for x in y]", "x if y else z", "x := 1", "x; import os", "f'{x}'", "{x}", "x\\", "sympify(x)", "Symbol('x')"],
)  # fmt: skip
def test_code_is_an_error(typed_text: str) -> None:
    refusal(typed_text)


def test_nothing_typed_is_ever_evaluated(monkeypatch: pytest.MonkeyPatch) -> None:
    """With every door to evaluation shut, the parser works as before."""

    def shut(*arguments: object, **named: object) -> None:
        raise AssertionError("evaluated")

    texts = ["2x + sin(y)**2", "__import__", "os", "max(x, y)/3", "x**-1"]
    before = [parse(each) for each in texts]
    for name in ("eval", "exec", "compile", "__import__"):
        if name != "__import__":
            monkeypatch.setattr(builtins, name, shut)
    monkeypatch.setattr(sympy, "sympify", shut)
    monkeypatch.setattr(sympy, "parse_expr", shut)
    after = [parse(each) for each in texts]
    monkeypatch.undo()
    assert after == before
