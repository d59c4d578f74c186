"""`quizgen bank diff | merge | pick`: compare banks, join them, and choose from one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quizgen.cli.common import HELP, Lang, Seed, Undrawn, language_of, one_line, progress, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from quizgen.bank_edit import Change, Difference, Entry
    from quizgen.language import Words

SHOWN = 20  # variants of each sort that are listed without --all

Output = Annotated[str, typer.Option("-o", "--output", metavar="OUT.jsonl", help=HELP("cli.bank.output"))]


def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD.jsonl", help=HELP("cli.bank.old"))],
    new: Annotated[Path, typer.Argument(metavar="NEW.jsonl", help=HELP("cli.bank.new"))],
    everything: Annotated[bool, typer.Option("--all", help=HELP("cli.bank.all"))] = False,
    as_json: Annotated[bool, typer.Option("--json", help=HELP("cli.json"))] = False,
    seed: Undrawn = None,
    lang: Lang = None,
) -> None:
    """Says which variants were added, removed and changed between two banks; exit code 0 whether there are any or not.

    With --json: {"old", "new": the files, "added": [ids], "removed": [ids],
    "changed": [{"id", "fields": [names], "parts": [numbers of the parts in which some of them differ]}], "kept": n}.
    """
    from quizgen.bank_edit import compare, distinct, entries
    from quizgen.language import words

    said = words(language_of(lang))
    before, after = entries(old), entries(new)
    found = compare(before, after)
    if as_json:
        typer.echo(json.dumps({"old": str(old), "new": str(new), **found.as_data()}, ensure_ascii=False, indent=1))
    else:
        typer.echo("\n".join(_lines(found, old, new, None if everything else SHOWN, said)))
    for file, lines in ((old, before), (new, after)):
        twice = len(lines) - len(distinct(lines))
        if twice:
            say(one_line(said("diff.twice", file=file, count=twice)))


def _lines(found: Difference, old: Path, new: Path, limit: int | None, said: Words) -> Iterator[str]:
    """The difference as a person reads it: counts, then the variants of each sort."""
    counts = {"added": len(found.added), "removed": len(found.removed), "changed": len(found.changed)}
    yield one_line(said("diff.counts", old=old, new=new, kept=found.kept, **counts))
    fields = {change.entry.id: _fields(change, said) for change in found.changed}
    changed = [change.entry for change in found.changed]
    for name, some in (("added", found.added), ("removed", found.removed), ("changed", changed)):
        if not some:
            continue
        yield ""
        yield said[f"diff.{name}"]
        for entry, row in zip(some, _aligned(some[:limit], said), strict=False):
            yield one_line(f"  {row}  {fields.get(entry.id, '')}".rstrip())
        if len(some[:limit]) < len(some):
            yield "  " + said("diff.more", count=len(some) - len(some[:limit]))


def _aligned(some: Sequence[Entry], said: Words) -> list[str]:
    """Id, family and level of each, one below the other; wide characters take two columns."""
    from wcwidth import wcswidth

    rows = [(entry.id, entry.family, said("diff.level", level=entry.level)) for entry in some]
    widths = [max(wcswidth(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell + " " * (width - wcswidth(cell)) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]


def _fields(change: Change, said: Words) -> str:
    names = said["diff.comma"].join(_field(name, said) for name in change.fields)
    numbers = said["diff.comma"].join(map(str, change.parts))
    return said("diff.in_parts", fields=names, numbers=numbers) if numbers else names


def _field(name: str, said: Words) -> str:
    """What a field is called; one that we have no word for, by its name in the file."""
    key = f"diff.field.{name.replace('.', '_')}"
    if key in said:
        return said[key]
    outer, dot, inner = name.partition(".")
    return said("diff.inner", outer=_field(outer, said), inner=inner) if dot else name


def merge(
    files: Annotated[list[Path], typer.Argument(metavar="BANK.jsonl", help=HELP("cli.bank.merged"))],
    output: Output = "-",
    seed: Undrawn = None,
    lang: Lang = None,
) -> None:
    """Joins banks, each variant once: the first line that holds it. Every line is verified before OUT is written, so
    OUT may be one of the banks."""
    from quizgen import bank
    from quizgen.bank_edit import merge as joined
    from quizgen.bank_edit import text_of
    from quizgen.files import write_whole
    from quizgen.language import words

    said = words(language_of(lang))
    lines = [line for file in files for line in bank.sound_lines(file)]
    with progress(len(lines), said["merge.verifying"]) as advance:
        found = joined(lines, advance)
    write_whole(output, text_of(found.lines))
    say(one_line(said("merge.merged", count=len(found.lines), banks=len(files), output=output)))
    if found.dropped:
        say(said("merge.dropped", count=len(found.dropped)))
    if found.differing:
        where = f"{found.differing[0].file}:{found.differing[0].number}"
        say(one_line(said("merge.differing", count=len(found.differing), where=where)))


def pick(
    file: Annotated[Path, typer.Argument(metavar="BANK.jsonl", help=HELP("cli.bank.picked"))],
    output: Output = "-",
    family: Annotated[list[str] | None, typer.Option("--family", metavar="NAME", help=HELP("cli.bank.family"))] = None,
    level: Annotated[int | None, typer.Option("--level", metavar="N", help=HELP("cli.bank.level"))] = None,
    kind: Annotated[str | None, typer.Option("--kind", metavar="KIND", help=HELP("cli.bank.kind"))] = None,
    misconception: Annotated[
        str | None, typer.Option("--misconception", metavar="ID", help=HELP("cli.bank.misconception"))
    ] = None,
    count: Annotated[int | None, typer.Option("--count", metavar="N", help=HELP("cli.bank.count"))] = None,
    blueprint: Annotated[
        Path | None, typer.Option("--blueprint", metavar="FILE.toml", help=HELP("cli.bank.blueprint"))
    ] = None,
    seed: Seed = None,
    lang: Lang = None,
) -> None:
    """Chooses variants of a bank, by options or by a blueprint; with a count the seed says which ones."""
    from quizgen.bank_edit import entries, text_of
    from quizgen.draw import fresh_seed
    from quizgen.errors import QuizgenError
    from quizgen.files import write_whole
    from quizgen.language import words
    from quizgen.pick import Take, by_options
    from quizgen.toml_errors import MAX_COUNT

    said = words(language_of(lang))
    given = {"--family": family, "--level": level, "--kind": kind, "--misconception": misconception, "--count": count}
    beside = " ".join(name for name, value in given.items() if value not in (None, []))
    if blueprint is not None and beside:
        raise QuizgenError("blueprint.alone", options=beside)
    if count is not None and not 0 < count <= MAX_COUNT:
        raise QuizgenError("bank.not_a_count", limit=MAX_COUNT)
    _spare([file, *([blueprint] if blueprint else [])], output)
    drawn = seed or fresh_seed()
    if blueprint is not None:
        from quizgen import blueprint as blueprints

        wanted = blueprints.read(blueprint)
        picked = wanted.pick(entries(file), drawn, file)
    else:
        take = Take(tuple(family or ()), level, kind, misconception, count)
        picked = by_options(entries(file), take, drawn, file)
    with progress(len(picked), said["merge.verifying"]) as advance:
        for entry in picked:
            entry.line.question()
            advance()
    write_whole(output, text_of(entry.line for entry in picked))
    key = "pick.all" if blueprint is None and count is None else "pick.drawn"
    say(one_line(said(key, count=len(picked), file=file, output=output, seed=drawn)))


def _spare(inputs: list[Path], output: str) -> None:
    """QuizgenError where what is read would be written over, and with it what was not picked."""
    from quizgen.errors import QuizgenError
    from quizgen.files import STANDARD_OUTPUT

    for file in inputs:
        if output != STANDARD_OUTPUT and Path(output).resolve() == file.resolve():
            raise QuizgenError("file.overwrites", file=file)
