"""A question as a record of a bank, and back again.

A record is data from outside: it is read into our own values field by field, and its keys are found again by the
layers before it is used, so that a line that was edited is not asked.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from quizgen import authored
from quizgen.authored.fault import Unsound
from quizgen.engine.expression import Expression, names, text
from quizgen.engine.functions import Value
from quizgen.engine.graph import Graph, Operand
from quizgen.engine.identity import same
from quizgen.engine.layers import LAYERS
from quizgen.engine.parse import parse
from quizgen.errors import QuizgenError
from quizgen.numbers import Real, decimal, precise
from quizgen.problem import KINDS, Ask, Problem
from quizgen.question import (
    FEWEST_DISTRACTORS,
    Distractor,
    Part,
    Question,
    canonical,
    identity,
    mistakes_for,
    value_text,
)
from quizgen.solve import Solution

MAX_PARTS = 100


def record(question: Question, origin: Mapping[str, str] | None = None) -> dict[str, Any]:
    """A question as a bank has it; numbers are exact strings. `origin`: the source, its seed, and who built it."""
    problem, graph = question.problem, question.problem.graph
    return {
        "id": question.id,
        "family": problem.family,
        "level": problem.level,
        "seed": problem.seed,
        **({"origin": dict(origin)} if origin else {}),
        **({"problem": json.loads(problem.own)} if problem.own else {}),
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


def sealed(data: dict[str, Any]) -> dict[str, Any]:
    """A record with a digest of all of it, by which an edit shows that leaves every key right."""
    return {**data, "seal": _digest(data)}


def verify_seal(data: dict[str, Any]) -> None:
    """QuizgenError where a record with a seal is not as it was when it was built."""
    if "seal" in data and data["seal"] != _digest({name: value for name, value in data.items() if name != "seal"}):
        raise QuizgenError("bank.broken_seal", id=data.get("id", ""))


def _digest(data: dict[str, Any]) -> str:
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


class WrongField(ValueError):
    """A field of a record that is not as it should be."""


def _field(data: Any, name: str, kind: type) -> Any:
    value = data.get(name) if isinstance(data, dict) else None
    if not isinstance(value, kind) or isinstance(value, bool):
        raise WrongField(name)
    return value


def text_of(data: Any, name: str, longest: int = 400) -> str:
    value: str = _field(data, name, str)
    if len(value) > longest or not value.isprintable():
        raise WrongField(name)
    return value


def whole_of(data: Any, name: str) -> int:
    return int(_field(data, name, int))


def _number(text: Any, name: str) -> Fraction | Real:
    value = decimal(text) if isinstance(text, str) else None
    if value is None:
        raise WrongField(name)
    return value


def _graph(data: Any) -> Graph:
    graph = Graph()
    roles = data.get("roles", {}) if isinstance(data, dict) else {}
    for name, value in _field(data, "inputs", dict).items():
        role = roles.get(name, "") if isinstance(roles, dict) else ""
        graph.input(_name(name), _number(value, f"inputs.{name}"), role if isinstance(role, str) else "")
    for node in _field(data, "nodes", list):
        layer = LAYERS.get(text_of(node, "layer"))
        if layer is None:
            raise WrongField("layer")
        operands = [_operand(each, graph) for each in _field(node, "inputs", list)]
        graph.node(_name(text_of(node, "name")), layer, *operands)
    graph.output = text_of(data, "output")
    if graph.output not in graph:
        raise WrongField("output")
    return graph


def _name(name: str) -> str:
    if not name or len(name) > 100 or not name.isprintable():
        raise WrongField("name")
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
        text_of(ask, "kind"),
        text_of(ask, "of"),
        text_of(ask, "wrt") if "wrt" in ask else "",
        None if step is None else Fraction(str(_number(step, "step"))),
    )
    if made.kind not in KINDS or made.of not in graph or (made.wrt or "") not in {*graph.names(), ""}:
        raise WrongField("ask")
    if bool(made.wrt) != (made.kind != "value") or (made.kind == "meaning") != (step is not None):
        raise WrongField("ask")
    if made.kind == "local" and not (graph.producer(made.of) and made.wrt in graph.find(made.of).operands):
        raise WrongField("ask")
    return made


def _value(text: Any, ask: Ask, graph: Graph, name: str) -> Value:
    if not ask.symbolic:
        value = _number(text, name)
        if isinstance(value, Fraction) and isinstance(text, str) and "." in text:
            return Real(precise().mpf(text))
        return value
    if not isinstance(text, str):
        raise WrongField(name)
    expression: Expression = parse(text)
    if not set(names(expression)) <= set(graph.inputs):
        raise WrongField(name)
    return expression


def _part(data: Any, graph: Graph) -> Part:
    ask = _ask(data, graph)
    wrong = []
    for each in _field(data, "distractors", list):
        also = each.get("also", []) if isinstance(each, dict) else []
        at = each.get("at", "") if isinstance(each, dict) else ""
        if not isinstance(also, list) or not all(isinstance(other, str) for other in [*also, at]):
            raise WrongField("distractors")
        value = _value(each.get("value") if isinstance(each, dict) else None, ask, graph, "distractors")
        wrong.append(Distractor(value, text_of(each, "misconception"), at, tuple(also)))
    return Part(ask, _value(data.get("key"), ask, graph, "key"), tuple(wrong))


def own_text(data: Any) -> str:
    """The definition of an author's problem in a record, validated; as text."""
    written = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    try:
        return authored.validated(written)
    except Unsound as unsound:
        where = ".".join(str(each) for each in ("problem", *unsound.place))
        raise QuizgenError("bank.bad_problem", field=where, why=unsound.error) from None


