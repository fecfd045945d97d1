"""What people see and do in the stand-in: chats, messages, buttons."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.telegram.standin import Standin

WHEN = 1_790_000_000
"""The date of every message: invented, and of no consequence."""


@dataclass
class Seen:
    """A message as it stands in a chat now, edits applied."""

    id: int
    text: str = ""
    buttons: list[list[tuple[str, str]]] = field(default_factory=list)
    """Rows of (label, data)."""
    photo: bytes | None = None
    document: tuple[str, bytes] | None = None
    """A file's name and its bytes."""
    mine: bool = False
    """Written by a person, not by the bot."""
    edited: int = 0

    @property
    def labels(self) -> list[str]:
        """All labels, in order."""
        return [label for row in self.buttons for label, _ in row]


class Chats:
    """Every chat that the stand-in knows."""

    def __init__(self) -> None:
        """No chats yet; message ids are one series for all."""
        self.log: dict[int, list[Seen]] = {}
        self.kinds: dict[int, str] = {}
        self._ids = itertools.count(101)

    def add(self, chat: int, seen: Seen) -> Seen:
        """Put a message at the end of a chat, under the next id."""
        seen.id = next(self._ids)
        self.log.setdefault(chat, []).append(seen)
        return seen

    def find(self, chat: int, message: int) -> Seen | None:
        """The message of that id."""
        return next((seen for seen in self.log.get(chat, []) if seen.id == message), None)

    def as_chat(self, chat: int) -> dict[str, Any]:
        """The chat as the Bot API describes it."""
        kind = self.kinds.get(chat, "private" if chat > 0 else "group")
        return {"id": chat, "type": kind, **({"title": "Invented Group"} if chat < 0 else {"first_name": "Invented"})}

    def as_message(self, chat: int, seen: Seen, sender: dict[str, Any]) -> dict[str, Any]:
        """The message as the Bot API describes it."""
        body: dict[str, Any] = {
            "message_id": seen.id,
            "date": WHEN,
            "chat": self.as_chat(chat),
            "from": sender,
        }
        if seen.text:
            body["text" if seen.photo is None and seen.document is None else "caption"] = seen.text
        if seen.buttons:
            body["reply_markup"] = {
                "inline_keyboard": [
                    [{"text": label, "callback_data": data} for label, data in row] for row in seen.buttons
                ]
            }
        return body


class Person:
    """Somebody with Telegram on a phone; what is done returns once it has been queued for the bot."""

    def __init__(self, standin: Standin, user: int, name: str, language: str = "zh-hans") -> None:
        """Made by ``Standin.person``."""
        self._standin = standin
        self.id = user
        self.name = name
        self.language = language

    @property
    def user(self) -> dict[str, Any]:
        """The person as the Bot API describes one."""
        return {"id": self.id, "is_bot": False, "first_name": self.name, "language_code": self.language}

    async def write(self, text: str, chat: int | None = None) -> int:
        """Write into the chat with the bot, or into a group; gives the update's number."""
        return await self._say(Seen(0, text, mine=True), chat)

    async def photo(self, data: bytes, caption: str = "", size: int | None = None) -> int:
        """Send a photo; ``size`` is what Telegram says of its bytes."""
        file = self._standin.store_file(data)
        sizes = [
            {"file_id": f"thumb-{file}", "file_unique_id": f"t{file}", "width": 90, "height": 60, "file_size": 900},
            {
                "file_id": file,
                "file_unique_id": f"u{file}",
                "width": 1280,
                "height": 853,
                "file_size": size or len(data),
            },
        ]
        return await self._say(Seen(0, caption, photo=data, mine=True), None, photo=sizes)

    async def send(self, **content: Any) -> int:  # noqa: ANN401 - whatever a message may hold
        """Send a sticker, a voice message, a file: ``content`` as the Bot API describes it."""
        return await self._say(Seen(0, mine=True), None, **content)

    async def tap(self, label: str, chat: int | None = None) -> int:
        """Tap the newest button with that label.

        Raises:
            AssertionError: there is none; the message says what there is.
        """
        where = chat or self.id
        for seen in reversed(self._standin.chats.log.get(where, [])):
            for row in seen.buttons:
                for shown, data in row:
                    if shown == label:
                        return await self.tap_data(data, seen.id, where)
        there = [seen.labels for seen in self._standin.chats.log.get(where, []) if seen.buttons]
        message = f"no button {label!r}; there are {there}"
        raise AssertionError(message)

    async def tap_data(self, data: str, message: int, chat: int | None = None) -> int:
        """Send a tap with any data at any message: what a stale or a forged button does."""
        where = chat or self.id
        seen = self._standin.chats.find(where, message)
        body: dict[str, Any] = {"message_id": message, "date": 0, "chat": self._standin.chats.as_chat(where)}
        if seen is not None:
            body = self._standin.chats.as_message(where, seen, self._standin.me)
        return await self._standin.tapped({"from": self.user, "message": body, "data": data, "chat_instance": "1"})

    def sees(self, chat: int | None = None) -> list[Seen]:
        """The bot's messages in the chat as they stand now."""
        return [seen for seen in self._standin.chats.log.get(chat or self.id, []) if not seen.mine]

    def block(self) -> None:
        """Block the bot."""
        self._standin.blocked.add(self.id)

    async def _say(self, seen: Seen, chat: int | None, **more: Any) -> int:  # noqa: ANN401
        where = chat or self.id
        self._standin.chats.add(where, seen)
        message = {**self._standin.chats.as_message(where, seen, self.user), **more}
        return await self._standin.arrived({"message": message})
