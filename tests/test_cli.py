"""The command line as its users meet it: exit codes, one line an error, two languages, the same bytes everywhere."""

from __future__ import annotations

import ctypes
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TextIO

import pytest

import quizgen
from quizgen import bank

ROOT = Path(quizgen.__file__).parent.parent
JAPANESE = re.compile(r"[぀-ヿ一-鿿]")


def start(
    *arguments: str, stdin: str = "", output: int | TextIO = subprocess.PIPE, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Runs `quizgen` in an environment with nothing in it but what is needed, and `settings`."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", **settings}
    environment.setdefault("QUIZGEN_HOME", str(Path(settings.get("HOME", "/nonexistent")) / "quizgen"))
    return subprocess.run(
        [sys.executable, "-m", "quizgen", *arguments],
        input=stdin,
        stdout=output,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=environment,
        cwd=settings.get("PWD"),
        timeout=120,
    )


EXPRESSIONS = [
    "",
    "   ",
    "x y",
    "x(y)",
    "2 3",
    "x +",
    "(x",
    "x)",
    "x @ y",
    "x ** ** y",
    "1..2",
    "9**99999",
    "1e99999",
    "ln(x)",
    "max(x)",
    "exp(1, 2)",
    "sin x",
    "__import__('os').system('true')",
    "x.__class__",
    "lambda: 1",
    "[1]",
    "x = 3",
    "りんご みかん",
    "x²y",
    "\N{PILE OF POO}",
    "x" * 20_000,
    "(" * 3000,
    "9**9**9",
    "1/0",
    "log(0)",
]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_bad_expression_is_told_in_one_line_with_a_caret(language: str) -> None:
    for text in EXPRESSIONS[:: 1 if language == "en" else 5]:
        done = start("explain", text, "--lang", language)
        assert done.returncode == 1, (text, done)
        assert done.stdout == ""
        lines = done.stderr.splitlines()
        assert lines[0].startswith("quizgen: ")
        assert len(lines) in (1, 3) and (len(lines) == 1 or lines[2].strip() == "^"), done.stderr
        assert "Traceback" not in done.stderr
        assert bool(JAPANESE.search(lines[0].replace("りんご", "").replace("みかん", ""))) == (language == "ja")


def test_the_caret_stands_under_the_place_also_after_wide_characters() -> None:
    assert start("explain", "りんご + @").stderr.splitlines()[1:] == ["  りんご + @", "           ^"]


