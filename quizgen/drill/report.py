"""What the record says about the learner, as plain values: pure functions of the answers, the time and the calendar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from quizgen import families
from quizgen.drill.planning import due_skills
from quizgen.drill.result import RIGHT, SKIPPED, WRONG, Flag, Result
from quizgen.drill.schedule import Level, Memory, Skill

AHEAD = 7  # days of the forecast
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Total:
    """How often questions of one family, level and kind were answered, and how."""

    family: str
    level: int
    kind: str
    answers: int
    right: int
    wrong: int
    skipped: int
    hints: int


@dataclass(frozen=True)
class Trouble:
    """A misconception: how many wrong answers it explains, on which days, and whether a question on which it would
    have shown was answered rightly since."""

    id: str
    count: int
    by_day: tuple[tuple[date, int], ...]
    overcome: bool


@dataclass(frozen=True)
class Remembered:
    """A skill: the chance of a right answer now (a day after practice at the earliest) and on the day of the exam, and
    when it is to be practised again."""

    skill: Skill
    retention: float
    at_exam: float | None
    last: date
    due: date
    reviews: int


@dataclass(frozen=True)
class Report:
    """Everything that is shown. Days are those of the learner's calendar."""

    today: date
    totals: tuple[Total, ...]
    variants: int
    days: tuple[date, ...]
    troubles: tuple[Trouble, ...]
    skills: tuple[Remembered, ...]
    current: int
    longest: int
    forecast: tuple[tuple[date, int], ...]
    exam: date | None
    flags: tuple[Flag, ...]


def report(
    results: Collection[Result], flags: Iterable[Flag], exam: date | None, now: datetime, zone: tzinfo | None = None
) -> Report:
    """What the answers say at the moment `now`, in the calendar of `zone` (None: this machine's)."""
    days = tuple(sorted({_day(result.at, zone) for result in results}))
    today = _day(now, zone)
    skills = remembered(results, exam, now, zone)
    return Report(
        today,
        totals(results),
        len({result.question for result in results}),
        days,
        troubles(results, zone),
        skills,
        *streak(days, today),
        forecast((each.due for each in skills), today),
        exam,
        tuple(flags),
    )


def _day(moment: datetime, zone: tzinfo | None) -> date:
    return moment.astimezone(zone).date()


def totals(results: Iterable[Result]) -> tuple[Total, ...]:
    """By family, level and kind; the kinds in the order in which questions ask them."""
    groups: dict[tuple[str, int, str], list[Result]] = {}
    for result in results:
        groups.setdefault((result.family, result.level, result.kind), []).append(result)
    order = sorted(groups.items(), key=lambda item: (item[0][:2], min(result.part for result in item[1]), item[0][2]))
    return tuple(_total(key, group) for key, group in order)


def _total(key: tuple[str, int, str], group: list[Result]) -> Total:
    counts = Counter(result.outcome for result in group)
    hints = sum(result.hints for result in group)
    return Total(*key, len(group), counts[RIGHT], counts[WRONG], counts[SKIPPED], hints)


def troubles(results: Iterable[Result], zone: tzinfo | None = None) -> tuple[Trouble, ...]:
    """The misconceptions, the most frequent first. One wrong answer counts once for each that leads to it."""
    days: dict[str, Counter[date]] = {}
    overcome = dict[str, bool]()
    for result in sorted(results, key=lambda each: each.at):
        for wrong in {wrong for wrong, _ in result.mistakes}:
            days.setdefault(wrong, Counter())[_day(result.at, zone)] += 1
            overcome[wrong] = False
        if result.outcome == RIGHT:
            overcome |= {wrong: True for wrong in result.shows if wrong in overcome}
    found = (
        Trouble(wrong, counts.total(), tuple(sorted(counts.items())), overcome[wrong]) for wrong, counts in days.items()
    )
    return tuple(sorted(found, key=lambda each: (-each.count, each.id)))


def remembered(
    results: Collection[Result], exam: date | None, now: datetime, zone: tzinfo | None = None
) -> tuple[Remembered, ...]:
    """Every skill that was practised, in the order of the totals, with its misconceptions after it."""
    memory, now = Memory.of(results), now.astimezone(zone)
    due = set(due_skills(memory, _askable(memory), now, exam))
    order = {(each.family, each.level, each.kind): number for number, each in enumerate(totals(results))}
    # The middle of the day, because nobody knows the hour; a day that is past says nothing about what is to come.
    noon = datetime.combine(exam, time(12), now.tzinfo) if exam and exam >= now.date() else None

    def told(skill: Skill) -> Remembered:
        return Remembered(
            skill,
            # Within its day nothing is forgotten, by the grain of the model: what is told is the next day's.
            _known(memory, skill, max(now, memory.last(skill) + DAY)),
            _known(memory, skill, max(now, noon)) if noon else None,
            _day(memory.last(skill), zone),
            now.date() if skill in due else _day(memory.due(skill), zone),
            memory.reviews(skill),
        )

    place = {skill: order[skill.family, skill.level, skill.kind] for skill in memory.skills}
    return tuple(map(told, sorted(memory.skills, key=lambda skill: (place[skill], skill.misconception))))


def _askable(memory: Memory) -> list[Level]:
    """The levels that this version can ask, of those that were practised."""
    known = families.catalogue()
    places = {skill.place for skill in memory.skills}
    return [(name, level) for name, level in places if name in known and level in known[name].levels]


def _known(memory: Memory, skill: Skill, at: datetime) -> float:
    """The chance that the skill is there; what was never right is not there, whatever a model expects of practice."""
    return memory.retention(skill, at) if Skill(*skill.place, skill.kind) in memory.done else 0.0


def streak(days: Collection[date], today: date) -> tuple[int, int]:
    """How many days in a row were practised, up to today or (today is not over) yesterday; and the longest row."""
    there = set(days)

    def length(last: date) -> int:
        count = 0
        while last - count * DAY in there:
            count += 1
        return count

    ends = [day for day in there if day + DAY not in there]
    current = length(today) or length(today - DAY)
    return current, max(map(length, ends), default=0)


def forecast(dues: Iterable[date], today: date, ahead: int = AHEAD) -> tuple[tuple[date, int], ...]:
    """How many skills are due on each of the next days, from today, which also has all that was due before."""
    counts = Counter(max(due, today) for due in dues)
    days = (today + number * DAY for number in range(ahead))
    return tuple((day, counts[day]) for day in days)


def by_week(days: Iterable[tuple[date, int]]) -> tuple[tuple[date, int], ...]:
    """The counts of days summed over weeks, each named by its Monday."""
    weeks = Counter[date]()
    for day, count in days:
        weeks[day - day.weekday() * DAY] += count
    return tuple(sorted(weeks.items()))


def recent(counts: Iterable[tuple[date, int]], last: date, step: timedelta, number: int) -> list[int]:
    """The counts of the last `number` days (or weeks), those without any too; the latest comes last."""
    found = dict(counts)
    return [found.get(last - place * step, 0) for place in reversed(range(number))]
