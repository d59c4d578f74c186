"""Misconceptions, each found by being in the catalogue: what comes out, that each shows somewhere, and its words."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from strategies import APPLE, FRUIT, LEVELS, drawn, graph_of, zoo

from quizgen import language
from quizgen.engine.chain_rule import Pass, run
from quizgen.engine.expression import Expression, text
from quizgen.engine.graph import Graph
from quizgen.errors import DomainError
from quizgen.generate import question_for
from quizgen.misconceptions import Misconception, catalogue, misapply, passes
from quizgen.notation import number_text
from quizgen.numbers import Real, close
from quizgen.problem import Ask, Problem
from quizgen.question import Mistakes, Part, Question, canonical, diagnose, distractors, mistakes_for, options
from quizgen.solve import Solution, read_off

EVERY = pytest.mark.parametrize("wrong", catalogue().values(), ids=lambda wrong: wrong.id)


# --- what comes out ----------------------------------------------------------------------------------------------

POWER = ("(x + y)**2", {"x": 3, "y": 4})
QUOTIENT = ("(x + y)/z", {"x": 2, "y": 4, "z": 3})
DEAD, ALIVE = (("relu(x*w)*c", {"x": x, "w": 3, "c": -4}) for x in (-2, 2))
SIGMOID = ("sigmoid(x)", {"x": 1})
Case = tuple[str, dict[str, Any]]
# FIELD's table: misconception, graph, the gradients that come out, by input ("=" is the value).
TABLE: list[tuple[str, Case, dict[str, str]]] = [
    ("product-not-swapped", APPLE, {"apple": "20000", "apple_num": "400", "tax": "1.1", "=": "220"}),
    ("product-upstream-ignored", APPLE, {"apple": "2", "apple_num": "100", "tax": "200"}),
    ("product-as-sum", APPLE, {"apple": "1", "apple_num": "1", "tax": "1"}),
    (
        "sum-as-product",
        FRUIT,
        {"apple": "990", "apple_num": "49500", "orange": "660", "orange_num": "33000", "tax": "650"},
    ),
    ("sum-splits", FRUIT, {"apple": "1.1", "apple_num": "55", "orange": "1.65", "orange_num": "82.5", "tax": "650"}),
    (
        "sum-upstream-ignored",
        FRUIT,
        {"apple": "2", "apple_num": "100", "orange": "3", "orange_num": "150", "tax": "650"},
    ),
    (
        "product-upstream-ignored",
        FRUIT,
        {"apple": "2", "apple_num": "100", "orange": "3", "orange_num": "150", "tax": "650"},
    ),
    ("seed-from-output", APPLE, {"apple": "484", "apple_num": "24200", "tax": "44000"}),
    ("last-branch-wins", ("a*b*(a + b)", {"a": -2, "b": 3}), {"a": "3", "b": "-2"}),
    ("subtraction-keeps-sign", ("(x - y)*z", {"x": 5, "y": 2, "z": 4}), {"x": "4", "y": "4", "z": "3"}),
    ("power-coefficient-lost", POWER, {"x": "7", "y": "7"}),
    ("power-exponent-kept", POWER, {"x": "98", "y": "98"}),
    ("power-lowered-twice", POWER, {"x": "2", "y": "2"}),
    ("inner-derivative-forgotten", ("(2*x + y)**3", {"x": 1, "y": 2}), {"x": "48", "y": "48"}),
    ("inner-derivative-forgotten", POWER, {"x": "14", "y": "14"}),  # invisible
    ("outer-derivative-at-input", ("(2*x + 1)**2", {"x": 3}), {"x": "12"}),  # f′(x)·g′(x) = 2·3·2
    ("outer-at-inner-derivative", ("(2*x + 1)**2", {"x": 3}), {"x": "4"}),  # f′(g′(x)) = 2·2
    ("tax-as-rate", APPLE, {"=": "20", "apple": "0.2", "tax": "200"}),
    ("tax-as-percentage", APPLE, {"=": "2000"}),
    ("quotient-sign-lost", QUOTIENT, {"x": "1/3", "z": "2/3"}),
    ("quotient-not-squared", QUOTIENT, {"x": "1/3", "z": "-2"}),
    ("forward-adds-for-multiplies", APPLE, {"=": "103.1"}),
    ("forward-power-as-multiple", POWER, {"=": "14"}),
    ("forward-first-term-only", FRUIT, {"=": "670"}),
    ("forward-last-term-only", FRUIT, {"=": "695"}),
    ("relu-no-mask", DEAD, {"x": "-12", "w": "8"}),
    ("relu-mask-by-dout", ALIVE, {"x": "0", "w": "0"}),
    ("relu-times-input", ALIVE, {"x": "-72", "w": "-48"}),
    ("sigmoid-of-input", SIGMOID, {"x": "0"}),
    ("sigmoid-at-output", SIGMOID, {"x": ".2194"}),
    ("sigmoid-as-tanh", SIGMOID, {"x": ".4656"}),
]


def _pass(graph: Graph, wrong: Misconception) -> Pass | None:
    return misapply(graph, wrong, None, next(iter(graph.inputs)) if wrong.by_input else None)


@pytest.mark.parametrize(("name", "case", "wanted"), TABLE, ids=[f"{name}-{case[0]}" for name, case, _ in TABLE])
def test_what_comes_out_is_what_the_table_says(name: str, case: Case, wanted: dict[str, str]) -> None:
    made = _pass(graph_of(*case), catalogue()[name])
    assert made is not None
    for where, number in wanted.items():
        found: Any = made.value if where == "=" else made.gradients[where]
        if isinstance(found, Fraction):
            assert found == Fraction(number), where
        else:
            assert abs((found - Fraction(number)).mpf) < 0.00005, where


@pytest.mark.parametrize(
    ("ask", "wanted"),
    [
        (Ask("gradient", "price", "tax"), Fraction(2)),
        (Ask("gradient", "price", "apple"), None),
        (Ask("meaning", "price", "tax", Fraction(1, 100)), None),  # there dividing by 100 is right
    ],
)
def test_per_percentage_point_is_wrong_only_where_the_gradient_itself_is_asked(ask: Ask, wanted: Any) -> None:
    reading = catalogue()["tax-per-percentage-point"].reading
    assert reading is not None
    graph = graph_of(*APPLE)
    assert reading(replace(ask, of=str(graph.output)), graph, run(graph)) == wanted


KEYS: list[tuple[Case, dict[str, str]]] = [
    (APPLE, {"apple": "2.2", "apple_num": "110", "tax": "200"}),
    (FRUIT, {"apple": "2.2", "apple_num": "110", "orange": "3.3", "orange_num": "165", "tax": "650"}),
    (("a*b*(a + b)", {"a": -2, "b": 3}), {"a": "-3", "b": "-8"}),
    (("(x - y)*z", {"x": 5, "y": 2, "z": 4}), {"x": "4", "y": "-4", "z": "3"}),
    (POWER, {"x": "14", "y": "14"}),
    (("(2*x + y)**3", {"x": 1, "y": 2}), {"x": "96"}),
    (QUOTIENT, {"z": "-2/3"}),
    (DEAD, {"x": "0", "w": "0"}),
    (ALIVE, {"x": "-12", "w": "-8"}),
]


@pytest.mark.parametrize(("case", "wanted"), KEYS, ids=[case[0] for case, _ in KEYS])
def test_the_keys_beside_them(case: Case, wanted: dict[str, str]) -> None:
    found = run(graph_of(*case))
    assert {name: found.gradients[name] for name in wanted} == {name: Fraction(each) for name, each in wanted.items()}


def test_a_slip_at_the_first_product_alone_exchanges_two_gradients() -> None:
    """Not swapped in the apple × count node only: 110 and 2.2 exchanged."""
    graph = graph_of(*APPLE)
    made = misapply(graph, catalogue()["product-not-swapped"], "n1")
    assert made is not None
    assert [made.gradients[name] for name in graph.inputs] == [110, Fraction(11, 5), 200]
    assert ("n1", made) in list(passes(graph, catalogue()["product-not-swapped"]))


def test_at_one_place_the_rest_of_the_pass_is_the_books() -> None:
    for graph in zoo():
        right = run(graph)
        for wrong in catalogue().values():
            for at, made in passes(graph, wrong):
                if at is None or wrong.rules.leaf or wrong.rules.forward:
                    continue
                upstream_of_it = set(graph.names()) - graph.ancestors(at)
                for name in upstream_of_it:
                    assert made.gradients[name] == right.gradients[name], (wrong.id, at, name)


def test_a_mistake_that_replaces_nothing_makes_no_pass() -> None:
    graph = graph_of("x + y", {"x": 1, "y": 2})
    for name in ("product-not-swapped", "relu-no-mask", "last-branch-wins", "tax-as-rate", "quotient-sign-lost"):
        assert misapply(graph, catalogue()[name]) is None
        assert list(passes(graph, catalogue()[name])) == []


def test_a_mistake_that_leads_outside_a_domain_makes_no_pass() -> None:
    graph = graph_of("(x - 3)/(y - 1)", {"x": 3, "y": 2})
    with pytest.raises(DomainError):
        run(graph_of("(y - 1)/(x - 3)", {"x": 3, "y": 2}))
    assert misapply(graph, catalogue()["forward-quotient-inverted"]) is None


def test_the_pass_of_the_book_is_untouched() -> None:
    """Making every mistake leaves no trace in the graph."""
    for graph in zoo():
        before = run(graph)
        for wrong in catalogue().values():
            for name in graph.inputs:
                list(passes(graph, wrong, name if wrong.by_input else None))
        assert run(graph) == before


# --- each shows somewhere ----------------------------------------------------------------------------------------


def _asks(graph: Graph) -> Iterator[Ask]:
    """Everything that can be asked of a graph."""
    output = str(graph.output)
    for name in graph.names():
        yield Ask("value", name)
        yield Ask("gradient", output, name)
        yield Ask("upstream", output, name)
    for name in graph.inputs:
        yield Ask("meaning", output, name, Fraction(1))
        yield Ask("meaning", output, name, Fraction(1, 100))
    for node in graph.nodes:
        for operand in node.operands:
            if isinstance(operand, str) and operand in graph:
                yield Ask("local", node.name, operand)


def _differ(one: Pass, other: Pass) -> bool:
    pairs = [(one.value, other.value)] + [(each, other.gradients[name]) for name, each in one.gradients.items()]
    pairs += [(each, other.values[name]) for name, each in one.values.items()]
    return not all(close(mine, theirs) for mine, theirs in pairs)  # type: ignore[arg-type]


def _shows(graph: Graph, wrong: Misconception) -> bool:
    right = run(graph)
    if wrong.reading:
        found = ((wrong.reading(ask, graph, right), read_off(ask, right)) for ask in _asks(graph))
        return any(value is not None and canonical(value) != canonical(key) for value, key in found)
    wrts = list(graph.inputs) if wrong.by_input else [None]
    return any(_differ(made, right) for wrt in wrts for _, made in passes(graph, wrong, wrt))


@functools.cache
def _graphs() -> list[Graph]:
    return [*zoo(), *(problem.graph for problem in drawn())]


def shows_somewhere(wrong: Misconception) -> bool:
    return any(_shows(graph, wrong) for graph in _graphs())


@EVERY
def test_each_misconception_shows(wrong: Misconception) -> None:
    """It changes a value or a gradient, or what is read off, on a graph of the zoo or of a family."""
    assert shows_somewhere(wrong)


def test_one_that_never_shows_would_be_found() -> None:
    from quizgen.engine.chain_rule import Rules

    idle = Misconception("idle", {}, {}, Rules(combine=lambda site, upstream, local: upstream * local))
    assert not shows_somewhere(idle)
    assert not shows_somewhere(Misconception("silent", {}, {}, reading=lambda ask, graph, found: None))


# --- words -------------------------------------------------------------------------------------------------------

JAPANESE = re.compile(r"[ぁ-ゖァ-ヺ一-鿿、。]")


@pytest.mark.parametrize("code", language.available())
@EVERY
def test_each_misconception_speaks_every_language(wrong: Misconception, code: str) -> None:
    """A title without a full stop, and one sentence of feedback, or two short ones."""
    title, feedback = wrong.title[code], wrong.feedback[code]
    assert title == title.strip() and feedback == feedback.strip()
    assert 3 <= len(title) <= 60
    assert not title.endswith((".", "。"))
    sentences = [each for each in re.split(r"(?<=[。])|(?<=[.!?])\s+", feedback) if each]
    assert all(each.endswith("。" if code == "ja" else ".") for each in sentences), feedback
    assert len(sentences) == 1 or (len(sentences) == 2 and len(feedback) <= 160), feedback
    assert len(feedback) <= 200
    for words in (title, feedback):
        assert bool(JAPANESE.search(words)) == (code == "ja"), words


@EVERY
def test_an_id_is_short_and_plain_and_its_own(wrong: Misconception) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", wrong.id)
    assert catalogue()[wrong.id] is wrong


def test_no_two_misconceptions_say_the_same() -> None:
    for code, table in itertools.product(language.available(), ("title", "feedback")):
        said = [getattr(wrong, table)[code] for wrong in catalogue().values()]
        assert len(set(said)) == len(said)


@EVERY
def test_a_misconception_is_either_a_rule_or_a_reading(wrong: Misconception) -> None:
    from quizgen.engine.chain_rule import BOOK

    assert (wrong.rules == BOOK) == (wrong.reading is not None)
    assert not (wrong.reading and wrong.by_input)


# --- by value ----------------------------------------------------------------------------------------------------


def test_a_diagnosis_names_every_mistake_that_gives_the_value() -> None:
    """2 for the apple is an upstream ignored at the product and at the sum: nobody can tell which."""
    graph = graph_of(*FRUIT)
    ask = Ask("gradient", str(graph.output), "apple")
    named = {wrong for wrong, _ in diagnose(ask, Fraction(2), Mistakes(graph))}
    assert {"product-upstream-ignored", "sum-upstream-ignored"} <= named
    assert diagnose(ask, Fraction(123456), Mistakes(graph)) == []
    assert diagnose(ask, None, Mistakes(graph)) == []


def test_a_diagnosis_puts_everywhere_before_one_place() -> None:
    for graph in zoo():
        mistakes = Mistakes(graph)
        for name in graph.inputs:
            ask = Ask("gradient", str(graph.output), name)
            for value, _, _ in mistakes.answers(ask):
                places = [bool(at) for _, at in diagnose(ask, value, mistakes)]
                assert places
                assert places == sorted(places)


def test_every_mistake_on_the_zoo_is_diagnosed_from_its_value() -> None:
    """Found here by making each mistake anew: whoever gives that value is named."""
    for graph in zoo():
        mistakes, output = Mistakes(graph), str(graph.output)
        for name in graph.inputs:
            ask = Ask("gradient", output, name)
            for wrong in catalogue().values():
                made = misapply(graph, wrong, None, name) if not wrong.reading else None
                if made is not None:
                    named = diagnose(ask, made.gradients[name], mistakes)
                    assert (wrong.id, "") in named


# --- distractors -------------------------------------------------------------------------------------------------


@functools.cache
def _questions() -> list[tuple[Question, list[tuple[Any, Mistakes]]]]:
    made = []
    for family, level in LEVELS:
        for number in range(3):
            question = question_for(family, level, f"distractor-{number}")
            made.append((question, list(mistakes_for(Solution(question.problem)))))
    return made


def _shown(value: Any) -> str:
    return text(value) if isinstance(value, Expression) else number_text(value)


def test_distractors_differ_as_printed_from_the_key_and_from_each_other() -> None:
    for question, _ in _questions():
        for part in question.parts:
            printed = [_shown(part.key), *(_shown(wrong.value) for wrong in part.distractors)]
            assert len(set(printed)) == len(printed), printed
            same = [canonical(part.key), *(canonical(wrong.value) for wrong in part.distractors)]
            assert len(set(map(repr, same))) == len(same), printed


def test_each_distractor_is_diagnosed_as_its_mistake() -> None:
    for question, bare in _questions():
        for part, (_, mistakes) in zip(question.parts, bare, strict=True):
            for wrong in part.distractors:
                named = diagnose(part.ask, wrong.value, mistakes)
                assert (wrong.misconception, wrong.at) in named
                assert {name for name, _ in named} == {wrong.misconception, *wrong.also}


def test_the_key_is_no_mistakes_answer_that_is_offered() -> None:
    for question, _ in _questions():
        for part in question.parts:
            for count in (3, 4):
                offered = options(question, part, count)
                assert offered[0] == part.key
                assert len({_shown(value) for value in offered}) == len(offered) == count


def test_the_rank_of_the_key_among_the_options_is_not_always_the_same() -> None:
    ranks = set()
    for question, _ in _questions():
        for part in question.parts:
            offered = options(question, part)
            if all(isinstance(value, Fraction) for value in offered):
                ranks.add(sorted(offered).index(part.key))  # type: ignore[type-var]
    assert ranks == {0, 1, 2, 3}


def test_wrong_answers_that_print_alike_are_offered_once() -> None:
    """Reals that differ beyond the printed digits are one option, and none where they print as the key does."""
    answers = ["0.5", "0.2500000001", "0.25", "0.4999999999", "0.75"]

    class Made(Mistakes):
        def answers(self, ask: Ask) -> Iterator[tuple[Any, str, str]]:
            for value in answers:
                yield Real(value), "seed-from-output", ""

    graph = graph_of(*SIGMOID)
    found = distractors(Part(Ask("value", "n1"), Real("0.5"), ()), Made(graph))
    assert sorted(number_text(wrong.value) for wrong in found) == ["0.250000", "0.750000"]  # type: ignore[arg-type]


def test_what_looks_like_a_misprint_of_the_key_is_not_offered() -> None:
    """Upstream and local added gives 1321 where 1320 is right: nobody would take it for another answer."""
    graph = graph_of("x*y", {"x": 3, "y": 1320})
    solution = Solution(Problem("shopping", 1, "s", graph, "x*y", (Ask("gradient", str(graph.output), "x"),)))
    ((part, mistakes),) = mistakes_for(solution)
    assert Fraction(1321) in [value for value, _, _ in mistakes.answers(part.ask)]
    assert Fraction(1321) not in [each.value for each in distractors(part, mistakes)]