BAD = {
    "unknown command": (["exlpain", "x"], 2),
    "unknown option": (["families", "--jsno"], 2),
    "missing argument": (["explain"], 2),
    "a count that is no number": (["bank", "build", "--family", "shopping", "--count", "ten"], 2),
    "a value that is no number": (["explain", "x", "--at", "x=abc"], 1),
    "a value that is missing": (["explain", "x*y", "--at", "x=1"], 1),
    "an unknown language": (["explain", "x", "--lang", "fr"], 1),
    "an unknown family": (["bank", "build", "--family", "shoping", "--count", "1", "-o", "-"], 1),
    "an unknown level": (["bank", "build", "--family", "shopping", "--level", "9", "--count", "1", "-o", "-"], 1),
    "no count": (["bank", "build", "--family", "shopping", "--count", "0", "-o", "-"], 1),
    "neither source nor family": (["bank", "build"], 1),
    "a missing source": (["bank", "build", "{dir}/none.toml"], 1),
    "a source that is a folder": (["bank", "build", "{dir}"], 1),
    "a source that is none": (["bank", "build", "{dir}/broken.toml", "-o", "-"], 1),
    "a missing bank": (["bank", "show", "{dir}/none.jsonl"], 1),
    "a bank that is a folder": (["bank", "check", "{dir}"], 1),
    "a bank that is none": (["bank", "show", "{dir}/broken.toml"], 1),
    "a bank that is binary": (["bank", "check", "{dir}/binary.jsonl"], 1),
    "a bank cut off": (["bank", "show", "{dir}/cut.jsonl"], 1),
    "a drill on a bank cut off from the start": (["drill", "{dir}/cut-at-once.jsonl"], 1),
    "a seed that cannot be typed again": (["worksheet", "--seed", "s\tz"], 1),
    "an empty seed": (["bank", "build", "--family", "shopping", "--seed", ""], 1),
    "a seed that is too long": (["drill", "--seed", "s" * 201], 1),
    "a source that would be written over": (["bank", "build", "{dir}/good.toml", "-o", "{dir}/good.toml"], 1),
    "a level that no family has": (["worksheet", "--level", "9"], 1),
    "a sheet for a device": (["worksheet", "--count", "1", "--to", "md", "-o", os.devnull], 1),
    "a worksheet of a bank cut off": (["worksheet", "{dir}/cut.jsonl", "-o", "{dir}/x.md"], 1),
    "an unknown id": (["bank", "show", "{dir}/good.jsonl", "zzz"], 1),
    "a folder to write to that is none": (["worksheet", "--count", "1", "-o", "{dir}/none/x.md"], 1),
    "a file in the way of a folder": (["worksheet", "--count", "1", "-o", "{dir}/broken.toml/x.md"], 1),
    "a folder in the way of a file": (["bank", "build", "--family", "shopping", "--count", "1", "-o", "{dir}"], 1),
    "an unknown suffix": (["worksheet", "--count", "1", "-o", "{dir}/x.docx"], 1),
    "a drill of an unknown family": (["drill", "--family", "cooking"], 1),
    "a control character in a path": (["bank", "show", "{dir}/a\x1b[31m\nb"], 1),
    "a missing export": (["progress", "import", "{dir}/none.jsonl"], 1),
    "an export that is none": (["progress", "import", "{dir}/broken.toml"], 1),
    "an export that is binary": (["progress", "import", "{dir}/binary.jsonl"], 1),
    "an export that is a bank": (["progress", "import", "{dir}/good.jsonl"], 1),
    "an export of nothing": (["progress", "import", "-"], 1),
    "a folder in the way of an export": (["progress", "export", "-o", "{dir}"], 1),
    "an unknown kind of progress": (["progress", "exprot"], 2),
    "more than the bank has": (["worksheet", "{dir}/good.jsonl", "--count", "99", "-o", "{dir}/x.md"], 1),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("bad")
    done = start(
        "bank", "build", "--family", "shopping", "--count", "3", "--seed", "s", "-o", str(place / "good.jsonl")
    )
    assert done.returncode == 0, done.stderr
    good = (place / "good.jsonl").read_bytes()
    (place / "cut.jsonl").write_bytes(good[:-400])
    (place / "cut-at-once.jsonl").write_bytes(good[:300])
    (place / "good.toml").write_text('[[entry]]\nfamily = "shopping"\ncount = 1\n', "utf-8")
    (place / "broken.toml").write_text("[[entry]\n", "utf-8")
    (place / "record.jsonl").write_text('{"type": "progress", "version": 1}\n', "utf-8")
    (place / "binary.jsonl").write_bytes(bytes(range(256)))
    return place


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_clear_line_and_leaves_nothing_behind(name: str, folder: Path) -> None:
    arguments, code = BAD[name]
    before = sorted(folder.iterdir())
    done = start(*(each.replace("{dir}", str(folder)) for each in arguments), HOME=str(folder.parent))
    assert done.returncode == code, done
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert done.stderr.startswith("quizgen: ")
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stderr
    assert sorted(folder.iterdir()) == before


def test_a_drill_on_a_bank_cut_off_goes_on_with_what_is_whole(folder: Path, tmp_path: Path) -> None:
    done = start("drill", str(folder / "cut.jsonl"), "--count", "1", stdin="1\n", HOME=str(tmp_path))
    assert done.returncode == 0
    assert f"{folder / 'cut.jsonl'}:3" in done.stderr
    assert "Q1" in done.stdout


@pytest.mark.parametrize("way", ["link", "pipe"])
def test_a_link_and_a_pipe_are_written_to_and_stay(way: str, tmp_path: Path) -> None:
    target, place = tmp_path / "real.jsonl", tmp_path / "named.jsonl"
    target.write_text("old", "utf-8")
    build = ["bank", "build", "--family", "shopping", "--count", "1", "--seed", "s", "-o", str(place)]
    if way == "link":
        place.symlink_to(target)
        assert start(*build).returncode == 0
        assert place.is_symlink()
        assert bank.read(target)
    else:
        os.mkfifo(place)
        reader = os.open(place, os.O_RDONLY | os.O_NONBLOCK)
        try:
            assert start(*build).returncode == 0
            assert place.is_fifo()
            assert os.read(reader, 60_000).count(b"\n") == 1
        finally:
            os.close(reader)


def test_a_full_disk_behind_standard_output_is_one_line() -> None:
    if not Path("/dev/full").is_char_device():
        pytest.skip("this system has no /dev/full")
    with Path("/dev/full").open("w") as full:
        done = start("families", output=full)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert done.stderr.startswith("quizgen: ")


def test_what_nobody_foresaw_is_one_line_that_asks_to_be_reported() -> None:
    code = (
        "import sys; from quizgen import explain; from quizgen.cli import main\n"
        "def broken(*_): raise RuntimeError('x')\n"
        "explain.explain = broken; sys.argv[1:] = ['explain', 'x']; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", timeout=60)
    assert done.returncode == 3
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert "RuntimeError" in done.stderr
    assert "quizgen.cli.explain:" in done.stderr


@pytest.mark.parametrize("name", ["unknown command", "unknown option", "missing argument", "a missing bank"])
def test_a_japanese_user_is_told_in_japanese(name: str, folder: Path) -> None:
    arguments = [each.replace("{dir}", str(folder)) for each in BAD[name][0]]
    said = start(*arguments, LANG="ja_JP.UTF-8").stderr
    assert JAPANESE.search(said)
    assert not re.search(r"\b(the|is|no|not|see|such|missing)\b", said, re.IGNORECASE)


COMMANDS = [
    [],
    ["explain"],
    ["families"],
    ["drill"],
    ["progress"],
    ["progress", "export"],
    ["progress", "import"],
    ["worksheet"],
    ["bank"],
    ["bank", "build"],
    ["bank", "check"],
    ["bank", "show"],
    ["bank", "diff"],
    ["bank", "merge"],
    ["bank", "pick"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_is_there_in_both_languages(command: list[str]) -> None:
    english = start(*command, "--help")
    japanese = start(*command, "--help", LANG="ja_JP.UTF-8")
    assert english.returncode == japanese.returncode == 0
    assert not JAPANESE.search(english.stdout)
    for line in japanese.stdout.splitlines():
        words = re.sub(
            r"--?[\w-]+|`[^`]*`|<[^>]*>|[A-Z_=.\[\]|]{2,}|\ben\|ja\b|e\.g\.|quizgen|JSON|TOML|Markdown", "", line
        )
        assert not re.search(r"\b(exit|message|default|required|options|commands)\b", words), line
    assert "使い方" in japanese.stdout


def _cannot_override() -> None:
    """Takes the power to ignore permissions from root, so that the tests mean the same for everybody."""
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP


@pytest.mark.skipif(sys.platform != "linux", reason="capabilities are Linux's")
def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    for arguments in (
        ["bank", "build", "--family", "shopping", "--count", "1", "-o", f"{closed}/b.jsonl"],
        ["worksheet", "--family", "shopping", "--count", "1", "-o", f"{closed}/w.md"],
        ["drill", "--family", "shopping"],
    ):
        done = subprocess.run(
            [sys.executable, "-m", "quizgen", *arguments],
            input="1\n",
            capture_output=True,
            encoding="utf-8",
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "QUIZGEN_HOME": f"{closed}/home"},
            preexec_fn=_cannot_override,
            timeout=120,
        )
        assert done.returncode == 1, done
        assert len(done.stderr.splitlines()) == 1, done.stderr
        assert str(closed) in done.stderr
    assert list(closed.iterdir()) == []


def test_the_same_seed_gives_the_same_bytes_everywhere(tmp_path: Path) -> None:
    build = ["bank", "build", "--family", "chain-rule", "--count", "8", "--seed", "bytes", "-o", "-"]
    first = start(*build, PYTHONHASHSEED="1", TZ="UTC", LANG="C.UTF-8", PWD="/")
    other = start(
        *build, PYTHONHASHSEED="2", TZ="Asia/Tokyo", LANG="ja_JP.UTF-8", PWD=str(tmp_path), LC_ALL="ja_JP.eucJP"
    )
    assert first.returncode == 0
    assert first.stdout == other.stdout
    assert len(first.stdout.splitlines()) == 8


def test_output_is_utf8_where_the_locale_is_not() -> None:
    done = start("explain", "りんご*2", LANG="C", LC_ALL="POSIX", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert done.returncode == 0
    assert "りんご" in done.stdout


def test_a_closed_pipe_is_no_error() -> None:
    code = f"{sys.executable} -m quizgen families | head -n 1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", code],
        capture_output=True,
        encoding="utf-8",
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
    )
    assert (done.returncode, done.stderr) == (0, "")


HEAVY = ("sympy", "pydantic", "jinja2", "prompt_toolkit", "rich", "mpmath")


def loaded(code: str, home: Path, stdin: str = "") -> set[str]:
    """The heavy modules that are loaded after `code` has run."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"{code}\nimport sys; sys.stderr.write('|'.join(m for m in {HEAVY} if m in sys.modules))",
        ],
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "QUIZGEN_HOME": str(home), "LANG": "C.UTF-8"},
        timeout=60,
    )
    return set(done.stderr.splitlines()[-1].split("|")) - {""} if done.stderr else set()


RUN = "import sys; sys.argv = {argv}\nfrom quizgen.cli import main\ntry: main()\nexcept SystemExit: pass"


def test_help_waits_for_nothing_heavy(tmp_path: Path) -> None:
    assert loaded(RUN.format(argv=["quizgen", "--help"]), tmp_path) == set()


def test_a_drill_on_a_deployed_bank_never_loads_sympy(tmp_path: Path) -> None:
    answers = "1\n2.2\n11/5\n2(x+y)\n?\n"
    heavy = loaded(RUN.format(argv=["quizgen", "drill", "--seed", "s", "--count", "2"]), tmp_path, answers)
    assert "sympy" not in heavy


def test_families_as_json() -> None:
    done = start("families", "--json")
    data = json.loads(done.stdout)
    assert {"name", "levels", "kinds"} <= set(data[0])
    assert {each["name"] for each in data} >= {"shopping", "chain-rule"}


@pytest.mark.parametrize(
    "command",
    [
        ["explain", "x*y", "--at", "x=1", "--at", "y=2"],
        ["families"],
        ["progress"],
        ["progress", "export"],
        ["progress", "import", "{dir}/record.jsonl"],
        ["drill", "--count", "1"],
        ["worksheet", "--count", "1"],
        ["bank", "build", "--family", "shopping", "--count", "1"],
        ["bank", "check", "{dir}/good.jsonl"],
        ["bank", "check", "{dir}/good.toml", "--seeds", "1"],
        ["bank", "show", "{dir}/good.jsonl"],
        ["bank", "diff", "{dir}/good.jsonl", "{dir}/good.jsonl"],
        ["bank", "merge", "{dir}/good.jsonl", "{dir}/good.jsonl"],
        ["bank", "pick", "{dir}/good.jsonl", "--count", "2"],
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_every_command_takes_a_seed_and_a_language(command: list[str], folder: Path, tmp_path: Path) -> None:
    arguments = [each.replace("{dir}", str(folder)) for each in command]
    first, second = (
        start(*arguments, "--seed", "s", "--lang", "ja", HOME=str(tmp_path / name)) for name in ("one", "two")
    )
    assert first.returncode == 0, first.stderr
    assert first.stdout == second.stdout
