"""A picture shows each text once and whole, its lines lead where the graph says, no two things overlap."""

import re
from collections import Counter
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizgen.picture import svg, terminal
from quizgen.picture.layout import Drawing, Point, Vertex, layout

UP, RIGHT, DOWN, LEFT = (0, -1), (1, 0), (0, 1), (-1, 0)
ARMS = {
    "─": {LEFT, RIGHT},
    "│": {UP, DOWN},
    "╭": {RIGHT, DOWN},
    "╮": {LEFT, DOWN},
    "╰": {UP, RIGHT},
    "╯": {UP, LEFT},
    "├": {UP, RIGHT, DOWN},
    "┤": {UP, LEFT, DOWN},
    "┬": {LEFT, RIGHT, DOWN},
    "┴": {LEFT, RIGHT, UP},
    "┼": {UP, RIGHT, DOWN, LEFT},
}
NODE = re.compile(r"\([^() ]+\)")


def vertex(name: str, symbol: str = "", *operands: str, label: str = "") -> Vertex:
    return Vertex(name, label, symbol, operands)


APPLES = Drawing(
    vertices=(
        vertex("price", label="りんごの単価"),
        vertex("number", label="りんごの個数"),
        vertex("goods", "×", "price", "number"),
        vertex("tax", label="消費税"),
        vertex("total", "×", "goods", "tax", label="支払金額"),
    ),
    forward={"price": "100", "number": "2", "goods": "200", "tax": "1.1", "total": "220"},
    backward={"price": "[ (1) ]", "number": "110", "goods": "1.1", "total": "1"},
    blanks=frozenset({("backward", "price")}),
)

values = st.one_of(
    st.just("[?]"),
    st.fractions().map(str),
    st.decimals(-99, 99, places=1).map(str),
    st.just("123456789/987654321"),
)


@st.composite
def drawings(draw: st.DrawFn, most_operands: int = 2) -> Drawing:
    """A graph whose symbols and names of inputs tell the vertices apart."""
    vertices: list[Vertex] = []
    for i in range(draw(st.integers(1, 4))):
        label = draw(st.sampled_from(["x", "りんごの個数", "重みＷ", "a_long_name"])) + str(i)
        vertices.append(Vertex(f"v{i}", label, "", (), constant=draw(st.booleans())))
    for i in range(len(vertices), len(vertices) + draw(st.integers(0, 10))):
        earlier = st.sampled_from([vertex.name for vertex in vertices])
        operands = draw(st.lists(earlier, min_size=1, max_size=most_operands))
        symbol = draw(st.sampled_from(["×", "+", "exp", "逆数", "sigmoid"])) + str(i)
        vertices.append(Vertex(f"v{i}", draw(st.sampled_from(["", "t", "小計"])), symbol, tuple(operands)))
    some = st.dictionaries(st.sampled_from([vertex.name for vertex in vertices]), values)
    forward, backward = draw(some), draw(some)
    texts = [("forward", name) for name in forward] + [("backward", name) for name in backward]
    blanks = draw(st.sets(st.sampled_from(texts))) if texts else set()
    return Drawing(tuple(vertices), forward, backward, frozenset(blanks))


def expected_texts(drawing: Drawing) -> Counter[str]:
    """What is to be read in a picture, without symbols and arrows."""
    used = {operand for vertex in drawing.vertices for operand in vertex.operands}
    texts: list[str] = []
    for item in drawing.vertices:
        texts += [item.label, drawing.forward.get(item.name, "")]
        if item.operands and item.name in used and item.label and item.name in drawing.forward:
            texts.append("=")
        if not item.constant:
            texts.append(drawing.backward.get(item.name, ""))
    return Counter(filter(None, texts))


def cells_of(line: str) -> list[str]:
    """One string for each column; the second column of a wide character is empty."""
    return [cell for character in line for cell in (character, "")[: terminal.width(character)]]


