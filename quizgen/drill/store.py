"""The database behind the record: how it is opened, read and written, and what can go wrong.

Each write is a transaction of its own, on the disk when it returns (`synchronous = EXTRA`: with a rollback journal,
FULL alone may forget the last one when the power fails, because the journal's removal is not yet on the disk). A
rollback journal instead of WAL: one file, also on network drives and read-only media.
"""

from __future__ import annotations

import errno
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from quizgen.drill.backup import backup_of
from quizgen.drill.records import (
    ANSWER,
    COLUMNS,
    LISTS,
    SETTING,
    Record,
    Unfit,
    fields_of,
    kind_of,
    order_of,
    record_of,
)
from quizgen.drill.schema import (
    NAMES,
    OLD_COLUMNS,
    VERSION,
    Damaged,
    bring_up_to_date,
    columns_of,
    expect_ours,
    old_mark,
    old_uids,
    version_of,
)
from quizgen.errors import QuizgenError

MAGIC, HEAD = b"SQLite format 3\0", 20  # how a database begins, and the bytes of its head that are looked at
UNBELIEVABLE = 100  # a version that no quizgen has: the file's head is damaged
PATIENCE = 20  # seconds that one drill waits for another
_LATER = """(key) DO UPDATE SET value = excluded.value, at = excluded.at
    WHERE (excluded.at, excluded.value) > (settings.at, settings.value)"""


# --- opening ----------------------------------------------------------------------------------------------------


def opened(file: Path) -> sqlite3.Connection:
    """The sound record for writing, of this version, made where there was none; Damaged where it is not sound."""
    look_at_head(file)
    database = connected(str(file))
    with closed_on_error(database):
        examine(database, file)
        if version_of(database) != VERSION:
            with transaction(database):
                bring_up_to_date(database, file)
        expect_ours(database)
    return database


def connected(name: str, uri: bool = False) -> sqlite3.Connection:
    """A connection that waits for others, and for the disk."""
    database = sqlite3.connect(name, timeout=PATIENCE, isolation_level=None, uri=uri)
    database.text_factory = lambda text: text.decode("utf-8", "replace")
    with closed_on_error(database):
        database.execute("PRAGMA synchronous = EXTRA")
        database.execute("PRAGMA fullfsync = ON")  # macOS waits for the disk itself only then
    return database


@contextmanager
def closed_on_error(database: sqlite3.Connection) -> Iterator[None]:
    """Closed before a damaged file is renamed: some systems do not rename what is open."""
    try:
        yield
    except BaseException:
        database.close()
        raise


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """All or nothing. IMMEDIATE, so that a second drill waits here instead of failing half-way."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise


def examine(database: sqlite3.Connection, file: Path) -> None:
    """Damaged where the file is, and a QuizgenError where a later quizgen wrote it."""
    if database.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
        raise Damaged
    version = version_of(database)
    if not 0 <= version < UNBELIEVABLE:
        raise Damaged
    if version > VERSION:
        raise QuizgenError("history.newer", file=file)


def look_at_head(file: Path) -> None:
    """Damaged where the file was cut to nothing, or where its head would have SQLite believe that it is not to be
    written. To be called while no connection is at work: closing a file ends SQLite's locks on it."""
    if not file.exists():
        return
    with file.open("rb") as content:
        head = content.read(HEAD)
    ours = head.startswith(MAGIC) and set(head[18:20]) <= {1, 2}
    if (head and not ours) or (not head and backup_of(file).exists()):
        raise Damaged


# --- reading and writing ----------------------------------------------------------------------------------------


def contents(database: sqlite3.Connection, whole: bool = True) -> list[Record]:
    """Every record that a database of any version holds."""
    return [each for kind in NAMES for each in of_kind(database, kind, whole)]


