"""The picture of a graph in words, for who cannot see it: made from the drawing, so that a blank stays a blank."""

from __future__ import annotations

from quizgen.engine.graph import Graph, Node, Operand
from quizgen.language import Words
from quizgen.notation import Num, Style, unicode
from quizgen.picture.layout import Drawing


def describe(graph: Graph, style: Style, drawing: Drawing, said: Words) -> str:
    """What `drawing` shows of `graph`: the inputs, what each node computes, and the texts on the lines."""
    comma = said["picture.comma"]
    inputs = [_text(drawing, "forward", name, style, said) for name in graph.inputs]
    sentences = [said("picture.inputs", inputs=comma.join(inputs)) if inputs else said["picture.graph"]]
    for node in graph.nodes:
        sentences.append(
            said("picture.node", name=style.label(node.name), operation=_operation(node, graph, style, said))
        )
    for side, shown in (("forward", drawing.forward), ("backward", drawing.backward)):
        names = [name for name in graph.names() if shown.get(name) and (side, name) not in _given(graph)]
        if names:
            texts = comma.join(_text(drawing, side, name, style, said) for name in names)
            sentences.append(said(f"picture.{side}", values=texts))
    return "".join(sentences).strip()


def _given(graph: Graph) -> set[tuple[str, str]]:
    """What the sentence about the inputs has said already."""
    return {("forward", name) for name in graph.inputs}


def _operation(node: Node, graph: Graph, style: Style, said: Words) -> str:
    operands = [_operand(each, graph, style) for each in node.operands]
    key = f"picture.layer.{node.layer.__name__}"
    if key in said:
        return said(key, **dict(zip(node.layer.variables, operands, strict=True)))
    return f"{node.layer.symbol}({', '.join(operands)})"


def _operand(operand: Operand, graph: Graph, style: Style) -> str:
    if isinstance(operand, str):
        return style.label(operand) if operand in graph else "π"
    return unicode(Num(operand), style)


def _text(drawing: Drawing, side: str, name: str, style: Style, said: Words) -> str:
    """A name with what stands on its line."""
    shown = (drawing.forward if side == "forward" else drawing.backward).get(name, "")
    label = style.label(name)
    if not shown:
        return label
    key = "picture.blank" if (side, name) in drawing.blanks else "picture.value"
    return said(key, name=label, text=shown)
