"""Verified records per second, measured in one run: `python tests/benchmark_bank.py [ROUNDS]`.

`quizgen bank build` (draw, solve, check every value and gradient, find and rank the wrong options, write) against a
script that does as little as can be called checked: the book's layers, and one `sympy.diff` a problem. Each is a
process of its own, start-up included. Prints medians and ratios; nothing is asserted.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COUNTS = (50, 500, 2000)
LEVELS = (("shopping", 2), ("chain-rule", 2))

SCRIPT = """
import json, random, sys
from fractions import Fraction

import sympy


class MulLayer:
    def forward(self, x, y):
        self.x, self.y = x, y
        return x * y

    def backward(self, dout):
        return dout * self.y, dout * self.x


class AddLayer:
    def forward(self, x, y):
        return x + y

    def backward(self, dout):
        return dout * 1, dout * 1


class PowLayer:
    def __init__(self, n):
        self.n = n

    def forward(self, x):
        self.x = x
        return x**self.n

    def backward(self, dout):
        return dout * self.n * self.x ** (self.n - 1)


def shopping(draw):
    names = "apple apple_num orange orange_num tax"
    prices = [Fraction(draw.randrange(50, 250, 10)) for _ in range(2)]
    nums = [Fraction(draw.randint(2, 9)) for _ in range(2)]
    tax = Fraction(draw.choice((108, 110)), 100)
    apple, orange, total, taxed = MulLayer(), MulLayer(), AddLayer(), MulLayer()
    bill = total.forward(apple.forward(prices[0], nums[0]), orange.forward(prices[1], nums[1]))
    price = taxed.forward(bill, tax)
    dall, dtax = taxed.backward(1)
    dapple, dorange = total.backward(dall)
    gradients = (*apple.backward(dapple), *orange.backward(dorange), dtax)
    a, n, o, m, t = symbols = sympy.symbols(names)
    return symbols, (a * n + o * m) * t, (prices[0], nums[0], prices[1], nums[1], tax), price, gradients


def chain_rule(draw):
    x, y = (Fraction(draw.choice([n for n in range(-5, 6) if n])) for _ in range(2))
    a, b, c, n = draw.randint(2, 5), draw.randint(2, 5), draw.randint(-9, 9), draw.choice((2, 3))
    u, v, s, t, z = MulLayer(), MulLayer(), AddLayer(), AddLayer(), PowLayer(n)
    value = z.forward(t.forward(s.forward(u.forward(a, x), v.forward(b, y)), c))
    du, dv = s.backward(t.backward(z.backward(1))[0])
    symbols = sympy.symbols("x y")
    formula = (a * symbols[0] + b * symbols[1] + c) ** n
    return symbols, formula, (x, y), value, (u.backward(du)[1], v.backward(dv)[1])


draw, count, make = random.Random(sys.argv[1]), int(sys.argv[3]), {"shopping": shopping, "chain-rule": chain_rule}
with open(sys.argv[4], "w") as output:
    for _ in range(count):
        symbols, formula, values, value, gradients = make[sys.argv[2]](draw)
        place = draw.randrange(len(symbols))
        at = {symbol: sympy.Rational(v.numerator, v.denominator) for symbol, v in zip(symbols, values)}
        wanted = sympy.diff(formula, symbols[place]).subs(at)
        assert Fraction(int(wanted.p), int(wanted.q)) == gradients[place]
        record = {"values": [*map(str, values)], "wrt": str(symbols[place]), "value": str(value)}
        output.write(json.dumps({**record, "key": str(gradients[place])}) + "\\n")
"""


def seconds(command: list[str], output: Path, count: int) -> float:
    """Of a process that writes `count` lines to `output`."""
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    taken = time.perf_counter() - began
    with output.open() as lines:
        assert sum(1 for _ in lines) == count
    return taken


def compare(family: str, level: int, count: int, rounds: int, folder: Path) -> None:
    ours, theirs, output = list[float](), list[float](), folder / "records.jsonl"
    for number in range(rounds):  # in turn, so that both meet the same load
        seed, script = f"benchmark-{number}", folder / "script.py"
        script.write_text(SCRIPT, "utf-8")
        build = [sys.executable, "-m", "quizgen", "bank", "build", "--family", family, "--level", str(level)]
        ours.append(seconds([*build, "--count", str(count), "--seed", seed, "-o", str(output)], output, count))
        theirs.append(seconds([sys.executable, str(script), seed, family, str(count), str(output)], output, count))
    one, other = (count / statistics.median(each) for each in (ours, theirs))
    load = os.getloadavg()[0]
    print(
        f"{family} {level}, {count:5} records: quizgen {one:6.1f}/s   layers and one sympy.diff {other:6.1f}/s   "
        f"ratio {one / other:.2f}   load {load:.1f} on {os.cpu_count()} cores",
        flush=True,
    )


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as name:
        for family, level in LEVELS:
            for count in COUNTS:
                compare(family, level, count, rounds, Path(name))


if __name__ == "__main__":
    main()
