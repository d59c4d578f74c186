"""Layers, each found by being in LAYERS: the formula that a layer states is what it computes and differentiates."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import positive, small

from quizgen.engine import functions as f
from quizgen.engine.chain_rule import run
from quizgen.engine.graph import Graph
from quizgen.engine.layers import BY_OPERATION, FUNCTIONS, LAYERS, Layer, LayerError, Literal, MulLayer
from quizgen.engine.parse import parse
from quizgen.errors import DomainError
from quizgen.formulas import to_sympy
from quizgen.numbers import Real, to_mpf

EVERY = pytest.mark.parametrize("layer", LAYERS.values(), ids=lambda layer: layer.__name__)
WITHIN = Fraction(1, 10**45)
Both = tuple[Any, Any]  # a number of ours, and the same number of sympy's


def test_the_layers_are_those_of_the_book() -> None:
    named = [
        "Mul",
        "Add",
        "Sub",
        "Div",
        "Pow",
        "Exp",
        "Log",
        "Sqrt",
        "Sin",
        "Cos",
        "Tan",
        "Tanh",
        "Sigmoid",
        "Relu",
        "Max",
    ]
    assert {f"{name}Layer" for name in named} <= set(LAYERS)
    assert {"exp", "log", "sqrt", "sin", "cos", "tan", "tanh", "sigmoid", "relu", "max"} <= set(FUNCTIONS)
    assert len(BY_OPERATION) == len(LAYERS)


def _rational(value: Fraction) -> Both:
    return Fraction(value), sympy.Rational(value.numerator, value.denominator)


def _root(value: Fraction) -> Both:
    return f.sqrt(value), sympy.sqrt(_rational(value)[1])


def _power(value: Fraction) -> Both:
    return f.exp(value), sympy.exp(_rational(value)[1])


rationals = (small | st.integers(-9, 9).map(Fraction)).map(_rational)
reals = positive.map(_root) | small.filter(bool).map(_power)
numbers = st.one_of(rationals, rationals, reals)


def _formula(layer: type[Layer], operands: list[Any]) -> Any:
    return to_sympy(parse(layer.formula), dict(zip(layer.variables, operands, strict=True)))


def _sympys(layer: type[Layer], operands: list[Any], place: int | None = None) -> Any:
    """sympy's value of the formula, or of its derivative by one operand; None where that is no real number."""
    if place is None:
        value = sympy.sympify(_formula(layer, operands))
    else:
        symbol = sympy.Symbol("t", real=True)
        moved = [symbol if index == place else each for index, each in enumerate(operands)]
        value = sympy.diff(_formula(layer, moved), symbol).subs(symbol, operands[place])
    return value if value.is_real and value.is_finite else None


def _agree(mine: Any, theirs: Any) -> bool:
    """Exactly where both are rational, else within 1e-45 of the larger."""
    if isinstance(mine, Fraction) and theirs.is_Rational:
        return bool(mine == Fraction(int(theirs.p), int(theirs.q)))
    other = Real(str(sympy.N(theirs, 70)))
    larger = max(abs(to_mpf(mine)), abs(to_mpf(other)))
    return bool(abs(to_mpf(mine) - to_mpf(other)) <= to_mpf(WITHIN) * larger)


def _forward(layer: type[Layer], operands: list[Both]) -> tuple[Layer, Any]:
    made = layer()
    try:
        return made, made.forward(*(mine for mine, _ in operands))
    except DomainError:
        assume(False)
        raise


@EVERY
@settings(max_examples=30)
@given(data=st.data())
def test_forward_is_the_formula(layer: type[Layer], data: st.DataObject) -> None:
    operands = [data.draw(numbers) for _ in layer.variables]
    _, out = _forward(layer, operands)
    wanted = _sympys(layer, [theirs for _, theirs in operands])
    assert wanted is not None, "a value where the formula has none"
    assert _agree(out, wanted)


