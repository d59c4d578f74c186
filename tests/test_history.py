"""The record of the drill: nothing that was answered is lost, whatever happens to the program, the disk or the file."""

from __future__ import annotations

import ctypes
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizgen.drill import backup, exchange, history, pages, rescue, schema, store
from quizgen.drill.history import FILE, History
from quizgen.drill.records import EXAM, Answer, Flagged, Setting
from quizgen.drill.result import Flag, Result
from quizgen.errors import QuizgenError
from quizgen.language import words

NOW = datetime(2027, 2, 1, 12, tzinfo=UTC)
RESULT = Result(
    NOW,
    "id1",
    1,
    "shopping",
    2,
    "gradient",
    "2",
    "wrong",
    (("product-upstream-ignored", ""), ("gather-first", "price")),
    1,
    Fraction(2, 3),
    ("product-upstream-ignored", "gather-first"),
    ("sign",),
    "graph",
)
FLAG = Flag(NOW, "id2", 3, "図と式が合いません")


def answers(count: int, name: str = "q") -> list[Result]:
    return [replace(RESULT, question=f"{name}{number}", at=NOW + timedelta(minutes=number)) for number in range(count)]


def filled(folder: Path, results: Iterable[Result]) -> Path:
    with History(folder) as record:
        record.merge([Answer(f"{number:032x}", result) for number, result in enumerate(results)])
    return folder / FILE


def recorded(folder: Path) -> list[Result]:
    with History(folder) as record:
        return record.results()


def sound(file: Path) -> bool:
    with closing(sqlite3.connect(file)) as database:
        return bool(database.execute("PRAGMA integrity_check").fetchone()[0] == "ok")


# --- what is recorded ------------------------------------------------------------------------------------------


def test_what_is_recorded_comes_back_in_the_order_of_time(tmp_path: Path) -> None:
    later = replace(RESULT, question="id9", outcome="right", mistakes=(), at=NOW + timedelta(days=1), mark=Fraction(1))
    with History(tmp_path / "new" / "home") as record:
        record.add(later)
        record.add(RESULT)
        record.flag(FLAG)
        assert record.results() == [RESULT, later]
        assert (record.seen_ids(), record.flagged_ids(), record.flags()) == ({"id1", "id9"}, {"id2"}, [FLAG])
    assert recorded(tmp_path / "new" / "home") == [RESULT, later]


def test_the_day_of_the_exam_is_kept_until_another_is_set(tmp_path: Path) -> None:
    with History(tmp_path) as record:
        assert record.exam() is None
        for day in (date(2027, 2, 19), date(2027, 8, 27), None, date(2028, 2, 18)):
            record.set_exam(day)
            assert record.exam() == day
    with History(tmp_path) as record:
        assert record.exam() == date(2028, 2, 18)


def test_an_answer_is_on_the_disk_when_add_returns(tmp_path: Path) -> None:
    with History(tmp_path) as record:
        record.add(RESULT)
        with closing(sqlite3.connect(tmp_path / FILE)) as other:
            rows = other.execute("SELECT at, typed, mark, shows, length(uid) FROM answers").fetchall()
            assert record._database.execute("PRAGMA synchronous").fetchone() == (3,)  # EXTRA
    assert rows == [("2027-02-01T12:00:00.000+00:00", "2", "2/3", '["product-upstream-ignored", "gather-first"]', 32)]


def test_any_typed_text_can_be_recorded(tmp_path: Path) -> None:
    with History(tmp_path) as record:
        for typed in ("\x00\ud800'\"; DROP TABLE answers", "答" * 5000):
            record.add(replace(RESULT, typed=typed))
        record.flag(replace(FLAG, why="\x1b[31m\ud800" * 999))
    assert [result.typed for result in recorded(tmp_path)] == ["\x00?'\"; DROP TABLE answers", "答" * 1000]


