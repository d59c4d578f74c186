"""Rosters: the list of students that an instructor gives as a CSV file, the names of their files, and the manifest.

A list comes from Excel, from a school's office or from an editor, so encoding and delimiter are found out. A line
that cannot be used is reported and costs no other student anything.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quizgen.errors import QuizgenError
from quizgen.files import LARGEST, reason

MAX_STUDENTS = 10_000
LONGEST_ID = 100  # characters
MAX_LINES = 100  # that one record may take up: a quotation mark that is never closed must not eat the file
DELIMITERS = (",", "\t", ";")
# Where a list has several such columns the first of these counts: 番号 is often the number of a seat.
HEADINGS = {
    "id": ("学籍番号", "学生番号", "生徒番号", "studentid", "id", "番号"),
    "name": ("氏名", "studentname", "name", "名前"),
    "language": ("lang", "language", "言語"),
}
BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # how .xlsx, .ods and .xls begin
UNREADABLE = "\N{REPLACEMENT CHARACTER}"
OVERRIDES = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")  # of the direction of writing

LONGEST_STEM = 100  # bytes of UTF-8, so that name and suffix stay far below the 255 that file systems allow
DIGITS = 12  # of the hash that tells names apart
DEVICES = ("con", "prn", "aux", "nul", *(f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789¹²³"))
OURS = ("all", "keys", "manifest")
HASHED = re.compile(rf"-[0-9a-f]{{{DIGITS}}}$")
FORMULA = re.compile(r"[^\S\t\r\n]*[-=+@\t\r\n＝＋－＠−]")  # how a cell begins that a spreadsheet would compute

Row = list[str] | None  # None: the line breaks the rules of CSV


@dataclass(frozen=True)
class Student:
    """Who gets a sheet. `language` is "" where the list does not say."""

    id: str
    name: str
    language: str = ""


@dataclass(frozen=True)
class Roster:
    """The students in the order of the file; why the other lines could not be used; how the file was encoded."""

    students: tuple[Student, ...]
    faults: tuple[QuizgenError, ...]
    encoding: str


@dataclass(frozen=True)
class _Layout:
    """Where the columns are that we know, by what they hold; how many there are; which languages may be named."""

    columns: Mapping[str, int]
    width: int
    languages: Collection[str]


def read(path: Path, languages: Collection[str] = ()) -> Roster:
    """The roster at `path`; QuizgenError where the file as a whole is none. Where `languages` are given, a column
    of that name is read too, and may hold no other."""
    text, encoding = _decoded(_bytes(path), path)
    lines = list(io.StringIO(text, newline=""))
    delimiter = max(DELIMITERS, key=lambda each: len(_columns(_header(lines, each))))
    records = list(_records(lines, delimiter, MAX_STUDENTS + 2))
    header = (records[0][1] or []) if records else []
    layout = _Layout(_columns(header), len(header), languages)
    if records and "id" not in layout.columns:
        raise QuizgenError("roster.no_header", file=path, line=records[0][0])
    if len(records) < 2:
        raise QuizgenError("roster.empty", file=path)
    if len(records) > MAX_STUDENTS + 1:
        raise QuizgenError("roster.too_many", file=path, line=records[-1][0], limit=MAX_STUDENTS)
    students, faults = _sorted_out(records[1:], layout, path)
    return Roster(students, faults, encoding)


def _sorted_out(
    records: Iterable[tuple[int, Row]], layout: _Layout, path: Path
) -> tuple[tuple[Student, ...], tuple[QuizgenError, ...]]:
    """The students, and what is wrong with each of the other records."""
    students: dict[str, Student] = {}
    lines: dict[str, int] = {}
    faults: list[QuizgenError] = []
    for line, row in records:
        where = {"file": path, "line": line}
        try:
            student = _student(row, layout, where)
            if student.id in students:
                raise QuizgenError("roster.same_id", **where, id=student.id, first=lines[student.id])
            students[student.id], lines[student.id] = student, line
        except QuizgenError as fault:
            faults.append(fault)
    return tuple(students.values()), tuple(faults)


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise QuizgenError("file.missing", file=path) from None
    except (OSError, ValueError) as error:
        raise QuizgenError("file.cannot_read", file=path, reason=reason(error)) from None
    if len(data) > LARGEST:
        raise QuizgenError("file.too_large", file=path, limit=LARGEST // 2**20)
    return data


def _decoded(data: bytes, path: Path) -> tuple[str, str]:
    """The text and its encoding. What cannot be read becomes `UNREADABLE`, and is the matter of its line only."""
    if data.startswith(WORKBOOKS):
        raise QuizgenError("roster.workbook", file=path)
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace"), encoding.removesuffix("-sig")
    text = data.decode("utf-8", "replace")
    # A stray byte does not make cp932 of UTF-8, which would spoil every name: what is cp932 is mostly unreadable.
    wrong = text.count(UNREADABLE)
    right = len(text) - len(text.encode("ascii", "ignore")) - wrong
    return (text, "utf-8") if not wrong or right > wrong else (data.decode("cp932", "replace"), "cp932")


def _records(lines: list[str], delimiter: str, limit: int) -> Iterator[tuple[int, Row]]:
    """The first `limit` records that are not blank, each with the number of the line on which it begins."""
    at = found = 0
    while at < len(lines) and found < limit:
        row, used = _record(lines[at : at + MAX_LINES], delimiter) if lines[at].strip() else ([], 1)
        if row is None or any(cell.strip() for cell in row):
            found += 1
            yield at + 1, row
        at += used


def _record(lines: list[str], delimiter: str) -> tuple[Row, int]:
    """The record that begins on the first of `lines`, and how many it takes up. After one that cannot be read, the
    next line is tried: only the line with the wrong quotation mark is lost."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)
    try:
        return next(reader), reader.line_num
    except csv.Error:
        return None, 1


