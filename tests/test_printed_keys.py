"""What is printed is right: every number of the keys of a hundred sheets, read back from the files, against sympy.

The reader of each format and sympy are all that is asked: the solvers' keys take no part.
"""

from __future__ import annotations

import ast
import itertools
import json
import operator
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache, cached_property
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pdf_reader
import pytest
import sympy
from spoken import Reader
from test_html import of_class, read, said_by

from quizgen import families, formats
from quizgen.generate import distinct
from quizgen.language import available
from quizgen.plan import Answers, Plan
from quizgen.problem import Ask, Problem
from quizgen.sheet import Item, Sheet, arrange

SHEETS, QUESTIONS = 100, 6
LEVELS = [(family, level) for family in families.catalogue().values() for level in family.levels]
FORMS = list(itertools.product(available(), Answers))


# --- mathematics as it is read -------------------------------------------------------------------------------
# A reader gives typed mathematics, in which `name(label)` is a name and `partial(of,wrt)` a derivative.


@dataclass(frozen=True)
class Labels:
    """The labels of a question, and the names of the graph that they stand for."""

    item: Item

    @cached_property
    def names(self) -> dict[str, str]:
        style = self.item.wording.style
        found = {style.label(name): name for name in self.item.question.problem.graph.names()}
        assert len(found) == len(list(self.item.question.problem.graph.names()))
        return found

    @cached_property
    def pattern(self) -> str:
        return "|".join(map(re.escape, sorted(self.names, key=len, reverse=True)))

    def plain(self, typed: str) -> str:
        """With the names of the graph instead of labels, as one word each; a derivative as `d_of_wrt`."""

        def derivative(found: re.Match[str]) -> str:
            return f"d__{self.names[found[1]]}__{self.names[found[2]]}"

        typed = re.sub(rf"partial\(({self.pattern}),({self.pattern})\)", derivative, typed)
        return re.sub(rf"name\(({self.pattern})\)", lambda found: self.names[found[1]], typed)


BINARY: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}


FUNCTIONS: Mapping[str, Callable[..., Any]] = {"relu": lambda x: sympy.Max(x, 0), "max": sympy.Max}
PRINTED = {"ReLU": "relu", "max": "max"}  # as formats print them


def to_sympy(typed: str, known: Callable[[str], Any]) -> Any:
    """Typed mathematics as sympy's own; `known` gives what a name stands for."""

    def value(node: ast.AST) -> Any:
        if isinstance(node, ast.BinOp):
            return BINARY[type(node.op)](value(node.left), value(node.right))
        if isinstance(node, ast.UnaryOp):
            assert isinstance(node.op, ast.USub)
            return -value(node.operand)
        if isinstance(node, ast.Constant):
            return rational(Fraction(ast.get_source_segment(typed, node) or ""))
        if isinstance(node, ast.Call):
            assert isinstance(node.func, ast.Name)
            return FUNCTIONS[node.func.id](*map(value, node.args))
        assert isinstance(node, ast.Name), typed
        return known(node.id)

    return value(ast.parse(typed, mode="eval").body)


def rational(value: Fraction) -> Any:
    return sympy.Rational(value.numerator, value.denominator)


def number(text: str) -> Any:
    """A number as people read it."""
    return rational(Fraction(text.replace("−", "-")))


NUMBER = r"−?\d+(?:\.\d+|/\d+)?"


@dataclass
class Shown:
    """What a format shows of one question's key; mathematics is typed."""

    answers: list[tuple[str, str, str]]  # letter, mathematics, unit
    workings: list[list[list[str]]] = field(default_factory=list)  # each line as the members of its chain
    partials: list[list[str]] = field(default_factory=list)  # of each part that has any
    words: str = ""  # of the picture
    drawn: list[str] = field(default_factory=list)  # the texts in the picture
    options: list[dict[str, str]] = field(default_factory=list)  # of each part: letter -> mathematics


# --- readers, one for each format ----------------------------------------------------------------------------

TOKEN = re.compile(
    r"\\mathrm\{ReLU\}|\\max|\\left\(|\\right\)|\\times|\\cdot|\\text\{[^}]*\}|\d+(?:\.\d+)?|[a-zA-Z]|[-+()]"
)


