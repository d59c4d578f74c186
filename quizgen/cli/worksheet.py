"""`quizgen worksheet`: questions on paper, with their key, for one or for a whole class."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quizgen.cli.common import HELP, Jobs, Lang, Seed, language_of, one_line, progress, say, told
from quizgen.errors import QuizgenError
from quizgen.files import STANDARD_OUTPUT, reason
from quizgen.plan import LETTERS, MOST_POINTS, MOST_ROOM, POINTS, ROOM, Answers, Key, Origin, Paper, Plan

if TYPE_CHECKING:
    from quizgen.formats import Format
    from quizgen.sheet import Sheet

COUNT = 10


def worksheet(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(metavar="BANK.jsonl | SOURCE.toml", readable=False, help=HELP("cli.worksheet.file"))
    ] = None,
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="FILE | DIR", help=HELP("cli.worksheet.output"))
    ] = STANDARD_OUTPUT,
    family: Annotated[
        list[str] | None, typer.Option("--family", metavar="NAME", help=HELP("cli.worksheet.family"))
    ] = None,
    level: Annotated[int | None, typer.Option("--level", metavar="N", help=HELP("cli.level"))] = None,
    count: Annotated[int, typer.Option("--count", metavar="N", min=1, help=HELP("cli.count"))] = COUNT,
    answers: Annotated[Answers, typer.Option("--answers", help=HELP("cli.worksheet.answers"))] = Answers.ENTRY,
    answer_sheet: Annotated[bool, typer.Option("--answer-sheet", help=HELP("cli.worksheet.answer_sheet"))] = False,
    key: Annotated[Key, typer.Option("--key", help=HELP("cli.worksheet.key"))] = Key.AFTER,
    letters: Annotated[str, typer.Option("--letters", metavar=LETTERS, help=HELP("cli.worksheet.letters"))] = LETTERS,
    title: Annotated[str, typer.Option("--title", metavar="TEXT", help=HELP("cli.worksheet.title"))] = "",
    points: Annotated[
        int, typer.Option("--points", metavar="N", min=1, max=MOST_POINTS, help=HELP("cli.worksheet.points"))
    ] = POINTS,
    room: Annotated[
        int, typer.Option("--room", metavar="MM", min=0, max=MOST_ROOM, help=HELP("cli.worksheet.room"))
    ] = ROOM,
    paper: Annotated[Paper, typer.Option("--paper", help=HELP("cli.worksheet.paper"))] = Paper.A4,
    roster: Annotated[
        Path | None,
        typer.Option("--roster", metavar="STUDENTS.csv", readable=False, help=HELP("cli.worksheet.roster")),
    ] = None,
    again: Annotated[str | None, typer.Option("--again", metavar="CODE", help=HELP("cli.worksheet.again"))] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="FORMAT", help=HELP("cli.worksheet.to"))] = None,
    font_dir: Annotated[
        list[Path] | None, typer.Option("--font-dir", metavar="DIR", help=HELP("cli.worksheet.font_dir"))
    ] = None,
    seed: Seed = None,
    jobs: Jobs = 1,
    lang: Lang = None,
) -> None:
    """Writes a sheet of questions that are drawn, or taken from a bank or a source."""
    from quizgen.draw import fresh_seed

    plan = Plan(
        language=language_of(lang),
        seed=seed or "",
        answers=answers,
        key=key,
        letters=letters,
        title=title,
        paper=paper,
        points=points,
        room=room,
        answer_sheet=answer_sheet,
        count=count,
        origin=Origin(tuple(family or ()), level),
        fonts=_folders(font_dir or []),
    )
    if again is not None:
        _print_again(again, context, file, plan, output, to, jobs)
        return
    plan = _from_file(plan, file)
    if roster is not None:
        _print_class(roster, file, plan, output, to, jobs)
        return
    _print(replace(plan, seed=plan.seed or fresh_seed()), file, output, to, jobs)


def _folders(given: list[Path]) -> tuple[str, ...]:
    for folder in given:
        if not folder.is_dir():
            raise QuizgenError("sheet.no_font_dir", folder=folder)
    return tuple(map(str, given))


def _from_file(plan: Plan, file: Path | None) -> Plan:
    """The plan with what the file says: its fingerprint, and of a source the title and the seed, unless they are on
    the command line."""
    from quizgen import selection, source

    if file is None:
        return plan
    plan = replace(plan, origin=replace(plan.origin, file=selection.fingerprint(file)))
    if not selection.is_source(file):
        return plan
    found = source.read(file, plan.seed or None)
    # A seed that was only just drawn is none: a class that was stopped has its own.
    return replace(plan, title=plan.title or found.title, seed="" if found.drawn else found.seed)


def _print(plan: Plan, file: Path | None, output: str, to: str | None, jobs: int) -> None:
    """One sheet."""
    from quizgen import formats
    from quizgen.language import words

    chosen = formats.choose(output, to)
    _refuse_place(output, file, plan.key)
    sheet = _sheet(plan, file, jobs)
    _save(chosen, sheet, output)
    if output != STANDARD_OUTPUT:
        said = words(plan.language)
        say(said("cli.worksheet.written", file=output, count=len(sheet.items), seed=plan.seed))


def _sheet(plan: Plan, file: Path | None, jobs: int) -> Sheet:
    from quizgen.language import words
    from quizgen.selection import Selection
    from quizgen.sheet import arrange

    wanted = Selection(plan, file, jobs)
    with progress(wanted.total, words(plan.language)["cli.worksheet.progress"]) as advance:
        return arrange(wanted.questions(advance), plan)


def _save(chosen: Format, sheet: Sheet, output: str, key: Key | None = None) -> None:
    from quizgen import formats

    formats.save(chosen, formats.files_of(chosen, sheet, Path(output).name, key), output)


FREE = ("file", "output", "key", "paper", "lang", "to", "jobs", "again", "font_dir")  # what may stand beside --again


def _print_again(
    code: str, context: typer.Context, file: Path | None, given: Plan, output: str, to: str | None, jobs: int
) -> None:
    """The sheet of a code. The paper and the language may be others than they were; and the key may stand elsewhere,
    which leaves the sheet as it was, so that a student's, who never gets the key, is had again too."""
    from quizgen import again, formats, selection

    typed = {name for name in context.params if _was_typed(context, name)}
    if typed - set(FREE):
        raise QuizgenError("sheet.again_fixed", option="--" + min(typed - set(FREE)).replace("_", "-"))
    wanted = again.read(code)
    plan = wanted.plan
    key = given.key if "key" in typed else plan.key
    plan = replace(
        plan,
        paper=given.paper if "paper" in typed else plan.paper,
        language=given.language if "lang" in typed else language_of(plan.language),
        fonts=given.fonts,
    )
    if plan.origin.file:
        file = file or selection.find_shipped(plan.origin.file)
        if file is None:
            raise QuizgenError("sheet.again_needs_bank", bank=plan.origin.file)
        if selection.fingerprint(file) != plan.origin.file:
            raise QuizgenError("sheet.again_other_bank", file=file, bank=plan.origin.file)
    chosen = formats.choose(output, to)
    _refuse_place(output, file, key)
    sheet = _sheet(plan, file, jobs)
    if sheet.variants != wanted.variants:
        raise QuizgenError("sheet.again_other_version", version=wanted.version)
    _save(chosen, sheet, output, key)


