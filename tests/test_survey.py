"""The laws over many draws; `tests/survey.py` prints the same for as many as one likes."""

from __future__ import annotations

from collections import Counter

import pytest
import survey

from quizgen.misconceptions import catalogue


def claims(counts: Counter[str], variants: int) -> None:
    assert counts["variants"] >= variants
    assert counts["disagreements"] == 0
    for wrong in catalogue():
        assert counts[f"refused {wrong}"] == counts[f"changed by {wrong}"], wrong
    assert sum(counts[f"changed by {wrong}"] for wrong in catalogue()) > 5 * variants


def test_layers_and_formulas_agree_and_every_mistake_is_refused() -> None:
    claims(survey.run(120, 1), 110)


@pytest.mark.long
def test_layers_and_formulas_agree_on_thousands_of_draws() -> None:
    claims(survey.run(3000, 2), 2900)
