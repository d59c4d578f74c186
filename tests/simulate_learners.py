"""Simulated learners: does the drill name what is wrong, and does its order help against forgetting?

    python tests/simulate_learners.py [RUNS]      (100 runs; some minutes on two cores)

1. A learner holds one misconception and answers every part by that rule. Counted is in how many runs the drill names
   it within five answers, and within five problems: at a level that can show it, in a family that can, and without
   any restriction.
2. A learner forgets by a model that is not the scheduler's, up to an exam after thirty days. Compared is what is
   remembered on that day after the drill's order and after a random one, with the same number of problems.
"""

from __future__ import annotations

import functools
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from math import exp, log
from statistics import mean, stdev

from quizgen import bank, families, misconceptions
from quizgen.draw import Draw
from quizgen.drill.choosing import Chooser
from quizgen.drill.lesson import Lesson
from quizgen.drill.result import RIGHT, WRONG, Result
from quizgen.drill.schedule import Level, Memory
from quizgen.drill.session import opened, responded, start
from quizgen.drill.supply import Supply, Wanted
from quizgen.errors import QuizgenError
from quizgen.question import Question, canonical, value_text

NOW = datetime(2027, 1, 1, 9, tzinfo=UTC)
WITHIN = 5  # answers, or problems
LOOKED_AT = 12  # variants of a level in which a misconception is looked for


def reading_once() -> None:
    """Thousands of drills read the same banks: each is read once, in this process. A test takes that back."""
    bank.lines = functools.cache(bank.lines)  # type: ignore[assignment]
    bank.Line.question = functools.cache(bank.Line.question)  # type: ignore[method-assign, assignment]


def refuse(error: QuizgenError) -> None:
    raise AssertionError(str(error))


# --- who holds a misconception -------------------------------------------------------------------------------


def mistaken(lesson: Lesson, part: int, wrong: str) -> str:
    """What the learner types: the value that the rule leads to, else the key."""
    asked = lesson.question.parts[part]
    for value, name, at in lesson.mistakes[part].answers(asked.ask):
        if (name, at) == (wrong, "") and canonical(value) != canonical(asked.key):
            return value_text(value)
    return value_text(asked.key)


def of_families() -> Iterator[bank.Line]:
    """The shipped lines that a drill asks by itself."""
    return (line for line in bank.shipped_lines() if line.family in families.catalogue())


@functools.cache
def showing() -> dict[str, tuple[Level, ...]]:
    """For each misconception the levels that can show it, those first that do so in most variants."""
    lines: dict[Level, list[bank.Line]] = {}
    for line in of_families():
        lines.setdefault((line.family, line.level), []).append(line)
    found = {wrong: Counter[Level]() for wrong in misconceptions.catalogue()}
    for level, of_level in lines.items():
        for line in of_level[:LOOKED_AT]:
            lesson = Lesson.of(line.question())
            shown = {wrong for number in range(len(lesson.question.parts)) for wrong in lesson.shows(number)}
            for wrong in shown:
                found[wrong][level] += 1
    return {wrong: tuple(level for level, _ in levels.most_common()) for wrong, levels in found.items()}


def named_after(wrong: str, wanted: Wanted) -> tuple[int, int]:
    """After how many answers, and in which problem, the drill names the misconception; large numbers where it does
    not within so many problems."""
    chooser, answers = Chooser(Supply(wanted, "en", refuse, set()), Memory()), 0
    for number, chosen in enumerate(islice(chooser.chosen(lambda: NOW), WITHIN), 1):
        state, _ = opened(start(NOW), chosen)
        assert state.lesson is not None
        lesson = state.lesson
        for part in range(len(chosen.question.parts)):
            answers += 1
            state, _ = responded(state, mistaken(lesson, part, wrong), NOW)
            result = state.results[-1]
            chooser.heard(result)
            if wrong in {name for name, _ in result.mistakes}:
                return answers, number
    return 10**6, 10**6


def wishes(wrong: str, run: int) -> dict[str, Wanted]:
    """The drills that are tried: at the level that shows it most, in that family, and without a wish."""
    family, level = showing()[wrong][0]
    seed = f"{wrong}-{run}"
    return {
        "level": Wanted(seed, None, (family,), level),
        "family": Wanted(seed, None, (family,)),
        "all": Wanted(seed),
    }


def holding(wrong: str, runs: int, kinds: tuple[str, ...] = ("level", "family", "all")) -> dict[str, tuple[int, int]]:
    """In how many runs it is named within five answers, and within five problems."""
    found = {}
    for kind in kinds:
        after = [named_after(wrong, wishes(wrong, run)[kind]) for run in range(runs)]
        found[kind] = (sum(a <= WITHIN for a, _ in after), sum(p <= WITHIN for _, p in after))
    return found


# --- who forgets ---------------------------------------------------------------------------------------------


class HalfLife:
    """p = g + (1 - g) 2^(-days / half-life), g the chance to hit on it unlearnt; the half-life doubles with a right
    answer and halves with a wrong one, within bounds. The form is that of half-life regression (Settles & Meeder
    2016); the factors are Leitner's."""

    GUESS = 0.25

    def __init__(self) -> None:
        self.seen: dict[object, tuple[datetime, float]] = {}

    def recall(self, skill: object, now: datetime) -> float:
        if skill not in self.seen:
            return self.GUESS
        at, half_life = self.seen[skill]
        return float(self.GUESS + (1 - self.GUESS) * 2 ** (-((now - at) / timedelta(days=1)) / half_life))

    def practised(self, skill: object, now: datetime, right: bool) -> None:
        _, half_life = self.seen.get(skill, (now, 1.0))
        self.seen[skill] = (now, min(max(half_life * (2 if right else 0.5), 0.5), 60))


