"""Every mistake that a family can show is named, however its value is typed; and nothing that is typed is a crash."""

from __future__ import annotations

import time
from collections.abc import Iterator
from fractions import Fraction
from functools import cache

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from quizgen import families
from quizgen.answers import Answer, Unreadable, Verdict, grade, read
from quizgen.drill.lesson import Lesson
from quizgen.drill.telling import Telling
from quizgen.engine.expression import Expression, text
from quizgen.engine.functions import Value
from quizgen.errors import QuizgenError
from quizgen.generate import question_for
from quizgen.notation import Style, latex, of_value, unicode
from quizgen.numbers import Real, decimal_text, exact_text, is_short_decimal
from quizgen.question import canonical

LEVELS = [(family.name, level) for family in families.catalogue().values() for level in family.levels]
SLOW = 0.2  # seconds of processor time that an answer to any line may take: other work on the machine does not count


@cache
def lesson(family: str, level: int, number: int) -> Lesson:
    return Lesson.of(question_for(families.find(family), level, f"diagnosis-{number}"))


def wrong_answers(taught: Lesson) -> Iterator[tuple[int, Value, str, str]]:
    """Part, value, misconception and place of every mistake that changes an answer."""
    for number, part in enumerate(taught.question.parts):
        key = canonical(part.key)
        for value, wrong, at in taught.mistakes[number].answers(part.ask):
            try:
                same = canonical(value)
            except QuizgenError:
                continue
            if same != key and "undefined" not in (same if isinstance(same, tuple) else ()):
                yield number, value, wrong, at


def fullwidth(typed: str) -> str:
    return "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" and each != "~" else each for each in typed)


def notations(value: Value) -> list[str]:
    """Five ways to type a value."""
    if isinstance(value, Expression):
        shown = of_value(value)
        return [text(value), unicode(shown, Style()), latex(shown, Style()), fullwidth(text(value)),
                f" {text(value).replace('**', '^').replace('*', ' × ')} "]  # fmt: skip
    if isinstance(value, Real):
        exact = exact_text(value, 15)
        return [exact, fullwidth(exact), f"= {exact}", exact.replace("-", "−"), f" {exact} "]
    exact = str(value)
    as_decimal = decimal_text(value) if is_short_decimal(value) else exact
    as_latex = rf"\frac{{{value.numerator}}}{{{value.denominator}}}".replace(r"\frac{-", r"-\frac{")
    grouped = f"{value.numerator:,}" if value.denominator == 1 else exact
    return [as_decimal, exact.replace("-", "ー", 1) if exact.startswith("-") else f"={exact}",
            fullwidth(as_decimal), as_latex, grouped.replace("-", "−")]  # fmt: skip


def named(taught: Lesson, part: int, typed: str) -> Verdict:
    asked = taught.question.parts[part]
    answer = read(typed, asked, taught.names, taught.units)
    assert isinstance(answer, Answer), (typed, answer)
    verdict = grade(asked, taught.mistakes[part], answer)
    assert isinstance(verdict, Verdict), (typed, verdict)
    return verdict


def every_mistake_is_named(taught: Lesson) -> None:
    for part, value, wrong, at in wrong_answers(taught):
        for typed in notations(value):
            verdict = named(taught, part, typed)
            assert not verdict.right, (taught.question.id, part, typed)
            assert (wrong, at) in verdict.mistakes, (taught.question.id, part, typed, wrong, at)
            assert not verdict.slips  # misconceptions come before slips of arithmetic


@pytest.mark.parametrize(("family", "level"), LEVELS)
def test_every_wrong_value_is_traced_in_five_notations(family: str, level: int) -> None:
    every_mistake_is_named(lesson(family, level, 0))


@pytest.mark.long
@pytest.mark.parametrize(("family", "level"), LEVELS)
def test_every_wrong_value_is_traced_in_many_variants(family: str, level: int) -> None:
    for number in range(1, 25):
        every_mistake_is_named(lesson(family, level, number))


@pytest.mark.parametrize(("family", "level"), LEVELS)
def test_a_key_is_graded_right_in_five_notations(family: str, level: int) -> None:
    for number in range(3):
        taught = lesson(family, level, number)
        for place, part in enumerate(taught.question.parts):
            for typed in notations(part.key):
                assert named(taught, place, typed).right, (taught.question.id, place, typed)


# --- anything that is typed ----------------------------------------------------------------------------------

ODD = ["9" * 30, "\x1b[31m", "\x00", "\u202e", "\\frac", "sqrt", "log", "exp(", "max(", "りんご", "2.2", "**", "円"]
PIECES = st.sampled_from([*ODD, *"1xy()+-*/^％ー・²{}９,。=$ e∂−"])
TYPED = st.one_of(
    st.text(max_size=60),
    st.lists(PIECES, max_size=25).map("".join),
    st.text(st.characters(min_codepoint=0x3000, max_codepoint=0x9FFF), max_size=30),
    st.text(st.characters(categories=["Cc", "Cf", "Zs", "Sm", "Nd"]), max_size=30),
)


def judged(taught: Lesson, number: int, typed: str) -> tuple[object, float]:
    """The verdict or the reason, and how long it took."""
    part = taught.question.parts[number]
    began = time.process_time()
    answer = read(typed, part, taught.names, taught.units)
    found = answer if isinstance(answer, Unreadable) else grade(part, taught.mistakes[number], answer)
    return found, time.process_time() - began


def answered(typed: str) -> None:
    """Whatever is typed gets a verdict or a reason, in time, in both languages."""
    for family, level in (("shopping", 2), ("chain-rule", 6)):
        taught = lesson(family, level, 0)
        for number in range(len(taught.question.parts)):
            taught.shows(number)
            found, taken = judged(taught, number, typed)
            if taken >= SLOW:  # what is slow is so each time; a collection of garbage is not
                taken = min(judged(taught, number, typed)[1] for _ in range(3))
            assert taken < SLOW
            assert isinstance(found, Unreadable | Verdict)
            for code in ("ja", "en"):
                assert isinstance(Telling(code, lambda text, place: "").reading(taught, number, typed), str)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(TYPED)
@example("9**9**9**9")
@example("(" * 400)
@example(r"\frac{" * 150)
@example("x^{" * 300)
def test_anything_typed_gets_an_answer(typed: str) -> None:
    answered(typed)


@pytest.mark.long
@settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(TYPED)
def test_ten_thousand_random_lines_get_an_answer_within_a_fifth_of_a_second(typed: str) -> None:
    answered(typed)


def test_fractions_are_read_back_from_every_notation() -> None:
    part = lesson("shopping", 2, 0).question.parts[0]
    for number in (Fraction(-11, 5), Fraction(1100), Fraction(-3), Fraction(5, 7), Fraction(1234567, 100)):
        for typed in notations(number):
            answer = read(typed, part, (), ())
            assert isinstance(answer, Answer), typed
            assert answer.value == number, typed
