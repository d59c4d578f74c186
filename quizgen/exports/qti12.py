r"""QTI 1.2 as Canvas reads it: a quiz with its settings, and the pictures as files of the course.

What Canvas makes of it decided how it is written:

- A number counts within bounds (`vargte` and `varlte`), with the exact one beside them; Canvas gives all the points or
  none, and knows no wrong numbers. So a half is not earned, and what is said to the known wrong answers stands in the
  feedback to any wrong one, each beside its number.
- A whole graph is a question with several blanks, each worth the same. Canvas compares them as text, so every usual
  way to write a number is listed, fractions too; an answer that follows from an earlier wrong one does not count.
- Mathematics is LaTeX between \( and \), which Canvas sets. Its newer quizzes throw away the tags of MathML and would
  show 1/3 as 13; what they do not set of LaTeX can still be read. Words that look like its signs are taken apart.
- HTML is text in `mattext`. Identifiers differ for each question: Canvas merges those that do not.
- A picture is linked by its place in the package: some versions take `web_resources/` from the start of it, others
  do not.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from quizgen.exercise import Course, Exercise
from quizgen.exports import Export
from quizgen.exports._qti_canvas import PICTURES, Question, field, html, plain
from quizgen.exports._qti_xml import (
    SCHEMAS,
    WEB,
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

QTI = ("http://www.imsglobal.org/xsd/ims_qtiasiv1p2", "http://www.imsglobal.org/xsd/ims_qtiasiv1p2p1.xsd")
CANVAS = ("http://canvas.instructure.com/xsd/cccv1p0", "https://canvas.instructure.com/xsd/cccv1p0.xsd")
PACKAGING = ("http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1", "http://www.imsglobal.org/xsd/imscp_v1p1.xsd")
SETTINGS = "associatedcontent/imscc_xmlv1p1/learning-application-resource"


def write(course: Course, file: str) -> Files:
    """The package."""
    name = name_of_course(course)
    members = {
        "imsmanifest.xml": document(_manifest(course), pretty=True),
        f"{name}/{name}.xml": document(_assessment(course)),
        f"{name}/assessment_meta.xml": document(_settings(course), pretty=True),
    }
    members |= {_picture(exercise): drawn(exercise) for exercise in course.exercises}
    return {file: pack(members)}


def _picture(exercise: Exercise) -> str:
    return f"{PICTURES}/{name_of(exercise)}.svg"


def _assessment(course: Course) -> Element:
    section = element("section", {"ident": "root_section"}, *(Question(each).write() for each in course.exercises))
    attempts = element("qtimetadata", None, field("cc_maxattempts", "1"))
    named = {"ident": name_of_course(course), "title": printable(course.title)}
    return element("questestinterop", schema(*QTI), element("assessment", named, attempts, section))


def _settings(course: Course) -> Element:
    points = sum(task.points for exercise in course.exercises for task in exercise.tasks)
    entries = {
        "title": printable(course.title),
        "description": html(element("p", None, *plain(course.identity))),
        "shuffle_answers": "false",
        "scoring_policy": "keep_highest",
        "quiz_type": "assignment",
        "points_possible": str(points),
        "show_correct_answers": "true",
        "allowed_attempts": "1",
        "one_question_at_a_time": "false",
        "cant_go_back": "false",
        "available": "false",
    }
    inside = (element(name, None, text) for name, text in entries.items())
    return element("quiz", schema(*CANVAS) | {"identifier": name_of_course(course)}, *inside)


def _manifest(course: Course) -> Element:
    name = name_of_course(course)
    settings = f"{name}-settings"
    quiz = resource(name, "imsqti_xmlv1p2", [f"{name}/{name}.xml"], href=False)
    quiz.append(element("dependency", {"identifierref": settings}))
    attributes = {
        "identifier": f"{name}-package",
        "xmlns": PACKAGING[0],
        "xmlns:xsi": SCHEMAS,
        "xsi:schemaLocation": " ".join(PACKAGING),
    }
    kind = (element("schema", None, "IMS Content"), element("schemaversion", None, "1.1.3"))
    return element(
        "manifest",
        attributes,
        element("metadata", None, *kind),
        element("organizations"),
        element(
            "resources",
            None,
            quiz,
            resource(settings, SETTINGS, [f"{name}/assessment_meta.xml"]),
            *(resource(f"{name_of(each)}-picture", WEB, [_picture(each)]) for each in course.exercises),
        ),
    )


QTI12 = Export("qti12", ".zip", write)
