"""On which line of a TOML file something stands, for messages: tomllib reads values and forgets where they were."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

Place = tuple[str | int, ...]  # as pydantic names it: ("problem", 0, "story", "ja")

_HEADER = re.compile(r"\s*\[(\[)?\s*(.+?)\s*\]?\]\s*(#.*)?$")
_KEY = re.compile(r"""\s*((?:[\w-]+|"[^"\n]*"|'[^'\n]*')(?:\s*\.\s*(?:[\w-]+|"[^"\n]*"|'[^'\n]*'))*)\s*=""")
_PART = re.compile(r"""[\w-]+|"[^"\n]*"|'[^'\n]*'""")
_LONG = ('"""', "'''")


class Lines:
    """The lines of the tables and keys of one TOML text."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._found: dict[Place, int] = {}
        self._counts: dict[Place, int] = {}
        table: Place = ()
        for number, line in self._outside_of_long_texts():
            header = _HEADER.match(line)
            if header:
                table = self._table(_parts(header[2]), bool(header[1]))
                self._note(table, number)
                continue
            key = _KEY.match(line)
            if key:
                self._note((*table, *_parts(key[1])), number)

    def _outside_of_long_texts(self) -> Iterator[tuple[int, str]]:
        """The numbered lines on which a table or key may begin."""
        closing = ""
        for number, line in enumerate(self._lines, 1):
            if closing:
                if closing in line:
                    closing = ""
                continue
            yield number, line
            for quotes in _LONG:
                if line.count(quotes) % 2:
                    closing = quotes

    def _table(self, parts: list[str], repeated: bool) -> Place:
        """The place that a header opens; tables in arrays are counted."""
        place: Place = ()
        for position, part in enumerate(parts):
            place = (*place, part)
            if repeated and position == len(parts) - 1:
                self._counts[place] = self._counts.get(place, -1) + 1
            if place in self._counts:
                place = (*place, self._counts[place])
        return place

    def _note(self, place: Place, number: int) -> None:
        for length in range(len(place), 0, -1):  # problem.story is there once problem.story.ja is
            self._found.setdefault(place[:length], number)

    def of(self, place: Sequence[str | int], word: str = "") -> int:
        """The line of `place`, or of the nearest thing around it that has one; below that the first line with `word`
        in the same stretch, where it is there."""
        at: Place = tuple(place)
        while at and at not in self._found:
            at = at[:-1]
        start = self._found.get(at, 1)
        if not word:
            return start
        end = min((line for line in self._found.values() if line > start), default=len(self._lines) + 1)
        return next((line for line in range(start, end) if word in self._lines[line - 1]), start)


def _parts(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in _PART.findall(dotted)]
