"""A conversation: the session's rules between a voice (plain lines, or a terminal) and the record on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from quizgen.drill.result import Result
from quizgen.drill.session import Command, Event, Noted, State, finished, opened, responded, start
from quizgen.drill.telling import Said, Telling
from quizgen.question import Question


class Voice(Protocol):
    """Whoever shows and asks; a learner at a terminal or a pipe."""

    @property
    def columns(self) -> int | None:
        """How wide the screen is; None where that does not matter."""

    def ask(self) -> str | None:
        """The next line that is typed; None at the end of input."""

    def show(self, said: Said) -> None:
        """Shows a paragraph."""


@dataclass(frozen=True)
class Talk:
    """What a conversation is made of. `record` returns when the answer is safe; `clock` tells the time in UTC."""

    voice: Voice
    telling: Telling
    record: Callable[[Result], None]
    clock: Callable[[], datetime]

    def run(self, questions: Iterator[Question], minutes: int | None = None) -> None:
        """Asks until the questions, the minutes, the input or the learner's will end; the summary comes last, also
        before a KeyboardInterrupt goes on."""
        state = start(self.clock(), minutes)
        try:
            for question in questions:
                state, events = opened(state, question)
                self._show(events)
                while state.lesson:
                    state = self._turn(state)
                if state.over:
                    return
        except KeyboardInterrupt:
            self._show(finished(state)[1])
            raise
        self._show(finished(state)[1])

    def _turn(self, state: State) -> State:
        assert state.lesson is not None
        typed = self.voice.ask()
        symbolic = state.lesson.question.parts[state.part].ask.symbolic
        names = state.lesson.names if symbolic else ()
        said = Command.QUIT if typed is None else self.telling.command(typed, names) or typed
        state, events = responded(state, said, self.clock())
        self._show(events)
        return state

    def _show(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, Noted):
                self.record(event.result)
            for said in self.telling.told(event, self.voice.columns):
                self.voice.show(said)
