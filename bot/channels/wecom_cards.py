"""A message of ours → the calls that carry it: cards where its choices fit one, else words and numbers. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.channels.bytewise import SPACES, columns, cut, split

if TYPE_CHECKING:
    from bot.model import Button, Outbound, Paper

Json = dict[str, Any]
TEXT = 2048
"""Bytes of a text message; what is longer WeCom cuts off."""
TITLE, BODY, DESCRIPTION = 36, 160, 44
"""Letters of a card's title, of what stands under it, and of that in a card of the other kind (vote)."""
BUTTONS, OPTIONS = 6, 20
BUTTON_WIDTH, OPTION_WIDTH = 20, 34
"""Columns of a label that a phone shows whole."""
SUBMIT = "submit"
"""The key of the button under options; no token of ours is so short."""
DONE, DONE_KEY = "✅", "done"
"""What stands on the grey button of a card that was answered, and its key."""
ADDRESS = "://"
LINK = re.compile(r"<(?=\s*/?\s*a\b)", re.IGNORECASE)
SEND = "/cgi-bin/message/send"


@dataclass(frozen=True, slots=True)
class Piece:
    """One message of WeCom's; ``photo`` is a picture's media name, uploaded when it is sent, and so is ``paper``."""

    kind: str
    content: Json
    photo: str | None = None
    paper: Paper | None = None


def pieces(outbound: Outbound) -> list[Piece]:
    """The messages that make up one of ours: a picture or a document first, the choices last."""
    found: list[Piece] = []
    if outbound.photo is not None:
        found.append(Piece("image", {}, photo=outbound.photo))
    if outbound.paper is not None:
        found.append(Piece("image" if outbound.paper.is_picture else "file", {}, paper=outbound.paper))
    buttons = choices(outbound)
    kind = _kind(buttons)
    if kind is not None:
        before, title, under = _divided(outbound.text, BODY if kind == "button_interaction" else DESCRIPTION)
        found += [Piece("text", {"content": part}) for part in _texts(before)]
        card = {"task_id": buttons[0].token.partition(".")[0], **card_of(kind, title, under, buttons)}
        return [*found, Piece("template_card", card)]
    text = outbound.text
    if buttons:
        text = "\n".join([text, "", *outbound.listed])
    return found + [Piece("text", {"content": part}) for part in _texts(text)]


def replacement(outbound: Outbound) -> Json | None:
    """The card that takes the place of the one tapped on; None where the answer does not fit a card."""
    buttons = choices(outbound)
    kind = _kind(buttons) if buttons else "button_interaction"
    if kind is None or outbound.photo is not None or outbound.paper is not None:
        return None
    before, title, under = _divided(outbound.text, BODY if kind == "button_interaction" else DESCRIPTION)
    if before:
        return None
    if buttons:
        return card_of(kind, title, under, buttons)
    grey = {**_head(kind, title, under), "button_list": [{"text": DONE, "style": 1, "key": DONE_KEY}]}
    return {**grey, "replace_text": DONE}


def card_of(kind: str, title: str, under: str, buttons: list[Button]) -> Json:
    """A card with choices, each under its token."""
    head = _head(kind, title, under)
    if kind == "button_interaction":
        styled = [
            {"text": each.label, "style": 1 if number == 0 else 2, "key": each.token}
            for number, each in enumerate(buttons)
        ]
        return {**head, "button_list": styled}
    # None is checked beforehand: nobody shall send an answer that they did not choose.
    options = [{"id": each.token, "text": each.label} for each in buttons]
    return {
        **head,
        "checkbox": {"question_key": "choice", "option_list": options, "mode": 0},
        "submit_button": {"text": "OK", "key": SUBMIT},
    }


def choices(outbound: Outbound) -> list[Button]:
    """Every button, in order."""
    return [button for row in outbound.buttons for button in row]


def _kind(buttons: list[Button]) -> str | None:
    """The kind of card that shows these choices whole; None: they are numbered in words."""
    widest = max((columns(each.label) for each in buttons), default=0)
    if not buttons:
        return None
    if len(buttons) <= BUTTONS and widest <= BUTTON_WIDTH:
        return "button_interaction"
    if len(buttons) <= OPTIONS and widest <= OPTION_WIDTH:
        return "vote_interaction"
    return None


def _head(kind: str, title: str, under: str) -> Json:
    if kind == "button_interaction":
        return {"card_type": kind, "main_title": {"title": title}, **({"sub_title_text": under} if under else {})}
    return {"card_type": kind, "main_title": {"title": title, **({"desc": under} if under else {})}}


def _divided(text: str, most: int) -> tuple[str, str, str]:
    """What goes before the card, the card's title, and what stands under it: of a long text its last paragraph."""
    if ADDRESS in text:  # on a card it could be read, and not be opened
        before, _, last = text.strip().rpartition("\n")
        title, rest = cut(last, TITLE)
        if before and ADDRESS not in last and len(rest) <= most:
            return before, title, rest
        plain = [line for line in text.strip().splitlines() if line.strip() and ADDRESS not in line]
        return text, cut(plain[0] if plain else DONE, TITLE)[0], ""
    title, under = cut(text, TITLE)
    if len(under) <= most:
        return "", title, under
    before, _, last = text.strip().rpartition("\n\n")
    title, under = cut(last, TITLE)
    if before and len(under) <= most:
        return before, title, under
    # No paragraph fits, but a line does. Nothing is said twice: what stands on the card does not go before it.
    before, _, last = text.strip().rpartition("\n")
    title, under = cut(last, TITLE)
    if len(under) > most:
        head, last = last[:-TITLE], last[-TITLE:]
        at = next((place + 1 for place, sign in enumerate(last[:-1]) if sign in SPACES), 0)
        return "\n".join(part for part in (before, head + last[:at]) if part), last[at:].strip(), ""
    return before, title, under


def _texts(text: str) -> list[str]:
    """Pieces of words. Of all that means something in HTML WeCom knows links: nobody's name becomes one."""
    return split(LINK.sub("＜", text), TEXT) if text.strip() else []
