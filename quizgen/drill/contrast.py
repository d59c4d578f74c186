"""The right and the wrong rule side by side, on the graph that was asked: where a mistaken pass first leaves the book.

Nothing here knows a misconception: the right pass and the mistaken one are compared in the order in which they are
made (inputs, forward, the seed, backward), so that a new misconception has its contrast by being there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from quizgen import misconceptions
from quizgen.drill.lesson import Lesson
from quizgen.engine.chain_rule import Edge, Pass, run
from quizgen.engine.functions import Value
from quizgen.engine.graph import Graph, Node
from quizgen.notation import Equal, Infix, Notation, Num, Partial, Sym, of_expression, of_operation, of_value
from quizgen.problem import Ask
from quizgen.question import canonical
from quizgen.solve import read_off


@dataclass(frozen=True)
class Contrast:
    """One step as the book has it, and as the mistake has it; `at` is the node or input where they part."""

    at: str
    right: Notation
    wrong: Notation


def contrast(lesson: Lesson, part: int, wrong: str, at: str) -> Contrast | None:
    """The first step in which the misconception `wrong`, made at `at` ("": everywhere), differs from the book on
    the way to the answer of `part`."""
    ask, solution = lesson.question.parts[part].ask, lesson.solution
    graph, right = solution.graph_for(ask), solution.pass_for(ask)
    made = lesson.known[wrong]
    if made.reading:
        value = made.reading(ask, graph, run(graph))
        return None if value is None else Contrast("", _asked(ask, read_off(ask, right)), of_value(value))
    mistaken = misconceptions.misapply(graph, made, at or None, ask.wrt if made.by_input else None)
    if mistaken is None:
        return None
    if made.instead:  # the wrong line says it all, whatever comes of it further on
        line, value = made.instead[1], mistaken.values[made.instead[0]]
        wrongly = Equal((Sym(made.instead[0]), of_expression(line), of_value(value)))
        return Contrast(made.instead[0], _forward(graph.find(made.instead[0]), right), wrongly)
    return next(_differences(graph, ask, right, mistaken), None)


def _asked(ask: Ask, key: Value) -> Notation:
    asked: Notation = Sym(ask.of) if ask.kind == "value" else Partial(ask.of, ask.wrt)
    if ask.step is not None and ask.step != 1:  # how much the output grows, and not its gradient
        asked = Infix("×", asked, of_value(ask.step))
    return Equal((asked, of_value(key)))


def _differences(graph: Graph, ask: Ask, right: Pass, wrong: Pass) -> Iterator[Contrast]:
    needed = graph.ancestors(ask.of)
    for name in graph.inputs:
        if name in needed and _differ(right.values[name], wrong.values[name]):
            yield Contrast(name, _is(Sym(name), right.values[name]), _is(Sym(name), wrong.values[name]))
    for node in graph.nodes:
        if node.name in needed and _differ(right.values[node.name], wrong.values[node.name]):
            yield Contrast(node.name, _forward(node, right), _is(Sym(node.name), wrong.values[node.name]))
    if ask.kind == "value":
        return
    if ask.kind == "local":
        yield from _local(graph, ask, right, wrong)
        return
    output = str(graph.output)
    if _differ(right.gradients[output], wrong.gradients[output]):
        seed = Partial(output, output)
        yield Contrast(output, _is(seed, right.gradients[output]), _is(seed, wrong.gradients[output]))
    yield from _backward(graph, ask, right, wrong)


def _differ(one: Value, other: Value) -> bool:
    return canonical(one) != canonical(other)


def _is(what: Notation, value: Value) -> Notation:
    return Equal((what, of_value(value)))


def _forward(node: Node, found: Pass) -> Notation:
    operands = [_operand(each) if each not in found.values else of_value(found.values[each]) for each in node.operands]  # type: ignore[index]
    return Equal((Sym(node.name), of_operation(node.layer.operation, operands), of_value(found.values[node.name])))


def _operand(operand: Any) -> Notation:
    return Sym(operand) if isinstance(operand, str) else Num(operand)


def _local(graph: Graph, ask: Ask, right: Pass, wrong: Pass) -> Iterator[Contrast]:
    one, other = read_off(ask, right), read_off(ask, wrong)
    if _differ(one, other):
        yield Contrast(ask.of, _is(Partial(ask.of, ask.wrt), one), _is(Partial(ask.of, ask.wrt), other))


def _backward(graph: Graph, ask: Ask, right: Pass, wrong: Pass) -> Iterator[Contrast]:
    """Edges as backward visits them, then what is gathered where branches meet."""
    output = str(graph.output)
    for one, other in zip(right.edges, wrong.edges, strict=True):
        if ask.wrt in graph.ancestors(one.operand) and _differ(one.downstream, other.downstream):
            alone = len(graph.consumers(str(one.operand))) == 1  # else this is one branch's part of the gradient
            head = [Partial(output, str(one.operand))] if alone else []
            yield Contrast(one.node, _chain(*head, *_passed(one)), _chain(*head, *_passed(other)))
    for name in (*(node.name for node in reversed(graph.nodes)), ask.wrt):
        arrived = [edge.downstream for edge in right.edges if edge.operand == name]
        if len(arrived) > 1 and _differ(right.gradients[name], wrong.gradients[name]):
            total: Notation = of_value(arrived[0])
            for each in arrived[1:]:
                total = Infix("+", total, of_value(each))
            what = Partial(output, name)
            yield Contrast(
                name, Equal((what, total, of_value(right.gradients[name]))), _is(what, wrong.gradients[name])
            )


def _chain(*members: Notation) -> Notation:
    return Equal(members) if len(members) > 1 else members[0]


def _passed(edge: Edge) -> tuple[Notation, ...]:
    """How an edge came to what it passes on: upstream × local; where it was not so, only what it passes on."""
    upstream, local, passed = (of_value(each) for each in (edge.upstream, edge.local, edge.downstream))
    up: Any = edge.upstream
    own: Any = edge.local
    return (passed,) if _differ(up * own, edge.downstream) else (Infix("×", upstream, local), passed)
