"""Problem -> Solution: the keys, by the layers, and the worked steps from the edges of the same pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from quizgen.engine.chain_rule import Edge, Pass, run
from quizgen.engine.expression import Expression, tree
from quizgen.engine.functions import Value
from quizgen.engine.graph import Graph, Node, Operand
from quizgen.notation import Apply, Equal, Infix, Notation, Num, Partial, Sym, of_operation, of_value
from quizgen.numbers import Real
from quizgen.problem import Ask, Problem


@dataclass(frozen=True)
class Step:
    """One numbered line of the worked solution; the numbers count nodes in forward order, as the book does."""

    number: int
    direction: str  # "forward" or "backward"
    mathematics: Notation


def read_off(ask: Ask, found: Pass) -> Value:
    """The answer to `ask` in a pass over the graph that ends at `ask.of` (for `local` and `value`: any)."""
    if ask.kind == "value":
        return found.values[ask.of]
    if ask.kind == "local":
        locals_ = [edge.local for edge in found.edges if (edge.node, edge.operand) == (ask.of, ask.wrt)]
        total: Any = locals_[0]
        for other in locals_[1:]:
            total = total + other
        return cast(Value, total)
    gradient = found.gradients[ask.wrt]
    if ask.symbolic and not isinstance(gradient, Real):
        return tree(gradient)  # a derivative that is a number is an expression too
    return gradient if ask.step is None else gradient * ask.step


class Solution:
    """A problem with its passes: numbers, and expressions where an expression is asked.

    `value` and `local` are read from the pass of the whole graph; a gradient from the pass that ends at its `of`.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.found = run(problem.graph)

    def pass_for(self, ask: Ask) -> Pass:
        """The pass from which `ask` is read off."""
        if ask.symbolic:
            return self.symbolic if ask.of == self.problem.graph.output else run(self.graph_for(ask))
        return self.found if ask.kind in ("value", "local") else self._ending(ask)

    def _ending(self, ask: Ask) -> Pass:
        return self.found if ask.of == self.problem.graph.output else run(self.graph_for(ask))

    def graph_for(self, ask: Ask) -> Graph:
        """The graph in which `ask` is a question about the output."""
        graph = self.problem.graph
        if ask.kind not in ("value", "local") and ask.of != graph.output:
            graph = graph.ending_at(ask.of)
        return graph.symbolic() if ask.symbolic else graph

    @cached_property
    def symbolic(self) -> Pass:
        """The pass over names instead of numbers."""
        return run(self.problem.graph.symbolic())

    @cached_property
    def keys(self) -> tuple[Value, ...]:
        """The answer to each question, in order."""
        return tuple(read_off(ask, self.pass_for(ask)) for ask in self.problem.asks)


def steps(graph: Graph, found: Pass) -> Iterator[Step]:
    """Forward (1) … (n), then backward (n) … (1): symbols first, then numbers.

    Where a value is used in several places, a line adds up what came back before it is passed on; for an input
    such a line stands at the end, with the number 0.
    """
    for number, node in enumerate(graph.nodes, 1):
        yield Step(number, "forward", _forward_step(node, found))
    for number, node in reversed(list(enumerate(graph.nodes, 1))):
        yield from _branches(graph, found, node.name, number)
        for edge in found.edges:
            if edge.node == node.name:
                yield Step(number, "backward", _backward_step(graph, edge))
    for name in graph.inputs:
        yield from _branches(graph, found, name, 0)


def _operand(operand: Operand) -> Notation:
    if not isinstance(operand, str):
        return Num(operand)
    return Apply("pi", ()) if operand == "pi" else Sym(operand)


def _forward_step(node: Node, found: Pass) -> Notation:
    value, operation = found.values[node.name], node.layer.operation
    parts = [Sym(node.name), of_operation(operation, [_operand(each) for each in node.operands])]
    if not isinstance(value, Expression):
        parts.append(of_operation(operation, [_number(each, found) for each in node.operands]))
    return Equal((*parts, of_value(value)))


def _number(operand: Operand, found: Pass) -> Notation:
    return of_value(found.values[operand]) if operand in found.values else _operand(operand)  # type: ignore[index]


def _backward_step(graph: Graph, edge: Edge) -> Notation:
    output, operand = str(graph.output), str(edge.operand)
    local: Notation = Partial(edge.node, operand)
    arrived = Infix("×", Partial(output, edge.node), local)
    numbers = Infix("×", of_value(edge.upstream), of_value(edge.local))
    whole = len(graph.consumers(operand)) == 1
    head: tuple[Notation, ...] = (Partial(output, operand),) if whole else ()
    return Equal((*head, arrived, numbers, of_value(edge.downstream)))


def _branches(graph: Graph, found: Pass, name: str, number: int) -> Iterator[Step]:
    arrived = [edge.downstream for edge in found.edges if edge.operand == name]
    if len(arrived) > 1:
        total: Notation = of_value(arrived[0])
        for other in arrived[1:]:
            total = Infix("+", total, of_value(other))
        line = Equal((Partial(str(graph.output), name), total, of_value(found.gradients[name])))
        yield Step(number, "backward", line)
