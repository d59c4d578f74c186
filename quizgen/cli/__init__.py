"""The command line: parse, call, show, exit code. Each command is a file in this folder."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quizgen.errors import KeyedError

INTERRUPTED, USAGE = 130, 2


def main() -> None:
    """Runs `quizgen` and exits: 0 done, 1 the user can mend it, 2 usage, 3 our bug, 130 interrupted."""
    _speak_utf8()
    sys.argv[1:] = [_as_utf8(argument) for argument in sys.argv[1:]]
    try:
        code = _run()
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:  # whoever read our output has seen enough
        _discard_output()
        code = 0
    except OSError as error:
        code = _told(_unwritten(error))
        _discard_output()
    sys.exit(code)


def _discard_output() -> None:
    """What is still waiting to be written goes nowhere, so that Python does not try it again at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno() if sys.__stdout__ else 1)


def _unwritten(error: OSError) -> KeyedError:
    from quizgen.errors import QuizgenError
    from quizgen.files import reason

    if error.filename is not None:
        return QuizgenError("file.cannot_read", file=error.filename, reason=reason(error))
    return QuizgenError("file.no_output", reason=reason(error))


def _as_utf8(argument: str) -> str:
    """An argument as it was typed, also where the locale knows no more than ASCII."""
    try:
        return os.fsencode(argument).decode("utf-8")
    except UnicodeError:
        return argument


def _speak_utf8() -> None:
    """The same bytes in every locale; on a terminal that cannot show a character, a question mark."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            if not stream.isatty():
                stream.reconfigure(encoding="utf-8")
            stream.reconfigure(errors="replace")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(newline="\n")


def _run() -> int:
    from quizgen.cli.app import run
    from quizgen.errors import InternalError, KeyedError

    try:
        return run(sys.argv[1:])
    except KeyedError as error:
        return _told(error)
    except (KeyboardInterrupt, OSError):
        raise
    except Exception as error:
        return _told(InternalError("internal.unexpected", kind=type(error).__name__, place=_place(error)))


def _place(error: Exception) -> str:
    """The module and line of ours in which an error came up."""
    found, trace = "?", error.__traceback__
    while trace is not None:
        module = trace.tb_frame.f_globals.get("__name__", "")
        if module.startswith("quizgen"):
            found = f"{module}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found


def _told(error: KeyedError) -> int:
    from quizgen.cli import common

    common.say(common.told(error, common.HELP))
    return common.exit_code(error)
