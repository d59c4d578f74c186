"""The story of an author's problem: words with `{name}` in them, for which the input's value is put. No template
language: a placeholder is a name in braces and nothing more."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction

from quizgen.authored.fault import Place, Slip, Unsound
from quizgen.authored.formula import shown, unknown
from quizgen.engine.functions import Value
from quizgen.engine.graph import Graph
from quizgen.errors import QuizgenError
from quizgen.notation import number_text
from quizgen.numbers import Real
from quizgen.problem import MULTIPLIER, RATE

PLACEHOLDER = re.compile(r"[{｛]([^{}｛｝]*)[}｝]")
_NUMBER = re.compile(r"(?<![A-Za-z0-9_.])\d+(?:,\d{3})*(?:\.\d+)?", re.ASCII)
_PERCENT = re.compile(r"\s*(?:%|％|パーセント|percent|per cent)", re.IGNORECASE)


def told(value: Value, role: str, decimals: bool) -> str:
    """A value as a story tells it: 1.08 in the role of a multiplier as 8%, 0.08 in that of a rate as well."""
    assert isinstance(value, Fraction | Real)
    if role == MULTIPLIER and isinstance(value, Fraction):
        return number_text((value - 1) * 100) + "%"
    if role == RATE and isinstance(value, Fraction):
        return number_text(value * 100) + "%"
    return number_text(value, decimals)


def filled(text: str, graph: Graph, decimals: bool) -> str:
    """A text with the values of the graph's inputs in it."""
    tied = text.replace("= {", "=\N{NO-BREAK SPACE}{")  # b = −1 is not torn apart
    return PLACEHOLDER.sub(
        lambda found: told(graph.inputs[found[1].strip()], graph.roles.get(found[1].strip(), ""), decimals), tied
    )


def check_placeholders(text: str, place: Place, inputs: Collection[str], nodes: Collection[str] = ()) -> None:
    """Every placeholder names an input: what a node computes would give an answer away."""
    for found in PLACEHOLDER.finditer(text):
        name = found[1].strip()
        if name in nodes:
            raise Unsound(place, QuizgenError("authored.tells_a_node", name=name), found[0])
        if name not in inputs:
            raise Unsound(place, unknown(name, inputs, found[0]), found[0])
    rest = PLACEHOLDER.sub("", text)
    brace = next((each for each in "{}｛｝" if each in rest), "")
    if brace:
        raise Unsound(place, QuizgenError("authored.brace", brace=brace, names=", ".join(inputs)), brace)


def untold(stories: Mapping[str, str], inputs: Mapping[str, str], literals: Collection[Fraction]) -> Iterator[Slip]:
    """What a story leaves out of the graph, or tells beside it. `inputs`: their roles by name."""
    for code, text in stories.items():
        place: Place = ("story", code)
        names = {found.strip() for found in PLACEHOLDER.findall(text)}
        for name in inputs:
            if name not in names:
                yield Slip("story_numbers", place, QuizgenError("authored.untold", name=name))
        for at in PLACEHOLDER.finditer(text):
            if inputs.get(at[1].strip()) in (MULTIPLIER, RATE) and _PERCENT.match(text, at.end()):
                yield Slip("story_numbers", place, QuizgenError("authored.percent_twice", name=at[1].strip()), at[0])
        for found in _NUMBER.findall(PLACEHOLDER.sub("", text)):
            number = Fraction(found.replace(",", ""))
            if number != 1 and not {number, number / 100, 1 + number / 100} & set(literals):  # "1 bottle" tells nothing
                error = QuizgenError("authored.number_beside", number=shown(found))
                yield Slip("story_numbers", place, error, found)
