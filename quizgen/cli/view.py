"""What `quizgen progress` shows: a report as paragraphs and tables in the learner's language; and how such blocks come
to a terminal or into a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING

from quizgen.drill.charts import BLOCKS, LEVELS, Cell, Column, Line, Look, Table, bar, folded, laid_out, sparkline
from quizgen.drill.report import DAY, Remembered, Report, Total, by_week, recent
from quizgen.language import Words, text_in, words

if TYPE_CHECKING:
    from rich.text import Text

Block = str | Table

RECENT = 8  # days, or weeks, of a misconception's chart
LENGTH = 12  # of a bar
GOOD, BAD = 0.9, 0.7  # the chance of a right answer from which it is well, and below which it is not
STYLES = {Look.TITLE: "bold", Look.HEAD: "dim", Look.GOOD: "green", Look.BAD: "red", Look.PLAIN: ""}


def blocks(told: Report, code: str, ascii_only: bool = False) -> Iterator[Block]:
    """The paragraphs and tables, in the order in which they are read."""
    said = words(code)
    if told.totals:
        yield _totals(told, said)
    if told.exam:
        yield _exam(told.exam, told.today, said)
    if not told.totals:
        yield said["progress.nothing"]
    else:
        yield _skills(told, code, said, ascii_only)
        yield _forecast(told, said, ascii_only)
    if told.troubles:
        yield _troubles(told, code, said, ascii_only)
    if told.flags:
        yield _flags(told, said)


def _totals(told: Report, said: Words) -> str:
    names = ("answers", "right", "wrong", "skipped", "hints")
    counts = {name: sum(getattr(total, name) for total in told.totals) for name in names}
    text = said("progress.totals", **counts, variants=told.variants, days=len(told.days), last=told.days[-1])
    return text + "\n" + said("progress.streak", current=told.current, longest=told.longest)


def _exam(day: date, today: date, said: Words) -> str:
    left = (day - today).days
    key = "exam_today" if left == 0 else "exam_ahead" if left > 0 else "exam_past"
    return said(f"progress.{key}", date=day, days=left)


def _skills(told: Report, code: str, said: Words, ascii_only: bool) -> Table:
    """A row for each family, level and kind: how it was answered, and how well it is remembered."""
    exam = told.exam is not None and told.exam >= told.today
    columns = (
        Column(said["progress.kind"]),
        Column(said["progress.right"], right=True),
        Column(said["progress.now"], right=True),
        Column("", least=70),
        *([Column(said["progress.exam_day"], right=True, least=48)] if exam else []),
        Column(said["progress.last"], least=84),
        Column(said["progress.due"]),
    )
    skills = {
        (each.skill.family, each.skill.level, each.skill.kind): each
        for each in told.skills
        if not each.skill.misconception
    }
    table, above = Table(said["progress.skills"], columns), ""
    for total in told.totals:
        title = _title(total, code)
        if title != above:
            table.rows.append(title)
            above = title
        skill = skills.get((total.family, total.level, total.kind))
        table.rows.append((*_of_total(total, said), *_of_skill(skill, told.today, exam, said, ascii_only)))
    return table


def _of_total(total: Total, said: Words) -> tuple[Cell, Cell]:
    key = f"kind.{total.kind}"
    return Cell(said[key] if key in said else total.kind), Cell(f"{total.right}/{total.answers}")


def _of_skill(skill: Remembered | None, today: date, exam: bool, said: Words, ascii_only: bool) -> tuple[Cell, ...]:
    if skill is None:
        return (Cell(""),) * (5 if exam else 4)
    due = Cell(said["progress.due_now"], Look.BAD) if skill.due <= today else Cell(str(skill.due))
    return (
        _chance(skill.retention),
        Cell(bar(skill.retention, LENGTH, ascii_only), _look(skill.retention)),
        *([_chance(skill.at_exam)] if skill.at_exam is not None else []),
        Cell(str(skill.last)),
        due,
    )


def _look(chance: float) -> Look:
    return Look.GOOD if chance >= GOOD else Look.BAD if chance < BAD else Look.PLAIN


def _chance(chance: float) -> Cell:
    return Cell(f"{round(chance * 100)}%", _look(chance))


def _title(total: Total, code: str) -> str:
    """The family and the level; their bare names where this version does not have them."""
    from quizgen import families

    family = families.catalogue().get(total.family)
    if family is None or total.level not in family.levels:
        return f"{total.family} {total.level}"
    return f"{text_in(family.title, code)}: {text_in(family.levels[total.level], code)}"


def _forecast(told: Report, said: Words, ascii_only: bool) -> Table:
    table = Table(said["progress.forecast"], (Column(), Column(right=True), Column()))
    most = max([due for _, due in told.forecast] + [1])
    for day, due in told.forecast:
        name = said["progress.today"] if day == told.today else str(day)
        table.rows.append((name, str(due), bar(due / most, min(LENGTH, most), ascii_only) if due else ""))
    return table


def _troubles(told: Report, code: str, said: Words, ascii_only: bool) -> Table:
    """A row for each misconception, with its last days, or weeks where it is older than those."""
    from quizgen.misconceptions import catalogue

    weekly = any(day <= told.today - RECENT * DAY for each in told.troubles for day, _ in each.by_day)
    step, last = (7 * DAY, told.today - told.today.weekday() * DAY) if weekly else (DAY, told.today)
    columns = (
        Column(said["progress.misconception"]),
        Column(said["progress.count"], right=True),
        Column(said["progress.weeks" if weekly else "progress.days"], least=60),
        Column(said["progress.since"]),
    )
    table = Table(said["progress.misconceptions"], columns)
    for each in told.troubles:
        title = text_in(catalogue()[each.id].title, code) if each.id in catalogue() else each.id
        counts = recent(by_week(each.by_day) if weekly else each.by_day, last, step, RECENT)
        key, look = ("overcome", Look.GOOD) if each.overcome else ("not_yet", Look.BAD)
        since = Cell(said[f"progress.{key}"], look)
        table.rows.append((title, str(each.count), sparkline(counts, ascii_only), since))
    return table


def _flags(told: Report, said: Words) -> Table:
    columns = (
        Column(said["progress.why"]),
        Column(said["progress.question"]),
        Column(said["progress.part"], right=True),
    )
    table = Table(said["progress.flags"], columns)
    for flag in told.flags:
        table.rows.append((flag.why, flag.question, str(flag.part)))
    return table


# --- on paper and on a terminal ---------------------------------------------------------------------------------


def _lines(shown: Iterable[Block], screen: int | None) -> Iterator[Line]:
    for number, block in enumerate(shown):
        if number:
            yield []
        if isinstance(block, Table):
            yield from laid_out(block, screen)
        else:
            texts = block.splitlines()
            yield from ([Cell(part)] for text in texts for part in (folded(text, screen) if screen else [text]))


def plain(shown: Iterable[Block], screen: int | None = None) -> str:
    """The blocks as text, without colours."""
    return "\n".join("".join(cell.text for cell in line) for line in _lines(shown, screen))


def painted(shown: Iterable[Block], screen: int) -> Iterator[Text]:
    """The blocks as lines of a terminal, none wider than its screen."""
    from rich.text import Text

    for line in _lines(shown, screen):
        yield Text.assemble(*((cell.text, STYLES[cell.look]) for cell in line))


def show(made: Callable[[bool], Iterable[Block]]) -> None:
    """Prints the blocks that `made(ascii_only)` makes: with colours and as wide as the screen on a terminal; as plain
    text, as wide as it is, elsewhere."""
    shown = made(not _can_show_blocks(sys.stdout.encoding))
    if not sys.stdout.isatty():
        sys.stdout.write(plain(shown) + "\n")
        sys.stdout.flush()
        return
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False)
    for text in painted(shown, console.width):
        console.print(text, overflow="fold", crop=False)


def _can_show_blocks(encoding: str | None) -> bool:
    try:
        (BLOCKS + LEVELS).encode(encoding or "ascii")
    except (UnicodeError, LookupError):
        return False
    return True
