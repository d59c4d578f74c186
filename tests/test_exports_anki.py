"""Flash cards for Anki, read back with zipfile, sqlite3 and an HTML parser; and by Anki's own engine where it is."""

from __future__ import annotations

import functools
import importlib.util
import io
import json
import os
import re
import sqlite3
import subprocess
import zipfile
from collections.abc import Callable
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import export_samples as samples
import pytest
from authored_samples import GOOD, changed

from quizgen import bank, exporting, families, resources, source
from quizgen.authored import misconceptions_of
from quizgen.cli import common
from quizgen.cli.app import run
from quizgen.engine.functions import Value
from quizgen.errors import QuizgenError
from quizgen.exercise import Course, Exercise, is_number
from quizgen.exports import _anki_package as package
from quizgen.exports import anki
from quizgen.generate import question_for
from quizgen.language import available, text_in, words
from quizgen.notation import number_text
from quizgen.numbers import Real, close
from quizgen.picture.layout import printable
from quizgen.plan import Answers, Plan
from quizgen.question import Mistakes, Question

pytest.importorskip("genanki", reason="needs quizgen[anki]")

HOSTILE = (
    "<script>alert(1)</script> ]]> $x$ *b* \"q\" 'q' \\(x\\) \\[y\\] [sound:a.mp3] [[type:Question]] [latex]z[/latex]"
    " c1::z <img src=x onerror=alert(1)> &lt; =evil.svg 😀 שלום end"
)
NAME = '<b>]]>\\(x\\) [sound:a] =evil.svg "q" $x$ c1::z 😀'
TAGS = {"p", "b", "span", "div", "img", "ul", "li", "section", "h2", "details", "summary"}
EVERY_WAY = pytest.mark.parametrize(("code", "answers"), [(code, each) for code in available() for each in Answers])
Note = dict[str, str]  # by the names of the fields, in the order of the deck; with "guid" and "tags"


class _Shown(HTMLParser):
    """The pieces of text between tags, the tags, and the images."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.tags: set[str] = set()
        self.images: list[dict[str, str | None]] = []
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "img":
            self.images.append(dict(attrs))

    @property
    def text(self) -> str:
        return "".join(self.pieces)


def course_of(questions: list[Question], code: str, answers: Answers, title: str = "") -> Course:
    return exporting.course_of(questions, Plan(code, "export", answers, title=title), anki.ANKI)[0]


def exported(course: Course) -> bytes:
    content = anki.write(course, "x.apkg")["x.apkg"]
    assert isinstance(content, bytes)
    return content


def opened(content: bytes) -> tuple[sqlite3.Connection, dict[str, str]]:
    """The database and the pictures."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        connection = sqlite3.connect(":memory:")
        connection.deserialize(archive.read("collection.anki2"))
        names = json.loads(archive.read("media"))
        return connection, {name: archive.read(place).decode() for place, name in names.items()}


def notes_of(content: bytes, code: str) -> list[Note]:
    connection, _ = opened(content)
    named = {each: words(code)[f"export.anki.field.{each}"] for each in anki.FIELDS}
    (models,) = connection.execute("SELECT models FROM col").fetchone()
    (model,) = json.loads(models).values()
    assert [field["name"] for field in model["flds"]] == list(named.values())
    found = connection.execute("SELECT guid, tags, flds FROM notes JOIN cards ON nid = notes.id ORDER BY due")
    return [
        {"guid": guid, "tags": tags} | dict(zip(named, fields.split("\x1f"), strict=True))
        for guid, tags, fields in found
    ]


def number_in(shown: str) -> Fraction:
    r"""The number that stands between \( and \)."""
    found = re.search(r"\\\((?:\\displaystyle )?(-?)(?:\\frac\{(\d+)\}\{(\d+)\}|([\d.]+))\\\)", shown)
    assert found, shown
    minus, top, bottom, whole = found.groups()
    return (-1 if minus else 1) * (Fraction(int(top), int(bottom)) if top else Fraction(whole))


