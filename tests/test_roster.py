"""Rosters: whatever a school's office saves is read, a bad line costs nobody else, and file names fit every disk."""

from __future__ import annotations

import csv
import io
import random
import unicodedata
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from quizgen import roster
from quizgen.errors import QuizgenError
from quizgen.roster import Roster, Student, file_names, manifest, read

JAPANESE = "あいうえおかがきぎんアイウエオャュョヴー山田佐藤鈴木高橋渡辺髙﨑一郎花子々"
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp932")
DELIMITERS = (",", "\t", ";")
# A file of nothing but half-width katakana may be the same bytes in two encodings; schools write names in kanji.
characters = st.sampled_from(JAPANESE + "abcXYZ0123456789 -_.,;'\"@=+()/|\\~")
cells = st.text(characters, min_size=1, max_size=12).map(str.strip).filter(bool)
students = st.lists(st.builds(Student, cells, cells), min_size=1, max_size=8, unique_by=lambda each: each.id)


def saved(folder: Path, data: str | bytes) -> Path:
    file = folder / "roster.csv"
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return file


def written(listed: list[Student], delimiter: str = ",", end: str = "\r\n", header: tuple[str, ...] = ()) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end)
    writer.writerow(header or ("学籍番号", "氏名"))
    writer.writerows((each.id, each.name) for each in listed)
    return text.getvalue()


def pairs(found: Roster) -> list[tuple[str, str]]:
    return [(each.id, each.name) for each in found.students]


def faults(found: Roster) -> list[tuple[str, object]]:
    return [(fault.key, fault.details["line"]) for fault in found.faults]


def refused(path: Path) -> QuizgenError:
    with pytest.raises(QuizgenError) as caught:
        read(path)
    assert caught.value.details["file"] == path
    return caught.value


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rosters")


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("delimiter", DELIMITERS)
@given(listed=students, end=st.sampled_from(["\r\n", "\n", "\r"]))
def test_reading_what_was_written_gives_the_students_back(
    encoding: str, delimiter: str, folder: Path, listed: list[Student], end: str
) -> None:
    found = read(saved(folder, written(listed, delimiter, end).encode(encoding)))
    assert found.students == tuple(listed)
    assert not found.faults
    assert found.encoding == encoding.removesuffix("-sig")


BAD = {
    'S9,"never closed': "roster.not_csv",
    'S9,"closed" too early': "roster.not_csv",
    "S9," + "x" * 200_000: "roster.not_csv",  # more than Python's csv allows a cell
    'S9,"' + "x" * 200_000 + '"': "roster.not_csv",
    "S9": "roster.too_few_cells",
    ",nobody": "roster.no_id",
    "\u3000,nobody": "roster.no_id",
    "S9,Sato, Taro": "roster.too_many_cells",
    "S9\x00,null": "roster.control_character",
    "S\x1b[31m9,red": "roster.control_character",
    "S\u200b9,hidden": "roster.control_character",
    "S9,bell\x07": "roster.control_character",
    "S9,\u202eorat": "roster.control_character",
    "S9,two\u2028lines": "roster.control_character",
    '"S\n9",two lines': "roster.control_character",
    "S" * 101 + ",long": "roster.long_id",
    "S0,again": "roster.same_id",
}
simple = st.text("あ山abc\"' ", min_size=1).map(str.strip).filter(bool)


@pytest.mark.parametrize(("line", "key"), BAD.items(), ids=range(len(BAD)))
@given(names=st.lists(simple, min_size=1, max_size=6), data=st.data())
def test_one_bad_line_costs_no_other_student_anything(
    line: str, key: str, folder: Path, names: list[str], data: st.DataObject
) -> None:
    good = [Student(f"S{number}", name) for number, name in enumerate(names)]
    rows = written(good).splitlines(keepends=True)
    at = data.draw(st.integers(1 + (key == "roster.same_id"), len(rows)))
    found = read(saved(folder, "".join([*rows[:at], line + "\r\n", *rows[at:]])))
    assert found.students == tuple(good)
    assert faults(found) == [(key, at + 1)]


def test_either_byte_order_will_do(tmp_path: Path) -> None:
    found = read(saved(tmp_path, "\ufeff学籍番号\t氏名\r\nS1\t山田\r\n".encode("utf-16-be")))
    assert (pairs(found), found.encoding) == ([("S1", "山田")], "utf-16")


