"""The drill: its rules as a pure machine, its choice, and both conversations."""

from __future__ import annotations

import io
import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from quizgen import bank, families
from quizgen.drill import history
from quizgen.drill.chosen import Chosen
from quizgen.drill.events import Asked, Ended, Event, Judged, Misread, Noted, Opened, Shown, TimeIsUp
from quizgen.drill.look import Look
from quizgen.drill.plain import Plain
from quizgen.drill.result import Flag, Result
from quizgen.drill.said import Role, Said
from quizgen.drill.session import Command, State, opened, responded, start
from quizgen.drill.talk import Reading, Talk
from quizgen.drill.telling import Telling
from quizgen.engine.graph import Graph
from quizgen.engine.layers import MulLayer
from quizgen.families.shopping import OTHER_TAX
from quizgen.language import words
from quizgen.misconceptions import catalogue
from quizgen.notation import Style, unicode
from quizgen.picture.terminal import width
from quizgen.plan import Answers
from quizgen.problem import Ask, Problem
from quizgen.question import Part, Question, identity, value_text
from quizgen.solve import Solution

NOW = datetime(2027, 2, 1, 12, tzinfo=UTC)


def apples(number: int = 2) -> Question:
    """The book's graph: value 220, ∂price/∂notebook 2.2, local derivative, and ∂price/∂tax 200."""
    graph = Graph()
    notebook, count = graph.input("notebook", 100), graph.input("notebook_num", number)
    bill = graph.node("notebook_price", MulLayer, notebook, count)
    graph.node("price", MulLayer, bill, graph.input("tax", OTHER_TAX, "multiplier"))
    asks = (
        Ask("value", "price"),
        Ask("gradient", "price", "notebook"),
        Ask("local", "price", "tax"),
        Ask("gradient", "price", "tax"),
    )
    problem = Problem("shopping", 1, "test", graph, "notebook*notebook_num*tax", asks)
    keys = Solution(problem).keys
    parts = tuple(Part(ask, key, ()) for ask, key in zip(asks, keys, strict=True))
    return Question(problem, parts, identity(graph, asks))


def play(*said: str | Command, state: State | None = None) -> tuple[State, list[Event]]:
    """A variant opened, then everything that is said, with the events of the last saying."""
    state, events = opened(state or start(NOW), Chosen(apples()))
    for each in said:
        state, events = responded(state, each, NOW)
    return state, events


# --- the rules -----------------------------------------------------------------------------------------------


def test_a_variant_opens_with_its_first_part() -> None:
    _, events = play()
    assert [type(event) for event in events] == [Opened, Asked]


def test_an_answer_is_noted_before_it_is_judged_and_before_the_next_part() -> None:
    state, events = play("220円")
    assert [type(event) for event in events] == [Noted, Judged, Asked]
    assert (state.part, state.results[0].outcome, state.results[0].typed) == (1, "right", "220円")


def test_each_part_takes_one_answer_and_the_last_closes_the_variant() -> None:
    state, events = play("220", "2", "200", "200")
    assert [result.outcome for result in state.results] == ["right", "wrong", "right", "right"]
    assert (state.lesson, state.over) == (None, False)
    assert [type(event) for event in events] == [Noted, Judged]


def test_a_wrong_answer_is_traced_to_its_misconception() -> None:
    _, events = play("220", "2")
    noted = next(event for event in events if isinstance(event, Noted))
    assert ("product-upstream-ignored", "") in noted.result.mistakes
    assert noted.result.kind == "gradient"


@pytest.mark.parametrize("typed", ["", "abc", "2+", "1/0", "x" * 5000, "\x00"])
def test_an_unreadable_answer_costs_nothing(typed: str) -> None:
    before, _ = play()
    state, events = play(typed)
    assert [type(event) for event in events] == [Misread]
    assert (state.part, state.results, state.hints) == (before.part, (), 0)


def test_a_hint_is_the_next_step_that_was_not_seen_and_is_noted_with_the_answer() -> None:
    state, first = play(Command.HINT)
    again, second = responded(state, Command.HINT, NOW)
    assert isinstance(first[0], Shown)
    assert isinstance(second[0], Shown)
    assert [len(first[0].steps), len(second[0].steps)] == [1, 1]
    assert first[0].steps != second[0].steps
    nothing_left, events = responded(again, Command.HINT, NOW)
    assert isinstance(events[0], Shown)
    assert events[0].steps == ()
    assert nothing_left.hints == 2
    answered, _ = responded(nothing_left, "220", NOW)
    assert (answered.results[0].hints, answered.hints) == (2, 0)