@EVERY
@settings(max_examples=30)
@given(data=st.data())
def test_backward_is_the_derivative_of_the_formula(layer: type[Layer], data: st.DataObject) -> None:
    """One gradient an operand: dout times sympy's derivative of the formula by that operand."""
    operands = [data.draw(numbers) for _ in layer.variables]
    dout, dout_there = data.draw(numbers)
    made, _ = _forward(layer, operands)
    gradients = made.backward(dout)
    assert len(gradients) == len(layer.variables)
    for place, gradient in enumerate(gradients):
        if gradient is not None:
            wanted = _sympys(layer, [theirs for _, theirs in operands], place)
            assert wanted is not None, "a derivative where the formula has none"
            assert _agree(gradient, wanted * dout_there)


def _smooth(layer: type[Layer], operands: list[Any]) -> bool:
    """Whether sympy finds a value and all derivatives, and the same slope on either side (no kink)."""
    if _sympys(layer, operands) is None:
        return False
    step = sympy.Rational(1, 10**9)
    for place in range(len(operands)):
        sides = []
        for by in (-step, step):
            moved = [each + by if index == place else each for index, each in enumerate(operands)]
            value = _sympys(layer, moved)
            if value is None or _sympys(layer, operands, place) is None:
                return False
            sides.append((value - _sympys(layer, operands)) / by)
        if abs(sympy.N(sides[0] - sides[1], 30)) > sympy.Rational(1, 10**4):
            return False
    return True


@EVERY
@settings(max_examples=30)
@given(data=st.data())
def test_nothing_inside_the_domain_is_refused(layer: type[Layer], data: st.DataObject) -> None:
    operands = [data.draw(rationals) for _ in layer.variables]
    assume(_smooth(layer, [theirs for _, theirs in operands]))
    made = layer()
    made.forward(*(mine for mine, _ in operands))
    assert None not in made.backward(Fraction(1))


@EVERY
def test_backward_before_forward_names_the_layer(layer: type[Layer]) -> None:
    with pytest.raises(LayerError, match=layer.__name__):
        layer().backward(Fraction(1))


