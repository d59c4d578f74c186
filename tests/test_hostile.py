"""Broken and hostile sources and banks: one clear line with the place, nothing half-written, little time and memory."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from authored_samples import GOOD, changed

from quizgen import bank, resources, source

SECONDS, MEGABYTES = 2.0, 500


def _doubling(name: str, times: int) -> str:
    lines = [f"d0 = {name} + {name}", *(f"d{each} = d{each - 1} + d{each - 1}" for each in range(1, times))]
    return "\n".join([*lines, f"total = d{times - 1} * tax"])


# What is written, and the line of the file that has to be named (0: the file alone).
SOURCES: dict[str, tuple[str | bytes, int]] = {
    "title is a number": (changed('title = "Tea"', "title = 3"), 1),
    "seed is a number": (changed('seed = "tea"', "seed = 5"), 2),
    "seed holds a line break": (changed('seed = "tea"', 'seed = "a\\nb"'), 2),
    "problem is a table": (changed("[[problem]]", "[problem]"), 4),
    "problem is text": ('problem = "tea"\n', 1),
    "nothing to build": ('title = "Tea"\n', 1),
    "misspelt field": (changed("story.en", "stroy.en"), 9),
    "misspelt field of a value": (changed("step = 10", "stpe = 10"), 11),
    "misspelt field of a misconception": (changed("instead", "insted"), 30),
    "no story": (changed("story.en", "title.fr").replace("story.ja", "title.de"), 4),
    "no graph": (changed('graph = """\ncost = price * n\nsum = cost + fee\ntotal = sum * tax\n"""\n', ""), 4),
    "name is a number": (changed('name = "tea"', "name = 3"), 5),
    "name is a path": (changed('name = "tea"', 'name = "../../etc/passwd"'), 5),
    "name is one of ours": (changed('name = "tea"', 'name = "shopping"'), 5),
    "count is text": (changed("count = 3", 'count = "3"'), 6),
    "count is negative": (changed("count = 3", "count = -3"), 6),
    "count is huge": (changed("count = 3", "count = 1000000000000"), 6),
    "more than there are": (changed("count = 3", "count = 5000"), 6),
    "value is a truth": (changed("{ from = 2, to = 9 }", "true"), 12),
    "value is empty": (changed("{ from = 2, to = 9 }", "{}"), 12),
    "value has no to": (changed("{ from = 2, to = 9 }", "{ from = 2 }"), 12),
    "value is two things": (changed("{ from = 2, to = 9 }", '{ from = 2, to = 9, is = "price" }'), 12),
    "value is words": (changed("from = 2,", 'from = "two",'), 12),
    "value runs code": (changed("from = 2,", "from = \"__import__('os').getpid()\","), 12),
    "from above to": (changed("from = 2, to = 9", "from = 9, to = 2"), 12),
    "step of nothing": (changed("step = 10", "step = 0"), 11),
    "step backwards": (changed("step = 10", "step = -10"), 11),
    "a range beyond counting": (changed("to = 9", "to = 1e30"), 12),
    "no list": (changed("[200, 300, 500]", "[]"), 13),
    "list of lists": (changed("[200, 300, 500]", "[[200], [300]]"), 13),
    "list of 100,000": (changed("[200, 300, 500]", str(list(range(100_000)))), 13),
    "number of 10,000 digits": (changed("[200, 300, 500]", f"[{'9' * 10_000}]"), 13),
    "number with a huge exponent": (changed("[200, 300, 500]", '["1e999999999"]'), 13),
    "role unknown": (changed('as = "multiplier"', 'as = "tax"'), 14),
    "percent and plain": (changed('"8%", "10%"', '"8%", 1.1'), 14),
    "values in a circle": (changed("[200, 300, 500]", '{ is = "tax * 2" }'), 13),
    "value of itself": (changed("[200, 300, 500]", '{ is = "fee + 1" }'), 13),
    "condition sets": (changed("price * n < 1500", "price = 3"), 15),
    "condition of the unknown": (changed("price * n < 1500", "prise * n < 1500"), 15),
    "condition that never holds": (changed("price * n < 1500", "price < 0"), 15),
    "two comparisons": (changed("price * n < 1500", "100 < price * n < 1500"), 15),
    "joined comparisons": (changed("price * n < 1500", "price < 150 and n < 8"), 15),
    "graph in a circle": (changed("cost = price * n", "cost = total * n"), 17),
    "node of itself": (changed("cost = price * n", "cost = cost * n"), 17),
    "unknown name in the graph": (changed("cost = price * n", "cost = prise * n"), 17),
    "two operations": (changed("cost = price * n", "cost = price * n + 1"), 17),
    "no operation": (changed("cost = price * n", "cost = price"), 17),
    "no equals sign": (changed("cost = price * n", "cost price * n"), 17),
    "line that leads nowhere": (changed("cost = price * n", "cost = price * n\nlost = price + n"), 18),
    "node called as an input": (changed("cost = price * n", "fee = price * n"), 17),
    "node called as a function": (changed("cost = price * n", "sin = price * n"), 17),
    "graph runs code": (changed("cost = price * n", "cost = __import__('os').system('id')"), 17),
    "power of powers": (changed("cost = price * n", "cost = price ** 9**9**9"), 17),
    "power beyond bounds": (
        changed("sum = cost + fee", "sum = cost ** fee").replace(
            "total = sum * tax", "t = sum ** fee\ntotal = t ** tax"
        ),
        0,
    ),
    "parentheses 5,000 deep": (changed("cost = price * n", "cost = " + "(" * 5000 + "price" + ")" * 5000), 16),
    "formula without end": (changed('"(price * n + fee) * tax"', '"' + "price+" * 100_000 + 'n"'), 21),
    "formula of another story": (changed("(price * n + fee) * tax", "price * n * tax + fee"), 21),
    "graph that doubles without end": (changed("total = sum * tax", _doubling("sum", 40)), 16),
    "name of a value of 100 characters": (changed("cost + fee\n", "cost + fee\n" + "x" * 100 + " = sum + fee\n"), 19),
    "condition that takes long": (changed("price * n < 1500", "sin(" * 400 + "price" + ")" * 400 + " > 2"), 4),
    "more than a line of a bank holds": (
        changed('"price * n < 1500"', ", ".join(f'"{"price" + " " * 9000} > {each}"' for each in range(12))),
        4,
    ),
    "value that is not exact": (changed("[200, 300, 500]", '{ is = "pi" }'), 13),
    "unknown kind": (changed('"value", ', '"valeu", '), 22),
    "gradient by the unknown": (changed("gradient price", "gradient prise"), 22),
    "gradient of what does not depend": (changed("gradient price", "gradient cost fee"), 22),
    "local of no operand": (changed("gradient price", "local total price"), 22),
    "story with code": (changed("Buy {n} ", "Buy {n.__class__} "), 9),
    "story with a template": (changed("Buy {n} ", "Buy {n} {{ 7 * 7 }} "), 9),
    "story with a filter": (changed("Buy {n} ", "Buy {n!r} "), 9),
    "story gives the answer away": (changed("Buy {n} ", "Buy {n} for {total} "), 9),
    "story leaves a number out": (changed("Buy {n} bottles", "Buy bottles"), 9),
    "story has a number of its own": (changed("Buy {n} ", "Buy {n} of 77 "), 9),
    "no translation": (
        changed('story.ja = "1本{price}円の緑茶を{n}本取り寄せます。送料は{fee}円、税は{tax}です。"\n', ""),
        9,
    ),
    "language unknown": (changed("title.ja", "title.jp"), 8),
    "hints that are no list": (changed('hints.en = ["Forward first."]', 'hints.en = "Forward first."'), 25),
    "unit that is text": (changed('unit = { en = "yen", ja = "円" }', 'unit = "yen"'), 23),
    "two things of one name": (changed('names.price = { en = "price"', 'names.price = { en = "n"'), 24),
    "name of 300 characters": (changed('{ en = "price"', '{ en = "' + "x" * 300 + '"'), 24),
    "field twice": (changed("count = 3", "count = 3\ncount = 4"), 7),
    "foreign letters bare": (changed("values.n =", "values.本数 ="), 12),
    "wrong line of an input": (changed("sum = cost + fee * n", "price = cost + fee * n"), 30),
    "control character": (changed('title.en = "Tea by mail"', 'title.en = "Tea\\u0007"'), 7),
    "text turned round": (changed('title.en = "Tea by mail"', 'title.en = "Tea \\u202e lin"'), 7),
    "wrong line of no node": (changed("sum = cost + fee * n", "summ = cost + fee * n"), 30),
    "wrong line that is right": (changed("sum = cost + fee * n", "sum = fee + cost"), 30),
    "wrong line with a later name": (changed("sum = cost + fee * n", "sum = cost + total"), 30),
    "id of one of ours": (changed('"fee-for-each"', '"tax-ignored"'), 29),
    "not TOML": (changed('title = "Tea"', 'title = "Tea'), 1),
    "tables without end": ("a = " + "[" * 50_000, 1),
    "dotted without end": ("a" + ".a" * 50_000 + " = 1", 1),
    "inline tables without end": ("a = " + "{a = " * 50_000, 1),
    "dotted in a header": (GOOD + "[a" + ".a" * 50_000 + "]\n", 33),
    "a million small keys": ("".join(f"k{number} = 1\n" for number in range(70_000)), 1),
    "a long line of brackets": ("a = [" + "[]," * 300_000 + "]", 1),
    "a long word": ("a" * 1_000_000 + " = 1", 1),
    "a long text": ('title = "' + "x" * 1_000_000 + '"', 1),
    "10 MB": (GOOD + "# " + "x" * 10_000_000, 0),
    "10 MB of problems": (GOOD * 8000, 0),
    "broken UTF-8": (GOOD.encode() + b"# \xff\xfe\n", 33),
    "nothing but zeros": (b"\x00" * 1000, 1),
    "UTF-16": (GOOD.encode("utf-16"), 1),
}


def _record() -> dict[str, Any]:
    record: dict[str, Any] = json.loads(_bank().splitlines()[0])
    return record


@functools.cache
def _bank() -> str:
    """The bank that the good source builds."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "good.toml"
        file.write_text(GOOD, "utf-8")
        wanted = source.read(file)
        return bank.dump(source.build(wanted), wanted.origin)


