"""Reads Moodle XML as Moodle's importer does, but refuses what Moodle would mend, drop or misread.

Written from the importer's rules (types, the list of fractions, one full mark, what cloze takes for a gap) and knowing
nothing of how the file was made.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

TYPES = {"numerical", "multichoice", "cloze"}
GRADES = [0, 100, 90, 83.33333, 80, 75, 70, 66.66667, 60, 50, 40, 33.33333, 30, 25, 20, 16.66667, 14.28571, 12.5]
GRADES += [11.11111, 10, 5]
KEPT = {
    "p": set(),
    "strong": set(),
    "br": set(),
    "ul": set(),
    "li": set(),
    "span": {"class"},
    "img": {"src", "alt", "class"},
}
_EYES = ":-) :) :-D ;-) :-/ V-. :-P :-p B-) ^-) 8-) 8-o 8-. :-o :o) :-I :-X P-| :-( :( 8-[ xx-P |-. }-]"
SMILEYS = [*_EYES.split(), "(grr)", "(h)", "(heart)", "(y)", "(n)", "(martin)"]
HEAD = ["name", "questiontext", "generalfeedback", "defaultgrade", "penalty", "hidden", "idnumber"]
_COMBINED = ["correctfeedback", "partiallycorrectfeedback", "incorrectfeedback"]
_SHOWN = ["single", "shuffleanswers", "answernumbering", "showstandardinstruction"]
BODY = {
    "numerical": ["answer", "units", "unitgradingtype", "unitpenalty", "showunits", "unitsleft", "tags"],
    "multichoice": [*_SHOWN, *_COMBINED, "answer", "tags"],
    "cloze": ["tags"],
}

_NUMBER = r"-?(?:(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)(?:[eE][-+]?[0-9]+)?)"
_KIND = (
    "NUMERICAL|NM|MULTICHOICE(?:_[VHS]{1,2})?|MC[VHS]{0,2}|SHORTANSWER(?:_C)?|SAC?|MWC?|MULTIRESPONSE(?:_H?S?)?|MRH?S?"
)
_ONE = r"(?:=|%-?[0-9]+(?:[.,][0-9]*)?%)?.+?(?<!\\|&)(?<!&amp;)(?=[~#}]|$)(?:#.*?(?<!\\)(?=[~}]|$))?"
GAP = re.compile(rf"\{{([0-9]*):({_KIND}):({_ONE}(?:~{_ONE})*)\}}", re.DOTALL)
_ANSWER = re.compile(
    r"~?(?:(=)|%(-?[0-9]+(?:[.,][0-9]*)?)%)?(.+?)(?<!\\|&)(?<!&amp;)(?=[~#}]|$)(?:#(.*?)(?<!\\)(?=[~}]|$))?", re.DOTALL
)
_IN_SOURCE = re.compile(r"\$\$|\\\[|\[/?(?:tex|algebra)|<tex|\{mlang|\{#")
_MATHEMATICS = re.compile(r"\\\((.*?)\\\)", re.DOTALL)
_TYPED = re.compile(r"([+-]?\d*(?:\.\d*)?)(.*)")


class Refused(Exception):
    """What the reader does not take."""


def _must(true: object, why: str) -> None:
    if not true:
        raise Refused(why)


@dataclass(frozen=True)
class Answer:
    """One answer: `value` is a number, * or HTML."""

    value: str
    percent: float
    feedback: str
    tolerance: Fraction = Fraction(0)

    def takes(self, typed: Fraction) -> bool:
        """Whether it fits a number, with Moodle's own small allowance."""
        if self.value == "*":
            return True
        mine = Fraction(self.value)
        allowed = self.tolerance + Fraction(1, 10**14) * max(1, abs(mine))
        return abs(typed - mine) <= allowed


@dataclass(frozen=True)
class Asked:
    """A question as it was read. `gaps` are a cloze's, each with its answers."""

    type: str
    category: str
    name: str
    idnumber: str
    body: str
    general: str
    picture: bytes
    tags: tuple[str, ...]
    grade: float
    answers: tuple[Answer, ...] = ()
    gaps: tuple[tuple[Answer, ...], ...] = ()
    units: tuple[str, ...] = ()

    def graded(self, typed: str, gap: int | None = None) -> Answer:
        """The answer that a typed number fits: the first, as in Moodle."""
        number, unit = _TYPED.fullmatch(typed).groups()  # type: ignore[union-attr]
        _must(not unit.strip() or unit.strip() in self.units, f"unit {unit!r}")
        answers = self.answers if gap is None else self.gaps[gap]
        return next(each for each in answers if each.takes(Fraction(number)))


