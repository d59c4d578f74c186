"""`quizgen worksheet`: questions on paper, with their key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol, TypeVar

import typer

from quizgen.cli.common import HELP, Jobs, Lang, Seed, language_of, progress, say
from quizgen.errors import QuizgenError
from quizgen.files import STANDARD_OUTPUT
from quizgen.plan import LETTERS, Answers, Key, Plan

if TYPE_CHECKING:
    from quizgen.bank import Line
    from quizgen.families import Family
    from quizgen.question import Question


def worksheet(
    file: Annotated[
        Path | None, typer.Argument(metavar="BANK.jsonl | SOURCE.toml", help=HELP("cli.worksheet.file"))
    ] = None,
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="FILE.md", help=HELP("cli.worksheet.output"))
    ] = STANDARD_OUTPUT,
    family: Annotated[
        list[str] | None, typer.Option("--family", metavar="NAME", help=HELP("cli.worksheet.family"))
    ] = None,
    level: Annotated[int | None, typer.Option("--level", metavar="N", help=HELP("cli.level"))] = None,
    count: Annotated[int, typer.Option("--count", metavar="N", min=1, help=HELP("cli.count"))] = 10,
    answers: Annotated[Answers, typer.Option("--answers", help=HELP("cli.worksheet.answers"))] = Answers.ENTRY,
    key: Annotated[Key, typer.Option("--key", help=HELP("cli.worksheet.key"))] = Key.AFTER,
    letters: Annotated[str, typer.Option("--letters", metavar=LETTERS, help=HELP("cli.worksheet.letters"))] = LETTERS,
    to: Annotated[str | None, typer.Option("--to", metavar="FORMAT", help=HELP("cli.worksheet.to"))] = None,
    seed: Seed = None,
    jobs: Jobs = 1,
    lang: Lang = None,
) -> None:
    """Writes a sheet of questions that are drawn, or taken from a bank or a source."""
    from quizgen import formats
    from quizgen.draw import fresh_seed
    from quizgen.language import words
    from quizgen.sheet import arrange

    code = language_of(lang)
    chosen = formats.choose(output, to)
    _refuse_place(output, file, key)
    title, root = _source_head(file, seed)
    plan = Plan(code, root or fresh_seed(), answers, key, letters, title)
    wanted = _Wanted(tuple(family or ()), level, count, plan.seed, jobs, answers, words(code)["cli.worksheet.progress"])
    questions = wanted.drawn() if file is None else wanted.taken(file)
    formats.save(chosen, chosen.write(arrange(questions, plan), Path(output).name), output)
    if output != STANDARD_OUTPUT:
        say(words(code)("cli.worksheet.written", file=output, count=count, seed=plan.seed))


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


def _is_source(file: Path) -> bool:
    return file.suffix.lower() == ".toml"


def _source_head(file: Path | None, seed: str | None) -> tuple[str, str | None]:
    """The title, and the seed: that of the command line, else that of the source."""
    if file is None or not _is_source(file):
        return "", seed
    from quizgen import source

    found = source.read(file, seed)
    return found.title, found.seed


class _Sorted(Protocol):
    """A question, or the line of a bank that holds one."""

    @property
    def id(self) -> str: ...


S = TypeVar("S", bound=_Sorted)


@dataclass(frozen=True)
class _Wanted:
    """Which questions, and how many."""

    families: tuple[str, ...]
    level: int | None
    count: int
    seed: str
    jobs: int
    answers: Answers
    title: str  # of the progress bar

    def levels(self) -> list[tuple[Family, int]]:
        """Families and levels in turn, all families at their first level before the second."""
        from quizgen.families import catalogue, find, find_level

        if self.level is not None and self.families:
            return [(family, find_level(family, self.level)) for family in map(find, self.families)]
        of_any = [find(name) for name in self.families] or list(catalogue().values())
        pairs = [(family, level) for family in of_any for level in family.levels]
        chosen = [pair for pair in pairs if self.level in (None, pair[1])]
        if not chosen:
            raise QuizgenError("generate.no_levels", level=self.level)
        return sorted(chosen, key=lambda pair: pair[1])

    def drawn(self) -> list[Question]:
        """New questions."""
        from quizgen.generate import distinct

        with progress(self.count, self.title) as advance:
            return distinct(self.levels(), self.count, self.seed, jobs=self.jobs, progress=advance)

    def taken(self, file: Path) -> list[Question]:
        """Some of a bank's questions, or of those that a source makes."""
        from quizgen import bank, source

        if not _is_source(file):
            lines = [line for line in bank.sound_lines(file) if self.fits(line.family, line.level)]
            return [self.trusted(line) for line in self.picked(lines, file)]
        wanted = source.read(file, self.seed)
        with progress(sum(entry.count for entry in wanted.entry), self.title) as advance:
            made = source.build(wanted, self.jobs, advance)
        return self.picked([each for each in made if self.fits(each.problem.family, each.problem.level)], file)

    def trusted(self, line: Line) -> Question:
        """The question of a line, its wrong options found again where they are going to be printed."""
        from quizgen.record import verify_distractors

        question = line.question()
        if self.answers == Answers.CHOICE:
            verify_distractors(question)
        return question

    def fits(self, family: str, level: int) -> bool:
        """Whether such a question is wanted."""
        return family in (self.families or (family,)) and level == (level if self.level is None else self.level)

    def picked(self, pool: Iterable[S], file: Path) -> list[S]:
        """`count` different ones of `pool`, in an order that the seed gives."""
        from quizgen.draw import Draw

        different = list({each.id: each for each in pool}.values())
        if not different:
            raise QuizgenError("sheet.none", file=file)
        if len(different) < self.count:
            raise QuizgenError("sheet.too_few", file=file, found=len(different), wanted=self.count)
        return Draw("sheet", self.seed, "bank").sample(different, self.count)
