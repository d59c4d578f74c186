"""A printed sheet is read aloud in order, looks the same everywhere, and tells nobody more than it should."""

import functools
import io
import itertools
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pdf_reader
import pikepdf
import pytest
import segno
import typst
from pdf_reader import Element

from quizgen import families, formats, resources
from quizgen.cli import app, common
from quizgen.document import Document, documents, keys_of, questions_of
from quizgen.errors import QuizgenError
from quizgen.formats import pdf, qr, typesetting
from quizgen.formats.pdf import PDF
from quizgen.formats.typ import TYP
from quizgen.generate import distinct
from quizgen.language import available, words
from quizgen.notation import Notation, Style, of_value, speech
from quizgen.plan import Answers, Key, Paper, Plan
from quizgen.question import Question
from quizgen.sheet import Item, Sheet, arrange

LEVELS = [(family, level) for family in families.catalogue().values() for level in family.levels]
HOSTILE = '#panic(1) #read("/etc/passwd") $x$ *b* _i_ <l> @r // c /* d */ `e` = h - i ~ --- \' " \\ \\u{41} {j} [k]'
NUMBER = re.compile(r"−?\d+(?:\.\d+|/\d+)?")
UNITS_PER_MM = 72 / 25.4


@functools.cache
def questions() -> list[Question]:
    """One of each family and level."""
    return distinct(LEVELS, len(LEVELS), "test")


def sheet(few: list[Question], language: str = "en", **wanted: Any) -> Sheet:
    return arrange(few, Plan(language, "s", **wanted))


def made(document: Document) -> bytes:
    ((name, content),) = PDF.write(document, "a.pdf").items()
    assert name == "a.pdf" and isinstance(content, bytes)
    return content


