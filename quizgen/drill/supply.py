"""Where variants come from: the lines of banks, unseen ones first, in an order that the seed gives; then drawn ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from quizgen import bank, families
from quizgen.authored import named
from quizgen.bank import Line
from quizgen.draw import Draw
from quizgen.drill.schedule import Level
from quizgen.errors import QuizgenError
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

    def levels(self, lines: Iterable[Line] = ()) -> list[Level]:
        """The levels that are wanted, those of authors' problems among the `lines` too; QuizgenError with the nearest
        right name where there are none."""
        own = {line.family: line.level for line in lines if line.family not in families.catalogue()}
        ours = [families.find(name) for name in self.families if name not in own]
        if not self.families:
            ours = list(families.catalogue().values())
        found = [(each.name, level) for each in ours for level in each.levels]
        found += [level for level in own.items() if level[0] in (self.families or own)]
        chosen = [each for each in found if self.level in (None, each[1])]
        if not chosen and self.level is not None and ours:
            families.find_level(ours[0], self.level)
        return chosen


@dataclass
class Supply:
    """The variants of what is wanted that can still be asked, level by level.

    `seen` holds the ids of variants that were asked before, `barred` those that are not to be asked at all. A line of
    a bank that cannot be used is told by `complain` and passed over.
    """

    wanted: Wanted
    language: str
    complain: Complain
    seen: set[str]
    barred: frozenset[str] = frozenset()
    _lines: dict[Level, list[Line]] = field(default_factory=dict)
    _drawn: dict[Level, Iterator[Question]] = field(default_factory=dict)
    _read: dict[str, Question | None] = field(default_factory=dict)
    _own: dict[Level, str] = field(default_factory=dict)  # the definitions of authors' problems, once one was asked

    def __post_init__(self) -> None:
        if self.wanted.bank is not None and self.wanted.bank.suffix == ".toml":
            raise QuizgenError("drill.is_source", file=self.wanted.bank, bank=self.wanted.bank.with_suffix(".jsonl"))
        paths = bank.shipped() if self.wanted.bank is None else [self.wanted.bank]
        found = [line for path in paths for line in bank.lines(path)]
        self._levels = self.wanted.levels(found if self.wanted.bank or self.wanted.families else ())
        names = set(self._levels)
        faults = [line.fault for line in found if line.fault]
        if found and len(faults) == len(found):
            raise faults[0]
        for fault in faults:
            self.complain(fault)
        lines = {line.id: line for line in found if not line.fault and (line.family, line.level) in names}
        if self.wanted.bank is not None and not lines:
            raise QuizgenError("drill.nothing_in_bank", file=self.wanted.bank)
        self._order(lines)

    def _order(self, lines: dict[str, Line]) -> None:
        """Unseen ones first. A bank that was named is asked whole; of the shipped ones only what was not seen."""
        usable = [lines[each] for each in sorted(lines) if each not in self.barred]
        order = Draw("drill", self.wanted.seed).shuffled(usable)
        self._fill([line for line in order if line.id not in self.seen])
        self._again = [] if self.wanted.bank is None else [line for line in order if line.id in self.seen]
        self._refill()

    def _fill(self, lines: list[Line]) -> None:
        self.order = lines
        for line in lines:
            self._lines.setdefault((line.family, line.level), []).append(line)

    def _refill(self) -> None:
        """What was seen before comes when everything else was asked."""
        if self._again and not any(self._lines.values()):
            again, self._again = self._again, []
            self._fill(again)

    def levels(self) -> list[Level]:
        """The levels of which there is something to ask, in the order of the families."""
        return [level for level in self._levels if self.wanted.bank is None or self._lines.get(level)]

    def following(self) -> Level | None:
        """The level of the next variant as the seed has them; None at the end of a bank."""
        return next(((line.family, line.level) for line in self.order if self._waits(line)), None)

    def _waits(self, line: Line) -> bool:
        return any(line is each for each in self._lines.get((line.family, line.level), ())[:1])

    def candidates(self, level: Level, count: int) -> list[Question]:
        """Up to `count` variants of a level that could be asked next, in the order in which they would be."""
        found: list[Question] = []
        for line in list(self._lines.get(level, ())):
            if len(found) == count:
                break
            question = self._question(line)
            if question is None:
                self._lines[level].remove(line)
                self._refill()
            else:
                found.append(question)
        return found

    def take(self, level: Level, question: Question | None = None) -> Question | None:
        """The next variant of a level, or the one that was chosen among its candidates; drawn where no bank was
        named and its lines are used up. None where there is nothing left."""
        chosen = question or next(iter(self.candidates(level, 1)), None)
        if chosen is None:
            return self._draw(level) if self.wanted.bank is None else None
        self._lines[level] = [line for line in self._lines[level] if line.id != chosen.id]
        self._refill()
        self.seen.add(chosen.id)
        self._own[level] = chosen.problem.own
        return chosen

    def _question(self, line: Line) -> Question | None:
        """The question of a line; None, and told once, where it cannot be asked."""
        if line.id not in self._read:
            try:
                question = line.question()
                Wording(question, self.language)
                self._read[line.id] = question
            except QuizgenError as error:
                self.complain(error)
                self._read[line.id] = None
        return self._read[line.id]

    def _draw(self, level: Level) -> Question:
        from quizgen.generate import question_for, seeds  # these need sympy, which a deployed bank does not

        family = named(level[0], self._own.get(level, ""))
        if level not in self._drawn:
            streams = seeds([(family, level[1])], f"drill-{self.wanted.seed}")
            self._drawn[level] = (question_for(family, level[1], name) for *_, name in streams)
        drawn = next(self._drawn[level])
        for _ in range(PATIENCE):
            if drawn.id not in self.seen and drawn.id not in self.barred:
                break
            drawn = next(self._drawn[level])
        self.seen.add(drawn.id)
        return drawn
