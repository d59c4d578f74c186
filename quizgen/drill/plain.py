"""The drill in a pipe: an answer a line, and plain text."""

from __future__ import annotations

from typing import TextIO

from quizgen.drill.telling import Said

LONGEST = 20_000  # characters of a line that are looked at; the rest is passed over


class Plain:
    """Reads lines from `source` and writes to `sink`, each paragraph at once, so that programs can converse."""

    columns = None

    def __init__(self, source: TextIO, sink: TextIO) -> None:
        self.source, self.sink = source, sink

    def ask(self) -> str | None:
        """The next line; None at the end of input."""
        line = rest = self.source.readline(LONGEST)
        while rest and not rest.endswith("\n"):
            rest = self.source.readline(LONGEST)
        return line.rstrip("\n") if line else None

    def show(self, said: Said) -> None:
        """The paragraph as it is."""
        self.sink.write(said.text + "\n")
        self.sink.flush()
