"""A small reader of QTI, from its specification alone: what may stand where, and what an answer earns."""

from __future__ import annotations

import functools
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from html.parser import HTMLParser
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

MATHML = "{http://www.w3.org/1998/Math/MathML}"
NAMESPACES = {
    "qti21": "http://www.imsglobal.org/xsd/imsqti_v2p1",
    "qti30": "http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
}
NAME = re.compile(r"[A-Za-z_][\w.-]*")

# Of each element: the attributes that it must have and those that it may have, and its children as a pattern.
FLOW = "((p|ul|div) )*"
WORDS = "((math|strong|img|br) )*"
FEEDBACK = ({"outcomeIdentifier", "identifier", "showHide"}, {"title"}, FLOW)
MODEL: dict[str, tuple[set[str], set[str], str]] = {
    "assessmentItem": (
        {"identifier", "title", "adaptive", "timeDependent"},
        {"lang", "schemaLocation"},
        "(responseDeclaration )+(outcomeDeclaration )+itemBody responseProcessing (modalFeedback )*",
    ),
    "responseDeclaration": ({"identifier", "cardinality", "baseType"}, set(), "correctResponse "),
    "correctResponse": (set(), set(), "value "),
    "outcomeDeclaration": ({"identifier", "cardinality", "baseType"}, {"normalMaximum"}, "(defaultValue )?"),
    "defaultValue": (set(), set(), "value "),
    "value": (set(), set(), ""),
    "itemBody": (set(), set(), "((p|ul|div|choiceInteraction) )+"),
    "choiceInteraction": ({"responseIdentifier", "shuffle", "maxChoices"}, set(), "prompt (simpleChoice )+"),
    "prompt": (set(), set(), WORDS),
    "simpleChoice": ({"identifier"}, set(), WORDS),
    "textEntryInteraction": ({"responseIdentifier"}, {"expectedLength"}, ""),
    "modalFeedback": FEEDBACK,
    "responseProcessing": (set(), set(), "((responseCondition|setOutcomeValue) )+"),
    "responseCondition": (set(), set(), "responseIf (responseElseIf )*(responseElse )?"),
    "responseIf": (set(), set(), "(isNull|and|match) (setOutcomeValue )+"),
    "responseElseIf": (set(), set(), "(isNull|and|match) (setOutcomeValue )+"),
    "responseElse": (set(), set(), "(setOutcomeValue )+"),
    "setOutcomeValue": ({"identifier"}, set(), "(baseValue|sum) "),
    "isNull": (set(), set(), "variable "),
    "and": (set(), set(), "gte lte "),
    "gte": (set(), set(), "variable baseValue "),
    "lte": (set(), set(), "variable baseValue "),
    "match": (set(), set(), "variable baseValue "),
    "sum": (set(), set(), "((variable|testVariables) )+"),
    "variable": ({"identifier"}, set(), ""),
    "baseValue": ({"baseType"}, set(), ""),
    "p": (set(), set(), f"{WORDS}(textEntryInteraction )?"),
    "div": (set(), set(), FLOW),
    "ul": (set(), set(), "(li )+"),
    "li": (set(), set(), WORDS),
    "strong": (set(), set(), WORDS),
    "img": ({"src", "alt"}, set(), ""),
    "br": (set(), set(), ""),
    "assessmentTest": (
        {"identifier", "title"},
        {"schemaLocation"},
        "(outcomeDeclaration )*(testPart )+outcomeProcessing ",
    ),
    "testPart": (
        {"identifier", "navigationMode", "submissionMode"},
        set(),
        "(itemSessionControl )?(assessmentSection )+",
    ),
    "itemSessionControl": (set(), {"maxAttempts", "showFeedback"}, ""),
    "assessmentSection": ({"identifier", "title", "visible"}, set(), "(assessmentItemRef )+"),
    "assessmentItemRef": ({"identifier", "href"}, set(), ""),
    "outcomeProcessing": (set(), set(), "setOutcomeValue "),
    "testVariables": ({"variableIdentifier"}, set(), ""),
}
TEXT_ONLY_IN = {"p", "li", "strong", "prompt", "simpleChoice", "value", "baseValue"}


