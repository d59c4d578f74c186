"""A document as data for the Typst templates, and the templates as one source; `pdf` and `typ` are made of these.

Whatever a person has written (titles, names, stories) is in the data and never in the source, so it cannot be code.
"""

from __future__ import annotations

import functools
import json
from typing import Any

from quizgen.document import Contents, Document, Section
from quizgen.engine.functions import Value
from quizgen.families import Prose
from quizgen.formats import qr
from quizgen.language import Words
from quizgen.notation import Notation, Num, Style, of_value, speech, typst, unicode
from quizgen.picture import data as painter
from quizgen.picture.layout import printable
from quizgen.plan import Answers, Paper
from quizgen.resources import templates
from quizgen.sheet import Item, Picture, Sheet, Task
from quizgen.working import Working

Data = dict[str, Any]
PARTS = ("style", "mathematics", "picture", "head", "questions", "answer_sheet", "key", "document")
SIZES = {  # millimetres, and columns
    Paper.A4: (210, 297, 1),
    Paper.B5: (182, 257, 1),
    Paper.B4: (364, 257, 2),
    Paper.LETTER: (215.9, 279.4, 1),
}


def source() -> str:
    """The templates, one after the other; they expect the data as `data`."""
    return "\n".join(map(part, PARTS))


def part(name: str) -> str:
    """One of the templates."""
    return (templates() / "typst" / f"{name}.typ").read_text("utf-8")


def sample() -> str:
    """A source that only shows a text, to see whether the fonts have it."""
    return part("style") + "#set document(title: data.text)\n#label-text(data.text)\n#text(data.text)\n"


def sample_data(text: str, folders: tuple[str, ...]) -> str:
    """The data of the sample."""
    return json.dumps({"text": text, "fonts": families_in(folders)}, ensure_ascii=False)


@functools.lru_cache(4)
def families_in(folders: tuple[str, ...]) -> list[str]:
    """The names of the fonts in folders that somebody named."""
    if not folders:
        return []
    from typst import Fonts

    found = Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(folders))
    return sorted(found.families())


def as_json(document: Document) -> str:
    """The data of a document as JSON, with the same bytes for the same document."""
    return json.dumps(data_of(document), ensure_ascii=False, separators=(",", ":"))


def data_of(document: Document) -> Data:
    """The data of a document."""
    width, height, columns = SIZES[document.sections[0].sheet.plan.paper]
    return {
        "title": printable(document.title),
        "language": document.said.code,
        "fonts": families_in(document.sections[0].sheet.plan.fonts),
        "paper": {"width": width, "height": height, "columns": columns},
        "sections": [_section(each) for each in document.sections],
    }


def _section(section: Section) -> Data:
    sheet = section.sheet
    contents = {Contents.QUESTIONS: _questions, Contents.ANSWER_SHEET: _answer_sheet, Contents.KEY: _key}
    return {
        "contents": str(section.contents),
        "language": sheet.said.code,
        "identity": printable(sheet.identity),
        "student": _student(sheet),
        "columns": _columns(sheet),
        "words": {name: sheet.said[f"sheet.{name}"] for name in ("column_question", "answer")},
        **contents[section.contents](sheet),
    }


def _columns(sheet: Sheet) -> list[int]:
    """How wide the columns of a table of answers are against each other: an expression needs more room."""
    asks = [[task.part.ask for task in item.tasks] for item in sheet.items]
    return [
        2 if any(each[place].symbolic for each in asks if place < len(each)) else 1 for place in range(sheet.widest)
    ]


def _student(sheet: Sheet) -> str:
    return sheet.said("sheet.student", name=sheet.plan.student, id=sheet.plan.student_id) if sheet.plan.student else ""


def _head(sheet: Sheet, title: str) -> Data:
    """Title, whose it is, and the code."""
    said, code = sheet.said, sheet.code
    return {
        "title": printable(title),
        "fields": [
            {"label": said["sheet.class"], "width": 4, "text": "", "after": ""},
            {"label": said["sheet.name"], "width": 6, "text": printable(_student(sheet)), "after": ""},
            {"label": said["sheet.date"], "width": 3, "text": "", "after": ""},
            {"label": said["sheet.score"], "width": 4, "text": "", "after": f"/ {sheet.points}"},
        ],
        "code": {"svg": qr.svg(code), "width": qr.width(code), "alt": said["sheet.code_alt"]},
    }


