"""What was practised: the numbers, the tables on every width of screen, and the record that moves between machines."""

from __future__ import annotations

import io
import json
import os
import re
import struct
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizgen.cli.view import blocks, painted, plain
from quizgen.drill import exchange, history, report
from quizgen.drill.charts import Column, Table, bar, folded, laid_out, sparkline
from quizgen.drill.history import FILE, History
from quizgen.drill.records import COLUMNS, EXAM, Answer, Flagged, Record, Setting, clean, fields_of, order_of, record_of
from quizgen.drill.result import Flag, Result
from quizgen.drill.schedule import Memory, Skill
from quizgen.errors import QuizgenError
from quizgen.language import words
from quizgen.picture.terminal import width

NOW = datetime(2027, 2, 10, 12, tzinfo=UTC)
TODAY = NOW.date()
TOKYO = timezone(timedelta(hours=9))
UPSTREAM, SUM = "product-upstream-ignored", "gather-first"
RESULT = Result(NOW, "id1", 1, "shopping", 2, "gradient", "2", "wrong", ((UPSTREAM, ""),), 1, Fraction(0), (UPSTREAM,))
RIGHT = replace(RESULT, outcome="right", mistakes=(), hints=0, mark=Fraction(1))


def ago(days: float, result: Result = RESULT) -> Result:
    return replace(result, at=NOW - timedelta(days=days))


def told(*results: Result, exam: date | None = None, flags: tuple[Flag, ...] = ()) -> report.Report:
    return report.report(results, flags, exam, NOW, UTC)


# --- the numbers -------------------------------------------------------------------------------------------------


def test_totals_are_by_family_level_and_kind_in_the_order_in_which_kinds_are_asked() -> None:
    found = told(
        replace(RIGHT, question="id2", part=3, kind="value"),
        RESULT,
        replace(RIGHT, part=2, at=NOW + timedelta(days=1)),
        replace(RESULT, question="id3", family="chain-rule", outcome="skipped", mistakes=()),
    )
    assert found.totals == (
        report.Total("chain-rule", 2, "gradient", 1, 0, 0, 1, 1),
        report.Total("shopping", 2, "gradient", 2, 1, 1, 0, 1),
        report.Total("shopping", 2, "value", 1, 1, 0, 0, 0),
    )
    assert (found.variants, found.days) == (3, (TODAY, TODAY + timedelta(days=1)))


def test_days_are_those_of_the_learners_calendar() -> None:
    evening = replace(RESULT, at=datetime(2027, 2, 9, 20, tzinfo=UTC))
    found = report.report([evening], (), None, NOW, TOKYO)
    assert found.days == (TODAY,)
    assert found.troubles[0].by_day == ((TODAY, 1),)
    assert found.skills[0].last == TODAY


def test_a_misconception_counts_once_an_answer_and_by_day() -> None:
    twice = ((UPSTREAM, "price"), (UPSTREAM, "tax"), (SUM, ""))
    found = told(ago(2), ago(2), ago(0, replace(RESULT, mistakes=twice)))
    days = ((TODAY - timedelta(days=2), 2), (TODAY, 1))
    assert found.troubles == (
        report.Trouble(UPSTREAM, 3, days, False),
        report.Trouble(SUM, 1, ((TODAY, 1),), False),
    )


@pytest.mark.parametrize(
    ("after", "overcome"),
    [
        ([], False),
        ([RIGHT], True),
        ([replace(RIGHT, shows=(SUM,))], False),  # right where the misconception would not have shown
        ([RESULT, RIGHT], True),
        ([RIGHT, RESULT], False),
        ([replace(RESULT, outcome="skipped", mistakes=())], False),
    ],
)
def test_a_misconception_is_overcome_by_a_right_answer_where_it_would_have_shown(
    after: list[Result], overcome: bool
) -> None:
    results = [ago(5), *(ago(4 - number, result) for number, result in enumerate(after))]
    assert told(*reversed(results)).troubles[0].overcome == overcome


