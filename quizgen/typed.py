"""What people type around the mathematics of an answer: units, currency, per cent, separators, a little LaTeX."""

from __future__ import annotations

import re
from collections.abc import Collection

from quizgen.engine.characters import normalise
from quizgen.errors import QuizgenError

_GROUPED = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(,\d{3})+(?![\d,])")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[。、](?=\d)")
_CURRENCY = re.compile(r"^([-+]?)\s*[¥\\](?![A-Za-z])\s*")  # Japanese keyboards have ¥ where others have the backslash
_ENDS_NUMBER = re.compile(r"[\d.)]$")
# Counters, and the verb a sentence ends with: behind a number they change nothing.
_COUNTED = re.compile(r"(?<=[\d.)%])\s*(円|個|本|冊|枚|袋|パック|つ)?\s*(です|になります|だ)?[。.]?$")
_MIDDLE_DOT = re.compile(r"\d\s*[・･]\s*\d")
_NAMED = re.compile(r"^[^\d=<>]*=\s*")  # "z = 5", "= 5"

_COMMAND = re.compile(r"[\\¥]\s*(dfrac|tfrac|frac|sqrt|left|right|cdot|times|div|displaystyle)(?![A-Za-z])")
_WORDS = {"cdot": "*", "times": "*", "div": "/", "left": "", "right": "", "displaystyle": ""}
_GROUP = r"\s*\{([^{}]*)\}"
_GROUPS = (
    (re.compile(rf"\\frac{_GROUP}{_GROUP}"), r"((\1)/(\2))"),
    (re.compile(r"\\frac\s*(\d)\s*(\d)(?!\d)"), r"((\1)/(\2))"),
    (re.compile(rf"\\sqrt{_GROUP}"), r"sqrt(\1)"),
    (re.compile(rf"(\^|\*\*){_GROUP}"), r"**(\2)"),
)


def cleaned(typed: str, units: Collection[str]) -> tuple[str, bool]:
    """The mathematics alone, and whether it is a percentage. One of `units` may stand behind a number.

    QuizgenError for a middle dot between digits: a Japanese keyboard gives it for the slash, others mean a product.
    """
    if _MIDDLE_DOT.search(typed):
        raise QuizgenError("answer.middle_dot")
    text = normalise(_without_latex(typed))[0]
    text = _BETWEEN_DIGITS.sub(lambda found: "." if found[0] == "。" else ",", text).strip()
    text = _NAMED.sub("", text)
    if text.startswith("ー"):  # the long-vowel mark, where a Japanese keyboard has the minus sign
        text = "-" + text[1:]
    text = _COUNTED.sub("", _CURRENCY.sub(r"\1", text))
    for unit in units:
        bare = text[: -len(unit)].rstrip()
        if text.lower().endswith(unit.lower()) and _ENDS_NUMBER.search(bare):
            text = bare
            break
    percent = text.endswith("%")
    text = text.removesuffix("%")
    if "(" not in text:  # between parentheses a comma separates: max(1,100)
        text = _GROUPED.sub(lambda found: found[0].replace(",", ""), text)
    return text, percent


def _without_latex(typed: str) -> str:
    r"""\frac, \sqrt, \cdot and braces of exponents as they are typed elsewhere; anything else stays as it is."""
    text = typed.strip()
    for mark in ("$$", "$"):
        if len(text) > 2 * len(mark) and text.startswith(mark) and text.endswith(mark):
            text = text[len(mark) : -len(mark)]
    if not re.search(r"[\\¥{]", text):
        return text
    text = _COMMAND.sub(lambda found: _WORDS.get(found[1], "\\frac" if "frac" in found[1] else "\\sqrt"), text)
    before = ""
    while before != text:  # from the inside out; each round takes a pair of braces away
        before = text
        for group, plain in _GROUPS:
            text = group.sub(plain, text)
    return text
