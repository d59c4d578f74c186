"""Reads a PDF by its tags, as a screen reader does: the tree of elements, each with its words in order."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Pdf


@dataclass
class Element:
    """An element of the structure. `page`: the number of the page on which its first words stand, from 0; `box`: where
    a picture or a formula stands on it (left, bottom, right, top)."""

    tag: str
    alt: str | None = None
    lang: str | None = None
    box: tuple[float, ...] = ()
    page: int | None = None
    children: list[Element | str] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        """This element and those within it, in order."""
        yield self
        for each in self.children:
            if isinstance(each, Element):
                yield from each.walk()

    def find(self, *tags: str) -> list[Element]:
        """Those within it that have one of the tags."""
        return [each for each in self.walk() if each.tag in tags]

    @property
    def text(self) -> str:
        """What it says: the words on the page, and what stands for pictures and formulas."""
        if self.alt is not None:
            return self.alt
        said = (each if isinstance(each, str) else f" {each.text} " for each in self.children)
        return re.sub(r"\s+", " ", "".join(said)).strip()

    @property
    def printed(self) -> str:
        """The characters that stand on the page, formulas too; a space after each stretch of a line."""
        return "".join(each if isinstance(each, str) else each.printed for each in self.children)

    @property
    def pages(self) -> set[int]:
        """The pages on which anything of it stands."""
        return {each.page for each in self.walk() if each.page is not None}


class Reader:
    """A document of Typst's: fonts with two bytes a character and a map to Unicode."""

    def __init__(self, made: bytes) -> None:
        self.pdf = Pdf.open(io.BytesIO(made))
        self._maps: dict[tuple[int, int], dict[int, str]] = {}

    @cached_property
    def fonts(self) -> list[Any]:
        """Every font."""
        found = {}
        for page in self.pdf.pages:
            for font in (page.Resources.get("/Font") or {}).values():
                found[font.objgen] = font
        return list(found.values())

    @cached_property
    def _marked(self) -> list[dict[int, str]]:
        """Of each page: the number of a marked stretch of content -> its characters."""
        return [self._of_page(page) for page in self.pdf.pages]

    def _of_page(self, page: Any) -> dict[int, str]:
        fonts = page.Resources.get("/Font") or {}
        marks: list[int | None] = []
        found: dict[int, str] = {}
        characters: dict[int, str] = {}
        for operands, operator in pikepdf.parse_content_stream(page):
            name = str(operator)
            if name in ("BDC", "BMC"):
                properties = operands[1] if name == "BDC" else None
                inner = isinstance(properties, Dictionary) and "/MCID" in properties
                marks.append(int(properties["/MCID"]) if inner else marks[-1] if marks else None)
            elif name == "EMC":
                marks.pop()
            elif name == "ET" and marks and marks[-1] is not None:
                found[marks[-1]] = found.get(marks[-1], "") + " "
            elif name == "Tf":
                characters = self._map(fonts[str(operands[0])])
            elif name in ("Tj", "TJ"):
                pieces = operands[0] if name == "TJ" else [operands[0]]
                shown = b"".join(bytes(each) for each in pieces if isinstance(each, pikepdf.String))
                codes = [int.from_bytes(shown[place : place + 2], "big") for place in range(0, len(shown), 2)]
                if marks and marks[-1] is not None:
                    found[marks[-1]] = found.get(marks[-1], "") + "".join(characters[code] for code in codes)
        return found

    def _map(self, font: Any) -> dict[int, str]:
        if font.objgen not in self._maps:
            self._maps[font.objgen] = to_unicode(font)
        return self._maps[font.objgen]

    @cached_property
    def tree(self) -> Element:
        """The whole structure."""
        pages = {page.objgen: number for number, page in enumerate(self.pdf.pages)}
        return self._element(self.pdf.Root.StructTreeRoot, pages, None)

    def _element(self, node: Any, pages: dict[tuple[int, int], int], page: int | None) -> Element:
        if "/Pg" in node:
            page = pages[node.Pg.objgen]
        alt = str(node.Alt) if "/Alt" in node else str(node.ActualText) if "/ActualText" in node else None
        lang = str(node.Lang) if "/Lang" in node else None
        boxes = [each.BBox for each in node.get("/A", []) if "/BBox" in each]
        box = tuple(map(float, boxes[0])) if boxes else ()
        made = Element(str(node.get("/S", "/Root"))[1:], alt, lang, box)
        inner = node.get("/K", [])
        for each in inner if isinstance(inner, Array) else [inner]:
            place = page
            if isinstance(each, Dictionary) and each.get("/Type") == "/MCR":
                place = pages[each.Pg.objgen] if "/Pg" in each else page
                each = each.MCID
            if isinstance(each, Dictionary):
                if "/S" in each:
                    made.children.append(self._element(each, pages, page))
            elif place is not None:
                made.page = place if made.page is None else made.page
                made.children.append(self._marked[place].get(int(each), ""))
        return made


def to_unicode(font: Any) -> dict[int, str]:
    """Code -> characters, as the font's own map says."""
    text = font.ToUnicode.read_bytes().decode("ascii")
    found: dict[int, str] = {}
    for stretch in re.findall(r"beginbfchar(.*?)endbfchar", text, re.DOTALL):
        for code, characters in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]*)>", stretch):
            found[int(code, 16)] = bytes.fromhex(characters).decode("utf-16-be")
    for stretch in re.findall(r"beginbfrange(.*?)endbfrange", text, re.DOTALL):
        for first, last, start in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", stretch):
            for step, code in enumerate(range(int(first, 16), int(last, 16) + 1)):
                found[code] = chr(ord(bytes.fromhex(start).decode("utf-16-be")) + step)
    return found
