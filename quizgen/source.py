"""Sources: TOML files from which banks are built. An entry draws variants of one family."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from quizgen import families
from quizgen.draw import LONGEST_SEED, fresh_seed, is_seed
from quizgen.errors import QuizgenError
from quizgen.families import Family
from quizgen.files import read_text
from quizgen.generate import distinct
from quizgen.question import Question

MAX_COUNT = 100_000


class Entry(BaseModel):
    """`count` variants of a family, at one level or at all levels in turn."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    family: str
    level: int | None = None
    count: int = Field(gt=0, le=MAX_COUNT)

    def levels(self) -> list[tuple[Family, int]]:
        """The family with each of its levels that is wanted; QuizgenError where there is none such."""
        family = families.find(self.family)
        wanted = list(family.levels) if self.level is None else [families.find_level(family, self.level)]
        return [(family, level) for level in wanted]


class Source(BaseModel):
    """A source file. Where it has no `seed` one is drawn."""

    model_config = ConfigDict(extra="forbid", strict=True)
    title: str = ""
    seed: str = Field(default_factory=fresh_seed)
    entry: list[Entry] = Field(min_length=1, max_length=1000)

    @field_validator("seed")
    @classmethod
    def _can_be_typed(cls, seed: str) -> str:
        if not is_seed(seed):
            raise ValueError("seed")
        return seed


def read(path: Path, seed: str | None = None) -> Source:
    """The source at `path`; QuizgenError names file, line, what is wrong and the nearest right word."""
    text = read_text(path)
    try:
        source = Source.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise QuizgenError("source.not_toml", file=path, line=line) from None
    except (RecursionError, ValueError) as error:
        if isinstance(error, ValidationError):
            raise _told(error, path, text) from None
        raise QuizgenError("source.not_toml", file=path, line=1) from None
    for index, entry in enumerate(source.entry):
        _check_names(entry, index, path, text)
    return source if seed is None else source.model_copy(update={"seed": seed})


def from_entry(entry: Mapping[str, Any], seed: str) -> Source:
    """The source of a single entry, as the command line gives it."""
    try:
        source = Source(seed=seed, entry=[Entry.model_validate(dict(entry))])
    except ValidationError:
        raise QuizgenError("bank.not_a_count", limit=MAX_COUNT) from None
    for each in source.entry:
        each.levels()
    return source


def _check_names(entry: Entry, index: int, path: Path, text: str) -> None:
    try:
        entry.levels()
    except QuizgenError as error:
        field = "level" if error.key == "family.no_level" else "family"
        line = _line(text, index, field)
        raise QuizgenError("source.at", file=path, line=line, why=error) from None


def _told(error: ValidationError, path: Path, text: str) -> QuizgenError:
    """The first of pydantic's errors, with the line on which its field stands."""
    # A misspelt field is reported rather than the one that is missing because of it.
    first = min(error.errors(), key=lambda each: each["type"] != "extra_forbidden")
    place = first["loc"]
    index = place[1] if len(place) > 1 and isinstance(place[1], int) else None
    field = str(place[-1])
    details: dict[str, Any] = {"file": path, "line": _line(text, index, field), "field": field}
    if first["type"] == "extra_forbidden":
        known: Mapping[str, Any] = Source.model_fields if index is None else Entry.model_fields
        near = difflib.get_close_matches(field, known, 1, 0.5)
        key = "source.unknown_field_near" if near else "source.unknown_field"
        return QuizgenError(key, near=near[0] if near else "", known=", ".join(known), **details)
    if first["type"] == "missing":
        return QuizgenError("source.missing_field", **details)
    if field == "seed" and first["type"] == "value_error":
        return QuizgenError("source.bad_seed", **details, limit=LONGEST_SEED)
    kind = {"count": "not_a_count", "level": "not_a_level", "entry": "no_entries"}.get(field, "not_text")
    return QuizgenError(f"source.{kind}", limit=MAX_COUNT, **details)


def _line(text: str, index: int | None, field: str) -> int:
    """The line of `field` in the file, in entry number `index`; the entry's or the file's first where it is absent."""
    lines = text.splitlines()
    headers = [at for at, line in enumerate(lines) if re.match(r"\s*\[\[\s*entry\s*\]\]", line)]
    start = headers[index] if index is not None and index < len(headers) else 0
    end = next((at for at in headers if at > start), len(lines)) if index is not None else len(lines)
    for at in range(start, end):
        if re.match(rf"""\s*["']?{re.escape(field)}["']?\s*=""", lines[at]):
            return at + 1
    return start + 1


def build(source: Source, jobs: int = 1, progress: Callable[[], None] = lambda: None) -> list[Question]:
    """Every variant of a source, entry by entry, no two alike."""
    found: list[Question] = []
    for number, entry in enumerate(source.entry, 1):
        known = [question.id for question in found]
        found += distinct(entry.levels(), entry.count, f"{source.seed}-{number}", known, jobs, progress)
    return found


def schema() -> dict[str, Any]:
    """The JSON Schema of a source, for editors."""
    return Source.model_json_schema()