def same(one: Fraction, other: Value) -> bool:
    return close(one, other, Fraction(1, 10**5)) if isinstance(other, Real) else one == other


@functools.cache
def drawn() -> tuple[Question, ...]:
    """One question of every family and level."""
    return tuple(
        question_for(family, level, "anki") for family in families.catalogue().values() for level in family.levels
    )


@functools.cache
def drawn_in(code: str, answers: Answers) -> tuple[Course, bytes]:
    """They, and their deck."""
    course = course_of(list(drawn()), code, answers)
    return course, exported(course)


def authored(folder: Path, text: str) -> list[Question]:
    file = folder / "source.toml"
    file.write_text(text, "utf-8")
    return source.build(source.read(file))


def hostile(folder: Path) -> list[Question]:
    evil, name = (json.dumps(each, ensure_ascii=False) for each in (HOSTILE, NAME))
    text = changed('story.en = "Buy', f'story.en = "{evil[1:-1]} Buy')
    text = changed('{ en = "price"', f"{{ en = {name}", text)
    for old in ('"Shipping is paid once."', '"Tea by mail"', '"shipping for each bottle"', '"yen"'):
        text = changed(old, evil if "once" in old else name, text)
    return authored(folder, text)


@EVERY_WAY
def test_every_exercise_comes_back_with_its_key(code: str, answers: Answers) -> None:
    course, content = drawn_in(code, answers)
    notes = notes_of(content, code)
    assert [each["id"] for each in notes] == [each.id for each in course.exercises]
    for exercise, note in zip(course.exercises, notes, strict=True):
        keys = note["key"].split('<span class="right">')[1:]
        for task, shown in zip(exercise.tasks, keys, strict=True):
            assert task.unit in _Shown(shown).text
            if is_number(task.part.key):
                assert same(number_in(shown), task.part.key)
            if task.options:
                options = dict(re.findall(r'<b class="letter">(.)</b> (.*?)</li>', note["options"]))
                assert list(options) == ["A", "B", "C", "D"]
                assert options[task.letter] in shown
                assert f'<b class="letter">{task.letter}</b>' in shown
        written = answers == Answers.ENTRY and is_number(exercise.tasks[0].part.key)
        assert bool(note["answer"]) == written
        if written:
            assert same(Fraction(note["answer"]), exercise.task.part.key)
        assert bool(note["options"]) == (not written and answers != Answers.GRAPH)


def replies_in(note: Note, exercise: Exercise) -> list[str]:
    """What is said to wrong answers, task by task."""
    if len(exercise.tasks) == 1:
        return [note["wrong"]]
    stretches = note["wrong"].split("<details>")[1:]
    by_number = {_Shown(each).text.split()[0]: each for each in stretches}
    return [by_number.get(f"({task.number})", "") for task in exercise.tasks]


@EVERY_WAY
def test_each_wrong_answer_is_what_its_misconception_gives(code: str, answers: Answers) -> None:
    (course, content), seen = drawn_in(code, answers), 0
    for exercise, note in zip(course.exercises, notes_of(content, code), strict=True):
        known = misconceptions_of(exercise.question.problem)
        mistakes = Mistakes(exercise.question.problem.graph, known)
        for task, said in zip(exercise.tasks, replies_in(note, exercise), strict=True):
            if not is_number(task.part.key):
                assert said.count("<li>") == 3
                continue
            found = list(mistakes.answers(task.part.ask))
            for shown in said.split("<li>")[1:]:
                value = number_in(shown)
                assert value != task.part.key
                lines = [_Shown(each).text for each in re.findall(r"(?s)<div>(.*?)</div>", shown)]
                assert lines
                for line in lines:
                    told = [
                        each.id
                        for each in known.values()
                        if f"{text_in(each.title, code)} {text_in(each.feedback, code)}" == line
                    ]
                    assert told, line
                    assert any(
                        mistake in told and not hasattr(wrong, "operator") and same(value, wrong)
                        for wrong, mistake, _ in found
                    )
                    seen += 1
    assert seen > 20