def _edited(change: Callable[[dict[str, Any]], None], seal: bool = False) -> str:
    """A bank whose second line was changed, and sealed again where whoever did it thought of that."""
    from quizgen.record import sealed

    first, second, third = _bank().splitlines()
    record = json.loads(second)
    change(record)
    if seal:
        record.pop("seal")
        record = sealed(record)
    return "\n".join((first, json.dumps(record, ensure_ascii=False), third)) + "\n"


def _set(place: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(record: dict[str, Any]) -> None:
        *way, last = [int(each) if each.isdigit() else each for each in place.split(".")]
        table: Any = record
        for each in way:
            table = table[each]
        table[last] = value

    return change


BANKS: dict[str, tuple[Callable[[], str | bytes], int]] = {
    "key edited": (lambda: _edited(_set("parts.0.key", "1234")), 2),
    "key edited and sealed": (lambda: _edited(_set("parts.0.key", "1234"), seal=True), 2),
    "input edited and sealed": (lambda: _edited(_set("graph.inputs.n", "77"), seal=True), 2),
    "input out of its range, all else right": (lambda: _edited(_moved, seal=True), 2),
    "story edited": (lambda: _edited(_set("problem.story.en", "Buy {n} at {price}, {fee}, {tax}!")), 2),
    "seed edited": (lambda: _edited(_set("seed", "other")), 2),
    "option edited": (lambda: _edited(_set("parts.0.distractors.0.value", "4321")), 2),
    "option edited and sealed": (lambda: _edited(_set("parts.0.distractors.0.value", "4321"), seal=True), 2),
    "graph of the definition edited": (lambda: _edited(_set("problem.graph", "total = price * n"), seal=True), 2),
    "definition that explodes": (lambda: _edited(_set("problem.graph", "total = price ** 9**9**9"), seal=True), 2),
    "definition that is a list": (lambda: _edited(_set("problem", [1, 2]), seal=True), 2),
    "unknown layer": (lambda: _edited(_set("graph.nodes.0.layer", "os.system"), seal=True), 2),
    "graph in a circle": (lambda: _edited(_set("graph.nodes.0.inputs", ["total", "n"]), seal=True), 2),
    "id is a path": (lambda: _edited(_set("id", "../../x"), seal=True), 2),
    "id with control characters": (lambda: _edited(_set("id", "\x1b[31m"), seal=True), 2),
    "number of a million digits": (lambda: _edited(_set("graph.inputs.n", "9" * 100_000), seal=True), 2),
    "number with a huge exponent": (lambda: _edited(_set("parts.0.key", "1e999999999"), seal=True), 2),
    "formula that explodes": (lambda: _edited(_set("formula", "9**9**9**9"), seal=True), 2),
    "no parts": (lambda: _edited(_set("parts", []), seal=True), 2),
    "doubled": (lambda: _bank() + _bank().splitlines()[0] + "\n", 4),
    "cut off": (lambda: _bank()[:-40], 3),
    "cut off in a character": (lambda: _bank().encode()[: _bank().encode().index("緑茶".encode()) + 1], 1),
    "deep": (lambda: _bank() + "[" * 100_000 + "\n", 4),
    "not JSON": (lambda: _bank() + "{'id': 1}\n", 4),
    "a list": (lambda: _bank() + "[1, 2, 3]\n", 4),
    "10 MB in a line": (lambda: _bank() + json.dumps({**_record(), "more": "x" * 10_000_000}) + "\n", 4),
    "broken UTF-8": (lambda: _bank().encode() + b"\xff\n", 4),
    "empty": (lambda: "", 0),
}


def _moved(record: dict[str, Any]) -> None:
    """Another number of bottles than the definition allows, with everything that follows from it."""
    from quizgen.question import compose
    from quizgen.record import from_record
    from quizgen.record import record as written
    from quizgen.solve import Solution

    record["graph"]["inputs"]["n"] = "11"
    record["parts"] = [{**part, "distractors": [], "key": "1"} for part in record["parts"]]
    fresh = written(compose(Solution(from_record(record).problem)))
    record.update({name: fresh[name] for name in ("id", "graph", "parts")})


def run(arguments: list[str], home: Path) -> tuple[int, str, str, float, float]:
    """A command's exit code, output, errors, seconds of the processor, and megabytes at their most."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(resources.PACKAGE.parent),
        "QUIZGEN_HOME": str(home),
        "LANG": "C.UTF-8",
    }
    command = [sys.executable, "-m", "quizgen", *arguments]
    with (home / "out").open("w+b") as out, (home / "err").open("w+b") as err:
        process = subprocess.Popen(command, stdout=out, stderr=err, stdin=subprocess.DEVNULL, env=environment, cwd=home)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        texts = [(out.seek(0), out.read().decode())[1], (err.seek(0), err.read().decode())[1]]
    megabytes = usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    return process.returncode, texts[0], texts[1], usage.ru_utime + usage.ru_stime, megabytes


needs_wait4 = pytest.mark.skipif(not hasattr(os, "wait4"), reason="memory is measured as POSIX does")


@needs_wait4
@pytest.mark.parametrize("name", SOURCES)
def test_a_bad_source_costs_one_line(name: str, tmp_path: Path) -> None:
    written, line = SOURCES[name]
    file = tmp_path / "bad.toml"
    file.write_bytes(written if isinstance(written, bytes) else written.encode())
    before = sorted(tmp_path.iterdir())
    target = tmp_path / "bad.jsonl"
    code, out, err, seconds, megabytes = run(["bank", "build", file.name, "-o", target.name], tmp_path)
    told = err.splitlines()
    assert (code, out, len(told)) == (1, "", 1), err
    assert told[0].startswith(f"quizgen: {file.name}:{line}: " if line else "quizgen: "), told[0]
    assert len(told[0]) < 700
    assert not target.exists()
    assert {*before, tmp_path / "out", tmp_path / "err"} == set(tmp_path.iterdir())
    assert seconds < SECONDS and megabytes < MEGABYTES, (seconds, megabytes)


@needs_wait4
@pytest.mark.parametrize("name", BANKS)
def test_a_bad_bank_is_told_by_its_line(name: str, tmp_path: Path) -> None:
    make, line = BANKS[name]
    written = make()
    file = tmp_path / "bad.jsonl"
    file.write_bytes(written if isinstance(written, bytes) else written.encode())
    code, out, err, seconds, megabytes = run(["bank", "check", file.name, "--lang", "en"], tmp_path)
    assert code == 1, out + err
    told = [
        each for each in (out + err).splitlines() if f"{file.name}:{line}" in each or (not line and file.name in each)
    ]
    assert told, out + err
    assert all(each.isprintable() for each in (out + err).splitlines())
    assert "Traceback" not in err
    assert seconds < SECONDS and megabytes < MEGABYTES, (seconds, megabytes)


def test_the_source_that_is_spoiled_is_good(tmp_path: Path) -> None:
    file = tmp_path / "good.toml"
    file.write_text(GOOD, "utf-8")
    code, out, err, _, _ = run(["bank", "check", file.name, "--lang", "en", "--seeds", "20"], tmp_path)
    assert code == 0, out + err


def test_there_are_sixty_and_more() -> None:
    assert len(SOURCES) + len(BANKS) >= 60
