"""What is remembered and what a day's work is: laws of the memory, of the plan up to an exam, and of the placement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from fractions import Fraction
from itertools import pairwise
from math import ceil
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizgen.drill.planning import (
    LAST_DAYS,
    PLACING,
    REVIEWING,
    due_skills,
    placed,
    placement,
    plan,
    waiting_levels,
)
from quizgen.drill.result import Result
from quizgen.drill.schedule import MASTERED, RETENTION, Level, Memory, Skill

NOW = datetime(2027, 2, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
JAPAN = timezone(timedelta(hours=9))
KINDS = ("value", "local", "gradient", "meaning")
SLIPS = ("sum-splits", "tax-ignored", "of another version")


def result(outcome: str = "right", at: datetime = NOW, kind: str = "value", level: int = 1, **more: object) -> Result:
    fields = {"mark": Fraction(outcome == "right"), **more}
    return Result(at, f"q{level}", 1, "shopping", level, kind, "1", outcome, **fields)  # type: ignore[arg-type]


@st.composite
def answered(draw: st.DrawFn) -> Result:
    outcome = draw(st.sampled_from(("right", "wrong", "skipped")))
    named = draw(st.lists(st.sampled_from(SLIPS), unique=True)) if outcome == "wrong" else []
    return Result(
        NOW + timedelta(hours=draw(st.integers(0, 24 * 60))),
        draw(st.sampled_from("abc")),
        draw(st.integers(1, 4)),
        draw(st.sampled_from(("shopping", "chain-rule", "of another version"))),
        draw(st.integers(1, 3)),
        draw(st.sampled_from((*KINDS, "of another version"))),
        "1",
        outcome,
        tuple((wrong, "") for wrong in named),
        hints=draw(st.integers(0, 2)),
        mark=draw(st.sampled_from((Fraction(0), Fraction(1, 2), Fraction(1)))),
        shows=tuple(draw(st.lists(st.sampled_from(SLIPS), unique=True))),
    )


records = st.lists(answered(), max_size=25, unique_by=lambda each: (each.at, each.question, each.part))


def state(memory: Memory) -> object:
    """Everything by which two memories can differ."""
    return {
        skill: (card.stability, card.difficulty, card.due, card.last_review, memory.reviews(skill))
        for skill, card in memory.skills.items()
    }


# --- memory --------------------------------------------------------------------------------------------------


@given(records, st.randoms(use_true_random=False))
def test_the_order_in_which_records_are_merged_does_not_matter(record: list[Result], random: object) -> None:
    mixed = list(record)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    one, other = Memory.of(record), Memory.of(mixed)
    assert state(one) == state(other)
    assert one.begun == other.begun
    assert {level: one.share(level) for level in one.begun} == {level: other.share(level) for level in other.begun}


@given(records)
def test_learning_goes_on_where_the_record_ends(record: list[Result]) -> None:
    record.sort(key=lambda each: (each.at, each.question, each.part))
    half = len(record) // 2
    memory = Memory.of(record[:half])
    for each in record[half:]:
        memory.learn(each)
    assert state(memory) == state(Memory.of(record))


@given(records, st.integers(-100, 10_000), st.integers(0, 1000))
def test_retention_is_a_chance_that_only_falls_until_the_next_review(
    record: list[Result], hours: int, more: int
) -> None:
    memory = Memory.of(record)
    for skill in memory.skills:
        soon, later = (memory.retention(skill, NOW + timedelta(hours=each)) for each in (hours, hours + more))
        assert 0 <= later <= soon <= 1
        assert memory.due(skill) >= memory.last(skill) + DAY
    assert memory.retention(Skill("shopping", 9, "never"), NOW) == 0


def test_help_and_mistakes_weaken() -> None:
    skill = Skill("shopping", 1, "value")
    helped = {"hints": 1, "mark": Fraction(1, 2)}
    shown = {"hints": 3, "mark": Fraction(0)}
    after = [
        Memory.of([result(outcome, **more)]).skills[skill].stability or 0  # type: ignore[arg-type]
        for outcome, more in (("right", {}), ("right", helped), ("right", shown), ("wrong", {}), ("skipped", {}))
    ]
    assert after[0] > after[1] > after[2] == after[3] == after[4]


def test_a_misconception_is_a_skill_once_it_was_named_and_only_answers_that_could_show_it_count() -> None:
    skill = Skill("shopping", 1, "value", "sum-splits")
    shows = ("sum-splits", "tax-ignored")
    assert skill not in Memory.of([result(shows=shows)]).skills
    slip = result("wrong", mistakes=(("sum-splits", "price"), ("sum-splits", "")), shows=shows)
    later = [
        result("right", NOW + DAY, shows=("tax-ignored",)),
        result("right", NOW + DAY, shows=shows, hints=1),
        result("skipped", NOW + DAY, shows=shows),
    ]
    memory = Memory.of([slip, *later])
    assert memory.reviews(skill) == 1
    memory.learn(result("right", NOW + 2 * DAY, shows=shows))
    assert memory.reviews(skill) == 2
    assert {each.misconception for each in memory.skills} == {"", "sum-splits"}


def asked_again(marks: Sequence[int], day: int) -> list[Result]:
    """The four parts of one and the same variant, answered on a day."""
    at = NOW + day * DAY
    outcomes = ("right" if mark else "wrong" for mark in marks)
    return [
        Result(at, "again", part, "shopping", 1, kind, "1", outcome, mark=Fraction(mark))
        for part, (kind, outcome, mark) in enumerate(zip(KINDS, outcomes, marks, strict=False), 1)
    ]


def test_a_variant_that_is_asked_again_is_marked_anew() -> None:
    first, second = asked_again((0, 0, 0, 0), 0), asked_again((1, 1, 1, 1), 5)
    assert Memory.of(first).share(("shopping", 1)) == 0
    assert Memory.of([*first, *second]).share(("shopping", 1)) == 1
    left_early = asked_again((0,), 9)  # too little to tell anything
    assert Memory.of([*first, *second, *left_early]).share(("shopping", 1)) == 1
    assert Memory.of([*first, *second]).variants == 1


@given(st.lists(answered(), max_size=12))
def test_what_is_told_twice_was_answered_once(record: list[Result]) -> None:
    assert state(Memory.of([*record, *record])) == state(Memory.of(list(dict.fromkeys(record))))


def test_moments_of_any_zone_are_the_same_moments() -> None:
    at = NOW.astimezone(JAPAN)
    assert state(Memory.of([result(at=at)])) == state(Memory.of([result(at=NOW)]))
    assert Memory.of([result()]).retention(Skill("shopping", 1, "value"), at) == 1


def test_a_clock_gone_mad_does_no_harm() -> None:
    record = [result(at=datetime(year, 12, 30, tzinfo=UTC)) for year in (1970, 2027, 9990)]
    memory = Memory.of(record)
    assert memory.due(Skill("shopping", 1, "value")).year < 9999
    memory.learn(result())  # earlier than the last
    assert memory.reviews(Skill("shopping", 1, "value")) == 4


# --- the plan ------------------------------------------------------------------------------------------------

LEVELS: list[Level] = [("shopping", number) for number in range(1, 7)]


@given(records, st.integers(0, 90), st.none() | st.integers(0, 60))
def test_what_is_due_is_wanted_and_was_not_practised_today(record: list[Result], later: int, ahead: int | None) -> None:
    memory, now = Memory.of(record), NOW + later * DAY
    exam = None if ahead is None else (now + ahead * DAY).date()
    found = plan(memory, LEVELS, now, exam)
    assert {skill.place for skill in found.due} <= set(LEVELS)
    assert all(memory.last(skill).date() < now.date() for skill in found.due)
    assert set(found.begin) <= set(LEVELS) - set(memory.begun)
    assert len(set(found.due)) == len(found.due)
    assert found == plan(Memory.of(record), LEVELS, now, exam)


def test_the_weakest_is_due_first() -> None:
    memory = Memory.of([result("wrong"), result(kind="local", hints=1, mark=Fraction(1, 2)), result(kind="gradient")])
    due = due_skills(memory, LEVELS, NOW + 30 * DAY)
    assert [skill.kind for skill in due] == ["value", "local", "gradient"]
    retentions = [memory.retention(skill, NOW + 30 * DAY) for skill in due]
    assert all(one <= other for one, other in pairwise(retentions))


def test_what_was_just_practised_in_vain_comes_after_what_was_not() -> None:
    # The answer says nothing about the misconception, which stays weakest: the others have to come all the same.
    slip = result("wrong", mistakes=(("sum-splits", ""),))
    record = [slip, result("wrong", kind="local", level=2), result("right", NOW + 3 * DAY)]
    due = due_skills(Memory.of(record), LEVELS, NOW + 3 * DAY)
    assert [(skill.kind, skill.misconception) for skill in due] == [("local", ""), ("value", "sum-splits")]


def test_a_day_begins_at_midnight_where_the_learner_is() -> None:
    memory = Memory.of([result("wrong", datetime(2027, 2, 1, 14, 30, tzinfo=UTC))])  # 23:30 in Japan
    assert due_skills(memory, LEVELS, datetime(2027, 2, 2, 0, 30, tzinfo=JAPAN)) != []
    assert due_skills(memory, LEVELS, datetime(2027, 2, 1, 15, 30, tzinfo=UTC)) == []


def test_summer_time_is_no_obstacle() -> None:
    zone = ZoneInfo("Europe/Berlin")
    memory = Memory.of([result("wrong", datetime(2027, 3, 27, 22, tzinfo=zone))])
    assert due_skills(memory, LEVELS, datetime(2027, 3, 28, 12, tzinfo=zone)) != []


def study(levels: Sequence[Level], days: int, fallible: bool = False) -> tuple[Memory, list[int], date]:
    """Who does each day what the plan says, up to the exam: the memory, how many levels were begun each day."""
    memory, begun = Memory(), []
    exam = (NOW + days * DAY).date()
    for day in range(days):
        now = NOW + day * DAY
        count = 0
        while True:
            today = plan(memory, levels, now, exam)
            places = [*dict.fromkeys(skill.place for skill in today.due), *today.begin]
            if not places:
                break
            family, level = places[0]
            count += places[0] not in memory.begun
            for number, kind in enumerate(KINDS):
                wrong = fallible and (day + level + number) % 5 == 0
                mark = Fraction(not wrong)
                name = f"{family}-{level}-{day}"
                outcome = "wrong" if wrong else "right"
                memory.learn(Result(now, name, number, family, level, kind, "1", outcome, mark=mark))
        begun.append(count)
    return memory, begun, exam


@settings(max_examples=25)
@given(st.integers(1, 20), st.integers(2, 30), st.booleans())
def test_up_to_an_exam_everything_is_begun_in_time_and_nothing_in_the_last_fifth_of_the_days(
    count: int, days: int, fallible: bool
) -> None:
    levels = [(family, number) for number in range(1, count // 2 + 2) for family in ("one", "two")][:count]
    memory, begun, _ = study(levels, days, fallible)
    assert set(waiting_levels(memory, levels)) == set()
    last = min(ceil(days / REVIEWING), LAST_DAYS)
    assert sum(begun[-last:]) == 0
    assert max(begun) <= ceil(count / (days - last))


@pytest.mark.parametrize("fallible", [False, True])
@pytest.mark.parametrize("days", [3, 10, 30, 90])
def test_on_the_day_of_the_exam_nothing_was_left_to_be_forgotten(days: int, fallible: bool) -> None:
    memory, _, exam = study(LEVELS, days, fallible)
    at = datetime.combine(exam, time(9), UTC)
    for skill in memory.skills:
        yesterday = (at - memory.last(skill)).days <= 1
        assert memory.retention(skill, at) >= RETENTION or yesterday


def test_what_would_be_forgotten_on_the_day_of_the_exam_is_due_before_it() -> None:
    memory = Memory.of([result()])
    skill = Skill("shopping", 1, "value")
    memory.learn(result(at=memory.due(skill)))
    now = memory.last(skill) + DAY
    exam = (memory.due(skill) + DAY).date()
    days = (exam - now.date()).days
    assert memory.due(skill) > now + DAY
    later = [due_skills(memory, LEVELS, now + day * DAY, exam) for day in range(days)]
    assert [skill] in later
    assert due_skills(memory, LEVELS, now, None) == []
    first = later.index([skill])
    assert days - first <= LAST_DAYS


# --- placement -----------------------------------------------------------------------------------------------


def place(levels: Sequence[Level], knows: dict[str, int], parts: int = 4) -> tuple[Memory, list[Level]]:
    """Who knows each family up to a level, as far as it is asked to be placed, by variants of so many parts."""
    memory, asked = Memory(), list[Level]()
    while (level := placement(memory, levels)) is not None:
        assert len(asked) < PLACING
        asked.append(level)
        right = level[1] <= knows[level[0]]
        for number, kind in enumerate(KINDS[:parts]):
            outcome, mark = ("right", Fraction(1)) if right else ("wrong", Fraction(0))
            memory.learn(Result(NOW, f"q{len(asked)}", number, *level, kind, "1", outcome, mark=mark))
    return memory, asked


@given(st.integers(2, 20), st.data())
def test_one_family_is_placed_exactly(count: int, data: st.DataObject) -> None:
    knows = data.draw(st.integers(0, count))
    levels = [("one", number) for number in range(1, count + 1)]
    memory, asked = place(levels, {"one": knows})
    assert placed(memory, levels) == {"one": min(knows + 1, count)}
    assert len(asked) == len(set(asked)) <= PLACING
    assert all(number > knows for _, number in waiting_levels(memory, levels))


@given(st.dictionaries(st.sampled_from(("one", "two", "three")), st.integers(0, 6), min_size=1), st.integers(1, 4))
def test_placing_ends_and_never_places_above_what_is_known(knows: dict[str, int], parts: int) -> None:
    levels = [(family, number) for family in knows for number in range(1, 7)]
    memory, asked = place(levels, knows, parts)
    assert len(asked) <= PLACING
    for family, level in placed(memory, levels).items():
        assert level <= min(knows[family] + 1, 6)


def test_a_level_is_mastered_by_most_of_the_marks() -> None:
    levels = [("shopping", number) for number in (1, 2, 3)]

    def after(right: int) -> Memory:
        marks = [Fraction(number < right) for number in range(4)]
        return Memory.of(
            Result(NOW, "q", number, "shopping", 2, kind, "1", "right" if mark else "wrong", mark=mark)
            for number, (kind, mark) in enumerate(zip(KINDS, marks, strict=True))
        )

    assert Fraction(3, 4) == MASTERED
    assert placement(after(3), levels) == ("shopping", 3)
    assert placement(after(2), levels) == ("shopping", 1)
