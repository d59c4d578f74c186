"""TOML files that somebody else wrote: their tables, or one line that says where the file is no TOML."""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

from quizgen.errors import QuizgenError
from quizgen.files import read_text

LARGEST = 2**20  # characters of a file
DEEPEST = 20  # tables that a key goes through
_KEY_PART = re.compile(r"""[\[{]*[\w"' -]+[\]}]*""")
_FOREIGN_KEY = re.compile(r"""[^=#"']*?([^\W\d_]*[^\x00-\x7f\s"'=.\[\]]+)[^=#"']*=""")  # values.率 =
_WIDE = dict(zip("＝“”「」、，［］｛｝＃．’‘\N{IDEOGRAPHIC SPACE}", '="""",,[]{}#.\'\' ', strict=True))


def read(path: Path) -> tuple[str, dict[str, Any]]:
    """The text of the file and its tables, decimals exact; QuizgenError with the line where it cannot be read."""
    text = read_text(path)
    if len(text) > LARGEST:
        raise QuizgenError("source.too_large", file=path, limit=LARGEST // 2**20)
    deep = next((number for number, line in enumerate(text.split("\n"), 1) if _too_deep(line)), None)
    if deep is not None:
        raise QuizgenError("source.not_toml", file=path, line=deep)
    try:
        return text, tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(error, path, text) from None
    except (RecursionError, ValueError, ArithmeticError):  # nested, or a number, without end
        longest = max(text.split("\n"), key=len)
        raise QuizgenError("source.not_toml", file=path, line=text[: text.index(longest)].count("\n") + 1) from None


def _too_deep(line: str) -> bool:
    """Whether a key goes through so many tables that tomllib would need hours and all memory for it."""
    run = 0
    for piece in line.split(".") if line.count(".") >= DEEPEST else ():
        run = run + 1 if _KEY_PART.fullmatch(piece[:200].strip()) else 0
        if run > DEEPEST:
            return True
    return False


def _not_toml(error: tomllib.TOMLDecodeError, path: Path, text: str) -> QuizgenError:
    line = _line_of(error, text)
    written = text.split("\n")[line - 1 : line]
    if "overwrite" in str(error) or "twice" in str(error) or "mutate" in str(error):
        return QuizgenError("source.twice", file=path, line=line)
    wide = next((each for each in (written[0] if written else "") if each in _WIDE), None)
    if wide:
        return QuizgenError("source.full_width", file=path, line=line, character=wide, plain=_WIDE[wide])
    bare = _FOREIGN_KEY.match(written[0]) if written else None
    if bare:
        return QuizgenError("source.bare_key", file=path, line=line, name=bare[1][:60])
    return QuizgenError("source.not_toml", file=path, line=line)


def _line_of(error: tomllib.TOMLDecodeError, text: str) -> int:
    words = str(error).replace(",", " ").split()
    return int(words[words.index("line") + 1]) if "line" in words else text.count("\n") + 1
