"""One exercise as an item of QTI 1.2 in the way of Canvas."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from xml.etree.ElementTree import Element, tostring
from zlib import crc32

from quizgen.exercise import Exercise
from quizgen.exports._decimals import MOST, WRITTEN, Mark, Numbers, decimal, numbers, padded, rounded_to
from quizgen.exports._qti_text import Pen, Text
from quizgen.exports._qti_xml import Inside, element, name_of, words
from quizgen.notation import Equal, Notation, Style, latex, latex_parts
from quizgen.picture.layout import printable
from quizgen.question import canonical
from quizgen.sheet import Task

PICTURES = "quizgen"  # the folder among the files of the course
RESPONSE = "response1"
LARGEST_DENOMINATOR = 10**9  # of a fraction that somebody writes
_SIGN = re.compile(r"([\\$])")
_WIDE = str.maketrans("0123456789.-/", "０１２３４５６７８９．－／")


# --- what a learner reads ------------------------------------------------------------------------------------


def plain(text: str) -> list[Inside]:
    """Words in which nothing begins mathematics: no reader of it looks over the edge of an element."""
    pieces = _SIGN.split(words(text))
    return [element("span", None, each) if _SIGN.fullmatch(each) else each for each in pieces if each]


def _inline(written: str) -> str:
    return rf"\(\displaystyle {written.strip()}\)" if r"\frac" in written else rf"\({written.strip()}\)"


def _members(node: Equal, style: Style) -> list[Inside]:
    first, *rest = latex_parts(node, style)
    return [_inline(first), *(_inline(f"= {each}") for each in rest)]


def _mathematics(node: Notation, style: Style) -> str:
    return _inline(latex(node, style))


PEN = Pen(plain, _mathematics, _members)


def html(*blocks: Element) -> str:
    """Elements as a browser reads them."""
    return "".join(tostring(each, "unicode", "html") for each in blocks)


def _material(*blocks: Element) -> Element:
    return element("material", None, element("mattext", {"texttype": "text/html"}, html(*blocks)))


# --- one question --------------------------------------------------------------------------------------------


class Question:
    """The item of one exercise."""

    def __init__(self, exercise: Exercise) -> None:
        self.exercise, self.said, self.name = exercise, exercise.said, name_of(exercise)
        self.text = Text(exercise, PEN)
        self.answers: list[str] = []  # their identifiers, in order
        self.feedback: dict[str, list[Element]] = {"general_fb": self.text.solution()}

    def write(self) -> Element:
        """The item: its parts in the order that the format wants."""
        kind = self._kind()
        fill = {"multiple_choice_question": self._choice, "numerical_question": self._number}
        stem, responses, conditions = fill.get(kind, self._blanks)()
        shown = element("presentation", None, _material(*self._stem(), *stem), *responses)
        most = {"maxvalue": "100", "minvalue": "0", "varname": "SCORE", "vartype": "Decimal"}
        outcomes = element("outcomes", None, element("decvar", most))
        marked = element("resprocessing", None, outcomes, _condition("Yes", [element("other")], "general_fb"))
        marked.extend(conditions)
        said = [_item_feedback(name, blocks) for name, blocks in self.feedback.items()]
        named = {"ident": self.name, "title": printable(self.exercise.title)}
        return element("item", named, self._metadata(kind), shown, marked, *said)

    def _kind(self) -> str:
        if len(self.exercise.tasks) > 1:
            return "fill_in_multiple_blanks_question"
        chosen = self.exercise.is_chosen(self.exercise.task)
        return "multiple_choice_question" if chosen else "numerical_question"

    def _metadata(self, kind: str) -> Element:
        points = sum(task.points for task in self.exercise.tasks)
        return element(
            "itemmetadata",
            None,
            element(
                "qtimetadata",
                None,
                field("question_type", kind),
                field("points_possible", str(points)),
                field("original_answer_ids", ",".join(self.answers)),
                field("assessment_question_identifierref", f"{self.name}-question"),
            ),
        )

    def _stem(self) -> list[Element]:
        place = f"%24IMS-CC-FILEBASE%24/{PICTURES}/{self.name}.svg"
        return [self.text.story(), self.text.picture(place)]

    def _answer(self) -> str:
        """The identifier of the next answer: a number, as Canvas gives itself; the same in each export."""
        self.answers.append(str(crc32(self.name.encode()) % 10**6 * 1000 + len(self.answers) + 1))
        return self.answers[-1]

    def _verdict(self, name: str) -> Element:
        return element("p", None, element("strong", None, self.said[f"export.qti.{name}"]))

    # --- its kinds: what else is asked, the responses, and what they earn ----------------------------------------

    def _choice(self) -> tuple[list[Element], list[Element], list[Element]]:
        task = self.exercise.task
        replies = {canonical(each.value): each for each in self.exercise.replies(task)}
        labels, conditions, right = [], [], ""
        for option in task.options:
            name = self._answer()
            shown = element("p", None, self.text.value(option.value), *self.text.unit(task))
            labels.append(element("response_label", {"ident": name}, _material(shown)))
            if option.letter == task.letter:
                right = name
            elif canonical(option.value) in replies:
                self.feedback[f"{name}_fb"] = self.text.because(replies[canonical(option.value)])
                conditions.append(_condition("Yes", [_is(name)], f"{name}_fb"))
        conditions.append(_condition("No", [_is(right)], "correct_fb", "100"))
        conditions.append(_condition("Yes", [element("other")], "general_incorrect_fb"))
        self.feedback |= {"correct_fb": [self._verdict("right")], "general_incorrect_fb": [self._verdict("wrong")]}
        response = {"ident": RESPONSE, "rcardinality": "Single"}
        lid = element("response_lid", response, element("render_choice", None, *labels))
        return [element("p", None, *self.text.ask(task))], [lid], conditions

    def _number(self) -> tuple[list[Element], list[Element], list[Element]]:
        task = self.exercise.task
        known = numbers(self.exercise, task)
        self._answer()
        conditions = [
            _condition("No", [_within(known.key)], "correct_fb", "100"),
            _condition("Yes", [element("other")], "general_incorrect_fb"),
        ]
        self.feedback["correct_fb"] = [self._verdict("right")]
        self.feedback["general_incorrect_fb"] = [self._verdict("wrong"), *self._known_wrong([(task, known)])]
        entry = element("render_fib", {"fibtype": "Decimal"}, element("response_label", {"ident": "answer1"}))
        string = element("response_str", {"ident": RESPONSE, "rcardinality": "Single"}, entry)
        ask = element("p", None, *self.text.ask(task, known), *plain(f" ({task.unit})" if task.unit else ""))
        return [ask], [string], conditions

    def _known_wrong(self, tasks: Iterable[tuple[Task, Numbers]]) -> list[Element]:
        """What is said to the wrong answers that are known, each beside its number."""
        listed = []
        for task, known in tasks:
            number = f"({task.number}) " if len(self.exercise.tasks) > 1 else ""
            for mark in known.wrong:
                assert mark.reply is not None
                shown = element("p", None, f"{number}{mark.text.replace('-', '−')}")
                listed.append(element("li", None, shown, *self.text.because(mark.reply)))
        return [element("p", None, self.said["export.qti.was"]), element("ul", None, *listed)] if listed else []

    def _blanks(self) -> tuple[list[Element], list[Element], list[Element]]:
        stem, responses, conditions = [], [], []
        every = [(task, numbers(self.exercise, task)) for task in self.exercise.tasks]
        share = decimal(rounded_to(Fraction(100, len(self.exercise.tasks)), 5))
        for task, known in every:
            blank = f"q{self.exercise.id}_{task.number}"  # no story holds such a name between brackets
            ask = self.text.ask(task, known, fractions=True)
            stem.append(element("p", None, *ask, element("br"), f"[{blank}]", *self.text.unit(task)))
            names = [(self._answer(), each) for each in _spellings(known.key, known.digits)]
            labels = [_spelling(name, each) for name, each in names]
            named = element("material", None, element("mattext", None, blank))
            response = f"response_{blank}"
            responses.append(
                element("response_lid", {"ident": response}, named, element("render_choice", None, *labels))
            )
            conditions.append(_condition("", [_is(names[0][0], response)], "", share, action="Add"))
        self.feedback["general_incorrect_fb"] = [self._verdict("wrong"), *self._known_wrong(every)]
        return stem, responses, conditions


def _spelling(name: str, text: str) -> Element:
    shown = element("material", None, element("mattext", {"texttype": "text/plain"}, text))
    return element("response_label", {"ident": name}, shown)


def _spellings(mark: Mark, digits: int) -> list[str]:
    """The ways to write a number, the best first. `digits`: how many significant ones it needs, where it has more."""
    value = mark.value
    if digits:
        rounded = [(rounded_to(value, wanted), wanted) for wanted in (*range(digits, MOST), WRITTEN)]
        found = [text for each, wanted in rounded for text in (decimal(each), padded(each, wanted))]
    else:
        found = [decimal(value)]
        found += [f"{found[0]}.0", f"{found[0]}.00"] if value.denominator == 1 else [f"{found[0]}0"]
    if abs(value) >= 1000:
        whole, point, rest = found[0].partition(".")
        found.append(f"{int(whole):,}{point}{rest}")
    if 1 < value.denominator < LARGEST_DENOMINATOR:
        found.append(str(value))
    found.append(found[0].translate(_WIDE))
    if value < 0:
        found += [each.replace("-", "−") for each in found if "-" in each]
    return list(dict.fromkeys(found))


def _within(mark: Mark) -> Element:
    """The number, or within its bounds: Canvas takes the difference for the margin."""
    low, high = (decimal(each) for each in (mark.low, mark.high))
    at = {"respident": RESPONSE}
    bounds = element("and", None, element("vargte", at, low), element("varlte", at, high))
    return element("or", None, element("varequal", at, mark.text), bounds)


def _is(answer: str, response: str = RESPONSE) -> Element:
    return element("varequal", {"respident": response}, answer)


def _condition(more: str, given: list[Element], feedback: str, score: str = "", action: str = "Set") -> Element:
    """What follows when something is `given`; `more`: whether later conditions are looked at."""
    inside: list[Inside] = [element("conditionvar", None, *given)]
    if score:
        inside.append(element("setvar", {"action": action, "varname": "SCORE"}, score))
    if feedback:
        inside.append(element("displayfeedback", {"feedbacktype": "Response", "linkrefid": feedback}))
    return element("respcondition", {"continue": more} if more else None, *inside)


def _item_feedback(name: str, blocks: list[Element]) -> Element:
    return element("itemfeedback", {"ident": name}, element("flow_mat", None, _material(*blocks)))


def field(label: str, entry: str) -> Element:
    """An entry of the metadata."""
    return element("qtimetadatafield", None, element("fieldlabel", None, label), element("fieldentry", None, entry))
