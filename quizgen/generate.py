"""The pipeline from a seed to checked questions, and the only loop that draws again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from fractions import Fraction
from typing import Any

from quizgen.authored import combinations, named
from quizgen.check import check
from quizgen.draw import Draw
from quizgen.engine.chain_rule import forward
from quizgen.engine.functions import Value
from quizgen.engine.graph import Graph
from quizgen.errors import DomainError, InternalError, KeyedError, QuizgenError
from quizgen.families import Family
from quizgen.notation import number_text
from quizgen.numbers import TOLERANCE, close
from quizgen.problem import Ask, Problem
from quizgen.question import FEWEST_DISTRACTORS, LONGEST_EXPRESSION, Question, compose, value_text
from quizgen.solve import Solution

ATTEMPTS = 200  # draws for one variant
PATIENCE = 400  # draws in a row that bring nothing new before a level counts as exhausted
BACK = Fraction(1, 1000)  # of a step
CHUNK = 16  # variants that one worker makes at a time

Item = tuple[str, str, int, str]  # family, the definition of an author's problem, level, seed


def problem_for(family: Family, level: int, seed: str, attempt: int) -> Problem | str:
    """One draw; "domain" where it falls on a kink or outside a domain, "condition" where it does not meet the
    family's own conditions."""
    try:
        draft = family.draw(Draw(family.name, level, seed, attempt), level)
    except DomainError:
        return "domain"
    if draft is None:
        return "condition"
    return Problem(family.name, level, seed, draft.graph, draft.formula, draft.asks, family.own)


def draft_for(family: Family, level: int, seed: str) -> Problem:
    """The first draw that has a value: enough to show what a family is like, not checked and not for asking."""
    drawn = (problem_for(family, level, seed, attempt) for attempt in range(ATTEMPTS))
    return next(problem for problem in drawn if isinstance(problem, Problem))


def solved(problem: Problem) -> Solution | None:
    """The solution by the layers; None at a kink or outside a domain. It is not checked yet."""
    try:
        solution = Solution(problem)
        _ = solution.keys
        straight = not problem.own or all(
            _is_straight(problem.graph, ask) for ask in problem.asks if ask.kind == "meaning"
        )
    except DomainError:
        return None
    return solution if straight else None


def _is_straight(graph: Graph, ask: Ask) -> bool:
    """Whether twice the step gives twice the growth, and a little step back as little: no kink of an author's
    function lies there or between."""
    assert ask.step is not None
    start: Any = graph.inputs[ask.wrt]
    values: list[Any] = []
    for times in (-BACK, 0, 1, 2):
        moved = graph.with_inputs({**graph.inputs, ask.wrt: start + ask.step * times})
        values.append(forward(moved).values[ask.of])
    back, here, one, two = values
    alike = (two - one, (here - back) / BACK)
    return all(close(one - here, each, TOLERANCE * 1000) for each in alike)


def unfair(family: Family, ask: Ask, key: Value) -> str:
    """Why an answer is not for asking: "dull" (0, 1, -1) or "long" to write; empty where it is fair."""
    if ask.symbolic:
        size = len(value_text(key))
        return "long" if size > LONGEST_EXPRESSION else "dull" if size == 1 else ""
    if not isinstance(key, Fraction):
        return ""
    if key in (0, 1, -1):
        return "dull"
    return "long" if sum(map(str.isdigit, number_text(key, family.decimals))) > family.longest else ""


def asked(family: Family, problem: Problem) -> Question | tuple[str, str]:
    """The question of a draw, checked by sympy; or why it is refused ("domain", "dull", "long", "few" wrong options)
    and at which of its questions. InternalError where the solvers disagree.

    What is refused for its answers is not checked: it is not asked, and checking takes longest.
    """
    solution = solved(problem)
    if solution is None:
        return "domain", ""
    for ask, key in zip(problem.asks, solution.keys, strict=True):
        if reason := unfair(family, ask, key):
            return reason, ask.name
    check(solution)
    question = compose(solution)
    few = [part.ask.name for part in question.parts if len(part.distractors) < FEWEST_DISTRACTORS]
    return ("few", few[0]) if few else question


