"""What can go wrong, as values without words: the words are in `languages/`.

`QuizgenError` is the user's to mend (exit 1), `InternalError` is ours (exit 3). Both carry the key of a sentence
in the table `[errors]` of every language, and what fills its placeholders, so that no reader meets a foreign
language.
"""

from __future__ import annotations

from typing import Any


class KeyedError(Exception):
    """An error whose sentence is looked up by `key` and filled from `details`."""

    def __init__(self, key: str, **details: object) -> None:
        super().__init__(key, details)
        self.key = key
        self.details = details

    def __str__(self) -> str:
        parts = ", ".join(f"{name}={value!r}" for name, value in self.details.items())
        return f"{self.key}({parts})"

    def __reduce__(self) -> tuple[Any, ...]:
        """An error comes whole from another process, whatever its own arguments are."""
        return _rebuilt, (type(self), self.args, self.__dict__)


def _rebuilt(kind: type[KeyedError], arguments: tuple[Any, ...], state: dict[str, Any]) -> KeyedError:
    error = kind.__new__(kind, *arguments)
    error.__dict__.update(state)
    return error


class QuizgenError(KeyedError):
    """The user's to mend."""


class DomainError(QuizgenError):
    """A kink, a tie, or a place outside a function's domain: there is no derivative there."""


class SyntaxProblem(QuizgenError):
    """Typed mathematics that cannot be read; `text` and `position` say where the caret belongs."""

    def __init__(self, key: str, text: str, position: int, **details: object) -> None:
        super().__init__(key, column=position + 1, **details)
        self.text = text
        self.position = position


class InternalError(KeyedError):
    """Our bug: two solvers disagree, or a draw cannot be made. Its details name family, level and seed."""
