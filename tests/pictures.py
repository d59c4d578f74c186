"""Makes the pictures of README again: `python tests/pictures.py`. A test tells when they are out of date."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from quizgen.formats import pdf, typesetting
from quizgen.language import available
from quizgen.plan import Origin, Plan
from quizgen.selection import Selection
from quizgen.sheet import Document, arrange, documents

FOLDER = Path(__file__).parent.parent / ".github"
RESOLUTION = 80.0  # dots per inch
TYPST = "0.15.2"  # other versions may set a line elsewhere


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


def pictures() -> dict[str, bytes]:
    """The names of the pictures, and what they show: the sheet that README's command makes."""
    found = {}
    for language in available():
        plan = Plan(language, "monday", count=6, origin=Origin(("shopping",)))
        whole, _ = documents(arrange(Selection(plan).questions(), plan))
        questions, key = (Document((section,)) for section in whole.sections)
        found[f"sheet.{language}.png"] = page(questions, 1)
        found[f"key.{language}.png"] = page(key, 2)
    return found


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, content in pictures().items():
        (FOLDER / name).write_bytes(content)