def of_latex(text: str) -> str:
    partial = r"\\frac\{\\partial (\\text\{[^}]*\}|\w)\}\{\\partial (\\text\{[^}]*\}|\w)\}"
    text = text.replace(r"\displaystyle", "").strip()
    out, place = "", 0
    while place < len(text):
        if text[place] == " ":
            place += 1
            continue
        if found := re.match(partial, text[place:]):
            of, wrt = (re.sub(r"\\text\{(.*)\}", r"\1", each) for each in found.groups())
            piece, place = f"partial({of},{wrt})", place + found.end()
        elif text.startswith(r"\frac", place):
            top, middle = group(text, place + 5)
            bottom, place = group(text, middle)
            piece = f"(({of_latex(top)})/({of_latex(bottom)}))"
        elif text[place] == "^":
            exponent, place = group(text, place + 1)
            out += f"**({of_latex(exponent)})"
            continue
        else:
            found = TOKEN.match(text, place)
            assert found, text[place:]
            piece, place = found[0], found.end()
        if called := re.fullmatch(r"\\mathrm\{(ReLU)\}|\\(max)", piece):
            out += PRINTED[called[1] or called[2]]
            continue
        beside = re.search(r"(?<!relu)(?<!max)(?<=[\w)])$", out) and re.match(r"[\w(]|\\left|\\text", piece)
        if named := re.fullmatch(r"\\text\{(.*)\}|([a-zA-Z])", piece):
            piece = f"name({named[1] or named[2]})"
        out += "*" * bool(beside) + {r"\left(": "(", r"\right)": ")", r"\times": "*", r"\cdot": "*"}.get(piece, piece)
    return out


def group(text: str, place: int) -> tuple[str, int]:
    """What stands in braces at `place`, and where it ends."""
    depth = 0
    for end in range(place, len(text)):
        depth += (text[end] == "{") - (text[end] == "}")
        if not depth:
            return text[place + 1 : end], end + 1
    raise AssertionError(text)


def of_markdown(files: formats.Files, sheet: Sheet) -> Iterator[Shown]:
    text = files["sheet.md"]
    assert isinstance(text, str)
    said = sheet.said
    key = text.split(f"<summary>{said['sheet.key']}</summary>")[1]
    rows = re.findall(r"^\| \d+ \|(.*)\|$", key, re.MULTILINE)
    solutions = re.split(r"^### ", key, flags=re.MULTILINE)[1:]
    for number, (row, solution) in enumerate(zip(rows, solutions, strict=True), 1):
        cells = [re.fullmatch(r" (?:\*\*(\S+)\*\* )?\$(.*?)\$(?: (\w+))? ", cell) for cell in row.split("|")]
        shown = Shown([(each[1] or "", of_latex(each[2]), each[3] or "") for each in cells if each])
        shown.words = re.findall(r"!\[(.*)\]\(", solution)[0].replace("\\", "")
        svg = files[f"sheet.files/key{number}.svg"]
        assert isinstance(svg, str)
        shown.drawn = [each.text or "" for each in fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]
        for heading, *lines in (each.splitlines() for each in re.split(r"^(?=\*\*)", solution, flags=re.MULTILINE)[1:]):
            found = [re.findall(r"\$([^$]+)\$", line) for line in lines if line.startswith("- ")]
            if heading == f"**{said['sheet.partial']}**":
                shown.partials = [[of_latex(each) for each in line] for line in found]
            else:
                shown.workings.append([list(map(of_latex, "".join(line).split("="))) for line in found])
        yield shown


SIGNS = {"×": "*", "·": "*", "\N{INVISIBLE TIMES}": "*", "\N{FUNCTION APPLICATION}": "", "−": "-"}


def of_mathml(element: Element) -> str:
    inner = [of_mathml(each) for each in element]
    said = (element.text or "").strip()
    if element.tag == "mfrac" and inner[0].startswith("∂"):
        of, wrt = (each[len("∂name(") : -1] for each in inner)
        return f"partial({of},{wrt})"
    if element.tag == "mfrac":
        return f"(({inner[0]})/({inner[1]}))"
    if element.tag == "msup":
        return f"{inner[0]}**({inner[1]})"
    if element.tag in ("mi", "mtext"):
        return PRINTED.get(said) or f"name({said})"
    return (SIGNS.get(said, said) if element.tag == "mo" else said) + "".join(inner)


