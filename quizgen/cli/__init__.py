"""The command line: parse, call, show, exit code. Each command is a file in this folder."""

from __future__ import annotations

import os
import sys

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
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno() if sys.__stdout__ else 1)
        code = 0
    sys.exit(code)


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
    from quizgen.cli import common
    from quizgen.cli.app import run
    from quizgen.errors import KeyedError
    from quizgen.language import words

    try:
        return run(sys.argv[1:])
    except KeyedError as error:
        said = common.HELP
        asked = error.details.pop("language_of_command", None)
        common.say(common.told(error, words(str(asked)) if asked else said))
        return common.exit_code(error)
