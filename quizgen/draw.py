"""Reproducible draws: a seed is text that names its purpose, and only `random()` is asked of Python.

Python promises the sequence of `random()` across versions, and of nothing built on it; so choices and shuffles are
made here. Streams with different names do not overlap.
"""

from __future__ import annotations

import hashlib
import random
import secrets
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

LONGEST_SEED = 200


class Draw:
    """A stream of choices named by `names` (family, level, seed, index, purpose …)."""

    def __init__(self, *names: object) -> None:
        text = "/".join(str(name).replace("%", "%25").replace("/", "%2F") for name in names)
        self._random = random.Random(int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")).random

    def choice(self, options: Sequence[T]) -> T:
        """One of `options`, each as likely."""
        return options[int(self._random() * len(options))]

    def integer(self, low: int, high: int, step: int = 1) -> int:
        """A whole number from low to high, both included."""
        return self.choice(range(low, high + 1, step))

    def nonzero(self, low: int, high: int) -> int:
        """A whole number from low to high that is not 0."""
        return self.choice([number for number in range(low, high + 1) if number])

    def sample(self, options: Sequence[T], count: int) -> list[T]:
        """`count` different ones of `options`, in random order."""
        return self.shuffled(options)[:count]

    def shuffled(self, options: Sequence[T]) -> list[T]:
        """All of `options` in random order."""
        pool, order = list(options), []
        while pool:
            order.append(pool.pop(int(self._random() * len(pool))))
        return order


def is_seed(text: str) -> bool:
    """Whether `text` can name a draw: printable, so that it can be shown and typed again, and not too long."""
    return 0 < len(text) <= LONGEST_SEED and text.isprintable()


def fresh_seed() -> str:
    """A new seed, short enough to be typed again."""
    return secrets.token_hex(4)
