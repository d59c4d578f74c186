"""A fault: what makes a bank unfit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from quizgen.errors import KeyedError


@dataclass(frozen=True)
class Fault:
    """A fault at a line, at a variant, or of a whole file; `why` is the error that says more."""

    kind: str
    where: str
    details: Mapping[str, Any] = field(default_factory=dict)
    why: KeyedError | None = None

    def as_data(self) -> dict[str, Any]:
        """As JSON has it."""
        more = {}
        if self.why:
            more = {name: str(value) for name, value in self.why.details.items() if name not in ("file", "line")}
        told = {"why": self.why.key} if self.why else {}
        return {"kind": self.kind, "where": self.where, **more, **self.details, **told}