def test_hints_go_backward_once_the_value_was_found() -> None:
    _, events = play("220", Command.HINT)
    assert isinstance(events[0], Shown)
    assert events[0].steps[0].direction == "backward"
    _, events = play("221", Command.HINT)
    assert isinstance(events[0], Shown)
    assert events[0].steps[0].direction == "forward"


@pytest.mark.parametrize(("before", "count"), [([], 2), (["220"], 4), (["220", "2.2"], 2), (["220", "2.2", "200"], 3)])
def test_steps_show_the_whole_way_to_the_answer_and_no_further(before: list[str], count: int) -> None:
    _, events = play(*before, Command.STEPS)
    assert isinstance(events[0], Shown)
    assert len(events[0].steps) == count  # forward what is needed, back along the way only


def test_a_skipped_part_shows_its_answer_and_is_recorded() -> None:
    state, events = play(Command.SKIP)
    assert isinstance(events[1], Judged)
    assert (events[1].verdict, len(events[1].steps)) == (None, 1)
    assert state.results[0].outcome == "skipped"


def test_the_step_shown_after_a_wrong_answer_holds_the_key() -> None:
    for said, key in ((["1"], "220"), (["220", "7"], "2.2"), (["220", "2.2", "7"], "200")):
        _, events = play(*said)
        judged = next(event for event in events if isinstance(event, Judged))
        assert judged.steps
        assert all(key in unicode(step.mathematics, Style()) for step in judged.steps)


def test_quitting_ends_with_the_summary_of_what_was_answered() -> None:
    state, events = play("220", Command.QUIT)
    assert [type(event) for event in events] == [Ended]
    assert isinstance(events[0], Ended)
    assert len(events[0].results) == 1
    assert state.over


def test_minutes_end_the_drill_after_the_part_and_not_within_it() -> None:
    state, _ = opened(start(NOW, minutes=3), Chosen(apples()))
    state, events = responded(state, "abc", NOW + timedelta(minutes=9))
    assert not state.over
    state, events = responded(state, "220", NOW + timedelta(minutes=2, seconds=59))
    assert not state.over
    state, events = responded(state, "2.2", NOW + timedelta(minutes=3))
    assert state.over
    assert [type(event) for event in events] == [Noted, Judged, TimeIsUp, Ended]


# --- the choice ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bank of twelve variants: six of each family."""
    from quizgen.generate import question_for

    made = [
        question_for(families.find(name), level, f"drill-test-{level}")
        for name in ("shopping", "chain-rule")
        for level in range(1, 7)
    ]
    path = tmp_path_factory.mktemp("bank") / "bank.jsonl"
    path.write_text(bank.dump(made), "utf-8")
    return path


# --- the words -----------------------------------------------------------------------------------------------

ENGLISH = re.compile(r"[A-Za-z]{3,}")
JAPANESE = re.compile(r"[ぁ-ゖァ-ヺ一-鿿]")
CODES = re.compile(r"\[[0-9a-f]{16}\]|\bsqrt\b|\bReLU\b|\bmax\b")  # ids, and what is written so in both languages


class Script:
    """A voice that says its lines and remembers what it was shown."""

    def __init__(self, lines: list[str], look: Look = Look()) -> None:  # noqa: B008  frozen
        self.lines, self.look, self.shown = iter(lines), look, list[Said]()

    def ask(self, reading: Reading) -> str | None:
        return next(self.lines, None)

    def show(self, said: Said) -> None:
        self.shown.append(said)


class Kept:
    """A record that keeps everything in memory."""

    def __init__(self) -> None:
        self.results, self.flags = list[Result](), list[Flag]()

    def add(self, result: Result) -> None:
        self.results.append(result)

    def flag(self, flag: Flag) -> None:
        self.flags.append(flag)


def conversation(
    code: str,
    lines: list[str],
    questions: Iterator[Question],
    columns: int | None = None,
    form: Answers = Answers.ENTRY,
    look: Look | None = None,
) -> list[Said]:
    voice = Script(lines, look or Look(columns))
    Talk(voice, Telling(code, lambda text, place: f"<{place}>"), Kept(), lambda: NOW, form).run(map(Chosen, questions))
    return voice.shown


