"""Names and sentences that the terminal and the page share."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from quizgen import families
from quizgen.authored import named
from quizgen.bank_check import offer
from quizgen.bank_check.fault import Fault
from quizgen.bank_check.rules import FEWEST_PARTS
from quizgen.bank_check.tally import Guessed
from quizgen.language import Words, text_in
from quizgen.misconceptions import catalogue
from quizgen.picture.layout import printable


class Names:
    """Titles of families, levels and misconceptions, with those of the authors' problems `owns`; what is not known has
    its bare name."""

    def __init__(self, owns: frozenset[str], said: Words) -> None:
        authored = [named("", own) for own in owns]
        self.said = said
        self._families = {**families.catalogue(), **{each.name: each for each in authored}}
        self._misconceptions = {**catalogue(), **{each.id: each for one in authored for each in one.misconceptions}}

    def family(self, name: str) -> str:
        """The family's name and its title."""
        known = self._families.get(name)
        title = text_in(known.title, self.said.code) if known else name
        return name if title == name else f"{name}: {title}"

    def level(self, family: str, level: int) -> str:
        """The level's number and its title."""
        known = self._families.get(family)
        texts = known.levels.get(level) if known else None
        return f"{level}  {text_in(texts, self.said.code)}".rstrip() if texts else str(level)

    def misconception(self, id: str) -> str:
        """The misconception's title."""
        known = self._misconceptions.get(id)
        return text_in(known.title, self.said.code) if known else id


@functools.lru_cache(8)
def names_of(owns: frozenset[str], said: Words) -> Names:
    """The names that a report speaks of."""
    return Names(owns, said)


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


def sentence(key: str, details: Mapping[str, Any], said: Words, owns: frozenset[str] = frozenset()) -> str:
    """A sentence about a group or a variant, with the names in it in words."""
    told = dict(details)
    if "misconception" in told:
        told["title"] = names_of(owns, said).misconception(told["misconception"])
    if "strategy" in told:
        told["strategy"] = strategy_title(told["strategy"], said)
    if "won" in told:
        told["won"] = percent(Fraction(told["won"]))
    if "languages" in told:
        told["languages"] = ", ".join(told["languages"])
    return printable(said(f"check.{key}", **told))


def fault_sentence(fault: Fault, said: Words, owns: frozenset[str] = frozenset()) -> str:
    """What a fault says, with the place where it is."""
    key = fault.kind
    if key == "story_numbers" and not fault.why:
        key = "story_untold" if "input" in fault.details else "story_stray"
    if key == "guessable" and "part" not in fault.details:
        key = "guessable_file"
    reason = said.sentence(fault.why).removeprefix(f"{fault.where}: ") if fault.why else ""
    return sentence(key, fault.as_data() | {"why": reason}, said, owns)