class Printed:
    """A sheet with its key, and the PDF as it is read."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet, self.bytes = sheet, made(documents(sheet)[0])
        self.reader = pdf_reader.Reader(self.bytes)

    @functools.cached_property
    def elements(self) -> list[Element]:
        return list(self.reader.tree.walk())

    @functools.cached_property
    def parts(self) -> tuple[list[Element], list[Element]]:
        """The questions, and the key."""
        start = max(place for place, each in enumerate(self.elements) if each.tag == "H1")
        return self.elements[:start], self.elements[start:]


@functools.cache
def printed(language: str, answers: Answers) -> Printed:
    return Printed(sheet(questions(), language, answers=answers))


def every_sheet() -> list[Printed]:
    return [printed(language, answers) for language in available() for answers in Answers]


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def stretches(elements: list[Element], tag: str = "H2") -> list[list[Element]]:
    """What begins with each heading."""
    places = [place for place, each in enumerate(elements) if each.tag == tag]
    return [elements[first:last] for first, last in zip(places, [*places[1:], len(elements)], strict=True)]


def numbers(text: str) -> set[Fraction]:
    return {Fraction(each.replace("−", "-")) for each in NUMBER.findall(text)}


# --- tags ----------------------------------------------------------------------------------------------------


def test_the_file_is_tagged_and_says_its_language_and_title() -> None:
    for each in every_sheet():
        root = each.reader.pdf.Root
        assert root.MarkInfo.Marked and "/StructTreeRoot" in root
        assert str(root.Lang) == each.sheet.plan.language
        assert root.ViewerPreferences.DisplayDocTitle
        with each.reader.pdf.open_metadata() as about:
            assert about["pdfuaid:part"] == "1"
            assert about["dc:title"] == str(each.reader.pdf.docinfo.Title) == each.sheet.title
        assert str(root.Outlines.First.Title) == each.sheet.title


def test_the_language_of_each_sheet_of_a_class_is_told() -> None:
    few = questions()[:1]
    mixed = questions_of([sheet(few, code, student="A", student_id="1") for code in ("ja", "en", "ja")])
    tree = pdf_reader.Reader(made(mixed)).tree
    (document,) = tree.find("Document")
    spoken = [lang for lang, text in said_in(document, "ja") if squeezed(words("en")["sheet.entry"]) in squeezed(text)]
    assert spoken == ["en"]
    japanese = [lang for lang, text in said_in(document, "ja") if re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", text)]
    assert set(japanese) == {"ja"} and len(japanese) > 10
    alts = [(lang, text) for lang, text in said_in(document, "ja") if "Computational graph" in text]
    assert [lang for lang, _ in alts] == ["en"]


def said_in(element: Element, lang: str) -> list[tuple[str, str]]:
    """Every text with the language that a screen reader speaks it in."""
    lang = element.lang or lang
    if element.alt is not None:
        return [(lang, element.alt)]
    own = "".join(each for each in element.children if isinstance(each, str))
    inner = [pair for each in element.children if isinstance(each, Element) for pair in said_in(each, lang)]
    return [(lang, own)] * bool(own) + inner


def test_every_picture_and_formula_has_words_and_a_place_on_its_page() -> None:
    for each in every_sheet():
        shown = [one for one in each.elements if one.tag in ("Figure", "Formula")]
        assert all(one.alt and one.alt.strip() for one in shown)
        assert len([one for one in shown if one.tag == "Figure"]) == 2 * len(each.sheet.items) + 1  # the code
        for one in shown:
            left, bottom, right, top = one.box
            assert 18 * UNITS_PER_MM - 1 <= left < right <= (210 - 18) * UNITS_PER_MM + 1, one.alt
            assert 0 <= bottom < top <= 297 * UNITS_PER_MM


def test_headings_and_tables_are_told_as_such() -> None:
    for each in every_sheet():
        titles = [squeezed(one.text) for one in each.elements if one.tag == "H1"]
        title = each.sheet.title
        assert titles == [squeezed(title), squeezed(each.sheet.said("sheet.key_title", title=title))]
        asked, solved = ([squeezed(one.text) for one in part if one.tag == "H2"] for part in each.parts)
        wanted = [
            squeezed(item.said("sheet.question", number=item.number, title=item.wording.title))
            for item in each.sheet.items
        ]
        assert asked == solved == wanted
        (table,) = (one for one in each.parts[1] if one.tag == "Table")
        assert [one.text for one in table.find("TH")] == [
            each.sheet.said["sheet.column_question"], "(1)", "(2)", "(3)", "(4)",
        ]  # fmt: skip


def test_what_is_read_aloud_is_what_is_asked_and_in_order() -> None:
    """So no formula of the questions can tell an answer."""
    for each in every_sheet():
        said = each.sheet.said
        for item, stretch in zip(each.sheet.items, stretches(each.parts[0]), strict=True):
            style, wanted = item.wording.style, [item.asked.words]
            heard = [one.alt or "" for one in stretch if one.tag == "Formula"]
            formulas, texts = [], [said("sheet.question", number=item.number, title=item.wording.title)]
            texts += [one for one in item.wording.story if isinstance(one, str)]
            formulas += [one for one in item.wording.story if isinstance(one, Notation)]
            texts += wanted
            for task in item.tasks:
                texts += [f"({task.number})", *(one for one in task.ask if isinstance(one, str))]
                formulas += [one for one in task.ask if isinstance(one, Notation)]
                for option in task.options:
                    texts.append(option.letter)
                    formulas.append(of_value(option.value))
            assert heard == [speech(one, style, said) for one in formulas]
            whole, place = squeezed("".join(one.text for one in top(stretch))), 0
            for text in map(squeezed, texts):
                assert text in whole[place:], (text, whole[place:])
                place = whole.index(text, place) + len(text)


def top(elements: list[Element]) -> list[Element]:
    """Those that are in no other of them."""
    within = {id(inner) for each in elements for inner in each.walk() if inner is not each}
    return [each for each in elements if id(each) not in within]


def given_of(item: Item) -> set[Fraction]:
    """The numbers that a question's picture may show."""
    graph = item.question.problem.graph
    labels = "".join(map(item.wording.style.label, graph.names()))
    given = {Fraction(str(operand)) for node in graph.nodes for operand in node.operands if operand not in graph}
    given |= {Fraction(str(value)) for value in graph.inputs.values()} | {Fraction(1)}
    return given | {Fraction(task.number) for task in item.tasks} | numbers(labels)


