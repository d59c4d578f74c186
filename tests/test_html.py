"""The HTML sheet tells the truth, works without a script, and can be read and answered by everybody."""

import itertools
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

import pytest

from quizgen import families, formats
from quizgen.document import Document, documents, keys_of, questions_of
from quizgen.engine.expression import Expression, evaluate
from quizgen.engine.identity import apply, same
from quizgen.engine.parse import parse
from quizgen.formats import html
from quizgen.formats.html import HTML, LONGEST, chain, mathematics, text
from quizgen.generate import distinct
from quizgen.language import available, words
from quizgen.notation import Equal, Infix, Num, Style, Sym, of_value
from quizgen.plan import Answers, Key, Paper, Plan
from quizgen.question import Question
from quizgen.sheet import Sheet, arrange
from quizgen.solve import Solution

LEVELS = [(family, level) for family in families.catalogue().values() for level in family.levels]
HOSTILE = "<script>alert(1)</script>\"'&]]> {{ 1 }} مرحبا 😀"
VOID = {"meta", "link", "br", "wbr", "img", "input", "hr"}
SIGNS = {"×": "*", "·": "*", "\N{INVISIBLE TIMES}": "*", "\N{FUNCTION APPLICATION}": "", "−": "-"}


@pytest.fixture(scope="session")
def questions() -> list[Question]:
    return distinct(LEVELS, len(LEVELS), "test")


def sheet(questions: list[Question], language: str = "en", seed: str = "s", **wanted: object) -> Sheet:
    return arrange(questions, Plan(language, seed, **wanted))  # type: ignore[arg-type]


def every_sheet(questions: list[Question]) -> list[Sheet]:
    return [sheet(questions, code, answers=answers) for code in available() for answers in Answers]


def a_class(questions: list[Question], **wanted: object) -> list[Sheet]:
    students = [("山田 太郎", "ja"), (HOSTILE, "ja"), ("Ann Lee", "en")]
    return [
        sheet(questions, code, student=name, student_id=f"{number:03}", **wanted)
        for number, (name, code) in enumerate(students, 1)
    ]


def source(document: Document) -> str:
    ((name, made),) = HTML.write(document, "a.html").items()
    assert name == "a.html" and isinstance(made, str)
    return made


@dataclass(frozen=True)
class Page:
    """A document as it is written, and as it is read."""

    document: Document

    @cached_property
    def source(self) -> str:
        return source(self.document)

    @cached_property
    def root(self) -> Element:
        return read(self.source)


@pytest.fixture(scope="session")
def pages(questions: list[Question]) -> list[Page]:
    """One of each kind."""
    few = questions[4:7]
    made = [documents(each)[0] for each in every_sheet(few)]
    made += [questions_of(a_class(few, answers=answers, answer_sheet=True)) for answers in Answers]
    made += [questions_of([sheet(few), sheet(few), sheet(few, seed="t")])]  # the same pictures several times
    made += [keys_of(a_class(few)), keys_of([sheet(few, answers=Answers.CHOICE, paper=Paper.B4)])]
    return [Page(each) for each in made]


# --- reading a page back -------------------------------------------------------------------------------------


