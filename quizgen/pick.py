"""Picking variants of a bank: so many of these, so many of those, none twice."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from quizgen.bank_edit import Entry, distinct
from quizgen.draw import Draw
from quizgen.errors import KeyedError, QuizgenError


@dataclass(frozen=True)
class Take:
    """What is wanted: `count` variants (None: all) of any of `families`, at `level`, that ask a `kind` of question
    and have a wrong option of a `misconception`; what is left open fits everything."""

    families: tuple[str, ...] = ()
    level: int | None = None
    kind: str | None = None
    misconception: str | None = None
    count: int | None = None

    def fits(self, entry: Entry) -> bool:
        """Whether a variant is one of these."""
        return (
            (not self.families or entry.family in self.families)
            and self.level in (None, entry.level)
            and (self.kind is None or self.kind in entry.kinds)
            and (self.misconception is None or self.misconception in entry.misconceptions)
        )


class TooFew(Exception):
    """Take number `index` wants more than the `found` that can be had; `fitting` ones fit, if no take came before."""

    def __init__(self, index: int, found: int, fitting: int) -> None:
        super().__init__(index, found, fitting)
        self.index, self.found, self.fitting = index, found, fitting


def require_names(take: Take, found: Sequence[Entry], file: Path) -> None:
    """QuizgenError, with the nearest right word, where a name that `take` gives occurs nowhere in the bank. Its
    `field` says which one."""
    for name in take.families:
        _require("family", name, {entry.family for entry in found}, file)
    if take.kind is not None:
        _require("kind", take.kind, {kind for entry in found for kind in entry.kinds}, file)
    if take.misconception is not None:
        known = {wrong for entry in found for wrong in entry.misconceptions}
        _require("misconception", take.misconception, known, file)
    levels = {entry.level for entry in found if not take.families or entry.family in take.families}
    if take.level is not None and take.level not in levels:
        known_levels = ", ".join(map(str, sorted(levels)))
        raise QuizgenError("pick.no_level", field="level", file=file, level=take.level, known=known_levels)


def _require(field: str, name: str, known: set[str], file: Path) -> None:
    if name not in known:
        near = difflib.get_close_matches(name, sorted(known), 3, 0.5)
        raise QuizgenError(
            "pick.unknown_near" if near else "pick.unknown",
            field=field,
            file=file,
            what=KeyedError(f"pick.what.{field}"),
            name=name,
            near=", ".join(near),
            known=", ".join(sorted(known)),
        )


def choose(found: Sequence[Entry], takes: Sequence[Take], seed: str) -> list[Entry]:
    """The variants of each take in turn, none twice. Where takes compete, one that has a choice leaves to another
    what only that one can use; TooFew where even so a take does not get its count.

    A take with a count draws by `seed`, and a larger count of a single take only adds to what a smaller one picks.
    """
    pool = list(distinct(found).values())
    fitting = [[number for number, entry in enumerate(pool) if take.fits(entry)] for take in takes]
    orders = [
        numbers if take.count is None else Draw("pick", seed, place).shuffled(numbers)
        for place, (take, numbers) in enumerate(zip(takes, fitting, strict=True), 1)
    ]
    counts = [len(order) if take.count is None else take.count for take, order in zip(takes, orders, strict=True)]
    holder = _shared_out(orders, counts)
    return [pool[number] for place, order in enumerate(orders) for number in order if holder.get(number) == place]


def _shared_out(orders: Sequence[Sequence[int]], counts: Sequence[int]) -> dict[int, int]:
    """Which take holds which variant, when each prefers the first ones of its order."""
    holder: dict[int, int] = {}
    unseen = [iter(order) for order in orders]
    for place, count in enumerate(counts):
        for got in range(count):
            free = next((number for number in unseen[place] if number not in holder), None)
            if free is not None:
                holder[free] = place
            elif not _handed_over(place, orders, holder):
                raise TooFew(place, got, len(orders[place]))
    return holder


def _handed_over(start: int, orders: Sequence[Sequence[int]], holder: dict[int, int]) -> bool:
    """Gets one more variant for the take `start` from a take that can have another instead, which may in turn come
    from a third (an augmenting path); says whether there was one."""
    came: dict[int, tuple[int, int]] = {}  # take -> the variant that it would hand over, and to whom
    queue = [start]
    for place in queue:
        for number in orders[place]:
            owner = holder.get(number)
            if owner is None:
                holder[number] = place
                while place != start:
                    number, place = came[place]
                    holder[number] = place
                return True
            if owner != start and owner not in came:
                came[owner] = (number, place)
                queue.append(owner)
    return False


def by_options(found: Sequence[Entry], take: Take, seed: str, file: Path) -> list[Entry]:
    """What the options of the command line ask for; QuizgenError where there is too little of it."""
    require_names(take, found, file)
    try:
        picked = choose(found, [take], seed)
    except TooFew as few:
        if few.found:
            raise QuizgenError("pick.too_few", file=file, found=few.found, wanted=take.count) from None
        picked = []
    if not picked:
        raise QuizgenError("pick.none", file=file)
    return picked