@dataclass
class Node:
    """An element by its name in QTI 2.1, or of XHTML; mathematics stays whole."""

    name: str
    attributes: dict[str, str]
    children: list[Node]
    text: str  # what it says, with all inside
    own: bool  # whether text stands directly in it

    def all(self, name: str) -> Iterator[Node]:
        """The elements of that name inside, in order."""
        for child in self.children:
            if child.name == name:
                yield child
            yield from child.all(name)

    def one(self, name: str) -> Node:
        """The only one."""
        (found,) = self.all(name)
        return found


def camel(name: str) -> str:
    return re.sub(r"-([a-z])", lambda found: found[1].upper(), name)


def said(element: Element) -> str:
    """The text of an element, without those that only mathematics has."""
    return "".join(element.itertext())


def node(element: Element, version: str) -> Node:
    """The element as QTI 2.1 calls it; what is in the wrong namespace fails."""
    if element.tag.startswith(MATHML):
        return Node("math", {}, [], said(element), False)
    space, _, tag = element.tag[1:].partition("}")
    assert space == NAMESPACES[version], element.tag
    attributes = {name.rpartition("}")[2]: value for name, value in element.attrib.items()}
    children = [node(each, version) for each in element]
    own = any((piece or "").strip() for piece in (element.text, *(each.tail for each in element)))
    if version == "qti30":
        attributes = {camel(name): value for name, value in attributes.items()}
        tag = camel(tag.removeprefix("qti-")) if tag.startswith("qti-") else tag
        if tag == "modalFeedback":
            (body,) = children
            assert body.name == "contentBody", tag
            children = body.children
    return Node(tag, attributes, children, said(element), own)


def validate(root: Node) -> None:
    """Fails where an element has what it may not have, or has not what it must."""
    if root.name == "math":
        return
    must, may, pattern = MODEL.get(root.name, (set(), set(), "")) if root.name != "contentBody" else MODEL["div"]
    assert root.name in MODEL or root.name == "contentBody", root.name
    have = set(root.attributes)
    assert must <= have <= must | may, (root.name, have)
    inside = "".join(f"{each.name} " for each in root.children)
    assert re.fullmatch(pattern, inside), (root.name, inside)
    assert not root.own or root.name in TEXT_ONLY_IN, (root.name, root.text[:80])
    for name in ("identifier", "outcomeIdentifier", "responseIdentifier"):
        assert NAME.fullmatch(root.attributes.get(name, "x")), root.attributes
    for each in root.children:
        validate(each)


@dataclass
class Session:
    """What a learner has after an answer."""

    outcomes: dict[str, str | Fraction | None] = field(default_factory=dict)
    shown: list[Node] = field(default_factory=list)

    @property
    def score(self) -> Fraction:
        value = self.outcomes["SCORE"]
        assert isinstance(value, Fraction)
        return value

    def says(self, text: str) -> bool:
        return any(text in each.text for each in self.shown)


@dataclass
class Item:
    """An item that can be answered."""

    root: Node

    @property
    def body(self) -> Node:
        return self.root.one("itemBody")

    @property
    def right(self) -> dict[str, str]:
        declared = self.root.all("responseDeclaration")
        return {each.attributes["identifier"]: each.one("value").text for each in declared}

    @property
    def choices(self) -> dict[str, str]:
        return {each.attributes["identifier"]: each.text for each in self.body.all("simpleChoice")}

    def answer(self, **given: str) -> Session:
        """Runs the response processing over these answers; those left out are null."""
        kinds = {each.attributes["identifier"]: each.attributes for each in self.root.all("responseDeclaration")}
        values: dict[str, str | Fraction | None] = {
            name: None if name not in given else _typed(given[name], kind["baseType"]) for name, kind in kinds.items()
        }
        session = Session()
        for each in self.root.all("outcomeDeclaration"):
            kind = each.attributes["baseType"]
            default = next(each.all("value"), None)
            empty = Fraction(0) if kind == "float" else None
            session.outcomes[each.attributes["identifier"]] = _typed(default.text, kind) if default else empty
        for rule in self.root.one("responseProcessing").children:
            _run(rule, values, session.outcomes)
        for each in self.root.all("modalFeedback"):
            assert each.attributes["outcomeIdentifier"] in session.outcomes
            if session.outcomes[each.attributes["outcomeIdentifier"]] == each.attributes["identifier"]:
                session.shown.append(each)
        return session


def _typed(text: str, kind: str) -> str | Fraction | None:
    return Fraction(text) if kind == "float" else text


Values = dict[str, str | Fraction | None]


