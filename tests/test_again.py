"""A code makes the very sheet again, and says so where it cannot."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizgen import again, formats, resources
from quizgen.classroom import Made, Order, print_class
from quizgen.cli import app, common
from quizgen.code import encode
from quizgen.draw import is_seed
from quizgen.errors import QuizgenError
from quizgen.language import available, words
from quizgen.plan import MOST_POINTS, MOST_ROOM, Answers, Key, Origin, Paper, Plan
from quizgen.roster import Student
from quizgen.selection import Selection
from quizgen.sheet import arrange

TEXTS = st.text(max_size=30).filter(str.isprintable)
PLANS = st.builds(
    Plan,
    language=st.sampled_from(available()),
    seed=st.text(min_size=1, max_size=40).filter(is_seed),
    answers=st.sampled_from(Answers),
    key=st.sampled_from(Key),
    letters=st.permutations("ABCDアイウエ").map(lambda letters: "".join(letters[:4])),
    title=TEXTS,
    paper=st.sampled_from(Paper),
    points=st.integers(1, MOST_POINTS),
    room=st.integers(0, MOST_ROOM),
    answer_sheet=st.booleans(),
    count=st.integers(1, 1000),
    origin=st.builds(Origin, st.lists(TEXTS, max_size=3).map(tuple), st.none() | st.integers(0, 9), TEXTS),
    student_id=TEXTS,
    student=TEXTS,
)


@given(PLANS, st.text("0123456789abcdef", min_size=8, max_size=8))
def test_a_code_says_the_whole_plan(plan: Plan, variants: str) -> None:
    found = again.read(again.code_of(plan, variants))
    assert (found.plan, found.variants) == (plan, variants)


def printed(folder: Path, name: str, *arguments: str) -> bytes:
    folder.mkdir(exist_ok=True)
    assert app.run(["worksheet", *arguments, "-o", str(folder / name)]) == 0
    return (folder / name).read_bytes()


def code_in(markdown: bytes) -> str:
    found = re.search(r"--again ([-\w]+)", markdown.decode())
    assert found
    return found[1]


WISHES = ["--answers", "choice", "--letters", "アイウエ", "--points", "5", "--title", "第5章 <b>", "--room", "12"]


@pytest.mark.parametrize("name", [f"a{each.suffix}" for each in formats.catalogue().values()])
@pytest.mark.parametrize("bank", [None, "shopping.jsonl"])
def test_the_very_same_sheet_and_key(tmp_path: Path, name: str, bank: str | None) -> None:
    where = ["--family", "shopping"] if bank is None else [str(resources.banks() / bank)]
    wishes = [*where, "--count", "2", "--seed", "x y", "--lang", "ja", *WISHES]
    once = printed(tmp_path / "one", name, *wishes)
    code = code_in(printed(tmp_path / "one", "code.md", *wishes))
    assert printed(tmp_path / "two", name, "--again", code.lower()) == once


def test_key_language_and_paper_may_be_others(tmp_path: Path) -> None:
    wishes = ["--count", "2", "--seed", "x", "--answers", "choice"]
    english = printed(tmp_path, "a.md", *wishes, "--lang", "en")
    wanted = ["--lang", "ja", "--key", "none"]
    other = printed(tmp_path / "again", "b.md", "--again", code_in(english), *wanted)
    assert other == printed(tmp_path / "made", "b.md", *wishes, *wanted)


def test_what_the_code_says_already_is_not_said_again(tmp_path: Path) -> None:
    code = code_in(printed(tmp_path, "a.md", "--count", "1", "--seed", "x", "--lang", "en"))
    for option, value in (("--seed", "y"), ("--count", "3"), ("--answers", "graph"), ("--title", "T")):
        with pytest.raises(QuizgenError, match=r"sheet\.again_fixed") as caught:
            app.run(["worksheet", "--again", code, option, value])
        assert option in common.told(caught.value, words("en"))


def test_a_code_of_another_bank_or_version_or_of_nothing_is_told(tmp_path: Path) -> None:
    shipped = str(resources.banks() / "shopping.jsonl")
    other = tmp_path / "other.jsonl"
    other.write_text(Path(shipped).read_text("utf-8").split("\n")[0] + "\n", "utf-8")
    code = code_in(printed(tmp_path, "a.md", str(other), "--count", "1", "--seed", "x", "--lang", "en"))
    drawn = Plan("en", "x", count=1, origin=Origin(("shopping",)))
    for arguments, key in (
        ([shipped, "--again", code], "sheet.again_other_bank"),
        (["--again", code], "sheet.again_needs_bank"),
        (["--again", again.code_of(drawn, "00000000")], "sheet.again_other_version"),
        (["--again", code[:-1]], "code.mistyped"),
        (["--again", "hello"], "code.not_a_code"),
        (["--again", ""], "code.not_a_code"),
    ):
        with pytest.raises(QuizgenError) as caught:
            app.run(["worksheet", *arguments, "-o", str(tmp_path / "b.md")])
        assert caught.value.key == key
        assert all("\n" not in common.told(caught.value, words(code)) for code in available())
    assert not (tmp_path / "b.md").exists()


@pytest.mark.parametrize("to", formats.catalogue())
def test_a_student_s_sheet_is_had_again(tmp_path: Path, to: str) -> None:
    plan = Plan("ja", "x", count=1, origin=Origin(("shopping",), 1))
    (tmp_path / "class").mkdir()
    wanted = Order(plan, None, to, tmp_path / "class")
    (made,) = print_class(wanted, [Student("=1", "山田 <b>")]).made
    (student,) = (tmp_path / "class").glob(f"_1-*{wanted.suffix}")
    code = code_in((tmp_path / "class" / f"keys{wanted.suffix}").read_bytes()) if to == "md" else sheet_of(wanted, made)
    assert printed(tmp_path, student.name, "--again", code, "--key", "none") == student.read_bytes()


def sheet_of(wanted: Order, made: Made) -> str:
    """The code of a student's sheet; that it stands on the page is for the tests of the format to say."""
    student = made.student
    return arrange(
        made.questions, replace(wanted.plan, seed=made.seed, student_id=student.id, student=student.name)
    ).code