@EVERY_WAY
def test_pictures_and_worked_steps_are_there(code: str, answers: Answers) -> None:
    course, content = drawn_in(code, answers)
    media = opened(content)[1]
    for exercise, note in zip(course.exercises, notes_of(content, code), strict=True):
        for field, picture in (("picture", exercise.picture), ("solved", exercise.item.solved)):
            (image,) = _Shown(note[field]).images
            assert image["alt"] == picture.words
            root = ElementTree.fromstring(media[str(image["src"])])
            assert picture.words in {each.text for each in root}
        assert note["working"].count('<div class="step">') == sum(len(each.lines) for each in exercise.workings)
        assert all(each.heading in note["working"] for each in exercise.workings)
    assert all(re.fullmatch(r"quizgen-[0-9a-f]{16}\.svg", name) for name in media)


def test_a_part_alone_is_solved_without_the_other_parts() -> None:
    for exercise in drawn_in("en", Answers.ENTRY)[0].exercises:
        headings = [each.heading for each in exercise.workings]
        assert headings[2:] in ([], [words("en")("sheet.worked_task", number=1)])


def test_the_same_bytes_at_any_time_in_any_place(monkeypatch: pytest.MonkeyPatch) -> None:
    course, once = drawn_in("ja", Answers.ENTRY)
    monkeypatch.setattr("time.time", lambda: 2e9)
    monkeypatch.chdir("/")
    assert exported(course) == once
    with zipfile.ZipFile(io.BytesIO(once)) as archive:
        assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {each.compress_type for each in archive.infolist()} == {zipfile.ZIP_STORED}
        assert archive.read("collection.anki2")[96:100] == bytes(4)  # no version of SQLite


def test_a_note_is_known_by_its_exercise_its_language_and_its_form(tmp_path: Path) -> None:
    made = authored(tmp_path, GOOD)
    told = authored(tmp_path, changed("Buy {n} bottles", "Purchase {n} bottles"))

    def known(questions: list[Question], code: str, answers: Answers) -> dict[str, Note]:
        return {each["guid"]: each for each in notes_of(exported(course_of(questions, code, answers)), code)}

    one, other = known(made, "en", Answers.ENTRY), known(told, "en", Answers.ENTRY)
    assert list(one) == list(other)
    assert [each["story"] for each in one.values()] != [each["story"] for each in other.values()]
    assert not set(one) & set(known(made, "ja", Answers.ENTRY))
    assert not set(one) & set(known(made, "en", Answers.CHOICE))
    assert list(known(made[1:], "en", Answers.ENTRY)) == list(one)[len(made[0].parts) :]


def dates_of(questions: list[Question]) -> list[int]:
    content = exported(course_of(questions, "en", Answers.ENTRY))
    return [each for (each,) in opened(content)[0].execute("SELECT mod FROM notes ORDER BY id")]


def test_only_what_has_changed_has_another_date(tmp_path: Path) -> None:
    made = authored(tmp_path, GOOD)
    other = authored(tmp_path, changed("Buy {n} bottles", "Purchase {n} bottles"))
    dates, mixed = dates_of(made), dates_of([made[0], *other[1:]])
    of_first = len(made[0].parts)
    assert dates[:of_first] == mixed[:of_first]
    assert all(one != two for one, two in zip(dates[of_first:], mixed[of_first:], strict=True))


def test_a_later_version_is_newer_and_a_day_can_be_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    days = []
    for version in ("0.1.0", "0.2.0", "0.2.1rc1", "1.0.0"):
        monkeypatch.setattr(package, "__version__", version)
        days.append([package.date_of(text) for text in ("one", "another")])
    assert max(days[0]) < min(days[1]) <= max(days[1]) < min(days[3])
    assert days[1] == days[2]
    assert all(one != other for one, other in days)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")
    assert 0 <= package.date_of("one") - 1_800_000_000 < package.DAY
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "tomorrow")
    assert package.date_of("one") == days[-1][0]


