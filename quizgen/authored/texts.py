"""The texts of an author's problem: which languages there are, what is not translated, what cannot be printed."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from quizgen.authored.fault import Place, Slip, Unsound
from quizgen.authored.formula import unknown
from quizgen.authored.model import Definition
from quizgen.authored.story import check_placeholders
from quizgen.errors import QuizgenError
from quizgen.language import available

_HIDDEN = {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}  # they turn what stands around them


def tables(definition: Definition) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    """Every table of texts with its place."""
    for field in ("title", "story", "unit", "hints"):
        yield (field,), getattr(definition, field)
    for field in ("names", "meaning"):
        for name, table in getattr(definition, field).items():
            yield (field, name), table
    for number, wrong in enumerate(definition.misconceptions):
        yield ("misconceptions", number, "title"), wrong.title
        yield ("misconceptions", number, "feedback"), wrong.feedback


def languages(definition: Definition) -> list[str]:
    """The languages in which the story is told."""
    return [code for code in available() if code in definition.story]


def check(definition: Definition, inputs: tuple[str, ...], nodes: tuple[str, ...]) -> None:
    """Languages that there are, characters that can be printed, names and placeholders that mean something."""
    known = (*inputs, *nodes)
    for number, code in enumerate(definition.languages or ()):
        if code not in available():
            raise Unsound(
                ("languages", number), QuizgenError("authored.language", code=code, known=", ".join(available()))
            )
    for field, allowed in (("names", known), ("meaning", inputs)):
        for name in getattr(definition, field):
            if name not in allowed:
                raise Unsound((field, name), unknown(name, allowed))
    for place, table in tables(definition):
        for code, text in table.items():
            if code not in available():
                raise Unsound(
                    (*place, code), QuizgenError("authored.language", code=code, known=", ".join(available()))
                )
            for each in text if isinstance(text, list) else [text]:
                _check_characters((*place, code), each)
                check_placeholders(each, (*place, code), inputs, nodes)


def _no_language(place: Place, code: str) -> Unsound:
    return Unsound(place, QuizgenError("authored.language", code=code, known=", ".join(available())))


def _check_characters(place: Place, text: str) -> None:
    for character in text:
        control = unicodedata.category(character) in ("Cc", "Cs") and character not in "\n"
        if control or character in _HIDDEN:
            raise Unsound(place, QuizgenError("authored.control", code=f"U+{ord(character):04X}"))
    if not text.strip():
        raise Unsound(place, QuizgenError("authored.blank"))


def missing(definition: Definition) -> Iterator[Slip]:
    """What stands in one language and not in another; an author who writes for one only says so in `languages`."""
    wanted = definition.languages or available()
    for place, table in tables(definition):
        for code in wanted if table else ():
            if code not in table:
                name = ".".join(str(each + 1) if isinstance(each, int) else each for each in (*place, code))
                yield Slip("missing_translation", place, QuizgenError("authored.untranslated", field=name, code=code))
    yield from _alike(definition, wanted)
    if len({len(definition.hints[code]) for code in wanted if code in definition.hints}) > 1:
        yield Slip("missing_translation", ("hints",), QuizgenError("authored.hints_differ"))


def _alike(definition: Definition, codes: list[str]) -> Iterator[Slip]:
    """Names that look like another: a learner could not tell which is meant."""
    for code in codes:
        called: dict[str, str] = {}
        names = {**{each: each for each in definition.values}, **{each: each for each in definition.names}}
        for name in names:
            label = definition.names.get(name, {}).get(code, name)
            if label in called:
                told = {"name": name, "other": called[label], "label": label}
                yield Slip("same_names", ("names", name), QuizgenError("authored.same_names", **told))
            called.setdefault(label, name)
