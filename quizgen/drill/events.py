"""What happens in a drill, as values; the words for them are made in `telling`, the record is kept by `talk`."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from quizgen.answers import Answer, Unreadable, Verdict
from quizgen.drill.chosen import Chosen
from quizgen.drill.lesson import Lesson
from quizgen.drill.result import Flag, Result
from quizgen.drill.whole import Filled
from quizgen.solve import Step


@dataclass(frozen=True)
class Opened:
    """A variant begins; `number` counts them, `chosen` says why it was chosen."""

    lesson: Lesson
    number: int
    chosen: Chosen


@dataclass(frozen=True)
class Asked:
    """A part is asked."""

    lesson: Lesson
    part: int


@dataclass(frozen=True)
class Explained:
    """Help was wanted."""

    lesson: Lesson
    part: int


@dataclass(frozen=True)
class Misread:
    """The answer could not be read; nothing is lost."""

    lesson: Lesson
    part: int
    why: Unreadable


@dataclass(frozen=True)
class Hinted:
    """A hint by the author of the problem, counted from 1; `left` as in `Shown`."""

    lesson: Lesson
    number: int
    left: Fraction


@dataclass(frozen=True)
class Shown:
    """Steps of the worked solution, as a hint or because they were wanted; none where all have been shown. `left` is
    the share of the marks that the answer can still earn."""

    lesson: Lesson
    steps: tuple[Step, ...]
    left: Fraction


@dataclass(frozen=True)
class Noted:
    """To be recorded before anything else is shown."""

    result: Result


@dataclass(frozen=True)
class Judged:
    """The part was answered (`answer`, `verdict`), or skipped (None); `steps` say where the key comes from, `mark`
    is what it earned."""

    lesson: Lesson
    part: int
    answer: Answer | None = None
    verdict: Verdict | None = None
    steps: tuple[Step, ...] = ()
    mark: Fraction = Fraction(0)


@dataclass(frozen=True)
class Completed:
    """Every edge of a whole graph has its answer; `judged` and `filled` stand in the order of the parts."""

    lesson: Lesson
    judged: tuple[Verdict | None, ...]
    filled: tuple[Filled, ...]


@dataclass(frozen=True)
class AskedWhy:
    """A learner called the question bad; the next line is to say why."""


@dataclass(frozen=True)
class Flagged:
    """To be recorded: the variant is left and not asked again."""

    flag: Flag


@dataclass(frozen=True)
class TimeIsUp:
    """The minutes are over."""


@dataclass(frozen=True)
class Ended:
    """The drill is over."""

    results: tuple[Result, ...]


Event = (
    Opened
    | Asked
    | Explained
    | Misread
    | Hinted
    | Shown
    | Noted
    | Judged
    | Completed
    | AskedWhy
    | Flagged
    | TimeIsUp
    | Ended
)