def test_a_duplicate_is_told_where_the_first_is(tmp_path: Path) -> None:
    found = read(saved(tmp_path, 'id,name,memo\n\n1,Abe,"a\nb"\n2,Sato,\n1,Ito,\n'))
    assert pairs(found) == [("1", "Abe"), ("2", "Sato")]
    assert faults(found) == [("roster.same_id", 6)]
    assert (found.faults[0].details["first"], found.faults[0].details["id"]) == (3, "1")


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_bytes_that_no_encoding_has_cost_one_line(encoding: str, tmp_path: Path) -> None:
    rows = ["学籍番号,氏名,備考", "1,山田太郎,よし", "2,佐藤花子,よし", "3,鈴木一郎,よし"]
    lines = [row.encode(encoding) for row in rows]
    broken = b"\r\n".join([*lines[:2], lines[2][:5] + b"\xff" + lines[2][5:], lines[3]])
    found = read(saved(tmp_path, broken))
    assert pairs(found) == [("1", "山田太郎"), ("3", "鈴木一郎")]
    assert faults(found) == [("roster.unreadable", 3)]
    memo = read(saved(tmp_path, b"\r\n".join([*lines[:2], lines[2] + b"\xff", lines[3]])))
    assert len(memo.students) == 3, "a column that nobody reads may hold anything"


HEADERS = [
    "id,name",
    "ID,NAME",
    "ＩＤ，ＮＡＭＥ".replace("，", ","),
    "学籍番号,氏名",
    "学生番号,氏　名",
    "生徒番号,名前",
    "番号,氏名",
    "Student ID,Student Name",
    "student_id,student-name",
    '"id","name"',
    " id , name ",
    "id,name,,",
]


@pytest.mark.parametrize("header", HEADERS)
def test_a_header_is_known_in_any_case_and_width(header: str, tmp_path: Path) -> None:
    assert pairs(read(saved(tmp_path, f"{header}\n7,山田　太郎\n"))) == [("7", "山田　太郎")]


def test_other_columns_are_ignored_wherever_they_stand(tmp_path: Path) -> None:
    found = read(saved(tmp_path, "組\t番号\t氏名\t備考\t学籍番号\nA\t1\t山田\t\tS01\nA\t2\t佐藤\t\tS02\n"))
    assert pairs(found) == [("S01", "山田"), ("S02", "佐藤")]


def test_of_two_columns_the_more_telling_one_counts(tmp_path: Path) -> None:
    assert pairs(read(saved(tmp_path, "番号,名前,氏名,ID,生徒番号\n1,はな,山田 花,x9,S1\n"))) == [("S1", "山田 花")]
    assert pairs(read(saved(tmp_path, "番号,名前,ID\n1,はな,x9\n"))) == [("x9", "はな")]


def test_a_quotation_mark_that_is_closed_pages_later_costs_one_line(tmp_path: Path) -> None:
    rows = [f"S{number},x" for number in range(150)]
    rows[3], rows[140] = 'S3,"x', 'S140,x"'
    found = read(saved(tmp_path, "\n".join(["id,name", *rows])))
    assert [each.id for each in found.students] == [f"S{number}" for number in range(150) if number != 3]
    assert faults(found) == [("roster.not_csv", 5)]


def test_a_space_before_a_quotation_mark_does_no_harm(tmp_path: Path) -> None:
    assert pairs(read(saved(tmp_path, 'id, name\n1, "Sato, Taro"\n'))) == [("1", "Sato, Taro")]


def test_who_has_no_name_goes_by_the_id(tmp_path: Path) -> None:
    assert pairs(read(saved(tmp_path, "id\nS1\nS2\n"))) == [("S1", "S1"), ("S2", "S2")]
    assert pairs(read(saved(tmp_path, "name,id\n,S1\n"))) == [("S1", "S1")]


def test_names_may_be_long_and_written_by_hand(tmp_path: Path) -> None:
    names = ["山" * 500, "Sato, Taro", 'the "Cat"', "葛\U000e0100城", "\ue000田", "نا\u200cم"]
    text = written([Student(f"S{number}", name) for number, name in enumerate(names)])
    assert [each.name for each in read(saved(tmp_path, text)).students] == names
    assert pairs(read(saved(tmp_path, 'id,name\n1,"山田\r\n太郎"\n'))) == [("1", "山田 太郎")]


def test_blank_lines_are_nobody(tmp_path: Path) -> None:
    found = read(saved(tmp_path, "\n\r\n  \nid,name\n\n,,\n1,Abe\n \t\n2,Sato\n\n\n"))
    assert pairs(found) == [("1", "Abe"), ("2", "Sato")]
    assert not found.faults