@pytest.mark.parametrize(
    ("days", "streak"),
    [
        ([], (0, 0)),
        ([0], (1, 1)),
        ([1], (1, 1)),
        ([2], (0, 1)),
        ([0, 1, 2], (3, 3)),
        ([1, 2, 4, 5, 6], (2, 3)),
        ([3, 4, 5, 0], (1, 3)),
        ([-1, 0], (1, 2)),
    ],
)
def test_days_in_a_row_go_up_to_today_or_yesterday(days: list[int], streak: tuple[int, int]) -> None:
    assert report.streak([TODAY - timedelta(days=each) for each in days], TODAY) == streak


def test_the_forecast_has_what_is_overdue_today_and_nothing_beyond_its_days() -> None:
    dues = [TODAY + timedelta(days=each) for each in (-3, 0, 1, 1, 6, 7)]
    counts = [due for _, due in report.forecast(dues, TODAY)]
    assert counts == [2, 2, 0, 0, 0, 0, 1]


def test_skills_are_those_of_the_schedule_with_the_day_of_the_exam() -> None:
    results = [ago(9, RIGHT), ago(5, RIGHT), ago(4)]
    memory, exam = Memory.of(results), TODAY + timedelta(days=20)
    found = {each.skill: each for each in told(*results, exam=exam).skills}
    assert set(found) == set(memory.skills) == {Skill("shopping", 2, "gradient", wrong) for wrong in ("", UPSTREAM)}
    for skill, each in found.items():
        assert each.retention == memory.retention(skill, NOW)
        assert each.at_exam == memory.retention(skill, datetime(2027, 3, 2, 12, tzinfo=UTC)) < each.retention
        assert (each.reviews, each.last) == (memory.reviews(skill), TODAY - timedelta(days=4))
    assert all(each.at_exam is None for each in told(*results, exam=TODAY - timedelta(days=1)).skills)
    noon = datetime(2027, 3, 2, 12, tzinfo=TOKYO)  # a day of the learner's calendar, and a whole day of memory earlier
    for each in report.report(results, (), exam, NOW, TOKYO).skills:
        assert each.at_exam == memory.retention(each.skill, noon) != found[each.skill].at_exam


def test_what_would_be_forgotten_on_the_day_of_the_exam_is_due_today_in_the_last_week() -> None:
    results = [ago(1, RIGHT)]
    memory, skill = Memory.of(results), Skill("shopping", 2, "gradient")
    assert memory.due(skill).date() > TODAY
    for days, due in ((7, TODAY), (8, memory.due(skill).date())):
        found = told(*results, exam=TODAY + timedelta(days=days))
        assert memory.retention(skill, NOW + timedelta(days=7)) < 0.9
        assert found.skills[0].due == due
        assert dict(found.forecast)[TODAY] == (due == TODAY)


def test_weeks_begin_on_monday_and_days_without_anything_count_0() -> None:
    monday = date(2027, 2, 8)
    days = ((date(2027, 2, 7), 1), (monday, 2), (TODAY, 4))
    assert report.by_week(days) == ((date(2027, 2, 1), 1), (monday, 6))
    assert report.recent(days, TODAY, timedelta(days=1), 5) == [0, 1, 2, 0, 4]


# --- charts ------------------------------------------------------------------------------------------------------


@given(share=st.floats(-1, 2), length=st.integers(1, 40), ascii_only=st.booleans())
def test_a_bar_has_its_length_and_more_than_nothing_shows(share: float, length: int, ascii_only: bool) -> None:
    drawn = bar(share, length, ascii_only)
    assert width(drawn) == length
    assert (drawn.strip(" .") == "") == (share <= 0)
    assert drawn.isascii() or not ascii_only


def test_a_small_chart_shows_each_count_against_the_largest() -> None:
    assert sparkline([0, 1, 4, 8]) == "·▁▄█"
    assert sparkline([0, 0]) == "··"
    assert sparkline([0, 3, 9, 10], ascii_only=True) == ".39+"


