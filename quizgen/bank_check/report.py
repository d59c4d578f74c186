"""What is known of a file in the end, and its shape as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from quizgen.bank_check.fault import Fault
from quizgen.bank_check.look import OPTIONS, Look, PartLook
from quizgen.bank_check.tally import Group, Guessed, Misconceived, PartGroup, groups, guessed, misconceived


@dataclass(frozen=True)
class Drawn:
    """An entry or a problem of a source (its table, and its number): how many variants were wanted, how many distinct
    ones there were."""

    table: str
    entry: int
    wanted: int
    found: int
    whole: bool = False  # all that there are were looked at, one after the other


@dataclass(frozen=True)
class Report:
    """What was found. Faults make a bank unfit; the rest is for the author's judgement."""

    file: str
    looks: tuple[Look, ...]
    found: tuple[Fault, ...] = ()
    drawn: tuple[Drawn, ...] = ()

    @property
    def faults(self) -> list[dict[str, Any]]:
        """The faults as JSON has them."""
        return [fault.as_data() for fault in self.found]

    @cached_property
    def owns(self) -> frozenset[str]:
        """The definitions of the authors' problems in it."""
        return frozenset(look.own for look in self.looks if look.own)

    @property
    def variants(self) -> int:
        """How many could be read."""
        return sum(look.read for look in self.looks)

    @property
    def parts(self) -> Iterator[PartLook]:
        """Every part of every variant."""
        return (part for look in self.looks for part in look.parts)

    @cached_property
    def groups(self) -> list[Group]:
        """The levels of the families."""
        return groups(self.looks)

    @cached_property
    def guessed(self) -> list[Guessed]:
        """The guessing strategies over all parts, the best first."""
        return guessed(self.parts)

    @cached_property
    def misconceptions(self) -> list[Misconceived]:
        """Those that can lead to a wrong answer here."""
        return misconceived(self.looks)

    @cached_property
    def shown(self) -> Counter[str]:
        """How often each misconception is behind a wrong option, printed or kept in reserve."""
        return Counter(name for part in self.parts for name in part.shown)

    @cached_property
    def never_shown(self) -> list[str]:
        """Misconceptions that could lead to a wrong answer here but are no distractor anywhere."""
        possible = set[str]().union(*(part.possible for part in self.parts))
        return sorted(possible - set(self.shown))

    @property
    def always_shown(self) -> list[str]:
        """Misconceptions that are behind a printed option of every variant."""
        return sorted(each.id for each in self.misconceptions if each.offered == self.variants)

    @cached_property
    def ranks(self) -> Counter[int]:
        """How often the key has each rank by size among the printed options."""
        return Counter(part.rank for part in self.parts if part.rank is not None)

    @cached_property
    def places(self) -> Counter[int]:
        """How often the key has each place among the printed options, the first being 0."""
        return Counter(part.place for part in self.parts)

    @cached_property
    def answers(self) -> dict[str, list[Fraction]]:
        """The keys that are rational numbers, by the kind of question."""
        found: dict[str, list[Fraction]] = {}
        for part in self.parts:
            if part.answer is not None:
                found.setdefault(part.kind, []).append(part.answer)
        return found

    def as_data(self) -> dict[str, Any]:
        """The shape of `bank check --json`."""
        return {
            "file": self.file,
            "variants": self.variants,
            "faults": self.faults,
            "misconceptions": dict(sorted(self.shown.items())),
            "never_shown": self.never_shown,
            "always_shown": self.always_shown,
            "misconception_variants": {
                each.id: {"offered": each.offered, "possible": each.possible} for each in self.misconceptions
            },
            "ranks": {str(each): self.ranks[each] for each in range(1, OPTIONS + 1)},
            "places": {str(each + 1): self.places[each] for each in range(OPTIONS)},
            "answers": {
                kind: {"count": len(values), "smallest": str(min(values)), "largest": str(max(values))}
                for kind, values in sorted(self.answers.items())
            },
            "strategies": _strategies(self.guessed),
            "groups": [_group(each) for each in self.groups],
            "drawn": [vars(each) for each in self.drawn],
        }


def _group(group: Group) -> dict[str, Any]:
    return {
        "family": group.family,
        "level": group.level,
        "variants": group.variants,
        "distinct": group.distinct,
        "difficulty": {name: {"smallest": low, "largest": high} for name, (low, high) in group.difficulty.items()},
        "parts": [_part(each) for each in group.parts],
    }


def _part(part: PartGroup) -> dict[str, Any]:
    return {
        "part": part.number,
        "kinds": part.kinds,
        "count": part.count,
        "dull": part.counted("dull"),
        "given": part.counted("given"),
        "same": part.counted("same_as"),
        "giveaway": part.counted("giveaway"),
        "strategies": _strategies(part.guessed),
    }


def _strategies(found: list[Guessed]) -> dict[str, Any]:
    """`rate` and `won` are exact shares, as all numbers of JSON are."""
    return {
        each.strategy: {"applied": each.applied, "hits": each.hits, "rate": str(each.rate), "won": str(each.won)}
        for each in sorted(found, key=lambda each: each.strategy)
    }