@pytest.mark.parametrize("answers", Answers)
def test_what_people_wrote_is_text(answers: Answers, tmp_path: Path) -> None:
    course = course_of(hostile(tmp_path), "en", answers, title=f"{NAME} {{{{c1::a}}}} a::b")
    content = exported(course)
    for note in notes_of(content, "en"):
        shown = {field: _Shown(note[field]) for field in anki.FIELDS}
        assert shown["story"].text.startswith(printable(HOSTILE) + " Buy")
        for each in shown.values():
            assert each.tags <= TAGS
            assert not any(re.search(r"\\[(\[][xy]", piece) for piece in each.pieces)
        assert not re.search(r"\[(sound|\[type|latex)|[\a\u202e]", "".join(note.values()))
        assert printable(NAME) in str(shown["picture"].images[0]["alt"])
        assert not re.search(r"\ssrc=(?!\"quizgen-)|=evil", note["picture"])
        assert not any("::" in tag.removeprefix("quizgen::") for tag in note["tags"].split())
    said = "".join(_Shown(each["wrong"]).text for each in notes_of(content, "en"))
    assert answers == Answers.GRAPH or printable(HOSTILE) in said
    connection, media = opened(content)
    (decks,) = connection.execute("SELECT decks FROM col").fetchone()
    assert all("::" not in deck["name"] for deck in json.loads(decks).values())
    assert all(ElementTree.fromstring(each) for each in media.values())


def test_an_answer_that_is_rounded_says_how_far(tmp_path: Path) -> None:
    text = changed("total = sum * tax", "total = log(sum)", changed("(price * n + fee) * tax", "log(price * n + fee)"))
    text = text.replace('values.tax = { one_of = ["8%", "10%"], as = "multiplier" }\n', "")
    text = (
        text.replace(", the tax {tax}", "")
        .replace("、税は{tax}", "")
        .replace('"upstream cost", ', "")
        .replace(', "meaning n"', "")
    )
    course = course_of(authored(tmp_path, text), "en", Answers.ENTRY)
    first = notes_of(exported(course), "en")[0]
    assert isinstance(course.exercises[0].task.part.key, Real)
    assert first["ask"].endswith("Give 6 significant digits.</p>")
    assert first["answer"] == number_text(course.exercises[0].task.part.key)


@pytest.mark.parametrize("code", available())
def test_without_the_package_one_line_says_what_to_install(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "genanki" else find(name))
    order = ["bank", "export", "missing.jsonl", "--to", "anki", "-o", str(tmp_path / "x.apkg"), "--lang", code]
    with pytest.raises(QuizgenError) as refused:
        run(order)
    told = common.told(refused.value, words(code))
    assert "pip install 'quizgen[anki]'" in told
    assert "\n" not in told
    assert not list(tmp_path.iterdir())


def test_a_japanese_card_holds_no_english() -> None:
    questions = [each for each in drawn() if each.problem.family == "chain-rule"]
    content = exported(course_of(questions, "ja", Answers.ENTRY))
    (models,) = opened(content)[0].execute("SELECT models FROM col").fetchone()
    (model,) = json.loads(models).values()
    pieces = [
        _Shown(re.sub(r"\{\{.*?\}\}", "", each[side])).text for each in model["tmpls"] for side in ("qfmt", "afmt")
    ]
    pieces += [_Shown(note[field]).text for note in notes_of(content, "ja") for field in anki.FIELDS if field != "id"]
    rest = re.sub(r"\\\(.*?\\\)", "", " ".join(pieces))
    assert set(re.findall("[A-Za-z]{3,}", rest)) <= {"ReLU", "log", "exp", "sqrt", "sin", "cos", "tan", "tanh", "max"}


@pytest.mark.long
def test_five_hundred_questions_agree_with_sympy() -> None:
    course = course_of([*samples.many()], "en", Answers.ENTRY)
    seen = 0
    for exercise, note in zip(course.exercises, notes_of(exported(course), "en"), strict=True):
        wanted = samples.right(exercise, exercise.task)
        if wanted is not None:
            assert same(Fraction(note["answer"]), wanted), exercise.id
            seen += 1
    assert seen > 1000


