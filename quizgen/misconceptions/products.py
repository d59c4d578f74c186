"""Mistakes at multiplication and division nodes."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from quizgen.engine import functions as f
from quizgen.engine.chain_rule import Rules, Site
from quizgen.engine.layers import DivLayer, MulLayer
from quizgen.misconceptions import Misconception


def _not_swapped(site: Site) -> tuple[Any, ...] | None:
    return site.inputs if isinstance(site.layer, MulLayer) else None


PRODUCT_NOT_SWAPPED = Misconception(
    id="product-not-swapped",
    title={"en": "product: factors not swapped", "ja": "乗算ノードで値を入れ替えていない"},
    feedback={
        "en": "At a multiplication node what arrives is multiplied by the other factor, not by the same one.",
        "ja": "乗算ノードでは、順伝播の入力を「ひっくり返した値」を掛けます。自分自身の値を掛けてはいけません。",
    },
    rules=Rules(local=_not_swapped),
)


def _only_local(site: Site, upstream: Any, local: Any) -> Any:
    return local if isinstance(site.layer, MulLayer) else None


PRODUCT_UPSTREAM_IGNORED = Misconception(
    id="product-upstream-ignored",
    title={"en": "product: upstream gradient ignored", "ja": "乗算ノードで上流の微分を掛けていない"},
    feedback={
        "en": "You passed on the local derivative of the multiplication alone; multiply it by what arrives.",
        "ja": "乗算ノードの局所的な微分だけを渡しています。上流から伝わってきた微分を掛けましょう。",
    },
    rules=Rules(combine=_only_local),
)


def _as_a_sum(site: Site) -> tuple[Any, ...] | None:
    return (Fraction(1), Fraction(1)) if isinstance(site.layer, MulLayer) else None


PRODUCT_AS_SUM = Misconception(
    id="product-as-sum",
    title={"en": "product treated as a sum", "ja": "乗算ノードを加算ノードとして扱った"},
    feedback={
        "en": "You passed the gradient through a multiplication node unchanged; only an addition node does that.",
        "ja": "乗算ノードで微分をそのまま流しています。そのまま流すのは加算ノードだけです。",
    },
    rules=Rules(local=_as_a_sum),
)


def _sign_lost(site: Site) -> tuple[Any, ...] | None:
    if not isinstance(site.layer, DivLayer):
        return None
    x, y = site.inputs
    return f.divide(1, y), f.divide(x, f.power(y, 2))


QUOTIENT_SIGN_LOST = Misconception(
    id="quotient-sign-lost",
    title={"en": "quotient: minus sign lost", "ja": "除算ノードで符号を落とした"},
    feedback={
        "en": "The derivative of x / y by the denominator is -x / y²: the minus sign is missing.",
        "ja": "x/y を分母 y で微分すると −x/y² です。マイナスの符号が抜けています。",
    },
    rules=Rules(local=_sign_lost),
)


def _not_squared(site: Site) -> tuple[Any, ...] | None:
    if not isinstance(site.layer, DivLayer):
        return None
    x, y = site.inputs
    return f.divide(1, y), -f.divide(x, y)


QUOTIENT_NOT_SQUARED = Misconception(
    id="quotient-not-squared",
    title={"en": "quotient: denominator not squared", "ja": "除算ノードで分母を2乗していない"},
    feedback={
        "en": "The derivative of x / y by the denominator is -x / y²: the denominator has to be squared.",
        "ja": "x/y を分母 y で微分すると −x/y² です。分母が2乗になっていません。",
    },
    rules=Rules(local=_not_squared),
)
