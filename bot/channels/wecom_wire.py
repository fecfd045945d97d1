"""What WeCom sends → what the desk takes. Pure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.channels.wecom_cards import SUBMIT
from bot.model import Address, Inbound, InboundKind

if TYPE_CHECKING:
    from bot.channels.plain_xml import Node

NAME = "wecom"
OPENING = 3600
"""Somebody who opens the chat again within so many seconds is not greeted again: WeCom tells us of every time."""
CODE = re.compile(r"(?:开始|/?start)[\s:：]*((?:[A-Za-z0-9][\s-]*){8})", re.IGNORECASE)
WORDLESS = frozenset({"video", "shortvideo", "location", "link", "file", "emotion", "mixed"})
"""Kinds that carry no words that we read: the sender is told so."""
UNUSED = frozenset({"view", "subscribe", "unsubscribe", "location", "template_card_menu_event"})
"""Events that are told to every application, and are no business of this one."""


class StrangeError(ValueError):
    """It is not what WeCom promises: a part is missing, or it is of a kind that is not known. Names no person."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message for the desk; ``fetch`` is the media id of its picture, still to be downloaded."""

    inbound: Inbound
    fetch: str | None = None


@dataclass(frozen=True, slots=True)
class Ignored:
    """Acknowledged and left alone; ``why`` names no person."""

    why: str


Decoded = Arrived | Ignored


def decode(node: Node, raw: str) -> Decoded:
    """One callback as the desk understands it.

    Raises:
        StrangeError: it cannot be read, or nobody knows what it means.
    """
    user, created, kind = node.said("FromUserName"), node.said("CreateTime"), node.said("MsgType").lower()
    if not user or not (created.isascii() and created.isdigit()):
        message = "no sender, or no time"
        raise StrangeError(message)
    if kind == "event":
        return _event(node, user, int(created), raw)
    number = node.said("MsgId")
    if not number:
        message = "a message without a number"
        raise StrangeError(message)
    inbound = Inbound(
        Address(NAME, user), _once(user, number, created), InboundKind.TEXT, _text(node, kind), sender=user, raw=raw
    )
    if kind == "image":
        return Arrived(replace(inbound, kind=InboundKind.PHOTO), node.said("MediaId") or None)
    if code := CODE.fullmatch(inbound.text):
        return Arrived(replace(inbound, kind=InboundKind.OPEN, text=code[1]))
    return Arrived(inbound)


def _text(node: Node, kind: str) -> str:
    """The words of a message; of a voice message what WeCom heard, if it says so."""
    if kind == "text":
        return node.one("Content").text
    if kind == "voice":
        return node.said("Recognition")
    if kind != "image" and kind not in WORDLESS:
        message = "a message of an unknown kind"
        raise StrangeError(message)
    return ""


def _event(node: Node, user: str, created: int, raw: str) -> Decoded:
    event, key = node.said("Event").lower(), node.said("EventKey")
    here = Address(NAME, user)
    if event == "enter_agent":
        hour = str(created // OPENING)
        return Arrived(Inbound(here, _once(user, event, hour), InboundKind.OPEN, sender=user, raw=raw))
    once = _once(user, str(created), event, key, node.said("TaskId"), node.said("ResponseCode"), *_options(node))
    if event == "click" and key.startswith("/"):
        return Arrived(Inbound(here, once, InboundKind.TEXT, key, sender=user, raw=raw))
    if event == "template_card_event":
        token = next(iter(_options(node)), "") if key in {SUBMIT, ""} else key
        code = node.said("ResponseCode") or None
        return Arrived(Inbound(here, once, InboundKind.TAP, token, sender=user, edits=code, raw=raw))
    if event in UNUSED:
        return Ignored("an event of a kind that is not used")
    message = "an event of an unknown kind"
    raise StrangeError(message)


def _options(node: Node) -> list[str]:
    """The options that were chosen on a card: one or several, in one list or in several."""
    return [
        option.text.strip()
        for items in node.all("SelectedItems")
        for item in items.all("SelectedItem")
        for options in item.all("OptionIds")
        for option in options.all("OptionId")
        if option.text.strip()
    ]


def _once(*parts: str) -> str:
    """The same for every delivery of the same message, different for any other."""
    return hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()[:40]