ODD = ["h", "?", "s", "", "abc", "2+", "1/0", "1,10", "x" * 2000, "\x1b[31m", "9" * 500, "0.12"]


@pytest.mark.parametrize(("code", "foreign"), [("ja", ENGLISH), ("en", JAPANESE)])
def test_a_learner_meets_one_language_only(deployed: Path, code: str, foreign: re.Pattern[str]) -> None:
    questions = [line.question() for line in bank.lines(deployed)]
    for question in questions:
        for part in question.parts:
            for distractor in part.distractors:
                # Each mistake once, in its own part, after everything odd that can be said.
                lines = [*ODD, *["p"] * question.parts.index(part), value_text(distractor.value), "h", "s", "q"]
                for said in conversation(code, lines, iter([question])):
                    text = CODES.sub("", said.text).replace("abc", "").replace("x" * 60, "")
                    assert not foreign.search(text), said.text


def test_feedback_names_the_misconception_and_the_place_where_it_was_made() -> None:
    shown = conversation("en", ["220", "1.1"], iter([apples()]))
    text = "\n".join(said.text for said in shown)
    made = catalogue()["product-as-sum"]
    assert f"{made.title['en']} (at the node that computes cost of notebooks). {made.feedback['en']}" in text
    assert "The answer is 2.2." in text


def test_a_letter_that_is_a_name_of_the_question_is_an_answer_there() -> None:
    telling = Telling("en", lambda text, place: "")
    assert telling.command("ｈ") is Command.HELP
    assert telling.command("h", ("h", "x")) is None
    assert Telling("ja", lambda text, place: "").command("ヒント") is Command.HINT


@pytest.mark.parametrize("code", ["en", "ja"])
def test_where_the_picture_is_too_wide_formulas_stand_with_the_same_blanks(code: str) -> None:
    wide, narrow = (conversation(code, [], iter([apples()]), columns) for columns in (None, 40))
    pictures = [
        "\n".join(said.text for said in shown if said.role in (Role.PICTURE, Role.NOTE)) for shown in (wide, narrow)
    ]
    blanks = [sorted(re.findall(r"\[(?:Q|問)\d\]", picture)) for picture in pictures]
    assert blanks[0] == blanks[1] != []
    assert "─" in pictures[0]
    assert "─" not in pictures[1]


def test_a_window_that_became_narrower_is_drawn_anew() -> None:
    class Window(Script):
        def ask(self, reading: Reading) -> str | None:
            self.look = Look(40)
            return super().ask(reading)

    voice = Window(["220", "q"], Look(80))
    Talk(voice, Telling("en", lambda text, place: ""), Kept(), lambda: NOW).run(iter([Chosen(apples())]))
    titles = [said.text for said in voice.shown if said.role is Role.TITLE]
    assert [titles[0], titles[1]] == [titles[0]] * 2
    pictures = [said.text for said in voice.shown if said.role is Role.PICTURE]
    assert len(pictures) == 1  # at 40 columns formulas stand instead
    assert any("Q2" in said.text and said.role is Role.QUESTION for said in voice.shown)


def test_the_picture_gives_no_answer_away() -> None:
    question = apples(3)
    picture = next(said.text for said in conversation("en", [], iter([question])) if said.role is Role.PICTURE)
    numbers = {Fraction(each) for each in re.findall(r"[\d.]+", re.sub(r"\[Q\d\]", "", picture))}
    assert numbers == {100, 3, Fraction("1.1"), 1}


def test_nothing_shown_holds_control_characters() -> None:
    for said in conversation("en", ["\x1b[31m1", "\x07", "2\u202e1", "a\x00b"], iter([apples()])):
        assert all(character.isprintable() or character == "\n" for character in said.text), said.text


def test_every_sentence_of_a_command_is_there() -> None:
    for code in ("en", "ja"):
        for command in Command:
            assert words(code)[f"drill.command.{command.value}"].split()


