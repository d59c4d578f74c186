"""What a learner remembers, skill by skill, from the record alone: each answer is a review, FSRS says the rest.

Nothing is kept beside the record, so records of two machines are merged by merging their answers, and another version
or another scheduler reads the same past. Time has the grain of a day: numbers are fresh at each review, and within a
day the drill practises by follow-ups. Source of the model: FSRS-6, Open Spaced Repetition (package `fsrs`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import TYPE_CHECKING

from quizgen.drill.result import RIGHT, WRONG, Result

if TYPE_CHECKING:
    from fsrs import Card, Rating, Scheduler

RETENTION = 0.9  # below it a skill is due
LONGEST = 1000  # days to the next review; also keeps what a clock gone mad recorded inside the calendar
MASTERED = Fraction(3, 4)  # of the marks of a variant
FEWEST_ANSWERS = 3  # of a variant that tells how well a level is known

Level = tuple[str, int]  # family, level


@dataclass(frozen=True, order=True)
class Skill:
    """Questions of one kind at one level of a family; with a misconception: not to fall into it there."""

    family: str
    level: int
    kind: str
    misconception: str = ""

    @property
    def place(self) -> Level:
        """The level that practises it."""
        return self.family, self.level


class Memory:
    """What was learned so far. `of` reads a record in any order; `learn` adds an answer that was just given."""

    def __init__(self) -> None:
        self.skills: dict[Skill, Card] = {}
        self.begun: dict[Level, datetime] = {}
        self._reviews: dict[Skill, int] = {}
        self.done: set[Skill] = set()  # that were right at least once
        self.tested = Counter[str]()  # how often an answer could have shown each misconception
        self._runs: dict[Level, list[tuple[str, dict[int, Fraction]]]] = {}  # variants as they were asked: part, mark
        self._scheduler = _scheduler()

    @classmethod
    def of(cls, results: Iterable[Result]) -> Memory:
        """The memory of a whole record."""
        memory = cls()
        different = dict.fromkeys(results)  # what was told twice was answered once
        for result in sorted(different, key=lambda each: (each.at, each.question, each.part, each.typed)):
            memory.learn(result)
        return memory

    def learn(self, result: Result) -> None:
        """One answer more: a review of its skill, and of each misconception it speaks for or against."""
        level = (result.family, result.level)
        self.begun.setdefault(level, result.at)
        runs = self._runs.setdefault(level, [])
        last = next((marks for question, marks in reversed(runs) if question == result.question), None)
        if last is None or result.part in last:  # a variant that is asked again begins anew
            runs.append((result.question, {result.part: result.mark}))
        else:
            last[result.part] = result.mark
        self.tested.update(result.shows)
        rated = _rating(result)
        if result.outcome == RIGHT:
            self.done.add(Skill(*level, result.kind))
        self._review(Skill(*level, result.kind), rated, result.at)
        if result.outcome == WRONG:
            for wrong in {wrong for wrong, _ in result.mistakes}:
                self._review(Skill(*level, result.kind, wrong), rated, result.at)
        elif result.outcome == RIGHT and not result.hints:
            for wrong in result.shows:
                skill = Skill(*level, result.kind, wrong)
                if skill in self.skills:
                    self._review(skill, rated, result.at)

    def _review(self, skill: Skill, rating: Rating, at: datetime) -> None:
        from fsrs import Card

        card = self.skills.get(skill) or Card(card_id=0)
        if card.last_review is not None and at < card.last_review:  # a clock that was put back
            at = card.last_review
        self.skills[skill], _ = self._scheduler.review_card(card, rating, at.astimezone(UTC))
        self._reviews[skill] = self._reviews.get(skill, 0) + 1

    def retention(self, skill: Skill, at: datetime) -> float:
        """The chance, 0 to 1, that the skill is there at that time; 0 for one that was never practised."""
        card = self.skills.get(skill)
        return self._scheduler.get_card_retrievability(card, at.astimezone(UTC)) if card else 0.0

    def due(self, skill: Skill) -> datetime:
        """When the skill is to be practised again."""
        return self.skills[skill].due

    def last(self, skill: Skill) -> datetime:
        """When it was practised last."""
        last = self.skills[skill].last_review
        assert last is not None
        return last

    def reviews(self, skill: Skill) -> int:
        """How often it was practised."""
        return self._reviews.get(skill, 0)

    def weakness(self, skill: Skill, at: datetime) -> tuple[float, float, Skill]:
        """Smaller is weaker: the retention at that time, then how fast it fades."""
        return self.retention(skill, at), self.skills[skill].stability or 0.0, skill

    def gain(self, skill: Skill, now: datetime, at: datetime) -> float:
        """How much more likely the skill is there at the time `at` when it is practised now."""
        from fsrs import Rating

        card, known = self.skills[skill], self.retention(skill, now)
        ratings, moment = (Rating.Good, Rating.Again), now.astimezone(UTC)
        after = [self._scheduler.review_card(card, rating, moment)[0] for rating in ratings]
        right, wrong = (self._scheduler.get_card_retrievability(each, at.astimezone(UTC)) for each in after)
        return known * right + (1 - known) * wrong - self.retention(skill, at)

    def share(self, level: Level) -> Fraction | None:
        """The share of the marks in the last variant of a level that was answered far enough; None without one."""
        shares = [
            sum(marks.values(), Fraction(0)) / len(marks)
            for _, marks in self._runs.get(level, ())
            if len(marks) >= FEWEST_ANSWERS
        ]
        return shares[-1] if shares else None

    @property
    def variants(self) -> int:
        """How many variants were begun."""
        return len({question for runs in self._runs.values() for question, _ in runs})


def _scheduler() -> Scheduler:
    from fsrs import Scheduler

    # No learning steps of minutes: the next review of anything is at least a day away. No fuzz: the same record gives
    # the same plan.
    return Scheduler(
        desired_retention=RETENTION,
        learning_steps=(),
        relearning_steps=(),
        maximum_interval=LONGEST,
        enable_fuzzing=False,
    )


def _rating(result: Result) -> Rating:
    """Right is Good, with the help of some steps Hard; wrong, skipped, or after the whole solution: Again."""
    from fsrs import Rating

    if result.outcome != RIGHT or (result.hints and not result.mark):
        return Rating.Again
    return Rating.Hard if result.hints else Rating.Good
