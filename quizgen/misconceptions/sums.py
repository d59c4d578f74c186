"""Mistakes at addition and subtraction nodes."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from quizgen.engine.chain_rule import Rules, Site
from quizgen.engine.layers import AddLayer, SubLayer
from quizgen.misconceptions import Misconception


def _as_a_product(site: Site) -> tuple[Any, ...] | None:
    x, y = site.inputs if isinstance(site.layer, AddLayer) else (None, None)
    return (y, x) if isinstance(site.layer, AddLayer) else None


SUM_AS_PRODUCT = Misconception(
    id="sum-as-product",
    title={"en": "sum treated as a product", "ja": "加算ノードを乗算ノードとして扱った"},
    feedback={
        "en": "You multiplied by the other term at an addition node; an addition passes the gradient on unchanged.",
        "ja": "加算ノードで相手の値を掛けています。加算ノードは上流の微分をそのまま下流へ流します。",
    },
    rules=Rules(local=_as_a_product),
)


def _halves(site: Site) -> tuple[Any, ...] | None:
    half = Fraction(1, 2)
    return (half, half) if isinstance(site.layer, AddLayer) else None


SUM_SPLITS = Misconception(
    id="sum-splits",
    title={"en": "sum splits what arrives", "ja": "加算ノードで微分を分け合った"},
    feedback={
        "en": "You shared the gradient out between the terms of a sum; each term receives all of it.",
        "ja": "加算ノードで上流の微分を半分ずつに分けています。どちらの入力にも同じ値がそのまま流れます。",
    },
    rules=Rules(local=_halves),
)


def _only_local(site: Site, upstream: Any, local: Any) -> Any:
    return local if isinstance(site.layer, AddLayer | SubLayer) else None


SUM_UPSTREAM_IGNORED = Misconception(
    id="sum-upstream-ignored",
    title={"en": "sum or difference: upstream gradient ignored", "ja": "加算・減算ノードで上流の微分を掛けていない"},
    feedback={
        "en": "You restarted from 1 at a sum or difference; it passes on what arrives (sign turned on the right).",
        "ja": "加算・減算ノードで 1 から始め直しています。上流の微分を流しましょう(引く側では符号が変わります)。",
    },
    rules=Rules(combine=_only_local),
)


def _keeps_sign(site: Site) -> tuple[Any, ...] | None:
    return (Fraction(1), Fraction(1)) if isinstance(site.layer, SubLayer) else None


SUBTRACTION_KEEPS_SIGN = Misconception(
    id="subtraction-keeps-sign",
    title={"en": "subtraction keeps its sign", "ja": "減算ノードで符号を変えていない"},
    feedback={
        "en": "What is subtracted receives the gradient with its sign turned.",
        "ja": "引かれる側にはそのまま、引く側には符号を反転した微分が流れます。",
    },
    rules=Rules(local=_keeps_sign),
)
