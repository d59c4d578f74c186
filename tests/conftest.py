"""One profile for hypothesis: the same examples on every machine and on every run."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "quizgen",
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
settings.load_profile("quizgen")
