"""The report on a terminal, or in a pipe: tables of the levels, then notes, then faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from quizgen.bank_check.difficulty import MEASURES
from quizgen.bank_check.notes import COUNTED, notes
from quizgen.bank_check.report import Report
from quizgen.bank_check.saying import (
    Names,
    best_guess,
    fault_sentence,
    names_of,
    percent,
    sentence,
    strategy_title,
)
from quizgen.drill.charts import Column, Table, bar
from quizgen.language import Words
from quizgen.picture.layout import printable

MOST_ALIKE = 20  # faults of one kind that are told; one slip in a family is one in each of its variants
STRATEGIES = 5  # that are told
LENGTH = 20  # of a bar, so that a quarter of it is whole


def blocks(report: Report, said: Words, ascii_only: bool = False) -> Iterator[str | Table]:
    """Paragraphs and tables, in the order in which they are read."""
    yield printable(said("check.variants", file=report.file, count=report.variants))
    if report.groups:
        yield _difficulty(report, said)
        yield _answers(report, said)
    if report.answers:
        yield _ranges(report, said)
    if any(each.parts for each in report.guessed):
        yield _strategies(report, said, ascii_only)
        yield _misconceptions(report, said)
    told = [sentence(key, details, said, report.owns) for key, details in notes(report)]
    if told:
        yield "\n".join([said["check.notes"], *(f"- {each}" for each in told)])
    yield "\n".join(_faults(report, said))


def _difficulty(report: Report, said: Words) -> Table:
    """A row for each level: how many variants, and what makes them difficult."""
    widths = {"nodes": 0, "path": 50, "fan_out": 60, "upstream": 100, "nonlinear": 116}
    columns = (
        Column(said["check.level"]),
        Column(said["check.count"], right=True),
        *(Column(said[f"check.measure.{name}"], right=True, least=widths[name]) for name in MEASURES),
    )
    table, above = Table(said["check.difficulty"], columns), ""
    for group in report.groups:
        above = _heading(table, group.family, above, names_of(report.owns, said))
        count = str(group.variants)
        if group.distinct != group.variants:
            count = said("check.distinct", count=group.variants, distinct=group.distinct)
        spans = (f"{low}–{high}" if low != high else str(low) for low, high in group.difficulty.values())
        table.rows.append((names_of(report.owns, said).level(group.family, group.level), count, *spans))
    return table


def _heading(table: Table, family: str, above: str, names: Names) -> str:
    if family != above:
        table.rows.append(names.family(family))
    return family


def _answers(report: Report, said: Words) -> Table:
    """A row for each level: how many of its parts have an answer that needs no work."""
    columns = (
        Column(said["check.level"]),
        Column(said["check.parts"], right=True),
        *(
            Column(said[f"check.counted.{what}"], right=True, least=least)
            for what, least in zip(COUNTED, (0, 0, 56, 68), strict=True)
        ),
        Column(said["check.best_guess"], least=132),
    )
    table, above = Table(said["check.easy"], columns), ""
    for group in report.groups:
        above = _heading(table, group.family, above, names_of(report.owns, said))
        counts = (str(group.counted(what)) for what in COUNTED)
        guess = best_guess(group.guessed, said)
        parts = str(sum(part.count for part in group.parts))
        table.rows.append((names_of(report.owns, said).level(group.family, group.level), parts, *counts, guess))
    return table


def _ranges(report: Report, said: Words) -> Table:
    columns = (
        Column(said["check.kind"]),
        Column(said["check.number"], right=True),
        Column(said["check.smallest"], right=True),
        Column(said["check.largest"], right=True),
    )
    table = Table(said["check.answers"], columns)
    for kind, values in sorted(report.answers.items()):
        row = (said[f"kind.{kind}"], str(len(values)), str(min(values)), str(max(values)))
        table.rows.append(row)
    return table


def _strategies(report: Report, said: Words, ascii_only: bool) -> Table:
    """The best guesses; beside one in four, which is what blind guessing wins."""
    columns = (
        Column(said["check.strategy"]),
        Column(said["check.hits"], right=True, least=56),
        Column(said["check.won"], right=True),
        Column("", least=72),
    )
    table = Table(said["check.strategies"], columns)
    for each in report.guessed[:STRATEGIES]:
        hits = f"{each.hits}/{each.applied}"
        share = bar(float(each.won), LENGTH, ascii_only)
        table.rows.append((strategy_title(each.strategy, said), hits, percent(each.won), share))
    return table


def _misconceptions(report: Report, said: Words) -> str:
    ranks = " / ".join(str(report.ranks[each]) for each in range(1, 5))
    letters = " / ".join(str(report.places[each]) for each in range(4))
    lines = [
        said("check.ranks", ranks=ranks),
        said("check.places", places=letters),
        said("check.shown", count=len(report.shown)),
    ]
    if report.never_shown:
        lines.append(said["check.never_shown"])
        lines += [f"  {names_of(report.owns, said).misconception(name)}" for name in report.never_shown]
    return "\n".join(map(printable_line, lines))


def printable_line(text: str) -> str:
    """A line that keeps its indent."""
    return " " * (len(text) - len(text.lstrip(" "))) + printable(text)


def _faults(report: Report, said: Words) -> Iterator[str]:
    """The faults, those of one kind not endlessly; then their number."""
    told = Counter[str]()
    for fault in report.found:
        told[fault.kind] += 1
        if told[fault.kind] <= MOST_ALIKE:
            yield fault_sentence(fault, said, report.owns)
    more = sum(max(count - MOST_ALIKE, 0) for count in told.values())
    if more:
        yield said("check.more", count=more)
    yield said("check.faults", count=len(report.found)) if report.found else said["check.no_faults"]
