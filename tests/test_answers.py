"""What learners type is read in every usual notation, judged exactly, and never a crash or a delay."""

from __future__ import annotations

import time
from fractions import Fraction
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizgen import families, misconceptions
from quizgen.answers import Answer, Unreadable, Verdict, grade, read
from quizgen.engine.chain_rule import run
from quizgen.engine.expression import Expression, text
from quizgen.engine.graph import Graph
from quizgen.engine.layers import AddLayer, DivLayer, LogLayer, MulLayer, PowLayer
from quizgen.engine.parse import parse
from quizgen.language import words
from quizgen.numbers import decimal_text, exact_text, is_short_decimal
from quizgen.problem import Ask
from quizgen.question import Distractor, Mistakes, Part, Question, mistakes_for
from quizgen.solve import Solution, read_off

UNITS = ("yen", "円")
NUMBER = Part(Ask("gradient", "z", "x"), Fraction(1), ())
FORMULA = Part(Ask("derivative", "z", "x"), parse("2*(x + y)"), ())


def value(typed: str) -> object:
    answer = read(typed, NUMBER, (), UNITS)
    return answer.value if isinstance(answer, Answer) else answer


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2.2", "11/5"),
        ("２．２", "11/5"),
        ("2.2円", "11/5"),
        ("2.2 yen", "11/5"),
        ("110円です。", "110"),
        ("4個", "4"),
        ("= 5", "5"),
        ("z = -5", "-5"),
        (r"\frac{11}{5}", "11/5"),
        (r"-\dfrac{11}{5}", "-11/5"),
        (r"$\frac{11}{5}$", "11/5"),
        (r"\frac12", "1/2"),
        ("¥frac{11}{5}", "11/5"),
        (r"2 \times 5", "10"),
        (r"\frac{\frac{1}{2}}{5}", "1/10"),
        ("2.2 YEN", "11/5"),
        ("２．２　円", "11/5"),
        ("11/5", "11/5"),
        ("１１／５", "11/5"),
        ("11÷5", "11/5"),
        (" 2.20 ", "11/5"),
        ("2。2", "11/5"),
        ("1,100", "1100"),
        ("１，１００円", "1100"),
        ("1、100", "1100"),
        ("1,234,567.5", "2469135/2"),
        ("¥220", "220"),
        ("￥２２０", "220"),
        ("\\220", "220"),
        ("-¥220", "-220"),
        ("−4", "-4"),
        ("－４", "-4"),
        ("ー４", "-4"),
        ("ｰ4", "-4"),
        ("+4", "4"),
        ("10%", "1/10"),
        ("１０％", "1/10"),
        ("1e3", "1000"),
        (".5", "1/2"),
        ("2*1.1", "11/5"),
        ("2(3+1/5)", "32/5"),
        ("3²", "9"),
        ("½", "1/2"),
        ("sqrt(4)", "2"),
        ("2×3", "6"),
        ("1,100*2", "2200"),
        ("max(1,100)", "100"),
    ],
)
def test_numbers_are_read_as_people_write_them(typed: str, meant: str) -> None:
    assert value(typed) == Fraction(meant)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "answer.empty"),
        ("　", "answer.empty"),
        ("2x", "answer.number_wanted"),
        ("2万", "answer.number_wanted"),
        ("4個減る", "answer.number_wanted"),
        ("1・5", "error.answer.middle_dot"),
        ("円", "answer.number_wanted"),
        ("1,10", "error.parse.unexpected"),
        ("1,1000", "error.parse.unexpected"),
        ("0,100", "error.parse.unexpected"),
        ("2+", "error.parse.ends_early"),
        ("1/0", "error.domain.division"),
        ("9**9**9", "error.number.exponent_too_large"),
        ("1 2", "error.parse.missing_operator"),
        ("2.2.2", "error.parse.missing_operator"),
        ("x" * 1001, "error.parse.too_long"),
        ("9**999*9**999*9**999*9**999*9**999", "error.number.too_large"),
    ],
)
def test_what_is_no_number_says_why(typed: str, why: str) -> None:
    answer = read(typed, NUMBER, ("x",), UNITS)
    assert isinstance(answer, Unreadable)
    assert answer.key == why


def test_an_expression_may_hold_the_names_of_the_question_only() -> None:
    assert read("ｙ − x²", FORMULA, ("x", "y")) == Answer(parse("y - x**2"), None)
    unknown = read("2*apple", FORMULA, ("x", "y"))
    assert isinstance(unknown, Unreadable)
    assert (unknown.key, unknown.details) == ("answer.unknown_name", {"name": "apple", "known": "x, y"})
    nowhere = read("x/(y - y)", FORMULA, ("x", "y"))
    assert isinstance(nowhere, Unreadable)
    assert nowhere.key == "answer.no_value"


