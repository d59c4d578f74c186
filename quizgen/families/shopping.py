"""Shopping with tax, the book's own example: each good is a product, goods meet in a sum, the tax scales it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from quizgen.draw import Draw
from quizgen.engine.graph import Graph
from quizgen.engine.layers import AddLayer, MulLayer, SubLayer
from quizgen.families import Family, Prose, usual_asks
from quizgen.notation import number_text
from quizgen.problem import MULTIPLIER, PERCENTAGE_POINT, Ask, Draft, Problem

FOOD_TAX, OTHER_TAX = Fraction(108, 100), Fraction(110, 100)  # 軽減税率 and 標準税率, since October 2019


@dataclass(frozen=True)
class Good:
    """Something to buy: its words, its counter, and the unit prices (yen, before tax) that make sense."""

    ja: str
    counter: str
    one: str
    many: str
    cheapest: int
    dearest: int
    food: bool


GOODS = {
    "apple": Good("りんご", "個", "apple", "apples", 80, 240, True),
    "orange": Good("みかん", "個", "orange", "oranges", 50, 180, True),
    "milk": Good("牛乳", "本", "carton of milk", "cartons of milk", 160, 290, True),
    "egg": Good("卵", "パック", "pack of eggs", "packs of eggs", 180, 340, True),
    "bread": Good("食パン", "袋", "loaf of bread", "loaves of bread", 130, 320, True),
    "onigiri": Good("おにぎり", "個", "rice ball", "rice balls", 110, 220, True),
    "tea": Good("緑茶", "本", "bottle of tea", "bottles of tea", 90, 190, True),
    "notebook": Good("ノート", "冊", "notebook", "notebooks", 120, 380, False),
    "pencil": Good("鉛筆", "本", "pencil", "pencils", 50, 150, False),
    "eraser": Good("消しゴム", "個", "eraser", "erasers", 60, 160, False),
    "towel": Good("タオル", "枚", "towel", "towels", 250, 700, False),
    "tape": Good("テープ", "個", "roll of tape", "rolls of tape", 110, 290, False),
    "folder": Good("ファイル", "冊", "folder", "folders", 90, 280, False),
    "battery": Good("電池", "パック", "pack of batteries", "packs of batteries", 280, 620, False),
}
FOOD = tuple(name for name, good in GOODS.items() if good.food)
OTHER = tuple(name for name, good in GOODS.items() if not good.food)

LEVELS = {
    1: {"en": "one good", "ja": "商品が1種類"},
    2: {"en": "two goods", "ja": "商品が2種類"},
    3: {"en": "three goods with a shipping fee", "ja": "商品が3種類と送料"},
    4: {"en": "two goods with a coupon (subtraction)", "ja": "商品が2種類とクーポン(減算)"},
    5: {"en": "both tax rates in one basket", "ja": "2つの税率(8% と 10%)が混ざる買い物"},
    6: {"en": "the same number of two goods (fan-out)", "ja": "2種類を同じ数だけ買う(分岐)"},
}


def _price(graph: Graph, good: str, draw: Draw) -> str:
    return graph.input(good, draw.integer(GOODS[good].cheapest, GOODS[good].dearest, 10))


def _purchase(graph: Graph, good: str, draw: Draw) -> str:
    """One good: unit price times count."""
    price = _price(graph, good, draw)
    return graph.node(f"{good}_price", MulLayer, price, graph.input(f"{good}_num", draw.integer(2, 9)))


def _draw(draw: Draw, level: int) -> Draft:
    graph = Graph()
    if level == 5:
        food, other = draw.choice(FOOD), draw.choice(OTHER)
        bills = []
        for good, rate, name in ((food, FOOD_TAX, "food_tax"), (other, OTHER_TAX, "other_tax")):
            bill = _purchase(graph, good, draw)
            bills.append(graph.node(f"{good}_taxed", MulLayer, bill, graph.input(name, rate, MULTIPLIER)))
        graph.node("price", AddLayer, *bills)
        formula = f"{food}*{food}_num*food_tax + {other}*{other}_num*other_tax"
        return Draft(graph, formula, _asks(draw, graph))
    # A fee is taxed at 10 %, and so are all goods in a basket that has one rate and a fee.
    kind = OTHER if level == 3 else draw.choice((FOOD, OTHER))
    goods = draw.sample(kind, {1: 1, 3: 3}.get(level, 2))
    bill, formula = _same_number(graph, goods, draw) if level == 6 else _bill(graph, goods, draw, level)
    tax = graph.input("tax", FOOD_TAX if kind is FOOD else OTHER_TAX, MULTIPLIER)
    graph.node("price", MulLayer, bill, tax)
    return Draft(graph, f"({formula}) * tax", _asks(draw, graph))


def _bill(graph: Graph, goods: list[str], draw: Draw, level: int) -> tuple[str, str]:
    """The goods summed, with the fee added or the coupon taken off; and the formula that says so."""
    bill = _purchase(graph, goods[0], draw)
    for place, good in enumerate(goods[1:]):
        name = "all_price" if place == len(goods) - 2 else "two_price"
        bill = graph.node(name, AddLayer, bill, _purchase(graph, good, draw))
    formula = " + ".join(f"{good}*{good}_num" for good in goods)
    if level == 3:
        fee = graph.input("fee", draw.integer(200, 600, 50))
        return graph.node("with_fee", AddLayer, bill, fee), formula + " + fee"
    if level == 4:
        coupon = graph.input("coupon", draw.integer(30, 150, 10))
        return graph.node("discounted", SubLayer, bill, coupon), formula + " - coupon"
    return bill, formula


def _same_number(graph: Graph, goods: list[str], draw: Draw) -> tuple[str, str]:
    """The same number of two goods: one count that goes two ways."""
    first, second = goods
    price = _price(graph, first, draw)
    count = graph.input("num", draw.integer(2, 9))
    one = graph.node(f"{first}_price", MulLayer, price, count)
    other = graph.node(f"{second}_price", MulLayer, _price(graph, second, draw), count)
    return graph.node("all_price", AddLayer, one, other), f"({first} + {second}) * num"


def _asks(draw: Draw, graph: Graph) -> tuple[Ask, ...]:
    leaf, wrt = draw.sample(list(graph.inputs), 2)
    step = PERCENTAGE_POINT if wrt in graph.roles else Fraction(1)
    return usual_asks(draw, graph, leaf, Ask("meaning", "price", wrt, step))


def _goods(problem: Problem) -> list[str]:
    return [name for name in problem.graph.inputs if name in GOODS]


def _amount(problem: Problem, name: str) -> str:
    return number_text(Fraction(str(problem.graph.inputs[name])))


def _percent(problem: Problem, name: str) -> str:
    return number_text((Fraction(str(problem.graph.inputs[name])) - 1) * 100)


def _story_ja(problem: Problem) -> str:
    graph, goods = problem.graph, _goods(problem)
    priced = {good: f"単価{_amount(problem, good)}円の{GOODS[good].ja}" for good in goods}
    if "num" in graph.inputs:
        first, second = goods
        counters = {GOODS[good].counter for good in goods}
        counter = counters.pop() if len(counters) == 1 else "つ"
        count = _amount(problem, "num") + counter
        bought = f"{priced[first]}と{priced[second]}を、同じ数だけ({count}ずつ)買いました。"
    else:
        bought = (
            "、".join(f"{priced[g]}を{_amount(problem, f'{g}_num')}{GOODS[g].counter}" for g in goods) + "買いました。"
        )
    extra = ""
    if "fee" in graph.inputs:
        extra = f"送料が{_amount(problem, 'fee')}円かかり、送料にも同じ消費税がかかります。"
    if "coupon" in graph.inputs:
        extra = f"クーポンで、税を掛ける前の合計から{_amount(problem, 'coupon')}円が引かれます。"
    if "food_tax" in graph.inputs:
        food, other = goods
        rates = (
            f"消費税率は、{GOODS[food].ja}が{_percent(problem, 'food_tax')}%(軽減税率)、"
            f"{GOODS[other].ja}が{_percent(problem, 'other_tax')}%(標準税率)です。"
        )
    else:
        rates = f"消費税率は{_percent(problem, 'tax')}%です。"
    return f"Aさんは、{bought}{extra}金額はすべて税抜で、{rates}端数処理はしません。"


def _count_en(problem: Problem, good: str) -> str:
    return f"{_amount(problem, f'{good}_num')} {GOODS[good].many} at {_amount(problem, good)} yen each"


def _and(items: list[str]) -> str:
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1]


def _story_en(problem: Problem) -> str:
    graph, goods = problem.graph, _goods(problem)
    if "num" in graph.inputs:
        first, second = (f"{GOODS[good].many} at {_amount(problem, good)} yen each" for good in goods)
        bought = f"Alex buys the same number of two goods, {_amount(problem, 'num')} of each: {first}, and {second}. "
    else:
        bought = f"Alex buys {_and([_count_en(problem, good) for good in goods])}. "
    extra = ""
    if "fee" in graph.inputs:
        extra = f"Shipping costs {_amount(problem, 'fee')} yen and is taxed like the goods. "
    if "coupon" in graph.inputs:
        extra = f"A coupon takes {_amount(problem, 'coupon')} yen off the sum before tax. "
    if "food_tax" in graph.inputs:
        food, other = goods
        rates = (
            f"the consumption tax is {_percent(problem, 'food_tax')}% on the {GOODS[food].many} (food) "
            f"and {_percent(problem, 'other_tax')}% (the standard rate) on the {GOODS[other].many}"
        )
    else:
        rates = f"the consumption tax is {_percent(problem, 'tax')}%"
    return f"{bought}{extra}All amounts are before tax, {rates}, and nothing is rounded."


def _story(problem: Problem, language: str) -> Prose:
    return (_story_ja(problem) if language == "ja" else _story_en(problem),)


_LABELS = {
    "tax": {"ja": "消費税の倍率", "en": "tax multiplier"},
    "food_tax": {"ja": "軽減税率の倍率", "en": "food tax multiplier"},
    "other_tax": {"ja": "標準税率の倍率", "en": "standard tax multiplier"},
    "fee": {"ja": "送料", "en": "shipping fee"},
    "coupon": {"ja": "値引き額", "en": "coupon"},
    "num": {"ja": "買う数", "en": "number of each"},
    "two_price": {"ja": "2品の代金", "en": "cost of two goods"},
    "all_price": {"ja": "代金の合計", "en": "cost of all goods"},
    "with_fee": {"ja": "送料込みの合計", "en": "cost with shipping"},
    "discounted": {"ja": "値引き後の合計", "en": "cost after coupon"},
    "price": {"ja": "支払金額", "en": "total"},
}


def _labels(problem: Problem, language: str) -> dict[str, str]:
    labels = {name: texts[language] for name, texts in _LABELS.items() if name in problem.graph}
    for name in _goods(problem):
        good = GOODS[name]
        if language == "ja":
            words = (
                f"{good.ja}の単価",
                f"{good.ja}の{_count_word(good)}",
                f"{good.ja}の代金",
                f"{good.ja}の税込代金",
            )
        else:
            words = (
                f"price of {_a(good.one)}",
                f"number of {good.many}",
                f"cost of {good.many}",
                f"taxed cost of {good.many}",
            )
        names = (name, f"{name}_num", f"{name}_price", f"{name}_taxed")
        labels |= {each: word for each, word in zip(names, words, strict=True) if each in problem.graph}
    return labels


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _count_word(good: Good) -> str:
    return "パック数" if good.counter == "パック" else f"{good.counter}数"


def _meaning(problem: Problem, ask: Ask, language: str) -> str:
    label = _labels(problem, language)[ask.wrt]
    if language == "ja":
        if ask.wrt in problem.graph.roles:
            which = {"food_tax": "軽減税率", "other_tax": "標準税率"}.get(ask.wrt, "消費税率")
            return f"{which}が1パーセントポイント上がると、支払金額は何円増えますか。"
        if ask.wrt == "coupon":
            return "値引き額が1円増えると、支払金額は何円増えますか(減るときは負の数で答えなさい)。"
        if ask.wrt == "num":
            return "買う数がそれぞれ1増えると、支払金額は何円増えますか。"
        if ask.wrt.endswith("_num"):
            good = GOODS[ask.wrt.removesuffix("_num")]
            return f"{good.ja}を買う数が1{good.counter}増えると、支払金額は何円増えますか。"
        return f"{label}が1円上がると、支払金額は何円増えますか。"
    if ask.wrt in problem.graph.roles:
        which = {"food_tax": "tax rate on food", "other_tax": "standard tax rate"}.get(ask.wrt, "tax rate")
        return f"If the {which} rises by 1 percentage point, by how many yen does the total grow?"
    if ask.wrt == "coupon":
        return "If the coupon is worth 1 yen more, by how many yen does the total grow (negative if it falls)?"
    if ask.wrt == "num":
        return "If one more of each is bought, by how many yen does the total grow?"
    if ask.wrt.endswith("_num"):
        good = GOODS[ask.wrt.removesuffix("_num")]
        return f"If one more {good.one} is bought, by how many yen does the total grow?"
    what = "shipping fee" if ask.wrt == "fee" else f"price of one {GOODS[ask.wrt].one}"
    return f"If the {what} rises by 1 yen, by how many yen does the total grow?"


SHOPPING = Family(
    name="shopping",
    title={"en": "Shopping with tax", "ja": "消費税つきの買い物"},
    levels=LEVELS,
    kinds=("value", "local", "upstream", "gradient", "meaning"),
    draw=_draw,
    story=_story,
    labels=_labels,
    meaning=_meaning,
    decimals=True,
    unit={"en": "yen", "ja": "円"},
    longest=6,
)
