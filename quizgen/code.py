"""The code printed on a sheet, from which the same sheet is made again.

It is JSON and a checksum in base 32, in the digits and capitals that a QR code packs most tightly, without the
letters I, L, O and U, which are misread. Nothing is compressed: the bytes of a compressor differ between its versions.
"""

from __future__ import annotations

import base64
import binascii
import json
import unicodedata
from collections.abc import Mapping
from typing import Any

from quizgen.errors import QuizgenError

PREFIX = "Q1"
NEWER = tuple(f"Q{version}" for version in range(2, 10))
LONGEST = 4000  # characters; a QR code holds 4296
MOST_TYPED = 4 * LONGEST  # with what is put in between
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_STANDARD = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_FROM_STANDARD = str.maketrans(_STANDARD, LETTERS, "=")
_TO_STANDARD = str.maketrans(LETTERS, _STANDARD)
_MISREAD = str.maketrans("OIL", "011")


def encode(fields: Mapping[str, Any]) -> str:
    """The code of `fields`: texts, whole numbers and lists of texts. The same for the same fields in any order."""
    data = _json(fields)
    code = PREFIX + _letters(data + _checksum(data))
    if len(code) > LONGEST:
        raise QuizgenError("code.too_long", limit=LONGEST)
    return code


def decode(code: str) -> dict[str, Any]:
    """The fields of a code as somebody typed or pasted it; QuizgenError where it is none, or not quite."""
    text = _typed(code)
    if text.startswith(NEWER):
        raise QuizgenError("code.newer")
    if not text.startswith(PREFIX) or len(text) > LONGEST:
        raise QuizgenError("code.not_a_code")
    fields = _fields(_checked(text.removeprefix(PREFIX)))
    if fields is None:
        raise QuizgenError("code.not_a_code")
    return fields


def _typed(code: str) -> str:
    """What was typed in the characters of a code: without spaces, line breaks and all that looks like a hyphen."""
    if len(code) > MOST_TYPED:
        raise QuizgenError("code.not_a_code")
    kept = (each for each in unicodedata.normalize("NFKC", code) if not _between(each))
    return "".join(kept).upper().translate(_MISREAD)


def _between(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) in ("Pd", "Cf") or character in "−ー"


def _json(fields: Mapping[str, Any]) -> bytes:
    return json.dumps(dict(fields), ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _letters(data: bytes) -> str:
    return base64.b32encode(data).decode("ascii").translate(_FROM_STANDARD)


def _checksum(data: bytes) -> bytes:
    return binascii.crc32(data).to_bytes(4, "big")


def _checked(letters: str) -> bytes:
    """The bytes that `letters` stand for, if their checksum is right."""
    try:
        whole = base64.b32decode(letters.translate(_TO_STANDARD) + "=" * (-len(letters) % 8))
    except ValueError:
        raise QuizgenError("code.mistyped") from None
    data, checksum = whole[:-4], whole[-4:]
    # The last letter has bits that stand for nothing, and U is a letter of the standard only: hence the way back.
    if checksum != _checksum(data) or _letters(whole) != letters:
        raise QuizgenError("code.mistyped")
    return data


def _fields(data: bytes) -> dict[str, Any] | None:
    """The fields, or None where somebody gave other things a right checksum."""
    try:
        fields = json.loads(data)
        if isinstance(fields, dict) and all(map(_is_field, fields.values())) and _json(fields) == data:
            return fields
    except (ValueError, RecursionError):
        pass
    return None


def _is_field(value: object) -> bool:
    if isinstance(value, list):
        return all(isinstance(each, str) for each in value)
    return isinstance(value, str) or type(value) is int