def _run(rule: Node, given: Values, outcomes: Values) -> None:
    if rule.name == "setOutcomeValue":
        outcomes[rule.attributes["identifier"]] = _value(rule.children[0], given, outcomes)
        return
    assert rule.name == "responseCondition"
    for branch in rule.children:
        start = 0 if branch.name == "responseElse" else 1
        if start == 0 or _value(branch.children[0], given, outcomes) is True:
            for each in branch.children[start:]:
                _run(each, given, outcomes)
            return


def _value(expression: Node, given: Values, outcomes: Values) -> object:
    if expression.name == "baseValue":
        return _typed(expression.text, expression.attributes["baseType"])
    if expression.name == "variable":
        name = expression.attributes["identifier"]
        return given[name] if name in given else outcomes[name]
    values = [_value(each, given, outcomes) for each in expression.children]
    if expression.name == "isNull":
        return values[0] is None
    if None in values:
        return None
    if expression.name == "and":
        return all(values)
    if expression.name == "sum":
        return sum(values)  # type: ignore[arg-type]
    one, other = values
    return {"gte": lambda: one >= other, "lte": lambda: one <= other, "match": lambda: one == other}[expression.name]()  # type: ignore[operator]


def members(package: str | bytes) -> dict[str, str]:
    """The files of a package."""
    assert isinstance(package, bytes)
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name).decode("utf-8") for name in opened.namelist()}


@functools.cache
def items(package: str | bytes, version: str) -> list[Item]:
    """The items in the order of the test; the manifest and the test name all files and nothing else."""
    files = members(package)
    manifest = ElementTree.fromstring(files["imsmanifest.xml"])
    named = [each.attrib["href"] for each in manifest.iter() if each.tag.endswith("}file")]
    assert sorted([*named, "imsmanifest.xml"]) == sorted(files)
    test = node(ElementTree.fromstring(files["assessment.xml"]), version)
    validate(test)
    found = []
    for each in test.all("assessmentItemRef"):
        item = Item(node(ElementTree.fromstring(files[each.attributes["href"]]), version))
        validate(item.root)
        assert item.root.attributes["identifier"] == each.attributes["identifier"]
        picture = item.body.one("img").attributes
        ElementTree.fromstring(files[f"items/{picture['src']}"])
        found.append(item)
    return found


class Html(HTMLParser):
    """The tags and the text of HTML."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


QTI12 = "{http://www.imsglobal.org/xsd/ims_qtiasiv1p2}"


@dataclass
class CanvasItem:
    """An item of QTI 1.2 as the importer of Canvas looks at it."""

    root: Element

    def find(self, path: str) -> list[Element]:
        return self.root.findall("/".join(QTI12 + step if step not in (".", "") else step for step in path.split("/")))

    @property
    def metadata(self) -> dict[str, str]:
        fields = self.find("itemmetadata/qtimetadata/qtimetadatafield")
        return {str(label.text): entry.text or "" for label, entry in fields}

    @property
    def stem(self) -> Html:
        (found,) = self.find("presentation/material/mattext")
        assert found.attrib["texttype"] == "text/html"
        return Html(str(found.text))

    @property
    def feedback(self) -> dict[str, Html]:
        texts = {each.attrib["ident"]: said(each) for each in self.find("itemfeedback")}
        return {name: Html(text) for name, text in texts.items()}

    @property
    def labels(self) -> dict[str, str]:
        found = self.root.iter(f"{QTI12}response_label")
        return {each.attrib["ident"]: said(each) for each in found}

    def conditions(self) -> list[Element]:
        return self.find("resprocessing/respcondition")

    def scored(self) -> list[Element]:
        return [each for each in self.conditions() if each.find(f"{QTI12}setvar") is not None]


@functools.cache
def canvas_items(package: str | bytes) -> list[CanvasItem]:
    """The questions of a package, whose manifest names all files and nothing else."""
    files = members(package)
    manifest = ElementTree.fromstring(files["imsmanifest.xml"])
    named = [each.attrib["href"] for each in manifest.iter() if each.tag.endswith("}file")]
    assert sorted([*named, "imsmanifest.xml"]) == sorted(files)
    (quiz,) = (name for name in named if re.fullmatch(r"([\w-]+)/\1\.xml", name))
    assert quiz.replace(quiz.rpartition("/")[2], "assessment_meta.xml") in named
    return [CanvasItem(each) for each in ElementTree.fromstring(files[quiz]).iter(f"{QTI12}item")]
