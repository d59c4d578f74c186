"""A question in words: its story, what each part asks, and how numbers and names look. Text is made here, last."""

from __future__ import annotations

from fractions import Fraction

from quizgen import families
from quizgen.authored import family_of
from quizgen.authored.story import filled
from quizgen.engine.functions import Value
from quizgen.errors import QuizgenError
from quizgen.families import Prose
from quizgen.language import Words, closest, text_in, words
from quizgen.notation import Notation, Partial, Style, Sym, of_value, unicode
from quizgen.numbers import is_short_decimal
from quizgen.question import Part, Question


class Wording:
    """One question in one language."""

    def __init__(self, question: Question, language: str) -> None:
        self.question, self.language = question, language
        self.words: Words = words(language)
        self.family = family_of(question.problem)
        families.find_level(self.family, question.problem.level)
        if not {part.ask.kind for part in question.parts} <= set(self.family.kinds):
            raise QuizgenError("bank.not_of_family", id=question.id, family=self.family.name)
        if self.family.own and language not in self.family.title:
            known = ", ".join(self.family.title)
            raise QuizgenError(
                "authored.not_in_language", name=self.family.name, language=self.words["name"], known=known
            )
        self.spoken = closest(self.family.title, language)  # the family's own texts are in this one
        try:
            self.story: Prose = self.family.story(question.problem, self.spoken)
            labels = self.family.labels(question.problem, self.spoken)
        except (KeyError, ValueError, IndexError, StopIteration):
            raise QuizgenError("bank.not_of_family", id=question.id, family=self.family.name) from None
        self.style = Style(labels, self.family.decimals)

    @property
    def title(self) -> str:
        """The family and the level."""
        level = self.family.levels[self.question.problem.level]
        return ": ".join(filter(None, (text_in(self.family.title, self.language), text_in(level, self.language))))

    def ask(self, part: Part, spoken: bool = False) -> Prose:
        """What a part asks; `spoken`: in a sentence that holds mathematics in words."""
        ask, problem = part.ask, self.question.problem
        if ask.kind == "meaning":
            return (self.family.meaning(problem, ask, self.spoken), *self._form(part))
        names: list[Notation | str] = []
        for name in problem.graph.inputs:
            names += [", "] * bool(names) + [Sym(name)]
            if ask.symbolic and self.style.label(name) != name:  # what is typed is the name itself
                names.append(f" ({name})")
        pieces = self.words.prose(
            f"ask.spoken.{ask.kind}" if spoken else f"ask.{ask.kind}",
            of=Sym(ask.of),
            wrt=Sym(ask.wrt),
            partial=Partial(ask.of, ask.wrt),
            names=tuple(names),
        )
        return (*_flattened(pieces), *self._form(part))

    def hint(self, number: int) -> str:
        """The author's hint with that number, from 1."""
        hints = self.family.hints[closest(self.family.hints, self.language)]
        return filled(hints[min(number, len(hints)) - 1], self.question.problem.graph, self.family.decimals)

    def _form(self, part: Part) -> Prose:
        """Asks for a fraction where no short decimal is exact."""
        key = part.key
        broken = isinstance(key, Fraction) and key.denominator != 1
        if broken and not (self.family.decimals and is_short_decimal(Fraction(str(key)))):
            return (self.words["ask.as_fraction"],)
        return ()

    def value(self, value: Value) -> Notation:
        """A key or an option."""
        return of_value(value)

    def text(self, prose: Prose) -> str:
        """Words and mathematics as one line of plain text."""
        return "".join(each if isinstance(each, str) else unicode(each, self.style) for each in prose)


def _flattened(pieces: tuple[object, ...]) -> Prose:
    flat: list[str | Notation] = []
    for piece in pieces:
        if isinstance(piece, tuple):
            flat += piece
        elif isinstance(piece, str | Notation):
            flat.append(piece)
    return tuple(flat)
