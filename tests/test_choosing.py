"""What is asked next: nothing twice, what is weak before what is not, follow-ups that isolate, and every bank whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import islice, pairwise
from pathlib import Path

import pytest

from quizgen import bank, families
from quizgen.drill import planning
from quizgen.drill.choosing import FOLLOW_UPS, Chooser
from quizgen.drill.chosen import Chosen, Why
from quizgen.drill.followup import fit, suspected
from quizgen.drill.lesson import Lesson
from quizgen.drill.planning import PLACING
from quizgen.drill.result import Result
from quizgen.drill.schedule import Memory, Skill
from quizgen.drill.session import opened, responded, start
from quizgen.drill.supply import Supply, Wanted
from quizgen.errors import QuizgenError
from quizgen.question import Question, canonical, value_text

NOW = datetime(2027, 2, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bank of a variant of every level."""
    from quizgen.generate import question_for

    made = [
        question_for(family, level, "choosing") for family in families.catalogue().values() for level in family.levels
    ]
    path = tmp_path_factory.mktemp("bank") / "bank.jsonl"
    path.write_text(bank.dump(made), "utf-8")
    return path


def refuse(error: QuizgenError) -> None:
    raise AssertionError(str(error))


def chooser(wanted: Wanted, seen: Iterable[str] = (), memory: Memory | None = None) -> Chooser:
    return Chooser(Supply(wanted, "ja", refuse, set(seen)), memory or Memory())


def answers(question: Question, right: bool, at: datetime = NOW) -> Iterator[Result]:
    """A variant answered part by part: with the keys, or with numbers that no rule leads to."""
    state, _ = opened(start(at), Chosen(question))
    for part in question.parts:
        state, _ = responded(state, value_text(part.key) if right else "98765.4321", at)
    yield from state.results


def played(chosen: Chooser, count: int | None = None, right: bool = True, now: datetime = NOW) -> list[Chosen]:
    """A drill in which everything is answered rightly, or wrongly."""
    found = []
    for each in islice(chosen.chosen(lambda: now), count):
        found.append(each)
        for result in answers(each.question, right, now):
            chosen.heard(result)
    return found


def ids(found: list[Chosen]) -> list[str]:
    return [each.question.id for each in found]


def places(found: list[Chosen]) -> list[tuple[str, int]]:
    return [(each.question.problem.family, each.question.problem.level) for each in found]


# --- banks and seeds -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("right", [True, False])
def test_a_bank_is_asked_once_in_an_order_that_the_seed_fixes(deployed: Path, right: bool) -> None:
    whole = [line.id for line in bank.lines(deployed)]
    one = ids(played(chooser(Wanted("a", deployed)), right=right))
    assert sorted(one) == sorted(whole)
    assert one == ids(played(chooser(Wanted("a", deployed)), right=right))
    assert one != ids(played(chooser(Wanted("b", deployed)), right=right))


def test_unseen_variants_come_first(deployed: Path) -> None:
    seen = {line.id for line in bank.lines(deployed)[:5]}
    assert set(ids(played(chooser(Wanted("a", deployed), seen)))[-5:]) == seen


def test_flagged_variants_are_not_asked(deployed: Path) -> None:
    whole = {line.id for line in bank.lines(deployed)}
    barred = frozenset(sorted(whole)[:3])
    supply = Supply(Wanted("a", deployed), "ja", refuse, set(), barred)
    assert set(ids(played(Chooser(supply, Memory())))) == whole - barred


def test_family_and_level_narrow_the_choice(deployed: Path) -> None:
    there = [line.id for line in bank.lines(deployed) if (line.family, line.level) == ("shopping", 3)]
    assert ids(played(chooser(Wanted("a", deployed, ("shopping",), 3)))) == there
    with pytest.raises(QuizgenError) as told:
        chooser(Wanted("a", deployed, ("shopping",), 9))
    assert told.value.key == "family.no_level"


