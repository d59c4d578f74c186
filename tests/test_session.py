"""The rules that came with forms, hints that cost, and flags; events say what happened, and in which order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from quizgen import bank, families
from quizgen.authored import misconceptions_of
from quizgen.drill.chosen import Chosen
from quizgen.drill.events import (
    Asked,
    AskedWhy,
    Completed,
    Ended,
    Event,
    Flagged,
    Judged,
    Misread,
    Noted,
    Shown,
    TimeIsUp,
)
from quizgen.drill.lesson import Lesson
from quizgen.drill.look import Look, can_draw
from quizgen.drill.session import Command, Complaint, State, opened, responded, start
from quizgen.drill.telling import Telling
from quizgen.generate import question_for
from quizgen.plan import LETTERS, Answers
from quizgen.question import Question, canonical, value_text

NOW = datetime(2027, 2, 1, 12, tzinfo=UTC)
LINES = [line for path in bank.shipped() for line in bank.lines(path)]


def question(number: int = 0) -> Question:
    return LINES[number].question()


def begun(asked: Question, form: Answers = Answers.ENTRY) -> State:
    return opened(start(NOW), Chosen(asked), form)[0]


def kinds(events: list[Event]) -> list[type]:
    return [type(event) for event in events]


# --- marks ---------------------------------------------------------------------------------------------------


def test_each_hint_costs_its_part_of_the_way() -> None:
    state = begun(question())
    assert state.lesson is not None
    steps, key = len(state.lesson.steps(0)), value_text(question().parts[0].key)
    for seen in range(1, steps + 1):
        state, events = responded(state, Command.HINT, NOW)
        assert isinstance(events[0], Shown)
        assert events[0].left == Fraction(steps - seen, steps)
        answered, _ = responded(state, key, NOW)
        assert (answered.results[-1].outcome, answered.results[-1].mark) == ("right", Fraction(steps - seen, steps))


def test_the_solution_leaves_nothing_to_earn() -> None:
    state, _ = responded(begun(question()), Command.STEPS, NOW)
    state, _ = responded(state, value_text(question().parts[0].key), NOW)
    assert state.results[0].mark == 0


@pytest.mark.parametrize("number", range(0, len(LINES), 211))
def test_one_wrong_rule_earns_half_unless_it_takes_no_work(number: int) -> None:
    asked = question(number)
    graph = asked.problem.graph
    given = [
        *graph.inputs.values(),
        *(each for node in graph.nodes for each in node.operands if not isinstance(each, str)),
    ]
    cheap = {canonical(each) for each in (Fraction(0), Fraction(1), Fraction(-1), *given)}
    cheap |= {canonical(part.key) for part in asked.parts}
    known = misconceptions_of(asked.problem)
    for wrong in asked.parts[0].distractors:
        state, _ = responded(begun(asked), value_text(wrong.value), NOW)
        read_off = any(known[each].reading for each in (wrong.misconception, *wrong.also))
        expected = 0 if read_off or canonical(wrong.value) in cheap else Fraction(1, 2)
        assert (state.results[0].outcome, state.results[0].mark) == ("wrong", expected)


def test_what_an_answer_would_have_shown_is_kept_with_it() -> None:
    state = begun(question())
    assert state.lesson is not None
    state, _ = responded(state, value_text(question().parts[0].key), NOW)
    shows = state.results[0].shows
    assert set(shows) >= {each.misconception for each in question().parts[0].distractors}


# --- options -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["{letter}", "{small}", "({letter})", "{number}", "{wide}"])
def test_letters_and_numbers_choose_an_option(typed: str) -> None:
    lesson = Lesson.of(question(), Answers.CHOICE)
    right = [canonical(each) for each in lesson.offered[0]].index(canonical(lesson.question.parts[0].key))
    letter, number = LETTERS[right], str(right + 1)
    wide = chr(ord(letter) + 0xFEE0)
    said = typed.format(letter=letter, small=letter.lower(), number=number, wide=wide)
    state, _ = responded(begun(question(), Answers.CHOICE), said, NOW)
    assert (state.results[0].outcome, state.results[0].form) == ("right", "choice")


@pytest.mark.parametrize("typed", ["E", "5", "0", "AB", "2.2", "", "あ"])
def test_what_chooses_nothing_costs_nothing(typed: str) -> None:
    state, events = responded(begun(question(), Answers.CHOICE), typed, NOW)
    assert kinds(events) == [Misread]
    assert state.results == ()


def test_every_option_is_judged_as_its_value_is() -> None:
    for number in range(0, len(LINES), 97):
        lesson = Lesson.of(question(number), Answers.CHOICE)
        for part, offered in enumerate(lesson.offered):
            state = begun(question(number), Answers.CHOICE)
            for _ in range(part):
                state, _ = responded(state, Command.SKIP, NOW)
            key = canonical(lesson.question.parts[part].key)
            outcomes = [responded(state, letter, NOW)[0].results[-1] for letter in LETTERS]
            assert [each.outcome == "right" for each in outcomes] == [canonical(value) == key for value in offered]
            assert all(each.outcome == "right" or each.mistakes for each in outcomes)


def test_the_right_letter_is_not_always_the_same() -> None:
    places = [0, 0, 0, 0]
    for number in range(0, len(LINES), 11):
        lesson = Lesson.of(question(number), Answers.CHOICE)
        for part, offered in zip(lesson.question.parts, lesson.offered, strict=True):
            places[[canonical(each) for each in offered].index(canonical(part.key))] += 1
    assert max(places) < 0.32 * sum(places)


# --- whole graphs --------------------------------------------------------------------------------------------


def test_a_whole_graph_is_judged_when_it_is_full() -> None:
    state = begun(question(), Answers.GRAPH)
    assert state.lesson is not None
    lesson, events = state.lesson, list[Event]()
    for number, part in enumerate(lesson.question.parts):
        state, events = responded(state, value_text(part.key), NOW)
        last = number + 1 == len(lesson.question.parts)
        assert kinds(events) == ([Noted, Completed] if last else [Noted, Asked])
    assert isinstance(events[-1], Completed)
    assert {each.standing.value for each in events[-1].filled} == {"right"}
    assert {result.form for result in state.results} == {"graph"}
    assert sum(result.mark for result in state.results) == len(lesson.question.parts)


def test_quitting_marks_what_was_filled() -> None:
    state, _ = responded(begun(question(), Answers.GRAPH), "7", NOW)
    _, events = responded(state, Command.QUIT, NOW)
    assert kinds(events) == [Completed, Ended]
    _, events = responded(begun(question(), Answers.GRAPH), Command.QUIT, NOW)
    assert kinds(events) == [Ended]


def test_what_follows_is_recorded_as_right_and_without_a_mistake() -> None:
    state = begun(question(), Answers.GRAPH)
    assert state.lesson is not None
    graph = state.lesson.question.problem.graph
    first = graph.nodes[0]
    key = state.lesson.question.parts[0].key
    assert isinstance(key, Fraction)
    slipped = {**state.lesson.solution.found.values, first.name: key + 10}
    state, _ = responded(state, str(key + 10), NOW)
    second = graph.nodes[1]
    follows = second.layer().forward(*(slipped[each] if isinstance(each, str) else each for each in second.operands))
    state, _ = responded(state, str(follows), NOW)
    assert [result.outcome for result in state.results] == ["wrong", "right"]
    assert (state.results[1].mistakes, state.results[1].mark) == ((), 1)


def test_a_whole_graph_whose_time_is_up_is_judged_as_far_as_it_goes() -> None:
    state = opened(start(NOW, minutes=1), Chosen(question()), Answers.GRAPH)[0]
    later = NOW + timedelta(minutes=2)
    _, events = responded(state, value_text(question().parts[0].key), later)
    assert kinds(events) == [Noted, Completed, TimeIsUp, Ended]


# --- flags ---------------------------------------------------------------------------------------------------


def test_a_flag_wants_a_word_why_and_leaves_the_variant() -> None:
    state, events = responded(begun(question()), Command.FLAG, NOW)
    assert (kinds(events), state.complaining) == ([AskedWhy], True)
    state, events = responded(state, Complaint("the tax is odd"), NOW)
    assert kinds(events) == [Flagged]
    assert isinstance(events[0], Flagged)
    assert (events[0].flag.why, events[0].flag.question, events[0].flag.part) == ("the tax is odd", question().id, 1)
    assert (state.lesson, state.results, state.over) == (None, (), False)


def test_a_flag_without_a_reason_is_taken_back() -> None:
    state, _ = responded(begun(question()), Command.FLAG, NOW)
    state, events = responded(state, Complaint("  "), NOW)
    assert (kinds(events), state.complaining) == ([Asked], False)


def test_a_reason_can_stand_behind_the_command() -> None:
    telling = Telling("ja", lambda text, place: "")
    assert telling.command("f 税率がおかしい") == Complaint("税率がおかしい")
    assert telling.command("ｆ") is Command.FLAG
    assert telling.command("f(x)") is None
    assert telling.command("q 1") is None


# --- what is being typed -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("1/2x", "(1/2)*x"),
        ("", ""),
        ("x(", ""),
        ("2(x+y", ""),
        ("x^2*y", "x**2*y"),
        ("p", "skip this part"),
        ("zzz", ""),
    ],
)
def test_a_formula_is_read_while_it_is_typed(typed: str, shown: str) -> None:
    taught = Lesson.of(question_for(families.find("chain-rule"), 1, "reading"))
    symbolic = next(number for number, part in enumerate(taught.question.parts) if part.ask.symbolic)
    said = Telling("en", lambda text, place: "").reading(taught, symbolic, typed)
    assert shown in said
    assert bool(said) == bool(shown)


@pytest.mark.parametrize(
    ("typed", "shown"), [("１，１００円", "1100"), ("2*(3+1/5)", "6.4"), ("1100", ""), ("10%", "0.1")]
)
def test_a_number_is_read_while_it_is_typed(typed: str, shown: str) -> None:
    said = Telling("ja", lambda text, place: "").reading(Lesson.of(shopping()), 0, typed)
    assert shown in said
    assert bool(said) == bool(shown)


def shopping() -> Question:
    return question_for(families.find("shopping"), 2, "reading")


# --- how it is shown -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", range(0, len(LINES), 301))
@pytest.mark.parametrize("form", list(Answers))
def test_ascii_terminals_get_ascii_and_screen_readers_no_drawing(number: int, form: Answers) -> None:
    telling = Telling("en", lambda text, place: text)
    state, events = opened(start(NOW), Chosen(question(number)), form)
    said = list(events)
    for typed in (Command.HELP, Command.HINT, "", "abc", "7", "A", Command.STEPS, Command.SKIP, Command.QUIT):
        if state.lesson:
            state, events = responded(state, typed, NOW)
            said += events
    for event in said:
        for each in telling.told(event, Look(ascii_only=True)):
            assert each.text.isascii(), each.text
        for each in telling.told(event, Look(spoken=True)):
            if not isinstance(event, Judged | Completed):  # the sentences about mistakes name formulas such as xⁿ
                assert not set("─│╭╰×∂·") & set(each.text), each.text


def test_ascii_is_mathematics_as_it_is_typed() -> None:
    text = "∂z/∂x = 2·tⁿ⁻¹ − x² × é 順伝播"
    assert Look(ascii_only=True).text(text) == "dz/dx = 2*t^(n-1) - x^2 * é 順伝播"
    assert Look(ascii_only=True, encoding="ascii").text(text) == "dz/dx = 2*t^(n-1) - x^2 * e ???"
    assert Look().text(text) == text


@pytest.mark.parametrize("encoding", ["cp932", "euc_jp", "latin-1", "ascii", "no-such"])
def test_an_encoding_gets_what_it_can_hold(encoding: str) -> None:
    assert not can_draw(encoding)
    shown = Look(encoding=encoding).text("正解です。∂z = x²")
    if encoding in ("cp932", "euc_jp"):
        assert shown.startswith("正解です。")
        assert shown.encode(encoding)
    else:
        assert shown.encode("latin-1")
    assert can_draw("utf-8")
