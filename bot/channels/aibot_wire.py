"""What WeCom tells the group bot (JSON) → what the desk takes. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from bot.channels.aibot_handle import Handle, Kind
from bot.channels.wecom_cards import DONE_KEY, SUBMIT
from bot.channels.wecom_wire import CODE
from bot.model import Address, Inbound, InboundKind

NAME = "aibot"
MENTION = re.compile(r"^@[^\s\u2005]+[\s\u2005]*")
"""The bot's name, with which whoever speaks to it in a group begins."""
LAST = re.compile(r"[\s\u2005]*@[^\s\u2005]+\s*$")
"""Or ends."""
WORDLESS = frozenset({"file", "video", "voice", "location", "link", "emotion"})
"""Kinds that carry no words that we read, or may carry none: the sender is told so."""
MOST = 9
"""So many pictures of one message are taken."""
CALLED = "/board"
"""What is meant where a group says the bot's name, and no more."""
UNUSED = frozenset({"feedback_event"})
"""Events that are told to every bot, and are no business of this one."""
Json = Mapping[str, Any]


class BrokenError(ValueError):
    """It is no message at all: not JSON, or a part is missing that everything has. Names no person."""


class StrangeError(ValueError):
    """It is of a kind that is not known. Names no person."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message for the desk; ``pictures`` are the addresses of its pictures, which live some minutes."""

    inbound: Inbound
    handle: Handle
    pictures: tuple[str, ...] = ()
    strange: str = ""
    """Why it is to be kept, too, although it is answered."""
    ours: bool = True
    """Whether the sender is of the enterprise that made the bot."""

    @property
    def parts(self) -> Sequence[tuple[Inbound, str]]:
        """What the desk takes one by one, each with its picture's address: a message may bring several pictures."""
        others = [
            (replace(self.inbound, dedupe=f"{self.inbound.dedupe}.{number}", text=""), url)
            for number, url in enumerate(self.pictures[1:MOST], 1)
        ]
        return [(self.inbound, self.pictures[0] if self.pictures else ""), *others]


@dataclass(frozen=True, slots=True)
class Ignored:
    """Acknowledged and left alone; ``why`` names no person."""

    why: str


Decoded = Arrived | Ignored


def decode(raw: str, now: int) -> Decoded:
    """One callback as the desk understands it; ``now`` is when it came, in seconds.

    Raises:
        BrokenError: it cannot be read.
        StrangeError: it is an event that nobody knows.
    """
    said = _read(raw)
    number, kind, user = _text(said, "msgid"), _text(said, "msgtype").lower(), _text(_part(said, "from"), "userid")
    if kind == "stream":
        return Ignored("a question how a reply goes on, which was whole at once")
    if not number or not kind or not user:
        message = "no number, no kind, or no sender"
        raise BrokenError(message)
    firm = _text(_part(said, "from"), "corpid")
    if firm:  # a member of another enterprise may have the name of one of ours
        user = f"{firm}/{user}"
    group = _text(said, "chattype").lower() == "group"
    chat = _text(said, "chatid") if group else user
    if not chat or not f"{user}{chat}".isprintable():
        message = "a chat without a name"
        raise BrokenError(message)
    once = hashlib.sha256(f"{_text(said, 'aibotid')}\0{number}".encode(errors="replace")).hexdigest()[:40]
    handle = Handle(once, Kind.MESSAGE, _text(said, "response_url"), now)
    inbound = Inbound(Address(NAME, chat, group), once, InboundKind.TEXT, sender=user, raw=raw)
    event = _part(said, "event") if kind == "event" else None
    found = _message(said, kind, inbound, handle) if event is None else _event(event, inbound, handle)
    return replace(found, ours=not firm) if isinstance(found, Arrived) else found