def of_kind(database: sqlite3.Connection, kind: str, whole: bool = True) -> list[Record]:
    """The answers, the flags or the settings: by time, and within that as they came.

    Damaged where a row makes no sense, or if not `whole`, without that row.
    """
    columns = columns_of(database, NAMES[kind])
    if not columns:
        return []
    if kind == ANSWER and "uid" not in columns:
        rows = database.execute(f"SELECT {', '.join(OLD_COLUMNS)} FROM answers ORDER BY number").fetchall()
        found = old_records(rows)
    else:
        names = COLUMNS[kind]
        rows = database.execute(f"SELECT {', '.join(names)} FROM {NAMES[kind]} ORDER BY at, rowid").fetchall()
        found = list(understood(kind, (dict(zip(names, row, strict=True)) for row in rows)))
    if whole and len(found) < len(rows):
        raise Damaged
    return found


def questions(database: sqlite3.Connection, kind: str) -> set[str]:
    """The variants that answers or flags name."""
    return {row[0] for row in database.execute(f"SELECT DISTINCT question FROM {NAMES[kind]}")}


def old_records(rows: Iterable[tuple[Any, ...]]) -> list[Record]:
    """The answers that rows of version 1 hold, by time."""
    rows = list(rows)
    named = [dict(zip(OLD_COLUMNS, row, strict=True)) for row in rows]
    told = [{**fields, "uid": uid} for fields, uid in zip(named, old_uids(rows), strict=True)]
    return sorted(understood(ANSWER, told), key=lambda record: order_of(record)[0])


def understood(kind: str, rows: Iterable[dict[str, Any]]) -> Iterator[Record]:
    """The rows as records; one that nobody here wrote is none."""
    for fields in rows:
        with suppress(Unfit, ValueError, TypeError, RecursionError):
            if kind == ANSWER:
                lists = {name: json.loads(fields.get(name, "[]")) for name in LISTS}
                mark = fields.get("mark") or old_mark(fields)
                fields = {"form": "entry", **fields, **lists, "mark": mark}
            yield record_of(kind, fields)


def write(database: sqlite3.Connection, records: Iterable[Record]) -> int:
    """Adds what is not there yet, all or nothing; how many were new. When this returns they are on the disk."""
    with transaction(database):
        return sum(_insert(database, each) for each in records)


def _insert(database: sqlite3.Connection, record: Record) -> int:
    kind, fields = kind_of(record), fields_of(record)
    row = [json.dumps(value) if isinstance(value, list) else value for value in fields.values()]
    places, conflict = ", ".join("?" * len(row)), _LATER if kind == SETTING else "(uid) DO NOTHING"
    statement = f"INSERT INTO {NAMES[kind]} ({', '.join(fields)}) VALUES ({places}) ON CONFLICT {conflict}"
    return database.execute(statement, row).rowcount


# --- what can go wrong ------------------------------------------------------------------------------------------

_REASONS = {
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_LOCKED: "busy",
    sqlite3.SQLITE_READONLY: "cannot_write",
    sqlite3.SQLITE_PERM: "cannot_write",
    sqlite3.SQLITE_CANTOPEN: "cannot_write",
    sqlite3.SQLITE_AUTH: "cannot_write",
}
# SQLITE_ERROR: our statements are right, so where SQLite finds one wrong, the tables or the head are not ours any more.
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_FORMAT)


@contextmanager
def told(file: Path) -> Iterator[None]:
    """Errors of SQLite and of the system as ours; Damaged where the file is, or is no longer the one of its name."""
    try:
        yield
    except (UnicodeDecodeError, MemoryError):  # what SQLite says of some damage, or takes a length for
        raise Damaged from None
    except sqlite3.Error as error:
        full_code = getattr(error, "sqlite_errorcode", 0)
        code = full_code & 0xFF  # the low byte is the kind, the rest says more
        if code in _DAMAGE or full_code == sqlite3.SQLITE_READONLY_DBMOVED:
            raise Damaged from None
        raise QuizgenError(f"history.{_REASONS.get(code, 'unusable')}", file=file) from None
    except OSError as error:
        key = "full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "cannot_write"
        raise QuizgenError(f"history.{key}", file=file) from None
