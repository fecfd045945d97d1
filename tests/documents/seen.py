"""A picture as a reader sees it: its size, its colours, and which letters are drawn rather than boxed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import pytest
from PIL import Image

from bot.documents.pictures.canvas import Canvas


def image(data: bytes) -> Image.Image:
    """The picture, in full colour."""
    return Image.open(BytesIO(data)).convert("RGB")


@contextmanager
def reading(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """All that is written on the pictures drawn meanwhile, in order."""
    said: list[str] = []
    write = Canvas.text

    def text(self: Canvas, x: float, y: float, text: str, size: int, **more: object) -> float:
        said.append(text)
        return write(self, x, y, text, size, **more)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(Canvas, "text", text)
        yield said
