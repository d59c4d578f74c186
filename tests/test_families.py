"""Families: every level of every family, found by being there."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

import pytest

from quizgen import families
from quizgen.answers import read_expression
from quizgen.engine.chain_rule import run
from quizgen.engine.expression import Constant, Expression, Name, Operation, fold
from quizgen.engine.graph import Graph
from quizgen.engine.identity import same
from quizgen.engine.layers import MulLayer
from quizgen.engine.parse import parse
from quizgen.errors import DomainError, InternalError
from quizgen.generate import question_for, unfair
from quizgen.notation import Equal, Notation, Num, Sym, unicode
from quizgen.problem import KINDS, MULTIPLIER, Ask, Draft
from quizgen.question import FEWEST_DISTRACTORS, Question
from quizgen.record import record
from quizgen.wording import Wording

LEVELS = [
    pytest.param(family, level, id=f"{family.name}-{level}")
    for family in families.catalogue().values()
    for level in family.levels
]
SPOKEN = [
    pytest.param(family, level, code, id=f"{family.name}-{level}-{code}")
    for family in families.catalogue().values()
    for level in family.levels
    for code in family.title
]
SEEDS = [f"claim-{number}" for number in range(12)]
_made: dict[tuple[str, int, str], Question] = {}


def question(family: families.Family, level: int, seed: str) -> Question:
    key = (family.name, level, seed)
    if key not in _made:
        _made[key] = question_for(family, level, seed)
    return _made[key]


def test_both_families_of_the_readme_are_there() -> None:
    assert {"shopping", "chain-rule"} <= set(families.catalogue())


@pytest.mark.parametrize(("family", "level"), LEVELS)
def test_a_seed_gives_the_same_question_again(family: families.Family, level: int) -> None:
    first, second = (record(question_for(family, level, "again")) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(("family", "level"), LEVELS)
def test_other_seeds_give_other_questions(family: families.Family, level: int) -> None:
    assert len({question(family, level, seed).id for seed in SEEDS}) > len(SEEDS) // 2


def _numbers_told(pieces: tuple[str | Notation, ...]) -> list[Fraction]:
    """Every number in the words of a story; of its mathematics only `name = number`."""
    found: list[Fraction] = []
    for piece in pieces:
        if isinstance(piece, str):
            found += [Fraction(each) for each in re.findall(r"\d+(?:\.\d+)?", piece)]
        elif isinstance(piece, Equal) and isinstance(piece.parts[-1], Num):
            found.append(Fraction(str(piece.parts[-1].value)))
    return found


@pytest.mark.parametrize(("family", "level", "code"), SPOKEN)
def test_a_story_tells_exactly_the_inputs_of_its_graph(family: families.Family, level: int, code: str) -> None:
    for seed in SEEDS:
        made = question(family, level, seed)
        graph = made.problem.graph
        wanted = []
        for name, value in graph.inputs.items():
            assert isinstance(value, Fraction)
            wanted.append((value - 1) * 100 if graph.roles.get(name) == MULTIPLIER else value)  # told as per cent
        assert sorted(_numbers_told(Wording(made, code).story)) == sorted(wanted)


def _in_inputs(told: Expression, graph: Graph) -> Expression:
    """`told` with the formulas of the nodes that it names: 5t is 5(x + y) where t = x + y."""
    return fold(
        told,
        Constant,
        lambda name: Name(name) if name in graph.inputs else graph.expression(name),
        lambda node, operands: Operation(node.operator, tuple(operands)),
    )


@pytest.mark.parametrize(("family", "level", "code"), SPOKEN)
def test_a_formula_in_a_story_is_what_the_graph_computes(family: families.Family, level: int, code: str) -> None:
    for seed in SEEDS:
        made = question(family, level, seed)
        graph, wording = made.problem.graph, Wording(made, code)
        inner = {node.name for node in graph.nodes}
        for piece in wording.story:
            if isinstance(piece, Equal) and isinstance(piece.parts[0], Sym) and piece.parts[0].name in inner:
                shown = unicode(piece.parts[1], wording.style)
                told, _ = read_expression(shown, known=list(graph.names()))  # as a learner's answer: xy is x·y
                assert same(_in_inputs(told, graph), graph.expression(piece.parts[0].name)), shown


@pytest.mark.parametrize(("family", "level"), LEVELS)
def test_the_closed_formula_is_what_the_graph_computes(family: families.Family, level: int) -> None:
    for seed in SEEDS:
        problem = question(family, level, seed).problem
        assert same(parse(problem.formula), problem.graph.expression(problem.graph.output))


@pytest.mark.parametrize(("family", "level"), LEVELS)
def test_answers_are_short_and_not_dull(family: families.Family, level: int) -> None:
    for seed in SEEDS:
        for part in question(family, level, seed).parts:
            assert not unfair(family, part.ask, part.key), part


@pytest.mark.parametrize(("family", "level"), LEVELS)
def test_every_part_has_three_wrong_answers_at_least(family: families.Family, level: int) -> None:
    for seed in SEEDS:
        for part in question(family, level, seed).parts:
            assert len(part.distractors) >= FEWEST_DISTRACTORS


@pytest.mark.parametrize("family", families.catalogue().values(), ids=lambda family: family.name)
def test_a_family_asks_the_kinds_that_it_lists(family: families.Family) -> None:
    asked = {
        part.ask.kind
        for level in family.levels
        for seed in SEEDS + [f"more-{number}" for number in range(12)]
        for part in question(family, level, seed).parts
    }
    assert asked == set(family.kinds)
    assert set(family.kinds) <= set(KINDS)


@pytest.mark.parametrize("family", families.catalogue().values(), ids=lambda family: family.name)
def test_a_family_speaks_english_and_japanese(family: families.Family) -> None:
    for texts in (family.title, *family.levels.values()):
        assert {"en", "ja"} <= set(texts)


JAPANESE = re.compile(r"[぀-ヿ一-鿿]")
WORDS = re.compile(r"[A-Za-z]{3,}")


@pytest.mark.parametrize("code", ["en", "ja"])
@pytest.mark.parametrize(("family", "level"), LEVELS)
def test_each_language_is_whole(family: families.Family, level: int, code: str) -> None:
    """Mathematics is everybody's: only words, and the words for names, are looked at."""
    foreign = JAPANESE if code == "en" else WORDS
    for seed in SEEDS:
        made = question(family, level, seed)
        wording = Wording(made, code)
        for prose in (wording.story, *(wording.ask(part) for part in made.parts)):
            for piece in prose:
                assert not (isinstance(piece, str) and foreign.search(piece)), piece
            assert wording.text(prose)[-1] in ("。" if code == "ja" else ".?"), wording.text(prose)
        for name in made.problem.graph.names():
            assert not foreign.search(wording.style.label(name)), name


