"""Which choice of the message last shown words point at: its number, its letter, or its own words."""

from __future__ import annotations

import unicodedata
from string import ascii_uppercase
from typing import TYPE_CHECKING

from bot import words
from bot.desk import cards, letters
from bot.dialog import Attachment, Question, Text
from bot.handlers import FLOWS
from bot.understand.ordinals import LAST, ordinal

if TYPE_CHECKING:
    from bot.desk.visit import Visit
    from bot.store.conversations import Kept

DIGITS = 3
"""So many digits may be the number of a choice."""
LABEL = 60
"""No button says more."""
Pointed = tuple[letters.Shown, str]
"""The message, and the value of the button in it."""


def pointed(visit: Visit, kept: Kept | None, said: str) -> Pointed | None:
    """The choice that is meant, or None where the words are something else."""
    return _marked(visit, kept, said) or (labelled(_last(visit), said) if len(said) <= LABEL else None)


def named(kept: Kept | None, said: str) -> bool:
    """Whether words are the label, or a synonym, of what the open question offers: then they are nothing else."""
    ask = None if kept is None else _asked(kept)
    return kept is not None and ask is not None and cards.named(FLOWS[kept.flow], ask, said, kept.brief) is not None


def labelled(shown: letters.Shown | None, said: str) -> Pointed | None:
    """A button that opens something, by its words (“金潭村” under a list of places); None where two have the same."""
    wanted = "" if said.endswith(cards.ASKS) else words.plain(said)
    opens = {
        button.value
        for button in (shown.buttons if shown and wanted else ())
        if button.value.startswith("/") and words.plain(button.label) == wanted
    }
    return (shown, opens.pop()) if shown is not None and len(opens) == 1 else None


def unsure(visit: Visit, kept: Kept, said: str) -> bool:
    """Whether a figure may be the answer to the open question, or the number of a choice in what came after it."""
    if not said.isdecimal() or len(said) > DIGITS or not cards.figures(_asked(kept)):
        return False
    shown = _last(visit)
    return shown is not None and shown.conversation != kept.id and 1 <= int(said) <= len(shown.buttons)


def answers(kept: Kept, said: str) -> bool:
    """Whether words that could be a command answer what is being asked (“请假” at the prompt)."""
    ask = _asked(kept)
    if ask is None or isinstance(ask, Text | Attachment):
        return ask is not None
    return said in {each.value for each in ask.options} or cards.meant(FLOWS[kept.flow], ask, said, kept.brief) != said


def _asked(kept: Kept) -> Question | None:
    from bot.desk.visit import standing  # noqa: PLC0415 - a visit is what looks here

    return standing(kept).ask


def _number(said: str) -> int | None:
    """The place of a choice by figures (“2”) or words (“第二个”), from 0; -1: the last."""
    number = int(said) if said.isdecimal() and len(said) <= DIGITS else ordinal(said)
    if number is None or number == 0:
        return None
    return -1 if number == LAST else number - 1


def _letter(said: str) -> int | None:
    """The place of a choice by its letter (“b”, “Ｂ、”), from 0."""
    letter = unicodedata.normalize("NFKC", said).upper().rstrip(".、")
    return ascii_uppercase.index(letter) if len(letter) == 1 and letter in ascii_uppercase else None


def _marked(visit: Visit, kept: Kept | None, said: str) -> Pointed | None:
    """The choice of that number; of that letter where a figure answers the open question by itself."""
    number, letter = _number(said), _letter(said)
    if number is None and letter is None:
        return None
    lettered = kept is not None and cards.figures(_asked(kept))
    index, shown = (letter if lettered else number), _last(visit)
    if index is None or shown is None or not -1 <= index < len(shown.buttons) or not shown.buttons:
        return None
    if lettered and kept is not None and shown.conversation != kept.id:
        return None  # it came after the question, and has numbers, which mean nothing here
    return shown, shown.buttons[index].value


def _last(visit: Visit) -> letters.Shown | None:
    return letters.last_shown(visit.connection, visit.tools.keyring, visit.inbound.address)
