"""Banks: JSON Lines files of deployed variants, one a line; never drawn again, and the same in every language.

A record is data from outside: it is read into our own values field by field, and its keys are found again by the
layers before it is used, so that a line that was edited is not asked.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from quizgen.engine.expression import Expression, names
from quizgen.engine.functions import Value
from quizgen.engine.graph import Graph, Operand
from quizgen.engine.layers import LAYERS
from quizgen.errors import KeyedError, QuizgenError
from quizgen.files import read_text
from quizgen.numbers import Real, decimal, precise
from quizgen.problem import Ask, Problem
from quizgen.question import Distractor, Part, Question, identity, value_text
from quizgen.solve import Solution

MAX_LINE = 200_000
MAX_PARTS = 100


# --- writing -------------------------------------------------------------------------------------------------


def record(question: Question) -> dict[str, Any]:
    """A question as a bank has it; numbers are exact strings."""
    problem, graph = question.problem, question.problem.graph
    return {
        "id": question.id,
        "family": problem.family,
        "level": problem.level,
        "seed": problem.seed,
        "formula": problem.formula,
        "graph": {
            "inputs": {name: value_text(value) for name, value in graph.inputs.items()},
            **({"roles": graph.roles} if graph.roles else {}),
            "nodes": [
                {"name": node.name, "layer": node.layer.__name__, "inputs": [str(each) for each in node.operands]}
                for node in graph.nodes
            ],
            "output": str(graph.output),
        },
        "parts": [_part_record(part) for part in question.parts],
    }


def _part_record(part: Part) -> dict[str, Any]:
    ask: dict[str, Any] = {"kind": part.ask.kind, "of": part.ask.of}
    if part.ask.wrt:
        ask["wrt"] = part.ask.wrt
    if part.ask.step is not None:
        ask["step"] = str(part.ask.step)
    return {
        "ask": ask,
        **({"answer": "expression"} if part.ask.symbolic else {}),
        "key": value_text(part.key),
        "distractors": [_distractor_record(each) for each in part.distractors],
    }


def _distractor_record(wrong: Distractor) -> dict[str, Any]:
    made: dict[str, Any] = {"value": value_text(wrong.value), "misconception": wrong.misconception}
    if wrong.at:
        made["at"] = wrong.at
    if wrong.also:
        made["also"] = list(wrong.also)
    return made


def dump(questions: Iterable[Question]) -> str:
    """The text of a bank."""
    return "".join(json.dumps(record(each), ensure_ascii=False, separators=(",", ":")) + "\n" for each in questions)


# --- reading -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One line of a bank, not yet parsed but for what a choice among thousands needs."""

    file: Path
    number: int
    text: str
    id: str
    family: str
    level: int

    def question(self) -> Question:
        """The question of this line, its keys found again by the layers; QuizgenError says what is wrong."""
        question: Question = _located(self.file, self.number, self.text, from_record)
        _located(self.file, self.number, self.text, lambda data: verify(question))
        return question


def lines(path: Path) -> list[Line]:
    """The lines of a bank. Only head fields are looked at; a line that is no record is refused by its number."""
    found = []
    for number, text in enumerate(read_text(path).splitlines(), 1):
        if text.strip():
            found.append(_line(path, number, text))
    if not found:
        raise QuizgenError("bank.empty", file=path)
    if not text.endswith("}"):
        raise QuizgenError("bank.cut_off", file=path, line=found[-1].number)
    return found


def _line(path: Path, number: int, text: str) -> Line:
    # A record that we wrote starts with these three fields: read them without parsing the rest.
    parts = text[:400].split('"', 13)
    if len(parts) > 12 and (parts[1], parts[5], parts[9]) == ("id", "family", "level"):
        level = parts[10].strip(" :,")
        if level.isdigit():
            return Line(path, number, text, parts[3], parts[7], int(level))
    head = _located(path, number, text, lambda data: (_text(data, "id"), _text(data, "family"), _whole(data, "level")))
    return Line(path, number, text, *head)


def read(path: Path) -> list[Question]:
    """Every question of a bank."""
    return [line.question() for line in lines(path)]


class _Wrong(ValueError):
    """A field of a record that is not as it should be."""


def _located(path: Path, number: int, text: str, use: Any) -> Any:
    """`use(data)`, with every error told as file and line."""
    if len(text) > MAX_LINE:
        raise QuizgenError("bank.line_too_long", file=path, line=number, limit=MAX_LINE)
    try:
        data = json.loads(text)
        if not isinstance(data, dict):
            raise _Wrong("record")
        return use(data)
    except json.JSONDecodeError as error:
        key = "bank.cut_off" if error.pos >= len(text.rstrip()) - 1 or "Unterminated" in error.msg else "bank.not_json"
        raise QuizgenError(key, file=path, line=number, column=error.colno) from None
    except _Wrong as error:
        raise QuizgenError("bank.bad_field", file=path, line=number, field=error) from None
    except RecursionError:
        raise QuizgenError("bank.bad_field", file=path, line=number, field="record") from None
    except KeyedError as error:
        if "file" in error.details:
            raise
        raise QuizgenError("bank.bad_record", file=path, line=number, why=error) from None


