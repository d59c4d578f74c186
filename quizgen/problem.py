"""A problem: a graph and what is asked of it. No text, no answer."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from quizgen.engine.graph import Graph

MULTIPLIER = "multiplier"  # the role of an input that is 1 + a rate
RATE = "rate"  # the role of an input that is told as a percentage
PERCENTAGE_POINT = Fraction(1, 100)

# The kinds of question, in the order in which a variant asks them.
KINDS = ("value", "local", "upstream", "gradient", "derivative", "meaning")


@dataclass(frozen=True)
class Ask:
    """One question about the graph.

    value: the forward value of `of`. gradient: ∂of/∂wrt, wrt an input or an inner node. upstream: the gradient that
    arrives at the node `wrt` from its right, ∂of/∂wrt as well. local: the local derivative ∂of/∂wrt at the node `of`
    by its operand `wrt`. derivative: ∂of/∂wrt as an expression in the inputs. meaning: by how much `of` grows when
    `wrt` grows by `step`; asked only where `of` is linear in `wrt`.
    """

    kind: str
    of: str
    wrt: str = ""
    step: Fraction | None = None

    @property
    def name(self) -> str:
        """The kind and the names, for messages."""
        return " ".join(filter(None, (self.kind, self.of, self.wrt)))

    @property
    def symbolic(self) -> bool:
        """Whether the answer is an expression instead of a number."""
        return self.kind == "derivative"


@dataclass(frozen=True)
class Draft:
    """What a family draws: a graph, the closed formula that the level states (what the story says, in the names of
    the graph's inputs, written down without looking at the nodes), and what is asked, in order."""

    graph: Graph
    formula: str
    asks: tuple[Ask, ...]


@dataclass(frozen=True)
class Problem:
    """One drawn variant: a draft, and where it comes from.

    `own` is the definition of a problem that an author wrote (see `authored`), as text, which travels with every
    variant of it; empty where `family` is one of ours.
    """

    family: str
    level: int
    seed: str
    graph: Graph
    formula: str
    asks: tuple[Ask, ...]
    own: str = ""
