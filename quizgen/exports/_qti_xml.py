"""Elements, and packages of them: text goes in as text whatever it holds, and the same content is the same bytes."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable, Mapping
from xml.etree.ElementTree import Element, indent, tostring

from quizgen.exercise import Course, Exercise
from quizgen.picture import svg
from quizgen.picture.layout import printable

Inside = str | Element | None
Members = Mapping[str, str]

SCHEMAS = "http://www.w3.org/2001/XMLSchema-instance"
LOM = "http://ltsc.ieee.org/xsd/LOM"
WEB = "webcontent"
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first that a package can tell; when it was made is nobody's business


def element(tag: str, attributes: Mapping[str, str] | None = None, *inside: Inside) -> Element:
    """An element with text and elements inside; None is nothing."""
    made = Element(tag, dict(attributes or {}))
    last: Element | None = None
    for each in inside:
        if isinstance(each, Element):
            made.append(each)
            last = each
        elif each is not None and last is None:
            made.text = (made.text or "") + each
        elif each is not None and last is not None:
            last.tail = (last.tail or "") + each
    return made


def words(text: str) -> str:
    """Text in a line; the spaces around it stay."""
    inner = printable(text)
    before, after = (" " * each.isspace() for each in (text[:1], text[-1:]))
    return f"{before}{inner}{after}" if inner else before


def document(root: Element, pretty: bool = False) -> str:
    """A file of its own. `pretty` only where no text stands between elements."""
    if pretty:
        indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, "unicode")}\n'


def schema(namespace: str, place: str) -> dict[str, str]:
    """The attributes that name a namespace and where its schema is."""
    return {"xmlns": namespace, "xmlns:xsi": SCHEMAS, "xsi:schemaLocation": f"{namespace} {place}"}


def name_of(exercise: Exercise) -> str:
    """The identifier of an exercise; one must not begin with a digit. Whoever imports the same one again may put it in
    the place of the first, so it also tells how it is answered and in which language."""
    return f"q{exercise.id}-{exercise.form}-{exercise.said.code}"


def name_of_course(course: Course) -> str:
    """The identifier of a package: the same exercises make the same."""
    ids = "\n".join(map(name_of, course.exercises))
    return f"quizgen-{hashlib.sha256(ids.encode()).hexdigest()[:16]}"


def drawn(exercise: Exercise) -> str:
    """The picture as a file."""
    picture = exercise.picture
    return svg.paint(picture.drawing, title=picture.title, description=picture.words)


def resource(name: str, kind: str, files: Iterable[str], *inside: Inside, href: bool = True) -> Element:
    """A resource of a manifest, its main file first."""
    names = list(files)
    attributes = {"identifier": name, "type": kind} | ({"href": names[0]} if href else {})
    return element("resource", attributes, *inside[:1], *(element("file", {"href": n}) for n in names), *inside[1:])


def described(title: str, tags: Iterable[str], code: str) -> Element:
    """A title and the words by which a thing is found, as learning objects have them."""

    def said(name: str, text: str) -> Element:
        return element(name, None, element("string", {"language": code}, printable(text)))

    general = element("general", None, said("title", title), *(said("keyword", each) for each in tags))
    return element("lom", {"xmlns": LOM}, general)


def pack(members: Members) -> bytes:
    """A package. It is not compressed: two libraries compress the same content to different bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as package:
        for name in sorted(members, key=lambda each: (each != "imsmanifest.xml", each)):
            info = zipfile.ZipInfo(name, _LONG_AGO)
            info.create_system, info.external_attr = 3, 0o644 << 16
            package.writestr(info, members[name])
    return out.getvalue()
