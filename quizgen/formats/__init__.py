"""Formats, one a file: what turns a sheet into files.

Any `Format` at the top level of a file in this folder is found by being there.
"""

from __future__ import annotations

import functools
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from errno import EISDIR, ENOTDIR
from pathlib import Path, PurePath

from quizgen import discover
from quizgen.errors import QuizgenError
from quizgen.files import STANDARD_OUTPUT, reason, write_whole
from quizgen.sheet import Sheet

Files = dict[str, str]  # names relative to one folder; the file that was asked for is the last


@dataclass(frozen=True)
class Format:
    """One way to write a sheet.

    `name` is what `--to` says, `suffix` what chooses it. `write(sheet, file)` makes the file of that name and those
    that go beside it; with "-" everything is in one text.
    """

    name: str
    suffix: str
    write: Callable[[Sheet, str], Files]


@functools.cache
def catalogue() -> dict[str, Format]:
    """Every format, by name."""
    import quizgen.formats as folder

    return {each.name: each for each in discover.instances(folder, Format)}


def choose(output: str, name: str | None = None) -> Format:
    """The format of that name; without a name that of the suffix of `output`, for standard output Markdown."""
    if name is not None:
        if name not in catalogue():
            raise QuizgenError("format.unknown", name=name, known=", ".join(catalogue()))
        return catalogue()[name]
    if output == STANDARD_OUTPUT:
        return catalogue()["md"]
    suffix = PurePath(output).suffix
    for each in catalogue().values():
        if each.suffix == suffix.lower():
            return each
    known = ", ".join(each.suffix for each in catalogue().values())
    raise QuizgenError("format.unknown_suffix", file=output, known=known, names=", ".join(catalogue()))


def save(files: Files, output: str) -> None:
    """Writes `files`: the last is `output`, the others go beside it. They are written elsewhere first, so that a
    full disk leaves what was there as it was; the last appears last."""
    if output == STANDARD_OUTPUT:
        write_whole(output, files[STANDARD_OUTPUT])
        return
    folder = Path(output).parent
    try:
        _refuse_folders(folder, files)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".quizgen-") as waiting:
            for name, text in files.items():
                (Path(waiting) / name).parent.mkdir(exist_ok=True)
                write_whole(Path(waiting) / name, text)
            for name in files:
                (folder / name).parent.mkdir(exist_ok=True)
                (Path(waiting) / name).replace(folder / name)
    except (OSError, ValueError) as error:
        raise QuizgenError("file.cannot_write", file=output, reason=reason(error)) from None
    except QuizgenError as error:
        raise QuizgenError(error.key, **error.details | {"file": output}) from None


def _refuse_folders(folder: Path, files: Files) -> None:
    """A file cannot take the place of a folder, nor the other way round; said before anything is replaced."""
    for name in files:
        if (folder / name).is_dir():
            raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
        if (folder / name).parent.exists() and not (folder / name).parent.is_dir():
            raise NotADirectoryError(ENOTDIR, os.strerror(ENOTDIR))
