"""The drill on a terminal: rich shows, prompt_toolkit asks (it edits wide characters rightly). No rules here."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from quizgen.drill.look import Look
from quizgen.drill.said import Role, Said

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

    Below the line that is being typed stands how it would be understood. `ascii_only`: the terminal has no more.
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
        return Look(self._console.width, self._colour, self._ascii)

    def ask(self, reading: Callable[[str], str]) -> str | None:
        """The next line; None for Ctrl-D."""
        toolbar = None if self._console.is_dumb_terminal else self._toolbar(reading)
        try:
            return self._session.prompt(bottom_toolbar=toolbar)
        except EOFError:
            return None

    def _toolbar(self, reading: Callable[[str], str]) -> Callable[[], AnyFormattedText]:
        def shown() -> AnyFormattedText:
            from quizgen.picture.terminal import width

            text = self.look.text(reading(self._session.default_buffer.text))
            while width(text) >= self._console.width:
                text = text[:-2] + "…"
            return [("noreverse", text)]

        return shown

    def show(self, said: Said) -> None:
        """The paragraph, wrapped unless it is a picture."""
        from rich.text import Text

        whole = said.role is Role.PICTURE
        text = Text.from_ansi(said.text) if whole else Text(said.text, STYLES[said.role])
        overflow: OverflowMethod = "ignore" if whole else "fold"
        self._console.print(text, no_wrap=whole, crop=False, overflow=overflow)
