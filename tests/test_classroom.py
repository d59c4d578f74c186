"""A class gets its sheets: each student other questions, every file whole, and a stopped run goes on."""

from __future__ import annotations

import csv
import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from quizgen import classroom, formats, resources
from quizgen.classroom import JOURNAL, LONGEST_NAME, Order, print_class, seed_for
from quizgen.cli import app
from quizgen.errors import QuizgenError
from quizgen.plan import Key, Origin, Plan
from quizgen.roster import Student

STUDENTS = [Student(f"s{number}", f"学生{number}") for number in range(5)]
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


def test_everybody_has_other_questions_and_the_key_is_only_with_the_instructor(tmp_path: Path) -> None:
    wanted = order(tmp_path / "class")
    outcome = print_class(wanted, STUDENTS)
    assert len({each.variants for each in outcome.made}) == len(STUDENTS)
    made = {name: text.decode() for name, text in files_in(wanted.folder).items() if name.endswith(".md")}
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


def test_the_same_bytes_with_more_workers_and_with_other_students(tmp_path: Path) -> None:
    one, two, fewer = (order(tmp_path / name) for name in ("one", "two", "fewer"))
    print_class(one, STUDENTS)
    print_class(two, STUDENTS, jobs=2)
    print_class(fewer, STUDENTS[3:])
    assert files_in(one.folder) == files_in(two.folder)
    assert files_in(fewer.folder)["s4.md"] == files_in(one.folder)["s4.md"]


def test_the_seed_of_the_manifest_draws_the_same_questions(tmp_path: Path) -> None:
    wanted = order(tmp_path / "class")
    made = print_class(wanted, STUDENTS[:1]).made[0]
    output = tmp_path / "a.md"
    command = ["worksheet", "--family", "shopping", "--level", "1", "--count", "1", "--lang", "ja"]
    assert app.run([*command, "--seed", made.seed, "-o", str(output)]) == 0
    assert made.questions[0].id in output.read_text("utf-8")


def test_a_stopped_run_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, stopped = order(tmp_path / "whole"), order(tmp_path / "stopped")
    print_class(whole, STUDENTS)
    count = 0

    def stop() -> None:
        nonlocal count
        count += 1
        if count == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        print_class(stopped, STUDENTS, advance=stop)
    assert classroom.journal_seed(stopped) == "k" and not (stopped.folder / "manifest.csv").exists()
    first = (stopped.folder / "s0.md").stat().st_mtime_ns
    outcome = print_class(stopped, STUDENTS)
    assert outcome.before == 3 and (stopped.folder / "s0.md").stat().st_mtime_ns == first
    assert files_in(stopped.folder) == files_in(whole.folder)


@pytest.mark.parametrize("damage", ["cut", "key", "nonsense", "order"])
def test_a_journal_that_was_changed_is_not_trusted(tmp_path: Path, damage: str) -> None:
    whole, stopped = order(tmp_path / "whole"), order(tmp_path / "stopped")
    print_class(whole, STUDENTS[:2])
    with pytest.raises(QuizgenError):
        print_class(stopped, STUDENTS[:2], advance=_refusing(2))
    journal = stopped.folder / JOURNAL
    lines = journal.read_text("utf-8").splitlines()
    assert len(lines) == 3
    if damage == "cut":
        lines[2] = lines[2][: len(lines[2]) // 2]
    elif damage == "key":
        lines[1] = lines[1].replace('"key": "', '"key": "9')
    elif damage == "nonsense":
        lines[1] = "[]"
    else:
        lines = [lines[1], lines[0], lines[2]]
    journal.write_text("\n".join(lines) + "\n", "utf-8")
    print_class(stopped, STUDENTS[:2])
    assert files_in(stopped.folder) == files_in(whole.folder)


def _refusing(after: int) -> object:
    left = [after]

    def refuse() -> None:
        left[0] -= 1
        if left[0] == 0:
            raise QuizgenError("file.missing", file="-")

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
    assert run("killed") == 0 or run("killed", "--seed", "k") == 0
    left = {name for name in files_in(tmp_path / "killed") if name.startswith(".")}
    made = {name: text for name, text in files_in(tmp_path / "killed").items() if name not in left}
    assert made == files_in(tmp_path / "whole")
