"""The record of answers on disk: SQLite in the learner's home of quizgen. The drill's only input and output.

Each answer is a transaction of its own, so that nothing is lost when a drill is broken off, and two drills at once
wait for each other. A rollback journal instead of WAL: one file, also on network drives and read-only media.
"""

from __future__ import annotations

import errno
import json
import os
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from quizgen.drill.result import Result
from quizgen.errors import QuizgenError

FILE = "progress.sqlite3"
VERSION = 1  # PRAGMA user_version; a later one migrates
PATIENCE = 20  # seconds that one drill waits for another
LONGEST = 1000  # characters of an answer that are kept

_TABLE = """
CREATE TABLE IF NOT EXISTS answers (
    number INTEGER PRIMARY KEY,
    at TEXT NOT NULL,            -- UTC, ISO 8601
    question TEXT NOT NULL,      -- id of the variant
    part INTEGER NOT NULL,       -- from 1
    family TEXT NOT NULL,
    level INTEGER NOT NULL,
    kind TEXT NOT NULL,
    typed TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('right', 'wrong', 'skipped')),
    misconceptions TEXT NOT NULL,  -- JSON: [[id, place], ...]
    hints INTEGER NOT NULL
)"""
_COLUMNS = ("at", "question", "part", "family", "level", "kind", "typed", "outcome", "misconceptions", "hints")
_INSERT = f"INSERT INTO answers ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
_TOTALS = """
SELECT family, level, kind, count(*), sum(outcome = 'right'), sum(outcome = 'wrong'), sum(outcome = 'skipped'),
       sum(hints) FROM answers GROUP BY family, level, kind ORDER BY family, level, min(part)"""


def home() -> Path:
    """Where progress is kept."""
    chosen = os.environ.get("QUIZGEN_HOME")
    if chosen:
        return Path(chosen)
    from platformdirs import user_data_path

    return user_data_path("quizgen", appauthor=False)


@dataclass(frozen=True)
class Total:
    """How often questions of one family, level and kind were answered, and how."""

    family: str
    level: int
    kind: str
    answers: int
    right: int
    wrong: int
    skipped: int
    hints: int


@dataclass(frozen=True)
class Progress:
    """What was practised: totals, misconceptions by how often they explain a wrong answer, and the days."""

    totals: tuple[Total, ...]
    misconceptions: tuple[tuple[str, int], ...]
    variants: int
    days: tuple[str, ...]


class History:
    """The answers on disk, for writing; made when there are none. QuizgenError says what is wrong with them."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / FILE
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            key = "full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "cannot_write"
            raise QuizgenError(f"history.{key}", file=folder) from None
        with _told(self.file), _closed_on_error(_connected(str(self.file))) as self._database:
            _examine(self._database, self.file)
            with _transaction(self._database):
                self._database.execute(_TABLE)
                self._database.execute(f"PRAGMA user_version = {VERSION}")

    def __enter__(self) -> History:
        return self

    def __exit__(self, *error: object) -> None:
        self._database.close()

    def add(self, result: Result) -> None:
        """Records an answer; when this returns it is on the disk."""
        row = (
            result.at.astimezone(UTC).isoformat(timespec="milliseconds"),
            result.question,
            result.part,
            result.family,
            result.level,
            result.kind,
            result.typed[:LONGEST].encode("utf-8", "replace").decode(),
            result.outcome,
            json.dumps(result.mistakes),
            result.hints,
        )
        with _told(self.file), _transaction(self._database):
            self._database.execute(_INSERT, row)

    def seen_ids(self) -> set[str]:
        """The variants of which a part was answered or skipped."""
        with _told(self.file):
            return {row[0] for row in self._database.execute("SELECT DISTINCT question FROM answers")}


def progress(folder: Path, zone: tzinfo | None = None) -> Progress:
    """What the record in `folder` says, days as the calendar of `zone` (None: this machine's) has them.

    Nothing is made or changed where there is no record yet.
    """
    file = folder / FILE
    try:
        there = file.exists()
    except OSError:  # a folder above that may not be entered
        raise QuizgenError("history.unusable", file=file) from None
    if not there:
        return Progress((), (), 0, ())
    with _told(file), closing(_connected(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as database:
        _examine(database, file)
        return _read(database, zone) if _has_answers(database) else Progress((), (), 0, ())


def _read(database: sqlite3.Connection, zone: tzinfo | None) -> Progress:
    totals = tuple(Total(*row) for row in database.execute(_TOTALS))
    counts = Counter[str]()
    for (mistakes,) in database.execute("SELECT misconceptions FROM answers WHERE misconceptions != '[]'"):
        counts.update({wrong for wrong, _ in json.loads(mistakes)})
    order = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    (variants,) = database.execute("SELECT count(DISTINCT question) FROM answers").fetchone()
    moments = (datetime.fromisoformat(at) for (at,) in database.execute("SELECT at FROM answers"))
    days = sorted({moment.astimezone(zone).date().isoformat() for moment in moments})
    return Progress(totals, tuple(order), variants, tuple(days))


def _has_answers(database: sqlite3.Connection) -> bool:
    return bool(database.execute("SELECT 1 FROM sqlite_master WHERE name = 'answers'").fetchone())


def _connected(name: str, uri: bool = False) -> sqlite3.Connection:
    return sqlite3.connect(name, timeout=PATIENCE, isolation_level=None, uri=uri)


@contextmanager
def _closed_on_error(database: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Closed before a damaged file is renamed: some systems do not rename what is open."""
    try:
        yield database
    except BaseException:
        database.close()
        raise


@contextmanager
def _transaction(database: sqlite3.Connection) -> Iterator[None]:
    """All or nothing. IMMEDIATE, so that a second drill waits here instead of failing half-way."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise


def _examine(database: sqlite3.Connection, file: Path) -> None:
    """Refuses a damaged file, and one that a later quizgen wrote."""
    if database.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        raise _Damaged
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise QuizgenError("history.newer", file=file)


class _Damaged(Exception):
    """The file is no sound database."""


_REASONS = {
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_LOCKED: "busy",
    sqlite3.SQLITE_READONLY: "cannot_write",
    sqlite3.SQLITE_PERM: "cannot_write",
    sqlite3.SQLITE_CANTOPEN: "cannot_write",
    sqlite3.SQLITE_AUTH: "cannot_write",
}
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


@contextmanager
def _told(file: Path) -> Iterator[None]:
    """Errors of SQLite as ours. A damaged file is put aside under another name; nothing is thrown away."""
    try:
        yield
    except _Damaged:
        raise _put_aside(file) from None
    except (sqlite3.Error, ValueError, TypeError) as error:  # the last two: a row that nobody here wrote
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the kind, the rest says more
        if code in _DAMAGE:
            raise _put_aside(file) from None
        raise QuizgenError(f"history.{_REASONS.get(code, 'unusable')}", file=file) from None


def _put_aside(file: Path) -> QuizgenError:
    backup = file.with_name(f"{file.name}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%S}")
    try:
        for suffix in ("", "-journal"):
            part = file.with_name(file.name + suffix)
            if part.exists():
                part.rename(backup.with_name(backup.name + suffix))
    except OSError:
        return QuizgenError("history.damaged_and_stuck", file=file)
    return QuizgenError("history.damaged", file=file, backup=backup)