def question_for(family: Family, level: int, seed: str) -> Question:
    """The variant of that seed: drawn until it is fair and every part has three distractors.

    InternalError, with family, level and seed, where the solvers disagree or no draw will do; QuizgenError where no
    draw of an author's problem will.
    """
    refused: Counter[tuple[str, str]] = Counter()  # why, and at which question
    for attempt in range(ATTEMPTS):
        problem = problem_for(family, level, seed, attempt)
        found = (problem, "") if isinstance(problem, str) else asked(family, problem)
        if isinstance(found, Question):
            return found
        refused[found] += 1
    raise _no_variant(family, level, seed, refused)


def every(family: Family, level: int, limit: int) -> list[Question] | None:
    """Every variant of an author's problem, in the order of its values; None where more than `limit` combinations of
    values would have to be looked at, or where what is asked is drawn too."""
    if not family.own or (drafts := combinations(family, limit)) is None:
        return None
    found: dict[str, Question] = {}
    for number, draft in enumerate(drafts):
        seed = f"every-{number}"
        made = asked(family, Problem(family.name, level, seed, draft.graph, draft.formula, draft.asks, family.own))
        if isinstance(made, Question):
            found.setdefault(made.id, made)
    return list(found.values())


def _no_variant(family: Family, level: int, seed: str, refused: Counter[tuple[str, str]]) -> KeyedError:
    """What an author of a family needs to know: how often each reason stood in the way, and where mostly."""
    counts = dict.fromkeys(("condition", "domain", "dull", "long", "few"), 0)
    for (reason, _), count in refused.items():
        counts[reason] += count
    where = refused.most_common(1)[0][0][1]
    of = {"family": family.name, "level": level, "seed": seed, "attempts": ATTEMPTS, "where": where or "-"}
    if family.own:  # its author can mend it
        return QuizgenError("authored.no_variant", **of, **counts)
    return InternalError("internal.no_variant", **of, **counts)


def _make(items: list[Item]) -> list[Question]:
    return [question_for(named(family, own), level, seed) for family, own, level, seed in items]


def seeds(levels: list[tuple[Family, int]], seed: str) -> Iterator[Item]:
    """Endless: the levels in turn, each with its own numbered seeds."""
    number = 0
    while True:
        for family, level in levels:
            yield family.name, family.own, level, f"{seed}-{number}"
        number += 1


def _made(items: Iterator[Item], workers: Executor | None, jobs: int) -> Iterator[Question]:
    """The questions of `items`, in their order whoever makes them."""
    if workers is None:
        for item in items:
            yield from _make([item])
    pending: list[Future[list[Question]]] = []
    while workers is not None:
        while len(pending) < 2 * jobs:
            pending.append(workers.submit(_make, [next(items) for _ in range(CHUNK)]))
        yield from pending.pop(0).result()


def distinct(
    levels: list[tuple[Family, int]],
    count: int,
    seed: str,
    known: Iterable[str] = (),
    jobs: int = 1,
    progress: Callable[[], None] = lambda: None,
) -> list[Question]:
    """`count` different variants over `levels` in turn, none of them `known`; the same for any number of `jobs`.

    QuizgenError, with their number, where there are fewer.
    """
    found = up_to(levels, count, seed, known, jobs, progress)
    if len(found) < count:
        raise QuizgenError("generate.too_few", wanted=count, found=len(found))
    return found


def up_to(
    levels: list[tuple[Family, int]],
    count: int,
    seed: str,
    known: Iterable[str] = (),
    jobs: int = 1,
    progress: Callable[[], None] = lambda: None,
) -> list[Question]:
    """As `distinct`; where there are fewer than `count`, those that there are."""
    from concurrent.futures import ProcessPoolExecutor

    assert levels
    workers = ProcessPoolExecutor(jobs) if jobs > 1 else None
    seen, found, idle = set(known), list[Question](), 0
    try:
        for question in _made(seeds(levels, seed), workers, jobs):
            idle += 1
            if len(found) >= count or idle > PATIENCE * len(levels) + 1:
                break
            if question.id not in seen:
                seen.add(question.id)
                found.append(question)
                idle = 0
                progress()
    finally:
        if workers is not None:
            workers.shutdown(cancel_futures=True)
    return found
