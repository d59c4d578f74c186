"""The code on a sheet: whatever is typed, it gives the same fields back or says that it does not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from quizgen import code
from quizgen.code import LETTERS, LONGEST, decode, encode
from quizgen.errors import QuizgenError

TYPICAL = {"s": "monday", "f": ["shopping"], "n": 10, "a": "choice", "l": "ja"}
PINNED = "Q1FCH628HT49HPGVV9CDJJ4B12CRH3MPS2EDM6YW3GD5Q6E8JX5GH6R8HT49N628HC49Q24EHH60P24WS278H6TVVECHGQJ8KXGB349JR"
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
values = texts | st.integers(-(10**9), 10**9) | st.lists(texts, max_size=4)
fields = st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=3), values, max_size=6)


def refusal(typed: str) -> str:
    with pytest.raises(QuizgenError) as caught:
        decode(typed)
    return caught.value.key


def forged(text: str) -> str:
    """A code with a right checksum of what we would not write."""
    data = text.encode()
    return code.PREFIX + code._letters(data + code._checksum(data))


@given(fields)
@example({})
@example({"s": "月曜1限", "f": ["shopping", "relu"], "n": 0})
@example({"s": '\x00\u2028\x7f"\\'})
def test_a_code_gives_its_fields_back(wanted: dict[str, Any]) -> None:
    made = encode(wanted)
    assert decode(made) == wanted
    assert set(made) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    assert encode(dict(reversed(wanted.items()))) == made


def test_a_code_is_the_same_on_every_machine_and_in_every_version() -> None:
    assert encode(TYPICAL) == PINNED
    assert decode(PINNED) == TYPICAL


@given(fields, st.data())
@example(TYPICAL, None)
def test_a_slip_is_noticed(wanted: dict[str, Any], data: st.DataObject | None) -> None:
    made = encode(wanted)
    places = range(len(made)) if data is None else [data.draw(st.integers(0, len(made) - 1))]
    for at in places:
        others = LETTERS if data is None else [data.draw(st.sampled_from(LETTERS + "U$%*+./:"))]
        slips = [made[:at] + other + made[at + 1 :] for other in others]
        slips += [made[:at] + made[at + 1 :], made[:at] + made[at : at + 2][::-1] + made[at + 2 :]]
        slips += [made[:at], made[:at] + made[at] + made[at:]]
        for slip in set(slips) - {made}:
            assert refusal(slip) in ("code.mistyped", "code.not_a_code", "code.newer")


def test_a_slip_behind_the_prefix_is_called_a_slip() -> None:
    assert refusal(PINNED[:-1]) == "code.mistyped"
    assert refusal(PINNED[:20] + "U" + PINNED[21:]) == "code.mistyped"
    assert refusal("Q1") == "code.mistyped"


@given(fields, st.randoms(use_true_random=False))
def test_a_code_may_be_typed_in_many_ways(wanted: dict[str, Any], rng: Any) -> None:
    wide = {letter: chr(ord(letter) + 0xFEE0) for letter in LETTERS}
    misread = {"0": "oO", "1": "iIlL"}
    between = " \n\r\t\u3000-‐–—−－ー\u200b\u00ad\ufeff"
    typed = ""
    for letter in encode(wanted):
        forms = [letter, letter, letter.lower(), wide[letter], wide[letter].lower(), *misread.get(letter, "")]
        typed += rng.choice(forms) + rng.choice(["", "", rng.choice(between)])
    assert decode(typed) == wanted


def test_the_letters_can_be_told_apart() -> None:
    assert not set("ILOU") & set(LETTERS) and len(set(LETTERS)) == 32


@given(st.text(max_size=80) | st.text(LETTERS + "oil-=\n").map("Q1".__add__))
@example("")
@example("Q1")
@example("Q1=")
@example("Q1" + "=" * 8)
@example("Q1ß")
@example("\ufdfa" * 5000)
@example("Q1" + "0" * 100_000)
def test_no_text_is_a_code_by_chance(typed: str) -> None:
    assert refusal(typed) in ("code.mistyped", "code.not_a_code", "code.newer")


def test_a_newer_code_is_told_from_nonsense() -> None:
    assert refusal("Q2" + PINNED[2:]) == "code.newer"
    assert refusal("ｑ９-AB") == "code.newer"
    for typed in ("", "Q", "monday", "Q0123", "https://example.org/", "1Q", PINNED[1:], "Q" + PINNED[2:]):
        assert refusal(typed) == "code.not_a_code", typed


FORGED = [
    "", "1", "[]", "null", '"text"', "{", '{"n":1.5}', '{"n":NaN}', '{"n":1e999}', '{"n":null}', '{"n":true}',
    '{"n":{"a":1}}', '{"n":[1]}', '{"n":[["a"]]}', '{"n": 1}', '{"n":1,"n":1}', '{"b":1,"a":1}', '{"s":"\\u0041"}',
    '{"s":"\\ud800"}', "[" * 2000, '{"n":' * 400, '{"n":' + "[" * 2000, "\ufeff{}",
]  # fmt: skip


@pytest.mark.parametrize("text", FORGED, ids=range(len(FORGED)))
def test_a_right_checksum_is_not_enough(text: str) -> None:
    assert refusal(forged(text)) == "code.not_a_code"


def test_bytes_that_are_no_text_are_refused() -> None:
    data = b'{"s":"\xff"}'
    assert refusal(code.PREFIX + code._letters(data + code._checksum(data))) == "code.not_a_code"


def test_what_is_too_long_for_a_sheet_is_refused_before_it_is_printed() -> None:
    room = (LONGEST - len("Q1")) * 5 // 8 - 4 - len(json.dumps({"s": ""}, separators=(",", ":")))
    assert decode(encode({"s": "x" * room})) == {"s": "x" * room}
    with pytest.raises(QuizgenError) as caught:
        encode({"s": "x" * (room + 8)})
    assert caught.value.key == "code.too_long"
    assert refusal(PINNED + " " * 20_000) == "code.not_a_code"
    assert refusal(forged('{"s":"' + "x" * (room + 8) + '"}')) == "code.not_a_code"


def test_a_typical_code_is_short() -> None:
    assert len(PINNED) <= 120
    assert len(encode({**TYPICAL, "s": "月曜1限", "f": ["shopping", "sigmoid"], "i": "23A015"})) <= 200
