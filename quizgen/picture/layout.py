"""Where the parts of a computational graph go: columns, rows and the ways of the edges, without units.

The painters turn columns and rows into characters or points; none of them decides where a line goes.
Three rules keep every picture readable:

* a row belongs to one vertex (or to a chain of unary ones), so no line along a row runs into a stranger;
* nodes in one column span rows that do not overlap, so no line along a column does either;
* hence two lines of different vertices meet only in a plain crossing, and every branch is a T.
"""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from quizgen.notation import Style


@dataclass(frozen=True)
class Vertex:
    """An input, a constant or an operation of the graph."""

    name: str
    """The unique name by which others refer to it."""
    label: str
    """The text to show: an input's name in the reader's language; an operation's "" or its output's name."""
    symbol: str
    """What stands in the circle of an operation ("×", "exp"); "" for an input or a constant."""
    operands: tuple[str, ...]
    """Names of the vertices it is computed from, left to right; one may repeat (x·x)."""
    constant: bool = False
    """Whether it is a literal number, which has no gradient to show."""


@dataclass(frozen=True)
class Drawing:
    """A graph together with the texts on its edges."""

    vertices: tuple[Vertex, ...]
    """An operation comes after its operands; the last vertex is the output."""
    forward: Mapping[str, str]
    """The text above the line leaving a vertex: its value."""
    backward: Mapping[str, str]
    """The text below that line: the gradient of the output with respect to the vertex."""
    blanks: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    """("forward" or "backward", vertex name) for each text that the reader is to fill in."""


@dataclass(frozen=True)
class Point:
    """A place in the picture: track 0 is the middle of a column, 1, 2, ... lie left of its nodes."""

    column: int
    row: int
    track: int = 0


@dataclass(frozen=True)
class Route:
    """The way of one edge: a line through `points`, whose neighbours share a row or a column and track."""

    source: str
    target: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Layout:
    """The whole arrangement of a drawing."""

    places: Mapping[str, Point]
    """Where each vertex stands, in the drawing's order."""
    routes: tuple[Route, ...]
    """One for each operand of each operation."""
    junctions: tuple[Point, ...]
    """Where a value's line branches; other meetings of lines are mere crossings."""
    tracks: tuple[int, ...]
    """For each column how many tracks are in use left of its nodes."""
    rows: int
    """How many rows there are."""
    exits: frozenset[str]
    """The vertices whose value leaves the picture: the output and any operation that nothing uses."""


@dataclass(frozen=True)
class Caption:
    """The texts around the line that leaves a vertex, in printable characters; each may be empty."""

    head: str
    """Before the line: the name of an input."""
    prefix: str
    """Before the forward text: the name of an intermediate result."""
    forward: str
    backward: str
    tail: str
    """After the arrow with which the line leaves the picture: the name of the output."""


def printable(text: str) -> str:
    """The text without control and formatting characters: safe in a terminal, legal in XML."""
    plain = (c if c == "\N{NO-BREAK SPACE}" or not c.isspace() else " " for c in text if c.isspace() or _is_visible(c))
    return "".join(plain).strip()


def printable_style(style: Style) -> Style:
    """The style with names that can be shown: they may hold anything, where mathematics needs its invisible signs."""
    return replace(style, labels={name: printable(label) for name, label in style.labels.items()})


def _is_visible(character: str) -> bool:
    # Formatting characters (Cf) go too: a right-to-left override would turn the rest of the line around.
    invisible = unicodedata.category(character) in {"Cc", "Cf", "Cs"}
    return not invisible and ord(character) & 0xFFFE != 0xFFFE  # U+FFFE and its like are not characters


def caption(drawing: Drawing, plan: Layout, vertex: Vertex) -> Caption:
    """What to write around the line that leaves `vertex`."""
    label = printable(vertex.label)
    forward = printable(drawing.forward.get(vertex.name, ""))
    backward = "" if vertex.constant else printable(drawing.backward.get(vertex.name, ""))
    if vertex.operands:
        if vertex.name in plan.exits:
            return Caption("", "", forward, backward, label)
        prefix = f"{label} = " if label and forward else label
        return Caption("", prefix, forward, backward, "")
    # A literal number is its own name: "2 ───", not "2 ── 2 ───".
    if vertex.constant and label in ("", forward) and ("forward", vertex.name) not in drawing.blanks:
        return Caption(forward, "", "", "", "")
    return Caption(label or printable(vertex.name), "", forward, backward, "")


