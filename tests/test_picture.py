"""A picture shows each text once and whole, its lines lead where the graph says, no two things overlap."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, pairwise
from typing import TypeVar
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizgen import families
from quizgen.generate import distinct
from quizgen.language import available
from quizgen.picture import data, letters, svg, terminal
from quizgen.picture.layout import Drawing, Point, Vertex, layout
from quizgen.picture.plot import RADIUS, Box, Head, Line, Node, Plot, Text, plot
from quizgen.plan import Answers, Plan
from quizgen.sheet import Sheet, arrange

T = TypeVar("T")

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
Bounds = tuple[float, float, float, float]  # left, top, right, bottom
Spot = tuple[float, float, str, str]  # x, y, anchor, text

LONG = ("x", "原材料の仕入れ単価(税抜き、送料込み)の三か月の平均", "price of a carton of low-fat milk from the valley",
        "a_name_without_any_space_that_goes_on_and_on_and_on", "ー" * 40, "Wi" * 60)  # fmt: skip
BLANKS = ("(1) ______", "(1)(2) ______", "[?]", "[ (3) ]")
FRACTIONS = ("−123456/78901", "123456789/987654321", "−0.000123456", "7")


@st.composite
def crowded(draw: st.DrawFn) -> Drawing:
    """A graph with long names, large fractions and room to write, wherever they may stand."""
    made = draw(drawings())
    labels = st.sampled_from(LONG)
    vertices = tuple(replace(each, label=draw(labels)) for each in made.vertices)
    forward, backward = (
        {name: draw(st.sampled_from(BLANKS if (side, name) in made.blanks else FRACTIONS)) for name in texts}
        for side, texts in (("forward", made.forward), ("backward", made.backward))
    )
    return replace(made, vertices=vertices, forward=forward, backward=backward)


def of_kind(made: Plot, kind: type[T]) -> list[T]:
    return [mark for mark in made.marks if isinstance(mark, kind)]


def around(points: Iterable[tuple[int, int]]) -> Bounds:
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def segments(made: Plot, ink: str = "") -> list[Bounds]:
    lines = (line for line in of_kind(made, Line) if ink in ("", line.ink))
    return [around(pair) for line in lines for pair in pairwise(line.points)]


def meet(one: Bounds, other: Bounds) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def holds(outer: Bounds, inner: Bounds) -> bool:
    return outer[0] <= inner[0] and outer[1] <= inner[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


def collisions(drawing: Drawing) -> list[tuple[Bounds, Bounds]]:
    """What lies on something else, or outside the picture. Lines may cross lines, and end where something begins."""
    made = plot(drawing)
    texts = [text.bounds for text in of_kind(made, Text)]
    # Of more operands than any layer has, two may enter at one place: one head, seen once.
    heads = list(dict.fromkeys(around(head.points) for head in of_kind(made, Head)))
    nodes = [(n.x - n.half, n.y - RADIUS, n.x + n.half, n.y + RADIUS) for n in of_kind(made, Node)]
    boxes = [(b.x, b.y, b.x + b.width, b.y + b.height) for b in of_kind(made, Box)]
    lines = [(x - 1, y - 1, u + 1, v + 1) for x, y, u, v in segments(made)]
    outlines, page = nodes + boxes, (0, 0, made.width, made.height)
    found = [(one, other) for kind in (texts, heads, outlines) for one, other in combinations(kind, 2)]
    found += [(text, other) for text in texts for other in lines + heads]
    found += [(text, outline) for text in texts for outline in outlines if not holds(outline, text)]
    found += [(outline, head) for outline in outlines for head in heads]
    found += [(outline, line) for outline in outlines for line in segments(made)]
    found += [(head, line) for head in heads for line in segments(made)]
    outside = [(page, each) for each in texts + heads + outlines + lines if not holds(page, each)]
    return [(one, other) for one, other in found if meet(one, other)] + outside


@pytest.fixture(scope="module")
def sheets() -> list[Sheet]:
    """Three questions of each level of each family, in each language, to be answered in boxes and on lines."""
    levels = [(family, level) for family in families.catalogue().values() for level in family.levels]
    questions = distinct(levels, 3 * len(levels), "picture")
    ways = (Answers.GRAPH, Answers.ENTRY)
    return [arrange(questions, Plan(code, "s", answers=way)) for code in available() for way in ways]


def test_in_the_pictures_of_every_family_nothing_lies_on_anything_else(sheets: list[Sheet]) -> None:
    for item in (item for sheet in sheets for item in sheet.items):
        for picture in (item.asked, item.solved):
            assert collisions(picture.drawing) == [], (picture.title, item.question.id)
            made = plot(picture.drawing)
            assert made.width <= 1300 and made.height <= 700


@given(drawings(most_operands=4))
def test_nothing_lies_on_anything_else(drawing: Drawing) -> None:
    assert collisions(drawing) == []


@given(crowded())
def test_nothing_lies_on_anything_else_however_long_the_names_and_the_numbers(drawing: Drawing) -> None:
    assert collisions(drawing) == []


@given(crowded() | drawings())
def test_no_line_is_drawn_twice(drawing: Drawing) -> None:
    for one, other in combinations(segments(plot(drawing)), 2):
        row, column = one[1] == one[3] == other[1] == other[3], one[0] == one[2] == other[0] == other[2]
        assert not (row and one[0] < other[2] and other[0] < one[2])
        assert not (column and one[1] < other[3] and other[1] < one[3])


@given(crowded())
def test_no_number_is_broken_or_cut(drawing: Drawing) -> None:
    shown = [text.text for text in of_kind(plot(drawing), Text)]
    numbers = list(drawing.forward.items())
    numbers += [(v.name, drawing.backward[v.name]) for v in drawing.vertices if v.name in drawing.backward]
    constants = {v.name for v in drawing.vertices if v.constant}
    wanted = Counter(number for name, number in numbers if number in FRACTIONS and name not in constants)
    assert wanted <= Counter(text.removeprefix("= ") for text in shown) + Counter(
        text.rpartition(" = ")[2] for text in shown if " = " in text
    )


def test_a_literal_of_any_length_stands_on_one_line() -> None:
    number = "−12345678901234567890/98765432109876543210"
    literal = Vertex("c", number, "", (), constant=True)
    made = plot(Drawing((literal, vertex("x"), vertex("y", "×", "c", "x")), {}, {}))
    assert number in [text.text for text in of_kind(made, Text)]


def with_names(name: str) -> Plot:
    named = tuple(replace(each, label=name) for each in APPLES.vertices)
    return plot(replace(APPLES, vertices=named, forward=APPLES.forward | {"price": "−123456/78901"}))


def test_a_name_of_any_length_takes_no_more_width_than_one_of_ten_letters() -> None:
    ten = with_names("一二三四五六七八九十")
    longer = with_names("一二三四五六七八九十" * 6)
    assert longer.width <= ten.width
    assert "一二三四五六七八九…" in [text.text for text in of_kind(longer, Text)]
    assert with_names("いち").width < ten.width and with_names("いち").height < longer.height


@given(crowded())
def test_along_each_line_with_a_gradient_an_arrow_leads_back_and_the_gradient_stands_under_it(drawing: Drawing) -> None:
    made = plot(drawing)
    shown = [v.name for v in drawing.vertices if v.name in drawing.backward and not v.constant]
    heads = [head.points[0] for head in of_kind(made, Head) if head.ink == "backward"]
    assert len(heads) == len(shown) == len(segments(made, "backward"))
    under = [(text.bounds[0], text.bounds[1]) for text in of_kind(made, Text) if text.ink == "backward"]
    under += [(box.x, box.y) for box in of_kind(made, Box) if box.ink == "backward"]
    for (x, y), (left, top, right, _) in zip(heads, segments(made, "backward"), strict=True):
        assert x < left < right and top == y
        assert any(a <= x and right <= b and 0 < y - level < 15 for a, level, b, _ in segments(made, "forward"))
        assert any(a == x and 0 < b - y < 15 for a, b in under)


def test_rows_are_as_high_as_what_stands_on_them() -> None:
    bare = replace(APPLES, forward={}, backward={}, blanks=frozenset())
    solved = replace(APPLES, backward=dict.fromkeys(APPLES.forward, "1.1"), blanks=frozenset())
    roomy = replace(APPLES, forward=dict.fromkeys(APPLES.forward, "(1) ______"), backward=solved.backward)
    roomy = replace(roomy, blanks=frozenset(("forward", name) for name in APPLES.forward))
    assert plot(bare).height < plot(solved).height < plot(roomy).height


def test_a_blank_is_a_box_with_its_mark_and_room_to_write() -> None:
    empty = replace(APPLES, backward=APPLES.backward | {"price": "(1) ______"})
    widths = []
    for drawing in (APPLES, empty):
        (box,) = of_kind(plot(drawing), Box)
        bounds = box.x, box.y, box.x + box.width, box.y + box.height
        assert [each.text for each in of_kind(plot(drawing), Text) if holds(bounds, each.bounds)] == ["(1)"]
        widths.append(box.width)
    assert widths[0] < widths[1]


def numbers_in(text: str) -> set[Fraction]:
    return {Fraction(each.replace("−", "-")) for each in re.findall(r"[−-]?\d+(?:\.\d+|/\d+)?", text)}


def test_the_value_of_a_blank_is_nowhere(sheets: list[Sheet]) -> None:
    for item in (item for sheet in sheets for item in sheet.items):
        graph, style = item.question.problem.graph, item.wording.style
        given_ = {str(operand) for node in graph.nodes for operand in node.operands}
        given_ |= {str(value) for value in graph.inputs.values()} | {str(task.number) for task in item.tasks}
        known = numbers_in(" ".join(["1", *given_, *map(style.label, graph.names())]))
        shown = [text.text for text in of_kind(plot(item.asked.drawing), Text)]
        assert numbers_in(" ".join(shown)) <= known


# --- painters ------------------------------------------------------------------------------------------------


def svg_root(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(re.sub(' xmlns="[^"]*"', "", text))


def svg_spots(text: str) -> list[Spot]:
    return [
        (float(e.attrib["x"]), float(e.attrib["y"]), e.attrib["text-anchor"], e.text or "")
        for e in svg_root(text).iter("text")
    ]


@given(drawings(most_operands=4) | crowded())
def test_every_painter_shows_the_same_at_the_same_places(drawing: Drawing) -> None:
    made, shown = plot(drawing), data.paint(drawing)
    spots = [(text.x, text.y, text.anchor, text.text) for text in of_kind(made, Text)]
    assert spots == [(m["x"], m["y"], m["anchor"], m["text"]) for m in shown["marks"] if m["kind"] == "text"]
    points = [[list(point) for point in mark.points] for mark in made.marks if isinstance(mark, Line | Head)]
    assert points == [mark["points"] for mark in shown["marks"] if mark["kind"] in ("line", "head")]
    for text in (painter(drawing, title="t", description="d") for painter in (svg.paint, svg.inline)):
        root = svg_root(text)
        assert svg_spots(text) == spots
        ways = [e.attrib["points"] for e in root if "points" in e.attrib]
        assert ways == [" ".join(f"{x},{y}" for x, y in way) for way in points]
        assert (root.attrib["width"], root.attrib["height"]) == (str(shown["width"]), str(shown["height"]))


@given(drawings(most_operands=4))
def test_the_plot_holds_every_text(drawing: Drawing) -> None:
    shown = " ".join(text.text for text in of_kind(plot(drawing), Text))
    symbols = Counter(item.symbol for item in drawing.vertices if item.operands)
    boxed = {"[?]": "?"}  # a blank's box takes the place of its brackets
    expected = Counter(boxed.get(text, text) for text in (expected_texts(drawing) + symbols).elements())
    assert Counter(boxed.get(text, text) for text in shown.split()) == expected


@given(crowded())
def test_the_data_are_json(drawing: Drawing) -> None:
    shown = data.paint(drawing)
    assert json.loads(json.dumps(shown)) == shown


def test_the_data_name_every_kind_of_mark_as_documented() -> None:
    blank = frozenset({("backward", "x")})
    shown = data.paint(Drawing((vertex("x"), vertex("y", "×", "x", "x")), {"x": "3"}, {"x": "?"}, blank))
    keys = {mark["kind"]: set(mark) - {"kind"} for mark in shown["marks"]}
    assert set(shown) == {"width", "height", "size", "marks"}
    assert keys == {
        "line": {"points", "ink"},
        "head": {"points", "ink"},
        "dot": {"x", "y"},
        "node": {"x", "y", "half", "radius"},
        "box": {"x", "y", "width", "height", "ink"},
        "text": {"x", "y", "text", "anchor", "ink"},
    }


def test_a_file_has_a_white_card_and_a_page_keeps_its_own_colours() -> None:
    file, element = (painter(APPLES, title="t", description="d") for painter in (svg.paint, svg.inline))
    card = next(svg_root(file).iter("rect"))
    assert (card.get("width"), card.get("fill")) == (svg_root(file).get("width"), "#ffffff")
    assert "var(" not in file and "currentColor" not in file and "class=" not in file
    assert "#" not in re.sub(r"var\(--\w+, [^)]*\)", "", element)  # a colour is only what stands in for the page's
    colours = {e.get("class"): {e.get("fill"), e.get("stroke")} - {None, "none"} for e in svg_root(element)}
    assert colours == {
        None: set(),  # title and description
        "forward": {"currentColor"},
        "backward": {"var(--backward, #0b46c4)"},
        "blank backward": {"var(--blank, none)", "var(--backward, #0b46c4)"},
    }


def test_in_grey_the_way_back_is_told_by_its_weight() -> None:
    lines = list(svg_root(svg.inline(APPLES, title="", description="")).iter("polyline"))
    weights = {line.get("class"): float(line.attrib["stroke-width"]) for line in lines}
    assert weights["backward"] > weights["forward"]


@pytest.mark.parametrize("painter", [svg.paint, svg.inline])
def test_hostile_texts_come_out_as_text(painter: Callable[..., str]) -> None:
    drawing = Drawing(
        (vertex("x", label=HOSTILE), vertex("y", HOSTILE, "x", label=HOSTILE)), {"x": HOSTILE}, {"y": HOSTILE}
    )
    root = svg_root(painter(drawing, title=HOSTILE, description=HOSTILE))
    texts = [e.text or "" for e in root.iter() if e.tag in {"title", "desc", "text"}]
    assert "".join(texts) == "<script>alert('&')</script>\"]]>" * 7
    assert not list(root.iter("script"))


@pytest.mark.parametrize("painter", [svg.paint, svg.inline])
def test_a_screen_reader_is_told_title_and_description(painter: Callable[..., str]) -> None:
    root = svg_root(painter(APPLES, title="買い物", description="りんごを二つ"))
    named = {element.get("id"): element.text for element in root if element.get("id")}
    assert root.get("role") == "img"
    assert [named[key] for key in root.attrib["aria-labelledby"].split()] == ["買い物", "りんごを二つ"]
    other = svg_root(painter(APPLES, title="買い物の答え", description="りんごを二つ"))
    assert not named.keys() & {element.get("id") for element in other if element.get("id")}


# --- letters -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "measured"),
    [
        ("cost of cartons of milk", 10.28),
        ("STANDARD TAX MULTIPLIER", 13.03),
        ("−123456/78901", 7.05),
        ("ノートの代金 = 1890", 9.22),
        ("(1)(2)", 2.46),
    ],
)
def test_a_length_is_estimated_a_little_too_long(text: str, measured: float) -> None:
    """Measured with Noto Sans JP."""
    assert measured < letters.length(text) < 1.25 * measured


def test_accents_take_no_room_of_their_own() -> None:
    assert letters.length("é") == letters.length("e\u0301") == letters.length("e")
    assert letters.length("か\u3099") == letters.length("が") == 1


@given(st.text(alphabet="あいうえおっゃー、。「」()ab c\u3099", min_size=1).map(str.strip), st.integers(3, 12))
def test_lines_hold_the_whole_text_and_are_not_too_long(text: str, longest: int) -> None:
    made = letters.lines(text, longest, 1000)
    assert "".join(made).replace(" ", "") == text.replace(" ", "")
    assert all(letters.length(line) <= longest for line in made)
    assert not any(line.startswith("\u3099") for line in made[1:])


@given(st.text(alphabet="あいうカキッャー、。)」ab ", min_size=1).map(str.strip), st.integers(1, 3))
def test_what_does_not_fit_is_cut_and_says_so(text: str, most: int) -> None:
    whole, made = letters.lines(text, 5, 1000), letters.lines(text, 5, most)
    assert (made == whole) == (len(whole) <= most)
    assert len(made) <= most and all(letters.length(line) <= 5 for line in made)
    if made != whole:
        assert made[-1].endswith("…") and text.replace(" ", "").startswith("".join(made)[:-1].replace(" ", ""))


def test_where_lines_may_break() -> None:
    assert letters.lines("標準税率のかかる商品の代金", 10, 3) == ("標準税率のかか", "る商品の代金")
    assert letters.lines("イチゴジュースのコップ(大)", 7, 3) == ("イチゴジュー", "スのコップ(大)")
    assert letters.lines("あいうえおー、けこさしす", 8, 3) == ("あいうえおー、", "けこさしす")
    assert letters.lines("あいうえお(けこさしす)", 8, 3) == ("あいうえお", "(けこさしす)")
    assert letters.lines("number of cartons of milk", 10, 3) == ("number of", "cartons of milk")
    assert letters.lines("incomprehensible", 5, 2) == ("incompre", "hensible")