def test_reading_makes_nothing_where_nothing_is(tmp_path: Path) -> None:
    assert history.read(tmp_path / "home") == ([], None)
    assert list(tmp_path.iterdir()) == []


def test_home_is_quizgen_home_where_that_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("QUIZGEN_HOME", str(tmp_path))
    assert history.home() == tmp_path
    monkeypatch.setenv("QUIZGEN_HOME", "")
    assert history.home().name == "quizgen"


# --- several at once, and one that is killed ---------------------------------------------------------------------

ADDING = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from test_history import RESULT, History, replace
with History(Path(sys.argv[1])) as record:
    for number in range(int(sys.argv[4])):
        record.add(replace(RESULT, question=f"{sys.argv[2]}-{number}"))
        print(f"{sys.argv[2]}-{number}", flush=True)
"""


def adding(home: Path, name: str, count: int) -> subprocess.Popen[str]:
    """A process that adds answers and prints each when it is confirmed."""
    here = Path(__file__).parent
    command = [sys.executable, "-c", ADDING, str(home), name, str(here), str(count)]
    environment = {**os.environ, "PYTHONPATH": str(here.parent)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8", env=environment)


@pytest.mark.parametrize("before", ["nothing", "a record of version 1", "a damaged record"])
def test_drills_that_begin_and_add_at_once_lose_nothing(tmp_path: Path, before: str) -> None:
    if before == "a record of version 1":
        version_1(tmp_path / FILE, 30)
    if before == "a damaged record":
        file = filled(tmp_path, answers(30))
        file.write_bytes(b"\xff" * 4096 + file.read_bytes()[4096:])
    both = [adding(tmp_path, name, 25) for name in "abc"]
    told = {line.strip() for process in both for line in process.communicate(timeout=120)[0].splitlines()}
    assert [process.returncode for process in both] == [0, 0, 0]
    assert len(told) == 75
    found = [result.question for result in recorded(tmp_path)]
    assert told <= set(found)
    assert len(found) == 75 + (0 if before == "nothing" else 30)


def killed_at_random(home: Path, rounds: int) -> None:
    moments, confirmed = random.Random("kill"), set[str]()
    for number in range(rounds):
        process = adding(home, f"{number}", 100_000)
        assert process.stdout
        if moments.random() < 0.8:  # else while it is opening the record, or before
            confirmed.add(process.stdout.readline().strip())
        time.sleep(moments.random() * 0.08)
        process.kill()
        confirmed |= {line.strip() for line in process.stdout.read().splitlines() if line.endswith("") and line}
        process.wait()
        process.stdout.close()
        if number % 2:  # a reader may be the first who comes
            found, recovered = history.read(home)
            assert {each.question for each in history.results(found)} >= confirmed
            assert recovered is None
        with History(home) as record:
            assert record.seen_ids() >= confirmed
            assert record.recovered is None
        assert sound(home / FILE)
    assert len(confirmed) >= rounds


def test_what_was_confirmed_outlives_a_kill_at_any_moment(tmp_path: Path) -> None:
    killed_at_random(tmp_path, 20)


@pytest.mark.long
def test_what_was_confirmed_outlives_many_kills(tmp_path: Path) -> None:
    killed_at_random(tmp_path, 200)


def test_what_a_broken_off_drill_had_begun_is_taken_back_by_whoever_comes(tmp_path: Path) -> None:
    """A journal that was left behind belongs to the file; a reader alone could not apply it."""
    file = filled(tmp_path / "one", answers(300))
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("PRAGMA cache_size = 1")  # so that changed pages reach the file before the commit
        database.execute("BEGIN IMMEDIATE")
        database.execute("UPDATE answers SET family = 'nonsense'")
        shutil.copytree(tmp_path / "one", tmp_path / "two")
    assert (tmp_path / "two" / f"{FILE}-journal").exists()
    assert b"nonsense" in (tmp_path / "two" / FILE).read_bytes()
    found, recovered = history.read(tmp_path / "two")
    assert {each.family for each in history.results(found)} == {"shopping"}
    assert (len(found), recovered) == (300, None)


def test_an_answer_that_went_into_a_file_that_was_put_aside_goes_into_the_new_one_too(tmp_path: Path) -> None:
    """One drill finds the damage and puts a new file in the place of the one that another has open."""
    with History(tmp_path) as one:
        one.add(RESULT)
        (tmp_path / FILE).rename(tmp_path / "elsewhere")
        with History(tmp_path) as other:
            one.add(replace(RESULT, question="id5"))
            assert other.seen_ids() == {"id5"}
            other.add(replace(RESULT, question="id6"))
        assert one.seen_ids() == {"id5", "id6"}


def test_an_answer_that_was_written_while_the_file_was_put_aside_goes_into_the_new_one_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite notices a file that was renamed before it writes, but not one that is renamed right after."""
    write = store.write

    def write_and_lose(*arguments: Any) -> int:
        new = write(*arguments)
        if not (tmp_path / "elsewhere").exists():
            (tmp_path / FILE).rename(tmp_path / "elsewhere")
        return new

    with History(tmp_path) as record:
        monkeypatch.setattr(store, "write", write_and_lose)
        record.add(RESULT)
    assert recorded(tmp_path) == [RESULT]


