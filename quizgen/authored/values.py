"""What the inputs of an author's problem are drawn from."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from quizgen.authored.fault import Place, Unsound
from quizgen.authored.formula import read_formula, read_number, value_of
from quizgen.authored.model import Spec
from quizgen.draw import Draw
from quizgen.engine.expression import Expression, names
from quizgen.errors import QuizgenError
from quizgen.numbers import Number
from quizgen.problem import MULTIPLIER, RATE

MOST_STEPS = 10**12


@dataclass(frozen=True)
class Steps(Sequence[Fraction]):
    """The numbers from `low` in steps of `step`; they are never written out."""

    low: Fraction
    step: Fraction
    steps: int

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, place: int) -> Fraction:  # type: ignore[override]
        if not 0 <= place < self.steps:
            raise IndexError(place)
        return self.low + self.step * place

    def __contains__(self, value: object) -> bool:
        if not isinstance(value, Fraction):
            return False
        place = (value - self.low) / self.step
        return place.denominator == 1 and 0 <= place < self.steps


@dataclass(frozen=True)
class Input:
    """One input: its name, its role in the graph, and either the numbers it is drawn from or its formula."""

    name: str
    role: str
    options: Sequence[Fraction]
    formula: Expression | None = None

    def draw(self, draw: Draw, known: Mapping[str, Number]) -> Number:
        """A value, given those of the inputs above."""
        return draw.choice(self.options) if self.formula is None else self._computed(known)

    def all(self, known: Mapping[str, Number]) -> Iterator[Number]:
        """Every value that it can have, given those of the inputs above."""
        if self.formula is None:
            yield from self.options
        else:
            yield self._computed(known)

    def allows(self, value: Number, known: Mapping[str, Number]) -> bool:
        """Whether it could have been drawn."""
        try:
            return value in self.options if self.formula is None else value == self._computed(known)
        except QuizgenError:
            return False

    def _computed(self, known: Mapping[str, Number]) -> Number:
        """What the formula gives; QuizgenError where that is not rational: a bank and a story would round it."""
        assert self.formula is not None
        value = value_of(self.formula, known)
        if not isinstance(value, Fraction):
            raise QuizgenError("authored.not_exact", name=self.name)
        return value


def read_input(name: str, spec: Spec, above: Collection[str]) -> Input:
    """An input as its specification has it; Unsound says where that cannot be."""
    place: Place = ("values", name)
    if spec.is_ is not None:
        formula = read_formula(spec.is_, (*place, "is"), above)
        if not names(formula) and not _is_exact(formula):
            raise Unsound((*place, "is"), QuizgenError("authored.not_exact", name=name))
        return Input(name, {"multiplier": MULTIPLIER, "rate": RATE}.get(spec.as_ or "", ""), (), formula)
    if spec.one_of is not None:
        read = [read_number(each, (*place, "one_of")) for each in spec.one_of]
    else:
        assert spec.from_ is not None and spec.to is not None
        read = [read_number(spec.from_, (*place, "from")), read_number(spec.to, (*place, "to"))]
    percentages = {percentage for _, percentage in read}
    role = {"multiplier": MULTIPLIER, "rate": RATE}.get(spec.as_ or "", RATE if percentages == {True} else "")
    if len(percentages) > 1 or (percentages == {True} and spec.as_ == "number"):
        raise Unsound(place, QuizgenError("authored.mixed_percent", name=name))
    _likely(place, name, role, spec.as_, [number for number, percentage in read if not percentage])
    numbers = [number + 1 if role == MULTIPLIER and percentage else number for number, percentage in read]
    if spec.one_of is None:
        return Input(name, role, _steps(place, name, numbers[0], numbers[1], spec.step))
    return Input(name, role, tuple(dict.fromkeys(numbers)))


def _likely(place: Place, name: str, role: str, written: str | None, plain: list[Fraction]) -> None:
    """A plain number that is far from a rate was meant as a percentage."""
    most = {MULTIPLIER: Fraction(3), RATE: Fraction(1)}.get(role)
    for number in plain if written else ():
        if most is not None and not 0 < number <= most:
            raise Unsound(place, QuizgenError("authored.percent_meant", name=name, number=number))


def _is_exact(formula: Expression) -> bool:
    try:
        return isinstance(value_of(formula, {}), Fraction)
    except QuizgenError:
        return False


def _steps(place: Place, name: str, low: Fraction, high: Fraction, step: str | None) -> Steps:
    width = Fraction(1) if step is None else read_number(step, (*place, "step"))[0]
    if width <= 0:
        raise Unsound((*place, "step"), QuizgenError("authored.step", name=name, step=step))
    if low > high:
        raise Unsound((*place, "from"), QuizgenError("authored.from_above_to", name=name))
    count = (high - low) // width + 1
    if count > MOST_STEPS:
        raise Unsound(place, QuizgenError("authored.too_many_steps", name=name))
    if step is None and high - low < 1 and high != low:  # 0.1 to 0.5 in steps of 1 is a single number, hardly meant
        raise Unsound(place, QuizgenError("authored.step_missing", name=name))
    return Steps(low, width, count)