@pytest.mark.parametrize(("family", "level"), LEVELS)
def test_a_meaning_is_asked_only_where_the_output_is_linear(family: families.Family, level: int) -> None:
    for seed in SEEDS:
        made = question(family, level, seed)
        for part in made.parts:
            if part.ask.kind == "meaning":
                assert part.ask.step is not None
                graph = made.problem.graph
                bills = []
                for steps in range(3):
                    values = dict(graph.inputs)
                    values[part.ask.wrt] = values[part.ask.wrt] + steps * part.ask.step  # type: ignore[operator]
                    bills.append(run(graph.with_inputs(values)).value)
                assert bills[1] - bills[0] == part.key == bills[2] - bills[1]  # type: ignore[operator]


def test_food_is_taxed_at_8_per_cent_and_the_rest_at_10() -> None:
    from quizgen.families.shopping import GOODS, SHOPPING

    for level in SHOPPING.levels:
        for seed in SEEDS:
            graph = question(SHOPPING, level, seed).problem.graph
            bought = [GOODS[name] for name in graph.inputs if name in GOODS]
            for name, value in graph.inputs.items():
                if name in graph.roles:
                    food = {"food_tax": True, "other_tax": False}.get(name, bought[0].food)
                    assert value == (Fraction(108, 100) if food else Fraction(110, 100))
            if "tax" in graph.inputs:
                assert len({good.food for good in bought}) == 1
            if "fee" in graph.inputs:
                assert graph.inputs["tax"] == Fraction(110, 100)


@pytest.mark.parametrize(
    ("value", "reason", "where"), [(1, "dull", "gradient z y"), (12345679, "long", "value z"), (0, "domain", "-")]
)
def test_a_family_that_cannot_be_drawn_is_told_why(value: int, reason: str, where: str) -> None:
    def draw(draw: object, level: int) -> Draft:
        if not value:
            raise DomainError("domain.division")
        graph = Graph()
        graph.node("z", MulLayer, graph.input("x", value), graph.input("y", 7))
        return Draft(graph, "x*y", (Ask("value", "z"), Ask("gradient", "z", "y")))

    stuck = replace(families.find("shopping"), name="stuck", draw=draw)
    with pytest.raises(InternalError) as caught:
        question_for(stuck, 1, "s")
    assert caught.value.key == "internal.no_variant"
    assert (caught.value.details[reason], caught.value.details["where"]) == (200, where)
