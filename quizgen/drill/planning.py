"""What a day's work is: which skills are due, which levels are begun, and where a new learner is placed.

With the day of the exam known, everything is counted back from it: levels are begun early enough to leave the last
fifth of the days, at most a week, to reviews, and in the last week whatever would be forgotten on the day of the exam
is due.

`now` is a moment in the learner's own time zone: a day ends at midnight there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import ceil

from quizgen.drill.schedule import MASTERED, RETENTION, Level, Memory, Skill

PLACING = 5  # variants by which a new learner is placed
BEGUN_A_DAY = 2  # levels, where no exam sets the pace
REVIEWING = 5  # the last of so many parts of the days from the first answer to the exam begins nothing new
HORIZON = 14  # days ahead for which a review is worth something
LAST_DAYS = 7  # in which the day of the exam decides what is due, and as many as begin nothing new at most
PARTS = 4  # of a usual variant


@dataclass(frozen=True)
class Plan:
    """A day's work. `begin` are the levels to be begun today; `answers` is an estimate of the work."""

    due: tuple[Skill, ...]
    begin: tuple[Level, ...]
    waiting: int
    days_left: int | None = None

    @property
    def answers(self) -> int:
        """About how many answers a day's work takes: a variant practises every skill of its level."""
        return PARTS * (len({skill.place for skill in self.due}) + len(self.begin))


def plan(memory: Memory, levels: Sequence[Level], now: datetime, exam: date | None = None) -> Plan:
    """The work of the day `now`. `levels` are those that are wanted, easier ones first within their family."""
    waiting = tuple(waiting_levels(memory, levels, skipped=exam is not None))
    left = None if exam is None else max((exam - now.date()).days, 0)
    begun = _begun_today(memory, now)
    before = None if exam is None or left is None else left - _review_only(memory, now, exam)
    if not memory.begun:
        before = None  # who has done nothing begins, however near the exam is
    quota = max(_pace(len(waiting) + begun, before) - begun, 0)  # the pace of a day is set by how it began
    return Plan(tuple(due_skills(memory, levels, now, exam)), waiting[:quota], len(waiting), left)


def _day(at: datetime, now: datetime) -> date:
    return at.astimezone(now.tzinfo).date()


def _begun_today(memory: Memory, now: datetime) -> int:
    return sum(_day(at, now) == now.date() for at in memory.begun.values())


def _review_only(memory: Memory, now: datetime, exam: date) -> int:
    """The last days that begin nothing new. Counted from the first answer: a part of the days that are left would
    shrink with them, and put off what is new to the eve of the exam."""
    first = min((_day(at, now) for at in memory.begun.values()), default=now.date())
    return min(max(ceil((exam - first).days / REVIEWING), 1), LAST_DAYS)


def _pace(waiting: int, before: int | None) -> int:
    """How many levels are begun in a day, where that can be done on so many days (None: on any)."""
    if before is None:
        return BEGUN_A_DAY
    return ceil(waiting / before) if before > 0 else 0


def due_skills(memory: Memory, levels: Sequence[Level], now: datetime, exam: date | None = None) -> list[Skill]:
    """The skills to be practised today, the weakest first; with an exam the levels first whose practice gains most.

    A misconception stays due where an answer of today said nothing about it, but waits behind what was not tried.
    """
    wanted = set(levels)
    moment, near = _judged_at(now, exam)
    tomorrow = datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo)
    due = [
        skill
        for skill in memory.skills
        if skill.place in wanted
        and (memory.due(skill) < tomorrow or (near and memory.retention(skill, moment) < RETENTION))
        and _day(memory.last(skill), now) < now.date()
    ]
    worth = _worth(memory, due, now, moment) if exam else Counter[Level]()
    return sorted(
        due,
        key=lambda skill: (
            _tried_today(memory, skill, now),
            -worth[skill.place],
            memory.weakness(skill, moment),
        ),
    )


