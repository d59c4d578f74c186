"""Mistakes in the derivative of one function: powers, ReLU, sigmoid and the rest."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from quizgen.engine import functions as f
from quizgen.engine.chain_rule import Rules, Site
from quizgen.engine.layers import (
    CosLayer,
    ExpLayer,
    Layer,
    LogLayer,
    MaxLayer,
    PowLayer,
    ReluLayer,
    SigmoidLayer,
    SqrtLayer,
    TanhLayer,
)
from quizgen.misconceptions import Misconception


def _at(layer: type[Layer], local: Callable[..., Any]) -> Rules:
    """The rule that at `layer` the local derivative by the first operand is `local(output, *operands)`."""

    def rule(site: Site) -> tuple[Any, ...] | None:
        if not isinstance(site.layer, layer):
            return None
        return (local(site.output, *site.inputs), *site.right[1:])

    return Rules(local=rule)


POWER_COEFFICIENT_LOST = Misconception(
    id="power-coefficient-lost",
    title={"en": "power: coefficient lost", "ja": "べき乗で係数を落とした"},
    feedback={
        "en": "The derivative of tⁿ is n·tⁿ⁻¹: the factor n is missing.",
        "ja": "tⁿ の微分は n·tⁿ⁻¹ です。係数 n が抜けています。",
    },
    rules=_at(PowLayer, lambda out, t, n: f.power(t, n - 1)),
)

POWER_EXPONENT_KEPT = Misconception(
    id="power-exponent-kept",
    title={"en": "power: exponent kept", "ja": "べき乗で指数を下げていない"},
    feedback={
        "en": "The derivative of tⁿ is n·tⁿ⁻¹: the exponent has to go down by one.",
        "ja": "tⁿ の微分は n·tⁿ⁻¹ です。指数を 1 下げ忘れています。",
    },
    rules=_at(PowLayer, lambda out, t, n: n * out),
)

POWER_LOWERED_TWICE = Misconception(
    id="power-lowered-twice",
    title={"en": "power: exponent lowered twice", "ja": "べき乗で指数を2つ下げた"},
    feedback={
        "en": "The derivative of tⁿ is n·tⁿ⁻¹: the exponent goes down by one, not by two.",
        "ja": "tⁿ の微分は n·tⁿ⁻¹ です。指数を下げるのは 1 だけで、2 ではありません。",
    },
    rules=_at(PowLayer, lambda out, t, n: n * f.power(t, n - 2)),
)

RELU_NO_MASK = Misconception(
    id="relu-no-mask",
    title={"en": "ReLU: no mask", "ja": "ReLU のマスクを忘れた"},
    feedback={
        "en": "Where the input of ReLU was not positive nothing passes back; you let the gradient through.",
        "ja": "順伝播の入力が 0 以下だった ReLU では、逆伝播は 0 になります。そのまま流してはいけません。",
    },
    rules=_at(ReluLayer, lambda out, x: Fraction(1)),
)


def _mask_by_dout(site: Site, upstream: Any, local: Any) -> Any:
    return f.relu(upstream) if isinstance(site.layer, ReluLayer) else None


RELU_MASK_BY_DOUT = Misconception(
    id="relu-mask-by-dout",
    title={"en": "ReLU: masked by the gradient", "ja": "ReLU のマスクを上流の微分で決めた"},
    feedback={
        "en": "ReLU's mask comes from the sign of its forward input, not from the sign of the gradient.",
        "ja": "ReLU のマスクは順伝播の入力の符号で決まります。上流の微分の符号ではありません。",
    },
    rules=Rules(combine=_mask_by_dout),
)

RELU_TIMES_INPUT = Misconception(
    id="relu-times-input",
    title={"en": "ReLU: multiplied by its input", "ja": "ReLU で入力の値を掛けた"},
    feedback={
        "en": "ReLU passes the gradient on as it is where its input was positive; do not multiply by the input.",
        "ja": "ReLU は入力が正なら上流の微分をそのまま流します。入力の値を掛けてはいけません。",
    },
    rules=_at(ReluLayer, lambda out, x: x),
)

SIGMOID_OF_INPUT = Misconception(
    id="sigmoid-of-input",
    title={"en": "sigmoid: x(1 − x)", "ja": "sigmoid で入力を使った x(1−x)"},
    feedback={
        "en": "The derivative of the sigmoid is y(1 − y) with its output y, not with its input.",
        "ja": "sigmoid の微分は出力 y を使った y(1−y) です。入力 x ではありません。",
    },
    rules=_at(SigmoidLayer, lambda out, x: x * (1 - x)),
)

SIGMOID_AT_OUTPUT = Misconception(
    id="sigmoid-at-output",
    title={"en": "sigmoid: derivative taken at the output", "ja": "sigmoid の微分を出力の位置で求めた"},
    feedback={
        "en": "You applied the sigmoid to its own output once more; y(1 − y) already uses the output.",
        "ja": "出力にもう一度 sigmoid をかけています。y(1−y) の y は順伝播の出力そのものです。",
    },
    rules=_at(SigmoidLayer, lambda out, x: f.sigmoid(out) * (1 - f.sigmoid(out))),
)

SIGMOID_AS_TANH = Misconception(
    id="sigmoid-as-tanh",
    title={"en": "sigmoid: 1 − y²", "ja": "sigmoid に tanh の微分 1−y² を使った"},
    feedback={
        "en": "1 − y² is the derivative of tanh; that of the sigmoid is y(1 − y).",
        "ja": "1−y² は tanh の微分です。sigmoid の微分は y(1−y) です。",
    },
    rules=_at(SigmoidLayer, lambda out, x: 1 - f.power(out, 2)),
)

TANH_AS_SIGMOID = Misconception(
    id="tanh-as-sigmoid",
    title={"en": "tanh: y(1 − y)", "ja": "tanh に sigmoid の微分 y(1−y) を使った"},
    feedback={
        "en": "y(1 − y) is the derivative of the sigmoid; that of tanh is 1 − y².",
        "ja": "y(1−y) は sigmoid の微分です。tanh の微分は 1−y² です。",
    },
    rules=_at(TanhLayer, lambda out, x: out * (1 - out)),
)

TANH_OF_INPUT = Misconception(
    id="tanh-of-input",
    title={"en": "tanh: 1 − x²", "ja": "tanh で入力を使った 1−x²"},
    feedback={
        "en": "The derivative of tanh is 1 − y² with its output y, not with its input.",
        "ja": "tanh の微分は出力 y を使った 1−y² です。入力 x ではありません。",
    },
    rules=_at(TanhLayer, lambda out, x: 1 - f.power(x, 2)),
)

EXP_AS_POWER = Misconception(
    id="exp-as-power",
    title={"en": "exp differentiated as a power", "ja": "exp をべき乗として微分した"},
    feedback={
        "en": "exp(x) is its own derivative; the power rule is for xⁿ.",
        "ja": "exp(x) の微分は exp(x) 自身です。べき乗の公式は xⁿ に使います。",
    },
    rules=_at(ExpLayer, lambda out, x: x * f.exp(x - 1)),
)

LOG_OF_OUTPUT = Misconception(
    id="log-of-output",
    title={"en": "log: one over the output", "ja": "log で出力の逆数を使った"},
    feedback={
        "en": "The derivative of log(x) is 1/x with its input x, not with its output.",
        "ja": "log(x) の微分は入力を使った 1/x です。出力の逆数ではありません。",
    },
    rules=_at(LogLayer, lambda out, x: f.divide(1, out)),
)

SQRT_HALF_LOST = Misconception(
    id="sqrt-half-lost",
    title={"en": "square root: the half is lost", "ja": "平方根の微分で 1/2 を落とした"},
    feedback={
        "en": "The derivative of √x is 1/(2√x): the 2 is missing.",
        "ja": "√x の微分は 1/(2√x) です。分母の 2 が抜けています。",
    },
    rules=_at(SqrtLayer, lambda out, x: f.divide(1, out)),
)

COS_SIGN_LOST = Misconception(
    id="cos-sign-lost",
    title={"en": "cosine: minus sign lost", "ja": "cos の微分で符号を落とした"},
    feedback={
        "en": "The derivative of cos(x) is -sin(x): the minus sign is missing.",
        "ja": "cos(x) の微分は −sin(x) です。マイナスの符号が抜けています。",
    },
    rules=_at(CosLayer, lambda out, x: f.sin(x)),
)


def _max_to_both(site: Site) -> tuple[Any, ...] | None:
    return (Fraction(1), Fraction(1)) if isinstance(site.layer, MaxLayer) else None


MAX_TO_BOTH = Misconception(
    id="max-to-both",
    title={"en": "max passes to both", "ja": "max で両方に微分を流した"},
    feedback={
        "en": "Only the larger operand of max receives the gradient; the other one gets 0.",
        "ja": "max では大きい方の入力だけに微分が流れ、もう一方には 0 が流れます。",
    },
    rules=Rules(local=_max_to_both),
)
