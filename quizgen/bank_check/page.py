"""The report as one HTML file that needs nothing else: no script, no network; a histogram is a table with bars."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from markupsafe import Markup

from quizgen import __version__
from quizgen.bank_check import bins
from quizgen.bank_check.bins import Bar
from quizgen.bank_check.difficulty import MEASURES
from quizgen.bank_check.look import OPTIONS
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
from quizgen.bank_check.tally import Group, PartGroup
from quizgen.language import Words, closest
from quizgen.picture.layout import printable
from quizgen.plan import LETTERS
from quizgen.templating import environment

if TYPE_CHECKING:
    from jinja2 import Environment

MOST_FAULTS = 500  # that are listed one by one


@dataclass(frozen=True)
class Histogram:
    """Bars under a title; `head` says what their labels are, `quarter` whether one in four is marked."""

    title: str
    head: str
    bars: list[Bar]
    quarter: bool = False


@dataclass(frozen=True)
class Grid:
    """A table: its caption, its heads (the first is that of the rows), its rows; `words`: the columns that hold no
    numbers."""

    caption: str
    heads: list[str]
    rows: list[list[str]]
    words: tuple[int, ...] = ()


@dataclass(frozen=True)
class Sample:
    """The story of the first variant of a level."""

    level: str
    id: str
    story: str


@functools.cache
def _environment() -> Environment:
    return environment("check", Markup, printable)


def page(report: Report, said: Words) -> str:
    """The page in the language of `said`."""
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            said=said,
            version=__version__,
            title=said("check.title", file=report.file),
            variants=said("check.variants", file=report.file, count=report.variants),
            faults=[fault_sentence(fault, said, report.owns) for fault in report.found[:MOST_FAULTS]],
            count=len(report.found),
            notes=[sentence(key, details, said, report.owns) for key, details in notes(report)],
            grids=list(_grids(report, said)),
            histograms=list(_histograms(report, said)),
            samples=list(_samples(report, said)),
        )
    )


def _grids(report: Report, said: Words) -> Iterator[Grid]:
    if report.groups:
        yield _difficulty(report, said)
        yield _parts(report, said)
    if report.misconceptions:
        yield _misconceptions(report, said)


def _difficulty(report: Report, said: Words) -> Grid:
    heads = [
        said["check.level"],
        said["check.count"],
        said["check.distinct_head"],
        *(said[f"check.measure.{name}"] for name in MEASURES),
    ]
    rows = []
    for group in report.groups:
        spans = (f"{low}–{high}" if low != high else str(low) for low, high in group.difficulty.values())
        rows.append([_name(group, names_of(report.owns, said)), str(group.variants), str(group.distinct), *spans])
    return Grid(said["check.difficulty"], heads, rows)


def _name(group: Group, names: Names) -> str:
    return f"{names.family(group.family)} – {names.level(group.family, group.level)}"


def _parts(report: Report, said: Words) -> Grid:
    heads = [
        said["check.part"],
        said["check.kind"],
        said["check.count"],
        *(said[f"check.counted.{what}"] for what in COUNTED),
        said["check.best_guess"],
    ]
    rows = [_part(part, said) for group in report.groups for part in group.parts]
    return Grid(said["check.easy_parts"], heads, rows, words=(1, len(heads) - 1))


def _part(part: PartGroup, said: Words) -> list[str]:
    kinds = said["sheet.comma"].join(said[f"kind.{kind}"] for kind in part.kinds)
    counts = (str(part.counted(what)) for what in COUNTED)
    return [
        f"{part.family} {part.level} ({part.number})",
        kinds,
        str(part.count),
        *counts,
        best_guess(part.guessed, said),
    ]


def _misconceptions(report: Report, said: Words) -> Grid:
    heads = [said["check.misconception"], said["check.offered"], said["check.share"], said["check.possible"]]
    rows = [
        [
            names_of(report.owns, said).misconception(each.id),
            str(each.offered),
            percent(Fraction(each.offered, max(report.variants, 1))),
            str(each.possible),
        ]
        for each in report.misconceptions
    ]
    return Grid(said["check.misconceptions"], heads, rows)


def _histograms(report: Report, said: Words) -> Iterator[Histogram]:
    ranks = [(str(each), report.ranks[each]) for each in range(1, OPTIONS + 1)]
    letters = [(LETTERS[each], report.places[each]) for each in range(OPTIONS)]
    if any(each.parts for each in report.guessed):
        yield _strategies(report, said)
        yield Histogram(said["check.of_letters"], said["check.letter"], bins.bars(letters))
        yield Histogram(said["check.of_ranks"], said["check.rank"], bins.bars(ranks))
    for kind, values in sorted(report.answers.items()):
        title = said("check.of_answers", kind=said[f"kind.{kind}"])
        yield Histogram(title, said["check.answer"], bins.spread(values))
    for name in MEASURES:
        found = Counter(look.difficulty[name] for look in report.looks if look.difficulty)
        title = said("check.of_measure", measure=said[f"check.measure.{name}"])
        yield Histogram(title, said[f"check.measure.{name}"], bins.whole(found.elements()))


def _strategies(report: Report, said: Words) -> Histogram:
    """The share of all parts that each strategy wins, on a scale from nothing to everything."""
    made = [
        Bar(strategy_title(each.strategy, said), f"{float(each.won):.1%}", round(100 * float(each.won), 2))
        for each in report.guessed
    ]
    return Histogram(said["check.of_strategies"], said["check.strategy"], made, quarter=True)


def _samples(report: Report, said: Words) -> Iterator[Sample]:
    for group in report.groups:
        look = next((each for each in group.looks if each.story), None)
        if look:
            story = look.story[closest(look.story, said.code)]
            yield Sample(_name(group, names_of(report.owns, said)), look.id, story)
