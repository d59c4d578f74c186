"""`quizgen drill` asks, `quizgen progress` shows what was practised."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from quizgen.cli.common import HELP, Lang, Seed, Undrawn, caret, language_of, say, told
from quizgen.errors import QuizgenError
from quizgen.plan import Answers

if TYPE_CHECKING:
    from quizgen.drill.history import Progress, Total
    from quizgen.drill.talk import Voice

VARIANTS = 5  # of a drill on a terminal, unless it is told otherwise


def drill(
    bank: Annotated[Path | None, typer.Argument(metavar="BANK.jsonl", help=HELP("cli.drill.bank"))] = None,
    family: Annotated[list[str] | None, typer.Option("--family", metavar="NAME", help=HELP("cli.drill.family"))] = None,
    level: Annotated[int | None, typer.Option("--level", metavar="N", min=1, help=HELP("cli.drill.level"))] = None,
    count: Annotated[int | None, typer.Option("--count", metavar="N", min=1, help=HELP("cli.drill.count"))] = None,
    exam_date: Annotated[
        str | None, typer.Option("--exam-date", metavar="YYYY-MM-DD", help=HELP("cli.drill.exam_date"))
    ] = None,
    minutes: Annotated[
        int | None, typer.Option("--minutes", metavar="M", min=1, max=1440, help=HELP("cli.drill.minutes"))
    ] = None,
    answers: Annotated[Answers, typer.Option("--answers", help=HELP("cli.drill.answers"))] = Answers.ENTRY,
    screen_reader: Annotated[bool, typer.Option("--screen-reader", help=HELP("cli.drill.screen_reader"))] = False,
    ascii_only: Annotated[bool, typer.Option("--ascii", help=HELP("cli.drill.ascii"))] = False,
    seed: Seed = None,
    lang: Lang = None,
) -> None:
    """Asks variants part by part and says of a wrong answer which mistake leads to it; each answer is recorded."""
    from quizgen.draw import fresh_seed
    from quizgen.drill.choosing import Chooser
    from quizgen.drill.history import History, home
    from quizgen.drill.schedule import Memory
    from quizgen.drill.supply import Supply, Wanted
    from quizgen.drill.talk import Talk
    from quizgen.drill.telling import Telling
    from quizgen.language import words

    code = language_of(lang)
    said = words(code)
    day = _exam_day(exam_date) if exam_date else None
    wanted = Wanted(seed or fresh_seed(), bank, tuple(family or ()), level)
    with History(home()) as history:
        if history.recovered:
            say(said("history.recovered", **vars(history.recovered)))
        flagged = frozenset(history.flagged_ids())
        supply = Supply(wanted, code, lambda error: say(told(error, said)), history.seen_ids(), flagged)
        if day:
            history.set_exam(day)
        chooser = Chooser(supply, Memory.of(history.results()), _ahead(history.exam()))
        voice, usual = _voice(screen_reader, ascii_only)
        if seed is None:
            say(said("drill.seed", seed=wanted.seed))
        talk = Talk(voice, Telling(code, caret), history, lambda: datetime.now(UTC), answers, chooser.heard)
        if chooser.memory.skills or chooser.exam:
            talk.greet(chooser.plan(_now()))
        talk.run(islice(chooser.chosen(_now), count or usual), minutes)


def _now() -> datetime:
    """This moment in the learner's calendar."""
    return datetime.now().astimezone()


def _ahead(day: date | None) -> date | None:
    return day if day is not None and day >= date.today() else None


def _voice(screen_reader: bool, ascii_only: bool) -> tuple[Voice, int | None]:
    """A conversation where both ends are a terminal, else plain lines; and how many variants are usual there."""
    from quizgen.drill.look import Look
    from quizgen.drill.plain import Plain

    ascii_only = ascii_only or not _has_unicode()
    interactive = sys.stdin.isatty() and sys.stdout.isatty()
    if interactive and not screen_reader:
        from quizgen.drill.terminal import Terminal

        return Terminal(ascii_only), VARIANTS
    return Plain(sys.stdin, sys.stdout, Look(None, False, ascii_only, screen_reader)), VARIANTS if interactive else None


def _has_unicode() -> bool:
    """Whether standard output can show the characters of a picture."""
    try:
        "─│×∂−²".encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _exam_day(text: str) -> date:
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise QuizgenError("drill.not_a_date", text=text) from None
    today = date.today()
    if day < today:
        raise QuizgenError("drill.past_date", date=day, today=today)
    return day


def progress(
    as_json: Annotated[bool, typer.Option("--json", help=HELP("cli.json"))] = False,
    seed: Undrawn = None,
    lang: Lang = None,
) -> None:
    """Shows what was practised.

    With --json: {"answers", "right", "wrong", "skipped", "hints", "variants": numbers,
    "days": ["YYYY-MM-DD", ...],
    "totals": [{"family", "level", "kind", "answers", "right", "wrong", "skipped", "hints"}, ...],
    "misconceptions": [{"id", "count"}, ...]}. Days are those of this machine's calendar; one wrong answer counts
    for every misconception that leads to it.
    """
    from quizgen.drill import history

    code = language_of(lang)
    found = history.progress(history.home())
    typer.echo(json.dumps(_data(found), indent=1) if as_json else "\n".join(_shown(found, code)))


def _data(found: Progress) -> dict[str, Any]:
    counts = ("answers", "right", "wrong", "skipped", "hints")
    return {
        **{name: sum(getattr(total, name) for total in found.totals) for name in counts},
        "variants": found.variants,
        "days": list(found.days),
        "totals": [vars(total) for total in found.totals],
        "misconceptions": [{"id": wrong, "count": count} for wrong, count in found.misconceptions],
    }


def _shown(found: Progress, code: str) -> Iterator[str]:
    from quizgen.language import text_in, words
    from quizgen.misconceptions import catalogue
    from quizgen.problem import KINDS

    said = words(code)
    if not found.totals:
        yield said["progress.nothing"]
        return
    yield said("progress.totals", **(_data(found) | {"days": len(found.days), "last": found.days[-1]}))
    above = ""
    for total in found.totals:
        title = _title(total, code)
        if title != above:
            above = title
            yield f"\n{title}"
        kind = said[f"kind.{total.kind}"] if total.kind in KINDS else total.kind
        yield "  " + said("progress.of_kind", **(vars(total) | {"kind": kind}))
    if found.misconceptions:
        yield "\n" + said["progress.misconceptions"]
    for wrong, count in found.misconceptions:
        title = text_in(catalogue()[wrong].title, code) if wrong in catalogue() else wrong
        yield "  " + said("drill.of_mistake", title=title, count=count)


def _title(total: Total, code: str) -> str:
    """The family and the level; their bare names where this version does not have them."""
    from quizgen import families
    from quizgen.language import text_in

    family = families.catalogue().get(total.family)
    if family is None or total.level not in family.levels:
        return f"{total.family} {total.level}"
    return f"{text_in(family.title, code)}: {text_in(family.levels[total.level], code)}"