def test_a_language_is_read_where_languages_are_given(tmp_path: Path) -> None:
    file = saved(tmp_path, "id,name,言語\n1,a,ja\n2,b,ＥＮ\n3,c,\n4,d\n5,e,xx\n")
    found = read(file, ["en", "ja"])
    assert [each.language for each in found.students] == ["ja", "en", "", ""]
    assert faults(found) == [("roster.language", 6)]
    assert [each.language for each in read(file).students] == [""] * 5


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "roster.empty"),
        (b"\xef\xbb\xbf", "roster.empty"),
        (b"\xff\xfe", "roster.empty"),
        (b"\n \r\n,,\n", "roster.empty"),
        (b"id,name\n", "roster.empty"),
        (b"id,name\n,\n", "roster.empty"),
        (b"1,Abe\n2,Sato\n", "roster.no_header"),
        (b"name\nAbe\n", "roster.no_header"),
        (b'"id,name\n1,Abe\n', "roster.no_header"),
        (bytes(range(256)), "roster.no_header"),
        ("id,name\n1,Abe".encode("utf-16-le"), "roster.no_header"),
        (b"PK\x03\x04\x14\x00", "roster.workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "roster.workbook"),
    ],
)
def test_a_file_that_is_no_roster_is_refused_as_a_whole(data: bytes, key: str, tmp_path: Path) -> None:
    assert refused(saved(tmp_path, data)).key == key


def test_a_missing_header_is_told_by_its_line(tmp_path: Path) -> None:
    assert refused(saved(tmp_path, "\n\n1,Abe\n")).details["line"] == 3


@given(data=st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
@example(data=b'id,name\n"')
@example(data=b"id,name\n1,\x83")
@example(data=b"\xff\xfei")
def test_any_bytes_are_a_roster_or_an_error_of_ours(folder: Path, data: bytes) -> None:
    for start in (b"", b"id,name\n", b"\xff\xfei\0d\0\n\0"):
        try:
            found = read(saved(folder, start + data))
        except QuizgenError:
            continue
        assert all(each.id and each.name and each.id.isprintable() for each in found.students)
        assert all(fault.details["line"] for fault in found.faults)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(tmp_path / "none.csv").key == "file.missing"
    assert refused(tmp_path).key == "file.cannot_read"
    assert refused(Path("a\0b")).key == "file.cannot_read"
    file = saved(tmp_path, "id\n1\n22")
    monkeypatch.setattr(roster, "LARGEST", file.stat().st_size)
    assert len(read(file).students) == 2
    monkeypatch.setattr(roster, "LARGEST", file.stat().st_size - 1)
    assert refused(file).key == "file.too_large"


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no /dev/zero here")
def test_a_device_without_end_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roster, "LARGEST", 1000)
    assert refused(Path("/dev/zero")).key == "file.too_large"


def test_there_may_be_ten_thousand_students(tmp_path: Path) -> None:
    ids = [f"S{number}" for number in range(10_000)]
    file = saved(tmp_path, "id\n" + "\n".join(ids) + "\n\n")
    assert [each.id for each in read(file).students] == ids
    too_many = refused(saved(tmp_path, "id\n" + "\n".join([*ids, "one more"])))
    assert (too_many.key, too_many.details["line"]) == ("roster.too_many", 10_002)


# File names

anything = st.text(max_size=60) | st.text("aAbBçǅﬀß.- \u0301", max_size=4) | st.text("山ー・", max_size=80)
DEVICES = {"CON", "PRN", "AUX", "NUL", *(f"{port}{digit}" for port in ("COM", "LPT") for digit in "0123456789¹²³")}
RESERVED = [
    "CON", "con", "Nul", "aux.txt", "COM1", "lpt9.a.b", "COM¹", "all", "ALL", "keys", "Keys", "manifest", "keyſ",
    "all.md",
]  # fmt: skip


