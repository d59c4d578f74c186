"""The tables of the record, and how the file of an earlier version becomes one of this."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from quizgen.drill.backup import copied, unused
from quizgen.drill.records import ANSWER, COLUMNS, FLAG, SETTING
from quizgen.drill.result import RIGHT

VERSION = 2  # PRAGMA user_version

# A drill of the version before may still be running: what it adds gets a uid here, and its mark when it is read.
_TABLES = {
    "answers": """
    number INTEGER PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(16)))),
    at TEXT NOT NULL,              -- UTC, ISO 8601
    question TEXT NOT NULL,        -- id of the variant
    part INTEGER NOT NULL,         -- from 1
    family TEXT NOT NULL,
    level INTEGER NOT NULL,
    kind TEXT NOT NULL,
    typed TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('right', 'wrong', 'skipped')),
    misconceptions TEXT NOT NULL,  -- JSON: [[id, place], ...]
    hints INTEGER NOT NULL,
    mark TEXT NOT NULL DEFAULT '', -- exact: 1, 2/3
    shows TEXT NOT NULL DEFAULT '[]',  -- JSON: [id, ...]
    slips TEXT NOT NULL DEFAULT '[]',  -- JSON: [id, ...]
    form TEXT NOT NULL DEFAULT 'entry'""",
    "flags": """
    number INTEGER PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    at TEXT NOT NULL,
    question TEXT NOT NULL,
    part INTEGER NOT NULL,
    why TEXT NOT NULL""",
    "settings": """
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL,
    at TEXT NOT NULL               -- when it was chosen; of two the later one holds""",
}
NAMES = {ANSWER: "answers", FLAG: "flags", SETTING: "settings"}
OLD_COLUMNS = tuple(name for name in COLUMNS[ANSWER] if name not in ("uid", "mark", "shows", "slips", "form"))


class Damaged(Exception):
    """The file is no sound database, or another one has taken its place."""


def version_of(database: sqlite3.Connection) -> int:
    """The version that the file says it has; 0 where nobody has written it yet."""
    return int(database.execute("PRAGMA user_version").fetchone()[0])


def columns_of(database: sqlite3.Connection, table: str) -> set[str]:
    """The columns of a table; none where there is no such table."""
    return {row[1] for row in database.execute(f"PRAGMA table_info({table})")}


def expect_ours(database: sqlite3.Connection) -> None:
    """Damaged where a table of this version is missing, or lacks a column."""
    for kind, table in NAMES.items():
        _expect(database, table, COLUMNS[kind])


def _expect(database: sqlite3.Connection, table: str, columns: Iterable[str]) -> None:
    if not set(columns) <= columns_of(database, table):
        raise Damaged


def bring_up_to_date(database: sqlite3.Connection, file: Path) -> None:
    """To be called inside a transaction. Looks at the version again: another drill may have been faster."""
    if version_of(database) >= VERSION:
        return
    columns = columns_of(database, "answers")
    if columns and "uid" not in columns:
        _migrate(database, file)
    for name, definition in _TABLES.items():
        database.execute(f"CREATE TABLE IF NOT EXISTS {name} ({definition}\n)")
    database.execute(f"PRAGMA user_version = {VERSION}")


def _migrate(database: sqlite3.Connection, file: Path) -> None:
    """Version 1 to 2, after a copy of the whole was set aside."""
    _expect(database, "answers", OLD_COLUMNS)
    copied(file, unused(file.with_name(file.name + ".v1")))
    database.execute("ALTER TABLE answers RENAME TO answers_of_version_1")
    database.execute(f"CREATE TABLE answers ({_TABLES['answers']}\n)")
    columns = ", ".join(OLD_COLUMNS)
    rows = database.execute(f"SELECT number, {columns} FROM answers_of_version_1 ORDER BY number").fetchall()
    insert = f"INSERT INTO answers (number, {columns}, uid, mark) VALUES ({', '.join('?' * (len(OLD_COLUMNS) + 3))})"
    for (number, *row), uid in zip(rows, old_uids(row[1:] for row in rows), strict=True):
        database.execute(insert, (number, *row, uid, old_mark(dict(zip(OLD_COLUMNS, row, strict=True)))))
    database.execute("DROP TABLE answers_of_version_1")


def old_uids(rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    """A uid for each row of version 1, made of what it says, so that copies on two machines have the same.

    Of rows that say the same (two windows answered within a millisecond) each has its own.
    """
    seen = Counter[str]()
    for row in rows:
        content = json.dumps(row, default=str)
        yield hashlib.sha256(f"{seen[content]} {content}".encode()).hexdigest()[:32]
        seen[content] += 1


def old_mark(fields: dict[str, Any]) -> str:
    """What an answer without a mark earns: all where it was right, else nothing."""
    return "1" if fields["outcome"] == RIGHT else "0"
