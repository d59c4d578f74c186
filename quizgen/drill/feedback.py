"""What is said of an answer: right, or which misconceptions lead to it, where, and how the right rule goes there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from quizgen.answers import Verdict
from quizgen.drill.contrast import Contrast, contrast
from quizgen.drill.events import Completed, Judged
from quizgen.drill.lesson import Lesson
from quizgen.drill.look import Look
from quizgen.drill.said import Role, Said
from quizgen.drill.sketch import solved_picture
from quizgen.drill.whole import Filled, Standing, share
from quizgen.engine.functions import Value
from quizgen.language import text_in
from quizgen.notation import Notation, Partial, Sym, number_text, of_value
from quizgen.picture.terminal import width
from quizgen.plan import LETTERS
from quizgen.question import canonical
from quizgen.solve import Step
from quizgen.wording import Wording

MOST_CONTRASTS = 2  # more side by side is no help
WIDE = 100  # columns, where the screen does not say


@dataclass(frozen=True)
class Feedback:
    """The sentences about one lesson's answers, in one language, for one screen."""

    wording: Wording
    lesson: Lesson
    look: Look

    def judged(self, event: Judged) -> Iterator[Said]:
        """Of one part."""
        said, verdict = self.wording.words, event.verdict
        key = self._value(event.lesson.question.parts[event.part].key)
        if verdict and verdict.right:
            yield Said(said("drill.right_rounded" if verdict.rounded else "drill.right", value=key), Role.RIGHT)
            return
        if verdict and event.answer:
            known = verdict.mistakes or verdict.slips
            yield Said(said["drill.wrong" if known else "drill.wrong_unknown"], Role.WRONG)
            if event.answer.implicit:
                yield Said(said("drill.read_as", answer=self._value(event.answer.expression)))
            yield from self.reasons(event.part, verdict)
            if event.mark:
                yield Said(said("drill.part_mark", mark=number_text(event.mark, decimals=False)))
        yield Said(self._answer(event.part, key))
        yield from self.steps(event.steps)

    def _answer(self, part: int, key: str) -> str:
        """The right answer, with its letter where there are options."""
        offered, right = self.lesson.offered[part], self.lesson.question.parts[part].key
        if not offered:
            return self.wording.words("drill.answer", value=key)
        letter = LETTERS[[canonical(each) for each in offered].index(canonical(right))]
        return self.wording.words("drill.answer_letter", letter=letter, value=key)

    def steps(self, steps: tuple[Step, ...]) -> Iterator[Said]:
        """Lines of the worked solution."""
        said = self.wording.words
        for step in steps:
            number = f"({step.number})" if step.number else "Σ" if step.direction == "backward" else "·"
            if self.look.spoken:
                number = str(step.number or "")
            line = f"  {said[f'step.{step.direction}']} {number:>4} {self._shown(step.mathematics)}"
            yield Said(" ".join(line.split()) if self.look.spoken else line)

    def reasons(self, part: int, verdict: Verdict) -> Iterator[Said]:
        """Each misconception once, with its places, or without any where making it everywhere leads here too."""
        said = self.wording.words
        places: dict[str, list[str]] = {}
        for wrong, at in verdict.mistakes:
            places.setdefault(wrong, []).append(at)
        for count, (wrong, where) in enumerate(places.items()):
            made = self.lesson.known[wrong]
            title = text_in(made.title, self.wording.language)
            if "" not in where:
                spots = said["drill.between_places"].join(map(self._place, where))
                title = said("drill.at", title=title, places=spots)
            feedback = text_in(made.feedback, self.wording.language)
            yield Said(said("drill.mistake", title=title, feedback=feedback))
            if count < MOST_CONTRASTS:
                yield from self._contrasted(contrast(self.lesson, part, wrong, min(where, key=len)))
        if len(places) > 1:
            yield Said(said["drill.several_mistakes"])
        for slip in verdict.slips:
            yield Said(said("drill.slip", slip=said[f"slip.{slip}"]))
        if len(verdict.slips) > 1:
            yield Said(said["drill.several_slips"])

    def completed(self, event: Completed) -> Iterator[Said]:
        """Of a whole graph: the share that is right, the solved picture, then each edge that is not right."""
        said = self.wording.words
        good = share(event.filled)
        total = len(event.lesson.question.parts)
        counts = {"right": int(good * len(event.filled)), "total": total}
        yield Said("\n" + said("drill.whole_result", **counts), Role.RIGHT if counts["right"] == total else Role.TITLE)
        painted = solved_picture(self.wording, event.lesson.solution, self.look)
        if painted is not None:
            yield Said(painted, Role.PICTURE)
        for part, (verdict, filled) in enumerate(zip(event.judged, event.filled, strict=True)):
            if painted is None or filled.standing is not Standing.RIGHT:
                yield from self._edge(part, verdict, filled)

    def _edge(self, part: int, verdict: Verdict | None, filled: Filled) -> Iterator[Said]:
        said, asked = self.wording.words, self.lesson.question.parts[part]
        standing = "skipped" if filled.value is None else filled.standing.value
        ask = asked.ask
        what = self._shown(Sym(ask.of) if ask.kind == "value" else Partial(ask.of, ask.wrt))
        given = "" if filled.value is None else self._value(filled.value)
        line = said(f"drill.edge.{standing}", number=part + 1, what=what, given=given, answer=self._value(asked.key))
        yield Said(line, Role.WRONG if standing in ("wrong", "spoiled", "skipped") else Role.NOTE)
        if verdict and filled.standing in (Standing.WRONG, Standing.SPOILED):
            yield from self.reasons(part, verdict)

    def _contrasted(self, found: Contrast | None) -> Iterator[Said]:
        """Side by side where that fits, else one below the other."""
        if found is None:
            return
        said = self.wording.words
        right = said("drill.rule_right", step=self._shown(found.right))
        wrong = said("drill.rule_wrong", step=self._shown(found.wrong))
        beside = f"  {right}  │  {wrong}"
        if self.look.spoken or width(beside) > (self.look.columns or WIDE):
            yield Said(f"  {right}")
            yield Said(f"  {wrong}")
        else:
            yield Said(beside)

    def _value(self, value: Value) -> str:
        return self._shown(of_value(value))

    def _shown(self, node: Notation) -> str:
        return self.look.mathematics(node, self.wording.style, self.wording.words)

    def _place(self, at: str) -> str:
        label = self.wording.style.label(at)
        kind = "node" if self.lesson.question.problem.graph.producer(at) else "input"
        return self.wording.words(f"drill.at_{kind}", name=label)
