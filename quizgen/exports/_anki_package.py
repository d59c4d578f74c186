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

FIRST = 1_767_225_600  # 2026-01-01
_LEAST = 1 << 30  # numbers of decks and note types are this and more, as genanki advises
_SQLITE = slice(96, 100)  # of the header: the version of the library that wrote last, which no reader needs


def number(*names: str) -> int:
    """The number of a deck or note type, always the same for the same names."""
    return _LEAST + int.from_bytes(sha256("\n".join(("quizgen", *names)).encode()).digest()[:8]) % _LEAST


def stamp() -> int:
    """The date of notes and note types: later with each version of quizgen, since Anki takes what is newer than what
    it has. SOURCE_DATE_EPOCH overrules it, for who publishes decks by a script and has a date for each edition."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if given.isascii() and given.isdigit() and len(given) <= len(str(FIRST)):
        return int(given)
    major, minor, patch = (int(each) for each in re.findall(r"\d+", __version__)[:3])
    return FIRST + (major * 1000 + minor) * 1000 + patch


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

    date = stamp()
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("PRAGMA page_size = 4096")
        genanki.Package(deck).write_to_db(connection.cursor(), date, itertools.count(date * 1000))
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
