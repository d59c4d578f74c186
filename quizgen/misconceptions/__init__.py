"""Misconceptions: each is a name, one wrong rule, and one sentence of feedback.

A mistake is the book's pass with one thing replaced, so the same definition gives the distractor, the diagnosis of
a typed answer, the feedback, and a mutant that the checker has to catch. Any `Misconception` at the top level of a
file in this folder is found by being there.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from quizgen import discover
from quizgen.engine.chain_rule import BOOK, Forward, Pass, Rules, Site, run
from quizgen.engine.expression import Expression
from quizgen.engine.formula_layer import with_formula
from quizgen.engine.functions import Value
from quizgen.engine.graph import Graph
from quizgen.errors import QuizgenError
from quizgen.problem import Ask

Texts = Mapping[str, str]  # language -> text
Reading = Callable[[Ask, Graph, Pass], Value | None]


@dataclass(frozen=True)
class Misconception:
    """One wrong rule. `title` names it in a summary, `feedback` is the sentence for who made it.

    Either `rules` replaces a part of the pass, or `reading` takes a wrong number from a right pass (the whole
    gradient where the local derivative was asked), or `instead` computes one node by a wrong formula of the names
    before it. `by_input`: the rule looks at the input whose gradient is wanted, so each input has a pass of its own.
    """

    id: str
    title: Texts
    feedback: Texts
    rules: Rules = BOOK
    reading: Reading | None = None
    by_input: bool = False
    instead: tuple[str, Expression] | None = None


@functools.cache
def catalogue() -> dict[str, Misconception]:
    """Every misconception, by id."""
    import quizgen.misconceptions as folder

    return {each.id: each for each in discover.instances(folder, Misconception)}


def misapply(graph: Graph, wrong: Misconception, at: str | None = None, wrt: str | None = None) -> Pass | None:
    """The pass with `wrong` made everywhere, or only at the node or input `at`; None where it cannot be carried out
    (it leads outside a domain) or changes no rule here. A mistake `by_input` needs `wrt`."""
    return _tried(graph, wrong, at, wrt, None)[0]


def _tried(
    graph: Graph, wrong: Misconception, at: str | None, wrt: str | None, known: Forward | None
) -> tuple[Pass | None, list[str]]:
    """The pass with `wrong`, and the names at which it replaced something."""
    touched: set[str] = set()
    made: Pass | None = None
    try:
        if not wrong.instead:
            made = run(graph, _watched(wrong.rules, touched, at), wrt, known)
        elif at in (None, wrong.instead[0]) and wrong.instead[0] in graph:
            made = run(with_formula(graph, *wrong.instead), BOOK, wrt)
            touched.add(wrong.instead[0])
    except QuizgenError:
        pass
    return (made if touched else None), [name for name in graph.names() if name in touched]


def _watched(rules: Rules, touched: set[str], at: str | None) -> Rules:
    """`rules` kept to the place `at`, noting in `touched` where they replaced something."""

    def watch(rule: Callable[..., Any] | None, where: Callable[..., str]) -> Callable[..., Any] | None:
        def watched(*arguments: Any) -> Any:
            place = where(*arguments)
            result = None if at is not None and place != at else rule(*arguments)  # type: ignore[misc]
            if result is not None:
                touched.add(place)
            return result

        return watched if rule else None

    def of_site(site: Site, *rest: Any) -> str:
        return site.node.name

    def of_name(graph: Graph, name: str, *rest: Any) -> str:
        return name

    def seed(value: Value) -> Value:
        touched.add("")
        return rules.seed(value) if rules.seed else value

    return replace(
        rules,
        leaf=watch(rules.leaf, of_name),
        forward=watch(rules.forward, of_site),
        local=watch(rules.local, of_site),
        combine=watch(rules.combine, of_site),
        gather=watch(rules.gather, of_name),
        seed=seed if rules.seed else None,
    )


def passes(
    graph: Graph, wrong: Misconception, wrt: str | None = None, known: Forward | None = None
) -> Iterator[tuple[str | None, Pass]]:
    """`wrong` made everywhere (None), then at each single place where it differs from everywhere."""
    if wrong.reading:
        return
    everywhere, where = _tried(graph, wrong, None, wrt, known)
    if everywhere is not None:
        yield None, everywhere
    if wrong.by_input or len(where) < 2:  # the parts of a mistake by input only make sense together
        return
    for at in where:
        single, _ = _tried(graph, wrong, at, wrt, known)
        if single is not None:
            yield at, single


def all_passes(
    graph: Graph, wrongs: Iterable[Misconception], wrt: str | None = None, known: Forward | None = None
) -> Iterator[tuple[Misconception, str | None, Pass]]:
    """`passes` of every one of `wrongs`: of those `by_input` where there is a `wrt`, else of all others."""
    wrongs = [wrong for wrong in wrongs if wrong.by_input == (wrt is not None)]
    concerned = _concerned(graph, wrongs, wrt, known)
    for wrong in wrongs:
        if wrong.id in concerned:
            for at, made in passes(graph, wrong, wrt, known):
                yield wrong, at, made


def _concerned(graph: Graph, wrongs: list[Misconception], wrt: str | None, known: Forward | None) -> set[str]:
    """Those of `wrongs` that replace something here, found in one pass.

    Up to its first replacement a mistaken pass is the book's. So in the book's pass each rule is asked what it would
    do, and one that never answers would have made no pass of its own.
    """
    found = {wrong.id for wrong in wrongs if wrong.rules.seed or wrong.instead}
    settled = set(found)

    def ask(part: str) -> Any:
        rules = [(wrong.id, rule) for wrong in wrongs if (rule := getattr(wrong.rules, part))]

        def asked(*arguments: Any) -> None:
            for name, rule in rules:
                if name not in settled:
                    try:
                        if rule(*arguments) is None:
                            continue
                        found.add(name)
                    except QuizgenError:  # its own pass would end here
                        pass
                    settled.add(name)

        return asked if rules else None

    try:
        run(graph, Rules(**{part: ask(part) for part in ("leaf", "forward", "local", "combine", "gather")}), wrt, known)
    except QuizgenError:  # and so would all of theirs
        pass
    return found