texts = st.text(st.sampled_from("ab 誤差逆伝播法 tⁿ…・-"), max_size=60)


@given(text=texts, columns=st.integers(8, 40))
def test_folding_loses_no_letter_and_keeps_to_the_width(text: str, columns: int) -> None:
    lines = folded(text, columns)
    assert all(width(line) <= columns for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@given(rows=st.lists(st.tuples(texts, st.sampled_from(["1", "12", "問い"]), st.sampled_from(["", "今日"]))))
def test_columns_stand_under_their_heads_also_with_wide_characters(rows: list[tuple[str, str, str]]) -> None:
    table = Table("", (Column("種類"), Column("正解", right=True), Column("次")), [(*row,) for row in rows])
    lines = ["".join(cell.text for cell in line) for line in laid_out(table, 60)][1:]
    head = width(lines[0][: lines[0].index("次")])
    for line in lines:
        if "今日" in line:
            assert width(line[: line.index("今日")]) == head
        assert width(line) <= 60


def test_a_cell_holds_no_control_characters() -> None:
    table = Table("t", (Column("a"),), [("\x1b[31mx\u202e",), "\x07heading"])
    text = "".join(cell.text for line in laid_out(table, 80) for cell in line)
    assert text.isprintable()


# --- the view ----------------------------------------------------------------------------------------------------

JAPANESE = re.compile(r"[ぁ-ゖァ-ヺ一-鿿]")
FLAGS = (Flag(NOW, "0123456789abcdef", 2, "答え\x1b[31mが2つあるように読めます。税率はどちらに掛かるのですか。"),)


def much() -> report.Report:
    results = [
        ago(day + number / 10, replace(RESULT if number % 2 else RIGHT, family=family, level=level, kind=kind))
        for day in (0, 1, 2, 30, 200)
        for family, level in (("shopping", 1), ("shopping", 2), ("chain-rule", 1), ("later", 99))
        for number, kind in enumerate(("value", "gradient", "derivative", "meaning", "odd"))
    ]
    return told(*results, exam=TODAY + timedelta(days=9), flags=FLAGS)


def screen(found: report.Report, code: str, columns: int, ascii_only: bool = False, **settings: Any) -> str:
    from rich.console import Console

    sink = io.StringIO()
    console = Console(file=sink, width=columns, force_terminal=True, highlight=False, **settings)
    for text in painted(blocks(found, code, ascii_only), columns):
        console.print(text, overflow="fold", crop=False)
    return sink.getvalue()


@pytest.mark.parametrize("code", ["en", "ja"])
@pytest.mark.parametrize("columns", [40, 60, 80, 120, 200])
def test_no_line_is_wider_than_the_screen(code: str, columns: int) -> None:
    shown = re.sub(r"\x1b\[[\d;]*m", "", screen(much(), code, columns))
    assert all(line.isprintable() for line in shown.splitlines())
    assert max(map(width, shown.splitlines())) <= columns
    assert words(code)["progress.flags"] in shown


def test_what_is_left_out_on_a_narrow_screen_is_there_on_a_wide_one() -> None:
    narrow, wide = (screen(much(), "en", columns) for columns in (40, 120))
    assert "█" in wide and words("en")["progress.last"] in wide
    kept = ("Right", "Now", "Due", "today", "Since then", "0123456789abcdef", "Days in a row: 3", "Days until the exam")
    assert all(word in narrow and word in wide for word in kept)


def test_without_colour_the_same_is_said() -> None:
    shown = screen(much(), "en", 80, no_color=True)
    assert not re.search(r"\x1b\[[\d;]*3[0-7]m", shown)
    assert re.search(r"\x1b\[[\d;]*3[0-7]m", screen(much(), "en", 80, color_system="standard"))
    assert re.sub(r"\x1b\[[\d;]*m", "", shown).rstrip() == plain(blocks(much(), "en"), 80).rstrip()


def test_where_no_blocks_can_be_shown_everything_of_ours_is_ascii() -> None:
    found = replace(much(), flags=())
    text = plain(blocks(found, "en", ascii_only=True))
    assert set(re.findall(r"[^\x00-\x7f]", text)) <= set("²ⁿ")  # of the titles of families and misconceptions
    assert "###" in text


def test_a_learner_meets_one_language_only() -> None:
    found = replace(much(), flags=())
    assert not JAPANESE.search(plain(blocks(found, "en")))
    japanese = plain(blocks(found, "ja")).replace("later 99", "").replace("odd", "")
    assert not re.search(r"[A-Za-z]{3,}", japanese)


def test_the_day_of_the_exam_is_told_before_it_on_it_and_after_it() -> None:
    for days, wanted in ((9, ": 9"), (0, "today (2027-02-10)"), (-1, "was on 2027-02-09")):
        text = plain(blocks(told(RESULT, exam=TODAY + timedelta(days=days)), "en"))
        assert wanted in text
        assert ("Exam" in text.splitlines()[7]) == (days >= 0), text


def test_misconceptions_are_shown_by_day_and_where_they_are_old_by_week() -> None:
    recent, old = (plain(blocks(told(ago(0), ago(0), ago(days)), "en")) for days in (7, 8))
    assert "8 days" in recent and "▄······█" in recent
    assert "8 weeks" in old and "······▄█" in old


# --- the record on the way to another machine --------------------------------------------------------------------

names = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=20)
typed = st.text(max_size=50).map(clean)
moments = st.datetimes(datetime(1970, 1, 3), datetime(9990, 1, 1), timezones=st.just(UTC)).map(
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)
)
uids = st.uuids().map(lambda uid: uid.hex)
lists = st.lists(names, max_size=3).map(tuple)
marks = st.fractions(0, 1, max_denominator=99)
results = st.builds(
    Result,
    moments,
    names,
    st.integers(1, 9),
    names,
    st.integers(0, 9),
    names,
    typed,
    st.sampled_from(["right", "wrong", "skipped"]),
    st.lists(st.tuples(names, names | st.just("")), max_size=3).map(tuple),
    st.integers(0, 9),
    marks,
    lists,
    lists,
    names,
)
flagged = st.builds(Flagged, uids, st.builds(Flag, moments, names, st.integers(1, 9), typed))
exams = st.builds(Setting, st.just(EXAM), st.dates().map(str) | st.just(""), moments)
settings = st.builds(Setting, names.filter(lambda key: key != EXAM), typed, moments)
records = st.lists(
    st.builds(Answer, uids, results) | flagged | exams | settings,
    max_size=12,
    unique_by=lambda record: record.key if isinstance(record, Setting) else record.uid,
)