def test_the_picture_and_its_words_do_not_tell_the_answer() -> None:
    for each in every_sheet():
        pictures = [one for stretch in stretches(each.parts[0]) for one in stretch if one.tag == "Figure"]
        for item, picture in zip(each.sheet.items, pictures, strict=True):
            title = item.said("sheet.picture_title", number=item.number)
            assert picture.alt and picture.alt.startswith(title)
            for text in (picture.alt.removeprefix(title), picture.printed):
                assert numbers(text) <= given_of(item), item.question.id
            boxes = re.findall(r"\((\d)\)", picture.printed)
            assert set(boxes) >= {str(task.number) for task in item.tasks if task.boxed}


def test_the_solved_picture_shows_every_value_and_gradient() -> None:
    for each in every_sheet():
        pictures = [one for stretch in stretches(each.parts[1]) for one in stretch if one.tag == "Figure"]
        for item, picture in zip(each.sheet.items, pictures, strict=True):
            found = item.solution.found
            wanted = {*found.values.values(), *found.gradients.values()}
            assert wanted <= numbers(picture.printed) and wanted <= numbers(picture.alt or "")


def test_without_a_key_nothing_of_it_is_in_the_file() -> None:
    few = questions()[:2]
    for key in (Key.NONE, Key.SEPARATE):
        asked, solved = documents(sheet(few, key=key))
        tree = pdf_reader.Reader(made(asked)).tree
        assert [each.text for each in tree.find("H1")] == [words("en")["sheet.title"]] and not tree.find("Table")
        assert (solved is None) == (key == Key.NONE)
    assert len(pdf_reader.Reader(made(keys_of([sheet(few)]))).tree.find("Table")) == 1


def test_an_answer_sheet_has_a_box_for_each_answer() -> None:
    made_ = sheet(questions()[:2], "ja", answer_sheet=True, key=Key.NONE)
    tree = pdf_reader.Reader(made(documents(made_)[0])).tree
    (table,) = tree.find("Table")
    rows = [[cell.text for cell in row.children if isinstance(cell, Element)] for row in table.find("TR")]
    assert rows[1:] == [[str(item.number), *(task.unit for task in item.tasks)] for item in made_.items]


# --- fonts ---------------------------------------------------------------------------------------------------


def test_every_font_is_inside_and_every_character_can_be_copied() -> None:
    for each in every_sheet():
        names = set()
        for font in each.reader.fonts:
            descriptor = font.DescendantFonts[0].FontDescriptor
            assert {"/FontFile2", "/FontFile3"} & set(descriptor.keys())
            assert all(pdf_reader.to_unicode(font).values())
            names.add(str(font.BaseFont)[8:].split("-")[0])
        assert names <= {"NotoSansJP", "NotoSerifJP", "NewCM10", "NewCMMath", "LibertinusSerif", "DejaVuSansMono"}
        shown = "".join(one for element in each.elements for one in element.children if isinstance(one, str))
        assert "\ufffd" not in shown and not re.search("[\ue000-\uf8ff]", shown)


@pytest.mark.parametrize("text", ["山田 太郎", "髙橋 﨑", "𠮷野家", "齋藤 邉 邊 辻 葛", "Renée Müller", "①②", "", " "])
def test_names_are_printed(text: str) -> None:
    assert PDF.prints(text, ())


@pytest.mark.parametrize("text", ["😀", "山田😀", "한국", "ภาษา"])
def test_a_character_that_no_font_has_is_told(text: str) -> None:
    assert not PDF.prints(text, ())
    lacking = re.sub("[山田]", "", text)
    with pytest.raises(QuizgenError) as caught:
        made(questions_of([sheet(questions()[:1], title=f'a "{text}" \\')]))
    assert caught.value.key == "sheet.no_glyph" and caught.value.details["text"] in lacking
    for code in available():
        told = common.told(caught.value, words(code))
        assert caught.value.details["text"] in told and "\n" not in told and "{" not in told


