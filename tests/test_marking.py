"""Half of the points are for who went the whole way with one rule wrong, never for a number that costs no work."""

from __future__ import annotations

from fractions import Fraction

from quizgen import families
from quizgen.generate import question_for
from quizgen.language import available, words
from quizgen.marking import MOST, partials
from quizgen.misconceptions import catalogue
from quizgen.plan import Answers, Plan
from quizgen.question import Question, canonical
from quizgen.sheet import arrange


def questions() -> list[Question]:
    found = families.catalogue().values()
    return [question_for(each, level, f"m{number}") for each in found for level in each.levels for number in range(3)]


def test_what_earns_a_part_is_wrong_and_took_work() -> None:
    listed = 0
    for question in questions():
        graph = question.problem.graph
        free = {canonical(Fraction(each)) for each in (0, 1, -1)} | {canonical(each) for each in graph.inputs.values()}
        free |= {canonical(part.key) for part in question.parts}
        for part in question.parts:
            found = partials(question, part, 2)
            listed += len(found)
            assert len(found) <= MOST and not {canonical(each.value) for each in found} & free
            for each in found:
                assert each.points == 1
                assert all(catalogue()[cause].reading is None for cause in each.misconceptions)
                offered = {(canonical(wrong.value), (wrong.misconception, *wrong.also)) for wrong in part.distractors}
                assert (canonical(each.value), each.misconceptions) in offered
    assert listed > 200


def test_every_cause_is_named_in_every_language() -> None:
    question = next(
        each
        for each in questions()
        for part in each.parts
        for found in partials(each, part, 2)
        if found.misconceptions[1:]
    )
    for code in available():
        (item,) = arrange([question], Plan(code, "s")).items
        several = [each for task in item.tasks for each in task.partial if each.misconceptions[1:]]
        assert several
        for each in several:
            told = item.reason(each).split(words(code)["sheet.or"])
            assert told == [catalogue()[cause].title[code] for cause in each.misconceptions]


def test_points_add_up_and_letters_earn_all_or_nothing() -> None:
    made = arrange(questions()[:5], Plan("en", "s", points=3))
    assert made.points == 3 * len(made.tasks)
    assert {each.points for task in made.tasks for each in task.partial} == {Fraction(3, 2)}
    assert not [task for task in arrange(questions()[:5], Plan("en", "s", Answers.CHOICE)).tasks if task.partial]