class Picture:
    """A picture read back from its characters."""

    def __init__(self, text: str) -> None:
        self.rows = [cells_of(line) for line in text.split("\n")]
        self.names: dict[tuple[int, int], str] = {}  # the circle or the input's name at each place
        self.nodes: dict[str, tuple[int, int, int]] = {}
        for y, line in enumerate(text.split("\n")):
            for match in NODE.finditer(line):
                x, size = terminal.width(line[: match.start()]), terminal.width(match.group())
                self.names |= dict.fromkeys([(column, y) for column in range(x, x + size)], match.group())
                self.nodes[match.group()] = x, x + (size - 1) // 2, y
            name = re.split(r"[ (─]", line)[0]
            self.names |= dict.fromkeys([(x, y) for x in range(terminal.width(name))], name)

    def at(self, x: int, y: int) -> str:
        return self.rows[y][x] if 0 <= y < len(self.rows) and 0 <= x < len(self.rows[y]) else " "

    def is_met(self, x: int, y: int, arm: tuple[int, int]) -> bool:
        """Whether something meets an arm: a line, a node, or along a row a text after one space."""
        dx, dy = arm
        beside = self.at(x + dx, y + dy)
        if beside in ARMS:
            return (-dx, -dy) in ARMS[beside]
        if (x + dx, y + dy) in self.names or beside == "→":
            return dy != 0 or beside in "()→"
        return dy == 0 and beside == " " and self.at(x + 2 * dx, y) not in {" ", *ARMS}

    def source(self, x: int, y: int, way: tuple[int, int]) -> str:
        """The vertex from which a line comes: against its direction, out of the column to the left."""
        while True:
            x, y = x + way[0], y + way[1]
            arms = ARMS.get(self.at(x, y), {LEFT, RIGHT})
            if (x, y) in self.names:
                return self.names[x, y]
            if way == LEFT:
                way = way if LEFT in arms else next(iter(arms - {RIGHT}))
            elif LEFT in arms and self.at(x, y) != "┼":
                way = LEFT

    def sources(self, node: str) -> Counter[str]:
        left, middle, y = self.nodes[node]
        ports = [(left, y, LEFT), (middle, y, UP), (middle, y, DOWN)]
        lines = [port for port in ports if self.is_entered(*port)]
        return Counter(self.source(*port) for port in lines)

    def is_entered(self, x: int, y: int, way: tuple[int, int]) -> bool:
        return (-way[0], -way[1]) in ARMS.get(self.at(x + way[0], y + way[1]), set())


def test_the_first_graph_of_the_book() -> None:
    assert terminal.paint(APPLES).split("\n") == [
        "りんごの単価 ── 100 ────╮",
        "             ← [ (1) ]  │",
        "                       (×)── 200 ───╮",
        "                        │ ← 1.1     │",
        "りんごの個数 ── 2 ──────╯           │",
        "             ← 110                  │",
        "                                   (×)── 220 ─→ 支払金額",
        "                                    │ ← 1",
        "消費税 ── 1.1 ──────────────────────╯",
    ]


def test_a_value_used_twice_enters_from_above_and_from_the_left() -> None:
    square = Drawing((vertex("x"), vertex("y", "×", "x", "x", label="y")), {"x": "3", "y": "9"}, {"x": "6"})
    assert terminal.paint(square).split("\n") == [
        "x ── 3 ──┬──╮",
        "  ← 6    │  │",
        "         ╰─(×)── 9 ─→ y",
    ]


