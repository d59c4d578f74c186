"""A class gets its sheets: each student other questions, every file whole, and a stopped run goes on."""

from __future__ import annotations

import csv
import io
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from quizgen import classroom, formats, resources
from quizgen.classroom import JOURNAL, LONGEST_NAME, Order, Outcome, print_class, seed_for
from quizgen.cli import app
from quizgen.errors import QuizgenError
from quizgen.plan import Key, Origin, Plan
from quizgen.roster import Student

STUDENTS = [Student(f"s{number}", f"学生{number}") for number in range(3)]
REFUSED = QuizgenError("file.missing", file="-")
Files = dict[str, bytes]


def order(folder: Path, to: str = "md", **wanted: object) -> Order:
    folder.mkdir(exist_ok=True)
    plan = Plan("ja", "k", count=1, origin=Origin(("shopping",), 1), **wanted)  # type: ignore[arg-type]
    return Order(plan, None, to, folder)


def files_in(folder: Path) -> Files:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("to", formats.catalogue())
def test_one_file_each_one_to_print_all_keys_and_a_manifest(tmp_path: Path, to: str) -> None:
    wanted = order(tmp_path / "class", to)
    outcome = print_class(wanted, STUDENTS[:2])
    suffix = wanted.suffix
    made = files_in(wanted.folder)
    tops = {name for name in made if "/" not in name}
    assert tops == {"s0" + suffix, "s1" + suffix, "all" + suffix, "keys" + suffix, "manifest.csv"}
    rows = list(csv.reader(io.StringIO(made["manifest.csv"].decode("utf-8-sig"))))
    assert rows == [
        ["id", "name", "file", "seed"],
        *([each.student.id, each.student.name, each.student.id + suffix, each.seed] for each in outcome.made),
    ]
    assert made["manifest.csv"].startswith(b"\xef\xbb\xbf")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Files, Outcome]:
    """What a run makes that nothing stops, with one worker."""
    wanted = order(tmp_path_factory.mktemp("whole") / "class")
    outcome = print_class(wanted, STUDENTS)
    return files_in(wanted.folder), outcome


def test_everybody_has_other_questions_and_the_key_is_only_with_the_instructor(whole: tuple[Files, Outcome]) -> None:
    files, outcome = whole
    assert len({each.variants for each in outcome.made}) == len(STUDENTS)
    made = {name: text.decode() for name, text in files.items() if name.endswith(".md")}
    for each in outcome.made:
        (question,) = each.questions
        (holder,) = [name for name, text in made.items() if question.id in text and name not in ("all.md", "keys.md")]
        assert holder == each.student.id + ".md" and each.student.name in made[holder]
        assert question.id in made["all.md"] and each.student.name in made["keys.md"]
        assert "解答と解説" in made["keys.md"] and "解答と解説" not in made[holder] + made["all.md"]


def test_without_a_key_there_is_none(tmp_path: Path) -> None:
    wanted = order(tmp_path / "class", key=Key.NONE)
    print_class(wanted, STUDENTS[:2])
    assert not [name for name in files_in(wanted.folder) if "key" in name]


def test_the_same_bytes_with_more_workers_and_with_other_students(tmp_path: Path, whole: tuple[Files, Outcome]) -> None:
    two, fewer = order(tmp_path / "two"), order(tmp_path / "fewer", key=Key.NONE)
    print_class(two, STUDENTS, jobs=2)
    assert files_in(two.folder) == whole[0]
    made = print_class(fewer, STUDENTS[2:]).made[0]
    assert made.variants == whole[1].made[2].variants and made.seed == whole[1].made[2].seed


def test_the_seed_of_the_manifest_draws_the_same_questions(tmp_path: Path, whole: tuple[Files, Outcome]) -> None:
    made = whole[1].made[0]
    output = tmp_path / "a.md"
    command = ["worksheet", "--family", "shopping", "--level", "1", "--count", "1", "--lang", "ja"]
    assert app.run([*command, "--seed", made.seed, "-o", str(output)]) == 0
    assert made.questions[0].id in output.read_text("utf-8")


