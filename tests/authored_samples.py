"""Sources that tests change: a good one, and ways to spoil it."""

from __future__ import annotations

GOOD = '''title = "Tea"
seed = "tea"

[[problem]]
name = "tea"
count = 3
title.en = "Tea by mail"
title.ja = "緑茶の取り寄せ"
story.en = "Buy {n} bottles at {price} yen each; shipping is {fee} yen, the tax {tax}."
story.ja = "1本{price}円の緑茶を{n}本取り寄せます。送料は{fee}円、税は{tax}です。"
values.price = { from = 90, to = 190, step = 10 }
values.n = { from = 2, to = 9 }
values.fee = [200, 300, 500]
values.tax = { one_of = ["8%", "10%"], as = "multiplier" }
conditions = ["price * n < 1500"]
graph = """
cost = price * n
sum = cost + fee
total = sum * tax
"""
formula = "(price * n + fee) * tax"
ask = ["value", "upstream cost", "gradient price", "meaning n"]
unit = { en = "yen", ja = "円" }
names.price = { en = "price", ja = "単価" }
hints.en = ["Forward first."]
hints.ja = ["まず順伝播です。"]

[[problem.misconceptions]]
id = "fee-for-each"
instead = "sum = cost + fee * n"
title = { en = "shipping for each bottle", ja = "送料を1本ごとに払った" }
feedback = { en = "Shipping is paid once.", ja = "送料は1度だけです。" }
'''


def changed(old: str, new: str, text: str = GOOD) -> str:
    """The good source with one thing put for another."""
    assert text.count(old) >= 1, old
    return text.replace(old, new, 1)
