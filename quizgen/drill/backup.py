"""Copies of the record beside it: one before it is changed from an earlier version, and one a day."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import date
from pathlib import Path


def backup_of(file: Path) -> Path:
    """Where the daily copy is."""
    return file.with_name(file.name + ".backup")


def unused(file: Path) -> Path:
    """`file`, or where there is such a file already, the same name with a number."""
    number, name = 2, file
    while name.exists() or name.is_symlink():
        number, name = number + 1, file.with_name(f"{file.name}-{number}")
    return name


def copied(file: Path, target: Path) -> None:
    """The database `file` as it was last committed, as `target`, which appears whole or not at all.

    Through a connection of its own: SQLite copies nothing from one that is about to write. It reads before it
    copies, because a copy that meets a lock would wait for ever.
    """
    part = target.with_name(target.name + ".part")
    leftover(part)
    try:
        with closing(_reading(file)) as database, closing(sqlite3.connect(part)) as copy:
            database.execute("BEGIN")
            database.execute("SELECT count(*) FROM sqlite_master").fetchone()
            database.backup(copy)
        part.replace(target)
    finally:
        leftover(part)


def leftover(part: Path) -> None:
    """Takes away what a copy that was broken off has left."""
    for suffix in ("", "-journal"):
        part.with_name(part.name + suffix).unlink(missing_ok=True)


@contextmanager
def alone(folder: Path, wait: bool = True) -> Iterator[None]:
    """Keeps other processes out of the same work on this folder; BlockingIOError where one is there and we do not
    wait. The lock ends with the process. Where the system has no such lock, nothing is kept out."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    place = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(place, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise
        except OSError:  # a network drive without locks
            pass
        yield
    finally:
        os.close(place)


def renew(database: sqlite3.Connection, file: Path, today: date) -> None:
    """The daily copy, made when a record with answers is opened on a later day. It never stops a drill."""
    target = backup_of(file)
    with suppress(OSError, sqlite3.Error):
        if _day_of(target) == today or not _count(database):
            return
        with alone(file.parent, wait=False):
            if _day_of(target) == today:
                return
            if _count_in(target) > _count(database):  # the record has begun anew; what was before is kept
                target.replace(unused(target))
            copied(file, target)


def _day_of(file: Path) -> date | None:
    return date.fromtimestamp(file.stat().st_mtime) if file.exists() else None


def _count_in(file: Path) -> int:
    """How many answers a copy holds; 0 where it cannot be read."""
    try:
        with closing(_reading(file)) as database:
            return _count(database)
    except (OSError, sqlite3.Error):
        return 0


def _reading(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)


def _count(database: sqlite3.Connection) -> int:
    return int(database.execute("SELECT count(*) FROM answers").fetchone()[0])
