"""Reading and writing files: a file appears whole or not at all, and what goes wrong is one line."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
from errno import EISDIR
from pathlib import Path

from quizgen.errors import KeyedError, QuizgenError

STANDARD_OUTPUT = "-"
LARGEST = 64 * 2**20  # bytes that are read of somebody's file


def read_text(path: Path) -> str:
    """A UTF-8 file, with or without a byte order mark."""
    try:
        if path.stat().st_size > LARGEST and path.is_file():
            raise QuizgenError("file.too_large", file=path, limit=LARGEST // 2**20)
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise QuizgenError("file.not_utf8", file=path, line=line) from None
    except FileNotFoundError:
        raise QuizgenError("file.missing", file=path) from None
    except (OSError, ValueError) as error:
        raise QuizgenError("file.cannot_read", file=path, reason=reason(error)) from None


TOLD = ("EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT", "EISDIR", "ENOTDIR", "ENOENT", "ENAMETOOLONG")


def reason(error: Exception) -> KeyedError:
    """Why the system refused, as something that every language has a word for."""
    name = errno.errorcode.get(getattr(error, "errno", None) or 0, "")
    return KeyedError(f"reason.{name}") if name in TOLD else KeyedError("reason.other", code=name or "?")


def write_whole(path: str | Path, content: str | bytes) -> None:
    """`content`, text as UTF-8, at `path`, all of it or nothing; `-` is standard output."""
    if str(path) == STANDARD_OUTPUT:
        _show(content)
        return
    data = content.encode() if isinstance(content, str) else content
    temporary = ""
    try:
        target = Path(path).resolve()  # a link stays, and what it names is written
        if target.is_dir():
            raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
        if target.exists() and not target.is_file():  # a device or a pipe is written to, not replaced
            target.write_bytes(data)
            return
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name[:80]}.", delete=False) as file:
            temporary = file.name
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(target)
    except (OSError, ValueError) as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise QuizgenError("file.cannot_write", file=path, reason=reason(error)) from None


def _show(content: str | bytes) -> None:
    if isinstance(content, str):
        sys.stdout.write(content)
    else:
        sys.stdout.buffer.write(content)
    sys.stdout.flush()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
