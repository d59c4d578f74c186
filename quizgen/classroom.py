"""Sheets for a whole class: a variant for each student, one file each, one to print, all keys in one, a manifest.

What is done is noted in a journal in the folder, so that a run that was stopped goes on where it was. A student's
questions depend on the seed and the student's id, not on the others of the roster.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import shutil
import signal
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from quizgen import again, formats
from quizgen.document import Document, keys_of, questions_of
from quizgen.draw import LONGEST_SEED
from quizgen.errors import QuizgenError
from quizgen.files import reason, write_whole
from quizgen.picture.layout import printable
from quizgen.plan import Key, Plan
from quizgen.question import Question
from quizgen.record import from_record, record, verify
from quizgen.roster import Student, file_names, manifest
from quizgen.selection import Selection, is_source
from quizgen.sheet import Sheet, arrange

ALL, KEYS, MANIFEST, JOURNAL = "all", "keys", "manifest.csv", ".quizgen-class.jsonl"
WAITING = ".quizgen-*"  # folders of files that are being written
ATTEMPTS, FROM_BANK = 50, 1000  # draws for a student until the questions are not those of another; a bank is quick
LONGEST_NAME = 40  # characters of a name that are printed
DIGITS = 10  # of a student's part of the seed

T = TypeVar("T")


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
        code = again.code_of(replace(self.plan, seed=""), "")
        return hashlib.sha256(json.dumps([self.to, self.plan.fonts, code]).encode()).hexdigest()

    @property
    def attempts(self) -> int:
        """How often a student's questions may be drawn."""
        return FROM_BANK if self.file is not None and not is_source(self.file) else ATTEMPTS


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
        return self.label != _short(self.student.name)


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
    with _alone(order.folder):
        return _print_class(order, students, jobs, advance)


def _print_class(order: Order, students: Sequence[Student], jobs: int, advance: Callable[[], None]) -> Outcome:
    names = file_names([student.id for student in students], order.suffix)
    noted = {made.student: made for made in _done(order)}
    # A sheet that somebody has removed is made again.
    there = [each for each in students if each in noted and (order.folder / names[each.id]).is_file()]
    done = {student: noted[student] for student in there}
    if (order.folder / JOURNAL).exists():
        _tidy(order.folder)
    _start_journal(order, list(done.values()))
    stems = _whole(order)
    with _pool(order, jobs) as workers:
        made = list(_each(order, students, done, names, workers, jobs, advance))
        _print_together(order, made, stems[:jobs], workers, advance)
    # These take the most memory, and a process keeps it: with one job the second has a process of its own.
    with _pool(order, jobs) as workers:
        _print_together(order, made, stems[jobs:], workers, advance)
    rows = ((each.student.id, each.student.name, names[each.student.id], each.seed) for each in made)
    write_whole(order.folder / MANIFEST, manifest(rows))
    (order.folder / JOURNAL).unlink(missing_ok=True)
    return Outcome(tuple(made), len(done))


def _whole(order: Order) -> list[str]:
    return [KEYS, ALL] if order.plan.key != Key.NONE else [ALL]


def _print_together(
    order: Order, made: Sequence[Made], stems: Sequence[str], workers: Executor, advance: Callable[[], None]
) -> None:
    for each in [_submit(workers, _print_whole, order, made, stem) for stem in stems]:
        each.result()
        advance()


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
    taken = {made.variants for made in done.values()}
    waiting = [student for student in students if student not in done]
    pending: dict[Student, Future[Made | None]] = {}
    for student in students:
        while waiting and len(pending) < 2 * jobs:
            following = waiting.pop(0)
            pending[following] = _submit(workers, _print_student, order, following, names[following.id], set())
        made = done.get(student) or pending.pop(student).result()
        if made and student not in done and made.variants in taken:
            made = _submit(workers, _print_student, order, student, names[student.id], taken).result()
        if made is None:
            raise QuizgenError("roster.too_few_variants", found=len(taken), wanted=len(students))
        if student not in done:
            taken.add(made.variants)
            _note(order, made)
        advance()
        yield made


# --- one run in a folder, and its workers --------------------------------------------------------------------


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keeps a second run out of the folder, which would mix its sheets with ours; the lock ends with the process.
    Where the system has no such lock, nothing is kept out."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    place = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(place)
        raise QuizgenError("roster.busy", folder=folder) from None
    except OSError:
        pass
    try:
        yield
    finally:
        os.close(place)


@contextmanager
def _pool(order: Order, jobs: int) -> Iterator[Executor]:
    """Fresh processes: one that is copied from a process with threads (a progress bar has one) may hang."""
    workers = ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), initializer=_start_worker)
    try:
        yield workers
    except KeyboardInterrupt:  # nobody waits for the keys of a large class
        for worker in multiprocessing.active_children():
            worker.terminate()
            worker.join()
        _tidy(order.folder)
        raise
    except BrokenExecutor:
        raise QuizgenError("roster.worker_died", folder=order.folder) from None
    finally:
        workers.shutdown(cancel_futures=True)


