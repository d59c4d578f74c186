"""A damaged record is put aside whole; what can be read of it and of the copies beside it becomes a new one."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from quizgen.drill import pages, store
from quizgen.drill.backup import alone, backup_of, leftover, unused
from quizgen.drill.records import ANSWER, COLUMNS, FLAG, SETTING, Record
from quizgen.drill.schema import OLD_COLUMNS, Damaged, bring_up_to_date, expect_ours
from quizgen.errors import QuizgenError
from quizgen.files import write_whole


@dataclass(frozen=True)
class Recovery:
    """What was done about a damaged record: it is kept as `aside`, and `saved` answers are in the new `file`."""

    file: Path
    aside: Path
    saved: int


def recover(file: Path) -> Recovery | None:
    """Puts a new record in the place of a damaged one; None where another process has just done so.

    The damaged file keeps its place until the new one takes it, so that no other drill begins an empty one between.
    """
    try:
        with alone(file.parent), store.told(file):
            return _replaced(file)
    except (Damaged, OSError):
        raise QuizgenError("history.damaged_and_stuck", file=file) from None
    except QuizgenError as error:
        if error.key in ("history.full", "history.busy", "history.newer"):
            raise
        raise QuizgenError("history.damaged_and_stuck", file=file) from None


def _replaced(file: Path) -> Recovery | None:
    with ExitStack() as stack:
        if _is_sound(file, stack):
            return None
        damaged = stack.enter_context(file.open("rb"))
        # Here nothing may open and close the file: that would end SQLite's lock on it.
        content = damaged.read()
        found = [*_beside(file), *salvaged(content)]
        part = file.with_name(file.name + ".part")
        leftover(part)
        stack.callback(leftover, part)
        saved = _built(part, found)
        aside = _set_aside(file, content)
        part.replace(file)
    return Recovery(file, aside, saved)


def _is_sound(file: Path, stack: ExitStack) -> bool:
    """Looks again, and where the damage allows it keeps every other drill from writing until `stack` ends."""
    try:
        with store.told(file):
            store.look_at_head(file)
            database = stack.enter_context(closing(store.connected(str(file))))
            database.execute("BEGIN EXCLUSIVE")
            store.examine(database, file)
            expect_ours(database)
            store.contents(database)
    except Damaged:
        return False
    return True


def _built(part: Path, found: list[Record]) -> int:
    """A new record that holds each of `found` once; how many of them are answers."""
    with closing(store.connected(str(part))) as fresh:
        with store.transaction(fresh):
            bring_up_to_date(fresh, part)
        store.write(fresh, found)
        return len(store.of_kind(fresh, ANSWER))


def _set_aside(file: Path, content: bytes) -> Path:
    """A second name for the damaged file, and its journal with it, which would spoil the new one."""
    aside = unused(file.with_name(f"{file.name}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%S}"))
    try:
        os.link(file, aside)
    except OSError:  # a disk without links
        write_whole(aside, content)
    for suffix in ("-journal", "-wal"):
        part = file.with_name(file.name + suffix)
        if part.exists():
            part.replace(aside.with_name(aside.name + suffix))
    return aside


def _beside(file: Path) -> Iterator[Record]:
    """What the copies hold: the daily one, those set aside with it, and those of before a change of version."""
    for copy in [*file.parent.glob(backup_of(file).name + "*"), *file.parent.glob(f"{file.name}.v1*")]:
        with suppress(Damaged, QuizgenError, OSError), store.told(copy):
            try:
                with closing(store.connected(f"{copy.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
                    yield from store.contents(database, whole=False)
            except sqlite3.DatabaseError:
                yield from salvaged(copy.read_bytes())


def salvaged(content: bytes) -> Iterator[Record]:
    """The records whose pages are whole. Tables are told apart by how many columns their rows have."""
    old = list[tuple[int, tuple[Any, ...]]]()
    for number, row in pages.rows(content):
        for kind, hidden in ((ANSWER, 1), (FLAG, 1), (SETTING, 0)):  # the number of a row is not in the row
            if len(row) == len(COLUMNS[kind]) + hidden:
                yield from store.understood(kind, [dict(zip(COLUMNS[kind], row[hidden:], strict=True))])
        if len(row) == len(OLD_COLUMNS) + 1:
            old.append((number, row[1:]))
    yield from store.old_records(row for _, row in sorted(old, key=lambda each: each[0]))
