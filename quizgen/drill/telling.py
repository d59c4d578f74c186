"""What happened in a drill, in words: events -> paragraphs, each with a role."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction

from quizgen import families, misconceptions
from quizgen.answers import Unreadable, read
from quizgen.drill.chosen import Chosen, Why
from quizgen.drill.events import (
    Asked,
    AskedWhy,
    Completed,
    Ended,
    Event,
    Explained,
    Flagged,
    Hinted,
    Judged,
    Misread,
    Opened,
    Shown,
    TimeIsUp,
)
from quizgen.drill.feedback import Feedback
from quizgen.drill.lesson import Lesson
from quizgen.drill.look import Look
from quizgen.drill.planning import Plan
from quizgen.drill.result import RIGHT, SKIPPED, WRONG, Result
from quizgen.drill.said import Role, Said
from quizgen.drill.session import Command, Complaint
from quizgen.drill.sketch import definitions, formulas, picture, spoken
from quizgen.engine.expression import Constant, text
from quizgen.families import Family, Prose
from quizgen.language import text_in, words
from quizgen.notation import number_text, of_value
from quizgen.picture.layout import printable
from quizgen.picture.terminal import width
from quizgen.plan import LETTERS, Answers
from quizgen.wording import Wording

LONGEST = 60  # characters of what was typed that are shown again
LONGEST_WHY = 200
PLAIN = Look()


class Telling:
    """The words of a drill in one language. `caret` draws the place of an error in typed text."""

    def __init__(self, language: str, caret: Callable[[str, int], str]) -> None:
        self.language, self.caret = language, caret
        self.words = words(language)
        self._families: dict[str, Family] = {}  # those of authors' problems that were asked
        self._known = misconceptions.catalogue()

    def command(self, typed: str, names: tuple[str, ...] = ()) -> Command | Complaint | None:
        """The command that `typed` is, unless it is one of the `names` of an expression."""
        word, _, rest = unicodedata.normalize("NFKC", typed[:LONGEST_WHY]).strip().partition(" ")
        word = word.casefold()
        if word in names:
            return None
        for command in Command:
            if word in self.words[f"drill.command.{command.value}"].split():
                if command is Command.FLAG and rest.strip():
                    return Complaint(printable(rest))
                return None if rest.strip() else command
        return None

    def reading(self, lesson: Lesson, part: int, typed: str) -> str:
        """How what is being typed is understood; empty where that is plain, or nothing can be read yet."""
        asked = lesson.question.parts[part]
        command = self.command(typed, lesson.names if asked.ask.symbolic else ())
        if isinstance(command, Command):
            return self.words(f"drill.does.{command.value}")
        if command or not typed.strip() or lesson.form is Answers.CHOICE:
            return ""
        answer = read(typed, asked, lesson.names, lesson.units)
        if isinstance(answer, Unreadable):
            return ""
        style = self._wording(lesson).style
        shown = text(answer.expression)  # every product with its sign: 1/2x is (1/2)*x
        if answer.value is None or isinstance(answer.expression, Constant):
            shown = shown if answer.value is None else number_text(answer.value, style.decimals)
            return "" if shown.replace("−", "-") == typed.strip() else self.words("drill.reading", answer=shown)
        value = number_text(answer.value, style.decimals)
        return self.words("drill.reading_value", answer=shown, value=value)

    def planned(self, plan: Plan) -> list[Said]:
        """What a day's work is, and how long it is to the exam."""
        work = {"due": len(plan.due), "begin": len(plan.begin), "answers": plan.answers}
        said = [Said(self.words("drill.plan" if plan.answers else "drill.plan_done", **work))]
        if plan.days_left is not None:
            said.insert(0, Said(self.words("drill.days_left", days=plan.days_left), Role.TITLE))
            if plan.begin and plan.waiting > len(plan.begin):
                said.append(Said(self.words("drill.plan_waiting", waiting=plan.waiting - len(plan.begin))))
        return said

    def told(self, event: Event, look: Look = PLAIN) -> list[Said]:
        """What the learner sees of an event."""
        return [Said(look.text(said.text), said.role) for said in self._told(event, look)]

    def _told(self, event: Event, look: Look) -> Iterator[Said]:
        match event:
            case Opened(lesson, number, chosen):
                self._families[lesson.family.name] = lesson.family
                self._known = {**self._known, **lesson.known}
                yield from self._opened(lesson, number, look)
                yield from self._why(chosen)
            case Asked(lesson, part):
                yield from self._asked(lesson, part, look)
            case Explained(lesson, part):
                yield Said(self._expected(lesson, part))
                yield Said(self.words["drill.help"])
            case Misread(lesson, part, why):
                yield from self._misread(why, look)
                if why.key != "answer.choose":
                    yield Said(self._expected(lesson, part))
            case Hinted(lesson, number, left):
                yield Said(self.words("drill.hint", hint=self._wording(lesson).hint(number)))
                yield Said(self.words("drill.left", share=number_text(left, decimals=False)))
            case Shown():
                yield from self._shown(event, look)
            case Judged(lesson):
                yield from self._feedback(lesson, look).judged(event)
            case Completed(lesson):
                yield from self._feedback(lesson, look).completed(event)
            case AskedWhy():
                yield Said(self.words["drill.why"], Role.QUESTION)
            case Flagged(flag):
                yield Said(self.words("drill.flagged", why=_shortened(flag.why)))
            case TimeIsUp():
                yield Said(self.words["drill.time_is_up"])
            case Ended(results):
                yield from self._summary(results)

    def _title(self, misconception: str) -> str:
        known = self._known.get(misconception)
        return text_in(known.title, self.language) if known else misconception

    def _wording(self, lesson: Lesson) -> Wording:
        return Wording(lesson.question, self.language)

    def _feedback(self, lesson: Lesson, look: Look) -> Feedback:
        return Feedback(self._wording(lesson), lesson, look)

    def _prose(self, wording: Wording, prose: Prose, look: Look) -> str:
        pieces = (
            each if isinstance(each, str) else look.mathematics(each, wording.style, self.words) for each in prose
        )
        return "".join(pieces)

    def _opened(self, lesson: Lesson, number: int, look: Look) -> Iterator[Said]:
        wording = self._wording(lesson)
        title = self.words("drill.variant", number=number, title=wording.title, id=lesson.question.id)
        yield Said("\n" + title, Role.TITLE)
        yield Said(self._prose(wording, wording.story, look), Role.STORY)
        painted = picture(wording, look)
        if painted is not None:
            yield Said(painted, Role.PICTURE)
        if look.spoken:
            yield Said(spoken(wording))
        else:
            for line in formulas(wording, look) if painted is None else definitions(wording, look):
                yield Said(line)
        if lesson.form is Answers.GRAPH:
            yield Said(self.words["drill.whole"])
        if number == 1:
            yield Said(self.words["drill.start"])

    def _why(self, chosen: Chosen) -> Iterator[Said]:
        """Why this variant was chosen, and where a new learner goes on."""
        for name, level in chosen.placed:
            family = self._families.get(name) or families.catalogue().get(name)
            if family is None or family.own:
                continue  # an author's problem is no ladder
            told = {"family": text_in(family.title, self.language), "level": level}
            yield Said(self.words("drill.placed", **told, title=text_in(family.levels[level], self.language)))
        key = f"drill.because.{chosen.why.value}"
        if chosen.why is Why.FOLLOW_UP:
            titles = [self._title(wrong) for wrong in chosen.apart]
            yield Said(self.words(key, titles=self.words["drill.between_titles"].join(titles)))
        elif chosen.why is Why.REVIEW and chosen.skill and chosen.skill.misconception:
            title = self._title(chosen.skill.misconception)
            yield Said(self.words("drill.because.mistake", title=title))
        elif chosen.why is not Why.PRACTICE:
            yield Said(self.words[key])

    def _asked(self, lesson: Lesson, part: int, look: Look) -> Iterator[Said]:
        wording = self._wording(lesson)
        ask = self._prose(wording, wording.ask(lesson.question.parts[part], look.spoken), look)
        yield Said("\n" + self.words("drill.part", number=part + 1, ask=ask), Role.QUESTION)
        for letter, value in zip(LETTERS, lesson.offered[part], strict=False):
            option = look.mathematics(of_value(value), wording.style, self.words)
            yield Said(self.words("drill.option", letter=letter, value=option))

    def _shown(self, event: Shown, look: Look) -> Iterator[Said]:
        yield from self._feedback(event.lesson, look).steps(event.steps)
        if not event.steps:
            yield Said(self.words["drill.no_more_steps"])
        elif event.left != 1:
            yield Said(self.words("drill.left", share=number_text(event.left, decimals=False)))

    def _misread(self, why: Unreadable, look: Look) -> Iterator[Said]:
        sentence = self.words(why.key, **{name: _shortened(str(value)) for name, value in why.details.items()})
        if why.key.startswith("error."):  # these are half sentences
            sentence = self.words("answer.misread", why=sentence)
        yield Said(sentence, Role.WRONG)
        place = self.caret(why.text, why.position)
        fits = look.columns is None or max(map(width, place.splitlines()), default=0) <= look.columns
        if why.text and fits and not look.spoken:
            yield Said(place, Role.PICTURE)

    def _expected(self, lesson: Lesson, part: int) -> str:
        if lesson.form is Answers.CHOICE:
            letters = LETTERS[: len(lesson.offered[part])]
            return self.words("answer.choose", letters=", ".join(letters), last=len(letters))
        if lesson.question.parts[part].ask.symbolic:
            return self.words("answer.expression_expected", names=", ".join(lesson.names))
        return self.words["answer.number_expected"]

    def _summary(self, results: tuple[Result, ...]) -> Iterator[Said]:
        yield Said("\n" + self.words["drill.summary"], Role.TITLE)
        if not results:
            yield Said(self.words["drill.nothing_answered"])
            return
        yield Said("  " + self.words("drill.totals", **counted(results)))
        mark = sum((result.mark for result in results), Fraction(0))
        yield Said("  " + self.words("drill.marks", mark=number_text(mark), of=len(results)))
        for family in dict.fromkeys(result.family for result in results):
            mine = [result for result in results if result.family == family]
            title = text_in(self._families[family].title, self.language)
            yield Said("  " + self.words("drill.of_family", family=title, **counted(mine)))
        slips = Counter(wrong for result in results for wrong in {wrong for wrong, _ in result.mistakes})
        for wrong, count in sorted(slips.items(), key=lambda item: (-item[1], item[0])):
            title = self._title(wrong)
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
