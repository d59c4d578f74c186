"""The picture of a graph as plain data, for painters in another language (Typst)."""

from dataclasses import asdict
from typing import Any

from quizgen.picture.layout import Drawing
from quizgen.picture.plot import RADIUS, SIZE, Mark, Node, plot


def paint(drawing: Drawing) -> dict[str, Any]:
    """The picture in lists, dicts, numbers and strings, as JSON has them; every length is a whole number.

    `{"width", "height", "size", "marks"}`: x goes right from 0 to width, y goes down from 0 to height, letters are
    `size` high. Marks are painted in their order; "ink" is "forward" or "backward". The kinds are:

    * line: "points" [[x, y], ...], "ink"
    * head: "points", three of them, its point first; filled with "ink"
    * dot: "x", "y": the middle of a small filled circle, where a line branches
    * node: "x", "y": its middle; "half" its width; "radius": half its height. A circle, or a pill if half > radius
    * box: "x", "y", "width", "height", "ink": a blank, by its upper left corner; its text is a mark of its own
    * text: "x", "y": its baseline; "anchor" "start", "middle" or "end": what x is of it; "text", "ink"
    """
    made = plot(drawing)
    return {"width": made.width, "height": made.height, "size": SIZE, "marks": [_mark(mark) for mark in made.marks]}


def _mark(mark: Mark) -> dict[str, Any]:
    shown = {"kind": type(mark).__name__.lower(), **asdict(mark)}
    if "points" in shown:
        shown["points"] = [list(point) for point in shown["points"]]
    return shown | {"radius": RADIUS} if isinstance(mark, Node) else shown
