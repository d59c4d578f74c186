"""`quizgen explain`: an expression as a graph, with its passes and each step."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from quizgen.cli.common import HELP, Lang, Undrawn, language_of

if TYPE_CHECKING:
    from quizgen.explain import Explanation
    from quizgen.language import Words

LARGEST_PICTURE = 30  # nodes
WIDEST = 160  # columns


def explain(
    expression: Annotated[str, typer.Argument(metavar="EXPRESSION", help=HELP("cli.explain.expression"))],
    at: Annotated[list[str] | None, typer.Option("--at", metavar="NAME=VALUE", help=HELP("cli.explain.at"))] = None,
    as_json: Annotated[bool, typer.Option("--json", help=HELP("cli.json"))] = False,
    seed: Undrawn = None,
    lang: Lang = None,
) -> None:
    """Shows the computational graph of EXPRESSION, its forward and backward pass, and each step."""
    from quizgen.explain import as_data
    from quizgen.explain import explain as explained
    from quizgen.language import words

    code = language_of(lang)
    explanation = explained(expression, at or [])
    if as_json:
        typer.echo(json.dumps(as_data(explanation), ensure_ascii=False, indent=1))
    else:
        typer.echo("\n".join(_shown(explanation, words(code))))


def _shown(explanation: Explanation, said: Words) -> list[str]:
    from quizgen.notation import Equal, Partial, Style, Sym, of_expression, of_value, unicode
    from quizgen.solve import steps

    graph, found, style = explanation.graph, explanation.found, Style(decimals=False)
    shown = [unicode(Equal((Sym(str(graph.output)), of_expression(explanation.formula))), style), ""]
    if explanation.implicit:
        shown.insert(0, said("explain.read_as", expression=str(explanation.formula)))
    shown += _picture(explanation)
    direction = ""
    for step in steps(graph, found):
        if step.direction != direction:
            direction = step.direction
            shown.append(said[f"step.{direction}"])
        number = f"({step.number})" if step.number else "Σ"
        shown.append(f"  {number:>4} {unicode(step.mathematics, style)}")
    shown += [
        "",
        said["explain.results"],
        f"  {unicode(Equal((Sym(str(graph.output)), of_value(found.value))), style)}",
    ]
    for name in graph.inputs:
        result = Equal((Partial(str(graph.output), name), of_value(found.gradients[name])))
        shown.append(f"  {unicode(result, style)}")
    return shown


def _picture(explanation: Explanation) -> list[str]:
    from quizgen.notation import Style
    from quizgen.picture.drawing import drawing, solved
    from quizgen.picture.terminal import paint, width

    graph = explanation.graph
    if not 0 < len(graph.nodes) <= LARGEST_PICTURE:
        return []
    style = Style(decimals=False)
    picture = paint(solved(graph, style, explanation.found) if explanation.numeric else drawing(graph, style, {}, {}))
    return [] if max(map(width, picture.splitlines())) > WIDEST else [picture, ""]
