"""Reads AMC-TXT as AMC's filter does: line by line, then each text in its constructs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

SETTINGS = "Title|Presentation|Lang|Font|PaperSize|LaTeXEngine|LaTeX-Preambule|L-Name|IncludeFile"
QUESTION = re.compile(r"\s*(\*{1,2})(?:<[^>]*>)?(?:\[([^]]*)\])?(?:\{([^}]*)\})?\s*(.*)")
OPTION = re.compile(r"\s*([+-])(?:\[[^]]*\])?(?:\{[^}]*\})?\s*(.*)")
PICTURE = re.compile(r"!(?:\{([^!\s]+)\})?(?:\[([^!\s]+)\])?([^!\s]+)!")
FONT = re.compile(r"\[[_*/|]|[_*/|]\]|\[==|==\]|\[/?verbatim\]")
PRINTED = {
    r"\lbrack{}": "[", r"\rbrack{}": "]", "!": "!", r"\ensuremath{-}": "−",
    r"\ensuremath{\times}": "×", r"\ensuremath{\cdot}": "·",
}  # fmt: skip


@dataclass
class Text:
    """A text: what is plain in it, the LaTeX and the pictures, in their order."""

    pieces: list[tuple[str, str]]

    @property
    def plain(self) -> str:
        """What is printed of it, signs of mathematics aside."""
        return "".join(PRINTED.get(text, text if kind == "plain" else "") for kind, text in self.pieces)

    def of(self, kind: str) -> list[str]:
        """The pieces of one kind."""
        return [text for each, text in self.pieces if each == kind]


@dataclass
class Question:
    """A question that has one right answer."""

    id: str
    text: str
    options: list[tuple[bool, str]] = field(default_factory=list)


@dataclass
class Exam:
    """A file."""

    settings: dict[str, str] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)


def read(text: str) -> Exam:
    """The settings and questions of a file; nothing that is unknown stands in it."""
    exam = Exam()
    for line in text.split("\n"):
        if line.lstrip().startswith("#") or not line.strip():
            continue
        setting = re.match(rf"\s*({SETTINGS}):\s*(.*)", line, re.IGNORECASE)
        if setting:
            assert not exam.questions and setting[1] not in exam.settings
            exam.settings[setting[1]] = setting[2]
            continue
        assert not re.match("[a-z0-9-]+:", line, re.IGNORECASE), f"an unknown setting: {line}"
        assert not re.match(r"\s*\*[()]", line), f"a group: {line}"
        asked, offered = QUESTION.match(line), OPTION.match(line)
        if asked:
            assert asked[1] == "*" and asked[2].startswith("id=") and not asked[3]
            exam.questions.append(Question(asked[2].removeprefix("id="), asked[4]))
        elif offered:
            exam.questions[-1].options.append((offered[1] == "+", offered[2]))
        else:
            assert not exam.questions[-1].options
            exam.questions[-1].text += f"\n{line}"
    return exam


def parsed(text: str) -> Text:
    """A text in its constructs: LaTeX, then pictures; changes of the font are none of ours."""
    pieces: list[tuple[str, str]] = []
    for place, piece in enumerate(re.split(r"\[\[((?:(?!\]\]).)+)\]\]", text)):
        if place % 2:
            pieces.append(("latex", piece))
            continue
        start = 0
        for found in PICTURE.finditer(piece):
            pieces += [("plain", piece[start : found.start()]), ("picture", f"{found[2]} {found[3]}")]
            start = found.end()
        pieces.append(("plain", piece[start:]))
    assert not any(FONT.search(each) for kind, each in pieces if kind == "plain")
    return Text(pieces)