def _was_typed(context: typer.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def _print_class(roster: Path, file: Path | None, plan: Plan, output: str, to: str | None, jobs: int) -> None:
    """A sheet for each student, in a folder."""
    from quizgen import classroom, formats, language
    from quizgen import roster as rosters
    from quizgen.draw import fresh_seed
    from quizgen.language import words

    said = words(plan.language)
    chosen = formats.choose("-", to or "pdf")
    read = rosters.read(roster, language.available())
    for fault in read.faults:
        say(told(fault, said))
    if not read.students:
        raise QuizgenError("roster.nobody", file=roster)
    folder = _folder(output)
    if roster.resolve() == (folder / classroom.MANIFEST).resolve():
        raise QuizgenError("file.overwrites", file=roster)
    order = classroom.Order(plan, file, chosen.name, folder)
    order = replace(order, plan=replace(plan, seed=plan.seed or classroom.journal_seed(order) or fresh_seed()))
    details = {"folder": folder, "seed": order.plan.seed, "count": len(read.students), "suffix": chosen.suffix[1:]}
    with progress(len(read.students) + 2, said["cli.worksheet.class_progress"]) as advance:
        outcome = classroom.print_class(order, read.students, jobs, advance)
    for made in outcome.made:
        if made.by_id:
            say(said("cli.worksheet.by_id", name=one_line(made.student.name), id=made.label))
    if outcome.before:
        say(said("cli.worksheet.class_goes_on", done=outcome.before, **details))
    say(said("cli.worksheet.class_written", **details))
    if read.faults:
        raise QuizgenError("roster.left_out", file=roster, count=len(read.faults))


def _folder(output: str) -> Path:
    """The folder for a class, made where it is missing."""
    from quizgen.formats import catalogue

    folder = Path(output)
    is_file = folder.exists() and not folder.is_dir()
    if output in ("", STANDARD_OUTPUT) or is_file or any(folder.suffix == each.suffix for each in catalogue().values()):
        raise QuizgenError("roster.needs_folder", file=output)
    if not folder.parent.is_dir():
        raise QuizgenError("sheet.no_folder", file=folder, folder=folder.parent)
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise QuizgenError("file.cannot_write", file=folder, reason=reason(error)) from None
    return folder


def _refuse_place(output: str, file: Path | None, key: Key) -> None:
    """Tells before the work what could not be written after it."""
    if output == STANDARD_OUTPUT:
        if key == Key.SEPARATE:
            raise QuizgenError("sheet.key_needs_file")
        return
    place = Path(output)
    if not place.parent.is_dir():
        raise QuizgenError("sheet.no_folder", file=place, folder=place.parent)
    if file is not None and place.resolve() == file.resolve():
        raise QuizgenError("file.overwrites", file=file)