@given(found=records)
def test_what_is_written_is_read_again(found: list[Record]) -> None:
    text = exchange.written(found)
    assert exchange.read(text, "x") == sorted(found, key=order_of)
    assert exchange.written(exchange.read(text, "x")) == text
    assert all(line.isprintable() for line in text.split("\n"))


def merged(folder: Path, *parts: list[Record]) -> tuple[str, list[int]]:
    """What an export says after these were imported into an empty home, and how many were new each time."""
    with History(folder / uuid4().hex) as record:
        new = [record.merge(part) for part in parts]
        return exchange.written(record.records()), new


@given(one=records, other=records)
def test_imports_lose_nothing_add_nothing_twice_and_need_no_order(
    one: list[Record], other: list[Record], tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.getbasetemp()
    text, new = merged(home, one, one, one[::-1])
    assert (text, new) == (exchange.written(one), [len(one), 0, 0])
    assert merged(home, one, other)[0] == merged(home, other, one)[0]


def test_of_two_days_of_the_exam_the_one_that_was_set_later_holds(tmp_path: Path) -> None:
    days = [Setting(EXAM, f"2027-02-{day}", NOW + timedelta(hours=hour)) for day, hour in ((19, 2), (26, 1), (12, 3))]
    for parts in (days, days[::-1]):
        with History(tmp_path / parts[0].value) as record:
            for part in parts:
                record.merge([part])
            assert record.exam() == date(2027, 2, 12)


def answer(**changes: Any) -> str:
    return json.dumps({"type": "answer", **fields_of(Answer("0" * 32, RESULT)), **changes})


LONG = [["m", ""]] * 1001
BAD: dict[str, tuple[str, str, str]] = {
    "no JSON": ("{", "not_json", ""),
    "a number": ("7", "no_record", ""),
    "a list": ("[]", "no_record", ""),
    "no type": ("{}", "no_record", ""),
    "a type of another program": ('{"type": ["answer"]}', "no_record", ""),
    "a bank": ('{"id": "1", "family": "shopping"}', "no_record", ""),
    "NaN": (answer(hints=float("nan")), "not_json", ""),
    "nested too deep": ('{"type": ' + "[" * 100_000, "not_json", ""),
    "nested too deep within a record": (answer(shows=[])[:-1] + ', "x": ' + "[" * 5000 + "]" * 5000 + "}", "", ""),
    "ten megabytes": (answer(typed="x" * 10_000_000), "line_too_long", ""),
    "a number of thousands of digits": (
        answer(hints=0).replace('"hints": 0', '"hints": ' + "9" * 5000),
        "not_json",
        "",
    ),
    "a large number": (answer(hints=10**9), "bad_field", "hints"),
    "a negative number": (answer(hints=-1), "bad_field", "hints"),
    "true for a number": (answer(part=True), "bad_field", "part"),
    "a decimal for a number": (answer(level=1.0), "bad_field", "level"),
    "part 0": (answer(part=0), "bad_field", "part"),
    "an outcome of ours that is none": (answer(outcome="great"), "bad_field", "outcome"),
    "an outcome that is no text": (answer(outcome=["right"]), "bad_field", "outcome"),
    "a day without an hour": (answer(at="2027-02-01"), "bad_field", "at"),
    "an hour without a zone": (answer(at="2027-02-01T12:00:00"), "bad_field", "at"),
    "no day": (answer(at="2027-02-30T12:00:00+00:00"), "bad_field", "at"),
    "the year 1": (answer(at="0001-01-01T00:00:00+23:00"), "bad_field", "at"),
    "the last year": (answer(at="9999-12-31T23:59:59-23:00"), "bad_field", "at"),
    "a long answer": (answer(typed="x" * 1001), "bad_field", "typed"),
    "an answer that is a number": (answer(typed=2), "bad_field", "typed"),
    "a long name": (answer(family="x" * 201), "bad_field", "family"),
    "an empty name": (answer(family=""), "bad_field", "family"),
    "a control character in a name": (answer(question="a\x1b[31m"), "bad_field", "question"),
    "half a character in a name": (answer(kind="\ud800"), "bad_field", "kind"),
    "a mark above 1": (answer(mark="3/2"), "bad_field", "mark"),
    "a mark of nothing": (answer(mark="1/0"), "bad_field", "mark"),
    "a mark that is no fraction": (answer(mark="0.5"), "bad_field", "mark"),
    "a mark that is a number": (answer(mark=1), "bad_field", "mark"),
    "names that are one text": (answer(shows="abc"), "bad_field", "shows"),
    "too many names": (answer(misconceptions=LONG), "bad_field", "misconceptions"),
    "a pair of three": (answer(misconceptions=[["a", "b", "c"]]), "bad_field", "misconceptions"),
    "pairs that are texts": (answer(misconceptions=["ab"]), "bad_field", "misconceptions"),
    "a uid of another kind": (answer(uid="1"), "bad_field", "uid"),
    "an unknown field": (answer(colour="green"), "bad_field", "colour"),
    "an exam on no day": (
        json.dumps({"type": "setting", "key": EXAM, "value": "soon", "at": "2027-02-01T12:00:00Z"}),
        "bad_field",
        "value",
    ),
    "a later version": ('{"type": "progress", "version": 2}', "newer_export", ""),
    "no version": ('{"type": "progress"}', "bad_field", "version"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_line_that_cannot_be_used_is_named_and_nothing_is_read(name: str) -> None:
    line, key, field = BAD[name]
    with pytest.raises(QuizgenError) as error:
        exchange.read(f"{answer()}\n\n{line}\n{answer()}", "x.jsonl")
    assert (error.value.details["file"], error.value.details["line"]) == ("x.jsonl", 3)
    assert not key or error.value.key == f"history.{key}"
    assert not field or error.value.details["field"] == field
    for code in ("en", "ja"):
        assert "x.jsonl:3" in words(code).sentence(error.value)


@pytest.mark.parametrize("name", COLUMNS["answer"])
def test_no_field_can_be_missing(name: str) -> None:
    fields = json.loads(answer())
    del fields[name]
    with pytest.raises(QuizgenError) as error:
        exchange.read(json.dumps(fields), "x")
    assert error.value.details["field"] == name


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(name=st.sampled_from(COLUMNS["answer"]), value=values)
def test_whatever_a_field_holds_it_is_refused_or_can_be_kept(name: str, value: Any) -> None:
    try:
        (found,) = exchange.read(answer(**{name: value}), "x")
    except QuizgenError:
        return
    assert record_of("answer", fields_of(found)) == found


def test_families_and_misconceptions_of_a_later_version_are_kept() -> None:
    line = answer(family="matrices", kind="shape", misconceptions=[["later", "W"]], shows=["later"], form="voice")
    assert exchange.written(exchange.read(line, "x")).splitlines()[1] == line


def test_exports_can_be_joined_and_lines_may_end_as_on_windows() -> None:
    text = exchange.written([Answer("0" * 32, RESULT)])
    assert len(exchange.read((text + text).replace("\n", "\r\n"), "x")) == 2


# --- the commands ------------------------------------------------------------------------------------------------


ROOT = str(Path(__file__).parents[1])


def quizgen(home: Path, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": ROOT, "QUIZGEN_HOME": str(home), "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-m", "quizgen", "progress", *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, encoding="utf-8", env=environment, timeout=60)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with History(tmp_path / "home") as record:
        record.add(RESULT)
        record.add(replace(RIGHT, question="id2", typed="\x1b[31m\u202eりんご"))
        record.flag(FLAGS[0])
        record.set_exam(date(2027, 2, 19))
    return tmp_path / "home"


def test_an_export_is_the_same_after_an_import_elsewhere(home: Path, tmp_path: Path) -> None:
    file, other = tmp_path / "record.jsonl", tmp_path / "other"
    assert quizgen(home, "export", "-o", str(file)).returncode == 0
    text = file.read_text("utf-8")
    assert quizgen(home, "export").stdout == quizgen(home, "export", "-o", "-").stdout == text
    assert "りんご" in text and "\x1b" not in text and "\u202e" not in text
    first = quizgen(other, "import", str(file), "--lang", "en")
    assert (first.stdout, first.stderr) == ("Records added: 4; there already: 0.\n", "")
    again = quizgen(other, "import", "-", "--lang", "en", stdin="\ufeff" + text)
    assert again.stdout == "Records added: 0; there already: 4.\n"
    assert quizgen(other, "export").stdout == text


@pytest.mark.parametrize("code", ["en", "ja"])
def test_an_import_with_a_bad_line_is_one_line_and_imports_nothing(home: Path, tmp_path: Path, code: str) -> None:
    done = quizgen(tmp_path / "none", "import", "-", "--lang", code, stdin=answer() + "\n" + answer(part=0))
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1
    assert "-:2" in done.stderr
    assert bool(JAPANESE.search(done.stderr)) == (code == "ja")
    assert not (tmp_path / "none").exists()


def test_an_import_that_the_disk_has_no_room_for_imports_nothing(home: Path) -> None:
    many = [Answer(uuid4().hex, replace(RESULT, typed="9" * 1000)) for _ in range(50)]
    with History(home) as record:
        record._database.execute("PRAGMA max_page_count = 12")
        with pytest.raises(QuizgenError) as error:
            record.merge(many)
        assert error.value.key == "history.full"
        assert len(record.results()) == 2


def test_progress_as_data_has_everything_that_is_shown(home: Path) -> None:
    found = json.loads(quizgen(home, "--json").stdout)
    assert (found["answers"], found["right"], found["wrong"], found["exam_date"]) == (2, 1, 1, "2027-02-19")
    (trouble,) = found["misconceptions"]
    assert (trouble["id"], trouble["count"], trouble["overcome"]) == (UPSTREAM, 1, True)
    assert trouble["by_day"] == [{"date": found["days"][0], "count": 1}]
    skill = found["skills"][0]
    assert {"family", "level", "kind", "misconception", "retention", "due", "reviews"} <= set(skill)
    assert isinstance(skill["retention"], str) and 0 < float(skill["retention"]) <= 1
    assert set(found["streak"]) == {"current", "longest"}
    assert len(found["forecast"]) == 7 and set(found["forecast"][0]) == {"date", "due"}
    assert found["flags"][0] == {
        "at": "2027-02-10T12:00:00.000+00:00",
        **vars(FLAGS[0]) | {"at": found["flags"][0]["at"]},
    }


def test_nothing_practised_is_told_and_makes_nothing(tmp_path: Path) -> None:
    done = quizgen(tmp_path / "none", "--lang", "en")
    assert (done.returncode, done.stdout.strip()) == (0, words("en")["progress.nothing"])
    assert json.loads(quizgen(tmp_path / "none", "--json").stdout)["skills"] == []
    assert quizgen(tmp_path / "none", "export").stdout == '{"type": "progress", "version": 1}\n'
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("use", [["--lang", "ja"], ["export", "--lang", "ja"]], ids=str)
def test_a_damaged_record_is_told_on_standard_error_and_shown_all_the_same(home: Path, use: list[str]) -> None:
    content = (home / FILE).read_bytes()
    (home / FILE).write_bytes(b"\xff" * 100 + content[100:])
    done = quizgen(home, *use)
    assert done.returncode == 0
    (line,) = done.stderr.splitlines()
    assert JAPANESE.search(line) and "2" in line
    aside = next(home.glob(f"{FILE}.damaged-*"))
    assert str(aside) in line
    assert done.stdout == quizgen(home, *use).stdout != ""
    found, _ = history.read(home)
    assert len(history.results(found)) == 2


def on_terminal(home: Path, columns: int, **more: str) -> str:
    """What a terminal of so many columns is shown."""
    fcntl, pty, termios = (pytest.importorskip(name) for name in ("fcntl", "pty", "termios"))
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    dropped = ("NO_COLOR", "COLUMNS", "FORCE_COLOR")
    environment = {name: value for name, value in os.environ.items() if name not in dropped}
    environment |= {"PYTHONPATH": ROOT, "QUIZGEN_HOME": str(home), "LC_ALL": "C.UTF-8", "TERM": "xterm", **more}
    command = [sys.executable, "-m", "quizgen", "progress", "--lang", "en"]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    shown = b""
    with suppress(OSError):  # which is how Linux says that the other end has closed
        while piece := os.read(ours, 65_536):
            shown += piece
    os.close(ours)
    assert process.wait(60) == 0
    return shown.decode()


def test_colours_and_width_are_those_of_the_terminal(home: Path) -> None:
    for more, coloured in (dict[str, str](), True), ({"NO_COLOR": "1"}, False):
        shown = on_terminal(home, 44, **more)
        assert bool(re.search(r"\x1b\[[\d;]*3[0-7]m", shown)) == coloured
        lines = re.sub(r"\x1b\[[\d;]*m", "", shown).splitlines()
        assert 30 < max(map(width, lines)) <= 44
