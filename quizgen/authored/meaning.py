"""What the parts of an author's problem mean, read once: inputs, nodes, conditions, questions, wrong lines.

`read_meaning` raises `Unsound` for what cannot be used, at the field where it stands. What can be used but should not
be given to a learner as it is, is listed in `slips`, for `bank check` and `bank build`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from quizgen.authored import texts
from quizgen.authored.asks import read_asks
from quizgen.authored.fault import Place, Slip, Unsound
from quizgen.authored.formula import Condition, one_operation, read_condition, read_formula, read_name, shown
from quizgen.authored.model import Definition
from quizgen.authored.story import untold
from quizgen.authored.values import Input, read_input
from quizgen.authored.wrong import read_wrong
from quizgen.engine.expression import Expression, Operation, names, size, text
from quizgen.engine.graph import Graph, Operand
from quizgen.engine.identity import same
from quizgen.engine.layers import BY_OPERATION
from quizgen.engine.parse import MAX_LENGTH, MAX_OPERATIONS
from quizgen.errors import QuizgenError
from quizgen.misconceptions import Misconception
from quizgen.numbers import Number
from quizgen.problem import Ask

_HALF_WIDTH = str.maketrans("＝＃", "=#")
MAX_NODES = 60  # more fit on no page
MOST_TRIED = 300  # operations in all that is reckoned each time that values are tried
LONGEST = 100_000  # characters of a definition: each line of a bank holds it


@dataclass(frozen=True)
class Line:
    """One line of the graph: a node, and the operation that was written."""

    name: str
    operands: tuple[Operand, ...]
    formula: Operation


@dataclass(frozen=True)
class Meaning:
    """A definition that was read. `inputs` are the values that the graph uses; `values` all of them, in their order.
    `asks` is empty where the author left the choice to us."""

    definition: Definition
    values: tuple[Input, ...]
    lines: tuple[Line, ...]
    formula: str
    conditions: tuple[Condition, ...]
    whole: tuple[Expression, ...]
    asks: tuple[Ask, ...]
    misconceptions: tuple[Misconception, ...]
    slips: tuple[Slip, ...]

    @property
    def cost(self) -> int:
        """How many operations trying the values once takes."""
        return len(self.lines) + sum(map(size, _tried(self.values, self.conditions, self.whole)))

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The values that are inputs of the graph."""
        used = {operand for line in self.lines for operand in line.operands}
        return tuple(each for each in self.values if each.name in used)

    def graph(self, values: dict[str, Number]) -> Graph:
        """The graph at `values`."""
        graph = Graph()
        for each in self.inputs:
            graph.input(each.name, values[each.name], each.role)
        for line in self.lines:
            graph.node(line.name, BY_OPERATION[line.formula.operator], *line.operands)
        return graph


def read_meaning(definition: Definition) -> Meaning:
    """A definition with every formula read and every name looked up."""
    if len(definition.text()) > LONGEST:
        raise Unsound((), QuizgenError("authored.too_long", name=definition.name, limit=LONGEST))
    values: dict[str, Input] = {}
    for name, spec in definition.values.items():
        read_name(name, ("values", name))
        try:
            values[name] = read_input(name, spec, tuple(values))
        except Unsound as unsound:
            raise _below(unsound, name, definition) from None
    lines = tuple(_lines(definition.graph, values))
    _all_used(values, lines)
    nodes = tuple(line.name for line in lines)
    known = (*values, *nodes)
    bare = Meaning(definition, tuple(values.values()), lines, "", (), (), (), (), ())
    example = _symbolic(bare)
    _not_endless(example)
    conditions = tuple(
        read_condition(each, ("conditions", place), known) for place, each in enumerate(definition.conditions)
    )
    whole = tuple(read_formula(each, ("whole", place), known) for place, each in enumerate(definition.whole))
    formulas = _tried(bare.values, conditions, whole)
    if sum(map(size, formulas)) > MOST_TRIED:
        raise Unsound((), QuizgenError("authored.too_heavy", name=definition.name, limit=MOST_TRIED))
    inputs = tuple(each.name for each in bare.inputs)
    _all_values_used(bare, formulas)
    texts.check(definition, inputs, nodes)
    asks, slips = read_asks(definition, bare, example)
    wrong = tuple(read_wrong(definition, example, place) for place in range(len(definition.misconceptions)))
    _different_ids(wrong)
    formula, disagreement = _formula(definition, example, inputs)
    literals = [Fraction(each) for line in lines for each in line.operands if not isinstance(each, str)]
    slips += [
        *disagreement,
        *untold(definition.story, {each.name: each.role for each in bare.inputs}, literals),
        *texts.missing(definition),
        *_invisible(wrong, lines),
    ]
    return Meaning(definition, bare.values, lines, formula, conditions, whole, asks, wrong, tuple(slips))


def _tried(values: Iterable[Input], conditions: Iterable[Condition], whole: Iterable[Expression]) -> list[Expression]:
    """Every formula that is reckoned, beside the lines, each time that values are tried."""
    sides = [side for each in conditions for side in (each.left, each.right)]
    return [*(each.formula for each in values if each.formula is not None), *sides, *whole]


