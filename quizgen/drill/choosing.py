"""What a drill asks next: variants of banks, unseen ones first, ordered by the seed; then drawn ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from quizgen import bank, families
from quizgen.draw import Draw
from quizgen.errors import QuizgenError
from quizgen.families import Family
from quizgen.question import Question
from quizgen.wording import Wording

PATIENCE = 40  # draws in a row that were all seen before, before one of them is asked again

Complain = Callable[[QuizgenError], None]


@dataclass(frozen=True)
class Wanted:
    """What the learner asked for. Without `families` all, without `level` all, without `bank` the shipped ones."""

    seed: str
    bank: Path | None = None
    families: tuple[str, ...] = ()
    level: int | None = None

    def levels(self) -> list[tuple[Family, int]]:
        """The levels that are wanted; QuizgenError with the nearest right name where there are none."""
        chosen = [families.find(name) for name in self.families] or list(families.catalogue().values())
        found = [(each, level) for each in chosen for level in each.levels if self.level in (None, level)]
        if not found and self.level is not None:
            families.find_level(chosen[0], self.level)
        return found


def questions(wanted: Wanted, language: str, seen: Iterable[str], complain: Complain) -> Iterator[Question]:
    """The variants to be asked: endless without a bank, else each of the bank once and the unseen ones first.

    A line of a bank that cannot be used is told by `complain` and passed over.
    """
    known = set(seen)
    levels = wanted.levels()
    names = {(family.name, level) for family, level in levels}
    paths = bank.shipped() if wanted.bank is None else [wanted.bank]
    found = [line for path in paths for line in bank.lines(path)]
    faults = [line.fault for line in found if line.fault]
    if found and len(faults) == len(found):
        raise faults[0]
    for fault in faults:
        complain(fault)
    lines = {line.id: line for line in found if not line.fault and (line.family, line.level) in names}
    if wanted.bank is not None and not lines:
        raise QuizgenError("drill.nothing_in_bank", file=wanted.bank)
    order = Draw("drill", wanted.seed).shuffled([lines[each] for each in sorted(lines)])
    fresh = [line for line in order if line.id not in known]
    again = [] if wanted.bank is None else [line for line in order if line.id in known]
    return _asked(fresh + again, levels, wanted, language, known, complain)


def _asked(
    lines: list[bank.Line],
    levels: list[tuple[Family, int]],
    wanted: Wanted,
    language: str,
    known: set[str],
    complain: Complain,
) -> Iterator[Question]:
    asked = False
    for line in lines:
        try:
            question = line.question()
            Wording(question, language)
        except QuizgenError as error:
            complain(error)
            continue
        known.add(question.id)
        asked = True
        yield question
    if wanted.bank is None:
        yield from _drawn(levels, wanted.seed, known)
    elif not asked:
        raise QuizgenError("drill.nothing_usable", file=wanted.bank)


def _drawn(levels: list[tuple[Family, int]], seed: str, known: set[str]) -> Iterator[Question]:
    from quizgen.generate import question_for, seeds  # these need sympy, which a deployed bank does not

    idle = 0
    for family, level, name in seeds(levels, f"drill-{seed}"):
        question = question_for(families.find(family), level, name)
        if question.id in known and idle < PATIENCE:
            idle += 1
            continue
        idle = 0
        known.add(question.id)
        yield question
