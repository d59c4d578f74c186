"""Makes the pictures of README again: `python tests/pictures.py`. A test tells when they are out of date."""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from fractions import Fraction
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from rich.console import Console
from rich.terminal_theme import SVG_EXPORT_THEME
from rich.text import Text

from quizgen import families
from quizgen.cli.common import caret
from quizgen.document import Document, documents
from quizgen.drill.chosen import Chosen
from quizgen.drill.lesson import Lesson
from quizgen.drill.result import Flag, Result
from quizgen.drill.talk import Talk
from quizgen.drill.telling import Telling
from quizgen.drill.terminal import PROMPT, Terminal
from quizgen.engine.functions import Value
from quizgen.formats import pdf, typesetting
from quizgen.generate import question_for
from quizgen.language import available
from quizgen.notation import number_text
from quizgen.picture.terminal import width
from quizgen.plan import Origin, Plan
from quizgen.selection import Selection
from quizgen.sheet import arrange

FOLDER = Path(__file__).parent.parent / ".github"
RESOLUTION = 80.0  # dots per inch
MADE_WITH = {"typst": "0.15.2", "rich": "15.0.0"}  # other versions may set a line elsewhere
COLUMNS, CELL, LINE = 110, 8, 19  # characters of a line; their size in pixels
FONTS = "Menlo, Consolas, 'DejaVu Sans Mono', 'Noto Sans Mono CJK JP', monospace"
MISTAKE = "product-not-swapped"


def page(document: Document, number: int) -> bytes:
    """One page of a document as PNG."""
    import typst

    source = (pdf.FROM_FILE + typesetting.source()).encode()
    files: Any = {"main.typ": source, "data.json": typesetting.as_json(document).encode()}
    with tempfile.TemporaryDirectory() as empty:
        pages: Any = typst.compile(
            files, root=empty, font_paths=pdf._fonts(()), ignore_system_fonts=True, format="png", ppi=RESOLUTION
        )
    made: bytes = pages[number - 1]
    return made


class Recorded(Terminal):
    """A terminal that types its lines itself, and remembers all that it shows in colour."""

    def __init__(self, lines: list[str]) -> None:
        self._ascii, self._colour, self._lines = False, True, iter(lines)
        self._console = Console(
            width=COLUMNS, record=True, file=io.StringIO(), force_terminal=True, color_system="truecolor",
            highlight=False, markup=False, emoji=False, legacy_windows=False, _environ={},
        )  # fmt: skip

    def ask(self, reading: Callable[[str], str]) -> str | None:
        line = next(self._lines, None)
        if line is not None:
            self._console.print(Text(f"{PROMPT}{line}"))
        return line

    def svg(self) -> bytes:
        """Everything that was shown; each character in its cell, for fonts differ in how wide they are."""
        lines = Text.from_ansi(self._console.export_text(styles=True)).split("\n")
        height = (len(lines) + 1) * LINE
        rows = [row for number, line in enumerate(lines, 1) for row in self._row(line, number * LINE)]
        ground = f'<rect width="{COLUMNS * CELL + 2 * CELL}" height="{height}" rx="8" fill="#1e1e1e"/>'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {COLUMNS * CELL + 2 * CELL} {height}"'
        return "\n".join(
            [f'{head} font-family="{FONTS}" font-size="14" xml:space="preserve">', ground, *rows, "</svg>\n"]
        ).encode()

    def _row(self, line: Text, y: int) -> Iterator[str]:
        """A stretch of one style after the other."""
        places = list(accumulate((width(each) for each in line.plain), initial=1))
        edges = sorted({0, len(line), *(span.start for span in line.spans), *(span.end for span in line.spans)})
        for start, end in pairwise(edges):
            style = line.get_style_at_offset(self._console, start)
            colour = style.color.get_truecolor(SVG_EXPORT_THEME).hex if style.color else "#e0e0e0"
            weight = ' font-weight="bold"' if style.bold else ""
            for word in re.finditer(r"\S+", line.plain[start:end]):  # spaces would be run together
                xs = " ".join(str(place * CELL) for place in places[start + word.start() : start + word.end()])
                yield f'<text x="{xs}" y="{y}" fill="{colour}"{weight}>{escape(word[0])}</text>'


class Kept:
    """A record that keeps nothing."""

    def add(self, result: Result) -> None:
        """Nothing."""

    def flag(self, flag: Flag) -> None:
        """Nothing."""


def drill(language: str) -> bytes:
    """A problem of the drill: a slip of arithmetic, a hint and a right answer, a misconception."""
    problem = question_for(families.find("shopping"), 2, "readme")
    lesson = Lesson.of(problem)
    part = next(n for n, each in enumerate(problem.parts) if each.ask.kind == "gradient")
    wrong = next(value for value, name, at in lesson.mistakes[part].answers(problem.parts[part].ask) if name == MISTAKE)
    key = _typed(problem.parts[0].key)
    typed = [key.replace("7", "1", 1), "?", _typed(problem.parts[1].key)]
    voice = Recorded([*typed, *["p"] * (part - 2), _typed(wrong)])
    Talk(voice, Telling(language, caret), Kept(), lambda: datetime.now(UTC)).run([Chosen(problem)])
    return voice.svg()


def _typed(value: Value) -> str:
    return number_text(Fraction(str(value)))


def pictures() -> dict[str, bytes]:
    """The names of the pictures, and what they show: the sheet that README's command makes."""
    found = {}
    for language in available():
        plan = Plan(language, "monday", count=6, origin=Origin(("shopping",)))
        whole, _ = documents(arrange(Selection(plan).questions(), plan))
        questions, key = (Document((section,)) for section in whole.sections)
        found[f"sheet.{language}.png"] = page(questions, 1)
        found[f"key.{language}.png"] = page(key, 2)
        found[f"drill.{language}.svg"] = drill(language)
    return found


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, content in pictures().items():
        (FOLDER / name).write_bytes(content)
