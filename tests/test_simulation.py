"""A learner who holds one misconception is told so within five problems; the scripts' learners are what they say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import simulate_learners as simulated

from quizgen import bank, misconceptions

ENOUGH = 0.95


@pytest.fixture(scope="module", autouse=True)
def _read_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bank, "lines", bank.lines)
        patch.setattr(bank.Line, "question", bank.Line.question)
        simulated.reading_once()
        yield


def shown() -> list[str]:
    return [wrong for wrong, levels in simulated.showing().items() if levels]


def test_the_misconceptions_of_the_drill_are_named_within_five_problems() -> None:
    """A few runs of each; the long test below makes a hundred."""
    named = [simulated.holding(wrong, 2, ("level",))["level"][1] for wrong in shown()]
    assert len(named) > 20
    assert sum(named) >= ENOUGH * 2 * len(named)


@pytest.mark.long
@pytest.mark.parametrize("wrong", misconceptions.catalogue())
def test_each_misconception_is_named_within_five_problems_in_95_of_100_runs(wrong: str) -> None:
    if wrong not in shown():
        pytest.skip("no family shows it")
    assert simulated.holding(wrong, 100, ("level",))["level"][1] >= 100 * ENOUGH


def test_a_learner_without_misconceptions_is_told_of_none() -> None:
    assert simulated.named_after("", simulated.wishes(shown()[0], 0)["level"])[1] > simulated.WITHIN


@pytest.mark.parametrize("model", simulated.MODELS.values())
def test_the_models_forget_with_time_and_remember_by_practice(model: type) -> None:
    mind, now = model(), simulated.NOW
    before = mind.recall("skill", now)
    mind.practised("skill", now, True)
    after, later = (mind.recall("skill", now + timedelta(days=days)) for days in (1, 20))
    assert later < after
    for day in range(2, 12, 2):
        mind.practised("skill", now + timedelta(days=day), True)
    assert mind.recall("skill", now + timedelta(days=20)) > max(before, later)