def _questions(sheet: Sheet) -> Data:
    return {
        "head": _head(sheet, sheet.title),
        "notes": sheet.notes,
        "room": sheet.plan.room,
        "items": [_item(each, sheet.plan.answer_sheet) for each in sheet.items],
    }


def _item(item: Item, answer_sheet: bool) -> Data:
    return {
        "heading": item.said("sheet.question", number=item.number, title=item.wording.title),
        "id": item.said("sheet.id", id=item.question.id),
        "story": _prose(item.wording.story, item.wording.style, item.said),
        "picture": _picture(item.asked, item.said),
        "tasks": [_task(each, item, answer_sheet) for each in item.tasks],
    }


def _task(task: Task, item: Item, answer_sheet: bool) -> Data:
    style, said = item.wording.style, item.said
    return {
        "number": str(task.number),
        "ask": _prose(task.ask, style, said),
        "unit": task.unit,
        "line": not (task.options or task.boxed or answer_sheet),
        "long": task.part.ask.symbolic,
        "options": [{"letter": each.letter, **_value(each.value, style, said)} for each in task.options],
    }


def _answer_sheet(sheet: Sheet) -> Data:
    return {
        "head": _head(sheet, sheet.said("sheet.answer_sheet_title", title=sheet.title)),
        "rows": [{"number": str(item.number), "units": [task.unit for task in item.tasks]} for item in sheet.items],
    }


def _key(sheet: Sheet) -> Data:
    said, plan = sheet.said, sheet.plan
    rules = [said("sheet.points", each=plan.points, total=sheet.points)]
    rules += [said["sheet.partial_rule"]] * (plan.answers != Answers.CHOICE)
    rules += [sheet.spread] * bool(sheet.spread)
    return {
        "title": printable(said("sheet.key_title", title=sheet.title)),
        "rules": [*rules, said["sheet.numbers"]],
        "again": said("sheet.again", code=sheet.code_text),
        "rows": [
            {"number": str(item.number), "answers": [_short(task, item.wording.style, said) for task in item.tasks]}
            for item in sheet.items
        ],
        "items": [_solution(each, sheet) for each in sheet.items],
    }


def _short(task: Task, style: Style, said: Words) -> Data:
    """A key for quick marking; a number is plain text, which can be searched and copied."""
    shown = of_value(task.part.key)
    text = unicode(shown, style) if isinstance(shown, Num) else None
    return {"letter": task.letter, "text": text, "unit": task.unit, **_mathematics(shown, style, said)}


def _solution(item: Item, sheet: Sheet) -> Data:
    style, said = item.wording.style, item.said
    return {
        "heading": said("sheet.question", number=item.number, title=item.wording.title),
        "picture": _picture(item.solved, said),
        "workings": [_working(each, style, said) for each in item.workings],
        "partial": said["sheet.partial"],
        "partials": [
            {
                "label": said("sheet.partial_of", number=task.number),
                "entries": [
                    _value(each.value, style, said)
                    | {"text": said("sheet.partial_points", points=sheet.points_text(each), reason=item.reason(each))}
                    for each in task.partial
                ],
            }
            for task in item.tasks
            if task.partial
        ],
    }


def _working(working: Working, style: Style, said: Words) -> Data:
    lines = [{"label": line.label, **_mathematics(line.mathematics, style, said)} for line in working.lines]
    return {"heading": working.heading, "lines": lines}


def _mathematics(node: Notation, style: Style, said: Words) -> Data:
    made = typst(node, style)
    return {"mathematics": made, "alt": speech(node, style, said), "tall": _has_fraction(made)}


def _has_fraction(made: Any) -> bool:
    """Whether mathematics is higher than a line of text."""
    if isinstance(made, list):
        return any(map(_has_fraction, made))
    return isinstance(made, dict) and ("frac" in made or any(map(_has_fraction, made.values())))


def _value(value: Value, style: Style, said: Words) -> Data:
    return _mathematics(of_value(value), style, said)


def _prose(pieces: Prose, style: Style, said: Words) -> list[str | Data]:
    return [piece if isinstance(piece, str) else _mathematics(piece, style, said) for piece in pieces]


def _picture(picture: Picture, said: Words) -> Data:
    return painter.paint(picture.drawing) | {"alt": said("sheet.described", title=picture.title, words=picture.words)}