def from_record(data: Any) -> Question:
    """A record as a question; nothing is taken on trust but the key, which `verify` finds again."""
    graph = _graph(_field(data, "graph", dict))
    parts = _field(data, "parts", list)
    if not 0 < len(parts) <= MAX_PARTS:
        raise WrongField("parts")
    made = tuple(_part(part, graph) for part in parts)
    own = own_text(data["problem"]) if "problem" in data else ""
    problem = Problem(
        text_of(data, "family"),
        whole_of(data, "level"),
        text_of(data, "seed"),
        graph,
        text_of(data, "formula", 10_000) if "formula" in data else text(graph.expression(graph.output)),
        tuple(part.ask for part in made),
        own,
    )
    return Question(problem, made, text_of(data, "id"))


def verify(question: Question) -> None:
    """Finds the keys again by the layers; QuizgenError where the record says something else."""
    problem = question.problem
    if problem.own and not authored.fits(problem):
        raise QuizgenError("bank.not_of_problem", id=question.id, name=problem.family)
    if identity(problem.graph, problem.asks) != question.id:
        raise QuizgenError("bank.wrong_id", id=question.id)
    for part, key in zip(question.parts, Solution(problem).keys, strict=True):
        if canonical(part.key) != canonical(key):
            raise QuizgenError(
                "bank.wrong_key",
                id=question.id,
                asked=f"∂{part.ask.of}/∂{part.ask.wrt}" if part.ask.wrt else part.ask.of,
                written=value_text(part.key),
                right=value_text(key),
            )


def verify_formula(question: Question) -> None:
    """QuizgenError where the formula of a record, which stories tell, is not what its graph computes."""
    problem = question.problem
    if not same(parse(problem.formula), problem.graph.expression(problem.graph.output)):
        raise QuizgenError("bank.wrong_formula", id=question.id, formula=problem.formula)


def verify_distractors(question: Question, fewest: int = FEWEST_DISTRACTORS) -> None:
    """Finds the wrong options again; QuizgenError where one is not what its misconception leads to, looks like
    another, or there are fewer than `fewest`."""
    for (bare, mistakes), part in zip(mistakes_for(Solution(question.problem)), question.parts, strict=True):
        found = {(wrong, at, canonical(value)) for value, wrong, at in mistakes.answers(bare.ask)}
        somewhere = {(wrong, value) for wrong, _, value in found}
        different = {canonical(part.key)}
        for each in part.distractors:
            value = canonical(each.value)
            true = (each.misconception, each.at, value) in found and all(
                (name, value) in somewhere for name in each.also
            )
            if value in different or not true:
                told = {"value": value_text(each.value), "misconception": each.misconception}
                raise QuizgenError("bank.wrong_distractor", id=question.id, **told)
            different.add(value)
        if len(part.distractors) < fewest:
            raise QuizgenError("bank.few_distractors", id=question.id, count=len(part.distractors))