class Reader(HTMLParser):
    """The tree of a page; an element that is not closed, or closed twice, is an error."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("root")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), tag
        made = SubElement(self.open[-1], tag, {name: value or "" for name, value in attrs})
        if tag not in VOID:
            self.open.append(made)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        last = self.open[-1]
        if len(last):
            last[-1].tail = (last[-1].tail or "") + data
        else:
            last.text = (last.text or "") + data


def read(page: str | Document) -> Element:
    reader = Reader()
    reader.feed(source(page) if isinstance(page, Document) else page)
    reader.close()
    assert reader.open == [reader.root]
    return reader.root


def of_class(root: Element, name: str) -> list[Element]:
    return [each for each in root.iter() if name in each.get("class", "").split()]


def said_by(element: Element) -> str:
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip()


def typed(element: Element) -> str:
    """MathML as typed mathematics."""
    inner = [typed(each) for each in element]
    if element.tag == "mfrac":
        return f"(({inner[0]})/({inner[1]}))"
    if element.tag == "msup":
        return f"{inner[0]}**({inner[1]})"
    if element.tag == "mo":
        return SIGNS.get(element.text or "", element.text or "")
    return (element.text or "").strip() + "".join(inner)


def formula(element: Element) -> str:
    """All the mathematics in an element."""
    return "".join(map(typed, element.iter("math")))


def agrees(shown: str, key: object) -> bool:
    tree = parse(shown)
    return same(tree, key) if isinstance(key, Expression) else evaluate(tree, {}, apply, lambda each: each) == key


def keys(made: Sheet) -> list[object]:
    """The key of each part in turn, solved anew."""
    return [key for item in made.items for key in Solution(item.question.problem).keys]


def key_cells(root: Element) -> list[Element]:
    return [
        cell
        for section in of_class(root, "key")
        for table in of_class(section, "grid")
        for cell in table.iter("td")
        if cell.get("class") != "unused"
    ]


# --- the key -------------------------------------------------------------------------------------------------


def test_the_key_in_the_file_is_the_solution(questions: list[Question]) -> None:
    cut = 0
    for made in every_sheet(questions):
        cells = key_cells(read(documents(made)[0]))
        assert all(agrees(formula(cell), key) for cell, key in zip(cells, keys(made), strict=True))
        cut += sum(len(list(cell.iter("math"))) > 1 for cell in cells)
    assert cut  # some are so long that they are cut, and still read as a whole


def test_the_letter_of_the_key_names_the_right_option(questions: list[Question]) -> None:
    for letters in ("ABCD", "<&'\""):
        made = sheet(questions, answers=Answers.CHOICE, letters=letters)
        root = read(documents(made)[0])
        groups = [of_class(each, "option") for each in root.iter("fieldset")]
        told = [said_by(of_class(cell, "letter")[0]) for cell in key_cells(root)]
        for options, letter, key in zip(groups, told, keys(made), strict=True):
            assert [said_by(of_class(each, "letter")[0]) for each in options] == list(letters)
            assert [each.get("value") for option in options for each in option.iter("input")] == list(letters)
            right = [agrees(formula(each), key) for each in options]
            assert right.count(True) == 1 and letters[right.index(True)] == letter


def test_every_worked_number_follows_from_the_one_before(questions: list[Question]) -> None:
    steps = of_class(read(keys_of([sheet(questions)])), "step")
    numeric = 0
    for step in steps:
        sides = formula(step).split("=")[1:]
        values = [parse(each) for each in sides if re.fullmatch(r"[-+*/().\d]+", each)]
        assert all(same(values[-1], each) for each in values), formula(step)
        numeric += len(values) > 1
    assert numeric > 5 * len(questions)


def test_partial_credit_is_told_with_its_points(questions: list[Question]) -> None:
    made = sheet(questions[:3], points=4)
    root = read(keys_of([made]))
    expected = [each for item in made.items for task in item.tasks for each in task.partial]
    shown = [entry for each in of_class(root, "partials") for entry in each.iter("li")]
    for entry, partial in zip(shown, expected, strict=True):
        assert agrees(formula(entry), partial.value) and said_by(of_class(entry, "reason")[0]).startswith("→ 2 ")


def test_the_solved_picture_shows_every_value_and_gradient(questions: list[Question]) -> None:
    from fractions import Fraction

    made = sheet(questions)
    for solution, item in zip(of_class(read(keys_of([made])), "solution"), made.items, strict=True):
        shown = " ".join(said_by(each) for each in solution.iter("text"))
        numbers = {Fraction(each.replace("−", "-")) for each in re.findall(r"−?\d+(?:\.\d+|/\d+)?", shown)}
        assert {*item.solution.found.values.values(), *item.solution.found.gradients.values()} <= numbers


def test_the_key_stands_where_it_is_wanted(questions: list[Question]) -> None:
    few = questions[:3]
    heading = words("en")["sheet.key"]
    after, none, separate = (documents(sheet(few, key=key)) for key in (Key.AFTER, Key.NONE, Key.SEPARATE))
    assert heading in source(after[0]) and none[1] is None and separate[1] is not None
    for document in (none[0], separate[0]):
        root = read(document)
        assert heading not in source(document) and words("en")("sheet.solved_title", number=1) not in source(document)
        assert not key_cells(root) and not of_class(root, "solution") and not of_class(root, "key")
        symbolic = [key for key in keys(sheet(few)) if isinstance(key, Expression)]
        shown = [typed(each) for each in root.iter("math") if re.fullmatch(r"[-+*/().\da-z]+", typed(each))]
        assert symbolic and not [each for each in shown if any(agrees(each, key) for key in symbolic)]
    assert [formula(each) for each in key_cells(read(separate[1]))] == [
        formula(each) for each in key_cells(read(after[0]))
    ]


def test_a_key_is_folded_where_students_see_the_page(questions: list[Question]) -> None:
    made = [sheet(questions[:1]), sheet(questions[1:2])]
    asked, key = questions_of(made).sections, keys_of(made).sections
    for document in (Document(asked + key), Document(asked[:1] + key[:1] + asked[1:] + key[1:])):
        folded = list(read(document).iter("details"))
        assert len(folded) == 2 and not [each for each in folded if "open" in each.attrib]
        assert [len(of_class(each, "solution")) for each in folded] == [1, 1]
    assert not list(read(Document(key)).iter("details"))


# --- answering -----------------------------------------------------------------------------------------------


def test_every_part_has_one_place_for_its_answer(questions: list[Question]) -> None:
    for answers in Answers:
        for on_sheet in (False, True):
            made = sheet(questions, answers=answers, answer_sheet=on_sheet)
            root = read(questions_of([made]))
            radios = Counter(each.get("name") for each in root.iter("input") if each.get("type") == "radio")
            texts = [each for each in root.iter("input") if each.get("type") == "text" and "-t" in each.get("id", "")]
            assert set(radios.values()) <= {4}
            assert len(radios) + len(texts) == len(made.tasks)
            assert bool(radios) == (answers == Answers.CHOICE and not on_sheet)
            boxed = 0 if on_sheet else sum(task.boxed for task in made.tasks)
            assert len(of_class(root, "boxed")) == boxed  # these are not printed: the picture has a box
            units = [said_by(each) for each in of_class(root, "unit")]
            assert units == [] if radios else units == [task.unit for task in made.tasks if task.unit]


def test_every_field_has_a_name_of_its_own_and_every_reference_leads_somewhere(pages: list[Page]) -> None:
    for root in (page.root for page in pages):
        ids = Counter(each.get("id") for each in root.iter() if "id" in each.attrib)
        assert set(ids.values()) == {1}
        found = {each.get("id", ""): each for each in root.iter() if "id" in each.attrib}
        labels = {each.get("for", ""): said_by(each) for each in root.iter("label")}
        for each in root.iter():
            for name in each.get("aria-labelledby", "").split() + [each.get("for", "")] * ("for" in each.attrib):
                assert name in found, name
            if each.get("href", "").startswith("#"):
                assert each.get("href", "")[1:] in found
        for each in root.iter("input"):
            named = each.get("aria-labelledby", "").split()
            assert labels.get(each.get("id", "")) or (len(named) == 2 and all(said_by(found[name]) for name in named))


def test_headings_go_down_one_step_at_a_time_under_one_title(pages: list[Page]) -> None:
    for page in pages:
        levels = [int(each.tag[1]) for each in page.root.iter() if re.fullmatch("h[1-6]", each.tag)]
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_pictures_have_words_and_wide_ones_scroll_within_a_named_box(questions: list[Question]) -> None:
    made = sheet(questions)
    figures = list(read(documents(made)[0]).iter("figure"))
    pictures = [each.asked for each in made.items] + [each.solved for each in made.items]
    scroll = 0
    for figure, picture in zip(figures, pictures, strict=True):
        (svg,) = figure.iter("svg")
        assert [svg[0].text, svg[1].text] == [picture.title, picture.words]
        width = int(svg.get("width", ""))
        least = re.fullmatch(r"--least: (\d+)px", figure.get("style", ""))
        assert least and abs(int(least[1]) - html.LEAST * width) <= 1
        assert (figure.get("tabindex"), figure.get("aria-label")) == (
            ("0", picture.title) if int(least[1]) > 280 else (None, None)
        )
        scroll += "tabindex" in figure.attrib
    assert 0 < scroll < len(figures)


def test_a_sheet_of_another_language_says_so(questions: list[Question]) -> None:
    root = read(questions_of(a_class(questions[:1])))
    assert next(root.iter("html")).get("lang") == "ja"
    assert [each.get("lang") for each in of_class(root, "sheet")] == [None, None, "en"]
    assert [said_by(each) for each in of_class(root, "given")][::2] == ["山田 太郎(001)", "Ann Lee (003)"]


# --- safety --------------------------------------------------------------------------------------------------


def test_hostile_texts_are_nothing_but_text(questions: list[Question]) -> None:
    made = sheet(questions[:2], seed=HOSTILE, title=HOSTILE, student=HOSTILE, student_id="<i>", answers=Answers.CHOICE)
    for document in (documents(made)[0], keys_of([made]), questions_of([made, sheet(questions[:1])])):
        root = read(document)
        assert "script" not in {each.tag for each in root.iter()} and "<script" not in source(document)
        assert "i" not in {each.tag for each in root.iter()}
        assert all(HOSTILE in said_by(next(root.iter(tag))) for tag in ("title", "h1"))  # the page's title comes first
        assert f"{HOSTILE} (<i>)" in said_by(root)
        assert f"Seed: {HOSTILE};" in said_by(root)


def test_control_characters_are_gone() -> None:
    assert mathematics(Sym("x"), Style({"x": "a\x07\u202e<b>"})) == "<math><mtext>a&lt;b&gt;</mtext></math>"
    assert text("\na\u202e\x00 <b> ") == " a &lt;b&gt; " and text(" ") == " " and text("") == ""


def test_the_page_needs_nothing_from_elsewhere_and_runs_nothing(pages: list[Page]) -> None:
    for made, root in ((page.source, page.root) for page in pages):
        assert set(re.findall(r"\w+://[^\s\"'<>]+", made)) <= {"http://www.w3.org/2000/svg"}
        assert not re.findall(r"url\(|@import|@font-face", made)
        assert not {each.tag for each in root.iter()} & {"script", "iframe", "object", "embed", "link", "form", "base"}
        for each in root.iter():
            assert not [name for name in each.attrib if name.startswith("on")]
            assert all(each.get(name, "data:").startswith("data:") for name in ("src", "srcset", "data"))
            assert each.get("href", "#").startswith("#")
        policy = [each.get("content") for each in root.iter("meta") if "http-equiv" in each.attrib]
        assert policy == ["default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"]


# --- the rest ------------------------------------------------------------------------------------------------


def test_long_mathematics_is_cut_before_its_signs_and_stays_whole() -> None:
    style = Style({})
    short = of_value(parse("x+y"))
    assert mathematics(short, style).count("<math") == 1
    for typed_in in ("100x+200y-300z+400w", "(x+y)(y+z)(z+w)(w+x)", "-(1000x+2000y+3000z)", "3(10x+20y+30z+40w)*x"):
        tree = parse(typed_in)
        shown = mathematics(of_value(tree), style)
        pieces = [typed(each) for each in read(shown).iter("math")]
        assert len(pieces) > 1 and all(len(each.replace("*", "")) <= LONGEST + 2 for each in pieces), pieces
        assert same(parse("".join(pieces)), tree)
        assert all(re.match(r"[-+*]|\(", each) for each in pieces[1:])


def test_a_chain_may_break_before_each_equals_sign() -> None:
    long = Infix("×", Sym("number of books"), Sym("price of a book"))
    shown = chain(Equal((Sym("a"), Num(1), long, Num(2))), Style({"number of books": "<i>"}))
    members = re.findall(r'<span class="member">(.*?)</span>', shown)
    assert [re.sub("<[^>]*>", "", each) for each in members] == [
        "a=1", "=&lt;i&gt;×price of a book", "=2"
    ]  # fmt: skip


def test_one_language_at_a_time(questions: list[Question]) -> None:
    for code in available():
        for answers in Answers:
            made = sheet(questions, code, answers=answers, answer_sheet=answers == Answers.ENTRY)
            shown = " ".join(map(" ".join, _seen(read(documents(made)[0]))))
            if code == "en":
                assert not re.findall(r"[\u3000-\u30ff\u4e00-\u9fff]", shown)
            else:
                assert not re.findall(r"[A-Za-z]{2,}(?: [A-Za-z]{2,})+", shown)
                assert set(re.findall(r"\b[A-Za-z]{4,}\b", shown)) <= {"quizgen", "ReLU"}


def _seen(element: Element) -> Iterator[list[str]]:
    """Every text that somebody reads or hears, but for mathematics, style and the command."""
    if element.tag in ("style", "math") or element.get("class") == "again":
        yield [element.tail or ""]
        return
    yield [element.get(name, "") for name in ("alt", "aria-label", "title")] + [element.text or ""]
    for each in element:
        yield from _seen(each)
    yield [element.tail or ""]


def test_the_same_document_has_the_same_bytes(questions: list[Question], pages: list[Page]) -> None:
    assert all(source(page.document) == page.source for page in pages)
    assert source(documents(sheet(questions))[0]) == source(documents(sheet(questions))[0])


def test_the_format_is_found_by_its_suffix() -> None:
    assert formats.choose("a.html") is formats.choose("A.HTML") is formats.choose("-", "html") is HTML


def test_paper_has_its_size(questions: list[Question]) -> None:
    assert "size: 210mm 297mm" in source(questions_of([sheet(questions[:1])]))
    assert "size: 364mm 257mm" in source(questions_of([sheet(questions[:1], paper=Paper.B4)]))


BROWSER = shutil.which("chromium") or shutil.which("google-chrome")


@pytest.mark.client
@pytest.mark.skipif(not BROWSER or not shutil.which("pdftotext"), reason="Chromium or pdftotext is not installed")
def test_a_folded_key_is_printed_on_a_page_of_its_own(questions: list[Question], tmp_path: Path) -> None:
    page, printed = tmp_path / "a.html", tmp_path / "a.pdf"
    made = sheet(questions[:2])
    page.write_text(source(documents(made)[0]), "utf-8")
    command = [str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    subprocess.run(
        [*command, f"--user-data-dir={tmp_path}", f"--print-to-pdf={printed}", page.as_uri()],
        capture_output=True,
        check=True,
        timeout=120,
    )
    told = subprocess.run(["pdftotext", "-layout", str(printed), "-"], capture_output=True, text=True, check=True)
    leaves = told.stdout.split("\f")
    (first,) = (number for number, each in enumerate(leaves) if words("en")["sheet.key"] in each)
    assert leaves[first].lstrip().startswith(words("en")["sheet.key"]) and made.code[:20] in told.stdout
    assert words("en")["sheet.partial"] not in "".join(leaves[:first])
    assert words("en")["sheet.partial"] in "".join(leaves[first:])
