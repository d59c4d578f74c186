"""PDF, set by Typst in this process: tagged (PDF/UA-1), with its fonts inside, the same bytes for the same document.

The compiler gets its source and data from memory and an empty folder as its root, so it sees no file of anybody's;
fonts come from packages, never from the system, so that a sheet looks the same everywhere.
"""

from __future__ import annotations

import functools
import re
import tempfile
from typing import TYPE_CHECKING, Any

from quizgen.document import Document
from quizgen.errors import QuizgenError
from quizgen.formats import Files, Format, typesetting

if TYPE_CHECKING:
    from typst import Fonts

_MISSING = re.compile(r'text `"(.*)"` could not be displayed', re.DOTALL)


@functools.lru_cache(4)
def _fonts(folders: tuple[str, ...]) -> Fonts:
    import pylopdf_fonts_jp
    from typst import Fonts

    ours = str(pylopdf_fonts_jp.sans_path().parent)
    return Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[ours, *folders])


def compiled(source: str, data: str, folders: tuple[str, ...] = ()) -> bytes:
    """The PDF of a Typst source that reads `data.json`; QuizgenError where the fonts lack a character."""
    import typst

    files: Any = {"main.typ": source.encode(), "data.json": data.encode()}
    with tempfile.TemporaryDirectory(prefix="quizgen-") as empty:
        try:
            made = typst.compile(
                files,
                root=empty,
                font_paths=_fonts(folders),
                ignore_system_fonts=True,
                pdf_standards="ua-1",
                timestamp=0,
            )
        except typst.TypstError as error:
            missing = _MISSING.search(error.message)
            if missing is None:
                raise
            raise QuizgenError("sheet.no_glyph", text=missing[1]) from None
    assert isinstance(made, bytes)
    return made


def prints(text: str, folders: tuple[str, ...] = ()) -> bool:
    """Whether the fonts have every character of `text`."""
    if not text.strip():  # a PDF of nothing has no title, which is another error
        return True
    try:
        compiled(FROM_FILE + typesetting.sample(), typesetting.sample_data(text, folders), folders)
    except QuizgenError:
        return False
    return True


def write(document: Document, file: str) -> Files:
    """The document as one PDF."""
    folders = document.sections[0].sheet.plan.fonts
    return {file: compiled(FROM_FILE + typesetting.source(), typesetting.as_json(document), folders)}


FROM_FILE = '#let data = json("data.json")\n'
PDF = Format("pdf", ".pdf", write, prints=prints)
