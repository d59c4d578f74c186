"""Sources: TOML files from which banks are built. An entry draws from a family; a problem is its author's own."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from quizgen import __version__, authored, families, toml_files
from quizgen.authored.fault import Place, Unsound
from quizgen.authored.formula import shown
from quizgen.authored.model import Definition, Shape
from quizgen.bank import find_family
from quizgen.draw import fresh_seed, is_seed
from quizgen.errors import QuizgenError
from quizgen.families import Family
from quizgen.generate import distinct
from quizgen.language import Words
from quizgen.question import Question
from quizgen.toml_errors import LONGEST_TITLE, MAX_COUNT, told
from quizgen.toml_lines import Lines

MOST_COMBINATIONS = 20_000  # that are counted before anything is drawn

Count = Annotated[int, Field(gt=0, le=MAX_COUNT)]


class Entry(Shape):
    """`count` variants of a family, at one level or at all levels in turn."""

    family: str
    level: int | None = None
    count: Count

    def levels(self) -> list[tuple[Family, int]]:
        """The family with each of its levels that is wanted; QuizgenError where there is none such."""
        family = find_family(self.family)
        wanted = list(family.levels) if self.level is None else [families.find_level(family, self.level)]
        return [(family, level) for level in wanted]


class Problem(Definition):
    """`count` variants of a problem of the author's own."""

    count: Count = 20

    def definition(self, languages: list[str] | None) -> Definition:
        """What is written of the problem itself."""
        fields = self.model_dump(by_alias=True, exclude={"count"}, exclude_unset=True)
        return Definition.model_validate({"languages": languages, **fields} if languages else fields)


class Source(Shape):
    """A source file. Where it has no `seed` one is drawn. `languages`: those in which its problems are told, where
    that is not all."""

    title: Annotated[str, Field(max_length=LONGEST_TITLE)] = ""
    seed: str = Field(default_factory=fresh_seed)
    languages: Annotated[list[str], Field(min_length=1)] | None = None
    entry: Annotated[list[Entry], Field(max_length=1000)] = []
    problem: Annotated[list[Problem], Field(max_length=1000)] = []

    @field_validator("seed")
    @classmethod
    def _can_be_typed(cls, seed: str) -> str:
        if not is_seed(seed):
            raise PydanticCustomError("seed", "seed")
        return seed


@dataclass(frozen=True)
class Part:
    """An entry or a problem of a source: its levels, how many variants, and the name of its stream of draws."""

    place: Place
    levels: tuple[tuple[Family, int], ...]
    count: int
    stream: str
    line: int = 0


@dataclass(frozen=True)
class Wanted:
    """A source that was read: its parts, and what is said of each. `digest` names the text it was read from."""

    seed: str
    parts: tuple[Part, ...]
    title: str = ""
    drawn: bool = False  # nobody said the seed
    slips: tuple[tuple[str, QuizgenError, int], ...] = ()  # the kind of fault, what it is, and the line
    digest: str = ""
    file: Path | None = None

    @property
    def origin(self) -> dict[str, str]:
        """What a record says of where it comes from: the source's text by its digest, the version, the seed."""
        return {**({"source": self.digest} if self.digest else {}), "version": __version__, "seed": self.seed}

    @property
    def count(self) -> int:
        """How many variants all parts have."""
        return sum(part.count for part in self.parts)


def read(path: Path, seed: str | None = None) -> Wanted:
    """The source at `path`; QuizgenError names file, line, what is wrong and the nearest right word.

    What can be drawn but is not fit for learners (a missing translation, a story that leaves a number out) is listed
    in `slips`; `build` refuses it."""
    text, tables = toml_files.read(path)
    lines = Lines(text)
    try:
        source = Source.model_validate(tables)
    except ValidationError as error:
        raise told(error, path, lines, Source) from None
    if not source.entry and not source.problem:
        raise QuizgenError("source.no_entries", file=path, line=1)
    if seed is not None:
        source = source.model_copy(update={"seed": seed})
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    try:
        slips: list[tuple[str, QuizgenError, int]] = []
        parts = (*_entries(source), *_problems(source, path, lines, slips))
    except Unsound as unsound:
        line = lines.of(unsound.place, unsound.word)
        raise QuizgenError("source.at", file=path, line=line, why=unsound.error) from None
    drawn = seed is None and "seed" not in source.model_fields_set
    parts = tuple(replace(part, line=lines.of(part.place)) for part in parts)
    return Wanted(source.seed, parts, source.title, drawn, tuple(slips), digest, path)