@dataclass
class _Place:
    category: str = ""
    names: set[tuple[str, str]] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)


def read(source: str) -> list[Asked]:
    """The questions of a file."""
    _must(source.startswith("<?xml"), "something before the XML declaration")
    # Of text that is no CDATA the importer drops a space that stands alone between two references.
    _must(not re.search(r"<text>(?!<!\[CDATA\[|</text>)", source), "text that is no CDATA")
    root = ElementTree.fromstring(source.encode())
    _must(root.tag == "quiz" and not root.attrib, "no quiz")
    place, found = _Place(), []
    for each in root:
        _must(each.tag == "question", each.tag)
        if each.get("type") == "category":
            place.category = _category(each)
        else:
            _must(place.category, "a question before the first category")
            found.append(_question(each, place))
    return found


def _category(element: Element) -> str:
    path = _text(element.find("category"))
    names = [each.replace("//", "/").strip() for each in re.split("(?<!/)/(?!/)", path)]
    _must(names[0] == "$course$" and all(names[1:]) and len(names) > 1, path)
    _must(names[1] != "top" and all(len(each) <= 255 for each in names), path)
    info = element.find("info")
    if info is not None:
        well_formed(_text(info))
    return " > ".join(names[1:])


def _text(element: Element | None) -> str:
    _must(element is not None, "an element is missing")
    assert element is not None
    inner = element.findall("text")
    _must(len(inner) == 1 and len(inner[0]) == 0, f"{element.tag} has no text")
    return (inner[0].text or "").strip()


def _question(element: Element, place: _Place) -> Asked:
    kind = element.get("type", "")
    _must(kind in TYPES, f"type {kind}")
    tags = list(dict.fromkeys(each.tag for each in element))
    known = [*HEAD, *BODY[kind]]
    _must(set(tags) <= set(known) and set(known) - set(tags) <= {"units"}, f"elements {tags}")
    _must(all(len(element.findall(each)) == 1 for each in [*HEAD, "tags"]), "an element twice")
    name, number = _text(element.find("name")), element.findtext("idnumber", "")
    _must(
        0 < len(name) <= 255 and not set(name) & set("<>\\$") and (place.category, name) not in place.names,
        f"name {name}",
    )
    _must(0 < len(number) <= 100 and number not in place.numbers, f"idnumber {number}")
    place.names.add((place.category, name))
    place.numbers.add(number)
    _must(element.findtext("hidden") == "0" and element.findtext("penalty") == "0.3333333", "hidden or penalty")
    body = _html(element.find("questiontext"))
    picture = _picture(element, body)
    made = {"numerical": _numerical, "multichoice": _multichoice, "cloze": _cloze}[kind](element, body)
    shown = GAP.sub("", body)
    well_formed(shown)
    read_tags = tuple(_text(each) for each in element.findall("tags/tag"))
    _must(all(0 < len(each) <= 50 for each in read_tags), "tags")
    grade = float(element.findtext("defaultgrade", ""))
    _must(grade == (len(made.get("gaps", ())) or 1), "defaultgrade")
    general = _html(element.find("generalfeedback"))
    well_formed(general)
    return Asked(kind, place.category, name, number, shown, general, picture, read_tags, grade, **made)


def _html(element: Element | None) -> str:
    _must(element is not None and element.get("format") == "html", "no HTML")
    return _text(element)


def _picture(element: Element, body: str) -> bytes:
    (file,) = element.iter("file")
    _must(file.attrib == {"name": "graph.svg", "path": "/", "encoding": "base64"}, "file")
    _must(body.count("@@PLUGINFILE@@") == body.count('src="@@PLUGINFILE@@/graph.svg"') == 1, "picture")
    picture = base64.b64decode(file.text or "", validate=True)
    _must(ElementTree.fromstring(picture).tag.endswith("}svg"), "picture is no SVG")
    return picture


def _graded(answers: list[Answer]) -> tuple[Answer, ...]:
    for each in answers:
        _must(any(abs(each.percent - grade) < 0.001 for grade in GRADES), f"fraction {each.percent}")
        well_formed(each.feedback)
        _must(each.feedback, "no feedback")
    _must([each.percent for each in answers].count(100) == 1, "not one right answer")
    return tuple(answers)


def _numbers(answers: list[Answer]) -> tuple[Answer, ...]:
    *numbers, last = answers
    _must(last.value == "*" and last.percent == 0, "no answer for all others")
    _must(all(re.fullmatch(_NUMBER, each.value) and "," not in each.value for each in numbers), "no number")
    _must(answers[0].percent == 100, "the right answer is not the first")
    _must(len({each.value for each in answers}) == len(answers), "an answer twice")
    return _graded(answers)


