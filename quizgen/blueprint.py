"""Blueprints: TOML files that say how many variants of which sort a quiz takes from a bank."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from quizgen.bank_edit import Entry
from quizgen.errors import QuizgenError
from quizgen.files import read_text
from quizgen.pick import MAX_COUNT, Take, TooFew, choose, require_names

MAX_TAKES = 1000
TABLE = re.compile(r"""\s*\[\[\s*["']?take["']?\s*\]\]""")


class Table(BaseModel):
    """A table `[[take]]`."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    count: int = Field(gt=0, le=MAX_COUNT)
    family: str | None = None
    level: int | None = None
    kind: str | None = None
    misconception: str | None = None

    def as_take(self) -> Take:
        """What it asks for."""
        families = () if self.family is None else (self.family,)
        return Take(families, self.level, self.kind, self.misconception, self.count)


class _Tables(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    take: list[Table] = Field(min_length=1, max_length=MAX_TAKES)


@dataclass(frozen=True)
class Blueprint:
    """What is taken in turn; the file and its text say where each stands."""

    file: Path
    text: str
    takes: tuple[Take, ...]

    def pick(self, found: Sequence[Entry], seed: str, bank: Path) -> list[Entry]:
        """The variants of every take; QuizgenError names the line of the one that cannot be met."""
        for index, take in enumerate(self.takes):
            try:
                require_names(take, found, bank)
            except QuizgenError as error:
                line = _line(self.text, index, str(error.details["field"]))
                raise QuizgenError("source.at", file=self.file, line=line, why=error) from None
        try:
            return choose(found, self.takes, seed)
        except TooFew as few:
            raise self._too_few(few, bank) from None

    def _too_few(self, few: TooFew, bank: Path) -> QuizgenError:
        key = "too_few" if few.found == few.fitting else "too_few_left"
        return QuizgenError(
            f"blueprint.{key if few.found else 'none' if key == 'too_few' else 'none_left'}",
            file=self.file,
            line=_line(self.text, few.index, "count"),
            bank=bank,
            found=few.found,
            fitting=few.fitting,
            wanted=self.takes[few.index].count,
        )


def read(path: Path) -> Blueprint:
    """The blueprint at `path`; QuizgenError names file, line, what is wrong and the nearest right word."""
    text = read_text(path)
    try:
        tables = _Tables.model_validate(tomllib.loads(text)).take
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise QuizgenError("source.not_toml", file=path, line=line) from None
    except ValidationError as error:
        raise _told(error, path, text) from None
    except (RecursionError, ValueError):
        raise QuizgenError("source.not_toml", file=path, line=1) from None
    return Blueprint(path, text, tuple(table.as_take() for table in tables))


def _told(error: ValidationError, path: Path, text: str) -> QuizgenError:
    """The first of pydantic's errors, with the line on which its field stands."""
    # A misspelt field is reported rather than the one that is missing because of it.
    first = min(error.errors(), key=lambda each: each["type"] != "extra_forbidden")
    place, kind = first["loc"], first["type"]
    index = place[1] if len(place) > 1 and isinstance(place[1], int) else None
    field = str(place[-1]) if len(place) != 2 else ""  # ("take", 0) is a take that is no table
    at: dict[str, Any] = {"file": path, "line": _line(text, index, field or "take"), "field": field}
    if kind == "extra_forbidden":
        known: Mapping[str, Any] = _Tables.model_fields if index is None else Table.model_fields
        near = difflib.get_close_matches(field, known, 1, 0.5)
        key = "source.unknown_field_near" if near else "source.unknown_field"
        return QuizgenError(key, near=near[0] if near else "", known=", ".join(known), **at)
    if kind == "too_long":
        return QuizgenError("blueprint.too_many", limit=MAX_TAKES, **at)
    if field in ("", "take"):
        return QuizgenError("blueprint.no_takes", **at)
    if kind == "missing":
        return QuizgenError("source.missing_field", **at)
    key = {"count": "not_a_count", "level": "not_a_level"}.get(field, "not_text")
    return QuizgenError(f"source.{key}", limit=MAX_COUNT, **at)


def _line(text: str, index: int | None, field: str) -> int:
    """The line of `field` in take number `index`, or above all takes; where it is absent the first line of the take
    or of the file."""
    lines = text.split("\n")
    heads = [at for at, line in enumerate(lines) if TABLE.match(line)]
    start = heads[index] if index is not None and index < len(heads) else 0
    end = next((at for at in heads if at > start), len(lines)) if index is not None else len(lines)
    for at in range(start, end):
        if re.match(rf"""\s*["']?{re.escape(field)}["']?\s*=""", lines[at]):
            return at + 1
    return start + 1