def test_a_bad_line_is_told_once_and_passed_over(deployed: Path, tmp_path: Path) -> None:
    lines = deployed.read_text("utf-8").splitlines()
    lines[3] = lines[3].replace('"key":"', '"key":"9', 1)
    (tmp_path / "bad.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    told: list[QuizgenError] = []
    supply = Supply(Wanted("a", tmp_path / "bad.jsonl"), "en", told.append, set())
    found = played(Chooser(supply, Memory()), right=False)
    assert (len(found), len(told)) == (len(lines) - 1, 1)
    assert told[0].details["line"] == 4


def test_shipped_variants_of_a_level_come_before_fresh_draws(deployed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bank, "shipped", lambda: [deployed])
    there = [line.id for line in bank.lines(deployed) if (line.family, line.level) == ("shopping", 2)]
    found = ids(played(chooser(Wanted("a", None, ("shopping",), 2)), 4))
    assert found[:1] == there
    assert len(set(found)) == 4
    assert there[0] not in ids(played(chooser(Wanted("a", None, ("shopping",), 2), set(there)), 3))


def test_what_was_seen_is_not_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bank, "shipped", list)
    wanted = Wanted("a", None, ("chain-rule",), 2)
    first = ids(played(chooser(wanted), 3))
    assert ids(played(chooser(wanted, set(first[:2])), 1)) == first[2:]


# --- a plan --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("right", [True, False])
def test_siblings_do_not_stand_back_to_back(right: bool) -> None:
    found = played(chooser(Wanted("a")), 20, right)
    assert all(one != other for one, other in pairwise(places(found)))


def test_a_new_learner_is_placed_by_a_few_variants() -> None:
    strong, weak = (played(chooser(Wanted("a")), PLACING + 1, right) for right in (True, False))
    goes_on = []
    for found in (strong, weak):
        placing = [each.why is Why.PLACING for each in found]
        assert 2 <= sum(placing) <= PLACING
        assert placing == sorted(placing, reverse=True)  # first of all, and never again
        goes_on.append(dict(found[sum(placing)].placed))
    assert set(goes_on[0]) == set(goes_on[1]) == {family for family, _ in places(strong)}
    assert all(goes_on[0][family] > goes_on[1][family] for family in goes_on[1])
    assert max(level for _, level in places(strong)) > max(level for _, level in places(weak))


def learnt(right: bool, wanted: Wanted, days_ago: int) -> tuple[Memory, set[str]]:
    """The memory of who answered six variants some days ago, and what was seen."""
    first = chooser(wanted)
    found = played(first, 6, right, NOW - days_ago * DAY)
    return first.memory, set(ids(found))


def test_what_is_due_comes_first_and_with_fresh_numbers() -> None:
    memory, seen = learnt(False, Wanted("a", None, ("shopping",)), 3)
    today = chooser(Wanted("b", None, ("shopping",)), seen, memory)
    due = today.plan(NOW).due
    assert due
    first = played(today, 1)[0]
    assert first.why is Why.REVIEW
    assert first.skill == due[0]
    assert first.question.id not in seen
    assert (first.question.problem.family, first.question.problem.level) == due[0].place
    assert due[0].kind in {part.ask.kind for part in first.question.parts}


def test_a_mistake_is_reviewed_where_it_shows() -> None:
    question = next(line for line in bank.shipped_lines() if (line.family, line.level) == ("shopping", 2)).question()
    lesson = Lesson.of(question)
    state, _ = opened(start(NOW - 3 * DAY), Chosen(question))
    for number, part in enumerate(question.parts):
        typed = [v for v, wrong, _ in lesson.mistakes[number].answers(part.ask) if wrong == "sum-as-product"][:1]
        state, _ = responded(state, value_text(typed[0] if typed else part.key), NOW - 3 * DAY)
    memory = Memory.of(state.results)
    skills = [skill for skill in memory.skills if skill.misconception == "sum-as-product"]
    assert skills
    today = chooser(Wanted("b", None, ("shopping",), 2), {question.id}, Memory.of(state.results))
    practising = today._practising(skills[0])
    assert practising is not None
    again = Lesson.of(practising)
    shown = {wrong for number in range(len(practising.parts)) for wrong in again.shows(number)}
    assert "sum-as-product" in shown


def test_the_same_seed_and_record_choose_the_same() -> None:
    memory, seen = learnt(False, Wanted("a"), 2)
    other, _ = learnt(False, Wanted("a"), 2)
    one, two = (played(chooser(Wanted("c"), seen, each), 6) for each in (memory, other))
    assert ids(one) == ids(two)


# --- follow-ups ----------------------------------------------------------------------------------------------


def wrongly(question: Question, wrong: str) -> list[Result]:
    """A variant answered by one rule, everywhere."""
    lesson = Lesson.of(question)
    state, _ = opened(start(NOW), Chosen(question))
    for number, part in enumerate(question.parts):
        values = [v for v, name, at in lesson.mistakes[number].answers(part.ask) if (name, at) == (wrong, "")]
        state, _ = responded(state, value_text(values[0] if values else part.key), NOW)
    return list(state.results)


