"""What happened in a drill, in words: events -> lines, each with a role from which a terminal takes its colour."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from quizgen import families, misconceptions
from quizgen.answers import Unreadable
from quizgen.drill.lesson import Lesson
from quizgen.drill.result import RIGHT, SKIPPED, WRONG, Result
from quizgen.drill.session import (
    Asked,
    Command,
    Ended,
    Event,
    Explained,
    Judged,
    Misread,
    Opened,
    Shown,
    TimeIsUp,
)
from quizgen.drill.sketch import definitions, formulas, picture
from quizgen.engine.functions import Value
from quizgen.language import text_in, words
from quizgen.notation import of_value, unicode
from quizgen.picture.layout import printable
from quizgen.picture.terminal import width
from quizgen.solve import Step
from quizgen.wording import Wording

LONGEST = 60  # characters of what was typed that are shown again


class Role(Enum):
    """What a line is for."""

    TITLE = "title"
    STORY = "story"
    PICTURE = "picture"  # must not be wrapped
    QUESTION = "question"
    RIGHT = "right"
    WRONG = "wrong"
    NOTE = "note"


@dataclass(frozen=True)
class Said:
    """A paragraph for the learner."""

    text: str
    role: Role = Role.NOTE


class Telling:
    """The words of a drill in one language. `caret` draws the place of an error in typed text."""

    def __init__(self, language: str, caret: Callable[[str, int], str]) -> None:
        self.language, self.caret = language, caret
        self.words = words(language)

    def command(self, typed: str, names: tuple[str, ...] = ()) -> Command | None:
        """The command that `typed` is, unless it is one of the `names` of an expression."""
        word = unicodedata.normalize("NFKC", typed[:LONGEST]).strip().casefold()
        if word in names:
            return None
        for command in Command:
            if word in self.words[f"drill.command.{command.value}"].split():
                return command
        return None

    def told(self, event: Event, columns: int | None = None) -> list[Said]:
        """What the learner sees of an event on a screen of so many `columns` (None: any)."""
        return list(self._told(event, columns))

    def _told(self, event: Event, columns: int | None) -> Iterator[Said]:
        match event:
            case Opened(lesson, number):
                yield from self._opened(lesson, number, columns)
            case Asked(lesson, part):
                wording = self._wording(lesson)
                ask = wording.text(wording.ask(lesson.question.parts[part]))
                yield Said("\n" + self.words("drill.part", number=part + 1, ask=ask), Role.QUESTION)
            case Explained(lesson, part):
                yield Said(self._expected(lesson, part))
                yield Said(self.words["drill.help"])
            case Misread(lesson, part, why):
                yield from self._misread(why, columns)
                yield Said(self._expected(lesson, part))
            case Shown(lesson, steps):
                yield from self._steps(lesson, steps)
                if not steps:
                    yield Said(self.words["drill.no_more_steps"])
            case Judged():
                yield from self._judged(event)
            case TimeIsUp():
                yield Said(self.words["drill.time_is_up"])
            case Ended(results):
                yield from self._summary(results)

    def _wording(self, lesson: Lesson) -> Wording:
        return Wording(lesson.question, self.language)

    def _opened(self, lesson: Lesson, number: int, columns: int | None) -> Iterator[Said]:
        wording = self._wording(lesson)
        title = self.words("drill.variant", number=number, title=wording.title, id=lesson.question.id)
        yield Said("\n" + title, Role.TITLE)
        yield Said(wording.text(wording.story), Role.STORY)
        painted = picture(wording, columns)
        if painted is not None:
            yield Said(painted, Role.PICTURE)
        for line in formulas(wording) if painted is None else definitions(wording):
            yield Said(line)
        if number == 1:
            yield Said(self.words["drill.start"])

    def _misread(self, why: Unreadable, columns: int | None) -> Iterator[Said]:
        sentence = self.words(why.key, **{name: _shortened(str(value)) for name, value in why.details.items()})
        if why.key.startswith("error."):  # these are half sentences
            sentence = self.words("answer.misread", why=sentence)
        yield Said(sentence, Role.WRONG)
        place = self.caret(why.text, why.position)
        if why.text and (columns is None or max(map(width, place.splitlines())) <= columns):
            yield Said(place, Role.PICTURE)

    def _expected(self, lesson: Lesson, part: int) -> str:
        if lesson.question.parts[part].ask.symbolic:
            return self.words("answer.expression_expected", names=", ".join(lesson.names))
        return self.words["answer.number_expected"]

    def _steps(self, lesson: Lesson, steps: tuple[Step, ...]) -> Iterator[Said]:
        style = self._wording(lesson).style
        for step in steps:
            number = f"({step.number})" if step.number else "Σ" if step.direction == "backward" else "·"
            direction = self.words[f"step.{step.direction}"]
            yield Said(f"  {direction} {number:>4} {unicode(step.mathematics, style)}")

    def _judged(self, event: Judged) -> Iterator[Said]:
        key = self._value(event.lesson, event.lesson.question.parts[event.part].key)
        verdict = event.verdict
        if verdict and verdict.right:
            said = "drill.right_rounded" if verdict.rounded else "drill.right"
            yield Said(self.words(said, value=key), Role.RIGHT)
            return
        if verdict and event.answer:
            known = verdict.mistakes or verdict.slips
            yield Said(self.words["drill.wrong" if known else "drill.wrong_unknown"], Role.WRONG)
            if event.answer.implicit:
                yield Said(self.words("drill.read_as", answer=self._value(event.lesson, event.answer.expression)))
            yield from self._mistakes(event.lesson, verdict.mistakes)
            yield from self._slips(verdict.slips)
        yield Said(self.words("drill.answer", value=key))
        yield from self._steps(event.lesson, event.steps)

    def _value(self, lesson: Lesson, value: Value) -> str:
        return unicode(of_value(value), self._wording(lesson).style)

    def _mistakes(self, lesson: Lesson, mistakes: tuple[tuple[str, str], ...]) -> Iterator[Said]:
        """Each misconception once, with its places, or without any where making it everywhere leads here too."""
        places: dict[str, list[str]] = {}
        for wrong, at in mistakes:
            places.setdefault(wrong, []).append(at)
        for wrong, where in places.items():
            made = misconceptions.catalogue()[wrong]
            title = text_in(made.title, self.language)
            if "" not in where:
                spots = self.words["drill.between_places"].join(self._place(lesson, at) for at in where)
                title = self.words("drill.at", title=title, places=spots)
            yield Said(self.words("drill.mistake", title=title, feedback=text_in(made.feedback, self.language)))

    def _slips(self, slips: tuple[str, ...]) -> Iterator[Said]:
        for slip in slips:
            yield Said(self.words("drill.slip", slip=self.words[f"slip.{slip}"]))
        if len(slips) > 1:
            yield Said(self.words["drill.several_slips"])

    def _place(self, lesson: Lesson, at: str) -> str:
        label = self._wording(lesson).style.label(at)
        kind = "node" if lesson.question.problem.graph.producer(at) else "input"
        return self.words(f"drill.at_{kind}", name=label)

    def _summary(self, results: tuple[Result, ...]) -> Iterator[Said]:
        yield Said("\n" + self.words["drill.summary"], Role.TITLE)
        if not results:
            yield Said(self.words["drill.nothing_answered"])
            return
        yield Said("  " + self.words("drill.totals", **counted(results)))
        for family in dict.fromkeys(result.family for result in results):
            mine = [result for result in results if result.family == family]
            title = text_in(families.find(family).title, self.language)
            yield Said("  " + self.words("drill.of_family", family=title, **counted(mine)))
        slips = Counter(wrong for result in results for wrong in {wrong for wrong, _ in result.mistakes})
        for wrong, count in sorted(slips.items(), key=lambda item: (-item[1], item[0])):
            title = text_in(misconceptions.catalogue()[wrong].title, self.language)
            yield Said("  " + self.words("drill.of_mistake", title=title, count=count))


def counted(results: tuple[Result, ...] | list[Result]) -> dict[str, int]:
    """How many answers, how many of each outcome, and how many hints."""
    outcomes = Counter(result.outcome for result in results)
    counts = {name: outcomes[name] for name in (RIGHT, WRONG, SKIPPED)}
    return {"answers": len(results), "hints": sum(result.hints for result in results), **counts}


def _shortened(text: str) -> str:
    """Typed text, safe to show: no control characters, and not all of it."""
    shown = printable(text[: LONGEST + 1])
    return shown[:LONGEST] + "…" if len(shown) > LONGEST else shown
