"""Comparing and joining banks. A line is a JSON object whose text goes through unchanged, also what we do not know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from quizgen import bank
from quizgen.bank import Line

# Where a line comes from, and the digest that follows from the rest: alone they make no other variant.
PROVENANCE = ("origin", "seal")
PARTS = "parts"


@dataclass(frozen=True)
class Entry:
    """A line of a bank with its fields, whose keys nobody has verified."""

    line: Line
    fields: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.fields["id"])

    @property
    def family(self) -> str:
        return str(self.fields["family"])

    @property
    def level(self) -> int:
        return int(self.fields["level"])

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds of question that the variant asks."""
        return frozenset(_texts(part.get("ask"), "kind") for part in tables(self.fields.get(PARTS))) - {""}

    @cached_property
    def misconceptions(self) -> frozenset[str]:
        """The misconceptions that lead to some wrong option of the variant."""
        wrong = [each for part in tables(self.fields.get(PARTS)) for each in tables(part.get("distractors"))]
        also = [name for each in wrong for name in _list(each.get("also")) if isinstance(name, str)]
        return frozenset([*(_texts(each, "misconception") for each in wrong), *also]) - {""}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def tables(value: Any) -> list[dict[str, Any]]:
    """The JSON objects in a list of a record."""
    return [each for each in _list(value) if isinstance(each, dict)]


def _texts(table: Any, name: str) -> str:
    found = table.get(name) if isinstance(table, dict) else None
    return found if isinstance(found, str) else ""


def entries(path: Path) -> list[Entry]:
    """Every line of a bank; QuizgenError for the first that is no record."""
    return [Entry(line, line.record()) for line in bank.lines(path)]


def distinct(found: Iterable[Entry]) -> dict[str, Entry]:
    """The entries by id, in their order; the first of each id."""
    by_id: dict[str, Entry] = {}
    for entry in found:
        by_id.setdefault(entry.id, entry)
    return by_id


# --- comparing -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """A variant with another record than before: the fields that differ, and the numbers of the parts with one.
    A field of a part stands by its own name (`key`), one of an object with that object's (`graph.inputs`)."""

    entry: Entry
    fields: tuple[str, ...]
    parts: tuple[int, ...]


@dataclass(frozen=True)
class Difference:
    """What a bank has and another has not, in the order of their lines."""

    added: list[Entry]
    removed: list[Entry]
    changed: list[Change]
    kept: int

    def as_data(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "added": [entry.id for entry in self.added],
            "removed": [entry.id for entry in self.removed],
            "changed": [
                {"id": each.entry.id, "fields": list(each.fields), "parts": list(each.parts)} for each in self.changed
            ],
            "kept": self.kept,
        }


def compare(old: Iterable[Entry], new: Iterable[Entry]) -> Difference:
    """What became of the variants of `old` in `new`; where an id stands twice in a bank its first line counts."""
    before, after = distinct(old), distinct(new)
    both = [entry for entry in after.values() if entry.id in before]
    changes = [change for entry in both if (change := change_of(before[entry.id], entry))]
    return Difference(
        added=[entry for entry in after.values() if entry.id not in before],
        removed=[entry for entry in before.values() if entry.id not in after],
        changed=changes,
        kept=len(both) - len(changes),
    )


def change_of(old: Entry, new: Entry) -> Change | None:
    """How the record of a variant differs; None where it differs in nothing but its provenance."""
    names = list(_differing(old.fields, new.fields))
    fields, parts = [], []
    for name in names:
        before, after = old.fields.get(name), new.fields.get(name)
        if name in PROVENANCE:
            continue
        if isinstance(before, dict) and isinstance(after, dict):
            fields += [f"{name}.{inner}" for inner in _differing(before, after)]
        elif name == PARTS and _comparable(before, after):
            pairs = [list(_differing(*pair)) for pair in zip(before, after, strict=True)]  # type: ignore[arg-type]
            fields += dict.fromkeys(inner for pair in pairs for inner in pair)
            parts = [number for number, pair in enumerate(pairs, 1) if pair]
        else:
            fields.append(name)
    if not fields:
        return None
    return Change(new, (*fields, *(["origin"] if "origin" in names else [])), tuple(parts))


def _differing(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    """The names whose values differ, or that only one of the two has."""
    missing = object()
    return (name for name in {**old, **new} if old.get(name, missing) != new.get(name, missing))


def _comparable(old: Any, new: Any) -> bool:
    """Whether these are as many parts, each an object."""
    return len(tables(old)) == len(_list(old)) == len(_list(new)) == len(tables(new)) > 0


# --- joining ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Merged:
    """The lines of several banks, each variant once; which lines were dropped for an earlier one, and which of those
    hold another record than the line that stays."""

    lines: list[Line]
    dropped: list[Line]
    differing: list[Line]


def merge(lines: Iterable[Line], advance: Callable[[], None] = lambda: None) -> Merged:
    """Joins `lines`, the first of each variant; QuizgenError for the first line that does not hold."""
    kept: dict[str, Line] = {}
    dropped, differing = [], []
    for line in lines:
        id = line.question().id
        first = kept.get(id)
        if first is None:
            kept[id] = line
        else:
            dropped.append(line)
            if change_of(Entry(first, first.record()), Entry(line, line.record())):
                differing.append(line)
        advance()
    return Merged(list(kept.values()), dropped, differing)


def text_of(lines: Iterable[Line]) -> str:
    """The text of a bank of `lines`, each as it stood."""
    return "".join(line.text + "\n" for line in lines)
