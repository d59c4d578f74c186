"""`quizgen drill` asks and records."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quizgen.cli.common import HELP, Lang, Seed, caret, language_of, say, told
from quizgen.cli.progress import tell_recovery
from quizgen.errors import QuizgenError
from quizgen.plan import Answers

if TYPE_CHECKING:
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
        tell_recovery(history.recovered, said)
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
        try:
            talk.run(islice(chooser.chosen(_now), count or usual), minutes)
        finally:
            history.keep_copy()


def _now() -> datetime:
    """This moment in the learner's calendar."""
    return datetime.now().astimezone()


def _ahead(day: date | None) -> date | None:
    return day if day is not None and day >= date.today() else None


def _voice(screen_reader: bool, ascii_only: bool) -> tuple[Voice, int | None]:
    """A conversation where both ends are a terminal, else plain lines; and how many variants are usual there."""
    from quizgen.drill.look import Look, can_draw
    from quizgen.drill.plain import Plain

    encoding = sys.stdout.encoding or "ascii"
    ascii_only = ascii_only or not can_draw(encoding)
    interactive = sys.stdin.isatty() and sys.stdout.isatty()
    if interactive and not screen_reader:
        from quizgen.drill.terminal import Terminal

        return Terminal(ascii_only), VARIANTS
    look = Look(ascii_only=ascii_only, spoken=screen_reader, encoding=encoding)
    return Plain(sys.stdin, sys.stdout, look), VARIANTS if interactive else None


def _exam_day(text: str) -> date:
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise QuizgenError("drill.not_a_date", text=text) from None
    today = date.today()
    if day < today:
        raise QuizgenError("drill.past_date", date=day, today=today)
    return day
