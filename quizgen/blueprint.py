"""Blueprints: TOML files that say how many variants of which sort a quiz takes from a bank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from quizgen import toml_files
from quizgen.bank_edit import Entry
from quizgen.errors import QuizgenError
from quizgen.pick import Take, TooFew, choose, require_names
from quizgen.toml_errors import MAX_COUNT, told
from quizgen.toml_lines import Lines

MAX_TAKES = 1000
FIELD = 3  # parts of the place of a field: ("take", 0, "count")


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
    """What is taken in turn; the file and its lines say where each stands."""

    file: Path
    lines: Lines
    takes: tuple[Take, ...]

    def pick(self, found: Sequence[Entry], seed: str, bank: Path) -> list[Entry]:
        """The variants of every take; QuizgenError names the line of the one that cannot be met."""
        for index, take in enumerate(self.takes):
            try:
                require_names(take, found, bank)
            except QuizgenError as error:
                line = self.lines.of(("take", index, str(error.details["field"])))
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
            line=self.lines.of(("take", few.index, "count")),
            bank=bank,
            found=few.found,
            fitting=few.fitting,
            wanted=self.takes[few.index].count,
        )


def read(path: Path) -> Blueprint:
    """The blueprint at `path`; QuizgenError names file, line, what is wrong and the nearest right word."""
    text, tables = toml_files.read(path)
    lines = Lines(text)
    try:
        takes = _Tables.model_validate(tables).take
    except ValidationError as error:
        raise _told(error, path, lines) from None
    return Blueprint(path, lines, tuple(table.as_take() for table in takes))


def _told(error: ValidationError, path: Path, lines: Lines) -> QuizgenError:
    found = error.errors()
    first = next((each for each in found if len(each["loc"]) < FIELD), None)
    if first is None or any(each["type"] == "extra_forbidden" for each in found):
        return told(error, path, lines, _Tables)
    key = "too_many" if first["type"] == "too_long" else "no_takes"
    return QuizgenError(f"blueprint.{key}", file=path, line=lines.of(first["loc"]), limit=MAX_TAKES)
