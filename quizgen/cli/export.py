"""`quizgen bank export`: a bank for other programs, or on paper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quizgen.cli.common import HELP, Lang, Ordering, language_of, say
from quizgen.plan import POINTS, Answers, Origin, Plan

if TYPE_CHECKING:
    from quizgen.exporting import LeftOut
    from quizgen.language import Words

SEED = "export"  # the order of options does not change from one export to the next


def export(
    file: Annotated[Path, typer.Argument(metavar="BANK.jsonl", readable=False, help=HELP("cli.bank.file"))],
    output: Annotated[str, typer.Option("-o", "--output", metavar="PATH", help=HELP("cli.export.output"))],
    to: Annotated[str, typer.Option("--to", metavar="FORMAT", help=HELP("cli.export.to"))],
    answers: Annotated[Answers, typer.Option("--answers", help=HELP("cli.export.answers"))] = Answers.ENTRY,
    skip: Annotated[bool, typer.Option("--skip", help=HELP("cli.export.skip"))] = False,
    title: Annotated[str, typer.Option("--title", metavar="TEXT", help=HELP("cli.export.title"))] = "",
    seed: Ordering = None,
    lang: Lang = None,
) -> None:
    """Writes a bank in a format that another program reads."""
    from quizgen import bank, exporting, exports, formats, selection
    from quizgen.errors import QuizgenError
    from quizgen.language import words

    code = language_of(lang)
    said = words(code)
    known = {**exports.catalogue(), **formats.catalogue()}
    if to not in known:
        raise QuizgenError("format.unknown", name=to, known=", ".join(known))
    if to in exports.catalogue():
        exports.require(exports.catalogue()[to])
    if Path(output).resolve() == file.resolve():
        raise QuizgenError("file.overwrites", file=file)
    questions = bank.read(file)
    origin = Origin(file=selection.fingerprint(file))
    plan = Plan(code, seed or SEED, answers, title=title, points=POINTS, count=len(questions), origin=origin)
    if to in formats.catalogue():
        from quizgen.sheet import arrange

        chosen = formats.catalogue()[to]
        kept, left = exporting.told(questions, plan)
        exporting.refuse(left, to, skip)
        if not kept:
            raise QuizgenError("export.nothing", format=to)
        formats.save(chosen, formats.files_of(chosen, arrange(kept, plan), Path(output).name), output)
        _say_left(left, said)
        say(said("cli.worksheet.written", count=len(kept), file=output, seed=plan.seed))
        return
    wanted = exports.catalogue()[to]
    course, left = exporting.course_of(questions, plan, wanted)
    exporting.refuse(left, to, skip)
    if not course.exercises:
        raise QuizgenError("export.nothing", format=to)
    made = wanted.write(course, Path(output).name)
    formats.save(wanted, made, output)
    _say_left(left, said)
    say(said("export.written", count=len(course.exercises), format=to, output=output))
    size = sum(len(each.encode() if isinstance(each, str) else each) for each in made.values())
    if wanted.largest and size > wanted.largest:
        say(said("export.large", size=size // 10**6, bank=file))


def _say_left(left: LeftOut, said: Words) -> None:
    from quizgen import exporting

    for why, ids in left.items():
        which, because = exporting.named(ids), said[f"error.export.because.{why}"]
        say(said("export.left", count=len(ids), which=which, why=because))
