"""What a worksheet says is true, what it must not say is not said, and readers see what was meant."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt

from quizgen import bank, families, formats, resources
from quizgen.cli import app, common
from quizgen.engine.expression import Expression, evaluate, names
from quizgen.engine.identity import apply, same
from quizgen.engine.parse import parse
from quizgen.errors import QuizgenError
from quizgen.files import write_whole
from quizgen.formats.markdown import MARKDOWN, escape, fenced, prose
from quizgen.generate import distinct
from quizgen.language import available, words
from quizgen.notation import Style, Sym
from quizgen.plan import Answers, Key, Plan
from quizgen.problem import Ask
from quizgen.question import Part, Question
from quizgen.sheet import Sheet, arrange
from quizgen.solve import Solution

LEVELS = [(family, level) for family in families.catalogue().values() for level in family.levels]
HOSTILE = "<b>&amp; *a* _b_ $c$ `d` [e](f) | g # ~~h~~ \\ i! ^j^ https://k_l.example 1. - {m}"
COMMAND = [sys.executable, "-m", "quizgen", "worksheet"]


@pytest.fixture(scope="session")
def questions() -> list[Question]:
    """One of each family and level, and one of each with another seed."""
    return distinct(LEVELS, 2 * len(LEVELS), "test")


def sheet(questions: list[Question], language: str = "en", seed: str = "s", **wanted: object) -> Sheet:
    return arrange(questions, Plan(language, seed, **wanted))  # type: ignore[arg-type]


def written(made: Sheet, name: str = "sheet.md") -> dict[str, str]:
    return formats.files_of(formats.choose(name), made, name)  # type: ignore[return-value]


def every_sheet(questions: list[Question]) -> list[Sheet]:
    return [sheet(questions, code, answers=answers) for code in available() for answers in Answers]


# --- reading a sheet back ------------------------------------------------------------------------------------


def typed(latex: str) -> str:
    """LaTeX of ours as typed mathematics."""
    text = latex.replace(r"\displaystyle", "").replace(r"\left", "").replace(r"\right", "")
    text = text.replace(r"\times", "*").replace(r"\cdot", "*")
    while found := re.search(r"\\frac\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}", text):
        text = f"{text[: found.start()]}(({found[1]})/({found[2]})){text[found.end() :]}"
    text = re.sub(r"\^\{([^{}]*)\}", r"**(\1)", text)
    tokens = re.findall(r"\d+(?:\.\d+)?|[a-z]|\*\*|[-+*/()]", text)
    out = ""
    for token in tokens:
        beside = out and (out[-1].isalnum() or out[-1] == ")") and (token[0].isalnum() or token == "(")
        out += ("*" if beside else "") + token
    return out


def number(latex: str) -> Fraction:
    value = evaluate(parse(typed(latex)), {}, apply, lambda constant: constant)
    assert isinstance(value, Fraction)
    return value


def key_table(text: str) -> dict[tuple[int, int], tuple[str, str]]:
    """Question and part -> the answer as LaTeX, and the letter."""
    found = {}
    for item, cells in re.findall(r"^\| (\d+) \|(.*)\|$", text, re.MULTILINE):
        for part, cell in enumerate(cells.split("|"), 1):
            answer = re.fullmatch(r" (?:\*\*(\S+)\*\* )?\$(.*?)\$(?: \w+)? ", cell)
            if answer:
                found[int(item), part] = (answer[2], answer[1] or "")
    return found


def option_lines(text: str) -> list[dict[str, str]]:
    lines = [line for line in text.splitlines() if re.match(r"\*\*\S\*\* \$", line)]
    return [dict(re.findall(r"\*\*(\S+)\*\* \$(.*?)\$", line)) for line in lines]


def parts_of(made: Sheet) -> list[tuple[tuple[int, int], object]]:
    """Question and part -> the key, solved anew."""
    return [
        ((item.number, place), key)
        for item in made.items
        for place, key in enumerate(Solution(item.question.problem).keys, 1)
    ]


def agrees(latex: str, key: object) -> bool:
    return same(parse(typed(latex)), key) if isinstance(key, Expression) else number(latex) == key


def svg_texts(text: str) -> list[str]:
    return [each.text or "" for each in ElementTree.fromstring(text).iter("{http://www.w3.org/2000/svg}text")]


# --- the key -------------------------------------------------------------------------------------------------


def test_the_key_in_the_file_is_the_solution(questions: list[Question]) -> None:
    for made in every_sheet(questions):
        table, expected = key_table(written(made)["sheet.md"]), parts_of(made)
        assert len(table) == len(expected) == len(made.tasks)
        assert all(agrees(table[place][0], key) for place, key in expected)


def test_every_worked_number_follows_from_the_one_before(questions: list[Question]) -> None:
    text = written(sheet(questions))["sheet.md"]
    steps = [line for line in text.splitlines() if line.startswith("- ")]
    numeric = 0
    for line in steps:
        pieces = re.sub(r"\$|\\displaystyle ", "", line).split(" = ")[1:]
        trees = [parse(typed(each)) for each in pieces if not re.search(r"\\partial|\\text", each)]
        values = [tree for tree in trees if not names(tree)]
        assert all(same(values[-1], other) for other in values), line  # symbols stand for numbers told elsewhere
        numeric += len(values) > 1
    assert numeric > 5 * len(questions)


def test_a_derivative_and_a_meaning_are_worked_out_to_their_key(questions: list[Question]) -> None:
    made = sheet(questions)
    shown = wanted = 0
    for item in made.items:
        text = written(sheet([item.question]))["sheet.md"]
        for task in item.tasks:
            # For a step of 1 the meaning is the gradient, which the whole solution shows already.
            beyond = task.part.ask.symbolic or task.part.ask.step not in (None, 1)
            wanted += beyond
            if beyond:
                stretch = text.split(f"For part ({task.number})")[1]
                results = re.findall(r"= ([^$=]*)\$$", stretch.replace(r"\displaystyle ", ""), re.MULTILINE)
                assert agrees(results[-1], task.part.key), item.question.id
                shown += 1
    assert shown == wanted > 0


def test_the_key_stands_where_it_is_wanted(questions: list[Question]) -> None:
    few = questions[:3]
    after, none = written(sheet(few)), written(sheet(few, key=Key.NONE))
    separate = written(sheet(few, key=Key.SEPARATE))
    heading = words("en")["sheet.key"]
    assert heading in after["sheet.md"]
    assert list(after)[-1] == list(separate)[-1] == "sheet.md"
    assert heading not in none["sheet.md"] and not key_table(none["sheet.md"])
    assert [name for name in none if "key" in name] == []
    assert separate["sheet.md"] == none["sheet.md"]
    assert key_table(separate["sheet.key.md"]) == key_table(after["sheet.md"]) != {}
    assert "Seed: s" in separate["sheet.key.md"] and "Seed: s" in separate["sheet.md"]


def test_every_picture_that_is_linked_is_written_and_the_other_way_round(questions: list[Question]) -> None:
    for key in Key:
        files = written(sheet(questions[:3], key=key), "名 前.md")
        links = [link for text in files.values() for link in re.findall(r"\]\((\S+)\)", text if "![" in text else "")]
        assert sorted(map(unquote, links)) == sorted(name for name in files if name.endswith(".svg"))
        assert len(links) == (3 if key == Key.NONE else 6)


# --- options -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("letters", ["ABCD", "アイウエ"])
def test_the_letter_of_the_key_names_the_key_and_is_spread_evenly(questions: list[Question], letters: str) -> None:
    for seed in ("s", "t", "u"):
        made = sheet(questions, seed=seed, answers=Answers.CHOICE, letters=letters)
        text = written(made)["sheet.md"]
        table, lines = key_table(text), option_lines(text)
        assert len(lines) == len(made.tasks)
        for (place, key), options in zip(parts_of(made), lines, strict=True):
            assert list(options) == list(letters) and len(set(options.values())) == 4
            assert [letter for letter in letters if agrees(options[letter], key)] == [table[place][1]]
        counts = Counter(letter for _, letter in table.values())
        assert set(counts) == set(letters) and max(counts.values()) - min(counts.values()) <= 1


def test_another_seed_puts_the_options_elsewhere(questions: list[Question]) -> None:
    one, other = (
        option_lines(written(sheet(questions, seed=seed, answers=Answers.CHOICE))["sheet.md"]) for seed in "ab"
    )
    assert one != other
    made = (sheet(questions, seed=seed, answers=Answers.CHOICE) for seed in "ab")
    first, second = ([task.letter for item in each.items for task in item.tasks] for each in made)
    assert first != second
    assert [sorted(each.values()) for each in one] == [sorted(each.values()) for each in other]


def test_where_there_is_a_choice_nobody_is_asked_to_write_a_fraction(questions: list[Question]) -> None:
    for code in available():
        asks = words(code)["ask.as_fraction"].strip()
        assert asks in written(sheet(questions, code))["sheet.md"]
        assert asks not in written(sheet(questions, code, answers=Answers.CHOICE))["sheet.md"]


@pytest.mark.parametrize("letters", ["ABC", "ABCDE", "ABCA", "A CD", "AB\nC", ""])
def test_other_than_four_different_letters_are_refused(letters: str) -> None:
    with pytest.raises(QuizgenError, match=r"sheet\.letters"):
        Plan("en", "s", letters=letters)


# --- what is asked -------------------------------------------------------------------------------------------


def test_the_picture_and_its_words_do_not_tell_the_answer(questions: list[Question]) -> None:
    for made in every_sheet(questions):
        files = written(made)
        for item in made.items:
            graph = item.question.problem.graph
            given = {str(operand) for node in graph.nodes for operand in node.operands}
            given |= {str(value) for value in graph.inputs.values()} | {"1"}
            given |= {str(task.number) for task in item.tasks}
            labels = "".join(map(item.wording.style.label, graph.names()))
            given |= set(re.findall(r"\d+", labels))  # "the 8% multiplier"
            alt = re.findall(r"!\[(.*?)\]\(", files["sheet.md"])[item.number - 1]
            for text in (alt, " ".join(svg_texts(files[f"sheet.files/q{item.number}.svg"]))):
                numbers = {each.replace("−", "-") for each in re.findall(r"−?\d+(?:\.\d+|/\d+)?", text)}
                values = {str(Fraction(each)) for each in numbers}
                assert values <= given, (item.question.id, values - given)
                assert all(str(task.number) in values for task in item.tasks if task.boxed)


def test_the_solved_picture_shows_every_value_and_gradient(questions: list[Question]) -> None:
    made = sheet(questions)
    files = written(made)
    for item in made.items:
        shown = " ".join(svg_texts(files[f"sheet.files/key{item.number}.svg"]))
        numbers = {Fraction(each.replace("−", "-")) for each in re.findall(r"−?\d+(?:\.\d+|/\d+)?", shown)}
        found = item.solution.found
        assert {*found.values.values(), *found.gradients.values()} <= numbers


def test_a_gradient_of_an_inner_node_has_no_place_on_the_picture_but_is_worked_out(questions: list[Question]) -> None:
    whole = next(each for each in questions if "t" in each.problem.graph and each.problem.level == 2)
    ask = Ask("gradient", "t", "x")
    problem = replace(whole.problem, asks=(ask,))
    (key,) = Solution(problem).keys
    question = Question(problem, (Part(ask, key, whole.parts[0].distractors),), "made-here")
    made = sheet([question], answers=Answers.GRAPH)
    text = written(made)["sheet.md"]
    assert "(1)" not in svg_texts(written(made)["sheet.files/q1.svg"]) and not made.items[0].tasks[0].boxed
    stretch = text.split("For part (1)")[1]
    assert r"\partial z" not in stretch and r"\partial y" not in stretch
    assert agrees(re.findall(r"= ([^$]*)\$$", stretch, re.MULTILINE)[-1], key)


def test_a_part_is_answered_in_its_box_or_on_its_line(questions: list[Question]) -> None:
    for made in (sheet(questions, answers=Answers.GRAPH), sheet(questions)):
        text = written(made)["sheet.md"]
        boxed = sum(task.boxed for item in made.items for task in item.tasks)
        assert text.count("\nAnswer: ____") == len(made.tasks) - boxed
        assert bool(boxed) == (made.plan.answers == Answers.GRAPH)


def test_head_and_identity(questions: list[Question]) -> None:
    from quizgen import __version__

    made = sheet(questions)
    text = written(made)["sheet.md"]
    assert f"Seed: s; variants {made.variants}; quizgen {__version__}" in text
    assert all(f"ID {question.id}" in text for question in questions)
    assert all(f"Question {number}. " in text for number in range(1, len(questions) + 1))


# --- readers -------------------------------------------------------------------------------------------------


def read(markdown: str) -> str:
    """The text that a reader of Markdown shows."""
    return unescape(re.sub("<[^>]+>", "", MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(markdown)))


@pytest.mark.parametrize("frame", ["{}", "# {}", "- {}", "**(1)** {} x", "| a |\n| - |\n| {} |"])
@pytest.mark.parametrize("text", [HOSTILE, *HOSTILE.split(), "1) x", "+ x", "= x", "=== ", "-5", "12. x", "<!--"])
def test_text_is_read_as_text(frame: str, text: str) -> None:
    assert "$" not in escape(text)  # it begins mathematics for other readers
    shown = read(frame.format(escape(text)))
    assert text.strip() in shown
    plain = read(frame.format("plain"))
    assert shown.replace(text.strip(), "plain").split() == plain.split()


def test_hostile_texts_print_as_text_everywhere(questions: list[Question]) -> None:
    made = sheet(questions[:2], seed=HOSTILE, title=HOSTILE, answers=Answers.CHOICE, letters="*$`|")
    files = written(made)
    shown = read(files["sheet.md"])
    assert shown.startswith(HOSTILE + "\n") and f"Seed: {HOSTILE}; variants" in shown
    assert "<b>" not in files["sheet.md"]
    options = [line for line in shown.splitlines() if "\u2003" in line]
    assert len(options) == len(made.tasks)
    assert all([each.split()[0] for each in line.split("\u2003")] == list("*$`|") for line in options)


def test_a_hostile_name_stays_within_its_mathematics() -> None:
    line = prose(("a ", Sym("x"), " b"), Style({"x": "p_q$r|s`t<u\\v^w~z{y}#%&"}))
    assert line.startswith("a $") and line.endswith("$ b")
    inside = line[3:-3]
    assert not re.search(r"(?<!\\)[#%&]|[$|`<~]", inside)
    assert all(
        r"\text" not in run or re.fullmatch(r"\w+|＄", run[6:-1]) for run in re.findall(r"\\text\{.*?\}", inside)
    )


def test_a_block_of_characters_ends_where_it_should() -> None:
    assert "````" in read(fenced("a\n````\nb")) and read(fenced("a\n````\nb") + "\n\nc").endswith("c\n")


def test_mathematics_stands_between_spaces(questions: list[Question]) -> None:
    for made in every_sheet(questions):
        for name, text in written(made).items():
            if name.endswith(".md"):
                outside = re.split(r"\$[^$\n]+\$", text)
                assert "$" not in "".join(outside)
                assert all(not piece or piece[0] in " \n.,:;?!)" for piece in outside[1:])
                assert all(not piece or piece[-1] in " \n(" for piece in outside[:-1])


@pytest.mark.client
@pytest.mark.skipif(not shutil.which("pandoc"), reason="pandoc is not installed")
def test_pandoc_reads_the_same_mathematics(questions: list[Question]) -> None:
    for made in every_sheet(questions):
        text = written(made)["sheet.md"]
        read = subprocess.run(
            ["pandoc", "-f", "gfm+tex_math_dollars", "-t", "json"],
            input=text,
            capture_output=True,
            text=True,
            check=True,
        )
        assert list(maths(json.loads(read.stdout))) == re.findall(r"\$([^$\n]+)\$", text)


def maths(node: Any) -> Iterator[str]:
    """The mathematics in a document of pandoc's."""
    if isinstance(node, dict) and node.get("t") == "Math":
        yield node["c"][1]
    elif isinstance(node, dict | list):
        for each in node.values() if isinstance(node, dict) else node:
            yield from maths(each)


