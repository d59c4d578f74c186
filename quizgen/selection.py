"""Which variants stand on a sheet: newly drawn ones, or some of a bank's or a source's."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from quizgen import bank, families, source
from quizgen.bank import Line
from quizgen.draw import Draw
from quizgen.errors import QuizgenError
from quizgen.families import Family
from quizgen.files import read_text
from quizgen.generate import distinct
from quizgen.plan import Answers, Origin, Plan
from quizgen.question import Question
from quizgen.record import verify_distractors


class _Sorted(Protocol):
    """A question, or the line of a bank that holds one."""

    @property
    def id(self) -> str: ...


S = TypeVar("S", bound=_Sorted)


def is_source(file: Path) -> bool:
    """Whether a file is a source, and not a bank."""
    return file.suffix.lower() == ".toml"


def fingerprint(file: Path) -> str:
    """What a file is known by on a sheet."""
    return hashlib.sha256(read_text(file).encode()).hexdigest()[:8]


def find_shipped(wanted: str) -> Path | None:
    """The bank with that fingerprint among those that come with quizgen."""
    return next((path for path in bank.shipped() if fingerprint(path) == wanted), None)


def levels_of(origin: Origin) -> list[tuple[Family, int]]:
    """Families and levels in turn, all families at their first level before the second."""
    if origin.level is not None and origin.families:
        return [
            (family, families.find_level(family, origin.level)) for family in map(bank.find_family, origin.families)
        ]
    of_any = [bank.find_family(name) for name in origin.families] or list(families.catalogue().values())
    pairs = [(family, level) for family in of_any for level in family.levels]
    chosen = [pair for pair in pairs if origin.level in (None, pair[1])]
    if not chosen:
        raise QuizgenError("generate.no_levels", level=origin.level)
    return sorted(chosen, key=lambda pair: pair[1])


@functools.lru_cache(2)
def _lines(file: Path) -> list[Line]:
    return bank.sound_lines(file)


@dataclass(frozen=True)
class Selection:
    """The questions that a plan wants, taken from `file` or drawn. `total` says how long the progress bar is."""

    plan: Plan
    file: Path | None = None
    jobs: int = 1

    @property
    def total(self) -> int:
        """How many questions are made."""
        if self.file is None or not is_source(self.file):
            return self.plan.count
        return source.read(self.file).count

    def questions(self, advance: Callable[[], None] = lambda: None) -> list[Question]:
        """The questions in their order; `advance` is called for each that was made."""
        plan, file = self.plan, self.file
        if file is None:
            return distinct(levels_of(plan.origin), plan.count, plan.seed, jobs=self.jobs, progress=advance)
        if not is_source(file):
            lines = [line for line in _lines(file) if self._fits(line.family, line.level)]
            return [self._trusted(line) for line in self._picked(lines, file)]
        made = source.build(source.read(file, plan.seed), self.jobs, advance)
        return self._picked([each for each in made if self._fits(each.problem.family, each.problem.level)], file)

    def _trusted(self, line: Line) -> Question:
        """The question of a line, its wrong answers found again where they are going to be printed: as options, or in
        the scheme by which the sheet is marked. In our own banks a test looks after the latter."""
        question = line.question()
        if self.plan.answers == Answers.CHOICE:
            verify_distractors(question)
        elif line.file not in bank.shipped():
            verify_distractors(question, fewest=0)
        return question

    def _fits(self, family: str, level: int) -> bool:
        origin = self.plan.origin
        return family in (origin.families or (family,)) and level == (level if origin.level is None else origin.level)

    def _picked(self, pool: Iterable[S], file: Path) -> list[S]:
        """`count` different ones of `pool`, in an order that the seed gives."""
        different = list({each.id: each for each in pool}.values())
        if not different:
            raise QuizgenError("sheet.none", file=file)
        if len(different) < self.plan.count:
            raise QuizgenError("sheet.too_few", file=file, found=len(different), wanted=self.plan.count)
        return Draw("sheet", self.plan.seed, "bank").sample(different, self.plan.count)
