"""The versions of QTI say the same with other names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from quizgen.exports._qti_xml import Inside, element

_CAPITAL = re.compile("[A-Z]")


@dataclass(frozen=True)
class Dialect:
    """A version of QTI. `kind` is how resources name it; `package` the schema of a package and its version; `dashed`:
    its names are in kebab case behind `qti-`, and what feedback says is in a body of its own."""

    namespace: str
    schema: str
    packaging: str
    packaging_schema: str
    kind: str
    package: tuple[str, str]
    dashed: bool

    def make(self, tag: str, attributes: Mapping[str, str] | None = None, *inside: Inside) -> Element:
        """An element of QTI, by its name in 2.1."""
        if not self.dashed:
            return element(tag, attributes, *inside)
        renamed = {self._dashed(name): value for name, value in (attributes or {}).items()}
        return element(f"qti-{self._dashed(tag)}", renamed, *inside)

    def _dashed(self, name: str) -> str:
        return name if ":" in name else _CAPITAL.sub(lambda found: f"-{found[0].lower()}", name)

    def feedback(self, outcome: str, name: str, *blocks: Element, title: str = "") -> Element:
        """Feedback that is shown while an outcome has a value."""
        attributes = {"outcomeIdentifier": outcome, "identifier": name, "showHide": "show"}
        inside = [self.make("contentBody", None, *blocks)] if self.dashed else blocks
        return self.make("modalFeedback", attributes | ({"title": title} if title else {}), *inside)