def of_html(files: formats.Files, sheet: Sheet) -> Iterator[Shown]:
    text = files["sheet.html"]
    assert isinstance(text, str)

    def formula(element: Element) -> str:
        return "".join(map(of_mathml, element.iter("math")))

    (details,) = read(text).iter("details")
    (table,) = of_class(details, "grid")
    rows = [row for body in table.iter("tbody") for row in body.iter("tr")]
    for row, solution in zip(rows, of_class(details, "solution"), strict=True):
        shown = Shown([])
        for cell in row.iter("td"):
            if cell.get("class") != "unused":
                letter, unit = ("".join(map(said_by, of_class(cell, name))) for name in ("letter", "unit"))
                shown.answers.append((letter, formula(cell), unit))
        (svg,) = next(iter(solution.iter("figure"))).iter("svg")
        shown.words, shown.drawn = svg[1].text or "", [said_by(each) for each in svg.iter("text")]
        for working in of_class(solution, "working"):
            lines = [formula(step).split("=") for step in of_class(working, "step")]
            if lines:
                shown.workings.append(lines)
        shown.partials = [[formula(entry) for entry in part.iter("li")] for part in of_class(solution, "partials")]
        yield shown


def of_data(data: Any) -> str:
    """Mathematics from the data of the Typst templates."""
    ((kind, inner),) = data.items()
    if kind in ("num", "word", "var"):
        return inner if kind == "num" else f"name({inner})"
    if kind == "frac":
        if "join" in inner[0] and inner[0]["join"][0] == {"num": "∂"}:
            of, wrt = (of_data(each["join"][2])[len("name(") : -1] for each in inner)
            return f"partial({of},{wrt})"
        return f"(({of_data(inner[0])})/({of_data(inner[1])}))"
    if kind == "sup":
        return f"{of_data(inner[0])}**({of_data(inner[1])})"
    if kind == "call":
        return f"{PRINTED[inner['name']]}({','.join(map(of_data, inner['args']))})"
    if kind in ("paren", "minus"):
        return f"({of_data(inner)})" if kind == "paren" else f"-{of_data(inner)}"
    if kind == "join":
        sign = {"": "*", **SIGNS}.get(inner[1], inner[1])
        return f"{of_data(inner[0])}{sign}{of_data(inner[2])}"
    assert kind == "chain", kind
    return "=".join(map(of_data, inner))


def of_typst(files: formats.Files, sheet: Sheet) -> Iterator[Shown]:
    text = files["sheet.typ"]
    assert isinstance(text, str)
    quoted = re.search(r'^#let data = json\(bytes\((".*")\)\)$', text, re.MULTILINE)
    assert quoted
    key = json.loads(json.loads(quoted[1]))["sections"][-1]
    for row, item in zip(key["rows"], key["items"], strict=True):
        shown = Shown([(each["letter"], of_data(each["mathematics"]), each["unit"]) for each in row["answers"]])
        for each in row["answers"]:
            if each["text"] is not None:  # what stands there; the mathematics is said
                assert to_sympy(of_data(each["mathematics"]), {}.__getitem__) == number(each["text"])
        shown.words = item["picture"]["alt"]
        shown.drawn = [each["text"] for each in item["picture"]["marks"] if each["kind"] == "text"]
        for working in item["workings"]:
            shown.workings.append([of_data(line["mathematics"]).split("=") for line in working["lines"]])
        shown.partials = [[of_data(entry["mathematics"]) for entry in each["entries"]] for each in item["partials"]]
        yield shown


