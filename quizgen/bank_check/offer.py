"""What somebody sees who guesses: the options of one part as they are printed, in their order, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import floor, log
from types import ModuleType

from quizgen.engine.functions import Value
from quizgen.notation import Style, of_value, unicode
from quizgen.numbers import Real, exact_text
from quizgen.question import FAR

TEN = log(10) - 1e-9  # ten times, whatever is rounded
Pick = int | None  # the place of an option, or None where a strategy has nothing to say


@dataclass(frozen=True)
class Offer:
    """The options of a part as printed, and their numbers where all of them are numbers."""

    printed: tuple[str, ...]
    numbers: tuple[Fraction, ...] | None = None

    @classmethod
    def of(cls, options: Sequence[Value], style: Style) -> Offer:
        """The options in the order in which they are shown."""
        found = tuple(_number(each) for each in options)
        numbers = tuple(each for each in found if each is not None)
        shown = tuple(unicode(of_value(each), style) for each in options)
        return cls(shown, numbers if len(numbers) == len(found) else None)

    @cached_property
    def sizes(self) -> tuple[float, ...] | None:
        """The logarithms of the sizes; None where there is a 0 or no number."""
        if self.numbers is None or 0 in self.numbers:
            return None
        return tuple(log(abs(each.numerator)) - log(each.denominator) for each in self.numbers)

    @cached_property
    def orders(self) -> tuple[int, ...] | None:
        """The orders of magnitude: 2 for 110 and for 999."""
        if self.sizes is None:
            return None
        return tuple(floor(each / log(10) + 1e-12) for each in self.sizes)


def _number(value: Value) -> Fraction | None:
    if isinstance(value, Real):
        return Fraction(exact_text(value, 15))
    return value if isinstance(value, Fraction) else None


def only(holds: Sequence[bool]) -> Pick:
    """The place of the one that holds."""
    return holds.index(True) if sum(holds) == 1 else None


def most(scores: Sequence[float]) -> Pick:
    """The place of the largest; None where it is not alone."""
    return only([each == max(scores) for each in scores])


def least(scores: Sequence[float]) -> Pick:
    """The place of the smallest; None where it is not alone."""
    return most([-each for each in scores])


@dataclass(frozen=True)
class Strategy:
    """A way to guess, with its name in words."""

    name: str
    title: Mapping[str, str]
    pick: Callable[[Offer], Pick]


def strategy(en: str, ja: str) -> Callable[[Callable[[Offer], Pick]], Strategy]:
    """Makes a strategy of a function."""
    return lambda pick: Strategy(pick.__name__, {"en": en, "ja": ja}, pick)


def catalogue(folder: ModuleType | None = None) -> dict[str, Strategy]:
    """Every strategy by its name, in the order of the file."""
    if folder is None:
        from quizgen.bank_check import guesses as folder
    return {each.name: each for each in vars(folder).values() if isinstance(each, Strategy)}


def gives_away(offer: Offer, key: int) -> bool:
    """Whether its size alone tells the key: it is more than e^5 times larger or smaller than each other option; or
    the others are all of one order of magnitude, and it is of another and ten times away from each."""
    if offer.sizes is None or offer.orders is None:
        return False
    others = [place for place in range(len(offer.sizes)) if place != key]
    near = min((abs(offer.sizes[key] - offer.sizes[place]) for place in others), default=0.0)
    orders = {offer.orders[place] for place in others}
    return near > FAR or (len(others) > 1 and len(orders) == 1 and orders != {offer.orders[key]} and near > TEN)