def test_a_file_that_is_put_aside_while_it_is_opened_is_opened_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(tmp_path, answers(1, "old"))
    filled(tmp_path / "new", answers(1, "new"))
    opened = store.opened

    def open_and_replace(file: Path) -> sqlite3.Connection:
        database = opened(file)
        if (tmp_path / "new" / FILE).exists():
            (tmp_path / "new" / FILE).replace(file)
        return database

    monkeypatch.setattr(store, "opened", open_and_replace)
    with History(tmp_path) as record:
        assert record.seen_ids() == {"new0"}


def test_two_that_find_the_damage_mend_it_one_after_the_other(tmp_path: Path) -> None:
    file = filled(tmp_path, answers(5))
    damaged = b"\xff" * 100 + file.read_bytes()[100:]
    file.write_bytes(damaged)
    with backup.alone(tmp_path):
        process = adding(tmp_path, "a", 1)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(1.5)
        assert file.read_bytes() == damaged
    process.communicate(timeout=60)
    assert len(recorded(tmp_path)) == 6


# --- earlier and later versions ------------------------------------------------------------------------------------

VERSION_1 = """
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
INSERT_1 = (
    "INSERT INTO answers (at, question, part, family, level, kind, typed, outcome, misconceptions, hints)"
    " VALUES (?, ?, 1, 'shopping', 1, 'value', '２．２円', ?, '[[\"forward-quotient-flipped\", \"\"]]', 1)"
)


def version_1(file: Path, count: int, name: str = "old") -> None:
    """A record as the first version wrote it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(file)) as database:
        database.execute(VERSION_1)
        for number in range(count):
            outcome = ("right", "wrong", "skipped")[number % 3]
            database.execute(INSERT_1, (f"2027-01-01T12:{number:02d}:00.000+00:00", f"{name}{number}", outcome))
        database.execute("PRAGMA user_version = 1")
        database.commit()


def test_a_record_of_version_1_is_brought_up_to_date_and_kept_as_it_was(tmp_path: Path) -> None:
    version_1(tmp_path / FILE, 3)
    before = sqlite3.connect(tmp_path / FILE).execute("SELECT * FROM answers").fetchall()
    found, _ = history.read(tmp_path)  # reading changes nothing
    assert sqlite3.connect(tmp_path / FILE).execute("PRAGMA user_version").fetchone() == (1,)
    results = recorded(tmp_path)
    assert results == history.results(found)
    assert [(each.outcome, each.mark) for each in results] == [("right", 1), ("wrong", 0), ("skipped", 0)]
    assert results[0] == Result(
        datetime(2027, 1, 1, 12, tzinfo=UTC),
        "old0",
        1,
        "shopping",
        1,
        "value",
        "２．２円",
        "right",
        (("forward-quotient-flipped", ""),),
        1,
        Fraction(1),
    )
    kept = sqlite3.connect(tmp_path / f"{FILE}.v1")
    assert kept.execute("SELECT * FROM answers").fetchall() == before
    assert kept.execute("PRAGMA user_version").fetchone() == (1,)
    assert sqlite3.connect(tmp_path / FILE).execute("PRAGMA user_version").fetchone() == (2,)