def of_pdf(files: formats.Files, sheet: Sheet) -> Iterator[Shown]:
    made = files["sheet.pdf"]
    assert isinstance(made, bytes)
    every = list(pdf_reader.Reader(made).tree.walk())
    start = max(place for place, each in enumerate(every) if each.tag == "H1")
    key, questions = every[start:], every[:start]
    (table,) = (each for each in key if each.tag == "Table")
    rows = [row for body in table.find("TBody") for row in body.find("TR")]
    solutions, asked = stretches(key), stretches(questions)
    for item, row, solution, question in zip(sheet.items, rows, solutions, asked, strict=True):
        reader = Reader(sheet.said, Labels(item).names)
        units = {task.unit for task in item.tasks if task.unit}
        shown = Shown([])
        for cell in row.find("TD")[1:]:
            if cell.text:
                shown.answers.append(answer_in(cell, sheet, units, reader))
        (figure,) = (each for each in solution if each.tag == "Figure")
        assert figure.alt
        shown.words, shown.drawn = figure.alt, figure.printed.split()
        headings = [squeezed(each.heading) for each in item.workings] + [squeezed(sheet.said["sheet.partial"])]
        lines: list[list[list[str]]] = []
        for each in solution:
            if each.tag == "Span" and squeezed(each.text) in headings:
                lines.append([])
                headings = headings[headings.index(squeezed(each.text)) + 1 :]
            elif each.tag == "P" and lines and each.find("Formula"):
                lines[-1].append([formula.alt or "" for formula in each.find("Formula")])
        if any(task.partial for task in item.tasks):
            shown.partials = [list(map(reader.one, line)) for line in lines.pop()]
        for working in lines:
            assert all(len(line) == 1 for line in working)
            shown.workings.append([reader.members(line[0]) for line in working])
        if sheet.plan.answers == Answers.CHOICE:
            shown.options = list(options_in(question, sheet, reader))
        yield shown


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def stretches(every: list[pdf_reader.Element]) -> list[list[pdf_reader.Element]]:
    """The elements after each heading of a question."""
    places = [place for place, each in enumerate(every) if each.tag == "H2"]
    return [every[first:last] for first, last in itertools.pairwise([*places, len(every)])]


def answer_in(cell: pdf_reader.Element, sheet: Sheet, units: set[str], reader: Reader) -> tuple[str, str, str]:
    """Letter, mathematics and unit of a cell."""
    printed = "".join(cell.printed.split())
    letter = printed[0] if sheet.plan.answers == Answers.CHOICE else ""
    if formulas := cell.find("Formula"):
        (formula,) = formulas
        return letter, reader.one(formula.alt or ""), ""
    found = re.fullmatch(f"({NUMBER})({'|'.join(map(re.escape, units))})?", printed.removeprefix(letter))
    assert found, printed
    return letter, f"({found[1].replace('−', '-')})", found[2] or ""


def options_in(question: list[pdf_reader.Element], sheet: Sheet, reader: Reader) -> Iterator[dict[str, str]]:
    """The options of each part: a letter alone, then its formula alone."""
    found: dict[str, str] = {}
    letter = ""
    for each in question:
        if each.tag in ("Span", "P", "Div") and each.text in sheet.plan.letters and each.text:
            letter = each.text
        elif each.tag == "Formula" and letter:
            found[letter], letter = reader.one(each.alt or ""), ""
            if len(found) == len(sheet.plan.letters):
                yield found
                found = {}
    assert not found


READERS = {"md": of_markdown, "html": of_html, "typ": of_typst, "pdf": of_pdf}


# --- what sympy says -----------------------------------------------------------------------------------------