def _numerical(element: Element, body: str) -> dict[str, object]:
    answers = []
    for each in element.findall("answer"):
        _must([inner.tag for inner in each] == ["text", "tolerance", "feedback"], "answer")
        tolerance = Fraction(each.findtext("tolerance", ""))
        answers.append(Answer(_text(each), float(each.get("fraction", "")), _html(each.find("feedback")), tolerance))
    units = tuple(each.findtext("unit_name", "") for each in element.findall("units/unit"))
    _must(all(0 < len(each) <= 50 for each in units) and len(units) <= 1, "units")
    _must(element.findtext("showunits") == ("0" if units else "3"), "showunits")
    _must(element.findtext("unitgradingtype") == "0", "a unit must not be wanted")
    return {"answers": _numbers(answers), "units": units}


def _multichoice(element: Element, body: str) -> dict[str, object]:
    _must(element.findtext("single") == "true", "single")
    answers = []
    for each in element.findall("answer"):
        _must(each.get("format") == "html", "format")
        value = _text(each)
        well_formed(value)
        answers.append(Answer(value, float(each.get("fraction", "")), _html(each.find("feedback"))))
    _must(len(answers) >= 2 and len({each.value for each in answers}) == len(answers), "options")
    return {"answers": _graded(answers)}


def _cloze(element: Element, body: str) -> dict[str, object]:
    gaps = []
    for mark, kind, inside in (found.groups() for found in GAP.finditer(body)):
        _must(mark == "1" and kind == "NUMERICAL", f"gap {mark}:{kind}")
        gaps.append(_numbers(list(_gap(inside))))
    _must(gaps, "no gap")
    _must(len(re.findall(rf"\{{[0-9]*:(?:{_KIND}):", body)) == len(gaps), "something begins a gap and is none")
    return {"gaps": tuple(gaps)}


def _gap(inside: str) -> Iterator[Answer]:
    rest = inside
    while rest:
        found = _ANSWER.match(rest)
        _must(found, f"rest of a gap: {rest}")
        assert found
        right, percent, answer, feedback = found.groups()
        value, _, tolerance = answer.partition(":")
        said = html.unescape(feedback or "").replace(r"\}", "}").replace(r"\#", "#")
        yield Answer(value, 100 if right else float(percent or 0), said, Fraction(tolerance or 0))
        rest = rest[found.end() :]


def well_formed(source: str) -> Element:
    """HTML that Moodle's cleaner leaves as it is, and in which no filter finds anything but our mathematics."""
    _must(not _IN_SOURCE.search(source), f"a filter would read {source!r}")
    outside = _MATHEMATICS.sub("", source)  # the filter for mathematics comes first, and shields it
    _must(not any(each in outside for each in SMILEYS), f"a smiley in {outside!r}")
    root = ElementTree.fromstring(f"<div>{source}</div>")
    for each in list(root.iter())[1:]:
        _must(each.tag in KEPT and set(each.attrib) <= KEPT[each.tag], f"element {each.tag} {each.attrib}")
    texts = list(_texts(root))
    for each in texts:
        left = _MATHEMATICS.sub("", each)
        _must(not any(r"\(" in inner for inner in _MATHEMATICS.findall(each)), "mathematics within mathematics")
        _must(not re.search(r"\\[()\[\]b]|\$\$", left), f"mathematics that does not end, or is none: {left!r}")
    return root


def _texts(root: Element) -> Iterator[str]:
    """What a reader of mathematics looks at: the text across elements, up to one that it leaves alone."""
    pieces = [""]
    for word, seen in _words(root):
        if seen:
            pieces[-1] += word
        else:
            pieces.append("")
    yield from pieces


def _words(element: Element, seen: bool = True) -> Iterator[tuple[str, bool]]:
    """Each text, and whether MathJax looks at it."""
    seen = seen and {"tex2jax_ignore", "mathjax_ignore"}.isdisjoint(element.get("class", "").split())
    yield element.text or "", seen
    for each in element:
        yield from _words(each, seen)
        yield each.tail or "", seen


def shown(source: str) -> str:
    """What is read on the page, with mathematics as LaTeX."""
    return "".join(word for word, _ in _words(well_formed(source)))


def formulas(source: str) -> list[str]:
    """The LaTeX that is typeset."""
    return [found for each in _texts(well_formed(source)) for found in _MATHEMATICS.findall(each)]


def alternative(asked: Asked) -> str:
    """The words for who cannot see the picture."""
    (image,) = well_formed(asked.body).iter("img")
    return image.get("alt", "")