def test_a_copy_that_was_kept_before_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / f"{FILE}.v1").write_text("mine")
    version_1(tmp_path / FILE, 2)
    assert len(recorded(tmp_path)) == 2
    assert (tmp_path / f"{FILE}.v1").read_text() == "mine"
    assert sound(tmp_path / f"{FILE}.v1-2")


def test_copies_that_were_brought_up_to_date_on_two_machines_are_merged_without_doubles(tmp_path: Path) -> None:
    version_1(tmp_path / "a" / FILE, 5)
    with closing(sqlite3.connect(tmp_path / "a" / FILE)) as database:  # two answers that say the same are two
        database.execute(INSERT_1, ("2027-01-01T12:00:00.000+00:00", "old0", "right"))
        database.commit()
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    with History(tmp_path / "a") as one, History(tmp_path / "b") as other:
        assert one.merge(other.records()) == 0
        assert len(one.results()) == 6


def test_what_a_drill_of_version_1_still_adds_is_an_answer_like_others(tmp_path: Path) -> None:
    version_1(tmp_path / FILE, 1)
    with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as old:
        old.execute("SELECT * FROM answers").fetchall()
        History(tmp_path).__exit__()
        old.execute(INSERT_1, ("2027-01-02T12:00:00.000+00:00", "late", "right"))
    with History(tmp_path) as record:
        assert [(each.question, each.mark) for each in record.results()] == [("old0", 1), ("late", 1)]
        assert record.merge(record.records()) == 0


def test_a_full_disk_stops_the_change_of_version_and_nothing_is_lost(tmp_path: Path, monkeypatch) -> None:  # type: ignore
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    version_1(tmp_path / FILE, 3)
    before = (tmp_path / FILE).read_bytes()
    monkeypatch.setattr(schema, "copied", full)
    with pytest.raises(QuizgenError) as told:
        History(tmp_path)
    assert told.value.key == "history.full"
    assert (tmp_path / FILE).read_bytes() == before


def test_a_record_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / FILE)) as database:
        database.execute("PRAGMA user_version = 99")
    before = (tmp_path / FILE).read_bytes()
    for use in (History, history.read):
        with pytest.raises(QuizgenError) as told:
            use(tmp_path)
        assert told.value.key == "history.newer"
    assert (tmp_path / FILE).read_bytes() == before


# --- the daily copy ------------------------------------------------------------------------------------------------


def copy_of(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / f"{FILE}.backup")) as database:
        return [row[0] for row in database.execute("SELECT question FROM answers ORDER BY number")]


def yesterday(file: Path) -> None:
    moment = time.time() - 86_400
    os.utime(file, (moment, moment))


def test_a_record_with_answers_is_copied_once_a_day(tmp_path: Path) -> None:
    file = filled(tmp_path, answers(2))
    assert sorted(each.name for each in tmp_path.iterdir()) == [FILE]  # there was nothing to copy yet
    History(tmp_path).__exit__()
    with History(tmp_path) as record:
        record.add(replace(RESULT, question="new"))
    History(tmp_path).__exit__()
    assert copy_of(tmp_path) == ["q0", "q1"]
    yesterday(tmp_path / f"{FILE}.backup")
    History(tmp_path).__exit__()
    assert copy_of(tmp_path) == ["q0", "q1", "new"]
    assert sorted(each.name for each in tmp_path.iterdir()) == [FILE, f"{FILE}.backup"]
    assert sound(file)