def test_one_language_at_a_time(questions: list[Question]) -> None:
    for answers in Answers:
        for key in Key:
            both = {code: written(sheet(questions, code, answers=answers, key=key)) for code in available()}
            english = "".join(both["en"].values())
            assert not re.findall(r"[\u3000-\u30ff\u4e00-\u9fff]", english.replace("Yu Gothic", ""))
            for name, text in both["ja"].items():
                bare = re.sub(r"quizgen worksheet --again [-\\\w]+", " ", text)
                bare = re.sub(r"font-family=\".*?\"|<[^>]*>|\$[^$\n]+\$|\]\(.*?\)|[a-z]+\\_[a-z]+", " ", bare)
                assert not re.findall(r"[A-Za-z]{2,}(?: [A-Za-z]{2,})+", bare), name
                assert set(re.findall(r"\b[A-Za-z]{4,}\b", bare)) <= {"quizgen", "ReLU"}


# --- the command ---------------------------------------------------------------------------------------------


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    root = str(Path(resources.PACKAGE).parent)
    return subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        cwd=environment.pop("cwd", None),
        env={**os.environ, "PYTHONPATH": root, **environment},
        check=False,
    )


def test_the_same_seed_gives_the_same_bytes_anywhere(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    wanted = ["--count", "3", "--seed", "x", "--lang", "ja", "--answers", "choice", "--key", "separate"]
    first = run(*wanted, "-o", "a.md", cwd=str(one), PYTHONHASHSEED="1", LC_ALL="C", TZ="Asia/Tokyo")
    second = run(*wanted, "-o", str(other / "a.md"), "--jobs", "2", PYTHONHASHSEED="2", LC_ALL="ja_JP.UTF-8", TZ="UTC")
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    made = {path.relative_to(one): path.read_bytes() for path in one.rglob("*") if path.is_file()}
    assert made == {path.relative_to(other): path.read_bytes() for path in other.rglob("*") if path.is_file()}
    assert len(made) == 8 and not first.stdout


def test_standard_output_carries_the_sheet_and_its_pictures() -> None:
    done = run("--count", "1", "--family", "shopping", "--seed", "x", "--lang", "en", "--answers", "graph")
    text = done.stdout.decode()
    assert (done.returncode, done.stderr) == (0, b"")
    assert text.count("```text\n") == 2 and "(1) ______" in text.split("```")[1] and "svg" not in text


def test_without_a_seed_one_is_drawn_and_shown(tmp_path: Path) -> None:
    output = str(tmp_path / "a.md")
    assert app.run(["worksheet", "--count", "1", "--lang", "en", "-o", output]) == 0
    text = Path(output).read_text("utf-8")
    seed = re.search(r"Seed: (\w{8});", text)
    assert seed and app.run(["worksheet", "--count", "1", "--lang", "en", "--seed", seed[1], "-o", output]) == 0
    assert Path(output).read_text("utf-8") == text


def test_families_and_levels_come_in_turn(tmp_path: Path) -> None:
    output = tmp_path / "a.md"
    count = str(len(LEVELS))
    assert app.run(["worksheet", "--count", count, "--seed", "x", "--lang", "en", "-o", str(output)]) == 0
    titles = set(re.findall("Question \\d+[.] (.*)", output.read_text("utf-8")))
    assert titles == {escape(f"{family.title['en']}: {family.levels[level]['en']}") for family, level in LEVELS}


@pytest.fixture
def bank_file(tmp_path: Path, questions: list[Question]) -> Path:
    path = tmp_path / "bank.jsonl"
    path.write_text(bank.dump([*questions, questions[0]]), "utf-8")
    return path


def ids(path: Path) -> list[str]:
    return re.findall(r"ID (\w+)", path.read_text("utf-8"))


def test_a_bank_gives_its_variants_in_an_order_of_the_seed(bank_file: Path, questions: list[Question]) -> None:
    output = bank_file.with_name("a.md")
    known, orders = {question.id for question in questions}, []
    for seed in ("x", "y"):
        command = ["worksheet", str(bank_file), "--count", str(len(known)), "--seed", seed, "--lang", "en"]
        assert app.run([*command, "-o", str(output)]) == 0
        orders.append(ids(output))
    assert set(orders[0]) == set(orders[1]) == known and len(orders[0]) == len(known)
    assert orders[0] != orders[1]
    family = LEVELS[0][0].name
    command = ["worksheet", str(bank_file), "--family", family, "--level", "1", "--count", "2", "--seed", "x"]
    assert app.run([*command, "-o", str(output), "--lang", "en"]) == 0
    fits = {each.id for each in questions if (each.problem.family, each.problem.level) == (family, 1)}
    assert set(ids(output)) == fits


def test_a_source_gives_the_variants_of_its_bank_under_its_title(tmp_path: Path) -> None:
    source, output, built = tmp_path / "s.toml", tmp_path / "a.md", tmp_path / "b.jsonl"
    source.write_text('title = "<Unit> 5"\nseed = "k"\n[[entry]]\nfamily = "shopping"\nlevel = 1\ncount = 3\n', "utf-8")
    assert app.run(["worksheet", str(source), "--count", "3", "--lang", "en", "-o", str(output)]) == 0
    assert app.run(["bank", "build", str(source), "-o", str(built)]) == 0
    assert set(ids(output)) == {question.id for question in bank.read(built)}
    assert read(output.read_text("utf-8")).startswith("<Unit> 5\n") and "Seed: k;" in output.read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "key", "said"),
    [
        (["-o", "a.doc"], "format.unknown_suffix", ".md"),
        (["-o", "a"], "format.unknown_suffix", ".md"),
        (["-o", "a.md", "--to", "doc"], "format.unknown", "md"),
        (["--letters", "ABC"], "sheet.letters", "4"),
        (["--key", "separate"], "sheet.key_needs_file", "-o"),
        (["-o", "nowhere/a.md"], "sheet.no_folder", "nowhere"),
        (["BANK", "--count", "999"], "sheet.too_few", "COUNT"),
        (["BANK", "--level", "99"], "sheet.none", "bank.jsonl"),
        (["BANK", "--to", "md", "-o", "BANK"], "file.overwrites", "bank.jsonl"),
        (["--family", "shopping", "--level", "99"], "family.no_level", "99"),
        (["--level", "99"], "generate.no_levels", ""),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(
    arguments: list[str], key: str, said: str, bank_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(bank_file.parent)
    before = sorted(bank_file.parent.iterdir())
    with pytest.raises(QuizgenError) as caught:
        app.run(["worksheet", *[str(bank_file) if each == "BANK" else each for each in arguments]])
    assert caught.value.key == key
    for code in available():
        told = common.told(caught.value, words(code))
        assert said.replace("COUNT", str(2 * len(LEVELS))) in told
        assert "\n" not in told and "{" not in told
    assert sorted(bank_file.parent.iterdir()) == before


def test_a_wrong_choice_and_a_count_of_none_are_refused() -> None:
    for arguments in (["--answers", "sing"], ["--key", "x"], ["--count", "0"]):
        assert app.run(["worksheet", *arguments]) == 2


def test_nothing_changes_where_not_everything_can_be_written(
    tmp_path: Path, questions: list[Question], monkeypatch: pytest.MonkeyPatch
) -> None:
    output = str(tmp_path / "a.md")
    formats.save(MARKDOWN, written(sheet(questions[:2]), "a.md"), output)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert len(before) == 5
    count = 0

    def full(path: Path, text: str) -> None:
        nonlocal count
        count += 1
        if count == 4:
            raise QuizgenError("file.cannot_write", file=path, reason="full")
        write_whole(path, text)

    monkeypatch.setattr("quizgen.formats.write_whole", full)
    with pytest.raises(QuizgenError) as caught:
        formats.save(MARKDOWN, written(sheet(questions[2:5]), "a.md"), output)
    assert caught.value.details["file"] == output
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.files", "a.md"]


def test_pictures_of_an_earlier_sheet_do_not_stay(tmp_path: Path, questions: list[Question]) -> None:
    """A solved graph must not lie beside a sheet without its key. What is not ours stays."""
    mine = tmp_path / "a.files" / "mine.svg"
    formats.save(MARKDOWN, written(sheet(questions[:3]), "a.md"), str(tmp_path / "a.md"))
    mine.write_text("mine", "utf-8")
    formats.save(MARKDOWN, written(sheet(questions[:1], key=Key.NONE), "a.md"), str(tmp_path / "a.md"))
    left = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    assert left == ["a.files/mine.svg", "a.files/q1.svg", "a.md"]


@pytest.mark.parametrize("folder", ["a.md", "a.files/q1.svg"])
def test_a_folder_in_the_way_is_told_and_nothing_is_written(
    tmp_path: Path, questions: list[Question], folder: str
) -> None:
    (tmp_path / folder).mkdir(parents=True)
    with pytest.raises(QuizgenError, match=r"file\.cannot_write"):
        formats.save(MARKDOWN, written(sheet(questions[:2]), "a.md"), str(tmp_path / "a.md"))
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_formats_are_found_and_have_names_and_suffixes_of_their_own() -> None:
    found = formats.catalogue()
    assert "md" in found and len({each.suffix for each in found.values()}) == len(found)
    assert formats.choose("A.MD") is formats.choose("a.txt", "md") is formats.choose("-")


def test_templates_and_banks_are_found_in_a_checkout_and_in_a_wheel(tmp_path: Path) -> None:
    package = tmp_path / "quizgen"
    package.mkdir()
    assert resources.folder("banks", package) == tmp_path / "banks"
    (package / "_banks").mkdir()
    assert resources.folder("banks", package) == package / "_banks"
    assert (resources.templates() / "markdown" / "questions.md.j2").is_file()
    assert resources.banks().is_dir()
