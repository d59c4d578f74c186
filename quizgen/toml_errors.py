"""What pydantic finds wrong with a TOML file, as one line that says where, what, and the nearest right word."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from quizgen.draw import LONGEST_SEED
from quizgen.errors import QuizgenError
from quizgen.toml_lines import Lines

MAX_COUNT = 100_000
LONGEST_TITLE = 200

_KINDS = {
    "string_type": "not_text",
    "int_type": "not_whole",
    "int_from_float": "not_whole",
    "bool_type": "not_bool",
    "list_type": "not_list",
    "dict_type": "not_table",
    "model_type": "not_table",
    "string_too_short": "blank",
    "too_short": "blank",
    "string_too_long": "too_long",
    "too_long": "too_long",
    "one_way": "value_form",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
    "string_pattern_mismatch": "bad_name",
}


def told(error: ValidationError, path: Path, lines: Lines, model: type[BaseModel]) -> QuizgenError:
    """The first of pydantic's errors, with the line on which its field stands."""
    # A misspelt field is reported rather than the one that is missing because of it.
    first = min(error.errors(), key=lambda each: each["type"] != "extra_forbidden")
    place, kind, context = first["loc"], first["type"], first.get("ctx", {})
    field = str(place[-1]) if not isinstance(place[-1], int) else f"{place[-2]}"
    word = field if kind == "extra_forbidden" else ""
    whole = [str(each) for each in place[2:] if not isinstance(each, int)] or [field]  # hints.ja
    details: dict[str, Any] = {"file": path, "line": lines.of(place, word), "field": _shown(".".join(whole))}
    if kind == "extra_forbidden":
        return _unknown_field(field, _fields(place, model), details)
    if kind == "missing":
        return QuizgenError("source.missing_field", **details)
    if kind == "seed":
        return QuizgenError("source.bad_seed", **details, limit=LONGEST_SEED)
    if kind == "literal_error":
        return QuizgenError("source.not_one_of", **details, known=context.get("expected", "").replace(" or ", ", "))
    if field == "count":
        return QuizgenError("source.not_a_count", **details, limit=MAX_COUNT)
    if field == "level":
        return QuizgenError("source.not_a_level", **details)
    if kind == "string_type" and "values" in place:
        return QuizgenError("source.not_number", **details)
    if kind in ("dict_type", "model_type", "list_type") and field in ("entry", "problem", "misconceptions"):
        return QuizgenError("source.not_tables", **details)
    limit = context.get("max_length", context.get("le", context.get("ge", "")))
    return QuizgenError(f"source.{_KINDS.get(kind, 'not_text')}", **details, limit=limit)


def _shown(field: str) -> str:
    return field if len(field) <= 60 else field[:60] + "…"


def _unknown_field(field: str, known: Mapping[str, str], details: dict[str, Any]) -> QuizgenError:
    details["field"] = _shown(field)
    near = difflib.get_close_matches(field, known, 1, 0.5)
    key = "source.unknown_field_near" if near else "source.unknown_field"
    return QuizgenError(key, near=near[0] if near else "", known=", ".join(known), **details)


def _fields(place: tuple[int | str, ...], model: type[BaseModel]) -> dict[str, str]:
    """The names of the fields that are known at the table in which `place` stands."""
    for name in place[:-1]:
        field = next((each for key, each in model.model_fields.items() if name in (key, each.alias)), None)
        model = (_table(field.annotation) if field else None) or model
    return {each.alias or name: name for name, each in model.model_fields.items()}


def _table(annotation: Any) -> type[BaseModel] | None:
    """The table that a field holds, or holds several of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_table, get_args(annotation))), None)
