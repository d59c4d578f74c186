"""How long a learner waits: from the command to the first question, and from an answer to its verdict.

    python tests/benchmark_drill.py

Prints medians, and the ratio to `import typer` in the same run; nothing is asserted.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

from quizgen import bank, resources
from quizgen.answers import Unreadable, grade, read
from quizgen.drill.lesson import Lesson
from quizgen.question import value_text

RUNS = 11


def seconds_to(command: list[str], line: str | None) -> float:
    """Until a line that begins so is printed, or until the end."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "PYTHONPATH": str(resources.PACKAGE.parent), "QUIZGEN_HOME": home}
        began = time.perf_counter()
        process = subprocess.Popen(command, stdin=-1, stdout=-1, stderr=-3, text=True, env=environment)
        assert process.stdout
        for each in process.stdout:
            if line and each.startswith(line):
                break
        taken = time.perf_counter() - began
        process.kill()
        process.communicate()
    return taken


def starting() -> None:
    drill = [sys.executable, "-m", "quizgen", "drill", "--lang", "en", "--seed", "a"]
    typer, first = [], []
    for _ in range(RUNS):  # in turn, so that both meet the same load
        typer.append(seconds_to([sys.executable, "-c", "import typer"], None))
        first.append(seconds_to(drill, "Q1."))
    one, other = statistics.median(typer), statistics.median(first)
    print(f"import typer {one:.3f} s; first question {other:.3f} s = {other / one:.1f}x; load {os.getloadavg()[0]:.1f}")


def grading() -> None:
    """Each key and each distractor of some variants, as a learner types them after the question was shown."""
    taken: dict[bool, list[float]] = {False: [], True: []}
    for line in list(bank.shipped_lines())[::30]:
        lesson = Lesson.of(line.question())
        for number, part in enumerate(lesson.question.parts):
            lesson.shows(number)  # as a conversation does while the learner reads
            for value in (part.key, *(each.value for each in part.distractors)):
                began = time.perf_counter()
                answer = read(value_text(value), part, lesson.names, lesson.units)
                assert not isinstance(answer, Unreadable)
                grade(part, lesson.mistakes[number], answer)
                taken[part.ask.symbolic].append(1000 * (time.perf_counter() - began))
    for symbolic, each in taken.items():
        kind = "expressions" if symbolic else "numbers"
        print(f"grading {len(each)} {kind}: median {statistics.median(each):.2f} ms, largest {max(each):.1f} ms")


if __name__ == "__main__":
    starting()
    grading()
