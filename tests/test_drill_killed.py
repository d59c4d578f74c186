"""A drill that is killed loses nothing that it has confirmed, and the next one goes on; two at once lose nothing."""

from __future__ import annotations

import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import pytest

from quizgen import resources
from quizgen.drill.history import FILE

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
JUDGED = re.compile(r"^(Right|Wrong)", re.MULTILINE)  # said of an answer once it is on the disk


def drill(home: Path, seed: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(resources.PACKAGE.parent), "QUIZGEN_HOME": str(home)}
    command = [sys.executable, "-m", "quizgen", "drill", "--lang", "en", "--seed", seed, "--family", "shopping"]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    )


def recorded(home: Path) -> int:
    """How many answers are on the disk, once the file has proved sound."""
    with closing(sqlite3.connect(home / FILE)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        if not database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            return 0  # killed while the file was made: its tables come in one transaction, all or none
        return int(database.execute("SELECT count(*) FROM answers").fetchone()[0])


def killed(home: Path, seed: str, seconds: float) -> int:
    """A drill that gets answers as fast as it takes them, killed after `seconds`; how many it has confirmed."""
    process = drill(home, seed)
    assert process.stdin
    process.stdin.write("1\n2.2\n110\n200\n" * 400)
    process.stdin.flush()
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    with suppress(BrokenPipeError):
        return len(JUDGED.findall(process.communicate()[0]))
    raise AssertionError("the drill ended before it was killed")


def killing(home: Path, times: int) -> None:
    moments, before = random.Random(1), 0
    for number in range(times):
        confirmed = killed(home, f"k{number}", moments.uniform(0.2, 1.2))
        if not (home / FILE).exists():
            continue  # killed before anything was asked
        now = recorded(home)
        assert before + confirmed <= now <= before + confirmed + 1  # the last one may be there and not yet told
        before = now
    assert before > 0


def test_killed_at_any_moment_every_confirmed_answer_is_there(tmp_path: Path) -> None:
    killing(tmp_path, 6)


@pytest.mark.long
def test_killed_at_two_hundred_random_moments_every_confirmed_answer_is_there(tmp_path: Path) -> None:
    killing(tmp_path, 200)


def test_two_drills_at_once_lose_no_answer(tmp_path: Path) -> None:
    def whole(seed: str) -> int:
        process = drill(tmp_path, seed)
        out, _ = process.communicate("1\n2.2\n110\n200\n" * 5, timeout=120)
        assert process.returncode == 0
        return len(JUDGED.findall(out))

    with ThreadPoolExecutor(2) as both:
        confirmed = sum(both.map(whole, "ab"))
    assert confirmed == recorded(tmp_path) == 40