def test_values_branch_in_a_t_and_lines_cross_only_where_they_must() -> None:
    # a·b·(a+b): both operands of + lie above it; the nearer one turns first, so the two do not cross.
    fan = Drawing(
        (
            vertex("a"),
            vertex("b"),
            vertex("m", "×", "a", "b"),
            vertex("s", "+", "a", "b"),
            vertex("y", "×", "m", "s"),
        ),
        forward={"a": "2", "b": "3", "m": "6", "s": "5", "y": "30"},
        backward={"a": "16", "b": "21", "m": "5", "s": "6", "y": "1"},
    )
    lines = [
        "a ── 2 ───┬───────────╮",
        "  ← 16    │           │",
        "         (×)── 6 ─────┼─────────╮",
        "          │ ← 5       │         │",
        "b ── 3 ───┴────────╮  │         │",
        "  ← 21             │  │         │",
        "                   │  │        (×)── 30 ─→",
        "                   │  │         │ ← 1",
        "                   ╰─(+)── 5 ───╯",
        "                        ← 6",
    ]
    assert terminal.paint(fan).split("\n") == lines
    # Without box characters a branch is + and a crossing |.
    plain = "\n".join(lines).translate(str.maketrans("─│╭╮╰╯┬┴┼←→", "-|++++++|<>"))
    assert terminal.paint(fan, ascii_only=True) == plain


@given(drawings(most_operands=4))
def test_the_terminal_picture_holds_every_text_and_no_other(drawing: Drawing) -> None:
    text = "".join(" " if character in ARMS else character for character in terminal.paint(drawing))
    words = Counter(NODE.sub(" ", text).split())
    arrows = words.pop("←", 0), words.pop("→", 0)
    assert words == expected_texts(drawing)
    assert Counter(NODE.findall(text)) == Counter(f"({v.symbol})" for v in drawing.vertices if v.operands)
    gradients = sum(not v.constant for v in drawing.vertices if v.name in drawing.backward)
    assert arrows == (gradients, len(layout(drawing).exits))


@given(drawings(most_operands=4))
def test_what_a_line_character_points_at_is_there(drawing: Drawing) -> None:
    picture = Picture(terminal.paint(drawing))
    for y, row in enumerate(picture.rows):
        for x, character in enumerate(row):
            for arm in ARMS.get(character, ()):
                assert picture.is_met(x, y, arm), (x, y, arm)


@given(drawings())
def test_the_nodes_of_a_column_stand_below_each_other(drawing: Drawing) -> None:
    nodes, plan = Picture(terminal.paint(drawing)).nodes, layout(drawing)
    operations = [item for item in drawing.vertices if item.operands]
    middles = {(plan.places[item.name].column, nodes[f"({item.symbol})"][1]) for item in operations}
    assert len(middles) == len({column for column, _ in middles})


@given(drawings())
def test_following_the_lines_back_leads_to_the_operands(drawing: Drawing) -> None:
    picture = Picture(terminal.paint(drawing))
    shown = {v.name: f"({v.symbol})" if v.operands else v.label for v in drawing.vertices}
    for item in drawing.vertices:
        if item.operands:
            assert picture.sources(shown[item.name]) == Counter(shown[name] for name in item.operands)


@given(drawings(most_operands=4))
def test_colours_and_plain_characters_change_no_place(drawing: Drawing) -> None:
    plain = terminal.paint(drawing)
    assert re.sub(r"\x1b\[[0-9;]*m", "", terminal.paint(drawing, colour=True)) == plain
    ascii_ = terminal.paint(drawing, ascii_only=True)
    assert not set(ascii_) & {*ARMS, "←", "→"}
    pairs = {(old, new) for old, new in zip(plain, ascii_, strict=True) if old != new}
    assert {new for _, new in pairs} <= set("-|+<>")


def test_blanks_and_gradients_have_their_colours() -> None:
    text = terminal.paint(APPLES, colour=True)
    assert "\x1b[1;33m← [ (1) ]\x1b[0m" in text
    assert "\x1b[36m← 110\x1b[0m" in text


