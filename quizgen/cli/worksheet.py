"""`quizgen worksheet`: questions on paper, with their key."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quizgen.cli.common import HELP, Jobs, Lang, Seed, language_of, say
from quizgen.sheet import LETTERS, Answers, Key

if TYPE_CHECKING:
    from quizgen.families import Family
    from quizgen.question import Question

FILES = "FILE.md"


def worksheet(
    file: Annotated[
        Path | None, typer.Argument(metavar="[BANK.jsonl | SOURCE.toml]", help=HELP("cli.worksheet.file"))
    ] = None,
    output: Annotated[str, typer.Option("-o", "--output", metavar=FILES, help=HELP("cli.worksheet.output"))] = "-",
    family: Annotated[
        list[str] | None, typer.Option("--family", metavar="NAME", help=HELP("cli.worksheet.family"))
    ] = None,
    level: Annotated[int | None, typer.Option("--level", metavar="N", help=HELP("cli.level"))] = None,
    count: Annotated[int, typer.Option("--count", metavar="N", min=1, help=HELP("cli.count"))] = 10,
    answers: Annotated[Answers, typer.Option("--answers", help=HELP("cli.worksheet.answers"))] = Answers.ENTRY,
    key: Annotated[Key, typer.Option("--key", help=HELP("cli.worksheet.key"))] = Key.AFTER,
    letters: Annotated[
        str, typer.Option("--letters", metavar=LETTERS, help=HELP("cli.worksheet.letters"))
    ] = LETTERS,
    to: Annotated[str | None, typer.Option("--to", metavar="FORMAT", help=HELP("cli.worksheet.to"))] = None,
    seed: Seed = None,
    jobs: Jobs = 1,
    lang: Lang = None,
) -> None:
    """Writes a worksheet of drawn questions, or of some of a bank's."""
    from quizgen import formats
    from quizgen.draw import fresh_seed
    from quizgen.sheet import Plan, arrange

    chosen = formats.choose(output, to)
    _refuse_bad_place(output, file, key)
    plan = Plan(language_of(lang), seed or fresh_seed(), answers, key, letters)
    wanted = _Wanted(family or [], level, count, plan.seed, jobs)
    if file is None:
        questions = wanted.drawn(plan.language)
    elif file.suffix.lower() == ".toml":
        plan, questions = _of_source(file, wanted, plan, seed)
    else:
        questions = wanted.of_bank(file)
    files = chosen.write(arrange(questions, plan), Path(output).name)
    formats.save(files, output)
    said = HELP("cli.worksheet.written", file=output, count=len(questions), seed=plan.seed)
    say(said)
