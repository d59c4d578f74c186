"""Names and sentences that the terminal and the page share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from quizgen import families
from quizgen.bank_check import offer
from quizgen.bank_check.fault import Fault
from quizgen.bank_check.rules import FEWEST_PARTS
from quizgen.bank_check.tally import Guessed
from quizgen.language import Words, text_in
from quizgen.misconceptions import catalogue
from quizgen.picture.layout import printable


def family_title(name: str, said: Words) -> str:
    """The family's name and its title."""
    known = families.catalogue().get(name)
    return f"{name}: {text_in(known.title, said.code)}" if known else name


def level_title(family: str, level: int, said: Words) -> str:
    """The level's number and its title."""
    known = families.catalogue().get(family)
    texts = known.levels.get(level) if known else None
    return f"{level}  {text_in(texts, said.code)}" if texts else str(level)


def misconception_title(id: str, said: Words) -> str:
    """A misconception's title; its id where this version does not know it."""
    known = catalogue().get(id)
    return text_in(known.title, said.code) if known else id


def strategy_title(name: str, said: Words) -> str:
    """A strategy's name in words."""
    known = offer.catalogue().get(name)
    return text_in(known.title, said.code) if known else name


def best_guess(guessed: Sequence[Guessed], said: Words) -> str:
    """What the best strategy wins; nothing where the parts are so few that one always wins much by luck."""
    best = guessed[0]
    return f"{percent(best.won)} {strategy_title(best.strategy, said)}" if best.parts >= FEWEST_PARTS else ""


def percent(share: Fraction) -> str:
    """A share in whole per cent."""
    return f"{round(share * 100)}%"


def sentence(key: str, details: Mapping[str, Any], said: Words) -> str:
    """A sentence about a group or a variant, with the names in it in words."""
    told = dict(details)
    if "misconception" in told:
        told["title"] = misconception_title(told["misconception"], said)
    if "strategy" in told:
        told["strategy"] = strategy_title(told["strategy"], said)
    if "won" in told:
        told["won"] = percent(Fraction(told["won"]))
    if "languages" in told:
        told["languages"] = ", ".join(told["languages"])
    return printable(said(f"check.{key}", **told))


def fault_sentence(fault: Fault, said: Words) -> str:
    """What a fault says, with the place where it is."""
    key = fault.kind
    if key == "story_numbers":
        key = "story_untold" if "input" in fault.details else "story_stray"
    if key == "guessable" and "part" not in fault.details:
        key = "guessable_file"
    reason = said.sentence(fault.why).removeprefix(f"{fault.where}: ") if fault.why else ""
    return sentence(key, fault.as_data() | {"why": reason}, said)
