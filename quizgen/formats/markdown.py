"""Markdown that GitHub, editors and pandoc read alike; pictures are SVG files beside it.

In the templates whatever is not `Markdown` already is text, and is escaped.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING
from urllib.parse import quote

from quizgen.document import Contents, Document
from quizgen.engine.functions import Value
from quizgen.families import Prose
from quizgen.files import STANDARD_OUTPUT
from quizgen.formats import Files, Format
from quizgen.notation import Equal, Notation, Style, latex, latex_parts, of_value
from quizgen.picture import svg, terminal
from quizgen.picture.layout import printable
from quizgen.sheet import Item, Picture
from quizgen.templating import environment

if TYPE_CHECKING:
    from jinja2 import Environment

_AS_ENTITY = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;"}  # a backslash is not enough for every reader
_SPECIAL = re.compile(r"[\\`*_\[\]|#~^&<>$]")
_FIRST = re.compile(r"\d{1,9}(?=[.)])|(?=[-+=])")  # what begins a list or underlines a heading
_DOLLAR = r"\text{＄}"  # some readers end mathematics at any dollar sign, whatever stands before it
_NO_SPACE_BEFORE = ".,:;?!)"  # of what follows mathematics


class Markdown(str):
    """Text that is Markdown: it is put into a template as it is."""


def escape(text: str) -> Markdown:
    """`text` so that it is read as text wherever it stands."""
    inner = printable(text)
    if not inner:
        return Markdown(" " if text else "")
    shown = _SPECIAL.sub(lambda found: _AS_ENTITY.get(found[0], "\\" + found[0]), inner)
    first = _FIRST.match(shown)
    if first:
        shown = f"{first[0]}\\{shown[first.end() :]}"
    return Markdown(f"{' ' * text[:1].isspace()}{shown}{' ' * text[-1:].isspace()}")


def mathematics(node: Notation, style: Style) -> Markdown:
    """Mathematics in a line; fractions at their full size."""
    return _inline(latex(node, style))


def _inline(written: str) -> Markdown:
    written = written.strip().replace(r"\$", _DOLLAR)
    return Markdown(f"$\\displaystyle {written}$" if r"\frac" in written else f"${written}$")


def chain(node: Notation, style: Style) -> Markdown:
    """A step a = b = c, cut before each further sign so that a narrow page can break the line there."""
    if not isinstance(node, Equal) or len(node.parts) < 3:
        return mathematics(node, style)
    first, *rest = latex_parts(node, style)
    pieces = [_inline(" = ".join([first, *rest[:1]]))]
    pieces += [Markdown(_inline(each).replace("$", "$= ", 1)) for each in rest[1:]]
    return Markdown(" ".join(pieces))


def prose(pieces: Prose, style: Style) -> Markdown:
    """Words and mathematics. Readers want a space on either side of mathematics, but for a full stop."""
    line = ""
    for piece in pieces:
        if isinstance(piece, Notation):
            line += " " * (line[-1:] not in ("", " ", "(")) + mathematics(piece, style)
        else:
            text = escape(piece)
            line += " " * (line.endswith("$") and text[:1] not in _NO_SPACE_BEFORE + " ") + text
    return Markdown(line.strip())


def _value(value: Value, style: Style) -> Markdown:
    return mathematics(of_value(value), style)


class _Pictures:
    """Where the pictures of one document go: into files, or as characters into the text."""

    def __init__(self, file: str) -> None:
        self.folder = "" if file == STANDARD_OUTPUT else f"{PurePath(file).stem}.files"
        self.files: Files = {}
        self.prefix = ""  # where a document holds several sheets, the number of this one

    def asked(self, item: Item) -> Markdown:
        """The picture of a question."""
        return self.place(item.asked, f"q{item.number}")

    def solved(self, item: Item) -> Markdown:
        """The picture of its solution."""
        return self.place(item.solved, f"key{item.number}")

    def place(self, picture: Picture, name: str) -> Markdown:
        """The Markdown that shows `picture`."""
        if not self.folder:
            return fenced(terminal.paint(picture.drawing))
        path = f"{self.folder}/{self.prefix}{name}.svg"
        self.files[path] = svg.paint(picture.drawing, title=picture.title, description=picture.words)
        return Markdown(f"![{escape(picture.words)}]({quote(path)})")


def fenced(text: str) -> Markdown:
    """A block of characters, whatever they are."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return Markdown(f"{fence}text\n{text}\n{fence}")


def _environment() -> Environment:
    made = environment("markdown", Markdown, escape)
    made.filters |= {"prose": prose, "chain": chain, "value": _value}
    return made


def write(document: Document, file: str) -> Files:
    """The document and its pictures."""
    pictures, environment, pieces = _Pictures(file), _environment(), []
    of_class = len({id(section.sheet) for section in document.sections}) > 1
    before: Contents | None = None
    for number, section in enumerate(document.sections, 1):
        sheet = section.sheet
        pictures.prefix = f"{number}-" if of_class else ""
        # The key is folded where students see the page; a document of keys is read for them.
        folded = section.contents == Contents.KEY and before not in (None, Contents.KEY)
        template = environment.get_template(f"{section.contents}.md.j2")
        pieces.append(template.render(sheet=sheet, said=sheet.said, pictures=pictures, folded=folded))
        before = section.contents
    return pictures.files | {file: "\n---\n\n".join(pieces)}


MARKDOWN = Format("md", ".md", write, beside=r"{stem}\.files/(\d+-)?(q|key)\d+\.svg")