def test_a_product_without_a_sign_is_marked_to_be_echoed() -> None:
    answer = read("1/2x", FORMULA, ("x", "y"))
    assert isinstance(answer, Answer)
    assert (answer.implicit, text(answer.expression)) == (True, "(1/2)*x")


# --- judging -------------------------------------------------------------------------------------------------


def third() -> tuple[Part, Mistakes]:
    """z = x / y at 4, 3: ∂z/∂x = 1/3; the wrong ways give -4/9 for y's and others."""
    graph = Graph()
    graph.node("z", DivLayer, graph.input("x", 4), graph.input("y", 3))
    ask = Ask("gradient", "z", "y")
    return Part(ask, read_off(ask, run(graph)), ()), Mistakes(graph)


def judged(typed: str, part: Part, mistakes: Mistakes) -> Verdict | Unreadable:
    answer = read(typed, part, tuple(mistakes.graph.inputs))
    assert isinstance(answer, Answer), answer
    return grade(part, mistakes, answer)


@pytest.mark.parametrize(
    ("typed", "verdict"),
    [
        ("-4/9", Verdict(True)),
        ("-0.444", Verdict(True, rounded=True)),
        ("-0.44444", Verdict(True, rounded=True)),
        ("-44.4%", Verdict(True, rounded=True)),
        ("ー０．４４４", Verdict(True, rounded=True)),
        ("-44.5%", Verdict(False)),
        ("-0.44", Unreadable("answer.too_few_digits", {"digits": 3})),
        ("-0.445", Verdict(False)),
        ("-0.4440", Verdict(False)),
        ("-0.4", Verdict(False, slips=("rounded",))),
        ("0", Verdict(False)),
    ],
)
def test_a_decimal_that_does_not_end_may_be_rounded_to_three_digits(typed: str, verdict: object) -> None:
    part, mistakes = third()
    assert judged(typed, part, mistakes) == verdict


def test_a_rounded_wrong_value_is_diagnosed_like_the_exact_one() -> None:
    part, mistakes = third()
    exact, rounded = judged("4/9", part, mistakes), judged("0.444", part, mistakes)
    assert exact == rounded
    assert isinstance(exact, Verdict)
    assert ("quotient-sign-lost", "") in exact.mistakes


def test_a_value_that_ends_is_not_to_be_rounded() -> None:
    graph = Graph()
    graph.node("z", MulLayer, graph.input("x", 4), graph.input("y", Fraction("1.08")))
    ask = Ask("value", "z")
    part, mistakes = Part(ask, Fraction("4.32"), ()), Mistakes(graph)
    assert judged("4.320", part, mistakes) == Verdict(True)
    assert judged("4.3", part, mistakes) == Verdict(False, slips=("rounded",))


def test_a_value_of_a_function_is_right_by_formula_and_by_rounding() -> None:
    graph = Graph()
    graph.node("z", LogLayer, graph.node("t", AddLayer, graph.input("x", 1), graph.input("y", 1)))
    part, mistakes = Part(Ask("value", "z"), run(graph).value, ()), Mistakes(graph)
    assert judged("log(2)", part, mistakes) == Verdict(True)
    assert judged("log(4)/2", part, mistakes) == Verdict(True)
    assert judged("0.693", part, mistakes) == Verdict(True, rounded=True)
    assert isinstance(judged("0.694", part, mistakes), Verdict)
    assert not judged("0.694", part, mistakes).right  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("typed", "right"),
    [("2x + 2y", True), ("2(x+y)", True), ("(x+y)*2*(x-y)/(x-y)", True), ("2x+y", False), ("14", False)],
)
def test_expressions_are_right_when_they_are_the_same_function(typed: str, right: bool) -> None:
    graph = Graph()
    graph.node("z", PowLayer, graph.node("t", AddLayer, graph.input("x", 3), graph.input("y", 4)), 2)
    verdict = judged(typed, FORMULA, Mistakes(graph.symbolic()))
    assert isinstance(verdict, Verdict)
    assert verdict.right is right


def test_a_bare_number_for_an_expression_is_diagnosed() -> None:
    graph = Graph()
    graph.node("z", PowLayer, graph.node("t", AddLayer, graph.input("x", 3), graph.input("y", 4)), 2)
    verdict = judged("2", FORMULA, Mistakes(graph.symbolic()))
    assert isinstance(verdict, Verdict)
    assert {"power-lowered-twice", "outer-at-inner-derivative"} <= {wrong for wrong, _ in verdict.mistakes}


# --- laws ----------------------------------------------------------------------------------------------------

LEVELS = [(family, level) for family in families.catalogue().values() for level in family.levels]


@cache
def drawn(family: str, level: int) -> tuple[Question, list[Mistakes]]:
    from quizgen.generate import question_for

    question = question_for(families.find(family), level, "answers")
    return question, [mistakes for _, mistakes in mistakes_for(Solution(question.problem))]