def test_an_interrupted_conversation_still_ends_with_the_summary() -> None:
    class Interrupted(Script):
        def ask(self, reading: Reading) -> str | None:
            if (line := super().ask(reading)) is None:
                raise KeyboardInterrupt
            return line

    voice, kept = Interrupted(["220"]), Kept()
    talk = Talk(voice, Telling("en", lambda text, place: ""), kept, lambda: NOW)
    with pytest.raises(KeyboardInterrupt):
        talk.run(iter([Chosen(apples())]))
    assert voice.shown[-3].text.strip().startswith("Answers 1")
    assert len(kept.results) == 1


def test_a_plain_line_of_any_length_is_one_answer() -> None:
    voice = Plain(io.StringIO("a" * 100_000 + "\n2\r\n3"), io.StringIO(), Look())
    lines = [voice.ask(str) for _ in range(4)]
    assert [line and line.strip()[:3] for line in lines] == ["aaa", "2", "3", None]


# --- the command ---------------------------------------------------------------------------------------------


def environment(**more: str) -> dict[str, str]:
    here = str(Path(__file__).parents[1])
    return {**os.environ, "PYTHONPATH": here, "LC_ALL": "C.UTF-8", **more}


def quizgen(arguments: list[str], typed: bytes, home: Path) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "quizgen", *arguments]
    where = environment(QUIZGEN_HOME=str(home))
    return subprocess.run(command, input=typed, capture_output=True, env=where, timeout=120)


@pytest.mark.parametrize("code", ["en", "ja"])
def test_a_pipe_is_asked_until_its_end(deployed: Path, tmp_path: Path, code: str) -> None:
    arguments = ["drill", str(deployed), "--seed", "a", "--lang", code]
    done = quizgen(arguments, "1\nabc\n２．２円\n\xff".encode() + b"\xff\xfe\n", tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    out = done.stdout.decode()
    assert words(code)["drill.summary"] in out
    again = quizgen(["progress", "--json"], b"", tmp_path)
    assert json.loads(again.stdout)["answers"] == 2
    shown = quizgen(["progress", "--lang", code], b"", tmp_path).stdout.decode()
    assert words(code)["kind.value"] in shown


def test_keys_are_right_and_the_record_says_so(deployed: Path, tmp_path: Path) -> None:
    asked = [line.question() for line in bank.lines(deployed) if line.family == "shopping"]
    (bank_of := tmp_path / "two.jsonl").write_text(bank.dump(asked[:2]), "utf-8")
    order = re.compile(r"\[([0-9a-f]{16})\]")
    first = quizgen(["drill", str(bank_of), "--seed", "a", "--count", "1"], b"", tmp_path / "other").stdout.decode()
    found_ids = order.findall(first)
    asked = sorted(asked[:2], key=lambda question: question.id not in found_ids)
    typed = "".join(value_text(part.key) + "\n" for question in asked for part in question.parts)
    arguments = ["drill", str(bank_of), "--seed", "a", "--count", "2", "--lang", "en"]
    done = quizgen(arguments, typed.encode(), tmp_path)
    parts = sum(len(question.parts) for question in asked)
    assert done.stdout.decode().count("Right.") == parts
    found = json.loads(quizgen(["progress", "--json"], b"", tmp_path).stdout)
    assert (found["right"], found["answers"], found["variants"]) == (parts, parts, 2)
    assert set(found) == {
        "answers",
        "right",
        "wrong",
        "skipped",
        "hints",
        "variants",
        "days",
        "totals",
        "misconceptions",
        "skills",
        "streak",
        "forecast",
        "exam_date",
        "flags",
    }
    assert set(found["totals"][0]) == {
        "family",
        "level",
        "kind",
        "answers",
        "right",
        "wrong",
        "skipped",
        "hints",
    }


def test_the_first_session_has_its_copy(deployed: Path, tmp_path: Path) -> None:
    quizgen(["drill", str(deployed), "--seed", "a", "--lang", "en"], b"1\n2\n", tmp_path)
    with closing(sqlite3.connect(tmp_path / f"{history.FILE}.backup")) as copied:
        assert copied.execute("SELECT count(*) FROM answers").fetchone() == (2,)


def test_the_same_seed_asks_the_same(deployed: Path, tmp_path: Path) -> None:
    arguments = ["drill", str(deployed), "--seed", "a", "--lang", "en"]
    one, other = (quizgen(arguments, b"", tmp_path / name).stdout for name in "ab")
    assert one == other != b""


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (["--exam-date", "tomorrow"], b"2027-02-19"),
        (["--exam-date", "2020-01-01"], b"--exam-date"),
        (["--family", "shoping"], b"shopping"),
        (["nowhere.jsonl"], b"nowhere.jsonl"),
    ],
)
def test_a_mistake_on_the_command_line_is_one_line(arguments: list[str], wanted: bytes, tmp_path: Path) -> None:
    done = quizgen(["drill", *arguments], b"", tmp_path)
    assert (done.returncode, done.stdout) == (1, b"")
    assert len(done.stderr.splitlines()) == 1
    assert wanted in done.stderr


