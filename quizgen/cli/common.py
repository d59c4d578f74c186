"""What the commands share: the language of the help, the options that all have, and how an error is told.

The language of help texts is settled when this module is imported, from `--lang` on the command line or the
locale, because typer wants its texts before it parses.
"""

from __future__ import annotations

import gettext
import sys
from collections.abc import Callable
from typing import Annotated

from quizgen import language
from quizgen.errors import InternalError, KeyedError, QuizgenError, SyntaxProblem
from quizgen.language import Words, words

EXCERPT = 32  # characters shown on either side of the place of an error


def _of_command_line(arguments: list[str]) -> str:
    for place, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        code = value if equals else arguments[place + 1] if place + 1 < len(arguments) else ""
        if name == "--lang" and code in language.available():
            return code
    return language.of_locale()


HELP: Words = words(_of_command_line(sys.argv[1:]))


def _translated(message: str) -> str:
    key = f"typer.{message}"
    return HELP[key] if key in HELP else message


gettext.gettext = _translated  # typer takes its own words from here, when it is imported

import typer  # noqa: E402


def _seed(text: str | None) -> str | None:
    from quizgen.draw import LONGEST_SEED, is_seed

    if text is not None and not is_seed(text):
        raise QuizgenError("bank.bad_seed", limit=LONGEST_SEED)
    return text


Lang = Annotated[str | None, typer.Option("--lang", metavar="|".join(language.available()), help=HELP("cli.lang"))]
Seed = Annotated[str | None, typer.Option("--seed", metavar="TEXT", callback=_seed, help=HELP("cli.seed"))]
Ordering = Annotated[str | None, typer.Option("--seed", metavar="TEXT", callback=_seed, help=HELP("cli.export.seed"))]
# Every command takes --seed, so that scripts need not know which ones draw; where nothing is drawn it changes nothing.
Undrawn = Annotated[str | None, typer.Option("--seed", metavar="TEXT", callback=_seed, hidden=True)]
Jobs = Annotated[int, typer.Option("--jobs", min=1, max=64, help=HELP("cli.jobs"))]


def language_of(lang: str | None) -> str:
    """The language asked for, or that of the locale; QuizgenError for one that we do not speak."""
    if lang is None:
        return language.of_locale()
    if lang not in language.available():
        raise QuizgenError("language.unknown", language=lang, known=", ".join(language.available()))
    return lang


def say(text: str) -> None:
    """A message, on standard error."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def told(error: KeyedError, said: Words) -> str:
    """The error as its reader sees it: one line, and for typed mathematics the place with a caret under it."""
    line = "quizgen: " + one_line(said.sentence(error))
    return line + "\n" + caret(error.text, error.position) if isinstance(error, SyntaxProblem) else line


def one_line(text: str) -> str:
    """`text` without line breaks and other control characters, whatever a file's name or a typed word holds."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)


def caret(text: str, position: int) -> str:
    """The surroundings of a place in `text`, and a caret under it; wide characters take two columns."""
    from wcwidth import wcswidth

    start, end = max(0, position - EXCERPT), position + EXCERPT
    before, after = one_line(text[start:position]), one_line(text[position:end])
    head, tail = "…" if start else "", "…" if end < len(text) else ""
    indent = max(0, wcswidth(head + before))
    return f"  {head}{before}{after}{tail}\n  {' ' * indent}^"


def exit_code(error: KeyedError) -> int:
    """1 for what the user can mend, 3 for our own bugs."""
    return 3 if isinstance(error, InternalError) else 1


class progress:
    """A progress bar on standard error where that is a terminal, else nothing; gives the function that moves it."""

    def __init__(self, total: int, title: str) -> None:
        self.total, self.title = total, title

    def __enter__(self) -> Callable[[], None]:
        if not sys.stderr.isatty():
            self._bar = None
            return lambda: None
        from rich.console import Console
        from rich.progress import Progress

        self._bar = Progress(console=Console(stderr=True), transient=True)
        self._bar.start()
        task = self._bar.add_task(self.title, total=self.total)
        bar = self._bar
        return lambda: bar.advance(task)

    def __exit__(self, *error: object) -> None:
        if self._bar is not None:
            self._bar.stop()
