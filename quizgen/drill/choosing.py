"""What a drill asks next: a follow-up, what places a new learner, what is due, what is new, what is weakest."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime

from quizgen.drill.chosen import Chosen, Why
from quizgen.drill.followup import Fit, fit, suspected
from quizgen.drill.lesson import Lesson
from quizgen.drill.planning import Plan, placed, placement, plan, practised
from quizgen.drill.result import Result
from quizgen.drill.schedule import Level, Memory, Skill
from quizgen.drill.supply import Supply
from quizgen.errors import QuizgenError
from quizgen.question import Question

FOLLOW_UPS = 2  # in a row
LOOKED_AT = 12  # variants of a level among which one that practises a skill is looked for
TRIED = 3  # of them are looked at closely, which takes longer
PROBED = 12  # variants of a level among which the one that tests most is looked for


class Chooser:
    """Chooses variant after variant; `heard` tells it each answer. The same seed, record and day choose the same."""

    def __init__(self, supply: Supply, memory: Memory, exam: date | None = None) -> None:
        self.supply, self.memory, self.exam = supply, memory, exam
        self._results: list[Result] = []  # of the variant that is being asked
        self._last: Level | None = None
        self._asked = Counter[Level]()
        self._reviewed = set[tuple[date, Skill]]()  # a variant may fail to ask what it was chosen for: once is enough
        self._follow_ups = 0
        self._was_placing = False

    def heard(self, result: Result) -> None:
        """An answer that was just recorded."""
        self._results.append(result)
        self.memory.learn(result)

    def plan(self, now: datetime) -> Plan:
        """What is to be done today."""
        return plan(self.memory, self.supply.levels(), now, self.exam)

    def chosen(self, clock: Callable[[], datetime]) -> Iterator[Chosen]:
        """Variants to be asked: endless, or until a bank that was named has been asked once."""
        while (found := self._next(clock())) is not None:
            self._results = []
            self._last = (found.question.problem.family, found.question.problem.level)
            self._asked[self._last] += 1
            self._follow_ups = self._follow_ups + 1 if found.why is Why.FOLLOW_UP else 0
            yield found
        if not self._asked:
            raise QuizgenError("drill.nothing_usable", file=self.supply.wanted.bank)

    def _next(self, now: datetime) -> Chosen | None:
        return self._follow_up() or self._place() or self._scheduled(now) or self._rest()

    # --- one reason after the other --------------------------------------------------------------------------

    def _follow_up(self) -> Chosen | None:
        suspects = suspected(self._results)
        if not suspects or self._follow_ups >= FOLLOW_UPS:
            return None
        best: tuple[Fit, Question, Level] | None = None
        for nodes, level in sorted(self._sizes()):
            if best is not None and best[0].whole and nodes > -best[0].nodes:
                break  # a larger graph isolates less
            for question in self.supply.candidates(level, TRIED):
                found = fit(question, suspects)
                if found.shown and (best is None or found > best[0]):
                    best = found, question, level
        if best is None:
            return None
        self.supply.take(best[2], best[1])
        apart = tuple(wrong for wrong in suspects if wrong in shown(best[1]))
        return Chosen(best[1], Why.FOLLOW_UP, apart=apart)

    def _sizes(self) -> Iterator[tuple[int, Level]]:
        """How large the graphs of each level are."""
        for level in self.supply.levels():
            for question in self.supply.candidates(level, 1):
                yield len(question.problem.graph.nodes), level

    def _place(self) -> Chosen | None:
        wanted = self.supply.wanted
        level = None if wanted.bank or wanted.level else placement(self.memory, self.supply.levels())
        question = self._probing(level) if level else None
        if question is not None:
            self._was_placing = True
            return Chosen(question, Why.PLACING)
        return None

    def _scheduled(self, now: datetime) -> Chosen | None:
        """What is due, then what is to be begun; two siblings stand back to back only where there is nothing else."""
        today = self.plan(now)
        new_first = self.exam is not None  # its pace is counted back from the exam; without one it can wait
        found = self._new(today) if new_first else None
        found = found or self._review(today, now) or self._new(today)
        return found or (None if self.supply.wanted.bank else self._practised(now))

    def _review(self, today: Plan, now: datetime) -> Chosen | None:
        due = [skill for skill in today.due if (now.date(), skill) not in self._reviewed]
        review = self._first_of(due, Why.REVIEW)
        if review is not None and review.skill is not None:
            self._reviewed.add((now.date(), review.skill))
        return review

    def _new(self, today: Plan) -> Chosen | None:
        for level in today.begin:
            if level != self._last and (question := self._probing(level)) is not None:
                return self._told(Chosen(question, Why.NEW, Skill(*level, "")))
        return None

    def _practised(self, now: datetime) -> Chosen | None:
        skills = practised(self.memory, self.supply.levels(), now, self.exam)
        return self._first_of(sorted(skills, key=lambda skill: self._asked[skill.place]), Why.PRACTICE)

    def _first_of(self, skills: Sequence[Skill], why: Why) -> Chosen | None:
        for skill in skills:
            if skill.place != self._last and (question := self._practising(skill)) is not None:
                return self._told(Chosen(question, why, skill))
        return None

    def _rest(self) -> Chosen | None:
        """Whatever is left, in the order of the seed; siblings of the last one only where there is nothing else."""
        levels = self.supply.levels()
        following = self.supply.following()
        for level in [following, *levels] if following else levels:
            if level != self._last or len(levels) == 1:
                question = self._probing(level)
                if question is not None:
                    return self._told(Chosen(question))
        question = self._probing(self._last) if self._last in levels and self._last else None
        return None if question is None else self._told(Chosen(question))

    def _told(self, chosen: Chosen) -> Chosen:
        """With the place of a new learner, once it has been found."""
        if not self._was_placing:
            return chosen
        self._was_placing = False
        found = tuple(placed(self.memory, self.supply.levels()).items())
        return Chosen(chosen.question, chosen.why, chosen.skill, chosen.apart, found)

    def _practising(self, skill: Skill) -> Question | None:
        """A variant in which the skill is asked; the next one of its level where none of a few does."""
        found = self.supply.candidates(skill.place, LOOKED_AT)
        of_kind = [each for each in found if any(part.ask.kind == skill.kind for part in each.parts)]
        if skill.misconception:
            of_kind = next(([each] for each in of_kind[:TRIED] if _shows(each, skill)), of_kind)
        return self._probing(skill.place, of_kind)

    def _probing(self, level: Level, among: Sequence[Question] = ()) -> Question | None:
        """The variant of a level (`among` some of it) that tests most of what no answer has tested yet.

        A bank that was named keeps the order of its seed, and so does the first variant of all: it must be quick.
        """
        found = list(among or self.supply.candidates(level, PROBED))[:PROBED]
        if not self._asked or self.supply.wanted.bank is not None:
            return self.supply.take(level, next(iter(found), None))
        tested = self.memory.tested
        worth = {each.id: sum(1 / (1 + tested[wrong]) ** 2 for wrong in shown(each)) for each in found}
        return self.supply.take(level, max(found, key=lambda each: worth[each.id], default=None))


@functools.lru_cache(512)
def shown(question: Question) -> frozenset[str]:
    """Every misconception that some part of a variant shows. Expressions are left out: they take long, and show what
    the numbers show."""
    lesson = Lesson.of(question)
    numbers = [number for number, part in enumerate(question.parts) if not part.ask.symbolic]
    return frozenset(wrong for number in numbers for wrong in lesson.shows(number))


def _shows(question: Question, skill: Skill) -> bool:
    lesson = Lesson.of(question)
    return any(
        skill.misconception in lesson.shows(number)
        for number, part in enumerate(question.parts)
        if part.ask.kind == skill.kind
    )
