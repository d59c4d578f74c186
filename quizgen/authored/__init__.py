"""Problems of an author's own: written in TOML, and from then on families like ours.

`model` is the shape of what is written, `meaning` what it means, `family` the family that comes of it. The definition
travels with every variant as text, so that a bank can be asked, printed and drawn from where its source is not.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Any

from quizgen import families, misconceptions
from quizgen.draw import Draw
from quizgen.families import Family
from quizgen.misconceptions import Misconception
from quizgen.problem import Draft, Problem

if TYPE_CHECKING:
    from quizgen.authored.fault import Slip
    from quizgen.authored.meaning import Meaning
    from quizgen.authored.model import Definition


COST = 20  # operations that trying one combination of values may take, where there are many


def family_of(problem: Problem) -> Family:
    """The family that a problem was drawn from."""
    return named(problem.family, problem.own)


def named(name: str, own: str = "") -> Family:
    """The family of that name, or the one with the definition `own`."""
    return _family(own) if own else families.find(name)


@functools.lru_cache(256)
def meaning_of(own: str) -> Meaning:
    """What a definition means."""
    from quizgen.authored.meaning import read_meaning
    from quizgen.authored.model import Definition

    return read_meaning(Definition.model_validate_json(own))


def misconceptions_of(problem: Problem) -> Mapping[str, Misconception]:
    """Every misconception that is known for a problem, by id: those of all graphs, and its author's."""
    return _misconceptions(problem.own)


@functools.lru_cache(256)
def validated(written: str) -> str:
    """A definition that came as JSON from a file, in the text that problems carry; Unsound where it cannot be used."""
    from pydantic import ValidationError

    from quizgen.authored.fault import Unsound
    from quizgen.authored.model import Definition
    from quizgen.errors import QuizgenError

    try:
        own = Definition.model_validate_json(written).text()
    except ValidationError as error:
        place = error.errors()[0]["loc"]
        raise Unsound(place, QuizgenError("authored.not_valid", field=place[-1] if place else "problem")) from None
    meaning_of(own)
    return own


def fits(problem: Problem) -> bool:
    """Whether a problem with a definition is one that could have been drawn from it: its nodes, roles and formula are
    those of the definition, its values are allowed, and its questions are asked there."""
    meaning = meaning_of(problem.own)
    graph, wanted = problem.graph, meaning.graph(dict.fromkeys((each.name for each in meaning.values), Fraction(1)))
    if (problem.family, problem.level) != (meaning.definition.name, meaning.definition.level):
        return False
    if (graph.nodes, graph.roles, list(graph.inputs)) != (wanted.nodes, wanted.roles, list(wanted.inputs)):
        return False
    if graph.output != wanted.output or problem.formula != meaning.formula:
        return False
    if meaning.asks and problem.asks != meaning.asks:
        return False
    return _allowed(meaning, problem)


def _allowed(meaning: Meaning, problem: Problem) -> bool:
    """Whether the values of a problem could have been drawn, as far as its inputs tell."""
    from quizgen.authored.family import Authored

    given: dict[str, Any] = dict(problem.graph.inputs)
    if set(given) != {each.name for each in meaning.values}:  # some values serve only to draw others
        return all(each.formula is not None or each.allows(given[each.name], {}) for each in meaning.inputs)
    return all(each.allows(given[each.name], given) for each in meaning.values) and Authored(meaning).suits(given)


@functools.lru_cache(256)
def _misconceptions(own: str) -> dict[str, Misconception]:
    if not own:
        return misconceptions.catalogue()
    return misconceptions.catalogue() | {each.id: each for each in _family(own).misconceptions}


@functools.lru_cache(256)
def _family(own: str) -> Family:
    from quizgen.authored.family import family_from

    return family_from(meaning_of(own))


def read(definition: Definition) -> tuple[Family, tuple[Slip, ...]]:
    """The family of a definition, and what is not fit for learners in it; Unsound where it cannot be used."""
    own = definition.text()
    return _family(own), meaning_of(own).slips


def combinations(family: Family, limit: int) -> Iterator[Draft] | None:
    """A draft for each combination of values that meets the conditions of an author's problem; None where there are
    more than `limit` to look at, or where what is asked is drawn too."""
    from quizgen.authored.family import Authored

    meaning = meaning_of(family.own)
    count = prod(max(1, len(each.options)) for each in meaning.values)
    if not meaning.asks or count > limit or count * meaning.cost > limit * COST:
        return None
    made = Authored(meaning)
    return (made.draft(Draw("every"), values) for values in made.all_values())


def never_met(family: Family) -> int | None:
    """The number of the first condition of an author's problem that holds in none of many draws."""
    from quizgen.authored.family import Authored

    return Authored(meaning_of(family.own)).never_met(Draw(family.name, "conditions"))
