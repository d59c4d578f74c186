"""`quizgen bank new` and `quizgen bank schema`: where an author begins."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from quizgen.cli.common import HELP, Lang, Seed, Undrawn, language_of, say


def new(
    source: Annotated[Path, typer.Argument(metavar="SOURCE.toml", help=HELP("cli.bank.new_source"))],
    seed: Seed = None,
    lang: Lang = None,
) -> None:
    """Writes a commented source to start from."""
    from quizgen.draw import fresh_seed
    from quizgen.errors import QuizgenError
    from quizgen.files import STANDARD_OUTPUT, write_whole
    from quizgen.language import words
    from quizgen.resources import templates

    code = language_of(lang)
    if str(source) != STANDARD_OUTPUT:
        if source.suffix != ".toml":
            raise QuizgenError("source.suffix", file=source)
        if source.exists():
            raise QuizgenError("source.exists", file=source)
    text = (templates() / "source" / f"{code}.toml").read_text("utf-8")
    # Only these three are filled: what stands in braces else is the author's own placeholder.
    filled = {"{file}": source.name, "{bank}": source.with_suffix(".jsonl").name, "{seed}": seed or fresh_seed()}
    for name, value in filled.items():
        text = text.replace(name, json.dumps(value, ensure_ascii=False)[1:-1])
    write_whole(source, text)
    say(words(code)("bank.new", source=source))


def schema(seed: Undrawn = None, lang: Lang = None) -> None:
    """Prints the JSON Schema of sources."""
    from quizgen import source
    from quizgen.language import words

    typer.echo(json.dumps(source.schema(words(language_of(lang))), ensure_ascii=False, indent=1))
