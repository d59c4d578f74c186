"""The code on a sheet from which the very same sheet is made again: everything that was wanted of it, in short."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Any

from quizgen import __version__
from quizgen.code import decode, encode
from quizgen.draw import is_seed
from quizgen.errors import QuizgenError
from quizgen.plan import MOST_POINTS, MOST_ROOM, Answers, Key, Origin, Paper, Plan

_USUAL = Plan("", "")


@dataclass(frozen=True)
class Again:
    """What a code says: the plan, the fingerprint of the variants that were on the sheet, and who made it."""

    plan: Plan
    variants: str
    version: str


def code_of(plan: Plan, variants: str) -> str:
    """The code of a sheet with these variants; what is as usual is left out, so that it stays short."""
    given = {name: value for name, value in _fields(plan).items() if value != _fields(_USUAL)[name]}
    return encode({**given, "v": __version__, "h": variants})


def read(code: str) -> Again:
    """What a code says; QuizgenError where it is none of ours."""
    fields = decode(code)
    said = _fields(_USUAL) | fields
    try:
        plan = Plan(
            language=_text(said["l"]),
            seed=_seed(said["s"]),
            answers=Answers(said["a"]),
            key=Key(said["k"]),
            letters=_text(said["L"]),
            title=_text(said["t"]),
            paper=Paper(said["p"]),
            points=_whole(said["o"], 1, MOST_POINTS),
            room=_whole(said["R"], most=MOST_ROOM),
            answer_sheet=bool(_whole(said["r"], most=1)),
            count=_whole(said["n"], 1),
            origin=Origin(
                tuple(map(_text, said["f"])), None if said["m"] is None else _whole(said["m"]), _text(said["b"])
            ),
            student_id=_text(said["i"]),
            student=_text(said["w"]),
        )
        return Again(plan, _text(said["h"]), _text(said["v"]))
    except (KeyError, TypeError, ValueError):
        raise QuizgenError("code.not_a_code") from None


def _fields(plan: Plan) -> dict[str, Any]:
    return {
        "l": plan.language,
        "s": plan.seed,
        "a": str(plan.answers),
        "k": str(plan.key),
        "L": plan.letters,
        "t": plan.title,
        "p": str(plan.paper),
        "o": plan.points,
        "R": plan.room,
        "r": int(plan.answer_sheet),
        "n": plan.count,
        "f": list(plan.origin.families),
        "m": plan.origin.level,
        "b": plan.origin.file,
        "i": plan.student_id,
        "w": plan.student,
    }


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _seed(value: Any) -> str:
    if not is_seed(_text(value)):
        raise ValueError
    return str(value)


def _whole(value: Any, least: int = 0, most: float = inf) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError
    if not least <= value <= most:
        raise ValueError
    return value
