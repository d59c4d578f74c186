"""A computational graph, built in order: a node names only what exists, so insertion order is forward order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from quizgen.engine import expression as trees
from quizgen.engine.expression import PI, Constant, Expression, Name, Operation
from quizgen.engine.functions import Value
from quizgen.engine.layers import BY_OPERATION, Layer, Literal
from quizgen.errors import QuizgenError

Operand = str | Fraction  # a name, or a number that stands in the formula; the name "pi" may be the number
MAX_NODES = 2000


@dataclass(frozen=True)
class Node:
    """One use of a layer. The graph keeps the class: each pass makes its own fresh layer objects."""

    name: str
    layer: type[Layer]
    operands: tuple[Operand, ...]


class Graph:
    """Inputs with values, and nodes over them.

    `output` is what is differentiated: the last node unless it is set. Values are numbers or expression trees.
    """

    def __init__(self) -> None:
        self.inputs: dict[str, Value] = {}
        self.roles: dict[str, str] = {}
        self.nodes: list[Node] = []
        self._names: dict[str, Node | None] = {}
        self._output: Operand | None = None

    def input(self, name: str, value: Value | int, role: str = "") -> str:
        """Adds an input; returns its name, to be used as an operand.

        A `role` says what the number is where a mistake depends on it: "multiplier" is 1 + a rate (1.1 for 10 %).
        """
        self._take(name, None)
        if role:
            self.roles[name] = role
        self.inputs[name] = Fraction(value) if isinstance(value, int) else value
        return name

    def node(self, name: str, layer: type[Layer], *operands: Operand | int) -> str:
        """Adds a node over names that exist already, and over numbers; returns its name."""
        if len(operands) != len(layer.variables):
            raise QuizgenError("graph.operands", node=name, layer=layer.__name__, wanted=len(layer.variables))
        for operand in operands:
            if isinstance(operand, str) and operand not in self._names and operand != "pi":
                raise QuizgenError("graph.unknown_operand", node=name, operand=operand)
        if len(self.nodes) >= MAX_NODES:
            raise QuizgenError("graph.too_many_nodes", limit=MAX_NODES)
        fixed = tuple(each if isinstance(each, str) else Literal(each) for each in operands)
        self._take(name, made := Node(name, layer, fixed))
        self.nodes.append(made)
        return name

    def _take(self, name: str, owner: Node | None) -> None:
        if name in self._names:
            raise QuizgenError("graph.name_taken", name=name)
        self._names[name] = owner

    @property
    def output(self) -> Operand:
        """The name, or the number, that the graph computes."""
        if self._output is not None:
            return self._output
        if not self.nodes:
            raise QuizgenError("graph.empty")
        return self.nodes[-1].name

    @output.setter
    def output(self, operand: Operand) -> None:
        self._output = operand

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def find(self, name: str) -> Node:
        """The node of that name; KeyError where it is an input or nothing."""
        node = self._names[name]
        if node is None:
            raise KeyError(name)
        return node

    def names(self) -> Iterator[str]:
        """Inputs, then nodes."""
        yield from self.inputs
        yield from (node.name for node in self.nodes)

    def producer(self, operand: Operand) -> Node | None:
        """The node that makes `operand`; None for an input or a number."""
        return self._names.get(operand) if isinstance(operand, str) else None

    def ancestors(self, name: Operand) -> set[str]:
        """Every name that `name` is computed from, itself included."""
        found = {name} if isinstance(name, str) else set()
        for node in reversed(self.nodes):
            if node.name in found:
                found.update(operand for operand in node.operands if isinstance(operand, str))
        return found

    def consumers(self, name: str) -> list[tuple[Node, int]]:
        """Where `name` is used: node and place, in forward order."""
        return [(node, place) for node in self.nodes for place, operand in enumerate(node.operands) if operand == name]

    def with_inputs(self, values: Mapping[str, Value]) -> Graph:
        """The same nodes over other values."""
        other = Graph()
        for name in self.inputs:
            other.input(name, values[name], self.roles.get(name, ""))
        for node in self.nodes:
            other.node(node.name, node.layer, *node.operands)
        other._output = self._output
        return other

    def ending_at(self, output: str) -> Graph:
        """The same graph with another output."""
        other = self.with_inputs(self.inputs)
        other._output = output
        return other

    def symbolic(self) -> Graph:
        """The same graph with each input standing for itself, so that results are expressions."""
        return self.with_inputs({name: Name(name) for name in self.inputs})

    def expression(self, name: Operand) -> Expression:
        """The formula of `name` in terms of the inputs, exactly as the nodes compose it."""
        done: dict[Operand, Expression] = {each: Name(each) for each in self.inputs}
        for node in self.nodes:
            operands = tuple(done[each] if each in done else _literal_tree(each) for each in node.operands)
            done[node.name] = Operation(node.layer.operation, operands)
        return done[name] if name in done else _literal_tree(name)


def _literal_tree(operand: Operand) -> Expression:
    return PI if operand == "pi" else Constant(Fraction(operand))


def from_expression(formula: Expression, values: Mapping[str, Value] | None = None) -> tuple[Graph, dict[str, int]]:
    """A graph, one node an operation, and where in the text each node was typed.

    Without `values` every input stands for itself. Nodes are called n1, n2, … past the names that are taken.
    """
    graph, positions = Graph(), dict[str, int]()
    names = trees.names(formula)
    for name in names:
        graph.input(name, Name(name) if values is None else values[name])
    fresh = (f"n{number}" for number in range(1, 10**6) if f"n{number}" not in graph.inputs)
    built: dict[int, Operand] = {}
    stack = [formula]
    while stack:  # no recursion: formulas may be hundreds of operations deep
        top = stack.pop()
        if id(top) in built:
            continue
        if isinstance(top, Name):
            built[id(top)] = top.name
        elif isinstance(top, Constant):
            built[id(top)] = top.value
        elif isinstance(top, Operation):
            if top.operator == "pi":
                built[id(top)] = "pi"
            elif all(id(operand) in built for operand in top.operands):
                name = next(fresh)
                operands = [built[id(operand)] for operand in top.operands]
                graph.node(name, BY_OPERATION[top.operator], *operands)
                positions[name], built[id(top)] = top.position, name
            else:
                stack += [top, *reversed([each for each in top.operands if id(each) not in built])]
    graph.output = built[id(formula)]
    return graph, positions