def layout(drawing: Drawing) -> Layout:
    """Arrange a drawing; the same drawing is always arranged in the same way."""
    _check(drawing)
    uses = Counter(operand for vertex in drawing.vertices for operand in vertex.operands)
    rows = _rows(drawing, uses)
    columns = _columns(drawing, rows)
    places = {vertex.name: Point(columns[vertex.name], rows[vertex.name]) for vertex in drawing.vertices}
    routes = tuple(route for vertex in drawing.vertices for route in _routes(vertex, places))
    tracks = [0] * (1 + max(columns.values(), default=-1))
    for point in (point for route in routes for point in route.points):
        tracks[point.column] = max(tracks[point.column], point.track)
    unused = {vertex.name for vertex in drawing.vertices if vertex.operands and not uses[vertex.name]}
    output = {vertex.name for vertex in drawing.vertices[-1:]}
    return Layout(
        places=places,
        routes=routes,
        junctions=_junctions(routes),
        tracks=tuple(tracks),
        rows=1 + max(rows.values(), default=-1),
        exits=frozenset(unused | output),
    )


def _check(drawing: Drawing) -> None:
    known: set[str] = set()
    for vertex in drawing.vertices:
        if vertex.name in known:
            raise ValueError(f"two vertices are named {vertex.name!r}")
        for operand in vertex.operands:
            if operand not in known:
                raise ValueError(f"operand {operand!r} does not come before {vertex.name!r}")
        known.add(vertex.name)


def _in_order(drawing: Drawing, uses: Counter[str]) -> Iterator[Vertex]:
    """The first operand's part of the graph, the vertex, the other operands' parts; each vertex once."""
    vertices = {vertex.name: vertex for vertex in drawing.vertices}
    unused = [vertex.name for vertex in drawing.vertices[:-1] if not uses[vertex.name]]
    output = [vertex.name for vertex in drawing.vertices[-1:]]
    # A stack of our own: graphs may be deeper than Python lets functions nest.
    todo = [(name, False) for name in reversed(output + unused)]
    seen: set[str] = set()
    while todo:
        name, first_operand_done = todo.pop()
        vertex = vertices[name]
        if first_operand_done:
            yield vertex
        elif name not in seen:
            seen.add(name)
            todo.extend((operand, False) for operand in reversed(vertex.operands[1:]))
            todo.append((name, True))
            todo.extend((operand, False) for operand in vertex.operands[:1])


def _rows(drawing: Drawing, uses: Counter[str]) -> dict[str, int]:
    rows: dict[str, int] = {}
    free = 0
    for vertex in _in_order(drawing, uses):
        if len(vertex.operands) == 1 and uses[vertex.operands[0]] == 1:
            # The operand's line goes nowhere else, so it may run straight into the node.
            rows[vertex.name] = rows[vertex.operands[0]]
        else:
            rows[vertex.name] = free
            free += 1
    return rows


def _columns(drawing: Drawing, rows: Mapping[str, int]) -> dict[str, int]:
    columns: dict[str, int] = {}
    spans: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for vertex in drawing.vertices:
        touched = [rows[name] for name in (vertex.name, *vertex.operands)]
        top, bottom = min(touched), max(touched)
        column = 1 + max((columns[operand] for operand in vertex.operands), default=-1)
        if vertex.operands:
            while any(low <= bottom and top <= high for low, high in spans[column]):
                column += 1
            spans[column].append((top, bottom))
        columns[vertex.name] = column
    return columns


def _routes(vertex: Vertex, places: Mapping[str, Point]) -> Iterator[Route]:
    """From each side one line enters straight; any further one turns on a track and enters from the left."""
    end = places[vertex.name]
    taken: set[int] = set()
    track = 0
    # The farthest goes straight, the nearer ones turn before it: then the lines of a node never cross.
    for operand in sorted(vertex.operands, key=lambda name: -abs(places[name].row - end.row)):
        start = places[operand]
        side = (start.row > end.row) - (start.row < end.row)
        if side not in taken:
            taken.add(side)
            corners = [Point(end.column, start.row)] if side else []
        else:
            track += 1
            corners = [Point(end.column, start.row, track), Point(end.column, end.row, track)]
        yield Route(operand, vertex.name, (start, *corners, end))


def _junctions(routes: tuple[Route, ...]) -> tuple[Point, ...]:
    """Every turn of a value's line but the last: there one branch turns and another goes on."""
    turns: defaultdict[str, list[Point]] = defaultdict(list)
    for route in routes:
        turns[route.source].append(route.points[1])
    ordered = (sorted(points, key=lambda point: (point.column, -point.track)) for points in turns.values())
    return tuple(point for points in ordered for point in points[:-1])
