"""Words: one TOML file a language in `languages/`, found by being there; English fills the gaps of a third one."""

from __future__ import annotations

import functools
import locale
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from quizgen.errors import KeyedError

FOLDER = Path(__file__).parent / "languages"
FALLBACK = "en"
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def available() -> list[str]:
    """The codes of all languages."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def closest(texts: Mapping[str, object], code: str) -> str:
    """The language of `texts` for who asks in `code`: that one, else English, else what there is."""
    return next((each for each in (code, FALLBACK) if each in texts), next(iter(texts)))


def text_in(texts: Mapping[str, str], code: str) -> str:
    """The text for who asks in `code`; in English where nobody wrote it in that language."""
    return texts[closest(texts, code)]


def of_locale(environment: Mapping[str, str] = os.environ) -> str:
    """The language of the locale; English where we do not speak it."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            code = environment[name]
            break
    else:
        code = (locale.getlocale()[0] or "") if os.name == "nt" else ""
    short = {"japanese": "ja"}.get(code.lower().partition("_")[0], code[:2].lower())
    return short if short in available() else FALLBACK


class Words:
    """The sentences of one language. Keys are dotted: `error.parse.empty`."""

    def __init__(self, code: str) -> None:
        self.code = code
        self._texts = _flat(_load(code))

    def __contains__(self, key: str) -> bool:
        return key in self._texts or (self.code != FALLBACK and key in words(FALLBACK))

    def __getitem__(self, key: str) -> str:
        if key not in self._texts and self.code != FALLBACK:  # read only when it is needed: commands start fast
            return words(FALLBACK)[key]
        return self._texts[key]

    def __call__(self, key: str, **details: object) -> str:
        """The sentence with its placeholders filled. A placeholder is a name in braces and nothing more."""
        return _PLACEHOLDER.sub(lambda found: str(details.get(found[1], found[0])), self[key])

    def prose(self, key: str, **details: Any) -> tuple[Any, ...]:
        """The sentence as text and what fills it in turn, for what is not text."""
        pieces = _PLACEHOLDER.split(self[key])
        filled = [details[piece] if place % 2 else piece for place, piece in enumerate(pieces)]
        return tuple(piece for piece in filled if piece != "")

    def sentence(self, error: KeyedError) -> str:
        """What an error says; one that has another as its reason says both."""
        details = {
            name: self.sentence(detail) if isinstance(detail, KeyedError) else detail
            for name, detail in error.details.items()
        }
        return self(f"error.{error.key}", **details)

    def keys(self) -> list[str]:
        """Every key."""
        return list(self._texts)


@functools.cache
def words(code: str) -> Words:
    """The words of a language that is `available`."""
    return Words(code)


def _load(code: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{code}.toml").read_text("utf-8"))


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value
    return flat
