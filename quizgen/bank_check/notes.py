"""What is no fault but worth an author's thought, as keys of sentences and what fills them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from quizgen.bank_check.report import Report
from quizgen.bank_check.rules import FEWEST_PARTS, FEWEST_VARIANTS, HALF, LUCK
from quizgen.bank_check.tally import PartGroup

OFTEN = 5  # times that the same options come back on average
COUNTED = ("dull", "given", "same_as", "giveaway")

Note = tuple[str, dict[str, Any]]


def notes(report: Report) -> Iterator[Note]:
    """The notes of a report, those about the whole first."""
    for entry in report.drawn:
        if entry.whole:
            yield "note.every", vars(entry)
        elif entry.found < entry.wanted:
            yield "note.drawn", vars(entry)
    for name in report.always_shown:
        yield "note.always_shown", {"misconception": name}
    for group in report.groups:
        for part in group.parts:
            yield from _of_part(part)


def _of_part(part: PartGroup) -> Iterator[Note]:
    """What holds in half of the variants of a part, or more; nothing of a few variants, where that is luck."""
    if part.count < FEWEST_VARIANTS:
        return
    place = {"family": part.family, "level": part.level, "part": part.number, "count": part.count}
    for what in COUNTED:
        found = part.counted(what)
        if found and found >= HALF * part.count:
            yield f"note.{what}", place | {"found": found}
    for best in part.guessed[:1]:
        if best.unlike < FEWEST_PARTS and best.parts >= OFTEN * best.unlike:
            yield "note.alike", place | {"found": best.unlike}
        if best.won >= HALF and best.luck < LUCK:
            yield "note.guess", place | {"strategy": best.strategy, "won": best.won, "hits": best.hits}
