"""Tables, bars and small charts in characters, for terminals of any width and for pipes.

A Japanese character takes two columns. Where a table is too wide, the columns that can be missed go, then the first
one folds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import zip_longest

from quizgen.picture.layout import printable
from quizgen.picture.terminal import width as columns_of

GAP = 2
NARROWEST = 8  # columns of the first column, which folds
BLOCKS = " ▏▎▍▌▋▊▉█"
LEVELS = "·▁▂▃▄▅▆▇█"
ENDLESS = 10_000


class Look(Enum):
    """What a piece of text is; a terminal takes its colour from it."""

    PLAIN = "plain"
    TITLE = "title"
    HEAD = "head"
    GOOD = "good"
    BAD = "bad"


@dataclass(frozen=True)
class Cell:
    """A text, and what it is."""

    text: str
    look: Look = Look.PLAIN


@dataclass(frozen=True)
class Column:
    """A column: its head, whether its texts stand at the right, and how wide a screen must be to show it."""

    head: str = ""
    right: bool = False
    least: int = 0


@dataclass(frozen=True)
class Table:
    """Rows of cells; a single text is a heading among them."""

    title: str
    columns: tuple[Column, ...]
    rows: list[tuple[Cell | str, ...] | str] = field(default_factory=list)


Line = list[Cell]


def bar(share: float, length: int, ascii_only: bool = False) -> str:
    """A bar that fills `share` of `length` columns; what is more than nothing shows."""
    share = min(1.0, max(0.0, share))
    if ascii_only:
        return ("#" * max(round(share * length), share > 0)).ljust(length, ".")
    whole, rest = divmod(max(round(share * length * 8), share > 0), 8)
    return ("█" * whole + BLOCKS[rest].strip()).ljust(length)


def sparkline(counts: Sequence[int], ascii_only: bool = False) -> str:
    """A character a count: its height against the largest, or the count itself where only ASCII can be shown."""
    if ascii_only:
        return "".join("." if not count else str(count) if count < 10 else "+" for count in counts)
    most = max([*counts, 1])
    return "".join(LEVELS[-(-count * 8 // most)] for count in counts)


def laid_out(table: Table, screen: int | None = None) -> Iterator[Line]:
    """The lines of a table on a screen of so many columns (None: any)."""
    screen = screen or ENDLESS
    yield from ([Cell(part, Look.TITLE)] for part in folded(table.title, screen))
    shown = [place for place, column in enumerate(table.columns) if column.least <= screen]
    rows = [_cells(row, shown) for row in table.rows]
    heads = [Cell(table.columns[place].head, Look.HEAD) for place in shown]
    grid = [row for row in [heads, *rows] if not isinstance(row, str)]
    widths = [max(columns_of(row[place].text) for row in grid) for place in range(len(shown))]
    others = sum(widths[1:]) + GAP * len(shown)
    widths[0] = max(min(widths[0], screen - others), NARROWEST)
    right = [table.columns[place].right for place in shown]
    for row in [heads, *rows] if any(head.text for head in heads) else rows:
        if isinstance(row, str):
            yield from ([Cell(part)] for part in folded(row, screen))
        else:
            yield from _of_row(row, widths, right)


def _cells(row: tuple[Cell | str, ...] | str, shown: list[int]) -> list[Cell] | str:
    if isinstance(row, str):
        return printable(row)
    cells = [cell if isinstance(cell, Cell) else Cell(cell) for cell in row]
    return [Cell(printable(cells[place].text), cells[place].look) for place in shown]


def _of_row(row: list[Cell], widths: list[int], right: list[bool]) -> Iterator[Line]:
    """A row, of several lines where its first cell is folded."""
    first, *rest = row
    parts = folded(first.text, widths[0])
    for number, part in enumerate(parts):
        others = [cell if number == 0 else Cell("") for cell in rest]
        cells = [Cell(part, first.look), *others]
        line = [Cell(" " * GAP)]
        for cell, width, at_right in zip_longest(cells, widths, right):
            space = " " * max(0, width - columns_of(cell.text))
            line += [Cell(space), cell] if at_right else [cell, Cell(space)]
            line.append(Cell(" " * GAP))
        yield _stripped(line)


def _stripped(line: Line) -> Line:
    """Without the spaces at its end."""
    while line and not line[-1].text.strip():
        line.pop()
    if line:
        line[-1] = Cell(line[-1].text.rstrip(), line[-1].look)
    return line


def folded(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` columns, broken at spaces where there are any, else anywhere."""
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if columns_of(joined) <= width:
            lines[-1] = joined
            continue
        if lines[-1] and columns_of(word) <= width:
            lines.append(word)
            continue
        lines[-1] += " " if lines[-1] else ""
        for character in word:
            if columns_of(lines[-1] + character) > width:
                lines.append("")
            lines[-1] += character
    return [line.rstrip() for line in lines]