class Cell:
    """A number that can be changed in place, as an array can."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __mul__(self, other: Any) -> Cell:
        return Cell(self.value * getattr(other, "value", other))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Cell:
        return Cell(self.value / getattr(other, "value", other))

    def __neg__(self) -> Cell:
        return Cell(-self.value)

    def __imul__(self, other: Any) -> Cell:
        self.value *= getattr(other, "value", other)
        return self

    def __itruediv__(self, other: Any) -> Cell:
        self.value /= getattr(other, "value", other)
        return self


INSIDE = {1: (Fraction(1, 2),), 2: (Fraction(5, 2), Fraction(3, 2))}  # within the domain of every layer so far


@EVERY
def test_what_arrives_is_neither_written_to_nor_handed_on(layer: type[Layer]) -> None:
    """Several nodes may hold the same array: a layer that changes it, or passes on the object itself, spoils theirs."""
    made, dout = layer(), Cell(Fraction(7))
    made.forward(*INSIDE[len(layer.variables)])
    gradients = made.backward(dout)
    assert dout.value == 7
    assert all(gradient is not dout for gradient in gradients)
    assert len({id(gradient) for gradient in gradients}) == len(gradients)
    exact = layer()
    exact.forward(*INSIDE[len(layer.variables)])
    assert [gradient.value for gradient in gradients] == list(exact.backward(Fraction(7)))


class Matrix:
    """Just enough of an array: elementwise + - * and unary -, with numbers too."""

    def __init__(self, *rows: list[Fraction | int]) -> None:
        self.rows = [list(row) for row in rows]

    def _with(self, other: Any, operation: Callable[[Any, Any], Any]) -> Matrix:
        others = other.rows if isinstance(other, Matrix) else [[other] * len(row) for row in self.rows]
        return Matrix(
            *([operation(a, b) for a, b in zip(*pair, strict=True)] for pair in zip(self.rows, others, strict=True))
        )

    def __add__(self, other: Any) -> Matrix:
        return self._with(other, lambda a, b: a + b)

    def __sub__(self, other: Any) -> Matrix:
        return self._with(other, lambda a, b: a - b)

    def __mul__(self, other: Any) -> Matrix:
        return self._with(other, lambda a, b: a * b)

    def __neg__(self) -> Matrix:
        return self * -1

    __radd__, __rmul__ = __add__, __mul__


LINEAR = [layer for layer in LAYERS.values() if set(layer.formula) <= set("xy +-*") and "**" not in layer.formula]


@pytest.mark.parametrize("layer", LINEAR, ids=lambda layer: layer.__name__)
def test_sums_and_products_work_on_matrices(layer: type[Layer]) -> None:
    """Elementwise, each element as if it were a number of its own."""
    x, y, dout = Matrix([1, 2], [-3, 4]), Matrix([5, 0], [7, -8]), Matrix([1, 10], [100, 1000])
    made = layer()
    out, gradients = made.forward(x, y), made.backward(dout)
    for row in range(2):
        for column in range(2):
            one = layer()
            assert out.rows[row][column] == one.forward(x.rows[row][column], y.rows[row][column])
            wanted = one.backward(dout.rows[row][column])
            assert tuple(each.rows[row][column] for each in gradients) == wanted
    assert dout.rows == [[1, 10], [100, 1000]]


def test_there_are_linear_layers() -> None:
    assert {"AddLayer", "SubLayer", "MulLayer"} <= {layer.__name__ for layer in LINEAR}


def test_each_pass_makes_a_fresh_layer_for_each_node() -> None:
    """A layer object keeps what forward saw: two nodes, or two passes, must not share one."""
    made: list[Layer] = []

    class Counted(MulLayer):
        def __init__(self) -> None:
            made.append(self)

    graph = Graph()
    x, y = graph.input("x", 3), graph.input("y", 4)
    graph.node("z", Counted, graph.node("t", Counted, x, y), y)
    first, second = run(graph), run(graph)
    assert len({id(layer) for layer in made}) == len(made) == 4
    assert first == second
    assert first.gradients == {"x": 16, "y": 24, "t": 4, "z": 1}


def _half_pi() -> Any:
    return f.pi() * Fraction(1, 2)


@pytest.mark.parametrize(
    ("operation", "operands", "key"),
    [
        ("/", lambda: (1, 0), "domain.division"),
        ("/", lambda: (Fraction(0), Fraction(0)), "domain.division"),
        ("log", lambda: (0,), "domain.log"),
        ("log", lambda: (Fraction(-1, 2),), "domain.log"),
        ("sqrt", lambda: (-1,), "domain.sqrt"),
        ("**", lambda: (0, -1), "domain.division"),
        ("**", lambda: (0, Fraction(-1, 2)), "domain.power"),
        ("**", lambda: (-8, Fraction(1, 3)), "domain.power"),
        ("**", lambda: (-4, Fraction(1, 2)), "domain.power"),
        ("max", lambda: (Fraction(2), Fraction(2)), "domain.tie"),
        ("tan", lambda: (_half_pi(),), "domain.tan"),
        ("tan", lambda: (_half_pi() * -3,), "domain.tan"),
    ],
)
def test_outside_the_domain_forward_refuses(operation: str, operands: Callable[[], Any], key: str) -> None:
    with pytest.raises(DomainError) as caught:
        BY_OPERATION[operation]().forward(*operands())
    assert caught.value.key == key


@pytest.mark.parametrize(
    ("operation", "x"),
    [("sqrt", Fraction(0)), ("**", Fraction(0))],
)
def test_a_place_without_a_derivative_is_refused_on_the_way_back(operation: str, x: Fraction) -> None:
    """sqrt at 0 and x ** (1/2) at 0 have a value; forward gives it, backward refuses."""
    graph = Graph()
    operands = [graph.input("x", x), Fraction(1, 2)][: len(BY_OPERATION[operation].variables)]
    graph.node("z", BY_OPERATION[operation], *operands)
    assert BY_OPERATION[operation]().forward(x, *[Fraction(1, 2)][: len(operands) - 1]) == 0
    with pytest.raises(DomainError) as caught:
        run(graph)
    assert caught.value.key == "domain.derivative"
    assert caught.value.details["node"] == "z"


@pytest.mark.parametrize(("x", "passes"), [(Fraction(-1), 0), (Fraction(0), 0), (Fraction(1, 9), 1)])
def test_relu_passes_only_where_its_input_was_positive_and_0_at_0(x: Fraction, passes: int) -> None:
    made = BY_OPERATION["relu"]()
    assert made.forward(x) == max(x, 0)
    assert made.backward(Fraction(5)) == (5 * passes,)


@pytest.mark.parametrize(
    ("operation", "operands", "out"),
    [
        ("sqrt", (4,), 2),
        ("sqrt", (Fraction(9, 4),), Fraction(3, 2)),
        ("exp", (0,), 1),
        ("log", (1,), 0),
        ("sigmoid", (0,), Fraction(1, 2)),
        ("tanh", (0,), 0),
        ("sin", (0,), 0),
        ("cos", (0,), 1),
        ("tan", (0,), 0),
        ("**", (8, 3), 512),
        ("**", (8, -2), Fraction(1, 64)),
        ("**", (Fraction(-2, 3), 3), Fraction(-8, 27)),
        ("**", (4, Fraction(-3, 2)), Fraction(1, 8)),
        ("**", (0, Fraction(1, 2)), 0),
        ("**", (0, 0), 1),
        ("/", (1, 3), Fraction(1, 3)),
        ("relu", (-2,), 0),
        ("max", (2, Fraction(5, 2)), Fraction(5, 2)),
    ],
)
def test_what_is_rational_stays_a_fraction(operation: str, operands: tuple[Any, ...], out: Fraction) -> None:
    found = BY_OPERATION[operation]().forward(*(Fraction(each) for each in operands))
    assert type(found) is Fraction
    assert found == out


@pytest.mark.parametrize("multiple", range(-3, 4))
def test_whole_multiples_of_pi_have_no_noise(multiple: int) -> None:
    angle = f.pi() * multiple if multiple else Fraction(0)
    assert BY_OPERATION["sin"]().forward(angle) == Fraction(0)
    assert BY_OPERATION["tan"]().forward(angle) == Fraction(0)


@pytest.mark.parametrize(
    ("x", "n"), [(Fraction(2), Fraction(3)), (Fraction(1, 2), Fraction(-1, 2)), (Fraction(7), Fraction(0))]
)
def test_a_power_is_differentiated_by_its_exponent_too(x: Fraction, n: Fraction) -> None:
    """∂(x ** n)/∂n = x ** n · log x where x > 0."""
    made = BY_OPERATION["**"]()
    out = made.forward(x, n)
    wanted = sympy.log(sympy.Rational(str(x))) * sympy.Rational(str(x)) ** sympy.Rational(str(n))
    assert _agree(made.backward(Fraction(1))[1], wanted)
    assert out is not None


@pytest.mark.parametrize("x", [Fraction(-2), Fraction(0)])
def test_a_power_has_no_derivative_by_its_exponent_unless_the_base_is_positive(x: Fraction) -> None:
    graph = Graph()
    graph.node("z", BY_OPERATION["**"], graph.input("x", x), graph.input("n", 2))
    with pytest.raises(DomainError) as caught:
        run(graph)
    assert caught.value.key == "domain.derivative"


@pytest.mark.parametrize(("x", "n"), [(-2, 3), (0, 2), (0, 0), (0, 1), (-5, 0), (-2, -1)])
def test_a_power_with_a_number_as_exponent_works_for_any_base(x: int, n: int) -> None:
    """x ** 2 at 0 and x ** 3 at −2 are ordinary places, as nobody asks about the exponent."""
    made = BY_OPERATION["**"]()
    made.forward(Fraction(x), Literal(n))
    t = sympy.Symbol("t")
    assert made.backward(Fraction(1))[0] == Fraction(str(sympy.diff(t**n, t).subs(t, x)))


@EVERY
def test_a_wrong_number_of_operands_is_told_by_the_name_of_the_layer(layer: type[Layer]) -> None:
    with pytest.raises(LayerError, match=layer.__name__):
        layer().forward(*range(1, len(layer.variables) + 2))


def test_a_forward_that_failed_leaves_nothing_behind() -> None:
    made = LAYERS["LogLayer"]()
    with pytest.raises(DomainError):
        made.forward(Fraction(-1))
    with pytest.raises(LayerError):
        made.backward(Fraction(1))
