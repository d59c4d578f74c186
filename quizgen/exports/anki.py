"""Flash cards for Anki: a deck with a note for each exercise, a number typed, an option chosen or a graph filled in
the head.

A note is known by its exercise, its language and how it is answered: importing a deck again adds nothing, and one
language or form stands beside another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from markupsafe import Markup

from quizgen.engine.functions import Value
from quizgen.exercise import Course, Exercise
from quizgen.exports import Export
from quizgen.exports import _anki_html as html
from quizgen.exports import _anki_package as package
from quizgen.formats import Files
from quizgen.formats.html import LEAST
from quizgen.language import Words
from quizgen.notation import Style, of_value, unicode
from quizgen.picture import svg
from quizgen.picture.layout import printable
from quizgen.resources import templates
from quizgen.sheet import Picture

FIELDS = ("id", "ask", "story", "picture", "options", "answer", "unit", "key", "wrong", "working", "solved")
RENDERED = ("ask", "options", "key", "wrong", "working")  # the fields that have a template
LAYOUT = "1"  # of the fields: another list of them is another note type
_WIDE = re.compile(r'width="(\d+)"')
_NARROW = 280  # what a telephone leaves for a picture, in pixels


def write(course: Course, file: str) -> Files:
    """The deck as a package."""
    import genanki

    said, media = course.said, dict[str, str]()
    name = re.sub(":{2,}", lambda found: "：" * len(found[0]), printable(course.title))  # :: would be a deck in a deck
    about = html.environment().get_template("about.html.j2").render(course=course, said=said)
    deck = genanki.Deck(package.number("deck", said.code, name), name, about)
    model = _note_type(said)
    for place, exercise in enumerate(course.exercises):
        fields = _fields(exercise, media)
        deck.add_note(
            genanki.Note(
                model,
                [fields[each] for each in FIELDS],
                guid=genanki.guid_for("quizgen", exercise.id, said.code, _kind(exercise)),
                tags=[_tag(each) for each in exercise.tags],
                due=place,
            )
        )
    return {file: package.pack(deck, media)}


def _note_type(said: Words) -> Any:
    import genanki

    names = {each: said[f"export.anki.field.{each}"] for each in FIELDS}
    front, back = (
        html.environment().get_template(f"{side}.html.j2").render(names=names, said=said) for side in ("front", "back")
    )
    return genanki.Model(
        package.number("note type", LAYOUT, said.code),
        said["export.anki.note_type"],
        fields=[{"name": names[each]} for each in FIELDS],
        templates=[{"name": said["export.anki.card"], "qfmt": front, "afmt": back}],
        css=(templates() / "exports" / "anki" / "style.css").read_text("utf-8"),
        sort_field_index=FIELDS.index("ask"),
    )


def _fields(exercise: Exercise, media: dict[str, str]) -> Mapping[str, str]:
    """The fields of a note; its pictures go into `media`."""
    shown = {
        each: html.environment().get_template(f"{each}.html.j2").render(exercise=exercise, said=exercise.said).strip()
        for each in RENDERED
    }
    (first, *others) = exercise.tasks
    return shown | {
        "id": html.HTML.text(exercise.id),
        "story": html.HTML.prose(exercise.story, exercise.style),
        "picture": _picture(exercise.picture, exercise.title, media),
        "answer": "" if others or first.options else typed(first.part.key, exercise.style),
        "unit": "" if others else html.HTML.text(first.unit),
        "solved": _picture(exercise.item.solved, exercise.title, media),
    }


def typed(value: Value, style: Style) -> str:
    """A number as it is typed: Anki compares it with what the learner types, character by character."""
    return unicode(of_value(value), style).replace("−", "-")


def _picture(made: Picture, title: str, media: dict[str, str]) -> Markup:
    """The element for a picture. Its file is named by what is in it, so that the pictures of two decks never meet."""
    drawn = svg.paint(made.drawing, title=title, description=made.words)
    name = f"quizgen-{sha256(drawn.encode()).hexdigest()[:16]}.svg"
    media[name] = drawn
    size = _WIDE.search(drawn)
    assert size, "the painter says how wide its picture is"
    least = round(LEAST * int(size[1]))  # where the screen is narrower, the picture scrolls
    scrolls = Markup(' tabindex="0"') if least > _NARROW else ""
    element = Markup('<div class="picture"{}><img src="{}" alt="{}" width="{}" style="min-width: {}px"></div>')
    return element.format(scrolls, name, html.attribute(made.words), size[1], least)


def _kind(exercise: Exercise) -> str:
    if len(exercise.tasks) > 1:
        return "graph"
    return "choice" if exercise.is_chosen(exercise.task) else "entry"


def _tag(words: str) -> str:
    return "quizgen::" + re.sub(r"[\s:]+", "-", printable(words))


ANKI = Export("anki", ".apkg", write, extra="genanki")