@pytest.mark.parametrize("key", Key)
def test_where_the_key_stands_does_not_change_the_code(tmp_path: Path, key: Key) -> None:
    wishes = ["--count", "1", "--family", "shopping", "--seed", "x", "--lang", "en"]
    after = printed(tmp_path / "one", "a.md", *wishes)
    found = printed(tmp_path / "two", "a.md", "--again", code_in(after), "--key", key)
    of_key = (tmp_path / "two" / "a.key.md").read_bytes() if key == Key.SEPARATE else found
    assert found == after if key == Key.AFTER else after.startswith(found.rstrip())
    assert key == Key.NONE or code_in(of_key) == code_in(after)


@pytest.mark.parametrize(
    "field",
    [{"n": 0}, {"n": -1}, {"n": "5"}, {"s": ""}, {"s": 5}, {"s": "a\nb"}, {"o": 0}, {"o": 101}, {"R": -1}, {"r": 2},
     {"m": ""}, {"k": "x"}, {"p": "a5"}, {"a": []}, {"f": [], "w": 1}, {"h": 7}, {"v": []}],
)  # fmt: skip
def test_a_code_that_somebody_made_up_is_refused(field: dict[str, object]) -> None:
    sound = {"s": "x", "l": "en", "n": 1, "h": "00000000", "v": "1"}
    assert again.read(encode(sound)).plan.count == 1
    with pytest.raises(QuizgenError, match=r"code\.not_a_code"):
        again.read(encode({**sound, **field}))


def test_another_language_has_the_same_questions_options_and_points(tmp_path: Path) -> None:
    found = []
    for language in available():
        plan = Plan(language, "x", Answers.CHOICE, count=3)
        sheet = arrange(Selection(plan).questions(), plan)
        found.append(
            [
                (item.question.id, [(task.options, task.letter, task.points, task.boxed) for task in item.tasks])
                for item in sheet.items
            ]
        )
    assert len(found) > 1 and all(each == found[0] for each in found)