def test_a_stopped_run_goes_on_where_it_was(tmp_path: Path, whole: tuple[Files, Outcome]) -> None:
    stopped = order(tmp_path / "stopped")
    with pytest.raises(KeyboardInterrupt):
        print_class(stopped, STUDENTS, advance=_refusing(2, KeyboardInterrupt()))
    assert classroom.journal_seed(stopped) == "k" and not (stopped.folder / "manifest.csv").exists()
    first = (stopped.folder / "s0.md").stat().st_mtime_ns
    outcome = print_class(stopped, STUDENTS)
    assert outcome.before == 2 and (stopped.folder / "s0.md").stat().st_mtime_ns == first
    assert files_in(stopped.folder) == whole[0]


def test_a_journal_that_was_changed_is_not_trusted(tmp_path: Path, whole: tuple[Files, Outcome]) -> None:
    stopped = order(tmp_path / "stopped")
    with pytest.raises(QuizgenError):
        print_class(stopped, STUDENTS, advance=_refusing(3))
    journal = stopped.folder / JOURNAL
    lines = journal.read_text("utf-8").splitlines()
    assert [made.student for made in classroom._done(stopped)] == STUDENTS and len(lines) == 4
    other = replace(stopped, plan=replace(stopped.plan, points=7))
    assert not list(classroom._done(other)) and classroom.journal_seed(other) is None
    for left, changed in (
        (2, [*lines[:3], lines[3][: len(lines[3]) // 2]]),
        (0, [lines[0], "[]", *lines[2:]]),
        (0, [lines[0], lines[1].replace('"seed": "', '"seed": 5, "x": "'), *lines[2:]]),
        (0, [lines[1], lines[0], *lines[2:]]),
        (1, [lines[0], lines[1], lines[2].replace('"key": "', '"key": "9'), lines[3]]),
    ):
        journal.write_text("\n".join(changed) + "\n", "utf-8")
        assert len(list(classroom._done(stopped))) == left
    print_class(stopped, STUDENTS)
    assert files_in(stopped.folder) == whole[0]


def _refusing(after: int, error: BaseException = REFUSED) -> Callable[[], None]:
    """What stops a run when that many files are done."""
    left = [after]

    def refuse() -> None:
        left[0] -= 1
        if left[0] == 0:
            raise error

    return refuse


def test_fewer_variants_than_students_is_told(tmp_path: Path) -> None:
    bank = tmp_path / "two.jsonl"
    lines = (resources.banks() / "shopping.jsonl").read_text("utf-8").splitlines()[:2]
    bank.write_text("\n".join(lines) + "\n", "utf-8")
    (tmp_path / "class").mkdir()
    wanted = Order(Plan("ja", "k", count=1), bank, "md", tmp_path / "class")
    with pytest.raises(QuizgenError, match=r"roster\.too_few_variants") as caught:
        print_class(wanted, STUDENTS[:3])
    assert caught.value.details["found"] == 2


def test_a_student_s_seed_depends_on_seed_and_id_alone() -> None:
    one = seed_for("k", Student("a", "A"), 0)
    assert one == seed_for("k", Student("a", "B", "en"), 0)
    others = {
        seed_for("k", Student("b", "A"), 0),
        seed_for("l", Student("a", "A"), 0),
        seed_for("k", Student("a", "A"), 1),
    }
    assert len(others | {one}) == 4
    assert len(seed_for("x" * 200, Student("a", "A"), 0)) <= 200


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    path = tmp_path / "r.csv"
    path.write_bytes("学籍番号,氏名\na,山田\n,名無し\nb,😀\na,二人目\nc,".encode() + "長".encode() * 500 + b"\n")
    return path


def test_a_bad_line_costs_no_other_student_anything(
    tmp_path: Path, roster: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["worksheet", "--roster", str(roster), "--count", "1", "--family", "shopping", "--seed", "k"]
    with pytest.raises(QuizgenError, match=r"roster\.left_out") as caught:
        app.run([*command, "--lang", "ja", "-o", str(tmp_path / "class")])
    assert caught.value.details["count"] == 2
    told = capsys.readouterr().err
    assert f"{roster}:3:" in told and f"{roster}:5:" in told
    assert [line for line in told.splitlines() if line.startswith("😀")]  # the fonts have no such letter
    assert {path.name for path in (tmp_path / "class").iterdir()} == {
        "a.pdf", "b.pdf", "c.pdf", "all.pdf", "keys.pdf", "manifest.csv",
    }  # fmt: skip


def test_a_name_is_cut_on_the_sheet_and_whole_in_the_manifest(tmp_path: Path) -> None:
    wanted = order(tmp_path / "class")
    print_class(wanted, [Student("a", "長" * 500)])
    sheet = (wanted.folder / "a.md").read_text("utf-8")
    assert "長" * (LONGEST_NAME - 1) + "…" in sheet and "長" * LONGEST_NAME not in sheet
    assert "長" * 500 in (wanted.folder / "manifest.csv").read_text("utf-8")


@pytest.mark.parametrize(
    ("output", "key"),
    [("-", "roster.needs_folder"), ("a.pdf", "roster.needs_folder"), ("no/where", "sheet.no_folder")],
)
def test_a_class_needs_a_folder(tmp_path: Path, roster: Path, output: str, key: str) -> None:
    where = output if output == "-" else str(tmp_path / output)
    with pytest.raises(QuizgenError) as caught:
        app.run(["worksheet", "--roster", str(roster), "--count", "1", "-o", where])
    assert caught.value.key == key
    assert sorted(tmp_path.iterdir()) == [roster]


def test_what_goes_wrong_in_a_worker_is_one_line(tmp_path: Path) -> None:
    wanted = order(tmp_path / "class")
    (wanted.folder / "s1.md").mkdir()
    with pytest.raises(QuizgenError, match=r"file\.cannot_write") as caught:
        print_class(wanted, STUDENTS[:2], jobs=2)
    assert str(caught.value.details["file"]).endswith("s1.md")
    assert not list(wanted.folder.glob(".quizgen-*/")) and not (wanted.folder / "manifest.csv").exists()


def test_a_worker_that_the_system_ends_is_told(tmp_path: Path) -> None:
    wanted = order(tmp_path / "class")

    def end() -> None:
        for worker in multiprocessing.active_children():
            worker.kill()

    with pytest.raises(QuizgenError, match=r"roster\.worker_died"):
        print_class(wanted, STUDENTS, advance=end)
    assert print_class(wanted, STUDENTS).before > 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot lock a folder")
def test_a_second_run_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    wanted = order(tmp_path / "class")
    refused = []

    def again() -> None:
        with pytest.raises(QuizgenError, match=r"roster\.busy"):
            print_class(replace(wanted, plan=replace(wanted.plan, seed="other")), STUDENTS)
        refused.append(True)

    print_class(wanted, STUDENTS[:1], advance=again)
    assert refused
    assert files_in(wanted.folder)["manifest.csv"].count(b"k-") == 1


def test_after_a_stop_what_was_removed_is_made_and_who_came_later_too(
    tmp_path: Path, whole: tuple[Files, Outcome]
) -> None:
    wanted = order(tmp_path / "class")
    with pytest.raises(QuizgenError):
        print_class(wanted, [STUDENTS[1], replace(STUDENTS[2], name="another")], advance=_refusing(2))
    (wanted.folder / "s1.md").unlink()
    (wanted.folder / ".quizgen-left").mkdir()
    outcome = print_class(wanted, STUDENTS)
    assert outcome.before == 0  # one sheet was removed, and the other has an old name on it
    assert files_in(wanted.folder) == whole[0]
    assert not list(wanted.folder.glob(".*"))


def test_every_variant_of_a_small_bank_finds_its_student(tmp_path: Path) -> None:
    bank = tmp_path / "few.jsonl"
    lines = (resources.banks() / "shopping.jsonl").read_text("utf-8").splitlines()[:12]
    bank.write_text("\n".join(lines) + "\n", "utf-8")
    wanted = replace(order(tmp_path / "class"), plan=Plan("ja", "k", count=1), file=bank)
    students = [Student(f"s{number}", "") for number in range(12)]
    assert len({made.variants for made in print_class(wanted, students).made}) == 12


def test_a_source_without_a_seed_goes_on_with_the_seed_it_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source, roster, folder = tmp_path / "s.toml", tmp_path / "r.csv", tmp_path / "class"
    source.write_text('[[entry]]\nfamily = "shopping"\nlevel = 1\ncount = 2\n', "utf-8")
    roster.write_text("id,name\na,A\n", "utf-8")
    command = ["worksheet", str(source), "--roster", str(roster), "--count", "1", "--to", "md", "--lang", "en"]
    with monkeypatch.context() as patch:
        patch.setattr(classroom, "manifest", lambda rows: _refusing(1)())
        with pytest.raises(QuizgenError, match=r"file\.missing"):
            app.run([*command, "-o", str(folder)])
    sheet = (folder / "a.md").read_bytes()
    assert app.run([*command, "-o", str(folder)]) == 0
    assert "1 of 1 sheets were made before" in capsys.readouterr().err
    assert (folder / "a.md").read_bytes() == sheet


def test_the_roster_is_not_written_over(tmp_path: Path) -> None:
    roster = tmp_path / "manifest.csv"
    roster.write_text("id,name\na,A\n", "utf-8")
    with pytest.raises(QuizgenError, match=r"file\.overwrites"):
        app.run(["worksheet", "--roster", str(roster), "--count", "1", "-o", str(tmp_path)])
    assert list(tmp_path.iterdir()) == [roster]


def started(tmp_path: Path) -> subprocess.Popen[bytes]:
    """A run for a class that is large enough to be stopped."""
    roster = tmp_path / "r.csv"
    roster.write_text("id,name\n" + "".join(f"s{number},n\n" for number in range(60)), "utf-8")
    command = [sys.executable, "-m", "quizgen", "worksheet", "--roster", str(roster), "--count", "2", "--to", "md"]
    return subprocess.Popen(
        [*command, "-o", str(tmp_path / "class"), "--jobs", "2"], stderr=subprocess.PIPE, start_new_session=True
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
@pytest.mark.parametrize("seconds", [0.8, 1.6, 2.4])
def test_ctrl_c_ends_it_without_a_word_and_leaves_nothing_half_written(tmp_path: Path, seconds: float) -> None:
    process = started(tmp_path)
    time.sleep(seconds)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to us and to every worker
    _, told = process.communicate(timeout=60)
    assert (process.returncode, told) == (130, b"")
    assert not list(tmp_path.glob("class/.quizgen-*/"))


def test_the_workers_end_with_the_run(tmp_path: Path) -> None:
    process = started(tmp_path)
    while not list(tmp_path.glob("class/s*.md")):
        time.sleep(0.05)
        assert process.poll() is None
    process.kill()
    process.communicate(timeout=30)  # the pipe closes when the last of them is gone


@pytest.mark.long
def test_killed_at_any_moment_the_class_is_whole_in_the_end(tmp_path: Path) -> None:
    roster = tmp_path / "r.csv"
    roster.write_text("id,name\n" + "".join(f"s{number},n{number}\n" for number in range(12)), "utf-8")
    command = [sys.executable, "-m", "quizgen", "worksheet", "--roster", str(roster), "--count", "2"]
    command += ["--family", "shopping", "--lang", "en", "--to", "md", "--jobs", "2"]
    environment = {**os.environ, "PYTHONPATH": str(resources.PACKAGE.parent)}

    def run(folder: str, *more: str, seconds: float | None = None) -> int:
        process = subprocess.Popen(
            [*command, "-o", str(tmp_path / folder), *more], env=environment, stderr=-3, start_new_session=True
        )
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return process.wait()

    began = time.monotonic()
    assert run("whole", "--seed", "k") == 0
    took = time.monotonic() - began
    (tmp_path / "killed").mkdir()
    for part in range(1, 8):
        run("killed", "--seed", "k", seconds=took * part / 8)
    # What is left of a stopped run holds the seed; a class that a run before had time to finish holds none.
    stopped = (tmp_path / "killed" / JOURNAL).exists()
    assert run("killed", *([] if stopped else ["--seed", "k"])) == 0
    left = {name for name in files_in(tmp_path / "killed") if name.startswith(".")}
    made = {name: text for name, text in files_in(tmp_path / "killed").items() if name not in left}
    assert made == files_in(tmp_path / "whole")