def _worth(memory: Memory, due: list[Skill], now: datetime, moment: datetime) -> Counter[Level]:
    """What practising each level today gains, over its skills that are due, until the exam or for the next weeks."""
    at = min(moment, now + timedelta(days=HORIZON))
    worth = Counter[Level]()
    for skill in due:
        worth[skill.place] += memory.gain(skill, now, at)  # type: ignore[assignment]  # Counter is for any number
    return worth


def _tried_today(memory: Memory, skill: Skill, now: datetime) -> bool:
    return _day(memory.last(Skill(*skill.place, skill.kind)), now) == now.date()


def _judged_at(now: datetime, exam: date | None) -> tuple[datetime, bool]:
    """The moment at which a skill has to be there, and whether that moment is near."""
    if exam is None or exam < now.date():
        return now, False
    return datetime.combine(exam, time(12), now.tzinfo), (exam - now.date()).days <= LAST_DAYS


def practised(memory: Memory, levels: Sequence[Level], now: datetime, exam: date | None = None) -> list[Skill]:
    """Every skill that was begun, the weakest first: for who goes on when the day's work is done."""
    wanted = set(levels)
    moment, _ = _judged_at(now, exam)
    return sorted((s for s in memory.skills if s.place in wanted), key=lambda skill: memory.weakness(skill, moment))


# --- where to begin ------------------------------------------------------------------------------------------


def waiting_levels(memory: Memory, levels: Sequence[Level], skipped: bool = False) -> Iterator[Level]:
    """The levels still to be begun, families in turn. What lies below a mastered one need not be begun; with
    `skipped` it is, after all others: an exam asks everything."""
    of_family = _by_family(levels)
    for above in (True, False) if skipped else (True,):
        rows = [list(_open_levels(memory, family, numbers, above)) for family, numbers in of_family.items()]
        for rank in range(max(map(len, rows), default=0)):
            for row in rows:
                if rank < len(row):
                    yield row[rank]


def _open_levels(memory: Memory, family: str, numbers: list[int], above: bool) -> Iterator[Level]:
    mastered, _ = _frontier(memory, family, numbers)
    for number in numbers:
        if (number > mastered) is above and (family, number) not in memory.begun:
            yield family, number


def _frontier(memory: Memory, family: str, numbers: list[int]) -> tuple[int, int]:
    """The highest level that was mastered, and the lowest above it that was not; beyond the ends where there is
    none."""
    shares = {number: memory.share((family, number)) for number in numbers}
    mastered = max((n for n, share in shares.items() if share is not None and share >= MASTERED), default=0)
    failed = [n for n, share in shares.items() if share is not None and share < MASTERED and n > mastered]
    return mastered, min(failed, default=max(numbers) + 1)


def placement(memory: Memory, levels: Sequence[Level]) -> Level | None:
    """The level that tells most about a new learner: the middle of the widest span that is not known yet; None once
    a few variants have been begun or nothing is left to find out."""
    if memory.variants >= PLACING:
        return None
    spans = []
    for family, numbers in _by_family(levels).items():
        mastered, failed = _frontier(memory, family, numbers)
        span = [number for number in numbers if mastered < number < failed]
        if span and len(numbers) > 1:
            spans.append((family, span))
    if not spans:
        return None
    family, span = max(spans, key=lambda each: len(each[1]))
    return family, span[(len(span) - 1) // 2]


def placed(memory: Memory, levels: Sequence[Level]) -> dict[str, int]:
    """For each family that was asked: the level at which the learner goes on."""
    found = {}
    for family, numbers in _by_family(levels).items():
        if any((family, number) in memory.begun for number in numbers):
            mastered, failed = _frontier(memory, family, numbers)
            above = [number for number in numbers if number > mastered]
            found[family] = min([failed, *above] if above else [max(numbers)])
    return found


def _by_family(levels: Sequence[Level]) -> dict[str, list[int]]:
    of_family: dict[str, list[int]] = {}
    for family, number in levels:
        of_family.setdefault(family, []).append(number)
    return {family: sorted(numbers) for family, numbers in of_family.items()}
