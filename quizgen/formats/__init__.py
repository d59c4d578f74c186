"""Formats, one a file: what turns a document into files.

Any `Format` at the top level of a file in this folder is found by being there.
"""

from __future__ import annotations

import functools
import glob
import os
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from errno import EISDIR, ENOTDIR
from pathlib import Path, PurePath
from typing import Protocol

from quizgen import discover
from quizgen.document import Document, documents
from quizgen.errors import QuizgenError
from quizgen.files import STANDARD_OUTPUT, reason, write_whole
from quizgen.plan import Key
from quizgen.sheet import Sheet

Files = dict[str, str | bytes]  # names relative to one folder; the file that was asked for is the last


def _everything(text: str, folders: tuple[str, ...]) -> bool:
    return True


@dataclass(frozen=True)
class Format:
    """One way to write a document.

    `name` is what `--to` says, `suffix` what chooses it. `write(document, file)` makes the file of that name and
    those that go beside it; with "-" everything is in one. `beside` matches the names of those, with {stem} for that
    of the file: what an earlier sheet of the same name has left there is taken away. `prints(text, folders)`:
    whether every character can be shown, with the fonts of those folders too.
    """

    name: str
    suffix: str
    write: Callable[[Document, str], Files]
    beside: str = ""
    prints: Callable[[str, tuple[str, ...]], bool] = _everything


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


def files_of(chosen: Format, sheet: Sheet, file: str, key: Key | None = None) -> Files:
    """The files of a sheet: `file`, what goes beside it, and the key in its own file where that is wanted. `key`
    overrules the sheet's own wish."""
    asked, answers = documents(sheet, key)
    of_key = chosen.write(answers, key_file(file)) if answers else {}
    return of_key | chosen.write(asked, file)


def key_file(file: str) -> str:
    """`sheet.key.md` for `sheet.md`."""
    path = PurePath(file)
    return file if file == STANDARD_OUTPUT else f"{path.stem}.key{path.suffix}"


class Leaves(Protocol):
    """A format that may leave files beside the one that was asked for."""

    @property
    def beside(self) -> str:
        """Matches their names, as in `Format`."""
        ...


def save(chosen: Leaves, files: Files, output: str) -> None:
    """Writes `files`: the last is `output`, the others go beside it. They are written elsewhere first, so that a
    full disk leaves what was there as it was; the last appears last. Then what an earlier sheet left is removed: a
    picture with the answers does not stay beside a sheet without its key."""
    if output == STANDARD_OUTPUT:
        write_whole(output, files[STANDARD_OUTPUT])
        return
    target = Path(output).resolve()
    folder = Path(output).parent
    if target.exists() and not target.is_file() and not target.is_dir():
        raise QuizgenError("file.not_a_file", file=output)
    try:
        _refuse_folders(folder, files)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".quizgen-") as waiting:
            for name, content in files.items():
                (Path(waiting) / name).parent.mkdir(exist_ok=True)
                write_whole(Path(waiting) / name, content)
            for name, content in files.items():
                (folder / name).parent.mkdir(exist_ok=True)
                if (folder / name).is_symlink():  # the link stays
                    write_whole(folder / name, content)
                else:
                    (Path(waiting) / name).replace(folder / name)
        for left in _left_behind(chosen, files, Path(output)):
            left.unlink()
    except (OSError, ValueError) as error:
        raise QuizgenError("file.cannot_write", file=output, reason=reason(error)) from None
    except QuizgenError as error:
        raise QuizgenError(error.key, **error.details | {"file": output}) from None


def _left_behind(chosen: Leaves, files: Files, output: Path) -> list[Path]:
    """What an earlier sheet has left beside a file that is written now, or beside a key that no longer is."""
    if not chosen.beside:
        return []
    stem = re.escape(output.stem) + r"(\.key)?"
    ours = re.compile(chosen.beside.replace("{stem}", stem))
    found = output.parent.glob(f"{glob.escape(output.stem)}*/*")
    names = ((path.relative_to(output.parent).as_posix(), path) for path in found if path.is_file())
    return [path for name, path in names if name not in files and ours.fullmatch(name)]


def _refuse_folders(folder: Path, files: Files) -> None:
    """A file cannot take the place of a folder, nor the other way round; said before anything is replaced."""
    for name in files:
        if (folder / name).is_dir():
            raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
        if (folder / name).parent.exists() and not (folder / name).parent.is_dir():
            raise NotADirectoryError(ENOTDIR, os.strerror(ENOTDIR))