def _submit(workers: Executor, work: Callable[..., T], *details: object) -> Future[T]:
    """Gives work to a process, which may be started for it: from its first moment that one leaves Ctrl-C to us."""
    if not hasattr(signal, "pthread_sigmask"):
        return workers.submit(work, *details)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return workers.submit(work, *details)
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _tidy(folder: Path) -> None:
    """Removes what was being written when a run was stopped."""
    for left in folder.glob(WAITING):
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)


# --- what stands on a sheet ----------------------------------------------------------------------------------


def _sheet(order: Order, made: Made) -> Sheet:
    language = made.student.language or order.plan.language
    student_id = _shown(order, made.student.id)
    plan = replace(order.plan, seed=made.seed, language=language, student_id=student_id, student=made.label)
    return arrange(made.questions, plan)


def _label(order: Order, student: Student) -> str:
    """The name as the sheet has it; the id where there is none or the fonts lack a character of it."""
    name = _short(student.name)
    return name if name and _prints(order, name) else _shown(order, student.id)


def _short(name: str) -> str:
    """What is printed of a name."""
    name = printable(name)
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


def _shown(order: Order, id: str) -> str:
    """An id, which must stand on the sheet whatever the fonts have."""
    return id if _prints(order, id) else "".join(each if _prints(order, each) else "?" for each in id)


def _prints(order: Order, text: str) -> bool:
    return formats.catalogue()[order.to].prints(text, order.plan.fonts)


# --- in the workers ------------------------------------------------------------------------------------------


def _start_worker() -> None:
    """A worker leaves Ctrl-C to its parent, ends with it, and sets its pages in one thread: there are as many workers
    as wanted."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["RAYON_NUM_THREADS"] = "1"
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _print_student(order: Order, student: Student, name: str, taken: Collection[frozenset[str]]) -> Made | None:
    """Draws until the questions are none of `taken`, and writes the sheet; None where no draw will do."""
    for attempt in range(order.attempts):
        seed = seed_for(order.plan.seed, student, attempt)
        questions = tuple(Selection(replace(order.plan, seed=seed), order.file).questions())
        made = Made(student, seed, "", questions)
        if made.variants not in taken:
            made = replace(made, label=_label(order, student))
            _save(order, questions_of([_sheet(order, made)]), name)
            return made
    return None


def _print_whole(order: Order, made: Sequence[Made], stem: str) -> None:
    sheets = [_sheet(order, each) for each in made]
    _save(order, keys_of(sheets) if stem == KEYS else questions_of(sheets), stem + order.suffix)


def _save(order: Order, document: Document, name: str) -> None:
    chosen = formats.catalogue()[order.to]
    formats.save(chosen, chosen.write(document, name), str(order.folder / name))


# --- the journal ---------------------------------------------------------------------------------------------


def _journal(order: Order) -> list[Any]:
    """Its entries, the first of which says what was wanted; none where it belongs to something else. A line that is
    not as we wrote it ends it: somebody has changed it, or the run was stopped while it was written."""
    try:
        lines = (order.folder / JOURNAL).read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return []
    entries: list[Any] = []
    for line in lines:
        digest, _, text = line.partition(" ")
        if digest != _digest(order, text):
            break
        entries.append(json.loads(text))
    ours = entries and (not order.plan.seed or entries[0]["seed"] == order.plan.seed)
    return entries if ours else []


def _done(order: Order) -> Iterator[Made]:
    """What the journal says was made, its keys found again."""
    for entry in _journal(order)[1:]:
        questions = tuple(from_record(each) for each in entry["questions"])
        for question in questions:
            verify(question)
        yield Made(Student(*entry["student"]), entry["seed"], entry["label"], questions)


def _start_journal(order: Order, done: Sequence[Made]) -> None:
    head = _line(order, {"seed": order.plan.seed})
    write_whole(order.folder / JOURNAL, "".join([head, *(_line(order, _entry(each)) for each in done)]))


def _note(order: Order, made: Made) -> None:
    path = order.folder / JOURNAL
    try:
        with path.open("a", encoding="utf-8") as journal:
            journal.write(_line(order, _entry(made)))
    except OSError as error:
        raise QuizgenError("file.cannot_write", file=path, reason=reason(error)) from None


def _entry(made: Made) -> dict[str, Any]:
    student = made.student
    entry = {"student": [student.id, student.name, student.language], "seed": made.seed, "label": made.label}
    return entry | {"questions": [record(each) for each in made.questions]}


def _line(order: Order, entry: dict[str, Any]) -> str:
    text = json.dumps(entry)
    return f"{_digest(order, text)} {text}\n"


def _digest(order: Order, text: str) -> str:
    """Under what was wanted, so that a journal of other wishes is none of ours."""
    return hashlib.sha256(f"{order.fingerprint} {text}".encode()).hexdigest()