def _field(data: Any, name: str, kind: type) -> Any:
    value = data.get(name) if isinstance(data, dict) else None
    if not isinstance(value, kind) or isinstance(value, bool):
        raise _Wrong(name)
    return value


def _text(data: Any, name: str, longest: int = 400) -> str:
    value: str = _field(data, name, str)
    if len(value) > longest or not value.isprintable():
        raise _Wrong(name)
    return value


def _whole(data: Any, name: str) -> int:
    return int(_field(data, name, int))


def _number(text: Any, name: str) -> Fraction | Real:
    value = decimal(text) if isinstance(text, str) else None
    if value is None:
        raise _Wrong(name)
    return value


def _graph(data: Any) -> Graph:
    graph = Graph()
    roles = data.get("roles", {}) if isinstance(data, dict) else {}
    for name, value in _field(data, "inputs", dict).items():
        role = roles.get(name, "") if isinstance(roles, dict) else ""
        graph.input(_name(name), _number(value, f"inputs.{name}"), role if isinstance(role, str) else "")
    for node in _field(data, "nodes", list):
        layer = LAYERS.get(_text(node, "layer"))
        if layer is None:
            raise _Wrong("layer")
        operands = [_operand(each, graph) for each in _field(node, "inputs", list)]
        graph.node(_name(_text(node, "name")), layer, *operands)
    graph.output = _text(data, "output")
    if graph.output not in graph:
        raise _Wrong("output")
    return graph


def _name(name: str) -> str:
    if not name or len(name) > 100 or not name.isprintable():
        raise _Wrong("name")
    return name


def _operand(operand: Any, graph: Graph) -> Operand:
    if isinstance(operand, str) and (operand in graph or operand == "pi"):
        return operand
    value = _number(operand, f"inputs {operand!r}"[:60])
    assert isinstance(value, Fraction)
    return value


def _ask(data: Any, graph: Graph) -> Ask:
    ask = _field(data, "ask", dict)
    step = ask.get("step")
    made = Ask(
        _text(ask, "kind"),
        _text(ask, "of"),
        _text(ask, "wrt") if "wrt" in ask else "",
        None if step is None else Fraction(str(_number(step, "step"))),
    )
    from quizgen.problem import KINDS

    if made.kind not in KINDS or made.of not in graph or (made.wrt or "") not in {*graph.names(), ""}:
        raise _Wrong("ask")
    if bool(made.wrt) != (made.kind != "value") or (made.kind == "meaning") != (step is not None):
        raise _Wrong("ask")
    if made.kind == "local" and not (graph.producer(made.of) and made.wrt in graph.find(made.of).operands):
        raise _Wrong("ask")
    return made


def _value(text: Any, ask: Ask, graph: Graph, name: str) -> Value:
    if not ask.symbolic:
        value = _number(text, name)
        if isinstance(value, Fraction) and isinstance(text, str) and "." in text:
            return Real(precise().mpf(text))
        return value
    from quizgen.engine.parse import parse

    if not isinstance(text, str):
        raise _Wrong(name)
    expression: Expression = parse(text)
    if not set(names(expression)) <= set(graph.inputs):
        raise _Wrong(name)
    return expression


def _part(data: Any, graph: Graph) -> Part:
    ask = _ask(data, graph)
    wrong = []
    for each in _field(data, "distractors", list):
        also = each.get("also", []) if isinstance(each, dict) else []
        at = each.get("at", "") if isinstance(each, dict) else ""
        if not isinstance(also, list) or not all(isinstance(other, str) for other in [*also, at]):
            raise _Wrong("distractors")
        value = _value(each.get("value") if isinstance(each, dict) else None, ask, graph, "distractors")
        wrong.append(Distractor(value, _text(each, "misconception"), at, tuple(also)))
    return Part(ask, _value(data.get("key"), ask, graph, "key"), tuple(wrong))


def from_record(data: Any) -> Question:
    """A record as a question; nothing is taken on trust but the key, which `verify` finds again."""
    graph = _graph(_field(data, "graph", dict))
    parts = _field(data, "parts", list)
    if not 0 < len(parts) <= MAX_PARTS:
        raise _Wrong("parts")
    made = tuple(_part(part, graph) for part in parts)
    problem = Problem(
        _text(data, "family"),
        _whole(data, "level"),
        _text(data, "seed"),
        graph,
        _text(data, "formula", 10_000),
        tuple(part.ask for part in made),
    )
    return Question(problem, made, _text(data, "id"))


def verify(question: Question) -> None:
    """Finds the keys again by the layers; QuizgenError where the record says something else."""
    from quizgen.question import canonical

    problem = question.problem
    if identity(problem.graph, problem.asks) != question.id:
        raise QuizgenError("bank.wrong_id", id=question.id)
    for part, key in zip(question.parts, Solution(problem).keys, strict=True):
        if canonical(part.key) != canonical(key):
            raise QuizgenError(
                "bank.wrong_key",
                id=question.id,
                kind=part.ask.kind,
                written=value_text(part.key),
                right=value_text(key),
            )


def shipped() -> list[Path]:
    """The deployed banks that come with quizgen."""
    from quizgen.resources import banks

    return sorted(banks().glob("*.jsonl"))


def shipped_lines() -> Iterator[Line]:
    """Every line of the shipped banks."""
    for path in shipped():
        yield from lines(path)
