"""What Telegram sends → what the desk takes; and long texts → messages that Telegram takes. Pure.

An update is read as the JSON that it is: python-telegram-bot's objects of it would cost a tenth of a whole turn.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from telegram.constants import ChatType, MessageAttachmentType

from bot.model import Address, Button, Inbound, InboundKind

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "telegram"
TEXT = 4096
CAPTION = 1024
DATA = 64
Json = dict[str, Any]
FILE_BYTES = 20 * 1024 * 1024
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})
ATTACHMENTS = frozenset(kind.value for kind in MessageAttachmentType)
COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]+))?(?:\s+(.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message for the desk; ``fetch`` is the file id of its picture, still to be downloaded."""

    inbound: Inbound
    fetch: str | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """A group became a supergroup, under another id."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """Acknowledged and left alone; ``why`` names no person."""

    why: str


Decoded = Arrived | Moved | Ignored


def decode(update: Json, raw: str, username: str | None) -> Decoded:
    """One update as the desk understands it.

    Edited messages are left alone: Telegram lets a person edit for two days, and a report that changes without a
    receipt would be worse than one corrected by its button. In groups only what is said to the bot is taken (a
    command, a mention, an answer to it): the rest is not ours to keep. ``username`` None: not known yet, any passes.

    Raises:
        Exception: it is not what Telegram promises: a part is missing, or of another kind.
    """
    dedupe = str(update["update_id"])
    if (query := update.get("callback_query")) is not None:
        return _tap(query, dedupe, raw)
    if (message := update.get("message")) is not None:
        return _message(message, dedupe, raw, username)
    return Ignored("an update of a kind that is not used")


def _tap(query: Json, dedupe: str, raw: str) -> Decoded:
    message, data = query.get("message"), query.get("data")
    if message is None or data is None:
        return Ignored("a tap that belongs to no message of ours")
    # Telegram says date 0 of a message that is too old to be touched.
    edits = str(message["message_id"]) if message["date"] else None
    chat = message["chat"]
    return Arrived(
        Inbound(
            Address(NAME, str(chat["id"]), group=chat["type"] != ChatType.PRIVATE),
            dedupe,
            InboundKind.TAP,
            data,
            sender=str(query["from"]["id"]),
            edits=edits,
            tap=query["id"],
            raw=raw,
        )
    )


def _message(message: Json, dedupe: str, raw: str, username: str | None) -> Decoded:
    chat, author, speaks_as = message["chat"], message.get("from"), message.get("sender_chat")
    if (moved := message.get("migrate_to_chat_id")) is not None:
        return Moved(str(chat["id"]), str(moved))
    if author is not None and author["is_bot"] and speaks_as is None:
        return Ignored("a message of another bot")
    group = chat["type"] != ChatType.PRIVATE
    text = message.get("text") or message.get("caption") or ""
    kind = InboundKind.TEXT
    if command := COMMAND.fullmatch(text):
        name, whom, rest = command.groups(default="")
        if group and whom and username and whom.lower() != username.lower():
            return Ignored("a command for another bot")
        kind, text = _command(name, rest)
    elif group:
        text, ours = _addressed(message, text, username)
        if not ours:
            return Ignored("said in a group, not to the bot")
    # An anonymous admin, or a channel, speaks as a chat: nobody whom one could authorise.
    sender = "" if speaks_as or author is None else str(author["id"])
    inbound = Inbound(Address(NAME, str(chat["id"]), group=group), dedupe, kind, text, sender=sender, raw=raw)
    return _attached(message, inbound)


def _command(name: str, rest: str) -> tuple[InboundKind, str]:
    rest = rest.strip()
    if name.lower() == "start":
        return InboundKind.OPEN, rest
    return InboundKind.TEXT, f"/{name} {rest}".rstrip()


def _addressed(message: Json, text: str, username: str | None) -> tuple[str, bool]:
    """The text without the bot's name, and whether it was said to the bot."""
    answered = (message.get("reply_to_message") or {}).get("from")
    if answered is not None and answered["is_bot"] and (username is None or answered.get("username") == username):
        return text, True
    if username is None:
        return text, False
    bare, found = re.subn(rf"@{re.escape(username)}\b", "", text, flags=re.IGNORECASE)
    return (bare.strip(), True) if found else (text, False)


def _attached(message: Json, inbound: Inbound) -> Decoded:
    """A photo, or a picture sent as a file, is a photo; anything else that is no text is a text without words."""
    if message.get("text") is not None:
        return Arrived(inbound)
    if sizes := message.get("photo"):
        fitting = [size for size in sizes if size.get("file_size", 0) <= FILE_BYTES]
        largest = max(fitting, key=lambda size: size["width"] * size["height"], default=None)
        return Arrived(_as_photo(inbound), largest["file_id"] if largest else None)
    document = message.get("document")
    if document is not None and document.get("mime_type", "").startswith("image/"):
        readable = document["mime_type"] in PICTURES and document.get("file_size", 0) <= FILE_BYTES
        return Arrived(_as_photo(inbound), document["file_id"] if readable else None)
    if not ATTACHMENTS & message.keys():
        return Ignored("a notice of the chat itself")
    return Arrived(inbound)


def _as_photo(inbound: Inbound) -> Inbound:
    return Inbound(
        inbound.address, inbound.dedupe, InboundKind.PHOTO, inbound.text, sender=inbound.sender, raw=inbound.raw
    )


def keyboard(rows: tuple[tuple[Button, ...], ...]) -> dict[str, Any] | None:
    """Rows of buttons as Telegram takes them.

    Raises:
        ValueError: a token does not fit.
    """
    if not rows:
        return None
    for row in rows:
        for button in row:
            if not 1 <= len(button.token.encode()) <= DATA:
                message = f"a button's token must have 1 to {DATA} bytes"
                raise ValueError(message)
    return {
        "inline_keyboard": [[{"text": button.label, "callback_data": button.token} for button in row] for row in rows]
    }


def units(text: str) -> int:
    """The length as Telegram counts it where it counts strictest: UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def split(text: str, limit: int = TEXT) -> list[str]:
    """The text in messages of at most ``limit`` units, cut at line ends where there are any."""
    if len(text) * 2 <= limit or units(text) <= limit:
        return [text]
    parts: list[str] = []
    part = ""
    for line in _lines(text, limit):
        if part and units(part) + units(line) > limit:
            parts.append(part)
            part = ""
        part += line
    parts.append(part)
    return [cut for part in parts if (cut := part.strip("\n")).strip()]


def _lines(text: str, limit: int) -> Iterator[str]:
    """Lines with their ends; one that is too long by itself in pieces."""
    for line in text.splitlines(keepends=True):
        if units(line) <= limit:
            yield line
            continue
        piece, size = "", 0
        for letter in line:
            width = units(letter)
            if size + width > limit:
                yield piece
                piece, size = "", 0
            piece += letter
            size += width
        yield piece