def test_a_drill_on_a_deployed_bank_loads_neither_sympy_nor_what_a_terminal_needs(tmp_path: Path) -> None:
    script = (
        "import sys; sys.argv = sys.argv[:1] + ['drill', '--family', 'shopping', '--seed', 'a']\n"
        "from quizgen.cli.app import run; run(sys.argv[1:])\n"
        "print(sorted({'sympy', 'rich', 'prompt_toolkit', 'lark'} & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=b"1\nh\n2.2\n1,100\n11/5\n",
        capture_output=True,
        env=environment(QUIZGEN_HOME=str(tmp_path)),
        timeout=120,
    )
    assert done.stderr == b"[]\n"
    assert b"Q2" in done.stdout


def test_a_terminal_asks_and_leaves_at_the_end_of_input(monkeypatch: pytest.MonkeyPatch) -> None:
    from prompt_toolkit.application import create_app_session
    from prompt_toolkit.input import create_pipe_input
    from prompt_toolkit.output import DummyOutput

    from quizgen.drill.terminal import Terminal

    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        keys.send_text("２．２円\x7f\r\x04")
        voice = Terminal()
        assert (voice.ask(str), voice.ask(str)) == ("２．２", None)


def test_a_terminal_shows_typed_marks_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    from quizgen.drill.terminal import Terminal

    voice = Terminal()
    for role in Role:
        voice.show(Said("[red]:smile: [/nothing]", role))
    assert capsys.readouterr().out == "[red]:smile: [/nothing]\n" * len(Role)


def test_a_picture_is_never_wrapped(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from quizgen.drill.terminal import Terminal

    monkeypatch.setenv("COLUMNS", "40")
    voice = Terminal()
    voice.show(Said("─" * 100, Role.PICTURE))
    voice.show(Said("りんごを買いました。" * 9, Role.STORY))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "─" * 100
    assert max(map(width, lines[1:])) <= 40


def test_a_bank_without_a_usable_variant_ends_with_an_error(deployed: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.jsonl"
    line = json.loads(deployed.read_text("utf-8").splitlines()[0])
    line["parts"][0]["key"] = "123456"
    wrong.write_text(json.dumps(line) + "\n", "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "quizgen", "drill", str(wrong)],
        input=b"1\n",
        capture_output=True,
        env=environment(QUIZGEN_HOME=str(tmp_path)),
        timeout=60,
    )
    assert done.returncode == 1
    assert b"123456" in done.stderr
    assert len(done.stderr.splitlines()) == 3  # the seed, the line, and that there is nothing to ask


@pytest.mark.parametrize(
    ("environment_", "colour"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)], ids=str
)
def test_colour_only_where_it_is_wanted(
    environment_: dict[str, str], colour: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from quizgen.drill.terminal import Terminal

    for name in ("NO_COLOR", "COLORTERM", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    for name, value in environment_.items():
        monkeypatch.setenv(name, value)
    if "TERM" in environment_:
        monkeypatch.setenv("TTY_COMPATIBLE", "0")
    voice = Terminal()
    assert voice.look.colour is colour
    shown = conversation("en", [], iter([apples()]), look=voice.look)
    picture = next(said for said in shown if said.role is Role.PICTURE)
    assert ("\x1b[" in picture.text) is colour
    voice.show(picture)
    assert bool(re.search(r"\x1b\[[0-9;]*3[0-9]", capsys.readouterr().out)) is colour


def test_how_a_line_is_understood_stands_beside_it_where_there_is_room() -> None:
    from quizgen.drill.terminal import fitting

    assert fitting("(1/2)*x", "1/2x", 40) == "(1/2)*x"
    assert fitting("式" * 15, "1/2x", 40) == "式" * 15
    assert fitting("式" * 16, "1/2x", 40) == fitting("x", "1" * 36, 40) == ""
