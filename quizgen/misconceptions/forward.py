"""Mistakes on the way forward: another operation than the node's."""

from __future__ import annotations

from typing import Any

from quizgen.engine import functions as f
from quizgen.engine.chain_rule import Rules, Site
from quizgen.engine.layers import AddLayer, DivLayer, MulLayer, PowLayer, SubLayer
from quizgen.misconceptions import Misconception


def _adds(site: Site) -> Any:
    return site.inputs[0] + site.inputs[1] if isinstance(site.layer, MulLayer) else None


ADDS_FOR_MULTIPLIES = Misconception(
    id="forward-adds-for-multiplies",
    title={"en": "forward: added at a product", "ja": "順伝播:掛けるところを足した"},
    feedback={
        "en": "A multiplication node multiplies its inputs; you added them.",
        "ja": "乗算ノードでは入力どうしを掛けます。足してはいけません。",
    },
    rules=Rules(forward=_adds),
)


def _multiplies(site: Site) -> Any:
    return site.inputs[0] * site.inputs[1] if isinstance(site.layer, AddLayer) else None


MULTIPLIES_FOR_ADDS = Misconception(
    id="forward-multiplies-for-adds",
    title={"en": "forward: multiplied at a sum", "ja": "順伝播:足すところを掛けた"},
    feedback={
        "en": "An addition node adds its inputs; you multiplied them.",
        "ja": "加算ノードでは入力どうしを足します。掛けてはいけません。",
    },
    rules=Rules(forward=_multiplies),
)


def _adds_for_subtracts(site: Site) -> Any:
    return site.inputs[0] + site.inputs[1] if isinstance(site.layer, SubLayer) else None


ADDS_FOR_SUBTRACTS = Misconception(
    id="forward-adds-for-subtracts",
    title={"en": "forward: added at a subtraction", "ja": "順伝播:引くところを足した"},
    feedback={
        "en": "A subtraction node takes the second input away; you added it.",
        "ja": "減算ノードでは2つ目の入力を引きます。足してはいけません。",
    },
    rules=Rules(forward=_adds_for_subtracts),
)


def _ignores_subtraction(site: Site) -> Any:
    return site.inputs[0] if isinstance(site.layer, SubLayer) else None


SUBTRACTION_FORGOTTEN = Misconception(
    id="forward-subtraction-forgotten",
    title={"en": "forward: subtraction forgotten", "ja": "順伝播:引き忘れた"},
    feedback={
        "en": "You left the subtraction out.",
        "ja": "引き算をし忘れています。",
    },
    rules=Rules(forward=_ignores_subtraction),
)


def _inverted(site: Site) -> Any:
    return f.divide(site.inputs[1], site.inputs[0]) if isinstance(site.layer, DivLayer) else None


QUOTIENT_INVERTED = Misconception(
    id="forward-quotient-inverted",
    title={"en": "forward: quotient upside down", "ja": "順伝播:分子と分母を逆にした"},
    feedback={
        "en": "You divided the wrong way round: the first input is divided by the second.",
        "ja": "割る向きが逆です。1つ目の入力を2つ目の入力で割ります。",
    },
    rules=Rules(forward=_inverted),
)


def _multiple(site: Site) -> Any:
    return site.inputs[1] * site.inputs[0] if isinstance(site.layer, PowLayer) else None


POWER_AS_MULTIPLE = Misconception(
    id="forward-power-as-multiple",
    title={"en": "forward: tⁿ read as n·t", "ja": "順伝播:tⁿ を n·t とした"},
    feedback={
        "en": "tⁿ is t multiplied by itself, not n times t.",
        "ja": "tⁿ は t を n 回掛けたものです。t の n 倍ではありません。",
    },
    rules=Rules(forward=_multiple),
)


def _operands(site: Site, place: int) -> tuple[Any, ...]:
    """The values that entered the node which makes this operand."""
    made = site.graph.producer(site.node.operands[place])
    if made is None:
        return ()
    return tuple(site.value_of(each) for each in made.operands)


def _distributed(site: Site) -> Any:
    made = site.graph.producer(site.node.operands[0])
    if not isinstance(site.layer, PowLayer) or made is None or made.layer not in (AddLayer, SubLayer):
        return None
    first, second = (f.power(value, site.inputs[1]) for value in _operands(site, 0))
    return first + second if made.layer is AddLayer else first - second


POWER_DISTRIBUTED = Misconception(
    id="forward-power-distributed",
    title={"en": "forward: (x + y)ⁿ read as xⁿ + yⁿ", "ja": "順伝播:(x+y)ⁿ を xⁿ+yⁿ とした"},
    feedback={
        "en": "A power of a sum or difference is not taken term by term: work out the parentheses first, then raise.",
        "ja": "和や差のべき乗は、項ごとのべき乗ではありません。先にかっこの中を計算してから累乗します。",
    },
    rules=Rules(forward=_distributed),
)


def _one_term_only(site: Site, term: int) -> Any:
    """(a ± b)·t as a·t ± b (a coupon taken off after tax) or a ± b·t."""
    if not isinstance(site.layer, MulLayer):
        return None
    for place, operand in enumerate(site.node.operands):
        made = site.graph.producer(operand)
        if made is not None and made.layer in (AddLayer, SubLayer):
            terms = list(_operands(site, place))
            terms[term] = terms[term] * site.inputs[1 - place]
            return terms[0] + terms[1] if made.layer is AddLayer else terms[0] - terms[1]
    return None


FIRST_TERM_ONLY = Misconception(
    id="forward-first-term-only",
    title={"en": "forward: only the first term multiplied", "ja": "順伝播:1つ目の項だけに掛けた"},
    feedback={
        "en": "A factor outside the parentheses multiplies everything inside; you applied it to the first term only.",
        "ja": "かっこの外の因数は、かっこの中の全体に掛けます。1つ目の項だけに掛けています。",
    },
    rules=Rules(forward=lambda site: _one_term_only(site, 0)),
)

LAST_TERM_ONLY = Misconception(
    id="forward-last-term-only",
    title={"en": "forward: only the last term multiplied", "ja": "順伝播:最後の項だけに掛けた"},
    feedback={
        "en": "A factor outside the parentheses multiplies everything inside; you applied it to the last term only.",
        "ja": "かっこの外の因数は、かっこの中の全体に掛けます。最後の項だけに掛けています。",
    },
    rules=Rules(forward=lambda site: _one_term_only(site, 1)),
)
