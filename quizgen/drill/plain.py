"""The drill in a pipe, and on a terminal that a screen reader says: an answer a line, and plain text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TextIO

from quizgen.drill.look import Look
from quizgen.drill.said import Said
from quizgen.drill.talk import Reading

LONGEST = 20_000  # characters of a line that are looked at; the rest is passed over


@dataclass(frozen=True)
class Plain:
    """Reads lines from `source` and writes to `sink`, each paragraph at once, so that programs can converse."""

    source: TextIO
    sink: TextIO
    look: Look

    def ask(self, reading: Reading) -> str | None:
        """The next line; None at the end of input."""
        line = rest = self.source.readline(LONGEST)
        while rest and not rest.endswith("\n"):
            rest = self.source.readline(LONGEST)
        return line.rstrip("\n") if line else None

    def show(self, said: Said) -> None:
        """The paragraph as it is."""
        self.sink.write(said.text + "\n")
        self.sink.flush()
