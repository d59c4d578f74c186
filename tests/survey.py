"""Draws many variants of every family and level, and counts what the checker says of them and of every mistake.

    python tests/survey.py [VARIANTS] [JOBS]

Every draw is counted, also those that are later refused as dull. For each misconception, made as the engine's rule:
in how many of the draws it changes a value or a gradient, and how many of those the checker refuses.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

from quizgen import families
from quizgen.check import compare, compare_pass, story_disagreement
from quizgen.engine.chain_rule import Pass
from quizgen.engine.graph import Graph
from quizgen.errors import DomainError
from quizgen.generate import problem_for
from quizgen.misconceptions import Misconception, catalogue, misapply
from quizgen.reference import reference
from quizgen.solve import Solution


def mistaken(graph: Graph, right: Pass, wrong: Misconception) -> Pass | None:
    """The pass with `wrong` as the engine's rule; None where it changes nothing or leads nowhere."""
    if wrong.by_input:
        found = {name: misapply(graph, wrong, None, name) for name in graph.inputs}
        gradients = {**right.gradients, **{name: made.gradients[name] for name, made in found.items() if made}}
        made: Pass | None = replace(right, gradients=gradients)
    else:
        made = misapply(graph, wrong)
    if made is None or (made.values == right.values and made.gradients == right.gradients):
        return None
    return made


def survey(levels: list[tuple[str, int]], seeds: range) -> Counter[str]:
    """Counts over `seeds` of each level."""
    counts: Counter[str] = Counter()
    for name, level in levels:
        for seed in seeds:
            problem = problem_for(families.find(name), level, f"survey-{seed}", 0)
            try:
                solution = None if isinstance(problem, str) else Solution(problem)
                keys = solution.keys if solution else ()
            except DomainError:
                solution, keys = None, ()
            if solution is None:
                counts["outside a domain"] += 1
                continue
            counts["variants"] += 1
            counts["keys"] += len(keys)
            sympys = reference(solution.problem.graph)
            disagreements = [*compare(solution, sympys)]
            counts["disagreements"] += bool(disagreements or story_disagreement(solution.problem))
            for wrong in catalogue().values():
                made = mistaken(solution.problem.graph, solution.found, wrong)
                if made is not None:
                    counts[f"changed by {wrong.id}"] += 1
                    counts[f"refused {wrong.id}"] += any(True for _ in compare_pass(sympys, made))
    return counts


def run(variants: int, jobs: int) -> Counter[str]:
    """The counts over about `variants` draws, spread evenly over all levels."""
    levels = [(family.name, level) for family in families.catalogue().values() for level in family.levels]
    each = -(-variants // len(levels))
    step = -(-each // (jobs * 8))
    with ProcessPoolExecutor(jobs) as workers:
        parts = [workers.submit(survey, levels, range(at, min(at + step, each))) for at in range(0, each, step)]
        return sum((part.result() for part in parts), Counter())


def main() -> None:
    """Prints the counts."""
    variants, jobs = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, int(sys.argv[2]) if len(sys.argv) > 2 else 2
    began = time.perf_counter()
    counts = run(variants, jobs)
    for name in ("variants", "keys", "outside a domain", "disagreements"):
        print(f"{counts[name]:>8}  {name}")
    print(f"{'refused':>8} of {'changed':>8}")
    for wrong in catalogue():
        print(f"{counts[f'refused {wrong}']:>8} of {counts[f'changed by {wrong}']:>8}  {wrong}")
    print(f"{time.perf_counter() - began:.0f} s with {jobs} processes")


if __name__ == "__main__":
    main()
