"""A number that a slip of arithmetic makes of the key is told as that slip; misconceptions come first."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from quizgen.answers import Answer, grade, read
from quizgen.families import catalogue
from quizgen.generate import question_for
from quizgen.language import available, words
from quizgen.question import mistakes_for
from quizgen.slips import KINDS, slips
from quizgen.solve import Solution

KEYS = st.integers(100, 99_999) | st.integers(1000, 99_999).map(lambda cents: Fraction(cents, 100))
UNITS = ("yen",)


def changed(text: str, place: int, digit: str) -> Fraction:
    return Fraction(text[:place] + digit + text[place + 1 :])


@given(KEYS.map(Fraction), st.data())
def test_each_slip_is_named(key: Fraction, data: st.DataObject) -> None:
    assert "sign" in slips(-key, key)
    assert "point" in slips(key * Fraction(10) ** data.draw(st.sampled_from([-3, -2, -1, 1, 2, 3])), key)
    text = str(key) if key.denominator == 1 else f"{float(key):.2f}".rstrip("0")
    assume(sum(map(str.isdigit, text)) >= 3)
    places = [place for place, letter in enumerate(text) if letter.isdigit()]
    place = data.draw(st.sampled_from(places[1:]))
    other = changed(text, place, data.draw(st.sampled_from("123456789")))
    assume(other != key)
    assert "digit" in slips(other, key)
    one = data.draw(st.sampled_from([each for each in places[:-1] if text[each + 1].isdigit()]))
    assume(text[one + 1] != "0" and text[one] != "0" and text[one] != text[one + 1])
    swapped = Fraction(text[:one] + text[one + 1] + text[one] + text[one + 2 :])
    assert "swapped" in slips(swapped, key)


@given(st.integers(1, 99))
def test_per_cent_for_the_multiplier(rate: int) -> None:
    multiplier = 1 + Fraction(rate, 100)
    for wrong in (Fraction(rate), Fraction(100 + rate), Fraction(rate, 100)):
        assert "percent" in slips(wrong, multiplier)


@given(KEYS.map(Fraction), st.integers(0, 1))
def test_a_rounded_number_is_told_as_rounded(key: Fraction, places: int) -> None:
    unit = Fraction(1, 10**places)
    rounded = round(key / unit) * unit
    assume(rounded != key)
    assert "rounded" in slips(rounded, key, unit)
    assert "rounded" not in slips(rounded, key)


@given(KEYS.map(Fraction))
def test_the_key_is_no_slip_and_neither_is_a_far_number(key: Fraction) -> None:
    assert slips(key, key, Fraction(1)) == ()
    assert slips(7 * key + 13, key) == () or "digit" in slips(7 * key + 13, key)


@given(st.integers(-9, 9), st.integers(-9, 9))
def test_of_one_digit_nothing_is_guessed_but_the_sign(value: int, key: int) -> None:
    assume(value != key)
    assert set(slips(Fraction(value), Fraction(key))) <= {"sign"}


@pytest.mark.parametrize("code", available())
def test_every_slip_has_a_sentence(code: str) -> None:
    assert all(words(code)[f"slip.{name}"] for name in (*KINDS, "rounded"))


def test_a_misconception_comes_before_a_slip() -> None:
    """A distractor is its misconception, and no slip; −4 for 4 is a slip unless a misconception leads there."""
    told = set()
    for family in catalogue().values():
        for level in family.levels:
            question = question_for(family, level, "slips")
            of_parts = mistakes_for(Solution(question.problem))
            for part, (_, mistakes) in zip(question.parts, of_parts, strict=True):
                if not isinstance(part.key, Fraction):
                    continue
                for value in (-part.key, *(each.value for each in part.distractors)):
                    answer = read(str(value), part, (), UNITS)
                    assert isinstance(answer, Answer)
                    verdict = grade(part, mistakes, answer)
                    assert bool(verdict.mistakes) != bool(verdict.slips)  # type: ignore[union-attr]
                    told |= {bool(verdict.slips)}  # type: ignore[union-attr]
    assert told == {True, False}
