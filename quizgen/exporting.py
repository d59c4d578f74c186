"""From a bank to an export: what of it a format can carry, in which language and form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from quizgen.authored import family_of
from quizgen.drill.whole import can_be_whole, whole
from quizgen.errors import QuizgenError
from quizgen.exercise import Course, Exercise, is_number
from quizgen.exports import Export
from quizgen.plan import Answers, Plan
from quizgen.question import FEWEST_DISTRACTORS, Question, compose
from quizgen.record import verify_distractors
from quizgen.sheet import arrange
from quizgen.solve import Solution

LeftOut = dict[str, list[str]]  # by the reason, the id of the variant of each exercise that is left out
NAMED = 3  # of those left out that a message names


def told(questions: Sequence[Question], plan: Plan) -> tuple[list[Question], LeftOut]:
    """The variants that are told in the language that is wanted, each once, and those that are not."""
    every = {each.id: each for each in questions}.values()  # a bank may hold a variant twice, other programs not
    kept = [each for each in every if plan.language in family_of(each.problem).title]
    apart = [each.id for each in every if plan.language not in family_of(each.problem).title]
    return kept, {"not_told": apart} if apart else {}


def course_of(questions: Sequence[Question], plan: Plan, chosen: Export) -> tuple[Course, LeftOut]:
    """The exercises that the format can carry, and which it cannot, by the reason."""
    exercises: list[Exercise] = []
    questions, left = told(questions, plan)
    if plan.answers == Answers.GRAPH:
        apart = [each.id for each in questions if not can_be_whole(each)]
        left |= {"not_whole": apart} if apart else {}
    for exercise in _exercises(questions, plan):
        why = chosen.cannot(exercise)
        if why:
            left.setdefault(why, []).append(exercise.question.id)
        else:
            exercises.append(exercise)
    sheet = arrange([], plan)
    return Course(sheet.title, sheet.said, tuple(exercises), sheet.identity), left


def _exercises(questions: Sequence[Question], plan: Plan) -> list[Exercise]:
    if plan.answers == Answers.GRAPH:
        return [
            Exercise(item.question.id, item, plan.answers) for item in arrange(list(_wholes(questions)), plan).items
        ]
    for question in questions:  # all that is known of wrong answers is told, so it has to be true
        verify_distractors(question, FEWEST_DISTRACTORS if plan.answers == Answers.CHOICE else 0)
    items = arrange(questions, replace(plan, answers=Answers.CHOICE)).items
    written = arrange(questions, replace(plan, answers=Answers.ENTRY)).items
    found = []
    for item, other in zip(items, written, strict=True):
        for chosen, typed in zip(item.tasks, other.tasks, strict=True):
            task = chosen if plan.answers == Answers.CHOICE or not is_number(chosen.part.key) else typed
            alone = replace(item, tasks=(replace(task, number=1),))
            found.append(Exercise(f"{item.question.id}-{task.number}", alone, plan.answers))
    return found


def _wholes(questions: Sequence[Question]) -> Iterator[Question]:
    """Whole graphs, with the wrong answers that are known at each edge. Variants that ask for other parts of the same
    graph are the same one."""
    found = set[str]()
    for each in questions:
        if can_be_whole(each):
            made = compose(Solution(whole(each).problem))
            if made.id not in found:
                found.add(made.id)
                yield replace(made, id=each.id)


def refuse(left: LeftOut, name: str, skip: bool) -> None:
    """QuizgenError where something is left out that nobody said to leave out."""
    if left and not skip:
        why, ids = max(left.items(), key=lambda each: len(each[1]))
        because = QuizgenError(f"export.because.{why}")
        count = sum(map(len, left.values()))
        raise QuizgenError("export.cannot", format=name, count=count, which=named(ids), why=because)


def named(ids: Sequence[str]) -> str:
    """The first of what is left out, as `bank show` takes them."""
    every = [*dict.fromkeys(ids)]
    return ", ".join(every[:NAMED]) + ", …" * (len(every) > NAMED)
