"""A package of QTI 2.1 or 3.0: the manifest, a test that asks every item, and the items with their pictures."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from quizgen.exercise import Course, Exercise
from quizgen.exports._qti_dialect import Dialect
from quizgen.exports._qti_item import Item
from quizgen.exports._qti_xml import (
    SCHEMAS,
    described,
    document,
    drawn,
    element,
    name_of,
    name_of_course,
    pack,
    resource,
    schema,
)
from quizgen.formats import Files
from quizgen.picture.layout import printable

TEST = "assessment.xml"


def write(dialect: Dialect, course: Course, file: str) -> Files:
    """The package."""
    members = {
        "imsmanifest.xml": document(_manifest(dialect, course), pretty=True),
        TEST: document(_test(dialect, course), pretty=True),
    }
    for exercise in course.exercises:
        members[_item(exercise)] = document(Item(dialect, exercise).write(_picture(exercise)))
        members[f"items/{_picture(exercise)}"] = drawn(exercise)
    return {file: pack(members)}


def _item(exercise: Exercise) -> str:
    return f"items/{name_of(exercise)}.xml"


def _picture(exercise: Exercise) -> str:
    """Where the picture is, seen from its item."""
    return f"pictures/{name_of(exercise)}.svg"


def _test(dialect: Dialect, course: Course) -> Element:
    """Each item may be answered again, and says what it has to say at once. The score is the items' sum."""
    make, title = dialect.make, printable(course.title)
    named = schema(dialect.namespace, dialect.schema) | {"identifier": name_of_course(course), "title": title}
    score = {"identifier": "SCORE", "cardinality": "single", "baseType": "float"}
    zero = make("defaultValue", None, make("value", None, "0"))
    each = [
        make("assessmentItemRef", {"identifier": name_of(exercise), "href": _item(exercise)})
        for exercise in course.exercises
    ]
    total = make("sum", None, make("testVariables", {"variableIdentifier": "SCORE"}))
    section = make("assessmentSection", {"identifier": "section", "title": title, "visible": "true"}, *each)
    control = make("itemSessionControl", {"maxAttempts": "0", "showFeedback": "true"})
    modes = {"identifier": "part", "navigationMode": "nonlinear", "submissionMode": "individual"}
    return make(
        "assessmentTest",
        named,
        make("outcomeDeclaration", score, zero),
        make("testPart", modes, control, section),
        make("outcomeProcessing", None, make("setOutcomeValue", {"identifier": "SCORE"}, total)),
    )


def _manifest(dialect: Dialect, course: Course) -> Element:
    name, version = dialect.package
    attributes = {
        "xmlns": dialect.packaging,
        "xmlns:xsi": SCHEMAS,
        "xsi:schemaLocation": f"{dialect.packaging} {dialect.packaging_schema}",
        "identifier": f"{name_of_course(course)}-package",
    }
    return element(
        "manifest",
        attributes,
        element("metadata", None, element("schema", None, name), element("schemaversion", None, version)),
        element("organizations"),
        element("resources", None, *_resources(dialect, course)),
    )


def _resources(dialect: Dialect, course: Course) -> Iterator[Element]:
    test = resource(name_of_course(course), f"imsqti_test_xml{dialect.kind}", [TEST])
    test.extend(element("dependency", {"identifierref": name_of(exercise)}) for exercise in course.exercises)
    yield test
    for exercise in course.exercises:
        found_by = element("metadata", None, described(exercise.title, exercise.tags, course.said.code))
        files = [_item(exercise), f"items/{_picture(exercise)}"]
        yield resource(name_of(exercise), f"imsqti_item_xml{dialect.kind}", files, found_by)
