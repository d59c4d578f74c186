"""Templates of jinja2, with one rule: what is not made for the format already is text, and is escaped."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from quizgen.resources import templates

if TYPE_CHECKING:
    from jinja2 import Environment


def environment(folder: str, made: type[str], text: Callable[[str], str], **options: Any) -> Environment:
    """The templates of a folder of `templates/`. Of what they put in, a string of the type `made` stands as it is;
    all else goes through `text`. `options` are jinja2's own."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    settings: dict[str, Any] = {
        "loader": FileSystemLoader(templates() / folder),
        "autoescape": made is Markup,
        "finalize": lambda piece: piece if isinstance(piece, made) else text(str(piece)),
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "keep_trailing_newline": True,
    }
    return Environment(**settings | options)
