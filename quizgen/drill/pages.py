"""Rows of a damaged SQLite file, read page by page (https://www.sqlite.org/fileformat2.html).

SQLite reaches a row through a tree of pages and stops at the first bad one. Here each page is looked at by itself, so
that every row whose own page is whole is found, whatever happened to the others, to the tree or to the file's head.
A page that was freed may hold rows too; they are older copies of rows that are found elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

PAGE = 4096  # bytes; the size with which our files are made
_LEAF = 0x0D  # the kind of a page that holds rows
_LONGEST = 2**20  # bytes of a row; ours have a few hundred
_HEAD = 100  # bytes of the file's head, on the first page

Value = int | str | bytes | None
Row = tuple[int, tuple[Value, ...]]


def rows(content: bytes) -> Iterator[Row]:
    """Every row that can be read, with its number, whichever table it belongs to; each once."""
    found: dict[Row, None] = {}
    for size in {PAGE, _size(content)}:
        for start in range(0, len(content), size):
            found |= dict.fromkeys(_of_page(content, start, size))
    yield from found


def _size(content: bytes) -> int:
    size = int.from_bytes(content[16:18])
    size = 65536 if size == 1 else size
    return size if 512 <= size <= 65536 and size & (size - 1) == 0 else PAGE


def _of_page(content: bytes, start: int, size: int) -> Iterator[Row]:
    page = content[start : start + size]
    head = _HEAD if start == 0 else 0
    if page[head : head + 1] != bytes([_LEAF]):
        return
    cells = int.from_bytes(page[head + 3 : head + 5])
    for number in range(min(cells, size // 2)):
        pointer = head + 8 + 2 * number
        place = int.from_bytes(page[pointer : pointer + 2])
        with suppress(ValueError, IndexError):  # this row is lost; the next one may be whole
            yield _row(content, page, place, size)


def _row(content: bytes, page: bytes, place: int, size: int) -> Row:
    length, place = _varint(page, place)
    number, place = _varint(page, place)
    if length > _LONGEST:
        raise ValueError
    payload = _payload(content, page, place, length, size)
    return number, tuple(_values(payload))


def _payload(content: bytes, page: bytes, place: int, length: int, size: int) -> bytes:
    """The bytes of a row: on its page, and where they are too many, on a chain of further pages."""
    here = length
    if length > size - 35:
        least = (size - 12) * 32 // 255 - 23
        here = least + (length - least) % (size - 4)
        here = here if here <= size - 35 else least
    payload = _cut(page, place, here)
    following = int.from_bytes(_cut(page, place + here, 4)) if here < length else 0
    while len(payload) < length:
        start = (following - 1) * size
        if start < size:  # no page, or the first one
            raise ValueError
        payload += _cut(content, start + 4, min(size - 4, length - len(payload)))
        following = int.from_bytes(content[start : start + 4])
    return payload


def _cut(content: bytes, start: int, length: int) -> bytes:
    piece = content[start : start + length]
    if len(piece) < length:
        raise ValueError
    return piece


def _varint(content: bytes, place: int) -> tuple[int, int]:
    """A number of up to nine bytes, and where it ends."""
    value = 0
    for number in range(9):
        byte = content[place + number]
        if number == 8:
            value = value << 8 | byte
            return (value - 2**64 if value >= 2**63 else value), place + 9
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, place + number + 1
    raise ValueError


def _values(payload: bytes) -> Iterator[Value]:
    end, place = _varint(payload, 0)
    kinds = []
    while place < end:
        kind, place = _varint(payload, place)
        kinds.append(kind)
    if place != end:
        raise ValueError
    for kind in kinds:
        value, end = _value(payload, kind, end)
        yield value
    if end != len(payload):
        raise ValueError


_BYTES = {0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8, 8: 0, 9: 0}  # of a value by its kind; 7, a float, is none of ours


def _value(payload: bytes, kind: int, place: int) -> tuple[Value, int]:
    """The value that begins at `place`, and where it ends; letters of a text that are damaged are replaced."""
    if kind >= 12:
        length = (kind - 12) // 2
        piece = _cut(payload, place, length)
        return (piece.decode("utf-8", "replace") if kind % 2 else piece), place + length
    if kind not in _BYTES:
        raise ValueError
    length = _BYTES[kind]
    if not length:
        return (None if kind == 0 else kind - 8), place
    return int.from_bytes(_cut(payload, place, length), signed=True), place + length
