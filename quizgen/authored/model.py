"""The shape of an author's own problem, as TOML or as a field of a bank's record: what is written, and in which bounds.

What the parts mean, and whether they fit together, is looked at in `meaning.py`; here is only what pydantic and an
editor can tell from the shape alone.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

MAX_NAME, MAX_TITLE, MAX_STORY, MAX_SENTENCE, MAX_LINES = 60, 200, 2000, 500, 10_000
MAX_VALUES, MAX_LIST, MAX_ITEMS = 40, 1000, 30


def _written(number: Any) -> Any:
    """A number of TOML as it was written, for it is read exactly later."""
    exact = isinstance(number, int | Decimal) and not isinstance(number, bool)
    return str(number) if exact else number


def _spec(written: Any) -> Any:
    """A number or a list stands for what is drawn from it."""
    if isinstance(written, list):
        return {"one_of": written}
    if isinstance(written, int | Decimal | str) and not isinstance(written, bool):
        return {"one_of": [written]}
    return written


_NUMBER = {"type": ["number", "string"]}
Number = Annotated[str, BeforeValidator(_written), WithJsonSchema(_NUMBER), Field(max_length=60)]
Sentence = Annotated[str, Field(min_length=1, max_length=MAX_SENTENCE)]
Formula = Annotated[str, Field(min_length=1, max_length=MAX_LINES)]
Texts = dict[str, Sentence]


class Shape(BaseModel):
    """Exact types, no unknown fields."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=False)


class Spec(Shape):
    """What an input is drawn from: a range with a step, a list, or a formula of inputs above it.

    `as`: "multiplier" for 1 + a rate, written and told as the percentage ("8%" is 1.08); "rate" for a percentage
    itself ("8%" is 0.08)."""

    from_: Number | None = Field(None, alias="from")
    to: Number | None = None
    step: Number | None = None
    one_of: Annotated[list[Number], Field(min_length=1, max_length=MAX_LIST)] | None = None
    is_: Formula | None = Field(None, alias="is")
    as_: Literal["number", "multiplier", "rate"] | None = Field(None, alias="as")

    @model_validator(mode="after")
    def _one_way(self) -> Spec:
        ways = [self.from_ is not None or self.to is not None, self.one_of is not None, self.is_ is not None]
        whole = (self.from_ is None) == (self.to is None) and (self.step is None or self.from_ is not None)
        if sum(ways) != 1 or not whole:
            raise PydanticCustomError("one_way", "a value is from and to, one_of, or is")
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: Any) -> dict[str, Any]:
        made: dict[str, Any] = handler(core)
        return {"anyOf": [_NUMBER, {"type": "array", "items": _NUMBER}, made]}


class Wrong(Shape):
    """A misconception of the author's: a line that takes the place of the graph's line for the same node."""

    id: Annotated[str, Field(max_length=60, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")] | None = None
    instead: Formula
    title: Texts = {}
    feedback: Annotated[Texts, Field(min_length=1)]


class Definition(Shape):
    """An author's own problem. Only `name`, `story`, `values` and `graph` are needed."""

    name: Annotated[str, Field(max_length=60, pattern=r"^[^\W_]([\w-]*[^\W_])?$")]
    level: Annotated[int, Field(ge=1, le=99)] = 1
    languages: Annotated[list[str], Field(min_length=1)] | None = None
    title: dict[str, Annotated[str, Field(min_length=1, max_length=MAX_TITLE)]] = {}
    story: Annotated[dict[str, Annotated[str, Field(min_length=1, max_length=MAX_STORY)]], Field(min_length=1)]
    values: Annotated[
        dict[str, Annotated[Spec, BeforeValidator(_spec)]], Field(min_length=1, max_length=MAX_VALUES)
    ]  # fmt: skip
    graph: Formula
    formula: Annotated[str, Field(max_length=MAX_LINES)] = ""
    ask: Annotated[list[Sentence], Field(max_length=MAX_ITEMS)] = []
    conditions: Annotated[list[Formula], Field(max_length=MAX_ITEMS)] = []
    whole: Annotated[list[Sentence], Field(max_length=MAX_ITEMS)] = []
    unit: Texts = {}
    names: dict[str, dict[str, Annotated[str, Field(min_length=1, max_length=MAX_NAME)]]] = {}
    meaning: dict[str, Texts] = {}
    hints: dict[str, Annotated[list[Sentence], Field(max_length=MAX_ITEMS)]] = {}
    misconceptions: Annotated[list[Wrong], Field(max_length=MAX_ITEMS)] = []
    decimals: bool = True
    longest: Annotated[int, Field(ge=1, le=12)] = 6

    def text(self) -> str:
        """All of it as JSON, the same text for the same definition: what a problem carries along."""
        return self.model_dump_json(by_alias=True, exclude_defaults=True)
