"""Messages of ours → the one answer that WeCom takes to a call: a card where the choices fit one, else words. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bot.channels.aibot_handle import Handle, Kind
from bot.channels.bytewise import SPACES, columns, cut, split
from bot.channels.wecom_cards import ADDRESS, BUTTONS, DONE, DONE_KEY, OPTIONS, card_of, choices
from bot.channels.wecom_markdown import linked

if TYPE_CHECKING:
    from bot.model import Button, Outbound

Json = dict[str, Any]
CONTENT = 20480
"""Bytes of an answer in words."""
PICTURES = 10
"""So many pictures an answer has room for."""
TITLE, BODY, DESCRIPTION = 26, 112, 30
"""Letters of a card's title, of what stands under it, and of that in a card with options, that a phone shows whole."""
BUTTON_WIDTH, OPTION_WIDTH = 20, 22
"""Columns of a label that a phone shows whole."""
GREY = 4
"""The style of a button that looks as if it were none."""


def at_once(handle: Handle, outbounds: Sequence[Outbound], pictures: Sequence[Mapping[str, str]] = ()) -> Json:
    """The answer in the response to the call itself; ``outbounds`` are in their order, and never none."""
    if handle.kind is Kind.CARD:
        return replacement(handle, outbounds[0])
    card = card_for(outbounds[0]) if len(outbounds) == 1 else None
    if card is not None:
        return {"msgtype": "template_card", "template_card": card}
    text = joined(outbounds)
    if handle.kind is Kind.ENTER:
        return {"msgtype": "text", "text": {"content": split(text, CONTENT)[0]}}
    stream: Json = {"id": handle.once, "finish": True, "content": split(linked(text), CONTENT)[0]}
    if pictures:
        stream["msg_item"] = [{"msgtype": "image", "image": each} for each in pictures[:PICTURES]]
    return {"msgtype": "stream", "stream": stream}


def later(outbounds: Sequence[Outbound]) -> Json:
    """The answer as it is posted afterwards."""
    card = card_for(outbounds[0]) if len(outbounds) == 1 else None
    if card is not None:
        return {"msgtype": "template_card", "template_card": card}
    return {"msgtype": "markdown", "markdown": {"content": split(linked(joined(outbounds)), CONTENT)[0]}}


def joined(outbounds: Sequence[Outbound]) -> str:
    """Messages in words; the choices of the last, which is the one that a number answers."""
    return "\n\n".join(words(each, numbered=each is outbounds[-1]) for each in outbounds)


def card_for(outbound: Outbound) -> Json | None:
    """The card that shows a message whole; None where it has no choices, or too much of anything."""
    buttons = choices(outbound)
    kind = _kind(buttons)
    title, under = cut(outbound.text, TITLE)
    most = DESCRIPTION if kind == "vote_interaction" else BODY
    if kind is None or ADDRESS in outbound.text or len(under) > most or outbound.photo or outbound.paper:
        return None
    return {**card_of(kind, title, under, buttons), "task_id": buttons[0].token.partition(".")[0]}


def fits(outbound: Outbound) -> bool:
    """Whether a message can be said whole in the place of the card that was tapped on."""
    return card_for(outbound) is not None or _receipt(outbound) is not None


def replacement(handle: Handle, outbound: Outbound) -> Json:
    """What takes the place of the card that was tapped on: the message, or its first line, if that is all that fits."""
    first = cut(outbound.text, TITLE)[0].rstrip(SPACES)
    card = card_for(outbound) or _receipt(outbound) or _grey(first, "")
    body = {"response_type": "update_template_card", "template_card": {**card, "task_id": handle.task}}
    return {**body, "userids": [handle.user]} if handle.user else body


def words(outbound: Outbound, *, numbered: bool) -> str:
    """A message in words, its choices under the numbers by which they are answered."""
    lines = outbound.listed if numbered else ()
    return "\n".join([outbound.text.strip(), *([""] if lines else []), *lines])


def _receipt(outbound: Outbound) -> Json | None:
    """A message without choices as a card: nothing on it can be tapped on any more."""
    title, under = cut(outbound.text, TITLE)
    if choices(outbound) or ADDRESS in outbound.text or len(under) > BODY or outbound.photo or outbound.paper:
        return None
    return _grey(title, under)


def _grey(title: str, under: str) -> Json:
    head: Json = {"card_type": "button_interaction", "main_title": {"title": title}}
    button = {"text": DONE, "style": GREY, "key": DONE_KEY}
    return {**head, **({"sub_title_text": under} if under else {}), "button_list": [button]}


def _kind(buttons: list[Button]) -> str | None:
    """The kind of card that shows these choices whole; None: they are numbered in words, or there are none."""
    widest = max((columns(each.label) for each in buttons), default=0)
    if buttons and len(buttons) <= BUTTONS and widest <= BUTTON_WIDTH:
        return "button_interaction"
    if buttons and len(buttons) <= OPTIONS and widest <= OPTION_WIDTH:
        return "vote_interaction"
    return None
