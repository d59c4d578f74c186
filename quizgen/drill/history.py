"""The learner's record on disk, in the home of quizgen: the drill's only input and output.

Nothing that was answered is lost: not when a drill is broken off, not when two run at once, and as little as can be
when the file is damaged (`rescue`).
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

from quizgen.drill import backup, rescue, store
from quizgen.drill.records import ANSWER, EXAM, FLAG, SETTING, Answer, Flagged, Record, Setting
from quizgen.drill.rescue import Recovery
from quizgen.drill.result import Flag, Result
from quizgen.drill.schema import Damaged
from quizgen.errors import QuizgenError

FILE = "progress.sqlite3"


def home() -> Path:
    """Where progress is kept."""
    chosen = os.environ.get("QUIZGEN_HOME")
    if chosen:
        return Path(chosen)
    from platformdirs import user_data_path

    return user_data_path("quizgen", appauthor=False)


class History:
    """The record, for reading and writing; made where there is none. QuizgenError says what is wrong with it.

    `recovered` says what was done where the file was damaged: the record is then a new one with all that was saved.
    """

    def __init__(self, folder: Path) -> None:
        self.file = folder / FILE
        self.recovered: Recovery | None = None
        with store.told(folder):
            folder.mkdir(parents=True, exist_ok=True)
        self._database = self._opened()
        if not all(os.access(place, os.W_OK) for place in (folder, self.file)):  # told now, not at the first answer
            self._database.close()
            raise QuizgenError("history.cannot_write", file=self.file)
        backup.renew(self._database, self.file, date.today())

    def _opened(self) -> sqlite3.Connection:
        """The sound file that has the name now; another drill may just be putting a new one in its place."""
        while True:
            before = _place(self.file)
            database = self._sound()
            self._place = _place(self.file)
            if before in (None, self._place):
                return database
            database.close()

    def _sound(self) -> sqlite3.Connection:
        try:
            with store.told(self.file):
                return store.opened(self.file)
        except Damaged:
            self.recovered = rescue.recover(self.file) or self.recovered
        with _hopeless(self.file), store.told(self.file):
            return store.opened(self.file)

    def __enter__(self) -> History:
        return self

    def __exit__(self, *error: object) -> None:
        self._database.close()

    def keep_copy(self) -> None:
        """Renews the copy of the day where there is none yet: after the first session of all there would be none."""
        backup.renew(self._database, self.file, date.today())

    def add(self, result: Result) -> None:
        """Records an answer; when this returns it is on the disk."""
        self.merge([Answer(uuid4().hex, result)])

    def flag(self, flag: Flag) -> None:
        """Records that a question was called bad."""
        self.merge([Flagged(uuid4().hex, flag)])

    def set_exam(self, day: date | None) -> None:
        """Sets the day of the exam; None takes it back."""
        self.merge([Setting(EXAM, day.isoformat() if day else "", datetime.now(UTC))])

    def merge(self, records: Iterable[Record]) -> int:
        """Adds the records that are not there yet, all or nothing; how many were new."""
        records = list(records)
        try:
            with store.told(self.file):
                new = store.write(self._database, records)
        except Damaged:
            return self._moved(records)
        # Another drill may have put a new file in the place of a damaged one while this one wrote into the old.
        return new if _place(self.file) == self._place else self._moved(records)

    def _moved(self, records: list[Record]) -> int:
        self._database.close()
        self._database = self._opened()
        with _hopeless(self.file), store.told(self.file):
            return store.write(self._database, records)

    def records(self) -> list[Record]:
        """Everything that is recorded."""
        return [each for kind in (ANSWER, FLAG, SETTING) for each in self._read(kind)]

    def results(self) -> list[Result]:
        """All answers in order of time."""
        return results(self._read(ANSWER))

    def flags(self) -> list[Flag]:
        """All questions that were called bad, in order of time."""
        return flags(self._read(FLAG))

    def seen_ids(self) -> set[str]:
        """The variants of which a part was answered or skipped."""
        return self._ids(ANSWER)

    def flagged_ids(self) -> set[str]:
        """The variants of which a part was called bad."""
        return self._ids(FLAG)

    def exam(self) -> date | None:
        """The day of the exam, where it was set."""
        return exam(self._read(SETTING))

    def _ids(self, kind: str) -> set[str]:
        with _hopeless(self.file), store.told(self.file):
            return store.questions(self._database, kind)

    def _read(self, kind: str) -> list[Record]:
        try:
            with store.told(self.file):
                return store.of_kind(self._database, kind)
        except Damaged:
            self._database.close()
            self.recovered = rescue.recover(self.file) or self.recovered
            self._database = self._opened()
        with _hopeless(self.file), store.told(self.file):
            return store.of_kind(self._database, kind)


@contextmanager
def _hopeless(file: Path) -> Iterator[None]:
    """Where damage comes back at once, it is the disk's."""
    try:
        yield
    except Damaged:
        raise QuizgenError("history.damaged_and_stuck", file=file) from None


def _place(file: Path) -> tuple[int, int] | None:
    """Which file has this name now; None where none has."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def results(records: Iterable[Record]) -> list[Result]:
    """The answers among the records."""
    return [each.result for each in records if isinstance(each, Answer)]


def flags(records: Iterable[Record]) -> list[Flag]:
    """The flags among the records."""
    return [each.flag for each in records if isinstance(each, Flagged)]


def exam(records: Iterable[Record]) -> date | None:
    """The day of the exam among the records."""
    chosen = [each.value for each in records if isinstance(each, Setting) and each.key == EXAM]
    return date.fromisoformat(chosen[-1]) if chosen and chosen[-1] else None


def read(folder: Path) -> tuple[list[Record], Recovery | None]:
    """What is recorded in `folder`, without making or changing anything, unless the file is damaged: then it is
    recovered. Nothing where there is no record yet."""
    file = folder / FILE
    try:
        if not file.exists():
            return [], None
        broken_off = file.with_name(file.name + "-journal").exists()
    except OSError:  # a folder above that may not be entered
        raise QuizgenError("history.unusable", file=file) from None
    with suppress(Damaged):
        if not broken_off:  # else what a broken-off drill has begun must first be taken back
            return _only_read(file), None
    with History(folder) as history:
        return history.records(), history.recovered


def _only_read(file: Path) -> list[Record]:
    with store.told(file):
        store.look_at_head(file)
        with closing(store.connected(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as database:
            store.examine(database, file)
            return store.contents(database)