class Truth:
    """A question by sympy: its own formula, and the nodes as the key itself defines them (t = x + y)."""

    def __init__(self, problem: Problem, definitions: Mapping[str, str]) -> None:
        self.problem, self.output = problem, str(problem.graph.output)
        self.symbols = {name: sympy.Symbol(name) for name in problem.graph.names()}
        self.inputs = {name: rational(Fraction(str(value))) for name, value in problem.graph.inputs.items()}
        self.point = {self.symbols[name]: value for name, value in self.inputs.items()}
        self.formula = to_sympy(problem.formula, self.symbols.__getitem__)
        self.definitions = {name: to_sympy(typed, self.symbols.__getitem__) for name, typed in definitions.items()}
        assert set(self.definitions) | set(self.inputs) == set(problem.graph.names())
        assert zero(self.composed(self.output) - self.formula)

    def composed(self, name: str, free: str = "") -> Any:
        """A name in the inputs, with `free` standing for itself."""
        if name == free or name not in self.definitions:
            return self.symbols[name]
        definition = self.definitions[name]
        inner = {each: self.composed(str(each), free) for each in definition.free_symbols}
        return definition.subs(inner, simultaneous=True)

    @cache  # noqa: B019 - a hundred sheets and no more
    def value(self, name: str) -> Any:
        return self.composed(name).subs(self.point)

    @cache  # noqa: B019
    def gradient(self, of: str, wrt: str) -> Any:
        """∂of/∂wrt, every way from one to the other."""
        by = self.symbols[wrt]
        whole = self.formula if of == self.output and wrt in self.inputs else self.composed(of, wrt)
        return sympy.diff(whole, by).subs({by: self.value(wrt), **self.point})

    def local(self, of: str, wrt: str) -> Any:
        """∂of/∂wrt at the node alone."""
        found = sympy.diff(self.definitions[of], self.symbols[wrt])
        return found.subs({each: self.value(str(each)) for each in found.free_symbols})

    def answer(self, ask: Ask) -> Any:
        """What is the answer: a number, or a function of the inputs."""
        if ask.kind == "value":
            return self.value(ask.of) if ask.of != self.output else self.formula.subs(self.point)
        if ask.kind == "local":
            return self.local(ask.of, ask.wrt)
        if ask.kind == "derivative":
            return sympy.diff(self.formula if ask.of == self.output else self.composed(ask.of), self.symbols[ask.wrt])
        if ask.kind == "meaning":
            assert ask.of == self.output and ask.step is not None
            moved = {**self.point, self.symbols[ask.wrt]: self.inputs[ask.wrt] + rational(ask.step)}
            return self.formula.subs(moved) - self.formula.subs(self.point)
        return self.gradient(ask.of, ask.wrt)

    def worked(self, typed: str, local: bool) -> Any:
        """A member of a worked line at the point: ∂z/∂t is what sympy differentiates, t its value."""

        def known(name: str) -> Any:
            if not name.startswith("d__"):
                return self.value(name)
            _, of, wrt = name.split("__")
            return self.local(of, wrt) if local else self.gradient(of, wrt)

        return to_sympy(typed, known)


def zero(expression: Any) -> bool:
    return bool(sympy.cancel(expression) == 0)