def _message(said: Json, kind: str, inbound: Inbound, handle: Handle) -> Decoded:
    words, pictures = _content(said, kind)
    text = "\n".join(words)
    if inbound.address.group:
        text = _unnamed(text)
        pictures = []  # in a group nothing is done with them
    if not text.strip() and not pictures:
        quote = _part(said, "quote")
        text = "\n".join(_content(quote, _text(quote, "msgtype").lower())[0])  # “@bot” below what somebody wrote
    inbound = replace(inbound, text=text.strip(), tap=handle.dump())
    if pictures:
        return Arrived(replace(inbound, kind=InboundKind.PHOTO), handle, tuple(pictures))
    known = kind in {"text", "image", "mixed", *WORDLESS}
    strange = "" if known else "a message of an unknown kind"
    if not inbound.text and inbound.address.group:
        if strange:
            raise StrangeError(strange)
        return Arrived(replace(inbound, text=CALLED), handle)
    if code := CODE.fullmatch(inbound.text):
        return Arrived(replace(inbound, kind=InboundKind.OPEN, text=code[1]), handle)
    return Arrived(inbound, handle, strange=strange)


def _content(said: Json, kind: str) -> tuple[list[str], list[str]]:
    """The words of a message, and the addresses of its pictures, in order."""
    if kind == "mixed":
        items = _part(said, "mixed").get("msg_item")
        parts = [_content(each, _text(each, "msgtype").lower()) for each in _list(items) if isinstance(each, dict)]
        return [word for words, _ in parts for word in words], [each for _, pictures in parts for each in pictures]
    words = _text(_part(said, kind), "content") if kind in {"text", "voice"} else ""
    picture = _text(_part(said, "image"), "url") if kind == "image" else ""
    return [words] if words else [], [picture] if picture else []


def _unnamed(text: str) -> str:
    """What was said to the bot without its name, at the beginning or at the end."""
    text = text.strip()
    found = MENTION.match(text)
    return text[found.end() :] if found else LAST.sub("", text)


def _event(event: Json, inbound: Inbound, handle: Handle) -> Decoded:
    name = _text(event, "eventtype").lower()
    if name == "enter_chat":
        handle = replace(handle, kind=Kind.ENTER)
        return Arrived(replace(inbound, kind=InboundKind.OPEN, tap=handle.dump()), handle)
    if name == "template_card_event":
        card = _part(event, name) or event  # nested, as it is documented, or flat, as it was seen
        options = _options(card)
        key, task = _text(card, "event_key") or _text(card, "eventkey"), _text(card, "task_id") or _text(card, "taskid")
        token = next(iter(options), "") if key in {SUBMIT, ""} else key
        if token == DONE_KEY:
            return Ignored("a tap on a card that was answered")
        handle = replace(handle, kind=Kind.CARD, task=task, user=inbound.sender if inbound.address.group else "")
        tapped = replace(inbound, kind=InboundKind.TAP, text=token, edits=task or None, tap=handle.dump())
        return Arrived(tapped, handle)
    if name in UNUSED:
        return Ignored("an event of a kind that is not used")
    message = "an event of an unknown kind"
    raise StrangeError(message)


def _options(card: Json) -> list[str]:
    """The options that were chosen on a card: one or several, in one list or in several."""
    chosen = _list(_part(card, "selected_items").get("selected_item"))
    return [
        option.strip()
        for each in chosen
        if isinstance(each, dict)
        for option in _list(_part(each, "option_ids").get("option_id"))
        if isinstance(option, str) and option.strip()
    ]


def _read(raw: str) -> Json:
    try:
        said = orjson.loads(raw.encode(errors="replace"))
    except ValueError:
        said = None
    if not isinstance(said, dict):
        message = "no JSON object"
        raise BrokenError(message)
    return said


def _part(said: Json, name: str) -> Json:
    found = said.get(name)
    return found if isinstance(found, dict) else {}


def _list(found: object) -> list[Any]:
    """Several things as they are, a single one as a list of it."""
    return found if isinstance(found, list) else [] if found is None else [found]


def _text(said: Json, name: str) -> str:
    found = said.get(name)
    return found if isinstance(found, str) else ""
