"""Which counts are faults. Thresholds are what the shipped banks stay well below, and what a planted flaw exceeds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction

from quizgen.bank_check.fault import Fault
from quizgen.bank_check.tally import Group, Guessed, PartGroup

FEWEST_VARIANTS = 10  # from which "in every variant" says something about a problem and not about luck
FEWEST_PARTS = 20  # from which a rate does
PART_WON = Fraction(3, 4)  # of one part of a level: right by guessing
BANK_WON = Fraction(45, 100)  # of the parts of a whole file
LUCK = 1e-6  # the probability below which a rate is no accident
HALF = Fraction(1, 2)  # the share of a part's variants from which a count is worth a note; beyond it a fault
WORTH_ASKING = {"value", "gradient", "meaning", "derivative"}  # upstream and local derivatives are often given numbers
ALWAYS = {"dull": "always_dull", "given": "always_given", "same_as": "always_same"}


def by_author(part: PartGroup) -> bool:
    """Whether a part is of an author's own problem. The built-in families ask what is a given number by nature, such
    as the gradient at a single product, and mean it."""
    return part.own


def always(part: PartGroup, where: str, judged: Callable[[PartGroup], bool] = by_author) -> Iterator[Fault]:
    """What holds in every variant of a part that is `judged`: no matter which numbers are drawn, the answer is 0 or
    ±1, or stands in the question, or is that of an earlier part."""
    if part.count < FEWEST_VARIANTS or not judged(part) or not set(part.kinds) <= WORTH_ASKING:
        return
    for what, kind in ALWAYS.items():
        if part.counted(what) == part.count:
            yield Fault(kind, where, _place(part) | {"count": part.count})


def giveaway(part: PartGroup, where: str) -> Iterator[Fault]:
    """The key's size gives it away in more than half of the variants of a part."""
    found = part.counted("giveaway")
    if part.count >= FEWEST_PARTS and found > HALF * part.count:
        yield Fault("giveaway", where, _place(part) | {"count": part.count, "found": found})


def _place(part: PartGroup) -> dict[str, object]:
    return {"family": part.family, "level": part.level, "part": part.number}


def is_guessable(found: Guessed, won: Fraction) -> bool:
    """Whether a strategy wins so large a share, and more than luck would. The same options in every variant, as where
    the derivative of (x + y)² is asked, are one case and not many."""
    return found.unlike >= FEWEST_PARTS and found.won >= won and found.luck < LUCK


def _told(found: Guessed) -> dict[str, object]:
    counts = {"count": found.parts, "applied": found.applied, "hits": found.hits}
    return {"strategy": found.strategy, "rate": str(found.rate), "won": str(found.won), **counts}


def guessable(part: PartGroup, where: str) -> Iterator[Fault]:
    """A part of a level in which a strategy finds the key: the best one, for others are often the same one."""
    for found in part.guessed[:1]:
        if is_guessable(found, PART_WON):
            yield Fault("guessable", where, _place(part) | _told(found))


def guessable_file(guessed: Iterable[Guessed], where: str) -> Iterator[Fault]:
    """A strategy that finds the key over a whole file."""
    for found in guessed:
        if is_guessable(found, BANK_WON):
            yield Fault("guessable", where, _told(found))


def faults_of(
    groups: Iterable[Group], guessed: Iterable[Guessed], where: str, judged: Callable[[PartGroup], bool] = by_author
) -> Iterator[Fault]:
    """The faults that no single variant shows."""
    yield from guessable_file(guessed, where)
    for group in groups:
        for part in group.parts:
            yield from guessable(part, where)
            yield from giveaway(part, where)
            yield from always(part, where, judged)