@pytest.mark.parametrize("wrong", ["product-upstream-ignored", "sum-splits", "product-not-swapped", "tax-ignored"])
def test_a_follow_up_shows_what_is_suspected_on_a_small_graph(wrong: str) -> None:
    drill = chooser(Wanted("a", None, ("shopping",)))
    variants = drill.chosen(lambda: NOW)
    first = next(variants)
    results = wrongly(first.question, wrong)
    for result in results:
        drill.heard(result)
    suspects = suspected(results)
    if wrong not in suspects:
        pytest.skip("the first variant does not show it")
    follow = next(variants)
    assert follow.why is Why.FOLLOW_UP
    assert set(follow.apart) <= set(suspects)
    lesson = Lesson.of(follow.question)
    shows = {name for number in range(len(follow.question.parts)) for name in lesson.shows(number)}
    assert set(follow.apart) == set(suspects) & shows != set()  # it names what it can show, and no more
    assert fit(follow.question, suspects).shown


def test_a_follow_up_tells_apart_what_can_be_told_apart() -> None:
    # Ignoring what arrives at the product and at the sum gives the same values on two goods; not on one good alone.
    line = next(line for line in bank.shipped_lines() if (line.family, line.level) == ("shopping", 2))
    results = wrongly(line.question(), "product-upstream-ignored")
    suspects = suspected(results)
    assert {"product-upstream-ignored", "sum-upstream-ignored"} <= set(suspects)
    drill = chooser(Wanted("a"))
    next(variants := drill.chosen(lambda: NOW))
    for result in results:
        drill.heard(result)
    follow = next(variants).question
    lesson = Lesson.of(follow)
    apart = [
        {canonical(value): name for value, name, at in lesson.mistakes[number].answers(part.ask) if name in suspects}
        for number, part in enumerate(follow.parts)
    ]
    assert any("product-upstream-ignored" in found.values() for found in apart)
    assert len(follow.problem.graph.nodes) <= len(line.question().problem.graph.nodes)


def test_no_follow_up_once_a_right_answer_spoke_against_it() -> None:
    def result(outcome: str, mistakes: tuple[tuple[str, str], ...] = (), shows: tuple[str, ...] = ()) -> Result:
        return Result(NOW, "q", 1, "shopping", 1, "value", "", outcome, mistakes, shows=shows)

    slip = result("wrong", (("tax-ignored", ""), ("tax-as-rate", "")))
    assert suspected([slip]) == ("tax-ignored", "tax-as-rate")
    assert suspected([slip, result("right", (), ("tax-ignored",))]) == ("tax-as-rate",)
    assert suspected([result("right", (), ("tax-ignored",)), slip]) == ("tax-ignored", "tax-as-rate")


def test_follow_ups_end() -> None:
    drill = chooser(Wanted("a", None, ("shopping",)))
    whys = []
    for each in islice(drill.chosen(lambda: NOW), 9):
        whys.append(each.why)
        for result in wrongly(each.question, "tax-ignored"):
            drill.heard(result)
    runs = "".join("f" if why is Why.FOLLOW_UP else "." for why in whys)
    assert "f" in runs
    assert "f" * (FOLLOW_UPS + 1) not in runs


def test_a_new_level_is_named_as_new() -> None:
    found = played(chooser(Wanted("a", None, ("shopping",), 4)), 1)[0]
    assert (found.why, found.skill) == (Why.NEW, Skill("shopping", 4, ""))


def test_a_skill_about_which_answers_say_nothing_does_not_keep_the_others_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Helped answers are no review of a misconception, which stays due; everything else has its turn all the same.
    memory, wanted = Memory(), Wanted("b", None, ("shopping",))
    for level in (1, 2, 3, 4):
        slip = Result(NOW - 2 * DAY, "q", 1, "shopping", level, "value", "", "wrong", (("tax-ignored", ""),))
        memory.learn(slip)
    drill = chooser(wanted, (), memory)
    monkeypatch.setattr(planning, "PLACING", 0)
    due = {skill.place for skill in drill.plan(NOW).due}
    assert len(due) == 4
    found = []
    for each in islice(drill.chosen(lambda: NOW), 2 * len(due)):
        found.append(each)
        for number, part in enumerate(each.question.parts):
            at = (each.question.id, number, each.question.problem.family, each.question.problem.level, part.ask.kind)
            drill.heard(Result(NOW, *at, "", "right", hints=1, mark=Fraction(1, 2)))
    assert due <= set(places(found))
    skills = [each.skill for each in found if each.why is Why.REVIEW]
    assert len(skills) == len(set(skills))