class Comparison:
    """A format's key of one question against sympy; counts what was compared."""

    def __init__(self, item: Item, shown: Shown, counts: Counter[str]) -> None:
        self.item, self.shown, self.counts, self.labels = item, shown, counts, Labels(item)

    @cached_property
    def definitions(self) -> dict[str, str]:
        """name -> its operation, from the forward lines."""
        return {self.labels.plain(line[0]): self.labels.plain(line[1]) for line in self.shown.workings[0]}

    def all(self, truth: Truth) -> None:
        symbols = truth.symbols.__getitem__
        assert {name: to_sympy(typed, symbols) for name, typed in self.definitions.items()} == truth.definitions
        self.answers(truth)
        self.lines(truth)
        self.picture(truth)
        self.partials(truth)

    def answers(self, truth: Truth) -> None:
        tasks = self.item.tasks
        for place, (task, (letter, typed, unit)) in enumerate(zip(tasks, self.shown.answers, strict=True)):
            right = truth.answer(task.part.ask)
            assert self.agrees(typed, right, truth), (self.item.question.id, task.number, typed, right)
            assert (letter, unit) == (task.letter, task.unit)
            if self.shown.options:
                options = self.shown.options[place]
                assert [each for each in options if self.agrees(options[each], right, truth)] == [letter]
                self.counts["options"] += len(options)
            self.counts["answers"] += 1

    def agrees(self, typed: str, right: Any, truth: Truth) -> bool:
        return zero(to_sympy(self.labels.plain(typed), truth.symbols.__getitem__) - right)

    def lines(self, truth: Truth) -> None:
        assert len(self.shown.workings) == len(self.item.workings)
        tasks = {self.item.said("sheet.worked_task", number=task.number): task for task in self.item.tasks}
        for lines, working in zip(self.shown.workings, self.item.workings, strict=True):
            assert len(lines) == len(working.lines)
            task = tasks.get(working.heading)
            for members in lines:
                local = task is not None and task.part.ask.kind == "local"
                values = [truth.worked(self.labels.plain(member), local) for member in members]
                assert len(values) > 1 and len(set(values)) == 1, (self.item.question.id, members, values)
                self.counts["worked"] += len(values)
            if task is not None:
                assert self.agrees(lines[-1][-1], truth.answer(task.part.ask), truth)

    def picture(self, truth: Truth) -> None:
        graph, style = self.item.question.problem.graph, self.item.wording.style
        values = {name: truth.value(name) for name in graph.names()}
        gradients = {name: truth.gradient(truth.output, name) for name in graph.names()}
        given, rest = self.shown.words.split(self.item.said("picture.forward", values="\0").split("\0")[0])
        forward, backward = rest.split(self.item.said("picture.backward", values="\0").split("\0")[0])
        for text, wanted in ((given + forward, values), (backward, gradients)):
            label = "|".join(map(re.escape, sorted(map(style.label, wanted), key=len, reverse=True)))
            told = re.findall(rf"(?<![^\W\d_])({label}) = ({NUMBER})", text)
            assert {self.labels.names[each]: number(value) for each, value in told} == wanted
            assert len(told) == len(wanted)
            self.counts["picture"] += len(told)
        drawn = [re.fullmatch(rf"(?:.*= )?({NUMBER})", each) for each in self.shown.drawn]
        found = Counter(number(each[1]) for each in drawn if each)
        assert Counter([*values.values(), *gradients.values()]) <= found, self.shown.drawn

    def partials(self, truth: Truth) -> None:
        """The wrong answers that earn something are wrong, and those of the sheet."""
        tasks = [task for task in self.item.tasks if task.partial]
        for task, shown in zip(tasks, self.shown.partials, strict=True):
            right = truth.answer(task.part.ask)
            assert len(shown) == len(task.partial)
            assert not any(self.agrees(typed, right, truth) for typed in shown)
            self.counts["partial credit"] += len(shown)


def sheets() -> Iterator[Sheet]:
    """A hundred, of each language and form in turn, each with questions of its own."""
    levels = itertools.cycle(LEVELS)
    for seed, (language, answers) in zip(range(SHEETS), itertools.cycle(FORMS), strict=False):
        own = list(itertools.islice(levels, QUESTIONS))
        plan = Plan(language, f"printed-{seed}", answers=answers)
        yield arrange(distinct(own, QUESTIONS, plan.seed), plan)


def compare(sheet: Sheet) -> Counter[str]:
    """Every number of the sheet's key in every format; how many there were."""
    counts: Counter[str] = Counter()
    truths: dict[int, Truth] = {}
    assert set(READERS) >= set(formats.catalogue())
    for name, chosen in formats.catalogue().items():
        files = formats.files_of(chosen, sheet, f"sheet{chosen.suffix}")
        for item, shown in zip(sheet.items, READERS[name](files, sheet), strict=True):
            comparison = Comparison(item, shown, counts)
            if item.number not in truths:
                truths[item.number] = Truth(item.question.problem, comparison.definitions)
            comparison.all(truths[item.number])
    return counts


@pytest.mark.parametrize("form", range(len(FORMS)))
def test_a_printed_key_agrees_with_sympy(form: int) -> None:
    """One sheet of each language and form; the others are `long`."""
    (sheet,) = itertools.islice(sheets(), form, form + 1)
    assert compare(sheet)["answers"] == len(sheet.tasks) * len(formats.catalogue())


@pytest.mark.long
def test_every_number_of_a_hundred_printed_keys_agrees_with_sympy() -> None:
    counts: Counter[str] = Counter()
    for sheet in sheets():
        counts += compare(sheet)
    told = ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))
    print(f"\n{SHEETS} sheets in {len(formats.catalogue())} formats: {told}; {counts.total()} in all")
    assert counts["answers"] > 20 * SHEETS * len(formats.catalogue())
    assert counts["worked"] > 100 * SHEETS * len(formats.catalogue())
    assert counts["picture"] > 50 * SHEETS * len(formats.catalogue())
