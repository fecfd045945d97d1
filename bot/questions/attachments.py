"""Notes and photos, one a message, until the sender says that this is all."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from bot.dialog import Attachment, Step
from bot.dialog.choosing import options
from bot.dialog.steps import PHOTO
from bot.model import Brief


def attachments(brief: Brief, turn: int, photos: int) -> Generator[Step, Any, tuple[str | None, tuple[str, ...]]]:
    """Collect a note and at most ``photos`` pictures.

    Who sent nothing may ask again later in the same conversation: ``turn`` tells the questions apart.
    """
    notes: list[str] = []
    given: list[str] = []
    while True:
        n = len(notes) + len(given) + 1
        shown = {"notes": notes, "photos": given}
        said = yield from Attachment(
            f"attach/{turn}.{n}", brief.note_limit, photos - len(given), options("finish"), shown
        )
        if said == "finish":
            return "\n".join(notes) or None, tuple(given)
        if said.startswith(PHOTO):
            given.append(said.removeprefix(PHOTO))
        else:
            notes.append(said)
