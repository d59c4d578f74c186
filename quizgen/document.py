"""In which order one file shows worksheets, their answer sheets and their keys; before any format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from quizgen.language import Words
from quizgen.plan import Key
from quizgen.sheet import Sheet


class Contents(StrEnum):
    """What a stretch of a document shows of a sheet."""

    QUESTIONS = "questions"
    ANSWER_SHEET = "answer_sheet"
    KEY = "key"


@dataclass(frozen=True)
class Section:
    """A stretch of a document, beginning on a page of its own."""

    sheet: Sheet
    contents: Contents


@dataclass(frozen=True)
class Document:
    """What one file holds: one sheet, or those of a whole class."""

    sections: tuple[Section, ...]

    @property
    def said(self) -> Words:
        """The words of the document's language, which is that of its first sheet."""
        return self.sections[0].sheet.said

    @property
    def title(self) -> str:
        """The title of the whole."""
        first = self.sections[0]
        title = first.sheet.title
        return self.said("sheet.key_title", title=title) if first.contents == Contents.KEY else title


def questions_of(sheets: Sequence[Sheet]) -> Document:
    """What students get: the questions of each sheet, with its answer sheet where one is wanted."""
    sections = []
    for sheet in sheets:
        sections.append(Section(sheet, Contents.QUESTIONS))
        if sheet.plan.answer_sheet:
            sections.append(Section(sheet, Contents.ANSWER_SHEET))
    return Document(tuple(sections))


def keys_of(sheets: Sequence[Sheet]) -> Document:
    """What instructors get."""
    return Document(tuple(Section(sheet, Contents.KEY) for sheet in sheets))


def documents(sheet: Sheet, key: Key | None = None) -> tuple[Document, Document | None]:
    """The sheet as it is wanted, and the key where that is a document of its own. `key` overrules where it stands:
    the sheet and its code stay the same."""
    place = key or sheet.plan.key
    asked, answers = questions_of([sheet]), keys_of([sheet])
    if place == Key.AFTER:
        return Document(asked.sections + answers.sections), None
    return asked, answers if place == Key.SEPARATE else None
