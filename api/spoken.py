"""Templates that are compiled once for each language, so that words need not be chosen at reading.

`say("中文", "English")` of two fixed texts becomes the text itself, and `lang` a constant; what is
shown is the same, to the byte, as choosing while a page is made.
"""

from __future__ import annotations

from typing import Self

from jinja2 import Environment, nodes
from jinja2.visitor import NodeTransformer

from api.languages import saying


class Spoken(Environment):
    """An environment of templates, of which there can be one for each language."""

    language: str | None = None

    def speaking(self, language: str) -> Self:
        """Return the same environment, its templates compiled for one language."""
        one = self.overlay()
        one.language = language
        return one

    def _generate(
        self,
        source: nodes.Template,
        name: str | None,
        filename: str | None,
        defer_init: bool = False,  # noqa: FBT001, FBT002 the hook's own signature
    ) -> str:
        """Compile a template (a hook of the library's), its words chosen if there is a language."""
        if self.language is not None:
            source = _Choosing(self.language).visit(source)
        return super()._generate(source, name, filename, defer_init)


class _Choosing(NodeTransformer):
    """Puts the words of one language in the place of each choice between fixed texts."""

    def __init__(self, language: str) -> None:
        self._language, self._say = language, saying(language)

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 named for the node
        """Choose between two fixed texts."""
        self.generic_visit(node)
        match node:
            case nodes.Call(
                node=nodes.Name(name="say"),
                args=[nodes.Const(value=str(chinese)), nodes.Const(value=str(english))],
            ):
                return nodes.Const(self._say(chinese, english), lineno=node.lineno)
            case _:
                return node

    def visit_Name(self, node: nodes.Name) -> nodes.Node:  # noqa: N802 named for the node
        """Put the language in place of its name."""
        if node.name == "lang" and node.ctx == "load":
            return nodes.Const(self._language, lineno=node.lineno)
        return node
