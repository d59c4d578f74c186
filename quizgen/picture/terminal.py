"""The picture of a graph in box-drawing characters."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

from wcwidth import wcswidth

from quizgen.picture.layout import Caption, Drawing, Layout, Point, Vertex, caption, layout, printable

_UP, _RIGHT, _DOWN, _LEFT = 1, 2, 4, 8
_PLAIN, _BACKWARD, _BLANK = "", "36", "1;33"

_LINES_PER_ROW = 2  # the line with the forward value, and the backward value below it


@dataclass(frozen=True)
class _Charset:
    lines: str  # the character with the arms UP and LEFT stands at place UP + LEFT
    leftward: str
    rightward: str


_BOX = _Charset(" │─╰││╭├─╯─┴╮┤┬┼", "←", "→")
# Four arms are always a mere crossing, never a branch: with few characters, one line passes over the other.
_ASCII = _Charset(" |-+||++-+-++++|", "<", ">")


def width(text: str) -> int:
    """How many columns of a terminal the text takes; a Japanese character takes two."""
    return max(wcswidth(text), 0)


def paint(drawing: Drawing, *, colour: bool = False, ascii_only: bool = False) -> str:
    """The picture as lines of text, for a font of fixed width.

    `colour` adds ANSI colours: backward values cyan, blanks bold yellow. `ascii_only` draws with -|+<>.
    """
    plan = layout(drawing)
    spots = _spots(drawing, plan)
    canvas = _Canvas(_ASCII if ascii_only else _BOX, colour)
    for route in plan.routes:
        target = spots[route.target]
        # A line begins at the first character after its source, not in the middle of it.
        corners = [(spots[route.source].line - 1, _y(route.points[0]))]
        corners += [(target.x(point), _y(point)) for point in route.points[1:]]
        for start, end in pairwise(corners):
            canvas.line(start, end)
    for vertex in drawing.vertices:
        _write(canvas, drawing, plan, vertex, spots[vertex.name])
    return canvas.render()


class _Canvas:
    """A grid of characters on which lines join by themselves and texts cover lines."""

    def __init__(self, charset: _Charset, colour: bool) -> None:
        self.charset = charset
        self._colour = colour
        self._arms: defaultdict[int, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
        self._texts: defaultdict[int, list[tuple[int, str, str]]] = defaultdict(list)

    def line(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """A straight line from the middle of one cell to the middle of another."""
        (left, top), (right, bottom) = sorted((start, end))
        if top == bottom:
            for x in range(left, right):
                self._arms[top][x] |= _RIGHT
                self._arms[top][x + 1] |= _LEFT
        for y in range(top, bottom):
            self._arms[y][left] |= _DOWN
            self._arms[y + 1][left] |= _UP

    def text(self, x: int, y: int, text: str, style: str = _PLAIN) -> int:
        """Write a text over whatever is there; returns the column after it."""
        if text:
            self._texts[y].append((x, text, style))
        return x + width(text)

    def render(self) -> str:
        """The grid as text, without spaces at the ends of lines or empty lines at the end."""
        rows = 1 + max([*self._arms, *self._texts], default=-1)
        return "\n".join(self._row(y) for y in range(rows)).rstrip()

    def _row(self, y: int) -> str:
        cells = {x: self.charset.lines[arms] for x, arms in self._arms[y].items()}
        for x, text, style in self._texts[y]:
            # The first cell holds the whole text, for its characters need not be one column wide.
            cells.update(dict.fromkeys(range(x, x + width(text)), ""))
            cells[x] = f"\x1b[{style}m{text}\x1b[0m" if self._colour and style else text
        return "".join(cells.get(x, " ") for x in range(1 + max(cells, default=-1))).rstrip()


@dataclass(frozen=True)
class _Spot:
    """Where the characters of a vertex go along its row."""

    node: int  # its name or circle begins
    middle: int  # lines enter from above and below
    margin: int  # the left edge of its column, where the tracks are
    line: int  # its own line begins
    values: int  # the line of the longest node in its column begins: here values are aligned
    end: int  # the first character after the forward value

    def x(self, point: Point) -> int:
        return self.margin - 2 * point.track if point.track else self.middle


def _y(point: Point) -> int:
    return point.row * _LINES_PER_ROW


def _node(vertex: Vertex, words: Caption) -> str:
    return f"({printable(vertex.symbol)})" if vertex.operands else words.head


def _spots(drawing: Drawing, plan: Layout) -> dict[str, _Spot]:
    columns: defaultdict[int, list[Vertex]] = defaultdict(list)
    for vertex in drawing.vertices:
        columns[plan.places[vertex.name].column].append(vertex)
    spots: dict[str, _Spot] = {}
    free = 0
    for column, tracks in enumerate(plan.tracks):
        margin = free + 2 * tracks
        words = {vertex.name: caption(drawing, plan, vertex) for vertex in columns[column]}
        sizes = {vertex.name: width(_node(vertex, words[vertex.name])) for vertex in columns[column]}
        for name, size in sizes.items():
            spots[name] = _spot(column, margin, size, max(sizes.values()), words[name])
        free = max(_reach(spots[name], words[name], name in plan.exits) for name in words)
    return spots


def _spot(column: int, margin: int, size: int, largest: int, words: Caption) -> _Spot:
    if column == 0:
        node, values = 0, size + 1  # names begin at the left edge, and a space follows them
        line = values
    else:
        node = margin + (largest - 1) // 2 - (size - 1) // 2
        line, values = node + size, margin + largest
    value = width(words.prefix + words.forward)
    end = values + len("── ") + value if value else values
    return _Spot(node, node + (size - 1) // 2, margin, line, values, end)


def _reach(spot: _Spot, words: Caption, leaves: bool) -> int:
    """The first character that the next column may use."""
    forward = spot.end + len(" ──")
    backward = spot.values + len("← ") + width(words.backward) + 1 if words.backward else 0
    tail = spot.end + len(" ─→ ") + width(words.tail) + 1 if leaves else 0
    return max(forward, backward, tail)


def _write(canvas: _Canvas, drawing: Drawing, plan: Layout, vertex: Vertex, spot: _Spot) -> None:
    words = caption(drawing, plan, vertex)
    y = _y(plan.places[vertex.name])

    def style(kind: str, usual: str) -> str:
        return _BLANK if (kind, vertex.name) in drawing.blanks else usual

    if vertex.name in plan.exits:
        canvas.line((spot.line - 1, y), (spot.end + 1, y))
        canvas.text(spot.end + 2, y, f"{canvas.charset.rightward} {words.tail}")
    if words.prefix or words.forward:
        value = spot.values + len("── ")
        canvas.line((spot.line - 1, y), (value, y))
        after_prefix = canvas.text(value, y, words.prefix)
        canvas.text(after_prefix, y, words.forward, style("forward", _PLAIN))
        canvas.text(value - 1, y, " ")
        canvas.text(spot.end, y, " ")
    if words.backward:
        kind = style("backward", _BACKWARD)
        canvas.text(spot.values, y + 1, f"{canvas.charset.leftward} {words.backward}", kind)
    canvas.text(spot.node, y, _node(vertex, words) if vertex.operands else f"{words.head} ")