def test_a_copy_that_holds_more_is_kept_where_the_record_has_begun_anew(tmp_path: Path) -> None:
    filled(tmp_path, answers(5))
    History(tmp_path).__exit__()
    (tmp_path / FILE).unlink()
    yesterday(tmp_path / f"{FILE}.backup")
    filled(tmp_path, answers(1, "again"))
    History(tmp_path).__exit__()
    assert copy_of(tmp_path) == ["again0"]
    with closing(sqlite3.connect(tmp_path / f"{FILE}.backup-2")) as database:
        assert database.execute("SELECT count(*) FROM answers").fetchone() == (5,)


@pytest.mark.parametrize("trouble", [OSError(28, "full"), sqlite3.OperationalError("disk I/O error")])
def test_a_copy_that_cannot_be_made_stops_nobody(tmp_path: Path, trouble: Exception, monkeypatch) -> None:  # type: ignore
    def refuse(*_: object) -> None:
        raise trouble

    filled(tmp_path, answers(2))
    monkeypatch.setattr(backup, "copied", refuse)
    assert len(recorded(tmp_path)) == 2


# --- damage --------------------------------------------------------------------------------------------------------


def test_every_row_is_found_in_the_pages_of_a_sound_file(tmp_path: Path) -> None:
    """Also long rows, which go over several pages, and more rows than one page of the tree can name."""
    file, length = tmp_path / "x", random.Random("pages")
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE t (number INTEGER PRIMARY KEY, a, b, c)")
        values = [(None, "é" * length.randrange(9000), -number, 2**40 * number) for number in range(400)]
        values += [("x", "", 0, 1), (b"\x00", "a" * 4061, 127, -(2**63))]
        database.executemany("INSERT INTO t (a, b, c) VALUES (?, ?, ?)", [value[:3] for value in values])
        database.execute("UPDATE t SET c = number * 1099511627776")
        database.commit()
        wanted = {(row[0], (None, *row[1:])) for row in database.execute("SELECT * FROM t")}
    assert wanted == {row for row in pages.rows(file.read_bytes()) if len(row[1]) == 4}


def test_a_chain_of_pages_that_ends_early_or_goes_in_a_circle_is_no_row(tmp_path: Path) -> None:
    file = tmp_path / "x"
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE t (number INTEGER PRIMARY KEY, a, b, c)")
        database.execute("INSERT INTO t (a) VALUES (?)", ["a" * 9000])
        database.commit()
    content = file.read_bytes()
    (page,) = (at for at in range(0, len(content), 4096) if content[at : at + 5] == b"\0\0\0\x04a")
    rows = [
        [
            row
            for row in pages.rows(content[:page] + bytes([0, 0, 0, following]) + content[page + 4 :])
            if len(row[1]) == 4
        ]
        for following in (4, 0, 1, 99)
    ]
    assert [len(found) for found in rows] == [1, 0, 0, 0]
    circle = bytearray(3 * 4096)
    circle[4096 : 4096 + 10] = b"\x0d\0\0\0\x01\0\0\0\x01\0"  # a leaf with one row, at 256
    circle[4096 + 256 : 4096 + 262] = b"\xff" * 4 + b"\x7f\x01"  # as long as a row can be said to be
    for place in range(4096 + 262, 3 * 4096, 4):
        circle[place : place + 4] = b"\0\0\0\x03"  # whatever comes next is page 3
    assert list(pages.rows(bytes(circle))) == []


