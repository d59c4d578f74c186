"""`quizgen families`: what can be asked."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from quizgen.cli.common import HELP, Lang, Seed, language_of

SAMPLE_SEED = "sample"


def families(
    as_json: Annotated[bool, typer.Option("--json", help=HELP("cli.json"))] = False,
    seed: Seed = None,
    lang: Lang = None,
) -> None:
    """Lists every family with its levels, question kinds, languages and a sample."""
    from quizgen import bank
    from quizgen import families as folder

    code = language_of(lang)
    known = [*folder.catalogue().values(), *bank.shipped_problems().values()]
    found = [_described(family, code, seed or SAMPLE_SEED) for family in known]
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for family in found:
        typer.echo(f"{family['name']}: {family['title']}  [{', '.join(family['languages'])}]")
        for level in family["levels"]:
            typer.echo(f"  {level}  {family['level_titles'][str(level)]}".rstrip())
        typer.echo(f"  {', '.join(family['kind_titles'])}")
        typer.echo(f"  {family['sample']}\n")


def _described(family, code: str, seed: str) -> dict:  # type: ignore[no-untyped-def,type-arg]
    from quizgen.generate import draft_for
    from quizgen.language import closest, text_in, words
    from quizgen.notation import Style, unicode

    said = words(code)
    problem = draft_for(family, min(family.levels), seed)
    spoken = closest(family.title, code)
    style = Style(family.labels(problem, spoken), family.decimals)
    story = family.story(problem, spoken)
    return {
        "name": family.name,
        "levels": list(family.levels),
        "kinds": list(family.kinds),
        "languages": sorted(family.title),
        "title": text_in(family.title, code),
        "level_titles": {str(level): text_in(texts, code) for level, texts in family.levels.items()},
        "kind_titles": [said[f"kind.{kind}"] for kind in family.kinds],
        "sample": "".join(each if isinstance(each, str) else unicode(each, style) for each in story),
    }
