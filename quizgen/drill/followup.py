"""Follow-ups: after a wrong answer a question on a small graph that tells the misconceptions apart that lead to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from quizgen.drill.lesson import Lesson
from quizgen.drill.result import RIGHT, WRONG, Result
from quizgen.question import Question, canonical


def suspected(results: Sequence[Result]) -> tuple[str, ...]:
    """The misconceptions that the wrong answers of a variant leave open: named by one, and not spoken against by a
    right answer after it in which they would have shown."""
    open_: dict[str, None] = {}
    for result in results:
        if result.outcome == WRONG:
            open_ |= dict.fromkeys(wrong for wrong, _ in result.mistakes)
        elif result.outcome == RIGHT and not result.hints:
            open_ = {wrong: None for wrong in open_ if wrong not in result.shows}
    return tuple(open_)


@dataclass(frozen=True, order=True)
class Fit:
    """How well a variant tells misconceptions apart; the larger the better: whether one of its parts shows every one
    that is suspected with a value of its own, how many it so shows, and how few others come to the same values."""

    whole: bool
    shown: int
    alone: int
    nodes: int  # negative: a smaller graph isolates better


def fit(question: Question, suspects: Iterable[str]) -> Fit:
    """The best that a part of `question` does."""
    lesson, wanted = Lesson.of(question), set(suspects)
    nodes = -len(question.problem.graph.nodes)
    parts = [number for number, part in enumerate(question.parts) if not part.ask.symbolic]
    return max((_of_part(lesson, number, wanted, nodes) for number in parts), default=Fit(False, 0, 0, nodes))


def _of_part(lesson: Lesson, number: int, wanted: set[str], nodes: int) -> Fit:
    part = lesson.question.parts[number]
    key = canonical(part.key)
    values: dict[object, set[str]] = {}
    for value, wrong, at in lesson.mistakes[number].found(part.ask):
        if value != key and (not at or wrong not in wanted):
            values.setdefault(value, set()).add(wrong)
    told = [found for found in values.values() if len(found & wanted) == 1]
    shown = {next(iter(found & wanted)) for found in told}
    others = sum(len(found) - 1 for found in told)
    return Fit(shown == wanted, len(shown), -others, nodes)
