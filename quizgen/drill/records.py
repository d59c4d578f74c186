"""What the record holds, as values: answers, flags and settings, each with what makes it the same one everywhere.

`fields_of` and `record_of` are the two ways between a record and its fields, the plain values that a row of the
database and a line of an export both have. `record_of` trusts nothing: a file may come from anybody, or be damaged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

from quizgen.drill.result import RIGHT, SKIPPED, WRONG, Flag, Result

LONGEST = 1000  # characters of an answer, of a reason or of a setting that are kept
LONGEST_NAME = 200
MOST = 1000  # names in a list
LARGEST = 100_000  # of a count
EXAM = "exam_date"  # the setting that holds the day of the exam
ANSWER, FLAG, SETTING = "answer", "flag", "setting"

_UID = re.compile(r"[0-9a-f]{32}")
_MARK = re.compile(r"[0-9]{1,9}(/[0-9]{1,9})?")


@dataclass(frozen=True)
class Answer:
    """An answer; `uid` is its own wherever it is copied to."""

    uid: str
    result: Result


@dataclass(frozen=True)
class Flagged:
    """A question that was called bad."""

    uid: str
    flag: Flag


@dataclass(frozen=True)
class Setting:
    """What a learner has chosen, and when; of two the later one holds."""

    key: str
    value: str
    at: datetime


Record = Answer | Flagged | Setting


class Unfit(Exception):
    """A field that is missing, unknown, or holds what it cannot; its name is the argument."""


# --- from a record to its fields --------------------------------------------------------------------------------


def moment_text(at: datetime) -> str:
    """A moment as it is kept: UTC, to the millisecond, so that texts sort as moments do."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def clean(text: str) -> str:
    """As much of a typed text as is kept; half characters, which no file can hold, become question marks."""
    return text[:LONGEST].encode("utf-8", "replace").decode()


def fields_of(record: Record) -> dict[str, Any]:
    """The fields of a record, in the order in which they are written."""
    match record:
        case Answer(uid, result):
            return {"uid": uid, **_of_result(result)}
        case Flagged(uid, flag):
            place = {"question": flag.question, "part": flag.part}
            return {"uid": uid, "at": moment_text(flag.at), **place, "why": clean(flag.why)}
        case Setting(key, value, at):
            return {"key": key, "value": value, "at": moment_text(at)}


def _of_result(result: Result) -> dict[str, Any]:
    return {
        "at": moment_text(result.at),
        "question": result.question,
        "part": result.part,
        "family": result.family,
        "level": result.level,
        "kind": result.kind,
        "typed": clean(result.typed),
        "outcome": result.outcome,
        "misconceptions": [list(each) for each in result.mistakes],
        "hints": result.hints,
        "mark": str(result.mark),
        "shows": list(result.shows),
        "slips": list(result.slips),
        "form": result.form,
    }


def order_of(record: Record) -> tuple[str, str, str]:
    """Where a record stands among others: by time, and where that is the same, in an order that copies share."""
    name = record.key if isinstance(record, Setting) else record.uid
    return fields_of(record)["at"], kind_of(record), name


def kind_of(record: Record) -> str:
    """What the record is: answer, flag or setting."""
    return {Answer: ANSWER, Flagged: FLAG, Setting: SETTING}[type(record)]


# --- from fields to a record ------------------------------------------------------------------------------------


def _name(value: Any) -> str:
    if isinstance(value, str) and 0 < len(value) <= LONGEST_NAME and value.isprintable():
        return value
    raise ValueError


def _text(value: Any) -> str:
    if isinstance(value, str) and len(value) <= LONGEST:
        return clean(value)
    raise ValueError


def _uid(value: Any) -> str:
    if isinstance(value, str) and _UID.fullmatch(value):
        return value
    raise ValueError


def _moment(value: Any) -> datetime:
    if not isinstance(value, str) or not 10 < len(value) < 40:
        raise ValueError
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None or not 1970 <= moment.year <= 9990:  # a day more or less must not leave the calendar
        raise ValueError
    moment = moment.astimezone(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _at_least(least: int) -> Callable[[Any], int]:
    def check(value: Any) -> int:
        if type(value) is int and least <= value <= LARGEST:  # a bool is no number here
            return value
        raise ValueError

    return check


def _outcome(value: Any) -> str:
    if isinstance(value, str) and value in (RIGHT, WRONG, SKIPPED):
        return value
    raise ValueError


def _mark(value: Any) -> Fraction:
    if not isinstance(value, str) or not _MARK.fullmatch(value):
        raise ValueError
    mark = Fraction(value)
    if not 0 <= mark <= 1:
        raise ValueError
    return mark


def _names(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > MOST:
        raise ValueError
    return tuple(map(_name, value))


def _mistakes(value: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, list) or len(value) > MOST or not all(isinstance(each, list) for each in value):
        raise ValueError
    return tuple((_name(wrong), _name(place) if place != "" else "") for wrong, place in value)


_CHECKS: dict[str, dict[str, Callable[[Any], Any]]] = {
    ANSWER: {
        "uid": _uid,
        "at": _moment,
        "question": _name,
        "part": _at_least(1),
        "family": _name,
        "level": _at_least(0),
        "kind": _name,
        "typed": _text,
        "outcome": _outcome,
        "misconceptions": _mistakes,
        "hints": _at_least(0),
        "mark": _mark,
        "shows": _names,
        "slips": _names,
        "form": _name,
    },
    FLAG: {"uid": _uid, "at": _moment, "question": _name, "part": _at_least(1), "why": _text},
    SETTING: {"key": _name, "value": _text, "at": _moment},
}
COLUMNS = {kind: tuple(checks) for kind, checks in _CHECKS.items()}
LISTS = ("misconceptions", "shows", "slips")


def record_of(kind: str, fields: Mapping[str, Any]) -> Record:
    """The record with these fields, each looked at; Unfit names the first that is not as it should be."""
    checks = _CHECKS[kind]
    values = {}
    for name in [*checks, *sorted(fields.keys() - checks.keys())]:
        try:
            values[name] = checks[name](fields[name])
        except (ValueError, KeyError, TypeError, ArithmeticError):
            raise Unfit(name) from None
    if kind == ANSWER:
        uid, mistakes = values.pop("uid"), values.pop("misconceptions")
        return Answer(uid, Result(mistakes=mistakes, **values))
    if kind == FLAG:
        return Flagged(values.pop("uid"), Flag(**values))
    return Setting(**values | {"value": _setting(values["key"], values["value"])})


def _setting(key: str, value: str) -> str:
    """The value of a setting that we know must be one; what a later version has set is kept as it is."""
    try:
        return date.fromisoformat(value).isoformat() if key == EXAM and value else value
    except ValueError:
        raise Unfit("value") from None