class Activation:
    """ACT-R: activation is the log of summed traces t^-d, and a trace laid down while activation is high fades faster
    (the spacing effect). Parameters of Pavlik & Anderson 2005: c = 0.217, a = 0.177, tau = -0.704, s = 0.0786, hours
    outside practice counted 0.025 times."""

    C, A, TAU, S, OUTSIDE = 0.217, 0.177, -0.704, 0.0786, 0.025

    def __init__(self) -> None:
        self.traces: dict[object, list[tuple[datetime, float]]] = {}

    def activation(self, skill: object, now: datetime) -> float:
        total = 0.0
        for at, decay in self.traces.get(skill, []):
            seconds = max((now - at).total_seconds(), 1)
            days = (now.date() - at.date()).days
            counted = seconds if not days else max(days * 86400 * self.OUTSIDE, 1)
            total += float(counted**-decay)
        return log(total) if total else -10.0

    def recall(self, skill: object, now: datetime) -> float:
        return 1 / (1 + exp(min((self.TAU - self.activation(skill, now)) / self.S, 500)))

    def practised(self, skill: object, now: datetime, right: bool) -> None:
        decay = self.C * exp(self.activation(skill, now)) + self.A
        self.traces.setdefault(skill, []).append((now, decay))


DAYS, MODELS = 30, {"half-life": HalfLife, "ACT-R": Activation}


@dataclass
class Course:
    """Thirty days of practice under a model of forgetting."""

    model: HalfLife | Activation
    seed: str

    def __post_init__(self) -> None:
        self.supply = Supply(Wanted(self.seed), "en", refuse, set())
        self.memory, self.luck = Memory(), Draw("forgetting", self.seed)
        self.exam = NOW.date() + timedelta(days=DAYS)

    def answered(self, question: Question, now: datetime) -> Iterator[Result]:
        problem = question.problem
        for number, part in enumerate(question.parts, 1):
            skill = (problem.family, problem.level, part.ask.kind)
            right = self.luck.integer(0, 10**6) < 10**6 * self.model.recall(skill, now)
            self.model.practised(skill, now, right)
            outcome = RIGHT if right else WRONG
            yield Result(now, question.id, number, *skill, "", outcome, mark=int(right))  # type: ignore[arg-type]

    def ours(self, now: datetime, count: int) -> None:
        chooser = Chooser(self.supply, self.memory, self.exam)
        for number, chosen in enumerate(islice(chooser.chosen(lambda: now), count)):
            for result in self.answered(chosen.question, now + number * timedelta(minutes=5)):
                chooser.heard(result)

    def random(self, now: datetime, count: int) -> None:
        for number in range(count):
            question = self.supply.take(self.luck.choice(self.supply.levels()))
            assert question is not None
            for _ in self.answered(question, now + number * timedelta(minutes=5)):
                pass

    def remembered(self) -> float:
        """The mean chance of a right answer on the day of the exam, over every kind at every level."""
        at = datetime.combine(date(2027, 1, 1) + timedelta(days=DAYS), datetime.min.time(), UTC) + timedelta(hours=12)
        return mean(self.model.recall(skill, at) for skill in every_skill())


@functools.cache
def every_skill() -> tuple[tuple[str, int, str], ...]:
    found: Counter[tuple[str, int, str]] = Counter()
    per_level: Counter[Level] = Counter()
    for line in of_families():
        if per_level[line.family, line.level] < 20:
            per_level[line.family, line.level] += 1
            found.update((line.family, line.level, part.ask.kind) for part in line.question().parts)
    return tuple(found)


def course(model: str, count: int, seed: str, order: str) -> float:
    taken = Course(MODELS[model](), seed)
    for day in range(DAYS):
        getattr(taken, order)(NOW + timedelta(days=day), count)
    return taken.remembered()


# --- printing ------------------------------------------------------------------------------------------------


def print_holding(runs: int, workers: ProcessPoolExecutor) -> None:
    shown = [wrong for wrong, levels in showing().items() if levels]
    print(f"Runs of {runs} in which a misconception is named within {WITHIN} answers / {WITHIN} problems")
    print(f"{'':34} {'at a level':>12} {'in a family':>12} {'anywhere':>12}")
    for wrong, found in zip(shown, workers.map(functools.partial(holding, runs=runs), shown), strict=True):
        print(f"{wrong:34} " + " ".join(f"{a:>6}/{p:<5}" for a, p in found.values()), flush=True)
    print("No family shows:", ", ".join(wrong for wrong, levels in showing().items() if not levels))


def print_forgetting(seeds: int, workers: ProcessPoolExecutor) -> None:
    print(f"\nMean chance of a right answer on the day of the exam, {seeds} learners each (mean ± spread)")
    for model in MODELS:
        for count in (3, 6):
            told = {}
            for order in ("ours", "random"):
                jobs = [workers.submit(course, model, count, f"s{seed}", order) for seed in range(seeds)]
                told[order] = [job.result() for job in jobs]
            line = ", ".join(f"{order} {mean(each):.3f} ± {stdev(each):.3f}" for order, each in told.items())
            print(f"{model:10} {count} problems a day: {line}", flush=True)


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    reading_once()
    with ProcessPoolExecutor(2, initializer=reading_once) as pool:
        print_forgetting(max(wanted // 5, 2), pool)
        print_holding(wanted, pool)