@given(drawings(most_operands=4))
def test_no_line_runs_through_a_vertex_and_operations_lie_right_of_operands(drawing: Drawing) -> None:
    plan = layout(drawing)
    taken = Counter((place.column, place.row) for place in plan.places.values())
    assert set(taken.values()) == {1}
    for item in drawing.vertices:
        operands = [plan.places[name].column for name in item.operands]
        column = plan.places[item.name].column
        assert column > max(operands) if operands else column == 0
    for route in plan.routes:
        for start, end in pairwise(route.points):
            if start.row == end.row:
                assert not any((column, start.row) in taken for column in range(start.column + 1, end.column))
            else:
                assert (start.column, start.track) == (end.column, end.track)


def test_a_line_straight_into_a_unary_node_only_if_it_goes_nowhere_else() -> None:
    chain = (vertex("x"), vertex("e", "exp", "x"), vertex("l", "log", "e"))
    assert [place.row for place in layout(Drawing(chain, {}, {})).places.values()] == [0, 0, 0]
    fan = layout(Drawing((*chain, vertex("y", "+", "l", "x")), {}, {}))
    assert [fan.places[name] for name in "xely"] == [Point(0, 0), Point(1, 1), Point(2, 1), Point(3, 2)]
    assert fan.junctions == (Point(1, 0),)


def test_operands_must_come_first_and_names_be_unique() -> None:
    with pytest.raises(ValueError, match="does not come before"):
        layout(Drawing((vertex("y", "exp", "x"), vertex("x")), {}, {}))
    with pytest.raises(ValueError, match="two vertices"):
        layout(Drawing((vertex("x"), vertex("x")), {}, {}))


def test_a_graph_may_be_deep_and_the_picture_is_always_the_same() -> None:
    vertices = [vertex("v0", label="x"), vertex("c", label="c")]
    vertices += [vertex(f"v{i}", "+×e"[i % 3], f"v{i - 1}", *["c", "v0"][: i % 3]) for i in range(1, 401)]
    deep = Drawing(tuple(vertices), {}, {"v0": "1"})
    assert terminal.paint(deep) == terminal.paint(deep)
    assert svg.paint(deep, title="t", description="d") == svg.paint(deep, title="t", description="d")


def test_literals_stand_for_themselves_and_an_empty_drawing_is_empty() -> None:
    two = Vertex("c1", "", "", (), constant=True)
    double = Drawing((two, vertex("x"), vertex("y", "×", "c1", "x")), {"c1": "2"}, {"c1": "5"})
    assert terminal.paint(double).split("\n")[:2] == ["2 ────╮", "      │"]
    assert terminal.paint(Drawing((), {}, {})) == ""
    ElementTree.fromstring(svg.paint(Drawing((), {}, {}), title="", description=""))


def test_characters_that_steer_a_terminal_are_dropped() -> None:
    hostile = Drawing((vertex("x", label="a\x1b[31m\u202eb\nc\x00"),), {"x": "1\r2"}, {})
    assert terminal.paint(hostile) == "a[31mb c ── 1 2 ─→"


HOSTILE = "<script>alert('&')</script>\"]]>\x00\x0b\ufffe\ud800"
NAMESPACE = "{http://www.w3.org/2000/svg}"
Box = tuple[float, float, float, float]  # left, top, right, bottom


def svg_root(drawing: Drawing) -> ElementTree.Element:
    return ElementTree.fromstring(svg.paint(drawing, title="t", description="d"))


def attributes(element: ElementTree.Element, *names: str) -> list[float]:
    return [float(element.attrib[name]) for name in names]


def text_box(element: ElementTree.Element, size: float) -> Box:
    text = element.text or ""
    wide = terminal.width(text) - len(text)
    length = size * (wide + 0.58 * (len(text) - wide))
    x, y = attributes(element, "x", "y")
    left = x - length * {"start": 0, "middle": 0.5, "end": 1}[element.attrib["text-anchor"]]
    return left, y - 0.9 * size, left + length, y + 0.2 * size


def shape_box(element: ElementTree.Element) -> Box:
    if element.tag == f"{NAMESPACE}circle":
        x, y, radius = attributes(element, "cx", "cy", "r")
        return x - radius, y - radius, x + radius, y + radius
    x, y, width, height = attributes(element, "x", "y", "width", "height")
    return x, y, x + width, y + height


