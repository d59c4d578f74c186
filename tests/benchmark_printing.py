"""How long printing takes, measured in one run: `python tests/benchmark_printing.py [ROUNDS]`.

A 20-question Japanese sheet with graphs and key from nothing (draw, solve, check, pictures, pages) against the same
questions set by LuaLaTeX with luatexja, where that is installed; then the sheets of a hundred students on two workers
against one. Prints medians and ratios; it is no test.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

QUIZGEN = [sys.executable, "-m", "quizgen", "worksheet", "--lang", "ja", "--seed", "benchmark"]
QUESTIONS, STUDENTS = "20", 100

LATEX = r"""\documentclass[a4paper]{article}
\usepackage{luatexja,amsmath,tikz}\usepackage[margin=18mm]{geometry}
\definecolor{back}{HTML}{0B46C4}
\begin{document}
%s
\end{document}
"""


def timed(command: list[str], folder: Path) -> float:
    began = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return time.perf_counter() - began


def ours(folder: Path) -> float:
    return timed([*QUIZGEN, "--count", QUESTIONS, "-o", "sheet.pdf"], folder)


def lualatex(folder: Path) -> float:
    source = timed([sys.executable, __file__, "--latex", "sheet.tex"], folder)
    return source + timed(["lualatex", "-interaction=batchmode", "-halt-on-error", "sheet.tex"], folder)


def write_latex(output: str) -> None:
    """The same questions and key as LaTeX, with the pictures from the same marks."""
    from quizgen.engine.functions import Value
    from quizgen.families import Prose
    from quizgen.notation import Style, latex, of_value
    from quizgen.picture.layout import Drawing
    from quizgen.picture.plot import Box, Dot, Head, Line, Node, Text, plot
    from quizgen.plan import Origin, Plan
    from quizgen.selection import Selection
    from quizgen.sheet import arrange

    def words(text: str) -> str:
        return "".join({"%": r"\%", "_": r"\_", "&": r"\&", "#": r"\#", "^": r"\^{}"}.get(each, each) for each in text)

    def prose(pieces: Prose, style: Style) -> str:
        return "".join(words(each) if isinstance(each, str) else f"${latex(each, style)}$" for each in pieces)

    def value(of: Value, style: Style) -> str:
        return f"${latex(of_value(of), style)}$"

    def picture(drawing: Drawing) -> str:
        lines = [r"\begin{tikzpicture}[x=0.5pt,y=-0.5pt,every node/.style={inner sep=0,font=\scriptsize}]"]
        for mark in plot(drawing).marks:
            if isinstance(mark, Line | Head):
                way = " -- ".join(f"({x},{y})" for x, y in mark.points)
                ink = "back" if mark.ink == "backward" else "black"
                lines.append(rf"\{'draw' if isinstance(mark, Line) else 'fill'}[{ink}] {way};")
            elif isinstance(mark, Dot):
                lines.append(rf"\fill ({mark.x},{mark.y}) circle[radius=3];")
            elif isinstance(mark, Node):
                lines.append(rf"\draw ({mark.x},{mark.y}) circle[radius=20];")
            elif isinstance(mark, Box):
                lines.append(rf"\draw ({mark.x},{mark.y}) rectangle +({mark.width},{mark.height});")
            elif isinstance(mark, Text):
                anchor = {"start": "base west", "middle": "base", "end": "base east"}[mark.anchor]
                lines.append(rf"\node[anchor={anchor}] at ({mark.x},{mark.y}) {{{words(mark.text)}}};")
        return "\n".join([*lines, r"\end{tikzpicture}"])

    plan = Plan("ja", "benchmark", count=int(QUESTIONS), origin=Origin())
    made = arrange(Selection(plan).questions(), plan)
    body = [rf"\section*{{{words(made.title)}}}"]
    for item in made.items:
        style = item.wording.style
        body += [rf"\subsection*{{{words(item.wording.title)}}}", prose(item.wording.story, style), ""]
        body += [picture(item.asked.drawing), ""]
        body += [f"({task.number}) {prose(task.ask, style)}\n" for task in item.tasks]
    body.append(r"\clearpage")
    for item in made.items:
        style = item.wording.style
        body += [rf"\subsection*{{{words(item.wording.title)}}}", picture(item.solved.drawing), ""]
        body += [f"({task.number}) {value(task.part.key, style)}\n" for task in item.tasks]
        for working in item.workings:
            body += [words(working.heading), ""]
            body += [f"{line.label} ${latex(line.mathematics, style)}$\n" for line in working.lines]
    Path(output).write_text(LATEX % "\n".join(body), "utf-8")


def class_of(jobs: int) -> Callable[[Path], float]:
    def measure(folder: Path) -> float:
        shutil.rmtree(folder / "class", ignore_errors=True)
        command = [*QUIZGEN, "--roster", "students.csv", "--count", "5", "--jobs", str(jobs), "-o", "class"]
        return timed(command, folder)

    return measure


def report(title: str, contestants: dict[str, Callable[[Path], float]], rounds: int, folder: Path) -> None:
    """Alternates the contestants, so that what else the machine does falls on all of them."""
    found: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, measure in contestants.items():
            found[name].append(measure(folder))
    first = statistics.median(next(iter(found.values())))
    print(f"{title} (median of {rounds}; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)")
    for name, times in found.items():
        middle = statistics.median(times)
        print(f"  {name:22} {middle:7.2f} s   {middle / first:5.2f} x   from {min(times):.2f} to {max(times):.2f}")


def main() -> None:
    if sys.argv[1:2] == ["--latex"]:
        write_latex(sys.argv[2])
        return
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    pages: dict[str, Callable[[Path], float]] = {"quizgen (Typst)": ours}
    if shutil.which("lualatex"):
        pages["LuaLaTeX"] = lualatex
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        report("20 questions with key, cold", pages, rounds, folder)
        roster = "id,name\n" + "".join(f"s{number:03},学生{number}\n" for number in range(STUDENTS))
        (folder / "students.csv").write_text(roster, "utf-8")
        report("100 students", {"1 worker": class_of(1), "2 workers": class_of(2)}, rounds, folder)


if __name__ == "__main__":
    main()