@pytest.mark.parametrize(
    "damage",
    [
        *("text", "head", "page", "nothing left", "cut in its head", "read-only head", "page size", "format"),
        *("no tables", "schema", "column", "index"),
    ],
)
def test_a_damaged_record_is_put_aside_and_what_can_be_read_goes_on(tmp_path: Path, damage: str) -> None:
    file = filled(tmp_path, answers(200))
    content = file.read_bytes()
    damaged = {
        "text": b"not a database" * 99,
        "head": b"\xff" * 100 + content[100:],
        "page": content[:12_288] + b"\xff" * 4096 + content[16_384:],
        "nothing left": b"",
        "read-only head": content[:18] + b"\x09" + content[19:],
        "cut in its head": content[:60],
        "page size": content[:16] + b"\x20\x00" + content[18:],
        "column": content[:4096].replace(b"why TEXT", b"whi TEXT") + content[4096:],
        "index": content.replace(b"%032x" % 150, b"f" * 32, 1),  # changed in the index or in the table, not in both
        "format": content[:44] + b"\xff" * 4 + content[48:],
        "schema": content[:4096].replace(b"CREATE TABLE flags", b"CREATE \xff\xfe\xfdLE flags") + content[4096:],
        "no tables": content[:4096].replace(b"CREATE TABLE answers", b"CREATE TABLE answerz") + content[4096:],
    }[damage]
    file.write_bytes(damaged)
    if damage == "nothing left":  # an empty file is a new one, unless there was more
        shutil.copy(filled(tmp_path / "other", answers(200)), tmp_path / f"{FILE}.backup")
    with History(tmp_path) as record:
        assert record.recovered
        assert record.recovered.aside.read_bytes() == damaged
        found = {result.question for result in record.results()}
        assert record.recovered.saved == len(found)
        assert len(found) >= {"text": 0, "cut in its head": 0, "page": 180}.get(damage, 200)
        record.add(replace(RESULT, question="more"))
    assert sound(file)
    with History(tmp_path) as record:
        assert record.recovered is None
        assert record.seen_ids() == {*found, "more"}


def test_what_was_lost_is_taken_from_the_daily_copy_and_the_copy_of_version_1(tmp_path: Path) -> None:
    version_1(tmp_path / FILE, 4)
    with History(tmp_path) as record:
        record.flag(FLAG)
        record.set_exam(date(2027, 2, 19))
        record.add(RESULT)
    yesterday(tmp_path / f"{FILE}.backup")
    History(tmp_path).__exit__()
    (tmp_path / FILE).write_bytes(b"\x00" * 5000)
    with History(tmp_path) as record:
        assert record.recovered and record.recovered.saved == 5
        assert record.seen_ids() == {"old0", "old1", "old2", "old3", "id1"}
        assert (record.flags(), record.exam()) == ([FLAG], date(2027, 2, 19))
    (tmp_path / f"{FILE}.backup").write_bytes(b"also damaged")
    (tmp_path / FILE).write_bytes(b"\x00" * 5000)
    assert len(recorded(tmp_path)) == 4


def test_a_letter_that_is_damaged_costs_no_answer(tmp_path: Path) -> None:
    file = filled(tmp_path, [replace(each, typed="りんご") for each in answers(3)])
    file.write_bytes(file.read_bytes().replace("りんご".encode(), "り".encode() + b"\xff" * 3 + "ご".encode(), 1))
    assert sorted(each.typed for each in recorded(tmp_path)) == ["りんご", "りんご", "り���ご"]
    file.write_bytes(b"\xff" * 100 + file.read_bytes()[100:])
    assert sorted(each.typed for each in recorded(tmp_path)) == ["りんご", "りんご", "り���ご"]


@pytest.mark.parametrize("use", [recorded, lambda folder: history.results(history.read(folder)[0])])
def test_a_row_that_makes_no_sense_any_more_is_taken_from_the_copy(tmp_path: Path, use) -> None:  # type: ignore
    """Its page is sound, so SQLite sees nothing wrong with it."""
    file = filled(tmp_path, answers(5))
    History(tmp_path).__exit__()
    content = file.read_bytes()
    file.write_bytes(content.replace(b"2027-02-01T12:03", b"2027-02-01T12:\x00\xff"))
    assert sound(file)
    assert use(tmp_path) == answers(5)
    assert len(list(tmp_path.glob("*.damaged-*"))) == 1


