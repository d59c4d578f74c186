"""The picture of a graph as SVG: no scripts, no external fonts, always the same bytes."""

from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape
from zlib import crc32

from quizgen.picture.layout import Drawing, printable
from quizgen.picture.plot import RADIUS, SIZE, Box, Dot, Head, Ink, Line, Mark, Node, Place, Plot, Text, plot

_FONTS = "'Hiragino Sans', 'Yu Gothic', Meiryo, 'Noto Sans CJK JP', 'Noto Sans JP', IPAPGothic, sans-serif"
_THICK: dict[Ink, str] = {"forward": "1.5", "backward": "2.5"}  # in grey, the way back is told by its weight


@dataclass(frozen=True)
class _Look:
    """The colours of the inks, and whether a page may choose others."""

    forward: str
    backward: str
    blank: str  # the ground of a blank
    card: str  # the ground of the picture; none if ""
    root: str  # what the element says besides its size

    def ink(self, ink: Ink) -> str:
        """The colour of an ink."""
        return self.forward if ink == "forward" else self.backward

    def role(self, *names: str) -> str:
        """The class by which a page knows a mark; a file has no page around it."""
        return "" if self.card else f'class="{" ".join(names)}" '


# Both inks stand out from white and from each other.
_FILE = _Look("#1a1a1a", "#0b46c4", "#fff4cc", "#ffffff", 'xmlns="http://www.w3.org/2000/svg" ')
_PAGE = _Look("currentColor", "var(--backward, #0b46c4)", "var(--blank, none)", "", 'class="quizgen-picture" ')


def paint(drawing: Drawing, *, title: str, description: str) -> str:
    """The picture as a file of its own, on a white card; a screen reader reads `title` and `description` for it."""
    return _document(plot(drawing), _FILE, printable(title), printable(description))


def inline(drawing: Drawing, *, title: str, description: str) -> str:
    """The picture as an element for HTML, in the colour of the text around it and without a ground.

    The page may style `.quizgen-picture` and in it `.forward`, `.backward`, `.blank`, or set `--backward` and
    `--blank`, the colours of the way back and of the ground of blanks. Two pictures with the same title and the same
    description would share their identifiers, so number the titles.
    """
    return _document(plot(drawing), _PAGE, printable(title), printable(description))


def _document(made: Plot, look: _Look, title: str, description: str) -> str:
    # Several pictures may stand in one page, so the identifiers depend on the texts that they name.
    key = format(crc32(f"{title}\n{description}".encode()), "08x")
    size = f'width="{made.width}" height="{made.height}"'
    lines = [
        f'<svg {look.root}viewBox="0 0 {made.width} {made.height}" {size} font-family="{_FONTS}" font-size="{SIZE}"'
        f' role="img" aria-labelledby="title-{key} description-{key}">',
        f'<title id="title-{key}">{escape(title)}</title>',
        f'<desc id="description-{key}">{escape(description)}</desc>',
        *([f'<rect {size} rx="12" fill="{look.card}"/>'] if look.card else []),
        *(part for mark in made.marks for part in _mark(mark, look)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _mark(mark: Mark, look: _Look) -> Iterator[str]:
    match mark:
        case Line():
            yield f'<polyline {look.role(mark.ink)}points="{_way(mark.points)}" {_outline(look, mark.ink)}/>'
        case Head():
            yield f'<polygon {look.role(mark.ink)}points="{_way(mark.points)}" fill="{look.ink(mark.ink)}"/>'
        case Dot():
            yield f'<circle {look.role("forward")}cx="{mark.x}" cy="{mark.y}" r="3" fill="{look.forward}"/>'
        case Node():
            yield f"<{_node(mark)} {look.role('forward')}{_outline(look, 'forward')}/>"
        case Box():
            place = f'x="{mark.x}" y="{mark.y}" width="{mark.width}" height="{mark.height}" rx="3"'
            edge = f'stroke="{look.ink(mark.ink)}" stroke-width="1.5"'
            yield f'<rect {look.role("blank", mark.ink)}{place} fill="{look.blank}" {edge}/>'
        case Text():
            place = f'x="{mark.x}" y="{mark.y}" text-anchor="{mark.anchor}" fill="{look.ink(mark.ink)}"'
            yield f"<text {look.role(mark.ink)}{place}>{escape(mark.text)}</text>"


def _way(points: tuple[Place, ...]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)


def _outline(look: _Look, ink: Ink) -> str:
    return f'fill="none" stroke="{look.ink(ink)}" stroke-width="{_THICK[ink]}"'


def _node(node: Node) -> str:
    if node.half == RADIUS:
        return f'circle cx="{node.x}" cy="{node.y}" r="{RADIUS}"'
    size = f'width="{2 * node.half}" height="{2 * RADIUS}" rx="{RADIUS}"'
    return f'rect x="{node.x - node.half}" y="{node.y - RADIUS}" {size}'
