"""Forward and backward through a graph, by the layers; and the same pass with one rule replaced.

`run(graph)` is the book's procedure. `run(graph, Rules(...))` is a learner's mistake: each part of the procedure
(a leaf, a forward rule, a local derivative, how upstream and local combine, how branches gather, the seed) can be
replaced, and a rule that returns None leaves its case to the book.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any, cast

from quizgen.engine import functions
from quizgen.engine.expression import ONE, PI, Expression, tree
from quizgen.engine.functions import Value
from quizgen.engine.graph import Graph, Node, Operand
from quizgen.engine.layers import Layer
from quizgen.errors import DomainError, KeyedError, QuizgenError
from quizgen.numbers import Real, bounded


@dataclass(frozen=True)
class Edge:
    """One operand of one node on the way back: downstream = upstream · local."""

    node: str
    place: int
    operand: Operand
    upstream: Value
    local: Value
    downstream: Value


@dataclass(frozen=True)
class Pass:
    """What a run found: the value of every name, the gradient of the output by every name, and every edge.

    Edges stand in the order in which backward visits them: nodes in reverse, operands left to right.
    """

    values: dict[str, Value]
    gradients: dict[str, Value]
    edges: tuple[Edge, ...]
    value: Value


@dataclass(frozen=True)
class Site:
    """One node during a pass: what a rule may look at."""

    graph: Graph
    node: Node
    inputs: tuple[Any, ...]
    output: Any
    layer: Layer
    values: dict[str, Any]
    value_of: Callable[[Operand], Any]  # of a name, of π and of an exact number, as they flow in this pass
    wrt: str | None = None  # the name whose gradient is wanted, for mistakes that look at it
    rights: dict[str, tuple[Any, ...]] = field(default_factory=dict)  # what `right` found at each node

    @property
    def right(self) -> tuple[Any, ...]:
        """The local derivatives as the book has them."""
        if self.node.name not in self.rights:
            self.rights[self.node.name] = self.layer.backward(Fraction(1))
        return self.rights[self.node.name]


@dataclass(frozen=True)
class Rules:
    """Replacements; None, or a rule that returns None, means as in the book."""

    leaf: Callable[[Graph, str, Value], Value | None] | None = None
    forward: Callable[[Site], Value | None] | None = None
    local: Callable[[Site], tuple[Any, ...] | None] | None = None
    combine: Callable[[Site, Value, Value], Value | None] | None = None
    gather: Callable[[Graph, str, list[Value]], Value | None] | None = None
    seed: Callable[[Value], Value] | None = None


BOOK = Rules()


@dataclass(frozen=True)
class Forward:
    """Where the book's way forward has led: the values, and the layers that saw them, with their local derivatives
    as far as they were needed. Passes that go wrong on the way back only can share it."""

    values: dict[str, Value] = field(default_factory=dict)
    layers: dict[str, Layer] = field(default_factory=dict)
    rights: dict[str, tuple[Any, ...]] = field(default_factory=dict)


@dataclass
class _Run:
    graph: Graph
    rules: Rules
    wrt: str | None
    values: dict[str, Value] = field(default_factory=dict)
    layers: dict[str, Layer] = field(default_factory=dict)
    rights: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    arrivals: dict[Operand, list[Value]] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)

    def value_of(self, operand: Operand) -> Any:
        if isinstance(operand, str):
            return self.values[operand] if operand in self.values else self.pi
        return tree(operand) if self.symbolic else operand

    @cached_property
    def symbolic(self) -> bool:
        """Whether trees flow; then numbers are trees too, since a Real cannot stand in a tree."""
        return any(isinstance(value, Expression) for value in self.graph.inputs.values())

    @cached_property
    def pi(self) -> Value:
        return PI if self.symbolic else functions.pi()

    def forward(self) -> None:
        leaf = self.rules.leaf
        for name, value in self.graph.inputs.items():
            replaced = leaf(self.graph, name, value) if leaf else None
            self.values[name] = value if replaced is None else replaced
        for node in self.graph.nodes:
            with _at(node.name):
                self.values[node.name] = self._forward(node)

    def _forward(self, node: Node) -> Value:
        inputs = tuple(self.value_of(operand) for operand in node.operands)
        layer = self.layers[node.name] = node.layer()
        output = _checked(layer.forward(*inputs))
        if self.rules.forward:
            wrong = self.rules.forward(
                Site(self.graph, node, inputs, output, layer, self.values, self.value_of, self.wrt)
            )
            if wrong is not None:
                layer.out = output = _checked(wrong)
        return cast(Value, output)

    def backward(self) -> dict[str, Value]:
        gradients: dict[str, Value] = {}
        if isinstance(self.graph.output, str):
            value = self.value_of(self.graph.output)
            seed: Value = self.rules.seed(value) if self.rules.seed else ONE if self.symbolic else Fraction(1)
            self.arrivals[self.graph.output] = [_checked(seed)]
        for node in reversed(self.graph.nodes):
            gradients[node.name] = self._gathered(node.name)
            if node.name in self.arrivals:  # a node that does not reach the output passes nothing on
                with _at(node.name):
                    self._backward(node, gradients[node.name])
        return {name: self._gathered(name) for name in self.graph.inputs} | dict(reversed(gradients.items()))

    def _gathered(self, name: str) -> Value:
        arrived = self.arrivals.get(name, [])
        if self.rules.gather and arrived:
            replaced = self.rules.gather(self.graph, name, arrived)
            if replaced is not None:
                return cast(Value, _checked(replaced))
        return arrived[0] if len(arrived) == 1 else cast(Value, _checked(sum_of_branches(arrived)))

    def _backward(self, node: Node, upstream: Any) -> None:
        layer = self.layers[node.name]
        site = self._site(node, layer)
        replaced = self.rules.local(site) if self.rules.local else None
        local = site.right if replaced is None else replaced
        downstream = layer.backward(upstream) if replaced is None else None
        for place, operand in enumerate(node.operands):
            if not isinstance(operand, str) or operand not in self.values:
                continue
            if local[place] is None:
                raise DomainError("domain.derivative", layer=node.layer.__name__)
            passed = self.rules.combine(site, upstream, local[place]) if self.rules.combine else None
            if passed is None:
                passed = downstream[place] if downstream else upstream * local[place]
            passed = _checked(passed)
            self.arrivals.setdefault(operand, []).append(passed)
            self.edges.append(Edge(node.name, place, operand, upstream, _checked(local[place]), passed))

    def _site(self, node: Node, layer: Layer) -> Site:
        inputs = tuple(self.value_of(operand) for operand in node.operands)
        output = self.values[node.name]
        return Site(self.graph, node, inputs, output, layer, self.values, self.value_of, self.wrt, self.rights)


def sum_of_branches(arrived: list[Value]) -> Value:
    """A value that is used in several places gets the sum of what comes back from each."""
    total: Any = arrived[0] if arrived else Fraction(0)
    for other in arrived[1:]:
        total = total + other
    return cast(Value, total)


def _checked(value: Any) -> Any:
    if isinstance(value, Expression):
        return value
    if isinstance(value, int):
        return Fraction(value)
    return bounded(value) if isinstance(value, Fraction | Real) else value


class _at:
    """Adds the node to an error that arises there, so that the place can be shown."""

    def __init__(self, node: str) -> None:
        self.node = node

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, KeyedError):
            error.details.setdefault("node", self.node)


def forward(graph: Graph) -> Forward:
    """The book's way forward. DomainError outside a domain."""
    run_ = _Run(graph, BOOK, None)
    run_.forward()
    return Forward(run_.values, run_.layers)


def run(graph: Graph, rules: Rules = BOOK, wrt: str | None = None, known: Forward | None = None) -> Pass:
    """Forward, then backward from a seed of 1 at the output. DomainError at a kink or outside a domain.

    `known` is this graph's way forward, to save going it again where the rules change nothing there.
    """
    if known is not None and rules.leaf is None and rules.forward is None:
        run_ = _Run(graph, rules, wrt, dict(known.values), known.layers, known.rights)
    else:
        run_ = _Run(graph, rules, wrt)
        run_.forward()
    gradients = run_.backward()
    output = graph.output
    if isinstance(output, str) and output not in run_.values and output != "pi":
        raise QuizgenError("graph.unknown_operand", node="output", operand=output)
    return Pass(run_.values, gradients, tuple(run_.edges), run_.value_of(output))
