"""A right pass, but the wrong number taken from it."""

from __future__ import annotations

from typing import Any

from quizgen.engine.chain_rule import Pass
from quizgen.engine.functions import Value
from quizgen.engine.graph import Graph
from quizgen.misconceptions import Misconception
from quizgen.problem import Ask


def _downstream(ask: Ask, graph: Graph, found: Pass) -> Value | None:
    return found.gradients.get(ask.wrt) if ask.kind == "local" else None


GRADIENT_FOR_LOCAL = Misconception(
    id="gradient-for-local",
    title={"en": "gradient given for the local derivative", "ja": "局所的な微分ではなく下流の微分を答えた"},
    feedback={
        "en": "The local derivative looks at this node alone; you have already multiplied by what arrives.",
        "ja": "局所的な微分はこのノードだけを見た微分です。上流の微分まで掛けてしまっています。",
    },
    reading=_downstream,
)


def _upstream(ask: Ask, graph: Graph, found: Pass) -> Any:
    return found.gradients.get(ask.of) if ask.kind == "local" else None


UPSTREAM_FOR_LOCAL = Misconception(
    id="upstream-for-local",
    title={"en": "upstream given for the local derivative", "ja": "局所的な微分ではなく上流の微分を答えた"},
    feedback={
        "en": "You gave what arrives from the right; the local derivative is the node's own.",
        "ja": "上流から伝わってくる微分を答えています。局所的な微分はこのノード自身の微分です。",
    },
    reading=_upstream,
)


def _forward_value(ask: Ask, graph: Graph, found: Pass) -> Any:
    if ask.kind in ("gradient", "upstream", "derivative"):
        return found.values.get(ask.wrt)
    return found.values.get(ask.of) if ask.kind == "local" else None


VALUE_FOR_GRADIENT = Misconception(
    id="value-for-gradient",
    title={"en": "forward value given for the gradient", "ja": "微分ではなく順伝播の値を答えた"},
    feedback={
        "en": "You gave the value from the forward pass; the derivative at that place was asked.",
        "ja": "順伝播の値を答えています。求めるのはその場所の微分です。",
    },
    reading=_forward_value,
)


def _consumer_value(ask: Ask, graph: Graph, found: Pass) -> Any:
    users = graph.consumers(ask.wrt) if ask.kind == "upstream" else []
    return found.values[users[0][0].name] if users else None


NEXT_VALUE_FOR_UPSTREAM = Misconception(
    id="next-value-for-upstream",
    title={"en": "next forward value given for the gradient", "ja": "上流の微分ではなく次のノードの値を答えた"},
    feedback={
        "en": "You gave the forward value of the node further right; what comes back from it was asked.",
        "ja": "右隣のノードの順伝播の値を答えています。求めるのは、そこから戻ってくる微分です。",
    },
    reading=_consumer_value,
)


def _new_total(ask: Ask, graph: Graph, found: Pass) -> Any:
    if ask.kind != "meaning" or ask.step is None:
        return None
    change: Any = found.gradients[ask.wrt] * ask.step
    return found.values[ask.of] + change


TOTAL_FOR_CHANGE = Misconception(
    id="total-for-change",
    title={"en": "new total given for the change", "ja": "増える量ではなく増えた後の値を答えた"},
    feedback={
        "en": "You gave the new total; by how much it grows was asked.",
        "ja": "増えた後の金額を答えています。求めるのは増える分だけです。",
    },
    reading=_new_total,
)


def _whole_unit(ask: Ask, graph: Graph, found: Pass) -> Any:
    if ask.kind != "meaning" or ask.step in (None, 1):
        return None
    return found.gradients[ask.wrt]


WHOLE_UNIT_FOR_STEP = Misconception(
    id="whole-unit-for-step",
    title={"en": "change per 1 given for a smaller step", "ja": "1 あたりの変化をそのまま答えた"},
    feedback={
        "en": "The gradient is the change per 1; multiply it by the step that was asked.",
        "ja": "微分は 1 増えたときの変化です。聞かれている刻み(1% なら 0.01)を掛けましょう。",
    },
    reading=_whole_unit,
)
