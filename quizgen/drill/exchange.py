"""Records as text that moves between machines: JSON Lines, the oldest first; read(written(records)) is records.

A first line says which version of this form the rest is in. It may stand again further down, so that files can be
joined. Records of families and misconceptions that this version does not know are kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

from quizgen.drill.records import COLUMNS, Record, Unfit, fields_of, kind_of, order_of, record_of
from quizgen.errors import QuizgenError

VERSION = 1
HEAD = "progress"
LONGEST_LINE = 500_000  # characters; ours are a few hundred


def written(records: Iterable[Record]) -> str:
    """The records, a line each. The same records give the same text, in whatever order they come."""
    lines = [{"type": HEAD, "version": VERSION}]
    lines += [{"type": kind_of(each), **fields_of(each)} for each in sorted(records, key=order_of)]
    return "".join(_line(line) + "\n" for line in lines)


def _line(line: dict[str, Any]) -> str:
    """JSON that a person can read, and that a terminal can be shown: what cannot be printed is escaped."""
    text = json.dumps(line, ensure_ascii=False)
    return text if text.isprintable() else "".join(map(_escaped, text))


def _escaped(character: str) -> str:
    return character if character.isprintable() else json.dumps(character)[1:-1]


def read(text: str, file: object) -> list[Record]:
    """The records of an export; QuizgenError names the first line that cannot be used."""
    found, any_line = list[Record](), False
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        any_line = True
        found += _records(line, file, number)
    if not any_line:
        raise QuizgenError("history.nothing_to_import", file=file)
    return found


def _records(line: str, file: object, number: int) -> Iterator[Record]:
    """The record of a line; none where it is a head."""
    where: dict[str, object] = {"file": file, "line": number}
    if len(line) > LONGEST_LINE:
        raise QuizgenError("history.line_too_long", **where, limit=LONGEST_LINE)
    try:
        fields = json.loads(line, parse_constant=_refused)
    except (ValueError, RecursionError):  # the first also for numbers of thousands of digits
        raise QuizgenError("history.not_json", **where) from None
    kind = fields.pop("type", None) if isinstance(fields, dict) else None
    if kind == HEAD:
        _check_head(fields, where)
    elif isinstance(kind, str) and kind in COLUMNS:
        try:
            yield record_of(kind, fields)
        except Unfit as error:
            raise QuizgenError("history.bad_field", **where, field=error.args[0]) from None
    else:
        raise QuizgenError("history.no_record", **where)


def _check_head(fields: dict[str, Any], where: dict[str, object]) -> None:
    version = fields.get("version")
    if type(version) is not int or version < 1:
        raise QuizgenError("history.bad_field", **where, field="version")
    if version > VERSION:
        raise QuizgenError("history.newer_export", **where)


def _refused(constant: str) -> NoReturn:
    """NaN and Infinity are no JSON."""
    raise ValueError(constant)
