"""The file that Anki imports: a database in a zip archive, the same bytes for the same notes on every machine.

genanki writes the database. It would take the time and a temporary file for the archive, so that is packed here.
"""

from __future__ import annotations

import io
import itertools
import json
import os
import re
import sqlite3
import zipfile
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from quizgen import __version__

FIRST = 1_577_836_800  # 2020-01-01
DAY = 86_400
_LEAST = 1 << 30  # numbers of decks and note types are this and more, as genanki advises
_SQLITE = slice(96, 100)  # of the header: the version of the library that wrote last, which no reader needs


def number(*names: str) -> int:
    """The number of a deck or note type, always the same for the same names."""
    return _LEAST + _hashed("quizgen", *names) % _LEAST


def _hashed(*texts: str) -> int:
    return int.from_bytes(sha256("\n".join(texts).encode()).digest()[:8])


def date_of(*content: str) -> int:
    """The date of a note or a note type, made from what is in it, since what has no other date is not updated by Anki
    even when it is told to update always. Each minor version of quizgen has a later day. SOURCE_DATE_EPOCH, a date in
    seconds, may say the day: of two editions of a deck, Anki then sees by itself which is newer."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    major, minor = (int(each) for each in re.findall(r"\d+", __version__)[:2])
    is_date = given.isascii() and given.isdigit() and len(given) <= len(str(FIRST))
    day = int(given) if is_date else FIRST + (major * 100 + minor) * DAY
    return day + _hashed(*content) % DAY


def pack(deck: Any, media: Mapping[str, str]) -> bytes:
    """A deck of genanki's and its pictures by their names as a package."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        _put(archive, "collection.anki2", _database(deck))
        names = sorted(media)
        _put(archive, "media", json.dumps({str(place): name for place, name in enumerate(names)}).encode())
        for place, name in enumerate(names):
            _put(archive, str(place), media[name].encode())
    return out.getvalue()


def _database(deck: Any) -> bytes:
    import genanki

    models = {note.model.model_id: note.model for note in deck.notes}
    shown = [json.dumps([each.css, each.templates, each.fields]) for each in models.values()]
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("PRAGMA page_size = 4096")
        genanki.Package(deck).write_to_db(connection.cursor(), date_of(*shown), itertools.count(FIRST * 1000))
        written = connection.execute("SELECT id, flds, tags FROM notes").fetchall()
        dates = [(date_of(fields, tags), place) for place, fields, tags in written]
        connection.executemany("UPDATE notes SET mod = ? WHERE id = ?", dates)
        connection.commit()
        connection.execute("VACUUM")  # no page keeps what stood there before
        pages = bytearray(connection.serialize())
    finally:
        connection.close()
    pages[_SQLITE] = bytes(4)
    return bytes(pages)


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """A member without date or owner; not compressed, for libraries compress differently."""
    member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    member.create_system, member.external_attr = 3, 0o644 << 16
    archive.writestr(member, content)
