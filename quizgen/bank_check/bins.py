"""Histograms: counts with a label each, over bins that suit numbers of any size."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

FEW = 12  # whole numbers that are close together have a bar each
STEPS = (1, 3)  # edges in each power of ten: a bin is about as wide as the next on a logarithmic scale
MOST_ZEROS = 60


@dataclass(frozen=True)
class Bar:
    """A bin: what it holds in words, its count as it is shown, and how long its bar is in per cent of the longest."""

    label: str
    count: str
    length: float


def bars(counts: Iterable[tuple[str, int]]) -> list[Bar]:
    """The counts as bars, the largest as long as can be."""
    found = list(counts)
    most = max([count for _, count in found] + [1])
    return [Bar(label, str(count), round(100 * count / most, 2)) for label, count in found]


def whole(values: Iterable[int]) -> list[Bar]:
    """A bar for each whole number from the smallest to the largest."""
    found = Counter(values)
    return bars((str(each), found[each]) for each in range(min(found), max(found) + 1)) if found else []


def spread(values: Sequence[Fraction]) -> list[Bar]:
    """A bar for each number where there are few, else one for each stretch of a logarithmic scale with both signs."""
    if not values:
        return []
    if all(each.denominator == 1 for each in values) and max(values) - min(values) < FEW:
        return whole(each.numerator for each in values)
    edges = _edges(values)
    found = Counter(_place(each, edges) for each in values)
    first, last = min(found), max(found)
    return bars((_label(edges, place), found[place]) for place in range(first, last + 1))


def _edges(values: Sequence[Fraction]) -> list[Fraction]:
    """… −3, −1, 0, 1, 3, 10 …, and below 1 as far as the smallest size goes."""
    sizes = [abs(each) for each in values if each]
    largest, smallest = max(sizes), min(sizes)
    ups = [edge for power in range(MOST_ZEROS) for edge in (Fraction(step * 10**power) for step in STEPS)]
    ups = ups[: bisect_right(ups, largest) + 1]
    downs = [edge for power in range(1, MOST_ZEROS) for edge in (Fraction(step, 10**power) for step in reversed(STEPS))]
    kept = next((place for place, edge in enumerate(downs) if edge <= smallest), len(downs) - 1)
    positive = sorted(downs[: kept + 1] if smallest < 1 else []) + ups
    return [-each for each in reversed(positive)] + positive


def _place(value: Fraction, edges: Sequence[Fraction]) -> int:
    """Bins hold their end that is nearer to 0; the one about 0 is the one in the middle."""
    if value >= 0:
        return bisect_right(edges, value)
    return len(edges) - bisect_right(edges, -value)


def _label(edges: Sequence[Fraction], place: int) -> str:
    if place == len(edges) // 2:
        return "0"
    if place == 0:
        return f"≤ {_text(edges[0])}"
    if place == len(edges):
        return f"≥ {_text(edges[-1])}"
    low, high = edges[place - 1], edges[place]
    return f"{_text(low)} … {_text(high)}"


def _text(edge: Fraction) -> str:
    shown = f"{edge.numerator:,}" if edge.denominator == 1 else f"{float(edge):g}"
    return shown.replace("-", "−")
