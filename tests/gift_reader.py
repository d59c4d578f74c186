"""Reads GIFT as Moodle's importer does: the same order of steps, so that what it would misread is misread here.

Escaped signs are hidden first; then comments, title, answer block and general feedback are found by their signs.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from fractions import Fraction

HIDDEN = {"\\:": "058", "\\#": "035", "\\=": "061", "\\{": "123", "\\}": "125", "\\~": "126", "\\n": "010"}
WEIGHT = re.compile(r"%(-*[0-9]{1,2}\.?[0-9]*)%")


@dataclass(frozen=True)
class Answer:
    """`number` and `tolerance` of a numerical answer (None for any other number), or the HTML of an option."""

    text: str
    percent: Fraction
    feedback: str
    number: Fraction | None = None
    tolerance: Fraction | None = None


@dataclass(frozen=True)
class Read:
    """One question."""

    kind: str
    id: str
    tags: list[str]
    name: str
    category: str
    text: str
    general: str
    answers: list[Answer] = field(default_factory=list)

    def marked(self, typed: Fraction) -> Answer:
        """The answer that a written number is taken for: the first that fits."""
        for each in self.answers:
            if each.number is None:
                return each
            assert each.tolerance is not None
            if abs(typed - each.number) <= each.tolerance:
                return each
        raise AssertionError("no answer for any other number")


def read(text: str) -> list[Read]:
    """The questions of a file."""
    found, category = [], ""
    for block in re.split(r"\n[ \t]*\n", text):
        lines = block.split("\n")
        comments = "\n".join(line for line in lines if line.strip().startswith("//"))
        body = _hide("\n".join(line for line in lines if not line.strip().startswith("//")).strip())
        if body.startswith("$CATEGORY:"):
            category = body.removeprefix("$CATEGORY:").strip()
        elif body:
            found.append(_question(body, comments, category))
    return found


def plain(markup: str) -> str:
    """What a page shows of HTML."""
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


def decoded(text: str) -> str:
    """A text without its escapes."""
    return _shown(_hide(str(text)))


def _hide(text: str) -> str:
    text = text.replace("\\\\", "&&092;")
    for sign, code in HIDDEN.items():
        text = text.replace(sign, f"&&{code};")
    return text.replace("&&092;", "\\")


def _shown(text: str) -> str:
    for code in HIDDEN.values():
        text = text.replace(f"&&{code};", chr(int(code)))
    return text.strip()


def _question(body: str, comments: str, category: str) -> Read:
    assert body.startswith("::")
    name, _, body = body[2:].partition("::")
    start, end = body.find("{"), body.find("}")
    assert 0 <= start < end and body.endswith("}"), "no answer block at the end"
    stem, block = body[:start].strip() + body[end + 1 :], body[start + 1 : end].strip()
    assert stem.startswith("[html]")
    block, _, general = block.rpartition("####")
    block = block.strip()
    kind = "numerical" if block.startswith("#") else "multichoice" if "~" in block else "other"
    answers = {"numerical": _numbers, "multichoice": _options}[kind](block)
    ids, tags = re.findall(r"\[id:(.+?)\]", comments), re.findall(r"\[tag:(.+?)\]", comments)
    assert len(ids) == 1
    return Read(
        kind, ids[0], tags, _shown(name), category, _shown(stem.removeprefix("[html]")), _shown(general), answers
    )


def _weight(answer: str, default: int) -> tuple[Fraction, str]:
    found = WEIGHT.match(answer)
    return (Fraction(found[1]), answer[found.end() :]) if found else (Fraction(default), answer)


def _numbers(block: str) -> list[Answer]:
    known, _, other = block[1:].partition("~")
    answers = []
    for piece in filter(None, (each.strip() for each in known.split("="))):
        percent, rest = _weight(piece, 100)
        number, _, feedback = rest.partition("#")
        value, _, tolerance = number.strip().partition(":")
        answers.append(Answer(number, percent, _shown(feedback), Fraction(value), Fraction(tolerance)))
    return [*answers, Answer("*", Fraction(0), _shown(other.partition("#")[2]))]


def _options(block: str) -> list[Answer]:
    answers = []
    for piece in filter(None, (each.strip() for each in block.replace("=", "~=").split("~"))):
        right = piece.startswith("=")
        percent, rest = (Fraction(100), piece[1:]) if right else _weight(piece, 0)
        text, _, feedback = rest.partition("#")
        answers.append(Answer(_shown(text), percent, _shown(feedback)))
    return answers
