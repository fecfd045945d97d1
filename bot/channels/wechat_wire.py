"""What WeChat sends an Official Account → what the desk takes. Pure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.model import Address, Inbound, InboundKind

if TYPE_CHECKING:
    from bot.channels.plain_xml import Node

NAME = "wechat"
CODE = re.compile(r"(?:开始|/?start)[\s:：]*((?:[A-Za-z0-9][\s-]*){8})", re.IGNORECASE)
SCENE = re.compile(r"(?:[A-Za-z0-9]-?){8}", re.ASCII)
"""What a picture that brings an invitation's code has in it; those of other campaigns are no business of ours."""
FOLLOWED = "qrscene_"
"""What stands before it where the scanning made somebody follow the account."""
WORDLESS = frozenset({"video", "shortvideo", "location", "link", "file", "emotion", "miniprogrampage"})
"""Kinds that carry no words that we read: the sender is told so."""
UNUSED = frozenset({
    "view", "view_miniprogram", "location", "location_select", "scancode_push", "scancode_waitmsg", "pic_sysphoto",
    "pic_photo_or_album", "pic_weixin", "templatesendjobfinish", "masssendjobfinish", "subscribe_msg_popup_event",
    "subscribe_msg_change_event", "subscribe_msg_sent_event", "kf_create_session", "kf_close_session",
    "qualification_verify_success", "naming_verify_success", "annual_renew", "verify_expired",
})  # fmt: skip
"""Events that are told to every account, and are no business of this one."""
WROTE, DID = "m-", "e-"
"""How the names of messages and of events begin: after a message somebody may be written to for two days."""


class StrangeError(ValueError):
    """It is not what WeChat promises: a part is missing, or it is of a kind that is not known. Names no person."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message for the desk; ``media`` and ``picture`` are where its picture is, still to be downloaded."""

    inbound: Inbound
    account: str
    """Whom it was written to, as WeChat calls the account: whoever answers signs so."""
    media: str = ""
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Left:
    """Somebody no longer follows the account: nothing reaches them any more."""

    user: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """Acknowledged and left alone; ``why`` names no person."""

    why: str


Decoded = Arrived | Left | Ignored


def decode(node: Node, raw: str) -> Decoded:
    """One callback as the desk understands it.

    Raises:
        StrangeError: it cannot be read, or nobody knows what it means.
    """
    account, user, created = node.said("ToUserName"), node.said("FromUserName"), node.said("CreateTime")
    if not user or not (created.isascii() and created.isdigit()):
        message = "no sender, or no time"
        raise StrangeError(message)
    kind = node.said("MsgType").lower()
    if kind == "event":
        return _event(node, account, user, raw)
    number = node.said("MsgId")
    if not number:
        message = "a message without a number"
        raise StrangeError(message)
    # The number alone collides between people.
    once = _once(WROTE, account, user, number, created)
    inbound = Inbound(Address(NAME, user), once, InboundKind.TEXT, _text(node, kind), sender=user, raw=raw)
    if kind == "image":
        photo = replace(inbound, kind=InboundKind.PHOTO)
        return Arrived(photo, account, node.said("MediaId"), node.said("PicUrl"))
    if code := CODE.fullmatch(inbound.text):
        return Arrived(replace(inbound, kind=InboundKind.OPEN, text=code[1]), account)
    return Arrived(inbound, account)


def _text(node: Node, kind: str) -> str:
    """The words of a message; of a voice message what WeChat heard, where the account lets it listen."""
    if kind == "text":
        return node.one("Content").text
    if kind == "voice":
        return node.said("Recognition")
    if kind != "image" and kind not in WORDLESS:
        message = "a message of an unknown kind"
        raise StrangeError(message)
    return ""


def _event(node: Node, account: str, user: str, raw: str) -> Decoded:
    event, key = node.said("Event").lower(), node.said("EventKey")
    once = _once(DID, account, user, node.said("CreateTime"), event, key)
    here = Inbound(Address(NAME, user), once, InboundKind.OPEN, sender=user, raw=raw)
    if event in {"subscribe", "scan"}:
        scene = key.removeprefix(FOLLOWED)
        return Arrived(replace(here, text=scene if SCENE.fullmatch(scene) else ""), account)
    if event == "unsubscribe":
        return Left(user)
    if event == "click" and key.startswith("/"):
        return Arrived(replace(here, kind=InboundKind.TEXT, text=key), account)
    if event in UNUSED:
        return Ignored("an event of a kind that is not used")
    message = "an event of an unknown kind"
    raise StrangeError(message)


def _once(mark: str, *parts: str) -> str:
    """The same for every delivery of the same message, different for any other."""
    return mark + hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()[:40]
