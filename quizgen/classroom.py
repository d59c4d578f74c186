"""Sheets for a whole class: a variant for each student, one file each, one to print, all keys in one, a manifest.

What is done is noted in a journal in the folder, so that a run that was stopped goes on where it was. A student's
questions depend on the seed and the student's id, not on the others of the roster.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from quizgen import again, formats
from quizgen.draw import LONGEST_SEED
from quizgen.errors import QuizgenError
from quizgen.files import reason, write_whole
from quizgen.picture.layout import printable
from quizgen.plan import Key, Plan
from quizgen.question import Question
from quizgen.record import from_record, record, verify
from quizgen.roster import Student, file_names, manifest
from quizgen.selection import Selection
from quizgen.sheet import Document, Sheet, arrange, keys_of, questions_of

ALL, KEYS, MANIFEST, JOURNAL = "all", "keys", "manifest.csv", ".quizgen-class.jsonl"
ATTEMPTS = 50  # draws for a student until the questions are not those of another
LONGEST_NAME = 40  # characters of a name that are printed
DIGITS = 10  # of a student's part of the seed


@dataclass(frozen=True)
class Order:
    """What is wanted for the class: the plan with the seed of the whole, where questions come from, how and where
    the sheets are written."""

    plan: Plan
    file: Path | None
    to: str
    folder: Path

    @property
    def suffix(self) -> str:
        """The suffix of every file."""
        return formats.catalogue()[self.to].suffix

    @property
    def fingerprint(self) -> str:
        """The same for the same wishes; another seed is another wish only where one was named."""
        return hashlib.sha256(f"{self.to} {again.code_of(replace(self.plan, seed=''), '')}".encode()).hexdigest()


@dataclass(frozen=True)
class Made:
    """One student's questions, the seed that leads to them, and the name that stands on the sheet."""

    student: Student
    seed: str
    label: str
    questions: tuple[Question, ...]

    @property
    def variants(self) -> frozenset[str]:
        """What makes it different from another's."""
        return frozenset(question.id for question in self.questions)

    @property
    def by_id(self) -> bool:
        """Whether the id stands on the sheet because the name cannot be printed."""
        return bool(self.student.name) and not self.student.name.startswith(self.label.removesuffix("…"))


@dataclass(frozen=True)
class Outcome:
    """What was made for everybody, and for how many of them by an earlier run."""

    made: tuple[Made, ...]
    before: int


def seed_for(seed: str, student: Student, attempt: int) -> str:
    """The seed of a student's sheet: with it and the same options `quizgen worksheet` draws the same questions."""
    own = hashlib.sha256(json.dumps([seed, student.id, attempt]).encode()).hexdigest()[:DIGITS]
    return f"{seed[: LONGEST_SEED - DIGITS - 1]}-{own}"


def journal_seed(order: Order) -> str | None:
    """The seed of a run that was stopped here and wanted the same; None where there was none."""
    entries = _journal(order)
    return str(entries[0]["seed"]) if entries else None


def print_class(
    order: Order, students: Sequence[Student], jobs: int = 1, advance: Callable[[], None] = lambda: None
) -> Outcome:
    """Makes every file of the class; `advance` is called for each that is done."""
    names = file_names([student.id for student in students], order.suffix)
    done = {made.student: made for made in _done(order)}
    _start_journal(order, [done[student] for student in students if student in done])
    # Fresh processes: one that is copied from a process with threads (a progress bar has one) may hang.
    workers = ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), initializer=_quiet_and_single)
    try:
        made = list(_each(order, students, done, names, workers, jobs, advance))
        whole = [workers.submit(_print_whole, order, made, stem) for stem in _whole(order)]
        for each in whole:
            each.result()
            advance()
    finally:
        workers.shutdown(cancel_futures=True)
    rows = ((each.student.id, each.student.name, names[each.student.id], each.seed) for each in made)
    write_whole(order.folder / MANIFEST, manifest(rows))
    (order.folder / JOURNAL).unlink(missing_ok=True)
    return Outcome(tuple(made), len([student for student in students if student in done]))


def _whole(order: Order) -> list[str]:
    return [KEYS, ALL] if order.plan.key != Key.NONE else [ALL]


