"""Problem -> Solution: the keys, by the layers, and the worked steps from the edges of the same pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any, cast

from quizgen.engine.chain_rule import Edge, Pass, run
from quizgen.engine.expression import PI, Constant, Expression, Name, fold, tree
from quizgen.engine.functions import Value
from quizgen.engine.graph import Graph, Node, Operand
from quizgen.engine.tidy import tidy
from quizgen.notation import Apply, Equal, Infix, Notation, Num, Partial, Sym, of_expression, of_operation, of_value
from quizgen.numbers import Real
from quizgen.problem import Ask, Problem

MASKS = ("relu", "max")  # their derivatives are 0 or 1, which is said in numbers


@dataclass(frozen=True)
class Step:
    """One numbered line of the worked solution; the numbers count nodes in forward order, as the book does.

    `settles` is the name whose value, or whose gradient, is known after this line.
    """

    number: int
    direction: str  # "forward" or "backward"
    mathematics: Notation
    settles: str = ""


def read_off(ask: Ask, found: Pass) -> Value:
    """The answer to `ask` in a pass over the graph that ends at `ask.of` (for `local` and `value`: any)."""
    if ask.kind == "value":
        return found.values[ask.of]
    if ask.kind == "local":
        locals_ = [edge.local for edge in found.edges if (edge.node, edge.operand) == (ask.of, ask.wrt)]
        total: Any = locals_[0] if locals_ else Fraction(0)  # a wrong formula may leave an operand out
        for other in locals_[1:]:
            total = total + other
        return cast(Value, total)
    gradient = found.gradients[ask.wrt]
    if ask.symbolic and not isinstance(gradient, Real):
        return tidy(tree(gradient))  # a derivative that is a number is an expression too
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
        yield Step(number, "forward", _forward_step(node, found), node.name)
    for number, node in reversed(list(enumerate(graph.nodes, 1))):
        yield from _branches(graph, found, node.name, number)
        for edge in found.edges:
            if edge.node == node.name:
                yield _backward_step(number, node, edge, graph)
    for name in graph.inputs:
        yield from _branches(graph, found, name, 0)


def steps_for(graph: Graph, found: Pass, ask: Ask) -> Iterator[Step]:
    """The steps that lead to the answer of `ask`, and no others; `graph` and `found` are those of the question.

    A local derivative needs the values that enter its node, and the node's own rule.
    """
    before = graph.ancestors(ask.of) - ({ask.of} if ask.kind == "local" else set())
    ways = tuple(edge for edge in found.edges if ask.wrt in graph.ancestors(edge.operand))
    backward = ask.kind not in ("value", "local")
    for step in steps(graph, replace(found, edges=ways)):
        if step.settles in before if step.direction == "forward" else backward:
            yield step
    if ask.kind == "local":
        yield _local_step(graph, found, ask)
    if ask.step not in (None, 1):  # the gradient is the growth for a step of 1
        yield _growth_step(found, ask)


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


def local_rule(node: Node, place: int) -> Expression:
    """The local derivative of a node by one of its operands, in the names of its operands: 2t for t²."""
    layer = node.layer()
    layer.forward(*(Name(each) if isinstance(each, str) and each != "pi" else _literal(each) for each in node.operands))
    return tree(layer.backward(Fraction(1))[place])


def _literal(operand: Operand) -> Expression:
    return PI if isinstance(operand, str) else tree(operand)  # log(2) cannot be a number beside names


def _written(rule: Expression) -> bool:
    """Whether a rule is worth writing down before its number: 2t is, 1 is not, and nor is the mask of a ReLU, which
    as an expression is a quotient that nobody writes."""
    return not isinstance(rule, Constant) and not _masked(rule)


def _masked(rule: Expression) -> bool:
    found = fold(rule, lambda _: False, lambda _: False, lambda node, inner: node.operator in MASKS or any(inner))
    return bool(found)


def _backward_step(number: int, node: Node, edge: Edge, graph: Graph) -> Step:
    """∂z/∂x = ∂z/∂t × ∂t/∂x = 14 × 1 = 14, with the node's rule (2t) where that is no number.

    Where x goes several ways the line is one of several parts of ∂z/∂x, and ∂t/∂x would be ambiguous: there the rule
    stands alone.
    """
    output, operand = str(graph.output), str(edge.operand)
    rule = local_rule(node, edge.place)
    alone = len(graph.consumers(operand)) == 1
    arrived = Partial(output, edge.node)
    shown = of_value(edge.local) if _masked(rule) else of_expression(rule)
    symbols = [Infix("×", arrived, Partial(edge.node, operand) if alone else shown)]
    if alone and _written(rule):
        symbols.append(Infix("×", of_value(edge.upstream), of_expression(rule)))
    numbers = Infix("×", of_value(edge.upstream), of_value(edge.local))
    head = [Partial(output, operand)] if alone else []
    line = Equal((*head, *symbols, numbers, of_value(edge.downstream)))
    return Step(number, "backward", line, operand if alone else "")


def _local_step(graph: Graph, found: Pass, ask: Ask) -> Step:
    """∂u/∂t = 2t = 12."""
    node = graph.find(ask.of)
    number = graph.nodes.index(node) + 1
    rule = local_rule(node, node.operands.index(ask.wrt))
    written = (of_expression(rule),) if not _masked(rule) else ()
    line = Equal((Partial(ask.of, ask.wrt), *written, of_value(read_off(ask, found))))
    return Step(number, "backward", line, ask.wrt)


def _growth_step(found: Pass, ask: Ask) -> Step:
    """What a small growth of an input makes of the output: the gradient times it."""
    assert ask.step is not None
    gradient = of_value(found.gradients[ask.wrt])
    symbols, numbers = (Infix("×", each, Num(ask.step)) for each in (Partial(ask.of, ask.wrt), gradient))
    return Step(0, "growth", Equal((symbols, numbers, of_value(read_off(ask, found)))), ask.wrt)


def _branches(graph: Graph, found: Pass, name: str, number: int) -> Iterator[Step]:
    arrived = [edge.downstream for edge in found.edges if edge.operand == name]
    if len(arrived) > 1:
        total: Notation = of_value(arrived[0])
        for other in arrived[1:]:
            total = Infix("+", total, of_value(other))
        line = Equal((Partial(str(graph.output), name), total, of_value(found.gradients[name])))
        yield Step(number, "backward", line, name)