def _below(unsound: Unsound, name: str, definition: Definition) -> Unsound:
    """A formula that names a value further down is told so."""
    wanted = str(unsound.error.details.get("name", ""))
    if not unsound.error.key.startswith("authored.unknown") or wanted not in definition.values:
        return unsound
    return Unsound(unsound.place, QuizgenError("authored.below", name=name, wanted=wanted), wanted)


def _lines(written: str, values: dict[str, Input]) -> Iterator[Line]:
    """The nodes; an error is told at the line as it was written."""
    known, place = list(values), ("graph",)
    both = [(line.translate(_HALF_WIDTH).split("#")[0].strip(), line.strip()) for line in written.split("\n")]
    wanted = [(line, as_written) for line, as_written in both if line]
    if not wanted:
        raise Unsound(place, QuizgenError("authored.no_lines"))
    if len(wanted) > MAX_NODES:
        raise Unsound(place, QuizgenError("authored.too_many_lines", limit=MAX_NODES))
    for number, (line, as_written) in enumerate(wanted):
        try:
            yield _line(line, known)
        except Unsound as unsound:
            below = {each.partition("=")[0].strip() for each, _ in wanted[number + 1 :]}
            missing = unsound.error.details.get("name")
            error = unsound.error
            if error.key.startswith("authored.unknown") and missing in below:
                error = QuizgenError("authored.line_below", name=missing, line=shown(line))
            raise Unsound(place, error, as_written) from None
        known.append(line.partition("=")[0].strip())


def _line(line: str, known: list[str]) -> Line:
    place: Place = ("graph",)
    name, equals, formula = (each.strip() for each in line.partition("="))
    if not equals or "=" in formula:
        raise Unsound(place, QuizgenError("authored.line_form", line=shown(line)))
    read_name(name, place)
    if name in known:
        raise Unsound(place, QuizgenError("authored.name_taken", name=shown(name), line=shown(line)))
    tree = read_formula(formula, place, known)
    return Line(name, *one_operation(line, name, tree, place))


def _all_used(values: dict[str, Input], lines: tuple[Line, ...]) -> None:
    """Every line leads to the last one."""
    needed = {lines[-1].name}
    for line in reversed(lines):
        if line.name not in needed:
            raise Unsound(("graph",), QuizgenError("authored.unused_line", name=line.name), line.name)
        needed.update(operand for operand in line.operands if isinstance(operand, str))
    if not needed & set(values):
        raise Unsound(("graph",), QuizgenError("authored.no_input"))


def _all_values_used(meaning: Meaning, formulas: list[Expression]) -> None:
    """Every value is an input of the graph, or serves to draw or choose one."""
    used = {each.name for each in meaning.inputs} | {name for each in formulas for name in names(each)}
    for each in meaning.values:
        if each.name not in used:
            raise Unsound(("values", each.name), QuizgenError("authored.unused_value", name=each.name))


def _symbolic(meaning: Meaning) -> Graph:
    """The graph with each input standing for itself."""
    return meaning.graph({each.name: Fraction(1) for each in meaning.inputs}).symbolic()


def _not_endless(graph: Graph) -> None:
    """The formula of the last line can be written out: each line that uses one above twice doubles it."""
    if size(graph.expression(graph.output)) > MAX_OPERATIONS:
        raise Unsound(("graph",), QuizgenError("authored.endless", limit=MAX_OPERATIONS))


def _formula(definition: Definition, graph: Graph, inputs: tuple[str, ...]) -> tuple[str, list[Slip]]:
    """The closed formula: the author's, in which the story can be read back, else that of the lines."""
    composed: Expression = graph.expression(graph.output)
    if not definition.formula:
        if len(text(composed)) > MAX_LENGTH:
            raise Unsound(("graph",), QuizgenError("authored.long_formula", limit=MAX_LENGTH))
        return text(composed), []
    stated = read_formula(definition.formula, ("formula",), inputs)
    if same(stated, composed):
        return definition.formula, []
    told = {"formula": shown(definition.formula), "graph": shown(text(composed))}
    return definition.formula, [Slip("wrong_formula", ("formula",), QuizgenError("authored.formula_differs", **told))]


def _different_ids(wrong: tuple[Misconception, ...]) -> None:
    seen: set[str] = set()
    for place, each in enumerate(wrong):
        if each.id in seen:
            raise Unsound(("misconceptions", place, "id"), QuizgenError("authored.id_taken", id=each.id))
        seen.add(each.id)


def _invisible(wrong: tuple[Misconception, ...], lines: tuple[Line, ...]) -> Iterator[Slip]:
    """Wrong lines that say the same as the right ones."""
    right = {line.name: line.formula for line in lines}
    for place, each in enumerate(wrong):
        assert each.instead is not None
        node, formula = each.instead
        if same(right[node], formula):
            error = QuizgenError("authored.not_wrong", node=node, formula=shown(text(formula)))
            yield Slip("never_shows", ("misconceptions", place, "instead"), error)