def _each(
    order: Order,
    students: Sequence[Student],
    done: dict[Student, Made],
    names: dict[str, str],
    workers: Executor,
    jobs: int,
    advance: Callable[[], None],
) -> Iterator[Made]:
    """Every student's questions, in the order of the roster whoever makes them; no two have the same."""
    waiting = [student for student in students if student not in done or not _is_there(order, names[student.id])]
    pending: dict[Student, Future[Made]] = {}
    seen: dict[frozenset[str], Student] = {}
    for student in students:
        while waiting and len(pending) < 2 * jobs:
            following = waiting.pop(0)
            pending[following] = workers.submit(_print_student, order, following, names[following.id], 0)
        made = pending.pop(student).result() if student in pending else done[student]
        attempt = 0
        while made.variants in seen:
            attempt += 1
            if attempt == ATTEMPTS:
                raise QuizgenError("roster.too_few_variants", found=len(seen), wanted=len(students))
            made = workers.submit(_print_student, order, student, names[student.id], attempt).result()
        seen[made.variants] = student
        if student not in done:
            _note(order, made)
        advance()
        yield made


def _is_there(order: Order, name: str) -> bool:
    return (order.folder / name).is_file()


def _sheet(order: Order, made: Made) -> Sheet:
    language = made.student.language or order.plan.language
    student_id = _shown(order, made.student.id)
    plan = replace(order.plan, seed=made.seed, language=language, student_id=student_id, student=made.label)
    return arrange(made.questions, plan)


def _label(order: Order, student: Student) -> str:
    """The name as the sheet has it; the id where there is none or the fonts lack a character of it."""
    name = printable(student.name)
    whole = name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
    return whole if whole and _prints(order, whole) else _shown(order, student.id)


def _shown(order: Order, id: str) -> str:
    """An id, which must stand on the sheet whatever the fonts have."""
    return id if _prints(order, id) else "".join(each if _prints(order, each) else "?" for each in id)


def _prints(order: Order, text: str) -> bool:
    return formats.catalogue()[order.to].prints(text, order.plan.fonts)


# --- in the workers ------------------------------------------------------------------------------------------


def _quiet_and_single() -> None:
    """A worker leaves Ctrl-C to its parent, and sets its pages in one thread: there are as many workers as wanted."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["RAYON_NUM_THREADS"] = "1"


def _print_student(order: Order, student: Student, name: str, attempt: int) -> Made:
    seed = seed_for(order.plan.seed, student, attempt)
    plan = replace(order.plan, seed=seed)
    made = Made(student, seed, _label(order, student), tuple(Selection(plan, order.file).questions()))
    _save(order, questions_of([_sheet(order, made)]), name)
    return made


def _print_whole(order: Order, made: Sequence[Made], stem: str) -> None:
    sheets = [_sheet(order, each) for each in made]
    _save(order, keys_of(sheets) if stem == KEYS else questions_of(sheets), stem + order.suffix)


def _save(order: Order, document: Document, name: str) -> None:
    chosen = formats.catalogue()[order.to]
    formats.save(chosen, chosen.write(document, name), str(order.folder / name))


# --- the journal ---------------------------------------------------------------------------------------------


def _journal(order: Order) -> list[dict[str, Any]]:
    """Its lines, the first of which says what was wanted; none where it belongs to something else or is damaged."""
    try:
        lines = (order.folder / JOURNAL).read_text("utf-8").splitlines()
        entries = [json.loads(line) for line in lines[:-1]] + _last(lines[-1:])
        head = entries[0]
        ours = head["order"] == order.fingerprint and (not order.plan.seed or head["seed"] == order.plan.seed)
    except (OSError, ValueError, LookupError, TypeError):
        return []
    return entries if ours else []


def _last(lines: list[str]) -> list[Any]:
    """The last line may have been cut off when the run was stopped."""
    try:
        return [json.loads(line) for line in lines]
    except ValueError:
        return []


def _done(order: Order) -> Iterator[Made]:
    """What the journal says was made, its keys found again."""
    for entry in _journal(order)[1:]:
        try:
            questions = tuple(from_record(each) for each in entry["questions"])
            for question in questions:
                verify(question)
            student = Student(entry["id"], entry["name"], entry["language"])
            yield Made(student, entry["seed"], entry["label"], questions)
        except (QuizgenError, ValueError, LookupError, TypeError):
            return


def _start_journal(order: Order, done: Sequence[Made]) -> None:
    head = json.dumps({"order": order.fingerprint, "seed": order.plan.seed})
    write_whole(order.folder / JOURNAL, "".join([head + "\n", *map(_entry, done)]))


def _note(order: Order, made: Made) -> None:
    path = order.folder / JOURNAL
    try:
        with path.open("a", encoding="utf-8") as journal:
            journal.write(_entry(made))
    except OSError as error:
        raise QuizgenError("file.cannot_write", file=path, reason=reason(error)) from None


def _entry(made: Made) -> str:
    student = made.student
    entry = {"id": student.id, "name": student.name, "language": student.language}
    entry |= {"seed": made.seed, "label": made.label}
    return json.dumps(entry | {"questions": [record(each) for each in made.questions]}) + "\n"
