"""A node that computes a whole formula: what a learner makes of a node who has the wrong formula in mind."""

from __future__ import annotations

from typing import Any, ClassVar

from quizgen.engine.chain_rule import Pass, run
from quizgen.engine.expression import Expression, names
from quizgen.engine.graph import Graph, from_expression
from quizgen.engine.layers import Layer


class FormulaLayer(Layer):
    """`expression` in its names, which are the operands in the order in which they are read."""

    expression: ClassVar[Expression]
    symbol = "?"
    inner: Pass

    def compute(self, *operands: Any) -> Any:
        graph, _ = from_expression(self.expression, dict(zip(names(self.expression), operands, strict=True)))
        self.inner = run(graph)
        return self.inner.value

    def backward(self, dout: Any) -> tuple[Any, ...]:
        return tuple(dout * self.inner.gradients[name] for name in names(self.expression))


def layer_of(expression: Expression) -> type[FormulaLayer]:
    """The layer that computes `expression`."""
    fields = {"expression": expression, "variables": tuple(names(expression))}
    return type("FormulaLayer", (FormulaLayer,), fields)


def with_formula(graph: Graph, node: str, expression: Expression) -> Graph:
    """The same graph, with `node` computed by `expression` of the inputs and of the nodes before it."""
    other = Graph()
    for name, value in graph.inputs.items():
        other.input(name, value, graph.roles.get(name, ""))
    for each in graph.nodes:
        if each.name == node:
            other.node(node, layer_of(expression), *names(expression))
        else:
            other.node(each.name, each.layer, *each.operands)
    other.output = graph.output
    return other