@pytest.mark.parametrize("code", available())
def test_the_command_tells_it_in_one_line(code: str, tmp_path: Path) -> None:
    wanted = ["--count", "1", "--seed", "x", "--lang", code, "--title", "Test 😀"]
    done = run(*wanted, "-o", str(tmp_path / "a.pdf"))
    assert (done.returncode, done.stdout) == (1, b"")
    (line,) = done.stderr.decode().splitlines()
    assert "😀" in line and words(code)("error.sheet.no_glyph", text="😀") in line
    assert not list(tmp_path.iterdir())


def test_a_title_of_spaces_is_none(tmp_path: Path) -> None:
    wanted = ["worksheet", "--count", "1", "--seed", "x", "--lang", "en", "--title", " "]
    assert app.run([*wanted, "-o", str(tmp_path / "a.pdf")]) == 0
    assert str(pikepdf.open(tmp_path / "a.pdf").docinfo.Title) == words("en")["sheet.title"]


# --- safety --------------------------------------------------------------------------------------------------


def test_hostile_texts_are_nothing_but_text() -> None:
    few = questions()[-2:]
    of_students = sheet(few, title=HOSTILE, student=HOSTILE, student_id='"); #panic(2)', letters="#$\\\"",
                        answers=Answers.CHOICE, answer_sheet=True)  # fmt: skip
    for item in of_students.items:
        labels = {name: f"{HOSTILE} {name}" for name in item.question.problem.graph.names()}
        item.wording.style = Style(labels, item.wording.style.decimals)
    document = documents(of_students)[0]
    reader = pdf_reader.Reader(made(document))
    hostile = squeezed(HOSTILE)
    headings = [squeezed(each.text) for each in reader.tree.find("H1")]
    told = [of_students.said(f"sheet.{key}", title=HOSTILE) for key in ("answer_sheet_title", "key_title")]
    assert headings == [hostile, *map(squeezed, told)]
    assert str(reader.pdf.docinfo.Title) == HOSTILE
    assert hostile.split("c/*")[0] in squeezed(reader.tree.find("Figure")[1].printed)  # long labels are cut
    formulas = [squeezed(each.printed) for each in reader.tree.find("Formula")]
    assert sum(hostile in each for each in formulas) > 20
    text = squeezed(reader.tree.text)
    assert text.count(f'{hostile}("");#panic(2))'.replace('""', '"')) >= 2  # name and number on both heads
    source = TYP.write(document, "a.typ")["a.typ"]
    assert isinstance(source, str) and stand_alone(source) == made(document)


@pytest.mark.parametrize(
    "source",
    [
        '#read("/etc/hostname")',
        '#read("../../etc/hostname")',
        '#read("/../etc/hostname")',
        '#image("/etc/hostname")',
        '#include "/etc/passwd"',
        '#import "/etc/passwd"',
    ],
)
def test_the_compiler_sees_no_file_but_its_own(source: str) -> None:
    title = '#set document(title: "t")\n'
    assert pdf.compiled(f'{title}#read("data.json")', "{}")
    with pytest.raises(typst.TypstError, match=r"not found|escape"):
        pdf.compiled(title + source, "{}")


# --- the same everywhere -------------------------------------------------------------------------------------


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    root = str(Path(resources.PACKAGE).parent)
    return subprocess.run(
        [sys.executable, "-m", "quizgen", "worksheet", *arguments],
        capture_output=True,
        cwd=environment.pop("cwd", None),
        env={**os.environ, "PYTHONPATH": root, **environment},
        check=False,
    )