def test_the_journal_of_a_damaged_file_goes_with_it(tmp_path: Path) -> None:
    """Left beside the new file, it would be applied to it."""
    (tmp_path / FILE).write_bytes(b"no database" * 999)
    (tmp_path / f"{FILE}-journal").write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7 no journal")
    with History(tmp_path) as record:
        record.add(RESULT)
        aside = record.recovered and record.recovered.aside
    assert aside
    assert aside.with_name(aside.name + "-journal").exists()
    assert recorded(tmp_path) == [RESULT]


def test_a_damaged_record_is_put_aside_also_on_a_disk_without_links(tmp_path: Path, monkeypatch) -> None:  # type: ignore
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    file = filled(tmp_path, answers(20))
    damaged = b"\xff" * 4096 + file.read_bytes()[4096:]
    file.write_bytes(damaged)
    monkeypatch.setattr(os, "link", refuse)
    with History(tmp_path) as record:
        assert record.recovered and record.recovered.aside.read_bytes() == damaged
        assert len(record.results()) == 20


def test_a_reader_of_a_damaged_record_recovers_it(tmp_path: Path) -> None:
    file = filled(tmp_path, answers(20))
    file.write_bytes(b"\xff" * 4096 + file.read_bytes()[4096:])
    found, recovered = history.read(tmp_path)
    assert recovered and recovered.saved == len(found) == 20


