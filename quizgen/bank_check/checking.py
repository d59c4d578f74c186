"""From a file to its report: the only place that reads, draws and uses several processes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from quizgen import authored, bank, source
from quizgen.bank_check.fault import Fault
from quizgen.bank_check.look import Look, look_at, look_at_line
from quizgen.bank_check.report import Drawn, Report
from quizgen.bank_check.rules import by_author, faults_of
from quizgen.bank_check.tally import PartGroup, groups, guessed
from quizgen.errors import InternalError, KeyedError, QuizgenError
from quizgen.generate import every, up_to

T = TypeVar("T")


def _inner(error: QuizgenError) -> KeyedError:
    """What an error says beside where it is."""
    why = error.details.get("why")
    return why if isinstance(why, KeyedError) else error


Advance = Callable[[], None]
Bar = Callable[[int], AbstractContextManager[Advance]]  # a progress bar over so many steps

SAID = ("wrong_formula", "not_linear")  # slips after which the solvers cannot agree
CHUNK = 16  # variants that one worker looks at at a time


def _no_bar(total: int) -> AbstractContextManager[Advance]:
    return nullcontext(lambda: None)


def check_file(
    path: Path,
    seeds: int,
    seed: str | None = None,
    jobs: int = 1,
    bar: Bar = _no_bar,
    judged: Callable[[PartGroup], bool] = by_author,
) -> Report:
    """Checks a bank, or `seeds` draws of each entry of a source (told by the suffix .toml), whose own seed `seed`
    overrules. `judged`: which parts may have no answer that is always dull."""
    found: list[Fault] = []
    if path.suffix == ".toml":
        wanted = source.read(path, seed)
        found += [Fault(kind, f"{path}:{line}", {}, _inner(error)) for kind, error, line in wanted.slips]
        looks, drawn = _of_source(path, wanted, seeds, jobs, bar)
    else:
        looks, drawn = _of_bank(path, jobs, bar)
    found += [fault for look in looks for fault in look.faults]
    parts = (part for look in looks for part in look.parts)
    found += faults_of(groups(looks), guessed(parts), str(path), judged)
    return Report(str(path), tuple(looks), tuple(found), tuple(drawn))


def _of_bank(path: Path, jobs: int, bar: Bar) -> tuple[list[Look], list[Drawn]]:
    lines = bank.lines(path)
    with bar(len(lines)) as advance:
        looks = list(_counted(_mapped(look_at_line, lines, jobs), advance))
    return list(_with_slips(_with_seals(_with_duplicates(looks, lines), lines))), []


def _with_seals(looks: Iterable[Look], lines: Sequence[bank.Line]) -> Iterator[Look]:
    """The looks, with the fault of a line without its seal where others have theirs: somebody took it off."""
    sealed = [line.is_sealed for line in lines]
    for look, line, has_seal in zip(looks, lines, sealed, strict=True):
        if has_seal or not any(sealed):
            yield look
        else:
            fault = Fault("tampered", look.where, {"id": line.id}, QuizgenError("bank.no_seal", id=line.id))
            yield replace(look, faults=(fault, *look.faults))


def _with_slips(looks: Iterable[Look]) -> Iterator[Look]:
    """The looks, with what is not fit for learners in an author's problem: once, at its first variant."""
    seen: set[str] = set()
    for look in looks:
        slips = authored.meaning_of(look.own).slips if look.own and look.own not in seen else ()
        seen.add(look.own)
        yield replace(look, faults=(*look.faults, *(Fault(each.kind, look.where, {}, each.error) for each in slips)))


def _with_duplicates(looks: Sequence[Look], lines: Sequence[bank.Line]) -> Iterator[Look]:
    """The looks, with the fault of a variant that was there before."""
    first: dict[str, int] = {}
    for look, line in zip(looks, lines, strict=True):
        if line.id in first:
            fault = Fault("duplicate", look.where, {"id": line.id, "first": first[line.id]})
            yield replace(look, faults=(fault, *look.faults))
        else:
            yield look
        first.setdefault(line.id, line.number)


def _of_source(path: Path, wanted: source.Wanted, seeds: int, jobs: int, bar: Bar) -> tuple[list[Look], list[Drawn]]:
    looks: list[Look] = []
    drawn: list[Drawn] = []
    with bar(2 * seeds * len(wanted.parts)) as advance:  # each is drawn, then looked at
        for part in wanted.parts:
            table, number = part.place[0], int(part.place[1]) + 1
            where = f"{path}, [[{table}]] {number}"
            try:
                whole = every(*part.levels[0], seeds)
                questions = (
                    up_to(list(part.levels), seeds, f"{part.stream}-check", jobs=jobs, progress=advance)
                    if whole is None
                    else whole
                )
            except (InternalError, QuizgenError) as error:
                kind = "disagreement" if isinstance(error, InternalError) else "unfit"
                if any(each in SAID for each, _, _ in wanted.slips):
                    continue  # the source's own line says why
                family, level = part.levels[0]
                looks.append(Look(where, "", family.name, level, False, (Fault(kind, where, {}, error),)))
                continue
            drawn.append(Drawn(str(table), number, seeds, len(questions), whole is not None))
            look = partial(look_at, where=where, drawn=True)
            looks += _counted(_mapped(look, questions, jobs), advance)
    return looks, drawn


def _mapped(look: Callable[[T], Look], items: Sequence[T], jobs: int) -> Iterator[Look]:
    """The looks of `items` in their order, whoever looks."""
    if jobs == 1 or len(items) <= CHUNK:
        yield from map(look, items)
        return
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(jobs) as workers:
        yield from workers.map(look, items, chunksize=CHUNK)


def _counted(looks: Iterable[Look], advance: Advance) -> Iterator[Look]:
    for look in looks:
        yield look
        advance()
