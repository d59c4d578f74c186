"""Banks: JSON Lines files of deployed variants, one a line; never drawn again, and the same in every language."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from quizgen import families
from quizgen.authored import family_of
from quizgen.errors import KeyedError, QuizgenError
from quizgen.families import Family
from quizgen.files import read_text
from quizgen.question import Question
from quizgen.record import (
    WrongField,
    from_record,
    record,
    sealed,
    text_of,
    verify,
    verify_formula,
    verify_seal,
    whole_of,
)
from quizgen.resources import banks

MAX_LINE = 200_000


def dump(questions: Iterable[Question], origin: Mapping[str, str] | None = None) -> str:
    """The text of a bank. `origin`: what each of its lines came from."""
    return "".join(_text(sealed(record(each, origin))) + "\n" for each in questions)


def _text(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class Line:
    """One line of a bank, not yet parsed but for what a choice among thousands needs. `fault`: why it is no record,
    where that shows at once."""

    file: Path
    number: int
    text: str
    id: str
    family: str
    level: int
    fault: QuizgenError | None = None

    def question(self, sealed: bool = True) -> Question:
        """The question of this line, its keys found again by the layers; QuizgenError says what is wrong. `sealed`: a
        seal that does not fit is wrong too."""
        if self.fault:
            raise self.fault
        found: Question = _located(self.file, self.number, self.text, lambda data: self._verified(data, sealed))
        return found

    @property
    def is_sealed(self) -> bool:
        """Whether the line has a seal, right or wrong."""
        try:
            return "seal" in self.record()
        except QuizgenError:
            return False

    def tampered(self) -> QuizgenError | None:
        """What says that the line is not as it was when it was built; None where nothing does."""
        try:
            _located(self.file, self.number, self.text, verify_seal)
        except QuizgenError as error:
            why = error.details.get("why")
            return why if isinstance(why, QuizgenError) and why.key == "bank.broken_seal" else None
        return None

    def _verified(self, data: dict[str, Any], seal: bool) -> Question:
        question = from_record(data)
        verify(question)
        if self.file not in shipped():  # in ours a test looks after the formulas; reading them takes the parser
            verify_formula(question)
        if seal:
            verify_seal(data)
        return question

    def record(self) -> dict[str, Any]:
        """Every field of this line as it stands, whether or not we know it; only id, family and level are looked at."""
        if self.fault:
            raise self.fault
        found: dict[str, Any] = _located(self.file, self.number, self.text, lambda data: dict(data, **_head(data)))
        return found


def lines(path: Path) -> list[Line]:
    """The lines of a bank. Only head fields are looked at; a line that is no record carries its fault, so that the
    others can still be used."""
    found = []
    if path.suffix == ".toml" and path.exists():
        raise QuizgenError("bank.is_source", file=path)
    for number, text in enumerate(read_text(path).split("\n"), 1):
        if text.strip():
            found.append(_line(path, number, text.strip()))
    if not found:
        raise QuizgenError("bank.empty", file=path)
    if not found[-1].fault and not found[-1].text.endswith("}"):
        found[-1] = replace(found[-1], fault=QuizgenError("bank.cut_off", file=path, line=found[-1].number))
    return found


def sound_lines(path: Path) -> list[Line]:
    """The lines of a bank; QuizgenError for the first that is no record."""
    found = lines(path)
    for line in found:
        if line.fault:
            raise line.fault
    return found


def _line(path: Path, number: int, text: str) -> Line:
    # A record that we wrote starts with these three fields: read them without parsing the rest.
    parts = text[:400].split('"', 13)
    if len(parts) > 12 and (parts[1], parts[5], parts[9]) == ("id", "family", "level"):
        level = parts[10].strip(" :,")
        if level.isdigit() and "\\" not in parts[3] + parts[7]:
            return Line(path, number, text, parts[3], parts[7], int(level))
    try:
        return Line(path, number, text, **_located(path, number, text, _head))
    except QuizgenError as fault:
        return Line(path, number, text, "", "", 0, fault)


def _head(data: Any) -> dict[str, Any]:
    return {"id": text_of(data, "id"), "family": text_of(data, "family"), "level": whole_of(data, "level")}


def read(path: Path) -> list[Question]:
    """Every question of a bank."""
    return [line.question() for line in lines(path)]


def _located(path: Path, number: int, text: str, use: Any) -> Any:
    """`use(data)`, with every error told as file and line."""
    if len(text) > MAX_LINE:
        raise QuizgenError("bank.line_too_long", file=path, line=number, limit=MAX_LINE)
    try:
        data = json.loads(text)
        if not isinstance(data, dict):
            raise WrongField("record")
        return use(data)
    except json.JSONDecodeError as error:
        key = "bank.cut_off" if error.pos >= len(text.rstrip()) - 1 or "Unterminated" in error.msg else "bank.not_json"
        raise QuizgenError(key, file=path, line=number, column=error.colno) from None
    except WrongField as error:
        raise QuizgenError("bank.bad_field", file=path, line=number, field=error) from None
    except (RecursionError, ValueError):  # nested too deep, or a number of more digits than Python reads
        raise QuizgenError("bank.bad_field", file=path, line=number, field="record") from None
    except KeyedError as error:
        if "file" in error.details:
            raise
        raise QuizgenError("bank.bad_record", file=path, line=number, why=error) from None


def shipped() -> list[Path]:
    """The deployed banks that come with quizgen."""
    return sorted(banks().glob("*.jsonl"))


def find_family(name: str) -> Family:
    """The family of that name: one of ours, or an author's problem in the shipped banks; QuizgenError with the nearest
    name where there is none."""
    if name in families.catalogue():
        return families.find(name)
    stories = shipped_problems()
    if name in stories:
        return stories[name]
    return families.find(name)


@functools.cache
def shipped_problems() -> dict[str, Family]:
    """The authors' problems that come with quizgen, by name."""
    first: dict[str, Line] = {}
    for line in shipped_lines():
        if line.family not in families.catalogue():
            first.setdefault(line.family, line)
    return {name: family_of(line.question().problem) for name, line in first.items()}


def shipped_lines() -> Iterator[Line]:
    """Every line of the shipped banks."""
    for path in shipped():
        yield from lines(path)
