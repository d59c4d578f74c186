"""An author's problem as a family: what is drawn, how its story reads, what its names are called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from quizgen.authored.asks import is_linear, step_of
from quizgen.authored.formula import value_of
from quizgen.authored.meaning import Meaning
from quizgen.authored.story import filled
from quizgen.authored.texts import languages
from quizgen.draw import Draw
from quizgen.engine.graph import Graph
from quizgen.errors import QuizgenError
from quizgen.families import Family, Prose, usual_asks
from quizgen.language import text_in, words
from quizgen.numbers import Number
from quizgen.problem import KINDS, Ask, Draft, Problem

PROBED = 500  # draws in which each condition has to hold once
TRIES = 50  # draws of the values until the conditions hold


@dataclass(frozen=True)
class Authored:
    """The functions of the family, over one meaning."""

    meaning: Meaning

    def draw(self, draw: Draw, level: int) -> Draft | None:
        """Values that meet the conditions, and the graph over them."""
        for _ in range(TRIES):
            values = self._values(draw)
            if values is not None and self.suits(values):
                return self.draft(draw, values)
        return None

    def _values(self, draw: Draw) -> dict[str, Number] | None:
        """A value for each input; None where a formula has none."""
        values: dict[str, Number] = {}
        try:
            for each in self.meaning.values:
                values[each.name] = each.draw(draw, values)
        except QuizgenError:
            return None
        return values

    def draft(self, draw: Draw, values: dict[str, Number]) -> Draft:
        """The draft at these values."""
        graph = self.meaning.graph(values)
        return Draft(graph, self.meaning.formula, self.meaning.asks or self._usual(draw, graph))

    def suits(self, values: dict[str, Number]) -> bool:
        """Whether all conditions hold, and all that has to be whole is."""
        meaning = self.meaning
        if not meaning.conditions and not meaning.whole:
            return True
        try:
            known = self._all_known(values)
            whole = [value_of(each, known) for each in meaning.whole]
        except QuizgenError:
            return False
        if any(not isinstance(each, Fraction) or each.denominator != 1 for each in whole):
            return False
        return all(condition.holds(known) for condition in meaning.conditions)

    def _all_known(self, values: dict[str, Number]) -> dict[str, Number]:
        """The values and what the nodes make of them."""
        known = dict(values)
        for line in self.meaning.lines:
            known[line.name] = value_of(line.formula, known)
        return known

    def never_met(self, draw: Draw) -> int | None:
        """The number of the first condition that held in none of `PROBED` draws; None where each held once."""
        waiting = list(range(len(self.meaning.conditions)))
        for _ in range(PROBED if waiting else 0):
            values = self._values(draw)
            if values is None:
                continue
            try:
                known = self._all_known(values)
            except QuizgenError:
                continue
            waiting = [each for each in waiting if not self.meaning.conditions[each].holds(known)]
            if not waiting:
                break
        return waiting[0] if waiting else None

    def _usual(self, draw: Draw, graph: Graph) -> tuple[Ask, ...]:
        """What is asked where the author does not say."""
        names = draw.shuffled(list(graph.inputs))
        last = Ask("gradient", str(graph.output), names[-1])
        if self.meaning.definition.meaning and is_linear(graph.symbolic(), names[-1]):
            last = Ask("meaning", str(graph.output), names[-1], step_of(graph.roles.get(names[-1], "")))
        return tuple(dict.fromkeys(usual_asks(draw, graph, names[0], last)))

    def all_values(self) -> Iterator[dict[str, Number]]:
        """Every combination of values that meets the conditions."""

        def below(place: int, values: dict[str, Number]) -> Iterator[dict[str, Number]]:
            if place == len(self.meaning.values):
                if self.suits(values):
                    yield dict(values)
                return
            each = self.meaning.values[place]
            try:
                for value in each.all(values):
                    yield from below(place + 1, {**values, each.name: value})
            except QuizgenError:
                return

        yield from below(0, {})

    def story(self, problem: Problem, language: str) -> Prose:
        definition = self.meaning.definition
        text = " ".join(definition.story[language].split("\n"))
        return (filled(text, problem.graph, definition.decimals),)

    def labels(self, problem: Problem, language: str) -> dict[str, str]:
        return {name: text_in(table, language) for name, table in self.meaning.definition.names.items()}

    def meant(self, problem: Problem, ask: Ask, language: str) -> str:
        """The sentence of a question of meaning: the author's, or one made of the names."""
        definition = self.meaning.definition
        if ask.wrt in definition.meaning:
            return filled(text_in(definition.meaning[ask.wrt], language), problem.graph, definition.decimals)
        labels = self.labels(problem, language)
        said, known = words(language), {"of": labels.get(ask.of, ask.of), "wrt": labels.get(ask.wrt, ask.wrt)}
        return said("ask.meaning_of_rate" if ask.step != 1 else "ask.meaning", **known)


def family_from(meaning: Meaning) -> Family:
    """The family of a definition that was read."""
    definition, made = meaning.definition, Authored(meaning)
    told = languages(definition)
    title = {code: definition.title.get(code, definition.name) for code in told}
    return Family(
        name=definition.name,
        title=title,
        levels={definition.level: dict.fromkeys(told, "")},
        kinds=tuple(dict.fromkeys(ask.kind for ask in meaning.asks)) or KINDS,
        draw=made.draw,
        story=made.story,
        labels=made.labels,
        meaning=made.meant,
        decimals=definition.decimals,
        unit={code: text_in(definition.unit, code) for code in told} if definition.unit else None,
        longest=definition.longest,
        hints={code: definition.hints[code] for code in told if code in definition.hints},
        misconceptions=meaning.misconceptions,
        own=definition.text(),
    )  # fmt: skip
