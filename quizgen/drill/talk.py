"""A conversation: the session's rules between a voice (plain lines, or a terminal) and the record on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from quizgen.drill.chosen import Chosen
from quizgen.drill.events import Asked, Event, Flagged, Noted, Opened
from quizgen.drill.look import Look
from quizgen.drill.planning import Plan
from quizgen.drill.result import Flag, Result
from quizgen.drill.said import Said
from quizgen.drill.session import Command, Complaint, State, finished, opened, responded, start
from quizgen.drill.telling import Telling
from quizgen.plan import Answers

Reading = Callable[[str], str]


class Voice(Protocol):
    """Whoever shows and asks; a learner at a terminal or a pipe."""

    @property
    def look(self) -> Look:
        """How things are shown now: a window may change its width at any time."""

    def ask(self, reading: Reading) -> str | None:
        """The next line that is typed; None at the end of input. `reading` tells how a line would be understood."""

    def show(self, said: Said) -> None:
        """Shows a paragraph."""


class Record(Protocol):
    """Where answers are kept; each call returns when what it was given is safe."""

    def add(self, result: Result) -> None:
        """Keeps an answer."""

    def flag(self, flag: Flag) -> None:
        """Keeps what a learner called bad."""


@dataclass
class Talk:
    """What a conversation is made of. `clock` tells the time in UTC; `heard` is told each answer that was recorded,
    since what comes next depends on it."""

    voice: Voice
    telling: Telling
    record: Record
    clock: Callable[[], datetime]
    form: Answers = Answers.ENTRY
    heard: Callable[[Result], None] = lambda result: None
    _opened: Opened | None = None
    _columns: int | None = None

    def greet(self, plan: Plan) -> None:
        """Says what today's work is."""
        self._say(self.telling.planned(plan))

    def run(self, variants: Iterable[Chosen], minutes: int | None = None) -> None:
        """Asks until the variants, the minutes, the input or the learner's will end; the summary comes last, also
        before a KeyboardInterrupt goes on."""
        state = start(self.clock(), minutes)
        try:
            for chosen in variants:
                state, events = opened(state, chosen, self.form)
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
        lesson = state.lesson
        assert lesson is not None
        part = state.part
        lesson.shows(part)  # while the learner reads; then a typed answer is only looked up
        typed = self.voice.ask(lambda text: "" if state.complaining else self.telling.reading(lesson, part, text))
        state, events = responded(state, self._meant(state, typed), self.clock())
        self._show(events)
        return state

    def _meant(self, state: State, typed: str | None) -> str | Command | Complaint:
        """What a line says: the end of input ends the drill, the line after a complaint is its reason."""
        assert state.lesson is not None
        if typed is None:
            return Command.QUIT
        if state.complaining:
            return Complaint(typed)
        symbolic = state.lesson.question.parts[state.part].ask.symbolic
        return self.telling.command(typed, state.lesson.names if symbolic else ()) or typed

    def _show(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, Noted):
                self.record.add(event.result)
                self.heard(event.result)
            if isinstance(event, Flagged):
                self.record.flag(event.flag)
            if isinstance(event, Opened):
                self._opened, self._columns = event, self.voice.look.columns
            if isinstance(event, Asked):
                self._redraw()
            self._say(self.telling.told(event, self.voice.look))

    def _redraw(self) -> None:
        """Shows the problem again where the window has changed its width: what was drawn may be cut or broken."""
        look = self.voice.look
        if self._opened is not None and look.columns != self._columns:
            self._columns = look.columns
            self._say(self.telling.told(self._opened, look))

    def _say(self, paragraphs: Iterable[Said]) -> None:
        for said in paragraphs:
            self.voice.show(said)
