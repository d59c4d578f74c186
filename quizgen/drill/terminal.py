"""The drill on a terminal: rich shows, prompt_toolkit asks (it edits wide characters rightly). No rules here."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from typing import TYPE_CHECKING

from quizgen.drill.look import Look
from quizgen.drill.said import Role, Said
from quizgen.picture.terminal import width

if TYPE_CHECKING:
    from prompt_toolkit.formatted_text import AnyFormattedText
    from rich.console import OverflowMethod

STYLES = {
    Role.TITLE: "bold",
    Role.STORY: "",
    Role.PICTURE: "",
    Role.QUESTION: "bold cyan",
    Role.RIGHT: "bold green",
    Role.WRONG: "bold red",
    Role.NOTE: "",
}
PROMPT = "> "


class Terminal:
    """A conversation on standard input and output; what was typed before can be had again with the arrow keys.

    Beside the line that is being typed stands how it would be understood. `ascii_only`: the terminal has no more.
    """

    def __init__(self, ascii_only: bool = False) -> None:
        # Asking a terminal where its cursor is makes slow or simple ones complain, in English.
        os.environ.setdefault("PROMPT_TOOLKIT_NO_CPR", "1")
        from prompt_toolkit import PromptSession
        from prompt_toolkit.output.color_depth import ColorDepth
        from rich.console import Console

        self._ascii = ascii_only
        self._console = Console(highlight=False, markup=False, emoji=False)
        self._colour = self._console.color_system is not None and not self._console.no_color
        depth = None if self._colour else ColorDepth.DEPTH_1_BIT
        self._session: PromptSession[str] = PromptSession(PROMPT, reserve_space_for_menu=0, color_depth=depth)

    @property
    def look(self) -> Look:
        """How wide the terminal is now, and what it can show."""
        return Look(self._columns, self._colour, self._ascii, encoding=self._console.encoding)

    @property
    def _columns(self) -> int:
        # rich takes every simple terminal for one of 80 columns.
        return shutil.get_terminal_size().columns if self._console.is_dumb_terminal else self._console.width

    def ask(self, reading: Callable[[str], str]) -> str | None:
        """The next line; None for Ctrl-D."""
        beside = None if self._console.is_dumb_terminal else self._beside(reading)
        try:
            return self._session.prompt(rprompt=beside)
        except EOFError:
            return None

    def _beside(self, reading: Callable[[str], str]) -> Callable[[], AnyFormattedText]:
        def shown() -> AnyFormattedText:
            typed = self._session.default_buffer.text
            text = fitting(self.look.text(reading(typed)), typed, self._columns)
            return [("italic" if self._colour else "", text)]

        return shown

    def show(self, said: Said) -> None:
        """The paragraph, wrapped unless it is a picture."""
        from rich.text import Text

        whole = said.role is Role.PICTURE
        text = Text.from_ansi(said.text) if whole else Text(said.text, STYLES[said.role])
        overflow: OverflowMethod = "ignore" if whole else "fold"
        self._console.print(text, no_wrap=whole, crop=False, overflow=overflow, width=None if whole else self._columns)


def fitting(reading: str, typed: str, columns: int) -> str:
    """`reading`, where a line of so many columns has room for it beside what is typed; else nothing."""
    return reading if width(reading) < columns - width(typed) - len(PROMPT) - 2 else ""