@pytest.mark.parametrize("trouble", ["full", "damaged_and_stuck"])
def test_where_no_new_record_can_be_made_the_damaged_one_stays(tmp_path: Path, trouble: str, monkeypatch) -> None:  # type: ignore
    def refuse(part: Path, *_: object) -> int:
        part.touch()
        raise OSError(28 if trouble == "full" else 13, "")

    (tmp_path / FILE).write_bytes(b"no database" * 999)
    monkeypatch.setattr(rescue, "_built", refuse)
    with pytest.raises(QuizgenError) as told:
        History(tmp_path)
    assert told.value.key == f"history.{trouble}"
    assert (tmp_path / FILE).read_bytes() == b"no database" * 999
    assert list(tmp_path.iterdir()) == [tmp_path / FILE]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record of 300 answers, some of which go over two pages."""
    results = answers(300)
    results[::50] = [replace(each, typed="答" * 1000, shows=("m" * 150,) * 20) for each in results[::50]]
    return filled(tmp_path_factory.mktemp("whole"), results)


def check_damage(whole: bytes, folder: Path, content: bytes, hit: set[int]) -> None:
    """No traceback, no row that was never written, and every row whose pages were not touched."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / FILE).write_bytes(content)
    written = {result.question: result for result in answers(300)}
    try:
        with History(folder) as record:
            found = record.results()
    except QuizgenError as error:  # a head may say that a later version wrote it, and then nothing is touched
        assert (error.key, (folder / FILE).read_bytes()) == ("history.newer", content)
        assert schema.VERSION < int.from_bytes(content[60:64]) < store.UNBELIEVABLE
        return
    if record.recovered is None:
        assert len(found) == 300  # a letter that was changed to another is seen by nobody
        return
    on_page = {page: rows_of(whole, page) for page in range(len(whole) // pages.PAGE)}
    safe = {question for page, questions in on_page.items() if page not in hit for question in questions}
    assert safe <= {result.question for result in found}
    assert sum(result.question not in written for result in found) <= 300 - len(safe)
    assert record.recovered.aside.read_bytes() == content


def rows_of(whole: bytes, page: int) -> set[str]:
    """The questions of the rows that are whole within one page; every fiftieth is not."""
    alone = bytes(page * pages.PAGE) + whole[page * pages.PAGE : (page + 1) * pages.PAGE]
    return {str(row[3]) for number, row in pages.rows(alone) if len(row) == 16 and number % 50 != 1}


@settings(derandomize=True)  # the same damage in every run
@given(data=st.data())
def test_whatever_bytes_are_overwritten_the_other_pages_are_saved(whole: Path, data: st.DataObject) -> None:
    before = whole.read_bytes()
    content, hit = bytearray(before), set[int]()
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content) - 1) | st.integers(0, 120))
        noise = data.draw(st.binary(min_size=1, max_size=20) | st.sampled_from([b"\x00" * 600, b"\xff" * 5000]))
        noise = noise[: len(content) - start]
        content[start : start + len(noise)] = noise
        hit |= {place // pages.PAGE for place in (start, start + len(noise) - 1)}
    check_damage(before, whole.parent / "noise", bytes(content), hit)


@settings(derandomize=True)
@given(length=st.integers(1, 200_000))
def test_wherever_the_file_is_cut_off_the_rest_is_saved(whole: Path, length: int) -> None:
    before = whole.read_bytes()
    length = length % len(before) or 1
    hit = set(range(length // pages.PAGE, len(before) // pages.PAGE + 1))
    check_damage(before, whole.parent / "cut", before[:length], hit)


# --- where nothing can be written ------------------------------------------------------------------------------------


def test_a_home_that_is_a_file_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(QuizgenError) as told:
        History(tmp_path / "home")
    assert told.value.key == "history.cannot_write"


def test_a_full_disk_is_told_and_what_was_recorded_stays(tmp_path: Path) -> None:
    with History(tmp_path) as record:
        record.add(RESULT)
        record._database.execute("PRAGMA max_page_count = 1")
        with pytest.raises(QuizgenError) as told:
            for _ in range(100):
                record.add(replace(RESULT, typed="9" * 1000))
        assert told.value.key == "history.full"
    assert len(recorded(tmp_path)) >= 1


def test_a_locked_record_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "PATIENCE", 0.05)
    with History(tmp_path) as record:
        other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(QuizgenError) as told:
            record.add(RESULT)
        other.close()
    assert told.value.key == "history.busy"


def _cannot_override() -> None:
    """Takes the power to ignore permissions from root, so that the tests mean the same for everybody."""
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP


COMMANDS = [["progress"], ["progress", "export"], ["progress", "import", "-"], ["drill", "--count", "1"]]


@pytest.mark.skipif(sys.platform != "linux", reason="capabilities are Linux's")
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_home_that_is_not_to_be_written_is_one_line_and_can_still_be_read(tmp_path: Path, command: list[str]) -> None:
    home, record = tmp_path / "home", exchange.written([Answer("0" * 32, RESULT)])
    filled(home, answers(3))
    (home / FILE).chmod(0o444)
    home.chmod(0o555)
    done = subprocess.run(
        [sys.executable, "-m", "quizgen", *command],
        input="1\n" if command[0] == "drill" else record,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), "QUIZGEN_HOME": str(home), "LANG": "C.UTF-8"},
        preexec_fn=_cannot_override,
        timeout=120,
    )
    home.chmod(0o755)
    assert "Traceback" not in done.stderr
    if command in COMMANDS[:2]:
        assert (done.returncode, done.stderr) == (0, "")
    else:
        assert done.returncode == 1
        assert [line for line in done.stderr.splitlines() if line.startswith("quizgen: ")] != []
        assert str(home) in done.stderr
        assert done.stdout == ""  # before anything is asked
    assert sorted(each.name for each in home.iterdir()) == [FILE]


def test_every_error_of_the_record_has_its_sentence() -> None:
    for code in ("en", "ja"):
        keys = {*store._REASONS.values(), "unusable", "newer", "damaged_and_stuck"}
        assert all(f"error.history.{key}" in words(code) for key in keys)


def test_a_setting_of_a_later_version_is_kept(tmp_path: Path) -> None:
    unknown = Setting("colour", "green", NOW)
    with History(tmp_path) as record:
        record.merge([unknown, Setting(EXAM, "2027-02-19", NOW), Flagged("f" * 32, FLAG)])
        assert unknown in record.records()
        assert record.exam() == date(2027, 2, 19)
