"""Strategies of who knows nothing and guesses, one a function: `bank check` finds what stands here.

Each gets the options of one part and names the place of one of them, or None where it has nothing to say. It sees
what is printed; if it is right much more often than one time in four, the options give the key away.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from math import gcd

from quizgen.bank_check.offer import Offer, Pick, least, most, only, strategy


@strategy("always A", "いつも A")
def letter_a(offer: Offer) -> Pick:
    """The first letter."""
    return 0


@strategy("always B", "いつも B")
def letter_b(offer: Offer) -> Pick:
    """The second letter."""
    return 1 if len(offer.printed) > 1 else None


@strategy("always C", "いつも C")
def letter_c(offer: Offer) -> Pick:
    """The third letter."""
    return 2 if len(offer.printed) > 2 else None


@strategy("always D", "いつも D")
def letter_d(offer: Offer) -> Pick:
    """The fourth letter."""
    return 3 if len(offer.printed) > 3 else None


def _ranked(offer: Offer, rank: int) -> Pick:
    """The place of the number of that rank, the smallest being 0; negative ranks count from the largest."""
    numbers = offer.numbers
    if numbers is None or not -len(numbers) <= rank < len(numbers):
        return None
    return only([each == sorted(numbers)[rank] for each in numbers])


@strategy("the smallest", "最小のもの")
def smallest(offer: Offer) -> Pick:
    """The smallest number."""
    return _ranked(offer, 0)


@strategy("the second smallest", "小さい方から2番目")
def second(offer: Offer) -> Pick:
    """The second number by size."""
    return _ranked(offer, 1)


@strategy("the second largest", "大きい方から2番目")
def third(offer: Offer) -> Pick:
    """The third number of four by size."""
    return _ranked(offer, -2)


@strategy("the largest", "最大のもの")
def largest(offer: Offer) -> Pick:
    """The largest number."""
    return _ranked(offer, -1)


def _only_number(offer: Offer, holds: Callable[[Fraction], bool]) -> Pick:
    return only([holds(each) for each in offer.numbers or ()])


@strategy("the only fraction or decimal", "ただ1つの分数か小数")
def only_fraction(offer: Offer) -> Pick:
    """The only one that is not whole."""
    return _only_number(offer, lambda each: each.denominator != 1)


@strategy("the only whole number", "ただ1つの整数")
def only_whole(offer: Offer) -> Pick:
    """The only one that is whole."""
    return _only_number(offer, lambda each: each.denominator == 1)


@strategy("the only negative one", "ただ1つの負の数")
def only_negative(offer: Offer) -> Pick:
    """The only one below 0."""
    return _only_number(offer, lambda each: each < 0)


@strategy("the only positive one", "ただ1つの正の数")
def only_positive(offer: Offer) -> Pick:
    """The only one above 0."""
    return _only_number(offer, lambda each: each > 0)


@strategy("the longest as printed", "最も長く書かれたもの")
def longest(offer: Offer) -> Pick:
    """The one with the most characters."""
    return most([len(each) for each in offer.printed])


@strategy("the shortest as printed", "最も短く書かれたもの")
def shortest(offer: Offer) -> Pick:
    """The one with the fewest characters."""
    return least([len(each) for each in offer.printed])


def _distances(offer: Offer) -> list[float]:
    """How far each is from the others, as a sum of logarithms of ratios; none where they have no size."""
    sizes = offer.sizes or ()
    return [round(sum(abs(one - other) for other in sizes), 9) for one in sizes]  # ties are ties


@strategy("the farthest from the others", "ほかから最も離れたもの")
def farthest(offer: Offer) -> Pick:
    """The one whose size stands apart."""
    return most(_distances(offer))


@strategy("the middle one by order of magnitude", "大きさの桁で見て真ん中に近いもの")
def amidst(offer: Offer) -> Pick:
    """The nearest to the mean of the logarithms: the others lie about it."""
    sizes = offer.sizes or ()
    mean = sum(sizes) / max(len(sizes), 1)
    return least([round(abs(each - mean), 9) for each in sizes])


@strategy("the nearest to the mean", "平均に最も近いもの")
def nearest_mean(offer: Offer) -> Pick:
    """The one in the middle."""
    if offer.numbers is None:
        return None
    mean = sum(offer.numbers, Fraction(0)) / len(offer.numbers)
    return only([abs(each - mean) == min(abs(one - mean) for one in offer.numbers) for each in offer.numbers])


@strategy("the only one with so many digits", "桁数がただ1つ違うもの")
def only_order(offer: Offer) -> Pick:
    """The only one of its order of magnitude, where that is only one."""
    orders = offer.orders or ()
    return only([orders.count(each) == 1 for each in orders])


@strategy("the one with the most zeros at its end", "末尾の 0 が最も多いもの")
def roundest(offer: Offer) -> Pick:
    """The roundest number."""
    return most([len(each) - len(each.rstrip("0")) for each in offer.printed]) if offer.numbers else None


@strategy("the one that shares most digits with the others", "ほかと共通の数字が最も多いもの")
def shared_digits(offer: Offer) -> Pick:
    """Wrong options are made from the right one, so that its digits come back in them."""
    if offer.numbers is None:
        return None
    digits = [Counter(filter(str.isdigit, each)) for each in offer.printed]
    return most([sum((one & other).total() / max(one.total(), 1) for other in digits) for one in digits])


@strategy("the one that shares most factors with the others", "ほかと共通の因数が最も多いもの")
def shared_factors(offer: Offer) -> Pick:
    """Wrong options are often the right one times something."""
    if offer.numbers is None or 0 in offer.numbers:
        return None
    tops = [abs(each.numerator) for each in offer.numbers]
    return most([sum(gcd(one, other) for other in tops) - one for one in tops])


@strategy("the one whose opposite is offered, if positive", "符号だけ違うものがある正の数")
def with_opposite(offer: Offer) -> Pick:
    """A lost sign makes a pair; the positive one of it."""
    return _only_number(offer, lambda each: each > 0 and -each in (offer.numbers or ()))


@strategy("the negative one whose opposite is offered", "符号だけ違うものがある負の数")
def with_opposite_negative(offer: Offer) -> Pick:
    """The negative one of a pair."""
    return _only_number(offer, lambda each: each < 0 and -each in (offer.numbers or ()))


@strategy(
    "the one that is most often another one times 2, 10 or 1/10", "ほかの 2倍・10倍・10分の1 に最もよく当たるもの"
)
def hub(offer: Offer) -> Pick:
    """The one from which the others are easily made."""
    if offer.numbers is None or 0 in offer.numbers:
        return None
    easy = {Fraction(2), Fraction(1, 2), Fraction(10), Fraction(1, 10)}
    return most([sum(abs(other / one) in easy for other in offer.numbers) for one in offer.numbers])
