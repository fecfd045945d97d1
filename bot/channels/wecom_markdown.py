"""Plain words → the markdown that WeCom shows: nobody's name becomes a heading, a link or a mention. Pure."""

from __future__ import annotations

import re

SIGNS = str.maketrans({"<": "＜", ">": "＞", "[": "［", "]": "］", "*": "＊", "`": "｀", "_": "＿", "~": "～"})
"""Signs that mean something in markdown, and the ones of the same look that mean nothing: there is no way to escape."""
ADDRESS = re.compile(r"https?://[^\s<>()（），。；、“”]+")
BEGINNING = re.compile(r"^(\s*)(#|-\s|\d+\.\s)", re.MULTILINE)


def plain(text: str) -> str:
    """Plain words as markdown that shows them as they are."""
    return BEGINNING.sub(lambda found: f"{found[1]}\u200b{found[2]}", text.translate(SIGNS))


def linked(text: str) -> str:
    """The same with addresses that can be tapped on; what is secret in one (behind ``#`` or ``?``) is not shown."""
    pieces: list[str] = []
    at = 0
    for found in ADDRESS.finditer(text):
        name = re.split(r"[?#]", found[0], maxsplit=1)[0]
        pieces += [text[at : found.start()].translate(SIGNS), f"[{name.translate(SIGNS)}]({found[0]})"]
        at = found.end()
    return BEGINNING.sub(lambda found: f"{found[1]}\u200b{found[2]}", "".join([*pieces, text[at:].translate(SIGNS)]))


def markdown(text: str) -> str:
    """Plain words with the first line as a heading."""
    first, _, rest = plain(text).strip().partition("\n")
    return f"**{first}**\n{rest}".strip() if first else plain(text)
