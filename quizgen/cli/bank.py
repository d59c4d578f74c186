"""`quizgen bank …`: build, check and show banks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quizgen.cli.common import HELP, Jobs, Lang, Seed, Undrawn, language_of, progress, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quizgen.question import Question


def build(
    source: Annotated[Path | None, typer.Argument(metavar="SOURCE.toml", help=HELP("cli.bank.source"))] = None,
    output: Annotated[str, typer.Option("-o", "--output", metavar="BANK.jsonl", help=HELP("cli.bank.output"))] = "-",
    family: Annotated[str | None, typer.Option("--family", metavar="NAME", help=HELP("cli.family"))] = None,
    level: Annotated[int | None, typer.Option("--level", metavar="N", help=HELP("cli.level"))] = None,
    count: Annotated[int | None, typer.Option("--count", metavar="N", help=HELP("cli.count"))] = None,
    seed: Seed = None,
    jobs: Jobs = 1,
    lang: Lang = None,
) -> None:
    """Builds a bank from a source, or from one family."""
    from quizgen import source as sources
    from quizgen.bank import dump
    from quizgen.draw import fresh_seed
    from quizgen.errors import QuizgenError
    from quizgen.files import STANDARD_OUTPUT, write_whole
    from quizgen.language import words

    said = words(language_of(lang))
    if (source is None) == (family is None):
        raise QuizgenError("bank.source_or_family")
    if source is not None:
        if level is not None or count is not None:
            raise QuizgenError("bank.source_or_family")
        wanted = sources.read(source, seed)
        where = source.name
    else:
        assert family is not None
        entry = {"family": family, "level": level, "count": 10 if count is None else count}
        wanted = sources.from_entry(entry, seed or fresh_seed())
        where = family
    if source is not None and output != STANDARD_OUTPUT and Path(output).resolve() == source.resolve():
        raise QuizgenError("file.overwrites", file=source)
    with progress(wanted.count, said["bank.building"]) as advance:
        questions = sources.build(wanted, jobs, advance)
    write_whole(output, dump(questions, wanted.origin))
    say(said("bank.built", count=len(questions), source=where, output=output, seed=wanted.seed))


def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=HELP("cli.bank.file"))],
    seeds: Annotated[int, typer.Option("--seeds", metavar="N", min=1, max=100_000, help=HELP("cli.bank.seeds"))] = 1000,
    as_json: Annotated[bool, typer.Option("--json", help=HELP("cli.json"))] = False,
    html: Annotated[str | None, typer.Option("--html", metavar="OUT.html", help=HELP("cli.bank.html"))] = None,
    seed: Seed = None,
    jobs: Jobs = 1,
    lang: Lang = None,
) -> None:
    """Re-solves every variant of a bank, or draws N variants of each entry of a source, and reports."""
    from quizgen.bank_check import check_file
    from quizgen.errors import QuizgenError
    from quizgen.files import STANDARD_OUTPUT, write_whole
    from quizgen.language import words

    said = words(language_of(lang))
    if html is not None and html != STANDARD_OUTPUT and Path(html).resolve() == file.resolve():
        raise QuizgenError("file.overwrites", file=file)
    report = check_file(file, seeds, seed, jobs, lambda total: progress(total, said["check.progress"]))
    if html is not None:
        from quizgen.bank_check.page import page

        write_whole(html, page(report, said))
    if as_json:
        typer.echo(json.dumps(report.as_data(), ensure_ascii=False, indent=1))
    elif html != STANDARD_OUTPUT:  # the page is what standard output carries then
        from quizgen.bank_check.terminal import blocks
        from quizgen.cli.view import show as show_blocks

        show_blocks(lambda ascii_only: blocks(report, said, ascii_only))
    if report.found:
        raise typer.Exit(1)


def show(
    file: Annotated[Path, typer.Argument(metavar="BANK.jsonl", help=HELP("cli.bank.file"))],
    id: Annotated[str | None, typer.Argument(metavar="ID", help=HELP("cli.bank.id"))] = None,
    seed: Undrawn = None,
    lang: Lang = None,
) -> None:
    """Shows a variant of a bank as a person reads it; without ID all of them."""
    from quizgen import bank
    from quizgen.errors import QuizgenError

    code, found = language_of(lang), bank.lines(file)
    if id is not None:
        found = [line for line in found if line.id == id] or [line for line in found if line.id.startswith(id)]
        if len(found) != 1:
            key = "bank.many_ids" if found else "bank.no_such_id"
            raise QuizgenError(key, id=id, file=file, count=len(found))
    for line in found:
        typer.echo("\n".join(_shown(line.question(), code)) + "\n")


def _shown(question: Question, code: str) -> Iterator[str]:
    from quizgen.authored import misconceptions_of
    from quizgen.drill.look import Look
    from quizgen.drill.sketch import definitions
    from quizgen.engine.chain_rule import run
    from quizgen.language import text_in
    from quizgen.picture.drawing import solved
    from quizgen.picture.terminal import paint
    from quizgen.wording import Wording

    wording = Wording(question, code)
    text, said = wording.text, wording.words
    yield f"{question.id}  {wording.title}"
    yield text(wording.story)
    yield ""
    yield paint(solved(question.problem.graph, wording.style, run(question.problem.graph)))
    yield from definitions(wording, Look())
    for number, part in enumerate(question.parts, 1):
        yield ""
        yield f"({number}) {text(wording.ask(part))}"
        yield f"    {said['bank.key']} {text((wording.value(part.key),))}"
        for wrong in part.distractors:
            known = misconceptions_of(question.problem).get(wrong.misconception)
            title = text_in(known.title, code) if known else wrong.misconception
            yield f"    {said['bank.wrong']} {text((wording.value(wrong.value),))}  {title}"
