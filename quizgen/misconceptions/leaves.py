"""A number of the story read wrongly: the tax as a rate, as a percentage, left out, in the wrong unit."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from quizgen.engine.chain_rule import Pass, Rules
from quizgen.engine.graph import Graph
from quizgen.misconceptions import Misconception
from quizgen.problem import MULTIPLIER, RATE, Ask


def _is_multiplier(graph: Graph, name: str) -> bool:
    return graph.roles.get(name) == MULTIPLIER


def _rate(graph: Graph, name: str, value: Any) -> Any:
    return value - 1 if _is_multiplier(graph, name) else None


TAX_AS_RATE = Misconception(
    id="tax-as-rate",
    title={"en": "rate for the multiplier", "ja": "1+率ではなく率を掛けた"},
    feedback={
        "en": "What grows by r % is multiplied by 1 + rate (1.1 for 10 %); by the rate alone you get the growth.",
        "ja": "r% 増しにするには 1+率(10% なら 1.1)を掛けます。0.1 を掛けると、税額など増える分だけになります。",
    },
    rules=Rules(leaf=_rate),
)


def _percentage(graph: Graph, name: str, value: Any) -> Any:
    return (value - 1) * 100 if _is_multiplier(graph, name) else None


TAX_AS_PERCENTAGE = Misconception(
    id="tax-as-percentage",
    title={"en": "percentage for the multiplier", "ja": "1+率ではなく百分率のまま掛けた"},
    feedback={
        "en": "r % means r hundredths: multiply by 1 + r/100 (1.1 for 10 %, 1.08 for 8 %), not by r.",
        "ja": "r% は 100 分の r のことです。r ではなく 1+r/100(10% なら 1.1、8% なら 1.08)を掛けます。",
    },
    rules=Rules(leaf=_percentage),
)


def _hundredfold(graph: Graph, name: str, value: Any) -> Any:
    return value * 100 if graph.roles.get(name) == RATE else None


RATE_AS_PERCENTAGE = Misconception(
    id="rate-as-percentage",
    title={"en": "percentage for the rate", "ja": "率ではなく百分率のまま計算した"},
    feedback={
        "en": "r % means r hundredths: reckon with r/100 (0.05 for 5 %), not with r.",
        "ja": "r% は 100 分の r のことです。r ではなく r/100(5% なら 0.05)で計算します。",
    },
    rules=Rules(leaf=_hundredfold),
)


def _ignored(graph: Graph, name: str, value: Any) -> Any:
    return Fraction(1) if _is_multiplier(graph, name) else None


TAX_IGNORED = Misconception(
    id="tax-ignored",
    title={"en": "tax, or another rate, left out", "ja": "税などの率を忘れた"},
    feedback={
        "en": "You left the rate out: the multiplication by 1 + rate is part of the graph.",
        "ja": "税などの率を忘れています。1+率を掛けるノードも計算グラフの一部です。",
    },
    rules=Rules(leaf=_ignored),
)


def _per_point(ask: Ask, graph: Graph, found: Pass) -> Any:
    # Where the question itself is about one percentage point, dividing by 100 is right.
    if ask.kind != "gradient" or graph.roles.get(ask.wrt) not in (MULTIPLIER, RATE):
        return None
    return found.gradients[ask.wrt] * Fraction(1, 100)


TAX_PER_POINT = Misconception(
    id="tax-per-percentage-point",
    title={"en": "gradient of a rate per percentage point", "ja": "率の微分を1ポイントあたりで答えた"},
    feedback={
        "en": "The gradient is per 1 of the rate or multiplier; per percentage point it is a hundredth of that.",
        "ja": "微分は率や倍率が 1 増えるときの値です。1% 分(0.01)の変化は、その 100 分の 1 です。",
    },
    reading=_per_point,
)


def _swapped(graph: Graph, name: str, value: Any) -> Any:
    multipliers = [each for each in graph.inputs if _is_multiplier(graph, each)]
    if name not in multipliers or len(multipliers) != 2:
        return None
    return graph.inputs[multipliers[1 - multipliers.index(name)]]


TAX_RATES_SWAPPED = Misconception(
    id="tax-rates-swapped",
    title={"en": "the two rates swapped", "ja": "2つの率を取り違えた"},
    feedback={
        "en": "You used each rate where the other belongs (food is taxed at 8 %, the rest at 10 %).",
        "ja": "率を取り違えています。どちらに掛かる率かを確かめましょう(税なら食料品は 8%、それ以外は 10%)。",
    },
    rules=Rules(leaf=_swapped),
)