@given(ids=st.lists(anything | st.sampled_from(RESERVED), max_size=30))
@example(ids=["a", "A", "é", "e\u0301", "É", "ｅ", "Straße", "STRASSE", "", "_", "__", "/", "\\", "\ud800", "\ud801"])
@example(ids=[*RESERVED, *(f"_{each}" for each in RESERVED), *(f"{each}." for each in RESERVED)])
@example(ids=["山" * 100, "山" * 101, "a" * 100, "a" * 101, "a" * 99 + ".b", "." * 200])
def test_file_names_are_distinct_and_legal_everywhere(ids: list[str]) -> None:
    found = file_names(ids, ".md")
    assert set(found) == set(ids)
    names = list(found.values())
    assert len({unicodedata.normalize("NFC", name.casefold()) for name in names}) == len(names)
    assert len({unicodedata.normalize("NFD", name.upper()) for name in names}) == len(names)
    for name in names:
        assert name.isprintable() and not set(name) & set("/\\:*?\"<>|%$~ '`&;()")
        assert name[0] not in ".-"
        stem = name.removesuffix(".md")
        assert stem and stem[-1] not in ". " and len(stem.encode()) <= 100
        assert name.partition(".")[0].upper() not in DEVICES
        assert stem.casefold() not in ("all", "keys", "manifest")
        assert unicodedata.is_normalized("NFC", name)


def test_an_id_that_is_a_file_name_stays_as_it_is() -> None:
    ids = ["S001", "23A-15", "山田太郎", "ヴィクトル", "k.sato@example.jp", "_x", "2024.1", "constant", "keys2", "ａ"]
    assert file_names(ids, ".html") == {id: f"{id}.html" for id in ids}


def test_a_changed_name_still_shows_whose_it_is() -> None:
    found = file_names(["山田 太郎", "2年/3組", "CON", "-rf", "../../etc/passwd"], ".md")
    starts = ["山田_太郎-", "2年_3組-", "_CON-", "rf-", "_.._etc_passwd-"]
    assert all(name.startswith(start) for name, start in zip(found.values(), starts, strict=True)), found


@given(ids=st.lists(anything, min_size=1, max_size=12, unique=True))
def test_a_name_does_not_depend_on_who_else_is_there(ids: list[str]) -> None:
    def alike(id: str) -> str:
        return unicodedata.normalize("NFC", unicodedata.normalize("NFC", id).casefold())

    together = file_names(ids, ".md")
    assert file_names(reversed(ids), ".md") == together
    for id in ids:
        if sum(alike(other) == alike(id) for other in ids) == 1:
            assert file_names([id], ".md")[id] == together[id]


def test_ids_that_differ_in_case_only_both_get_a_hash() -> None:
    found = file_names(["a1", "A1", "b1"], ".md")
    assert found["b1"] == "b1.md"
    assert found["a1"].startswith("a1-") and found["A1"].startswith("A1-")


@given(id=anything, other=anything)
@example(id="a b", other="c")
def test_nobody_can_take_a_changed_name(id: str, other: str) -> None:
    first = file_names([id], "")[id]
    assume(other != first)
    for taken in (first, first.upper()):
        ids = {id, other, taken}
        assert len({name.casefold() for name in file_names(ids, "").values()}) == len(ids)


def test_the_names_are_files(tmp_path: Path) -> None:
    rng = random.Random(7)
    ids = ["".join(chr(rng.randrange(1, 0xD800)) for _ in range(rng.randrange(60))) for _ in range(200)]
    for name in file_names([*ids, *RESERVED], ".md").values():
        (tmp_path / name).write_text("", "utf-8")
    assert len(list(tmp_path.iterdir())) == len({*ids, *RESERVED})


# The manifest

cell = st.text(max_size=20) | st.builds(
    str.__add__, st.text(" \u3000\u00a0", max_size=2), st.text("=+-@\t\r\n＝＋－＠1")
)


@given(rows=st.lists(st.tuples(cell, cell, cell, cell), max_size=6))
@example(rows=[("=1+1", "＝1", " -2", "\u3000@x"), ('a"b', "a,b", "a\r\nb", "\t=1"), ("", "", "", "")])
def test_no_cell_of_a_manifest_is_a_formula(rows: list[tuple[str, str, str, str]]) -> None:
    text = manifest(rows)
    assert text.startswith("\ufeffid,name,file,seed\r\n") and text.endswith("\r\n")
    back = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True))[1:]
    assert len(back) == len(rows)
    for written_row, row in zip(back, rows, strict=True):
        assert len(written_row) == 4
        for found, given_cell in zip(written_row, row, strict=True):
            assert found in (given_cell, f"'{given_cell}")
            assert found.strip(" \u3000\u00a0")[:1] not in {*"=+-@\t\r＝＋－＠"}


def test_a_manifest_leaves_plain_cells_alone(tmp_path: Path) -> None:
    rows = [("S1", "山田, 太郎", "S1.md", "monday-S1"), ("S2", "a=b", "S2.md", "x")]
    assert pairs(read(saved(tmp_path, manifest(rows)))) == [("S1", "山田, 太郎"), ("S2", "a=b")]