def line_boxes(root: ElementTree.Element) -> list[Box]:
    boxes = []
    for element in root.iter(f"{NAMESPACE}polyline"):
        points = [tuple(map(float, point.split(","))) for point in element.attrib["points"].split()]
        boxes += [(min(x, u), min(y, v), max(x, u), max(y, v)) for (x, y), (u, v) in pairwise(points)]
    return boxes


def meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def holds(outer: Box, inner: Box) -> bool:
    return outer[0] <= inner[0] and outer[1] <= inner[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


@given(drawings(most_operands=4))
def test_the_svg_holds_every_text(drawing: Drawing) -> None:
    shown = " ".join(element.text or "" for element in svg_root(drawing).iter(f"{NAMESPACE}text"))
    symbols = Counter(item.symbol for item in drawing.vertices if item.operands)
    boxed = {"[?]": "?"}  # a blank's box takes the place of its brackets
    expected = Counter(boxed.get(text, text) for text in (expected_texts(drawing) + symbols).elements())
    assert Counter(boxed.get(text, text) for text in shown.split()) == expected


@given(drawings(most_operands=4))
def test_in_the_svg_no_text_lies_on_another_text_or_a_line(drawing: Drawing) -> None:
    root = svg_root(drawing)
    across, down = attributes(root, "width", "height")
    texts = [text_box(text, float(root.attrib["font-size"])) for text in root.iter(f"{NAMESPACE}text")]
    shapes = [shape_box(e) for e in root if "r" in e.attrib or {"x", "width"} <= e.attrib.keys()]
    assert all(holds((0, 0, across, down), box) for box in texts + shapes)
    assert not any(meet(one, other) for one, other in combinations(texts, 2))
    assert not any(meet(text, line) for text in texts for line in line_boxes(root))
    assert all(holds(shape, text) or not meet(shape, text) for shape in shapes for text in texts)


@given(drawings())
def test_in_the_svg_no_line_is_drawn_twice(drawing: Drawing) -> None:
    for one, other in combinations(line_boxes(svg_root(drawing)), 2):
        row, column = one[1] == one[3] == other[1] == other[3], one[0] == one[2] == other[0] == other[2]
        assert not (row and one[0] < other[2] and other[0] < one[2])
        assert not (column and one[1] < other[3] and other[1] < one[3])


def test_blanks_are_boxes_in_the_svg() -> None:
    boxes = [shape_box(e) for e in svg_root(APPLES).iter(f"{NAMESPACE}rect") if "x" in e.attrib]
    inside = [e.text for e in svg_root(APPLES).iter(f"{NAMESPACE}text") if holds(boxes[0], text_box(e, 16))]
    assert (len(boxes), inside) == (1, ["(1)"])


def test_hostile_texts_come_out_as_text() -> None:
    drawing = Drawing(
        (vertex("x", label=HOSTILE), vertex("y", HOSTILE, "x", label=HOSTILE)), {"x": HOSTILE}, {"y": HOSTILE}
    )
    root = ElementTree.fromstring(svg.paint(drawing, title=HOSTILE, description=HOSTILE))
    texts = [e.text for e in root.iter() if e.tag.removeprefix(NAMESPACE) in {"title", "desc", "text"}]
    assert texts == ["<script>alert('&')</script>\"]]>"] * 7
    assert not list(root.iter(f"{NAMESPACE}script"))


def test_a_screen_reader_is_told_title_and_description() -> None:
    root = ElementTree.fromstring(svg.paint(APPLES, title="買い物", description="りんごを二つ"))
    named = {element.get("id"): element.text for element in root if element.get("id")}
    assert root.get("role") == "img"
    assert [named[key] for key in root.attrib["aria-labelledby"].split()] == ["買い物", "りんごを二つ"]