def notations(key: object) -> list[str]:
    """Several ways in which a learner writes a value."""
    if isinstance(key, Expression):
        return [text(key), text(key).replace("**", "^").replace("*", "×"), f"({text(key)})", f"2*({text(key)})/2"]
    assert isinstance(key, Fraction)
    written = [str(key), str(key).replace("-", "−"), f"{key} * 1", f"1 - 1 + {key}"]
    if is_short_decimal(key):
        plain = decimal_text(key)
        written += [f"{plain}円", f"{float(key):,}", plain + ("0" if "." in plain else ".0")]
    full = str.maketrans("0123456789/.-,", "０１２３４５６７８９／．－，")
    return written + [each.translate(full) for each in written]


@pytest.mark.parametrize(("family", "level"), LEVELS, ids=lambda each: getattr(each, "name", str(each)))
def test_the_key_is_right_in_every_notation(family: families.Family, level: int) -> None:
    question, mistakes = drawn(family.name, level)
    for part, wrong in zip(question.parts, mistakes, strict=True):
        for typed in notations(part.key):
            answer = read(typed, part, tuple(question.problem.graph.inputs), UNITS)
            assert isinstance(answer, Answer), (typed, answer)
            assert grade(part, wrong, answer) == Verdict(True), typed


@pytest.mark.parametrize(("family", "level"), LEVELS, ids=lambda each: getattr(each, "name", str(each)))
def test_every_distractor_is_diagnosed_as_its_misconceptions(family: families.Family, level: int) -> None:
    question, mistakes = drawn(family.name, level)
    for part, wrong in zip(question.parts, mistakes, strict=True):
        for distractor in part.distractors:
            verdict = grade(part, wrong, as_typed(distractor, part, question))
            assert isinstance(verdict, Verdict)
            found = {each for each, _ in verdict.mistakes}
            assert not verdict.right
            assert {distractor.misconception, *distractor.also} == found
            assert (distractor.misconception, distractor.at) in verdict.mistakes
            assert found <= set(misconceptions.catalogue())


def as_typed(distractor: Distractor, part: Part, question: Question) -> Answer:
    wrong = distractor.value
    typed = text(wrong) if isinstance(wrong, Expression) else exact_text(wrong)
    answer = read(typed, part, tuple(question.problem.graph.inputs))
    assert isinstance(answer, Answer)
    return answer


ALPHABET = "0123456789.,+-*/^()%xy ーeE²³√π円¥、。！\x00\x1b\n½一1/"
HEAVY = [
    "+".join(["exp(999999)"] * 80),
    "*".join(["tanh(2.1)"] * 95),
    "sin(" * 190 + "1" + ")" * 190,
    "(" * 10_000,
    "sin(" * 190 + "x" + ")" * 190,
    "1+sin(pi)" * 100,
    "-" * 999 + "1",
    "9**" * 300 + "9",
    "√" * 10_000,
    "²" * 10_000,
    "+".join(f"1/{n}**99" for n in range(1003, 1100)),
    "1," * 5000,
    "1,234" * 200,
    "1e400*" * 160 + "1",
    "(1/3)**1000*" * 80 + "1",
    "x" * 10_000,
    "円" * 10_000,
    "円" * 1000,
    "+".join(["pi**1000"] * 100),
    "+".join(["x**x"] * 190),
    "x/" * 490 + "x",
    "(x+1)**1000*" * 80 + "1",
    "1e999*" * 150 + "1",
    "9" * 1000,
]


@pytest.mark.parametrize("part", [NUMBER, FORMULA], ids=["number", "expression"])
@pytest.mark.parametrize("number", range(len(HEAVY)))
def test_heavy_text_is_answered_at_once(part: Part, number: int) -> None:
    graph = Graph()
    graph.node("z", PowLayer, graph.node("t", AddLayer, graph.input("x", 3), graph.input("y", 4)), 2)
    mistakes = Mistakes(graph.symbolic() if part is FORMULA else graph)
    read("1 + 1", part)  # the parser is made once
    grade(part, mistakes, Answer(parse("7"), Fraction(7)))  # and so are the wrong passes
    before = time.process_time()
    answer = read(HEAVY[number], part, ("x", "y"), UNITS)
    if isinstance(answer, Answer):
        grade(part, mistakes, answer)
    assert time.process_time() - before < 2  # 0.1 s here; what is not bounded takes minutes


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=60) | st.text(ALPHABET, max_size=60), st.sampled_from([NUMBER, FORMULA]))
def test_any_text_is_read_or_refused_with_a_sentence_of_every_language(typed: str, part: Part) -> None:
    answer = read(typed, part, ("x", "y"), UNITS)
    if isinstance(answer, Unreadable):
        for code in ("en", "ja"):
            assert "{" not in words(code)(answer.key, **dict.fromkeys(answer.details, ""))