def test_the_same_seed_gives_the_same_bytes_anywhere(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    wanted = ["--count", "3", "--seed", "x", "--lang", "ja", "--answers", "graph", "--key", "separate"]
    first = run(*wanted, "-o", "a.pdf", cwd=str(one), PYTHONHASHSEED="1", LC_ALL="C", TZ="Asia/Tokyo")
    second = run(*wanted, "-o", str(other / "a.pdf"), "--jobs", "2", PYTHONHASHSEED="2", LC_ALL="ja_JP.UTF-8", TZ="UTC",
                 RAYON_NUM_THREADS="1", SOURCE_DATE_EPOCH="1")  # fmt: skip
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert sorted(path.name for path in one.iterdir()) == ["a.key.pdf", "a.pdf"]
    assert all(path.read_bytes() == (other / path.name).read_bytes() for path in one.iterdir())


def test_nothing_of_the_time_or_the_machine_is_in_the_file() -> None:
    each = printed("ja", Answers.ENTRY)
    fresh = pikepdf.open(io.BytesIO(each.bytes))  # who opens the metadata, as another test does, adds a producer
    assert set(fresh.docinfo.keys()) == {"/Creator", "/Title"}
    with fresh.open_metadata() as about:
        assert not [name for name in about if re.search("Date|Author|creator$", name)]
    bare = io.BytesIO()
    with pikepdf.open(io.BytesIO(each.bytes)) as copy:
        copy.save(bare, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.generalized)
    here = {str(Path.home()), str(Path.cwd()), tempfile.gettempdir(), platform.node(), str(resources.PACKAGE)}
    assert not [text for text in here if len(text) > 4 and text.encode() in bare.getvalue()]


def stand_alone(source: str) -> bytes:
    """What Typst's own program makes of the file, with the same fonts."""
    made = typst.compile({"main.typ": source.encode()}, font_paths=pdf._fonts(()), ignore_system_fonts=True,
                         pdf_standards="ua-1", timestamp=0)  # fmt: skip
    assert isinstance(made, bytes)
    return made


@pytest.mark.parametrize("language", available())
def test_the_source_makes_the_very_bytes_of_the_pdf(language: str) -> None:
    document = documents(sheet(questions()[:4], language, student="山田 太郎", student_id="1"))[0]
    source = TYP.write(document, "a.typ")["a.typ"]
    assert isinstance(source, str)
    assert stand_alone(source) == made(document)
    for name in ("noto sans jp", "noto serif jp"):
        assert name in source.splitlines()[0].casefold()


# --- pages ---------------------------------------------------------------------------------------------------

MILLIMETRES = {Paper.A4: (210, 297), Paper.B5: (182, 257), Paper.B4: (364, 257), Paper.LETTER: (215.9, 279.4)}


@pytest.mark.parametrize("paper", Paper)
def test_the_pages_are_of_the_paper_and_no_question_is_torn(paper: Paper) -> None:
    each = Printed(sheet(questions(), "ja", paper=paper, answers=Answers.CHOICE))
    for page in each.reader.pdf.pages:
        width, height = (float(page.MediaBox[side]) - float(page.MediaBox[side - 2]) for side in (2, 3))
        assert (width, height) == pytest.approx([side * UNITS_PER_MM for side in MILLIMETRES[paper]], abs=0.01)
    for one in each.elements:
        if one.box:
            left, bottom, right, top = one.box
            assert 0 < left < right < width and 0 < bottom < top < height
    asked, solved = each.parts
    for stretch in stretches(asked):
        assert len({one.page for one in stretch} - {None}) == 1, stretch[0].text
    for stretch in stretches(solved):
        assert stretch[0].pages == next(one for one in stretch if one.tag == "Figure").pages
    assert max(one.page or 0 for one in asked) + 1 == min(one.page for one in solved if one.page is not None)


def test_no_step_of_the_key_is_printed_over_another() -> None:
    """Typst lets a fraction reach into the space between lines, and so into the step above."""
    steps = 0
    for each in every_sheet():
        formulas = [one for one in each.parts[1] if one.tag == "Formula" and one.box]
        for first, second in itertools.combinations(formulas, 2):
            if first.page == second.page and first.box[0] == pytest.approx(second.box[0], abs=0.1):
                steps += 1
                assert min(first.box[3], second.box[3]) <= max(first.box[1], second.box[1]), (first.alt, second.alt)
    assert steps > 100


@pytest.mark.client
@pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext is not installed")
@pytest.mark.parametrize("paper", Paper)
def test_poppler_finds_every_word_on_its_page(paper: Paper, tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    for language in available():
        file.write_bytes(made(documents(sheet(questions(), language, paper=paper, title="長い題 long " * 12))[0]))
        found = subprocess.run(["pdftotext", "-bbox", str(file), "-"], capture_output=True, check=True, text=True)
        for page in ElementTree.fromstring(found.stdout).iter("{http://www.w3.org/1999/xhtml}page"):
            width, height = float(page.get("width", "")), float(page.get("height", ""))
            for word in page:
                assert float(word.get("xMin", "")) > 9 * UNITS_PER_MM, word.text
                assert float(word.get("xMax", "")) < width - 9 * UNITS_PER_MM, word.text
                assert 0 < float(word.get("yMin", "")) < float(word.get("yMax", "")) < height, word.text


@pytest.mark.client
@pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext is not installed")
def test_poppler_reads_the_texts(tmp_path: Path) -> None:
    for language in available():
        each = printed(language, Answers.CHOICE)
        (tmp_path / "a.pdf").write_bytes(each.bytes)
        found = subprocess.run(["pdftotext", str(tmp_path / "a.pdf"), "-"], capture_output=True, check=True)
        text = squeezed(found.stdout.decode())
        said = each.sheet.said
        wanted = [said["sheet.title"], said["sheet.numbers"], *(item.wording.title for item in each.sheet.items)]
        assert not [one for one in wanted if squeezed(one) not in text]


# --- the code ------------------------------------------------------------------------------------------------


def modules(svg: str) -> list[list[int]]:
    """The squares of a QR code that are black, from its picture."""
    root = ElementTree.fromstring(svg)
    width, height = int(root.get("width", "")), int(root.get("height", ""))
    squares = [[0] * width for _ in range(height)]
    line = next(each for each in root if each.get("stroke"))
    x, y = 0.0, 0.0
    for kind, first, second in re.findall(r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?", line.get("d", "")):
        if kind == "h":
            for place in range(int(x), int(x) + int(first)):
                squares[int(y)][place] = 1
            x += int(first)
        else:
            x, y = (float(first), float(second)) if kind == "M" else (x + float(first), y + float(second))
    return squares


def test_the_code_is_a_qr_code_of_the_sheet_with_a_white_margin() -> None:
    made_ = sheet(questions()[:2])
    squares = modules(qr.svg(made_.code))
    expected = [list(row) for row in segno.make_qr(made_.code, error="m", boost_error=False).matrix]
    margin = (len(squares) - len(expected)) // 2
    assert margin >= 2 and [row[margin:-margin] for row in squares[margin:-margin]] == expected
    assert sum(map(sum, squares)) == sum(map(sum, expected))
    data = json.loads(typesetting.as_json(documents(made_)[0]))
    assert data["sections"][0]["head"]["code"]["svg"] == qr.svg(made_.code)


@pytest.mark.client
@pytest.mark.skipif(not shutil.which("zbarimg") or not shutil.which("pdftoppm"), reason="zbarimg is not installed")
def test_a_scanner_reads_the_code_from_the_page(tmp_path: Path) -> None:
    made_ = sheet(questions()[:2], "ja")
    (tmp_path / "a.pdf").write_bytes(made(documents(made_)[0]))
    subprocess.run(["pdftoppm", "-r", "200", "-png", "-l", "1", "a.pdf", "a"], cwd=tmp_path, check=True)
    (page,) = tmp_path.glob("a*.png")
    read = subprocess.run(["zbarimg", "-q", "--raw", str(page)], capture_output=True, check=True, text=True)
    assert read.stdout.strip() == made_.code


def test_the_formats_are_found() -> None:
    assert formats.catalogue()["pdf"] is PDF and formats.catalogue()["typ"] is TYP
