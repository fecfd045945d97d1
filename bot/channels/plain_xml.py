"""The XML inside a callback, read without trust: no DOCTYPE, no entities, little depth, every tag optional."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

DEPTH = 8
NODES = 512


class NotXmlError(ValueError):
    """It is not the plain XML that WeCom sends."""


@dataclass(slots=True)
class Node:
    """An element: its text, and the elements in it by name, each name as often as it occurs."""

    text: str = ""
    parts: dict[str, list[Node]] = field(default_factory=dict)

    def all(self, name: str) -> list[Node]:
        """Every element of that name; none is as good as an empty one."""
        return self.parts.get(name, [])

    def one(self, name: str) -> Node:
        """The first element of that name, or an empty one."""
        return next(iter(self.all(name)), Node())

    def said(self, name: str) -> str:
        """The text of the first element of that name, or nothing."""
        return self.one(name).text.strip()


def read(text: str) -> Node:
    """The document's one element, whatever it is called.

    Raises:
        NotXmlError: it has a DOCTYPE, is cut off, nested or crowded beyond reason, or is no XML.
    """
    stack = [Node()]
    count = 0

    def begin(name: str, _: object) -> None:
        nonlocal count
        count += 1
        if len(stack) > DEPTH or count > NODES:
            message = "nested or crowded beyond reason"
            raise NotXmlError(message)
        node = Node()
        stack[-1].parts.setdefault(name, []).append(node)
        stack.append(node)

    def end(_: str) -> None:
        stack.pop()

    def words(data: str) -> None:
        stack[-1].text += data

    def refuse(*_: object) -> None:
        message = "a DOCTYPE"
        raise NotXmlError(message)

    parser = expat.ParserCreate(encoding="UTF-8")
    parser.buffer_text = True
    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = words
    parser.StartDoctypeDeclHandler = refuse
    try:
        # What lone surrogates stand for is no letter; expat takes bytes as they are declared above.
        parser.Parse(text.encode(errors="replace"), True)  # noqa: FBT003 - the library's way to say: that was all
    except NotXmlError:
        raise
    except (expat.ExpatError, ValueError) as why:
        raise NotXmlError(type(why).__name__) from None
    (roots,) = stack[0].parts.values()
    return roots[0]
