"""One HTML file that needs nothing else: styles and pictures are inside, no script, no network. It is answered on a
screen as well as on paper.

In the templates whatever is not `Markup` already is text: control characters are taken out and the rest is escaped.
"""

from __future__ import annotations

import base64
import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from markupsafe import Markup, escape

from quizgen import __version__
from quizgen.document import Contents, Document, Section
from quizgen.engine.functions import Value
from quizgen.families import Prose
from quizgen.formats import Files, Format, qr
from quizgen.formats.typesetting import SIZES
from quizgen.notation import Equal, Notation, Style, mathml, mathml_parts, of_value
from quizgen.picture import svg
from quizgen.picture.layout import printable, printable_style
from quizgen.sheet import Picture, Sheet
from quizgen.templating import environment

if TYPE_CHECKING:
    from jinja2 import Environment

LEAST = 0.7  # the scale below which the letters of a picture are too small: from there on it scrolls
LONGEST = 16  # the signs of mathematics that stand in one piece
_NARROW = 280  # what a telephone leaves for a picture, in pixels
_KEYED = re.compile(r'aria-labelledby="title-(\w+) ')
_NOT_SEEN = re.compile("<[^>]*>|[\N{FUNCTION APPLICATION}\N{INVISIBLE TIMES}]")
_APPLIES = "\N{FUNCTION APPLICATION}"
_WIDE = re.compile(r'viewBox="0 0 (\d+) ')


def text(words: str) -> Markup:
    """Words between mathematics; the spaces around them stay."""
    inner = printable(words)
    before, after = (" " * each.isspace() for each in (words[:1], words[-1:]))
    return escape(f"{before}{inner}{after}" if inner else before)


def mathematics(node: Notation, style: Style) -> Markup:
    """Mathematics in a line."""
    return _math(_pieces(mathml(node, printable_style(style))))


def chain(node: Notation, style: Style) -> Markup:
    """A step a = b = c, cut before each further sign so that a narrow page can break the line there."""
    if not isinstance(node, Equal):
        return mathematics(node, style)
    first, second, *rest = mathml_parts(node, printable_style(style))
    start = [f"<mrow>{first}{second}</mrow>"] if _length(first + second) <= LONGEST else [first, second]
    members = (_math(_pieces(each)) for each in [*start, *rest])
    return Markup("<wbr>").join(Markup('<span class="member">{}</span>').format(each) for each in members)


def _math(pieces: Sequence[str]) -> Markup:
    """Elements that stand beside each other, or below each other where the page is narrow."""
    opened = ('<math displaystyle="true">' if "<mfrac>" in each else "<math>" for each in pieces)
    return Markup("<wbr>".join(f"{tag}{each}</math>" for tag, each in zip(opened, pieces, strict=True)))


def _pieces(written: str) -> list[str]:
    """MathML cut before its outermost signs, where it is too long for a telephone: no browser breaks the line within
    mathematics."""
    if _length(written) <= LONGEST:
        return [written]
    return [ElementTree.tostring(each, "unicode") for each in _cut(ElementTree.fromstring(written))]


def _length(written: str) -> int:
    return len(_NOT_SEEN.sub("", written))


def _cut(element: Element) -> list[Element]:
    if _length(ElementTree.tostring(element, "unicode")) <= LONGEST:
        return [element]
    match [each.tag == "mo" for each in element]:
        case [True, False]:  # = x, −x
            first, *rest = _cut(element[1])
            return [_row(element[0], first), *rest]
        case [False, True, False] if element[1].text != _APPLIES:
            first, *rest = _cut(element[2])
            element[1].set("form", "infix")  # now it comes first, but it is not the sign of what follows
            return [*_cut(element[0]), _row(element[1], first), *rest]
        case [True, False, True]:  # brackets
            first, *rest = [*_cut(element[1]), element[2]]
            *before, last, closing = [_row(element[0], first), *rest]
            return [*before, _row(last, closing)]
    return [element]


