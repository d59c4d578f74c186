"""`quizgen progress` shows what was practised; `export` and `import` carry the record to another machine."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from quizgen.cli.common import HELP, Lang, Undrawn, language_of, one_line, say
from quizgen.errors import QuizgenError
from quizgen.files import LARGEST, STANDARD_OUTPUT, read_text, write_whole

if TYPE_CHECKING:
    from quizgen.drill.records import Record
    from quizgen.drill.report import Report, Trouble
    from quizgen.drill.rescue import Recovery
    from quizgen.language import Words


def progress(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help=HELP("cli.json"))] = False,
    seed: Undrawn = None,
    lang: Lang = None,
) -> None:
    """Shows what was practised.

    With --json: {"answers", "right", "wrong", "skipped", "hints", "variants": numbers,
    "days": ["YYYY-MM-DD", ...],
    "totals": [{"family", "level", "kind", "answers", "right", "wrong", "skipped", "hints"}, ...],
    "misconceptions": [{"id", "count", "overcome", "by_day": [{"date", "count"}, ...]}, ...],
    "skills": [{"family", "level", "kind", "misconception", "retention", "at_exam", "last", "due", "reviews"}, ...],
    "streak": {"current", "longest"}, "forecast": [{"date", "due"}, ...], "exam_date": "YYYY-MM-DD" or null,
    "flags": [{"at", "question", "part", "why"}, ...]}. Days are those of this machine's calendar; one wrong answer
    counts for every misconception that leads to it; retention is a chance, as a decimal.
    """
    from quizgen.drill import history
    from quizgen.drill.report import report
    from quizgen.language import words

    if context.invoked_subcommand is not None:
        return
    code = language_of(lang)
    found = _recorded(words(code))
    told = report(history.results(found), history.flags(found), history.exam(found), datetime.now(UTC))
    if as_json:
        typer.echo(json.dumps(data_of(told), indent=1))
    else:
        _show(told, code)


def export(
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="FILE", help=HELP("cli.progress.output"))
    ] = STANDARD_OUTPUT,
    seed: Undrawn = None,
    lang: Lang = None,
) -> None:
    """Writes everything that is recorded as JSON Lines, the oldest first."""
    from quizgen.drill.exchange import written
    from quizgen.language import words

    write_whole(output, written(_recorded(words(language_of(lang)))))


def import_(
    file: Annotated[str, typer.Argument(metavar="FILE", help=HELP("cli.progress.file"))],
    seed: Undrawn = None,
    lang: Lang = None,
) -> None:
    """Adds the records of an export that are not there yet: all of them, or none where a line cannot be used."""
    from quizgen.drill.exchange import read
    from quizgen.drill.history import History, home
    from quizgen.language import words

    said = words(language_of(lang))
    records = read(_standard_input() if file == STANDARD_OUTPUT else read_text(Path(file)), file)
    with History(home()) as history:
        tell_recovery(history.recovered, said)
        new = history.merge(records)
    typer.echo(said("progress.imported", new=new, there=len(records) - new))


def tell_recovery(recovered: Recovery | None, said: Words) -> None:
    """Says, on standard error, what was done about a damaged record."""
    if recovered:
        say("quizgen: " + one_line(said("history.recovered", **vars(recovered))))


def _recorded(said: Words) -> list[Record]:
    from quizgen.drill.history import home, read

    found, recovered = read(home())
    tell_recovery(recovered, said)
    return found


def _standard_input() -> str:
    content = sys.stdin.buffer.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise QuizgenError("file.too_large", file=STANDARD_OUTPUT, limit=LARGEST // 2**20)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise QuizgenError("file.not_utf8", file=STANDARD_OUTPUT, line=line) from None


# --- as data ----------------------------------------------------------------------------------------------------


def data_of(told: Report) -> dict[str, Any]:
    """The report as JSON has it."""
    from quizgen.drill.records import moment_text

    counts = ("answers", "right", "wrong", "skipped", "hints")
    return {
        **{name: sum(getattr(total, name) for total in told.totals) for name in counts},
        "variants": told.variants,
        "days": list(map(str, told.days)),
        "totals": [vars(total) for total in told.totals],
        "misconceptions": [_trouble(each) for each in told.troubles],
        "skills": [
            {
                **vars(each.skill),
                "retention": _decimal(each.retention),
                "at_exam": None if each.at_exam is None else _decimal(each.at_exam),
                "last": each.last.isoformat(),
                "due": each.due.isoformat(),
                "reviews": each.reviews,
            }
            for each in told.skills
        ],
        "streak": {"current": told.current, "longest": told.longest},
        "forecast": [{"date": str(day), "due": due} for day, due in told.forecast],
        "exam_date": told.exam and told.exam.isoformat(),
        "flags": [vars(flag) | {"at": moment_text(flag.at)} for flag in told.flags],
    }


def _trouble(each: Trouble) -> dict[str, Any]:
    days = [{"date": str(day), "count": count} for day, count in each.by_day]
    return {"id": each.id, "count": each.count, "overcome": each.overcome, "by_day": days}


def _decimal(chance: float) -> str:
    return f"{chance:.17g}"


# --- for people -------------------------------------------------------------------------------------------------


def _show(told: Report, code: str) -> None:
    from quizgen.cli.view import blocks, show

    show(lambda ascii_only: blocks(told, code, ascii_only))
