"""The layers, as the book has them: `forward(x, y)` keeps what `backward(dout)` needs.

A layer also states its `formula`, from which sympy checks it, how it is typed (`operation`) and how it is drawn
(`symbol`). A new layer is a new class here: the parser, the checker and the tests find it by its being there.
Source of the pattern: 斎藤康毅「ゼロから作るDeep Learning」, chapter 5.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, ClassVar

from quizgen.engine import functions as f
from quizgen.engine.expression import ZERO
from quizgen.errors import DomainError


class LayerError(RuntimeError):
    """A layer that is used wrongly: `backward` before `forward`, or with another number of operands."""


class _Unset:
    """Stands for an operand until `forward` has stored it."""

    def __get__(self, layer: object, owner: type) -> Any:
        raise LayerError(f"{owner.__name__}.backward needs forward first: it differentiates at the values seen there")


class Layer:
    """One operation. `forward` takes its operands, `backward` the gradient of its output, and returns one gradient
    per operand; None where the operand is outside the place where that derivative exists."""

    operation: ClassVar[str]  # as typed: an operator, or a function's name
    formula: ClassVar[str]  # in x and, with two operands, y
    symbol: ClassVar[str]  # on the picture
    variables: ClassVar[tuple[str, ...]] = ("x", "y")
    x: Any = _Unset()
    y: Any = _Unset()
    out: Any = _Unset()

    def forward(self, *operands: Any) -> Any:
        """The output at `operands`, which are kept for `backward`."""
        if len(operands) != len(self.variables):
            raise LayerError(f"{type(self).__name__}.forward takes {len(self.variables)} operands, not {len(operands)}")
        out = self.compute(*operands)  # nothing is kept where there is no value
        for name, operand in zip(self.variables, operands, strict=True):
            setattr(self, name, operand)
        self.out = out
        return out

    def compute(self, *operands: Any) -> Any:
        """The operation itself, keeping nothing."""
        raise LayerError(f"{type(self).__name__} has no compute")

    def backward(self, dout: Any) -> tuple[Any, ...]:
        """The gradients of the operands, given that of the output."""
        raise LayerError(f"{type(self).__name__} has no backward")


class AddLayer(Layer):
    """x + y: what arrives is passed on to both."""

    operation, formula, symbol = "+", "x + y", "+"

    def compute(self, x: Any, y: Any) -> Any:
        return x + y

    def backward(self, dout: Any) -> tuple[Any, ...]:
        self.out  # noqa: B018  backward before forward is an error even where nothing is needed from it
        return dout * 1, dout * 1


class SubLayer(Layer):
    """x - y: what arrives is passed on, with its sign turned for y."""

    operation, formula, symbol = "-", "x - y", "−"

    def compute(self, x: Any, y: Any) -> Any:
        return x - y

    def backward(self, dout: Any) -> tuple[Any, ...]:
        self.out  # noqa: B018
        return dout * 1, dout * -1


class MulLayer(Layer):
    """x * y: what arrives is multiplied by the other operand."""

    operation, formula, symbol = "*", "x * y", "×"

    def compute(self, x: Any, y: Any) -> Any:
        return x * y

    def backward(self, dout: Any) -> tuple[Any, ...]:
        return dout * self.y, dout * self.x


class DivLayer(Layer):
    """x / y, y not 0."""

    operation, formula, symbol = "/", "x / y", "÷"

    def compute(self, x: Any, y: Any) -> Any:
        return f.divide(x, y)

    def backward(self, dout: Any) -> tuple[Any, ...]:
        return f.divide(dout, self.y), dout * -f.divide(self.x, f.power(self.y, 2))


class PowLayer(Layer):
    """x ** y. The derivative by the exponent exists where x > 0 only, and is None elsewhere."""

    operation, formula, symbol = "**", "x ** y", "^"

    def compute(self, x: Any, y: Any) -> Any:
        return f.power(x, y)

    def backward(self, dout: Any) -> tuple[Any, ...]:
        return self._by_base(dout), self._by_exponent(dout)

    def _by_base(self, dout: Any) -> Any:
        if (isinstance(self.y, Literal | int) and self.y == 0) or self.y == ZERO:
            return dout * 0
        try:
            return dout * (self.y * f.power(self.x, self.y - 1))
        except DomainError:
            return None

    def _by_exponent(self, dout: Any) -> Any:
        if isinstance(self.y, Literal):  # a number in the formula: nobody asks, and log may not exist
            return None
        try:
            return dout * (self.out * f.log(self.x))
        except DomainError:
            return None


class ExpLayer(Layer):
    """exp(x): its own derivative."""

    operation, formula, symbol = "exp", "exp(x)", "exp"
    variables = ("x",)

    def compute(self, x: Any) -> Any:
        return f.exp(x)

    def backward(self, dout: Any) -> tuple[Any, ...]:
        return (dout * self.out,)


class LogLayer(Layer):
    """The natural logarithm, x > 0."""

    operation, formula, symbol = "log", "log(x)", "log"
    variables = ("x",)

    def compute(self, x: Any) -> Any:
        return f.log(x)

    def backward(self, dout: Any) -> tuple[Any, ...]:
        return (f.divide(dout, self.x),)


class SqrtLayer(Layer):
    """The square root, x >= 0; at 0 it has no derivative."""

    operation, formula, symbol = "sqrt", "sqrt(x)", "√"
    variables = ("x",)

    def compute(self, x: Any) -> Any:
        return f.sqrt(x)

    def backward(self, dout: Any) -> tuple[Any, ...]:
        try:
            return (f.divide(dout, 2 * self.out),)
        except DomainError:
            return (None,)


class SinLayer(Layer):
    """Sine of radians."""

    operation, formula, symbol = "sin", "sin(x)", "sin"
    variables = ("x",)

    def compute(self, x: Any) -> Any:
        return f.sin(x)

    def backward(self, dout: Any) -> tuple[Any, ...]:
        return (dout * f.cos(self.x),)


class CosLayer(Layer):
    """Cosine of radians."""

    operation, formula, symbol = "cos", "cos(x)", "cos"
    variables = ("x",)

    def compute(self, x: Any) -> Any:
        return f.cos(x)

    def backward(self, dout: Any) -> tuple[Any, ...]:
        return (dout * -f.sin(self.x),)


class TanLayer(Layer):
    """Tangent of radians; its derivative is 1 + tan²."""

    operation, formula, symbol = "tan", "sin(x) / cos(x)", "tan"
    variables = ("x",)

    def compute(self, x: Any) -> Any:
        return f.tan(x)

    def backward(self, dout: Any) -> tuple[Any, ...]:
        return (dout * (1 + f.power(self.out, 2)),)


class TanhLayer(Layer):
    """Hyperbolic tangent; its derivative is 1 - tanh²."""

    operation, formula, symbol = "tanh", "1 - 2 / (exp(2 * x) + 1)", "tanh"
    variables = ("x",)

    def compute(self, x: Any) -> Any:
        return f.tanh(x)

    def backward(self, dout: Any) -> tuple[Any, ...]:
        return (dout * f.tanh_slope(self.x, self.out),)


class SigmoidLayer(Layer):
    """σ(x) = 1 / (1 + exp(-x)); its derivative is y (1 - y) in terms of the output y."""

    operation, formula, symbol = "sigmoid", "1 / (1 + exp(-x))", "σ"
    variables = ("x",)

    def compute(self, x: Any) -> Any:
        return f.sigmoid(x)

    def backward(self, dout: Any) -> tuple[Any, ...]:
        return (dout * f.sigmoid_slope(self.x, self.out),)


class ReluLayer(Layer):
    """x where positive, else 0; at 0 it passes 0, as the book's mask `x <= 0` does."""

    operation, formula, symbol = "relu", "max(x, 0)", "ReLU"
    variables = ("x",)

    def compute(self, x: Any) -> Any:
        return f.relu(x)

    def backward(self, dout: Any) -> tuple[Any, ...]:
        return (dout * f.relu_mask(self.x),)


class MaxLayer(Layer):
    """The larger of two; at a tie it has no derivative and refuses."""

    operation, formula, symbol = "max", "max(x, y)", "max"

    def compute(self, x: Any, y: Any) -> Any:
        return f.larger(x, y)

    def backward(self, dout: Any) -> tuple[Any, ...]:
        return dout * f.relu_mask(self.x - self.y), dout * f.relu_mask(self.y - self.x)


class Literal(Fraction):
    """A number that stands in the formula itself: it is no input and has no gradient."""


LAYERS: dict[str, type[Layer]] = {layer.__name__: layer for layer in Layer.__subclasses__()}
BY_OPERATION: dict[str, type[Layer]] = {layer.operation: layer for layer in LAYERS.values()}
FUNCTIONS = tuple(operation for operation in BY_OPERATION if operation.isalpha())
