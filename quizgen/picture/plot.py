"""The picture of a graph as marks on a plane, for painters that draw lines and letters: SVG, PDF.

All places are decided here; a painter only turns each mark into its own language. x goes right, y goes down, and
letters are `SIZE` high. An ink is a role, for a page may be dark and a printer grey.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import Literal

from quizgen.picture import letters
from quizgen.picture.layout import Drawing, Point, Route, Vertex, caption, layout, printable

Ink = Literal["forward", "backward"]
Anchor = Literal["start", "middle", "end"]
Place = tuple[int, int]  # x and y

SIZE = 16  # of all letters
RADIUS = 20  # of a node
_ASCENT, _DESCENT = 14, 4  # from a baseline to the top and to the foot of its letters
_LINE = 20  # from line to line of a text
_BASE = 15  # from the top of a line to its baseline
_HALF = 6  # from the middle of a letter to its baseline
_NAME = 10  # the longest name on one line, in letters
_SHORT = 3  # a name that always stands beside its value
_NAME_LINES, _INNER_LINES = 3, 2  # the most lines of a name beside a line, and above one
_BOX, _ROOM = 26, 30  # the height of a blank, and of one to write in
_WRITTEN = 72  # the room to write in
_STROKE = 3  # what a line takes on either side, with some air
_TRACK = 18  # from track to track
_HEAD = 9  # the length of an arrowhead
_GAP = 10  # between things that must not touch
_AIR = 12  # between what belongs to one row and what belongs to another: an arrowhead fits into it
_STEP = 24  # the least from row to row
_SHORTEST = 36  # the least from a node's texts to where its line may turn
_MARGIN = 16
_ABOVE, _ARROW, _BELOW = 5, 10, 17  # from a line to the foot of what is above, to the arrow back, to the value below


@dataclass(frozen=True)
class Line:
    """A line through points; a painter may draw the way back thicker."""

    points: tuple[Place, ...]
    ink: Ink


@dataclass(frozen=True)
class Head:
    """The head of an arrow: a filled triangle, its point first."""

    points: tuple[Place, ...]
    ink: Ink


@dataclass(frozen=True)
class Dot:
    """Where a line branches."""

    x: int
    y: int


@dataclass(frozen=True)
class Node:
    """The outline of a node around its middle: a circle where `half` is `RADIUS`, else a pill as high as that."""

    x: int
    y: int
    half: int  # of its width


@dataclass(frozen=True)
class Box:
    """A blank, by its upper left corner."""

    x: int
    y: int
    width: int
    height: int
    ink: Ink


@dataclass(frozen=True)
class Text:
    """A text on one line; y is its baseline, and x is where its `anchor` is."""

    x: int
    y: int
    text: str
    anchor: Anchor
    ink: Ink

    @property
    def width(self) -> int:
        """Its length in an unknown font, rather too long than too short."""
        return _length(self.text)

    @property
    def bounds(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom."""
        left = self.x - {"start": 0, "middle": -(-self.width // 2), "end": self.width}[self.anchor]
        return left, self.y - _ASCENT, left + self.width, self.y + _DESCENT


Mark = Line | Head | Dot | Node | Box | Text


@dataclass(frozen=True)
class Plot:
    """A finished picture."""

    width: int
    height: int
    marks: tuple[Mark, ...]


def plot(drawing: Drawing) -> Plot:
    """Where everything of `drawing` goes; the same drawing always gives the same marks."""
    page = _Page(drawing)
    marks = [mark for route in page.plan.routes for mark in _edge(page, route)]
    marks += [Dot(page.x(point), page.rows[point.row]) for point in page.plan.junctions]
    marks += [mark for vertex in drawing.vertices for mark in _vertex(page, vertex)]
    return Plot(page.right - _GAP + _MARGIN, page.bottom + _MARGIN, tuple(marks))


def _length(text: str) -> int:
    return ceil(SIZE * letters.length(text))


def _longest(lines: tuple[str, ...]) -> int:
    return max(map(_length, lines), default=0)


def _named(text: str, most: int) -> tuple[str, ...]:
    return letters.lines(text, _NAME, most) if text else ()


@dataclass(frozen=True)
class _Block:
    """What stands above or below a line: a name perhaps, and a value, in a box if it is a blank."""

    names: tuple[str, ...]  # above the value, where it is too long to stand before it
    prefix: str
    text: str
    ink: Ink
    blank: bool
    room: int  # to write in, after the text

    @property
    def _inside(self) -> int:
        return max(_length(self.text) + _GAP + self.room, 2 * RADIUS) if self.blank else _length(self.text)

    @property
    def _high(self) -> int:
        if self.blank:
            return _ROOM if self.room else _BOX
        return _LINE if self.prefix or self.text else 0

    @property
    def _over(self) -> int:
        return _LINE * len(self.names) + (_STROKE if self.names and self.blank else 0)

    @property
    def width(self) -> int:
        """From its left to its right."""
        return max(_longest(self.names), _length(self.prefix) + self._inside)

    @property
    def height(self) -> int:
        """From its top to its bottom; 0 if there is nothing to show."""
        return self._over + self._high

    def marks(self, x: int, top: int) -> Iterator[Mark]:
        """Its marks, from its upper left corner on."""
        yield from _text(x, top + _BASE, self.names, "start", self.ink)
        top += self._over
        if not self.blank:
            yield from _text(x, top + _BASE, (self.prefix + self.text,), "start", self.ink)
            return
        left, base = x + _length(self.prefix), top + self._high // 2 + _HALF
        yield from _text(x, base, (self.prefix,), "start", self.ink)
        yield Box(left, top, self._inside, self._high, self.ink)
        if self.room:
            yield from _text(left + _GAP // 2, base, (self.text,), "start", self.ink)
        else:
            yield from _text(left + self._inside // 2, base, (self.text,), "middle", self.ink)


def _block(drawing: Drawing, vertex: str, ink: Ink, text: str, name: str = "") -> _Block:
    blank = bool(text) and (ink, vertex) in drawing.blanks
    shown = text
    if blank:  # the box takes the place of brackets, and of a line to write on
        shown = text[1:-1].strip() if text.startswith("[") and text.endswith("]") else text
        shown = shown.rstrip("_").rstrip()
    room = _WRITTEN if blank and text.endswith("_") else 0
    beside = f"{name} = " if name and text else name
    whole = _Block((), beside, shown, ink, blank, room)
    if whole.width <= _NAME * SIZE or _length(name) <= _SHORT * SIZE:
        return whole
    return _Block(_named(name, _INNER_LINES), "= " if text else "", shown, ink, blank, room)


@dataclass(frozen=True)
class _Column:
    middle: int  # of its nodes; the right end of the names of inputs
    half: int  # the half width of its widest node
    values: int  # where the values on the lines that leave it begin
    stop: int  # where they end; from here on the lines may turn


class _Page:
    """A drawing, its layout, and where the columns and rows are."""

    def __init__(self, drawing: Drawing) -> None:
        self.plan = layout(drawing)
        self.sources = {route.source for route in self.plan.routes}
        self.heads: dict[str, tuple[str, ...]] = {}
        self.tails: dict[str, tuple[str, ...]] = {}
        self.forward: dict[str, _Block] = {}
        self.backward: dict[str, _Block] = {}
        self.halves: dict[str, int] = {}
        for vertex in drawing.vertices:
            self._add_words(drawing, vertex)
        self.columns: list[_Column] = []
        self.right = _MARGIN
        members: defaultdict[int, list[str]] = defaultdict(list)
        for name, place in self.plan.places.items():
            members[place.column].append(name)
        for column in range(len(self.plan.tracks)):
            self._add_column(members[column])
        self.rows, self.bottom = _rows(self)

    def _add_words(self, drawing: Drawing, vertex: Vertex) -> None:
        name, words = vertex.name, caption(drawing, self.plan, vertex)
        # A number is never broken or cut: it would be another number.
        self.heads[name] = (words.head,) if vertex.constant else _named(words.head, _NAME_LINES)
        self.tails[name] = _named(words.tail, _NAME_LINES)
        inner = printable(vertex.label) if words.prefix else ""
        self.forward[name] = _block(drawing, name, "forward", words.forward, inner)
        self.backward[name] = _block(drawing, name, "backward", words.backward)
        symbol = -(-_length(printable(vertex.symbol)) // 2) + _GAP // 2
        self.halves[name] = max(RADIUS, symbol) if vertex.operands else 0

    def _add_column(self, members: list[str]) -> None:
        half = max(self.halves[name] for name in members)
        if self.columns:
            middle = self.right + self.plan.tracks[len(self.columns)] * _TRACK + _HEAD + half
        else:
            middle = self.right + max(_longest(self.heads[name]) for name in members)
        values = middle + half + _GAP
        blocks = [side[name] for side in (self.forward, self.backward) for name in members]
        stop = values + max(_SHORTEST, *(block.width for block in blocks))
        self.columns.append(_Column(middle, half, values, stop))
        tails = [_HEAD + _GAP + _longest(self.tails[name]) for name in members if name in self.plan.exits]
        self.right = stop + max([0, *tails]) + _GAP

    def x(self, point: Point) -> int:
        """The middle of a column, or one of its tracks."""
        column = self.columns[point.column]
        return column.middle - (column.half + _HEAD + point.track * _TRACK if point.track else 0)

    def start(self, name: str) -> int:
        """Where the line that leaves a vertex begins."""
        return self.x(self.plan.places[name]) + (self.halves[name] or _GAP // 2)


def _rows(page: _Page) -> tuple[tuple[int, ...], int]:
    """The y of each row, and the foot of the last: every row as high up as those above it let it be."""
    feet: dict[int, int] = {}
    rows: list[int] = []
    for claims in _claims(page):
        y = rows[-1] + _STEP if rows else _MARGIN
        for zone, (above, _) in claims.items():
            y = max(y, above + (feet[zone] + _AIR if zone in feet else _MARGIN))
        feet |= {zone: y + below for zone, (_, below) in claims.items()}
        rows.append(y)
    return tuple(rows), max(feet.values(), default=_MARGIN)


def _claims(page: _Page) -> list[dict[int, Place]]:
    """For each row what it takes above and below its line, zone by zone.

    Column c has two zones: 2c with its tracks and nodes (or the names of inputs), 2c + 1 with its values.
    """
    made: list[dict[int, Place]] = [{} for _ in range(page.plan.rows)]

    def claim(row: int, zone: int, above: int, below: int) -> None:
        known = made[row].get(zone, (0, 0))
        made[row][zone] = max(known[0], above), max(known[1], below)

    for route in page.plan.routes:
        source, turn = route.points[:2]
        for zone in range(2 * source.column + 1, 2 * turn.column + 1):
            claim(source.row, zone, _STROKE, _STROKE)
    for name, place in page.plan.places.items():
        above, below = page.forward[name].height, page.backward[name].height
        head, tail = (_LINE * len(lines[name]) // 2 + _STROKE for lines in (page.heads, page.tails))
        claim(place.row, 2 * place.column, head, head)
        claim(place.row, 2 * place.column + 1, max(above + _ABOVE, tail), max(below + _BELOW if below else 0, tail))
        if page.halves[name]:
            claim(place.row, 2 * place.column, RADIUS + _AIR // 2, RADIUS + _AIR // 2)
    return made


def _text(x: int, y: int, lines: tuple[str, ...], anchor: Anchor, ink: Ink = "forward") -> Iterator[Text]:
    """Lines below each other; y is the baseline of the first."""
    for number, line in enumerate(lines):
        if line.strip():
            yield Text(x, y + number * _LINE, line, anchor, ink)


def _beside(x: int, y: int, lines: tuple[str, ...], anchor: Anchor) -> Iterator[Text]:
    """Lines whose middle is at y."""
    return _text(x, y + _HALF - (len(lines) - 1) * _LINE // 2, lines, anchor)


def _arrow(*points: Place, ink: Ink = "forward") -> Iterator[Mark]:
    """A line with a head at its last point."""
    (before_x, before_y), (x, y) = points[-2:]
    along_x, along_y = (x > before_x) - (x < before_x), (y > before_y) - (y < before_y)
    base_x, base_y = x - along_x * _HEAD, y - along_y * _HEAD
    side_x, side_y = along_y * (_HEAD // 2), along_x * (_HEAD // 2)
    yield Line((*points[:-1], (base_x, base_y)), ink)
    yield Head(((x, y), (base_x + side_x, base_y + side_y), (base_x - side_x, base_y - side_y)), ink)


def _edge(page: _Page, route: Route) -> Iterator[Mark]:
    turn, end = route.points[-2:]
    x, y = page.x(end), page.rows[end.row]
    if turn.row == end.row:
        x -= page.halves[route.target]
    else:
        y += RADIUS if turn.row > end.row else -RADIUS
    between = [(page.x(point), page.rows[point.row]) for point in route.points[1:-1]]
    return _arrow((_begin(page, route), page.rows[route.points[0].row]), *between, (x, y))


def _begin(page: _Page, route: Route) -> int:
    # From the last branching before its turn, if there is one: a line drawn twice would look bolder.
    source, turn = route.points[:2]
    shared = [point for point in page.plan.junctions if point.row == source.row and _before(point, turn)]
    return max([page.start(route.source), *(page.x(point) for point in shared)])


def _before(one: Point, other: Point) -> bool:
    return (one.column, -one.track) < (other.column, -other.track)


def _vertex(page: _Page, vertex: Vertex) -> Iterator[Mark]:
    name, place = vertex.name, page.plan.places[vertex.name]
    x, y, column = page.x(place), page.rows[place.row], page.columns[place.column]
    if vertex.operands:
        yield Node(x, y, page.halves[name])
        yield from _beside(x, y, (printable(vertex.symbol),), "middle")
    else:
        yield from _beside(x, y, page.heads[name], "end")
    if name in page.plan.exits:
        yield from _arrow((page.start(name), y), (column.stop + _HEAD, y))
        yield from _beside(column.stop + _HEAD + _GAP // 2, y, page.tails[name], "start")
    elif name not in page.sources:
        yield Line(((page.start(name), y), (column.stop, y)), "forward")
    forward, backward = page.forward[name], page.backward[name]
    yield from forward.marks(column.values, y - _ABOVE - forward.height)
    if backward.height:
        yield from _arrow((column.stop, y + _ARROW), (column.values, y + _ARROW), ink="backward")
        yield from backward.marks(column.values, y + _BELOW)