def _header(lines: list[str], delimiter: str) -> list[str]:
    """The cells of the first record; none where there is no record."""
    return next((row or [] for _, row in _records(lines, delimiter, 1)), [])


def _columns(header: list[str]) -> dict[str, int]:
    """Where the columns are that we know, by what they hold."""
    cells = [re.sub(r"[\s_-]", "", unicodedata.normalize("NFKC", cell).casefold()) for cell in header]
    found = {field: [cells.index(name) for name in names if name in cells] for field, names in HEADINGS.items()}
    return {field: places[0] for field, places in found.items() if places}


def _student(row: Row, layout: _Layout, where: Mapping[str, Any]) -> Student:
    """The student of one record; QuizgenError says why it is none."""
    if row is None:
        raise QuizgenError("roster.not_csv", **where)
    columns = layout.columns
    wanted = max(columns["id"], columns.get("name", 0)) + 1
    if len(row) < wanted:
        raise QuizgenError("roster.too_few_cells", **where, found=len(row), wanted=wanted)
    if any(cell.strip() for cell in row[layout.width :]):  # a comma in a name would cost its second half
        raise QuizgenError("roster.too_many_cells", **where, found=len(row), wanted=layout.width)
    id = row[columns["id"]].strip()
    name = re.sub(r"[\r\n\t]+", " ", row[columns["name"]].strip()) if "name" in columns else ""
    _check(id, name, where)
    language = _language(row, columns.get("language")) if layout.languages else ""
    if language and language not in layout.languages:
        raise QuizgenError("roster.language", **where, known=", ".join(layout.languages))
    return Student(id, name or id, language)


def _language(row: list[str], place: int | None) -> str:
    cell = row[place] if place is not None and place < len(row) else ""
    return unicodedata.normalize("NFKC", cell).strip().casefold()


def _check(id: str, name: str, where: Mapping[str, Any]) -> None:
    if not id:
        raise QuizgenError("roster.no_id", **where)
    if UNREADABLE in id + name:
        raise QuizgenError("roster.unreadable", **where)
    if not id.isprintable() or any(_controls(character) for character in name):
        raise QuizgenError("roster.control_character", **where)
    if len(id) > LONGEST_ID:
        raise QuizgenError("roster.long_id", **where, limit=LONGEST_ID)


def _controls(character: str) -> bool:
    """Whether a character moves others about. In a name those that join letters stay, and those of a school's own."""
    kind = unicodedata.category(character)
    return kind in ("Cc", "Cs", "Zl", "Zp") or unicodedata.bidirectional(character) in OVERRIDES


def file_names(ids: Iterable[str], suffix: str) -> dict[str, str]:
    """A file name for each id, legal on Linux, macOS and Windows; no two that a file system might take for one.

    An id that is such a name stays as it is. Any other gets a hash of the id, so that the name of a student's file
    does not change with who else is in the roster, unless another's name differs in nothing but case.
    """
    stems = {id: _stem(id) for id in ids}
    alike = Counter(_folded(stem) for id, stem in stems.items() if stem == id)
    return {
        id: (stem if stem == id and alike[_folded(stem)] == 1 else _hashed(stem, id)) + suffix
        for id, stem in stems.items()
    }


def _stem(id: str) -> str:
    """The id as a legal name, perhaps the same as that of another id."""
    stem = "".join(each if _stays(each) else "_" for each in unicodedata.normalize("NFC", id))
    stem = stem.lstrip(".-").rstrip(".").encode()[:LONGEST_STEM].decode(errors="ignore") or "student"
    first = _folded(stem.partition(".")[0])
    # Windows takes CON.txt for CON, so the hash alone would not do. What looks like a hash of ours must get one.
    taken = first in DEVICES or first in OURS or HASHED.search(_folded(stem))
    return f"_{stem}" if taken else stem


def _stays(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNM" or character in "-_.@+"


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name.casefold())


def _hashed(stem: str, id: str) -> str:
    room = LONGEST_STEM - DIGITS - 1
    digits = hashlib.sha256(id.encode(errors="surrogatepass")).hexdigest()[:DIGITS]
    return f"{stem.encode()[:room].decode(errors='ignore')}-{digits}"


def manifest(rows: Iterable[tuple[str, str, str, str]]) -> str:
    """Whose sheet is in which file and from which seed, as CSV that Excel opens without being told how."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(("id", "name", "file", "seed"))
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return "\N{BYTE ORDER MARK}" + text.getvalue()


def _plain(cell: str) -> str:
    """The cell, marked as text where a spreadsheet would take it for a formula: names come from others."""
    return f"'{cell}" if FORMULA.match(cell) else cell
