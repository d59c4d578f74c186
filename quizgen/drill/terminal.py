"""The drill on a terminal: rich shows, prompt_toolkit asks (it edits wide characters rightly). No rules here."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from quizgen.drill.telling import Role, Said

if TYPE_CHECKING:
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
    """A conversation on standard input and output; what was typed before can be had again with the arrow keys."""

    def __init__(self) -> None:
        # Asking a terminal where its cursor is makes slow or simple ones complain, in English.
        os.environ.setdefault("PROMPT_TOOLKIT_NO_CPR", "1")
        from prompt_toolkit import PromptSession
        from rich.console import Console

        self._console = Console(highlight=False, markup=False, emoji=False)
        self._session: PromptSession[str] = PromptSession(PROMPT, reserve_space_for_menu=0)

    @property
    def columns(self) -> int:
        """How wide the terminal is now."""
        return self._console.width

    def ask(self) -> str | None:
        """The next line; None for Ctrl-D."""
        try:
            return self._session.prompt()
        except EOFError:
            return None

    def show(self, said: Said) -> None:
        """The paragraph, wrapped unless it is a picture."""
        from rich.text import Text

        whole = said.role is Role.PICTURE
        overflow: OverflowMethod = "ignore" if whole else "fold"
        self._console.print(Text(said.text, STYLES[said.role]), no_wrap=whole, crop=False, overflow=overflow)
