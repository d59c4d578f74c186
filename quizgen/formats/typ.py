"""The source of the PDF as one Typst file, for who wants to change its looks; Typst's own program compiles it.

The data stand in it as a string that Typst reads as JSON, so that no word of theirs can be code.
"""

from __future__ import annotations

import json

from quizgen.document import Document
from quizgen.formats import Files, Format, typesetting

NOTE = "// Fonts: Noto Sans JP, Noto Serif JP and those that Typst brings.\n"


def write(document: Document, file: str) -> Files:
    """The document as one Typst file."""
    # A string of JSON within a string of Typst: all but plain characters are escaped twice.
    quoted = json.dumps(typesetting.as_json(document), ensure_ascii=False)
    return {file: f"{NOTE}#let data = json(bytes({quoted}))\n{typesetting.source()}"}


TYP = Format("typ", ".typ", write)
