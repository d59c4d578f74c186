"""Counts over variants: a group is a level of a family, a part group is one part of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import exp, lgamma, log

from quizgen.bank_check.difficulty import MEASURES, span
from quizgen.bank_check.look import Look, PartLook
from quizgen.bank_check.offer import catalogue


@dataclass(frozen=True)
class Guessed:
    """How a strategy does over `parts` parts, of which `unlike` print other options than those before: it had
    something to say in `applied` of them and was right in `hits`. `chance` hits were to be expected there of who
    guesses blindly, and `elsewhere` in the other parts."""

    strategy: str
    parts: int
    unlike: int
    applied: int
    hits: int
    chance: Fraction
    elsewhere: Fraction

    @property
    def rate(self) -> Fraction:
        """How often it is right where it has something to say."""
        return Fraction(self.hits, self.applied) if self.applied else Fraction(0)

    @property
    def won(self) -> Fraction:
        """How many of all parts who follows it gets right, guessing blindly where it has nothing to say: what a
        strategy is worth, for one that is always right but seldom has anything to say is worth little."""
        return (self.hits + self.elsewhere) / self.parts if self.parts else Fraction(0)

    @cached_property
    def luck(self) -> float:
        """The probability that blind guessing is right as often as this, or more often."""
        return tail(self.hits, self.applied, float(self.chance / self.applied)) if self.applied else 1.0


def tail(hits: int, trials: int, chance: float) -> float:
    """The probability of at least so many hits in so many trials, each with that chance."""
    if hits <= 0:
        return 1.0
    if chance >= 1:
        return 1.0

    def exactly(count: int) -> float:
        ways = lgamma(trials + 1) - lgamma(count + 1) - lgamma(trials - count + 1)
        return exp(ways + count * log(chance) + (trials - count) * log(1 - chance))

    return min(1.0, sum(exactly(count) for count in range(hits, trials + 1)))


def guessed(parts: Iterable[PartLook]) -> list[Guessed]:
    """Every strategy over those parts that print options, the best first."""
    offered = [each for each in parts if len(each.printed) > 1]
    blind = sum((Fraction(1, len(each.printed)) for each in offered), Fraction(0))
    unlike = len({each.printed for each in offered})
    found = []
    for name in catalogue():
        spoke = [each for each in offered if name in each.guesses]
        chance = sum((Fraction(1, len(each.printed)) for each in spoke), Fraction(0))
        hits = sum(each.guesses[name] for each in spoke)
        found.append(Guessed(name, len(offered), unlike, len(spoke), hits, chance, blind - chance))
    return sorted(found, key=lambda each: -each.won)


@dataclass(frozen=True)
class PartGroup:
    """One part of every variant of a level."""

    family: str
    level: int
    number: int
    own: bool
    looks: tuple[PartLook, ...]

    @property
    def kinds(self) -> list[str]:
        """The kinds of question that it asks."""
        return sorted({each.kind for each in self.looks})

    @property
    def count(self) -> int:
        """How many variants have it."""
        return len(self.looks)

    def counted(self, what: str) -> int:
        """In how many variants `what` ("dull", "given", "same_as", "giveaway") holds."""
        return sum(bool(getattr(each, what)) for each in self.looks)

    @cached_property
    def guessed(self) -> list[Guessed]:
        """The strategies, the best first."""
        return guessed(self.looks)


@dataclass(frozen=True)
class Group:
    """The variants of one level of a family."""

    family: str
    level: int
    looks: tuple[Look, ...]

    @property
    def own(self) -> bool:
        """Whether an author wrote the problem, and no family of quizgen's."""
        return any(each.own for each in self.looks)

    @property
    def variants(self) -> int:
        """How many there are."""
        return len(self.looks)

    @property
    def distinct(self) -> int:
        """How many there are that differ."""
        return len({each.id for each in self.looks})

    @property
    def difficulty(self) -> dict[str, tuple[int, int]]:
        """Each measure's smallest and largest count."""
        return {name: span(each.difficulty[name] for each in self.looks if each.difficulty) for name in MEASURES}

    @cached_property
    def parts(self) -> list[PartGroup]:
        """Its parts in their order."""
        found: dict[int, list[PartLook]] = {}
        for look in self.looks:
            for part in look.parts:
                found.setdefault(part.number, []).append(part)
        return [
            PartGroup(self.family, self.level, number, self.own, tuple(looks))
            for number, looks in sorted(found.items())
        ]

    @cached_property
    def guessed(self) -> list[Guessed]:
        """The strategies over all its parts, the best first."""
        return guessed(part for look in self.looks for part in look.parts)

    def counted(self, what: str) -> int:
        """In how many of all its parts `what` holds."""
        return sum(part.counted(what) for part in self.parts)


def groups(looks: Sequence[Look]) -> list[Group]:
    """The variants that could be read, by family and level."""
    found: dict[tuple[str, int], list[Look]] = {}
    for look in looks:
        if look.read:
            found.setdefault((look.family, look.level), []).append(look)
    return [Group(*key, tuple(each)) for key, each in sorted(found.items())]


@dataclass(frozen=True)
class Misconceived:
    """A misconception: in how many variants it is behind a printed option, and in how many it can lead to a wrong
    answer."""

    id: str
    offered: int
    possible: int


def misconceived(looks: Iterable[Look]) -> list[Misconceived]:
    """Every misconception that can lead to a wrong answer here, the one that is offered most first."""
    offered, possible = Counter[str](), Counter[str]()
    for look in looks:
        offered.update(set().union(*(part.offered for part in look.parts)))
        possible.update(set().union(*(part.possible for part in look.parts)))
    names = sorted({*offered, *possible}, key=lambda name: (-offered[name], -possible[name], name))
    return [Misconceived(name, offered[name], possible[name]) for name in names]