def _row(*elements: Element) -> Element:
    row = Element("mrow")
    row.extend(elements)
    return row


def prose(pieces: Prose, style: Style) -> Markup:
    """Words and mathematics."""
    shown = (text(each) if isinstance(each, str) else mathematics(each, style) for each in pieces)
    return Markup("").join(shown).strip()


def value(number: Value, style: Style) -> Markup:
    """An answer."""
    return mathematics(of_value(number), style)


@dataclass(frozen=True)
class Shown:
    """A picture as an element; `least` is the width in pixels below which it scrolls in its own box."""

    element: Markup
    title: str
    least: int

    @property
    def scrolls(self) -> bool:
        """Whether a narrow page cannot show the whole of it: then the keyboard must reach it."""
        return self.least > _NARROW


def picture(made: Picture, name: str) -> Shown:
    """The picture; `name` is unique in the document and makes its identifiers so."""
    element = svg.inline(made.drawing, title=made.title, description=made.words)
    key, width = _KEYED.search(element), _WIDE.search(element)
    assert key and width, "the painter names its picture and its size first"
    unique = re.sub(rf"\b(title|description)-{key[1]}\b", rf"{name}-\1", element)
    return Shown(Markup(unique), made.title, round(LEAST * int(width[1])))


def code_image(code: str) -> str:
    """The code of a sheet as the address of an image that is inside the document."""
    return "data:image/svg+xml;base64," + base64.b64encode(qr.svg(code).encode()).decode()


@dataclass(frozen=True)
class Part:
    """A section as the templates see it. `level` is that of its heading, `folded`: students see the page before they
    should see the key."""

    name: str
    section: Section
    level: int
    folded: bool

    @property
    def sheet(self) -> Sheet:
        """Whose section it is."""
        return self.section.sheet

    @property
    def student(self) -> Markup:
        """Whose sheet it is; empty where it is anybody's. A name that runs from right to left turns nothing else."""
        plan = self.sheet.plan
        name = Markup("<bdi>{}</bdi>").format(printable(plan.student))
        pieces = self.sheet.said.prose("sheet.student", name=name, id=printable(plan.student_id))
        return Markup("").join(pieces) if plan.student else Markup()

    @property
    def label(self) -> str:
        """What a table of contents calls it."""
        said = self.sheet.said
        if self.section.contents == Contents.ANSWER_SHEET:
            return said["sheet.answer_sheet"]
        return said["sheet.key"] if self.section.contents == Contents.KEY else self.sheet.title


def parts_of(document: Document) -> list[Part]:
    """The sections of a document. The first has the heading of the whole, but for a class: there it is the class's."""
    sections = document.sections
    of_class, asked = _is_of_class(document), any(each.contents != Contents.KEY for each in sections)
    return [
        Part(f"s{number}", each, 2 if of_class or number > 1 else 1, asked and each.contents == Contents.KEY)
        for number, each in enumerate(sections, 1)
    ]


def _is_of_class(document: Document) -> bool:
    return len({id(section.sheet) for section in document.sections}) > 1


def _entries(parts: list[Part]) -> list[Part]:
    """The first section of each sheet: what a class's table of contents lists."""
    first: dict[int, Part] = {}
    for each in parts:
        first.setdefault(id(each.sheet), each)
    return list(first.values())


@functools.cache
def _environment() -> Environment:
    made = environment("html", Markup, printable)
    made.filters |= {"prose": prose, "chain": chain, "value": value, "picture": picture, "code_image": code_image}
    return made


def write(document: Document, file: str) -> Files:
    """The document as one file."""
    parts = parts_of(document)
    width, height, columns = SIZES[document.sections[0].sheet.plan.paper]
    entries = _entries(parts) if _is_of_class(document) else []
    made = _environment().get_template("document.html.j2")
    page = {"width": width, "height": height, "columns": columns}
    return {file: made.render(document=document, parts=parts, entries=entries, page=page, version=__version__)}


HTML = Format("html", ".html", write)
