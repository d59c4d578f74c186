"""The picture of a graph as a standalone SVG file: no scripts, no external fonts, always the same bytes."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from xml.sax.saxutils import escape
from zlib import crc32

from quizgen.picture.layout import Drawing, Point, Route, Vertex, caption, layout, printable
from quizgen.picture.terminal import width

_FONTS = "'Hiragino Sans', 'Yu Gothic', Meiryo, 'Noto Sans CJK JP', 'Noto Sans JP', IPAPGothic, sans-serif"
_SIZE = 16  # of all letters
_NARROW = 0.62  # of a narrow letter, in units of the size: more than the digits of common fonts take
_RADIUS = 20  # of a node
_ROW = 64  # from row to row: room for the value below one line and the value above the next
_TRACK = 18  # from track to track
_HEAD = 9  # the length of an arrowhead
_GAP = 10  # between things that must not touch
_ARROW = 24  # the room for the little arrow before a backward value
_MARGIN = 20
_ABOVE, _BELOW = -10, 22  # from a line to the baselines of the values above and below it
_HALF = 6  # from the middle of a letter to its baseline

# Both inks stand out from white and from each other; printed in grey, the little arrow tells them apart.
_INK, _BLUE, _BLANK = "#1a1a1a", "#0b46c4", "#fff4cc"


def paint(drawing: Drawing, *, title: str, description: str) -> str:
    """The picture as an SVG document; a screen reader reads `title` and `description` in its place."""
    page = _Page(drawing)
    parts = [part for route in page.plan.routes for part in _edge(page, route)]
    parts += [f'<circle cx="{page.x(p)}" cy="{_y(p)}" r="3" fill="{_INK}"/>' for p in page.plan.junctions]
    parts += [part for vertex in drawing.vertices for part in _vertex(page, vertex)]
    height = _y(Point(0, page.plan.rows - 1)) + _ROW // 2 + _MARGIN
    return _document(parts, page.right - _GAP + _MARGIN, height, printable(title), printable(description))


@dataclass(frozen=True)
class _Value:
    """A value on a line; in a box if it is a blank."""

    prefix: str
    text: str
    ink: str
    blank: bool

    @property
    def size(self) -> int:
        """Its length, with the box."""
        if self.blank:
            return _length(self.prefix) + max(_length(self.text) + _GAP, 2 * _RADIUS)
        return _length(self.prefix + self.text)

    def draw(self, x: int, y: int) -> Iterator[str]:
        """The value from a point on, which is at the foot of its letters."""
        if not self.blank:
            yield from _text(x, y, self.prefix + self.text, ink=self.ink)
            return
        yield from _text(x, y, self.prefix)
        left, size = x + _length(self.prefix), self.size - _length(self.prefix)
        place = f'x="{left}" y="{y - _SIZE - 1}" width="{size}" height="{_SIZE + 7}" rx="3"'
        yield f'<rect {place} fill="{_BLANK}" stroke="{self.ink}" stroke-width="1.5"/>'
        yield from _text(left + size // 2, y, self.text, anchor="middle", ink=self.ink)


def _value(drawing: Drawing, name: str, kind: str, text: str, *, prefix: str = "", ink: str = _INK) -> _Value:
    blank = bool(text) and (kind, name) in drawing.blanks
    if blank and text.startswith("[") and text.endswith("]"):
        text = text[1:-1].strip()  # the box takes the place of the brackets
    return _Value(prefix, text, ink, blank)


@dataclass(frozen=True)
class _Column:
    middle: int  # of its nodes; the right end of the names of inputs
    half: int  # the half width of its widest node
    values: int  # where the values on the lines that leave it begin


class _Page:
    """A drawing, its layout, and where the columns are."""

    def __init__(self, drawing: Drawing) -> None:
        self.plan = layout(drawing)
        self.sources = {route.source for route in self.plan.routes}
        self.words = {vertex.name: caption(drawing, self.plan, vertex) for vertex in drawing.vertices}
        texts = self.words.items()
        self.forward = {n: _value(drawing, n, "forward", w.forward, prefix=w.prefix) for n, w in texts}
        self.backward = {n: _value(drawing, n, "backward", w.backward, ink=_BLUE) for n, w in texts}
        self.halves = {vertex.name: _half_width(vertex) for vertex in drawing.vertices}
        self.columns: list[_Column] = []
        self.right = _MARGIN
        members: defaultdict[int, list[str]] = defaultdict(list)
        for name, place in self.plan.places.items():
            members[place.column].append(name)
        for column in range(len(self.plan.tracks)):
            self._add_column(members[column])

    def _add_column(self, members: list[str]) -> None:
        half = max(self.halves[name] for name in members)
        if self.columns:
            middle = self.right + self.plan.tracks[len(self.columns)] * _TRACK + _HEAD + half
        else:
            middle = self.right + max(_length(self.words[name].head) for name in members)
        self.columns.append(_Column(middle, half, middle + half + _GAP))
        self.right = max(self._reach(name) for name in members)

    def _reach(self, name: str) -> int:
        """Up to where the texts after a vertex reach."""
        tail = _HEAD + _GAP + _length(self.words[name].tail) if name in self.plan.exits else 0
        return self.end(name) + tail + _GAP

    def end(self, name: str) -> int:
        """Where the values on the line that leaves a vertex end."""
        backward = self.backward[name].size
        size = max(self.forward[name].size, backward and _ARROW + backward)
        return self.columns[self.plan.places[name].column].values + size + _GAP

    def x(self, point: Point) -> int:
        column = self.columns[point.column]
        return column.middle - (column.half + _HEAD + point.track * _TRACK if point.track else 0)

    def start(self, name: str) -> int:
        """Where the line that leaves a vertex begins."""
        return self.x(self.plan.places[name]) + (self.halves[name] or _GAP // 2)


def _y(point: Point) -> int:
    return _MARGIN + _ROW // 2 + point.row * _ROW


def _length(text: str) -> int:
    """The length of a text in an unknown font, rather too long than too short."""
    wide = sum(width(letter) == 2 for letter in text)
    return ceil(_SIZE * (wide + _NARROW * (width(text) - 2 * wide)))


def _half_width(vertex: Vertex) -> int:
    return max(_RADIUS, ceil(_length(printable(vertex.symbol)) / 2) + 5) if vertex.operands else 0


def _text(x: int, y: int, text: str, *, anchor: str = "start", ink: str = _INK) -> Iterator[str]:
    if text:
        yield f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{ink}">{escape(text)}</text>'


def _line(*points: tuple[int, int], ink: str = _INK) -> str:
    way = " ".join(f"{x},{y}" for x, y in points)
    return f'<polyline points="{way}" fill="none" stroke="{ink}" stroke-width="1.5"/>'


def _arrow(*points: tuple[int, int], ink: str = _INK) -> Iterator[str]:
    """A line with a head at its last point."""
    (before_x, before_y), (x, y) = points[-2:]
    along_x, along_y = (x > before_x) - (x < before_x), (y > before_y) - (y < before_y)
    base_x, base_y = x - along_x * _HEAD, y - along_y * _HEAD
    side_x, side_y = along_y * (_HEAD // 2), along_x * (_HEAD // 2)
    yield _line(*points[:-1], (base_x, base_y), ink=ink)
    corners = f"{x},{y} {base_x + side_x},{base_y + side_y} {base_x - side_x},{base_y - side_y}"
    yield f'<polygon points="{corners}" fill="{ink}"/>'


def _edge(page: _Page, route: Route) -> Iterator[str]:
    corner, end = route.points[-2:]
    x, y = page.x(end), _y(end)
    if corner.row == end.row:
        x -= page.halves[route.target]
    else:
        y += _RADIUS if corner.row > end.row else -_RADIUS
    between = [(page.x(point), _y(point)) for point in route.points[1:-1]]
    return _arrow((_begin(page, route), _y(route.points[0])), *between, (x, y))


def _begin(page: _Page, route: Route) -> int:
    # From the last branching before its turn, if there is one: a line drawn twice would look bolder.
    source, turn = route.points[:2]
    shared = [point for point in page.plan.junctions if point.row == source.row and _before(point, turn)]
    return max([page.start(route.source), *(page.x(point) for point in shared)])


def _before(one: Point, other: Point) -> bool:
    return (one.column, -one.track) < (other.column, -other.track)


def _vertex(page: _Page, vertex: Vertex) -> Iterator[str]:
    name, words, place = vertex.name, page.words[vertex.name], page.plan.places[vertex.name]
    x, y = page.x(place), _y(place)
    if vertex.operands:
        yield _node(x, y, page.halves[name])
        yield from _text(x, y + _HALF, printable(vertex.symbol), anchor="middle")
    else:
        yield from _text(x, y + _HALF, words.head, anchor="end")
    start, end, values = page.start(name), page.end(name), page.columns[place.column].values
    if name in page.plan.exits:
        yield from _arrow((start, y), (end + _HEAD, y))
        yield from _text(end + _HEAD + _GAP // 2, y + _HALF, words.tail)
    elif name not in page.sources:
        yield _line((start, y), (end, y))
    yield from page.forward[name].draw(values, y + _ABOVE)
    if page.backward[name].size:
        middle = y + _BELOW - _HALF
        yield from _arrow((values + _ARROW - _GAP // 2, middle), (values, middle), ink=_BLUE)
        yield from page.backward[name].draw(values + _ARROW, y + _BELOW)


def _node(x: int, y: int, half: int) -> str:
    style = f'fill="none" stroke="{_INK}" stroke-width="1.5"'
    if half == _RADIUS:
        return f'<circle cx="{x}" cy="{y}" r="{_RADIUS}" {style}/>'
    size = f'width="{2 * half}" height="{2 * _RADIUS}" rx="{_RADIUS}"'
    return f'<rect x="{x - half}" y="{y - _RADIUS}" {size} {style}/>'


def _document(parts: list[str], across: int, down: int, title: str, description: str) -> str:
    # Several pictures may stand in one page, so the identifiers depend on the texts that they name.
    key = format(crc32(f"{title}\n{description}".encode()), "08x")
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {across} {down}"'
        f' width="{across}" height="{down}" font-family="{_FONTS}" font-size="{_SIZE}"'
        f' role="img" aria-labelledby="title-{key} description-{key}">'
    )
    lines = [
        opening,
        f'<title id="title-{key}">{escape(title)}</title>',
        f'<desc id="description-{key}">{escape(description)}</desc>',
        f'<rect width="{across}" height="{down}" rx="12" fill="#ffffff"/>',
        *parts,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"