def from_entry(entry: Mapping[str, Any], seed: str) -> Wanted:
    """The source of a single entry, as the command line gives it."""
    try:
        source = Source(seed=seed, entry=[Entry.model_validate(dict(entry))])
    except ValidationError:
        raise QuizgenError("bank.not_a_count", limit=MAX_COUNT) from None
    try:
        return Wanted(source.seed, tuple(_entries(source)))
    except Unsound as unsound:
        raise unsound.error from None


def _entries(source: Source) -> Iterator[Part]:
    """Each entry draws from a stream that its level names, so that it keeps its variants when others come and go."""
    repeated = Counter[str]()
    for number, entry in enumerate(source.entry):
        try:
            levels = entry.levels()
        except QuizgenError as error:
            field = "level" if error.key == "family.no_level" else "family"
            raise Unsound(("entry", number, field), error) from None
        stream = f"{source.seed}-{'all' if entry.level is None else entry.level}"
        name = f"{entry.family}/{stream}"
        repeated[name] += 1
        again = f"-again-{repeated[name]}" if repeated[name] > 1 else ""
        yield Part(("entry", number), tuple(levels), entry.count, stream + again)


def _problems(source: Source, path: Path, lines: Lines, slips: list[tuple[str, QuizgenError, int]]) -> Iterator[Part]:
    taken = set(families.catalogue())
    for number, problem in enumerate(source.problem):
        place: Place = ("problem", number)
        if problem.name in taken:
            raise Unsound((*place, "name"), QuizgenError("authored.problem_taken", name=problem.name))
        taken.add(problem.name)
        try:
            family, found = authored.read(problem.definition(source.languages))
        except Unsound as unsound:
            raise Unsound((*place, *unsound.place), unsound.error, unsound.word) from None
        for slip in found:
            line = lines.of((*place, *slip.place), slip.word)
            slips.append((slip.kind, QuizgenError("source.at", file=path, line=line, why=slip.error), line))
        never = authored.never_met(family)
        if never is not None:
            error = QuizgenError("authored.never_holds", condition=shown(problem.conditions[never]))
            raise Unsound((*place, "conditions", never), error, problem.conditions[never])
        drafts = authored.combinations(family, MOST_COMBINATIONS)
        there = None if drafts is None else sum(1 for _ in drafts)
        if there == 0 and problem.conditions:
            raise Unsound((*place, "conditions"), QuizgenError("authored.never_together"))
        if there is not None and there < problem.count:
            error = QuizgenError("authored.too_few", name=problem.name, found=there, wanted=problem.count)
            raise Unsound((*place, "count"), error)
        yield Part(place, ((family, problem.level),), problem.count, source.seed)


def build(wanted: Wanted, jobs: int = 1, progress: Callable[[], None] = lambda: None) -> list[Question]:
    """Every variant of a source, part by part, no two alike."""
    if wanted.slips:
        raise wanted.slips[0][1]
    found: list[Question] = []
    for part in wanted.parts:
        known = [question.id for question in found]
        try:
            found += distinct(list(part.levels), part.count, part.stream, known, jobs, progress)
        except QuizgenError as error:
            if wanted.file is None:
                raise
            raise QuizgenError("source.at", file=wanted.file, line=part.line, why=error) from None
    return found


def schema(said: Words) -> dict[str, Any]:
    """The JSON Schema of a source, for editors; its descriptions are in the language of `said`."""
    made = Source.model_json_schema(by_alias=True)
    tables = {"Source": made, **made["$defs"]}
    for name, table in tables.items():
        for each in table.get("anyOf", [table]):
            _describe(each, name, said)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def _describe(table: dict[str, Any], name: str, said: Words) -> None:
    table.pop("description", None)
    for field, about in table.get("properties", {}).items():
        about.pop("title", None)
        key = f"schema.{name}.{field}" if name != "Problem" or field == "count" else f"schema.Definition.{field}"
        about["description"] = said[key]