CLIENTS = os.environ.get("EXPORT_CLIENTS", "")
ENGINE = Path(os.environ.get("CLIENTS_HOME") or Path.home() / ".cache" / "export-clients") / "venv" / "bin" / "python"
IMPORTS = """
import json, sys, tempfile
import anki.lang
from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest
anki.lang.set_lang("en")
collection = Collection(tempfile.mkdtemp() + "/collection.anki2")
found = []
for file, update in json.loads(sys.argv[1]):
    options = ImportAnkiPackageOptions(update_notes=update)
    log = collection.import_anki_package(ImportAnkiPackageRequest(package_path=file, options=options)).log
    stories = [collection.get_note(each)["Story"] for each in collection.find_notes("Story:_*")]
    found.append([len(log.new), len(log.updated), len(log.conflicting), collection.note_count(), stories])
collection.close()
print(json.dumps(found))
"""
IF_NEWER, ALWAYS = 0, 1


@pytest.fixture
def anki_reads() -> Callable[..., None]:
    driver = Path(CLIENTS) / "check_anki.py"
    if not CLIENTS or not driver.is_file():
        pytest.skip("EXPORT_CLIENTS names no folder with check_anki.py")
    if not ENGINE.exists():
        pytest.skip("Anki's engine is not installed")

    def read(file: Path, count: int) -> None:
        order = [ENGINE, driver, file, "--expect", str(count)]
        done = subprocess.run(order, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]

    return read


@pytest.mark.client
@EVERY_WAY
def test_anki_takes_every_family_and_the_stories(
    code: str, answers: Answers, anki_reads: Callable[..., None], tmp_path: Path
) -> None:
    stories = {each.problem.family: each for each in bank.read(resources.banks() / "stories.jsonl")}
    assert len(stories) == 12
    course = course_of([*drawn(), *stories.values()], code, answers)
    file = tmp_path / "deck.apkg"
    file.write_bytes(exported(course))
    anki_reads(file, len(course.exercises))


@pytest.mark.client
@pytest.mark.parametrize("answers", Answers)
def test_anki_takes_what_people_wrote(answers: Answers, anki_reads: Callable[..., None], tmp_path: Path) -> None:
    course = course_of(hostile(tmp_path), "en", answers, title=f"{NAME} {{{{c1::a}}}} a::b")
    file = tmp_path / "deck.apkg"
    file.write_bytes(exported(course))
    anki_reads(file, len(course.exercises))


@pytest.mark.client
def test_anki_updates_what_has_changed_and_keeps_languages_and_forms_apart(tmp_path: Path) -> None:
    if not ENGINE.exists():
        pytest.skip("Anki's engine is not installed")

    def deck(name: str, text: str, code: str, answers: Answers, date: str = "") -> str:
        file = tmp_path / f"{name}.apkg"
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SOURCE_DATE_EPOCH", date)
            file.write_bytes(exported(course_of(authored(tmp_path, text), code, answers)))
        return str(file)

    new = changed("Buy {n} bottles", "Purchase {n} bottles")
    first = deck("first", GOOD, "en", Answers.ENTRY)
    order = [
        (first, IF_NEWER),
        (first, ALWAYS),
        (deck("changed", new, "en", Answers.ENTRY), ALWAYS),
        (deck("dated", GOOD, "en", Answers.ENTRY, "1900000000"), IF_NEWER),
        (deck("choice", GOOD, "en", Answers.CHOICE), IF_NEWER),
        (deck("japanese", GOOD, "ja", Answers.ENTRY), IF_NEWER),
    ]
    done = subprocess.run([ENGINE, "-c", IMPORTS, json.dumps(order)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [each[:4] for each in found] == [
        [12, 0, 0, 12],
        [0, 0, 0, 12],
        [0, 12, 0, 12],
        [0, 12, 0, 12],
        [12, 0, 0, 24],
        [12, 0, 0, 36],
    ]
    assert all("Purchase" in story for story in found[2][4])
