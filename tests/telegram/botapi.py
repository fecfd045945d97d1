"""The methods of the Bot API that the bot uses, as strict as Telegram where Telegram is strict."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from typing import TYPE_CHECKING, Any

from tests.telegram.chats import Chats, Seen

if TYPE_CHECKING:
    from collections.abc import Callable

TOKEN = "123456:INVENTED-TOKEN-nobody-has-it"
USERNAME = "invented_wuyi_bot"
TEXT, CAPTION, DATA, FILE = 4096, 1024, 64, 20 * 1024 * 1024
OVERALL, PER_CHAT = 30, 1
"""Messages a second, in all and in one chat."""


class ApiError(Exception):
    """An answer that is not ok."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        """``parameters`` as the Bot API names them (``retry_after``, ``migrate_to_chat_id``)."""
        super().__init__(description)
        self.status = status
        self.body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
        if parameters:
            self.body["parameters"] = parameters


class BotApi:
    """What Telegram knows, and what each method does to it. ``arrived`` is the server's."""

    def __init__(self, token: str = TOKEN, clock: Callable[[], float] | None = None) -> None:
        """``clock`` given (seconds): the limits per second are enforced by it."""
        self.token = token
        self.chats = Chats()
        self.me = {"id": 42, "is_bot": True, "first_name": "Invented Bot", "username": USERNAME}
        self.answered: list[str] = []
        self.blocked: set[int] = set()
        self.migrated: dict[int, int] = {}
        self.webhook: dict[str, Any] = {}
        self.menus: list[dict[str, Any]] = []
        self.pending: list[dict[str, Any]] = []
        self._clock = clock
        self._sent: deque[tuple[float, int]] = deque()
        self._files: dict[str, bytes] = {}
        self._taps: dict[str, bool] = {}
        self._news = asyncio.Condition()
        self._held = asyncio.Event()
        self._numbers = itertools.count(1)

    async def arrived(self, content: dict[str, Any]) -> int:
        """Queue an update for the bot; gives its number."""
        raise NotImplementedError

    async def _getMe(self, _: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - the Bot API's names
        return {**self.me, "can_join_groups": True, "supports_inline_queries": False}

    async def _setWebhook(self, data: dict[str, Any]) -> bool:  # noqa: N802 - Telegram's name
        self.webhook = data
        waiting, self.pending = self.pending, []
        for update in waiting:
            await self.arrived({key: value for key, value in update.items() if key != "update_id"})
        return True

    async def _deleteWebhook(self, data: dict[str, Any]) -> bool:  # noqa: N802 - Telegram's name
        self.webhook = {}
        if data.get("drop_pending_updates"):
            self.pending.clear()
        return True

    async def _setMyCommands(self, data: dict[str, Any]) -> bool:  # noqa: N802 - Telegram's name
        self.menus.append(data)
        return True

    async def _getUpdates(self, data: dict[str, Any]) -> list[dict[str, Any]]:  # noqa: N802 - Telegram's name
        if self.webhook.get("url"):
            raise ApiError(409, "Conflict: can't use getUpdates method while webhook is active")
        wanted = data.get("allowed_updates") or ["message", "callback_query"]
        async with self._news:
            self.pending = [
                update
                for update in self.pending
                if update["update_id"] >= data.get("offset", 0) and any(kind in update for kind in wanted)
            ]
            self._news.notify_all()
            if not self.pending:
                waiting = self._news.wait_for(lambda: self.pending or self._held.is_set())
                try:
                    await asyncio.wait_for(waiting, data.get("timeout", 0))
                except TimeoutError:
                    return []
            return self.pending[:100]

    async def _sendMessage(self, data: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - Telegram's name
        _check_length(data.get("text", ""), TEXT)
        return self._shown(data, Seen(0, data["text"], _buttons(data)))

    async def _sendPhoto(self, data: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - Telegram's name
        if len(data.get("caption", "")) > CAPTION:
            raise ApiError(400, "Bad Request: message caption is too long")
        return self._shown(data, Seen(0, data.get("caption", ""), _buttons(data), photo=data["photo"]))

    async def _sendDocument(self, data: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - Telegram's name
        if len(data.get("caption", "")) > CAPTION:
            raise ApiError(400, "Bad Request: message caption is too long")
        sent = (data["document:name"], data["document"])
        return self._shown(data, Seen(0, data.get("caption", ""), _buttons(data), document=sent))

    async def _editMessageText(self, data: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - Telegram's name
        chat = self._open(data)
        seen = self.chats.find(chat, int(data["message_id"]))
        if seen is None:
            raise ApiError(400, "Bad Request: message to edit not found")
        if seen.mine:
            raise ApiError(400, "Bad Request: message can't be edited")
        if seen.photo is not None or seen.document is not None:
            raise ApiError(400, "Bad Request: there is no text in the message to edit")
        _check_length(data.get("text", ""), TEXT)
        buttons = _buttons(data)
        if (seen.text, seen.buttons) == (data["text"], buttons):
            why = "message is not modified: specified new message content and reply markup are exactly the same"
            raise ApiError(400, f"Bad Request: {why}")
        seen.text, seen.buttons, seen.edited = data["text"], buttons, seen.edited + 1
        return self.chats.as_message(chat, seen, self.me)

    async def _answerCallbackQuery(self, data: dict[str, Any]) -> bool:  # noqa: N802 - Telegram's name
        tap = data["callback_query_id"]
        if self._taps.get(tap, True):
            raise ApiError(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        self._taps[tap] = True
        self.answered.append(tap)
        return True

    async def _getFile(self, data: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - Telegram's name
        file = data["file_id"]
        if file not in self._files:
            raise ApiError(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        if len(self._files[file]) > FILE:
            raise ApiError(400, "Bad Request: file is too big")
        return {"file_id": file, "file_unique_id": f"u{file}", "file_size": len(self._files[file]), "file_path": file}

    def _shown(self, data: dict[str, Any], seen: Seen) -> dict[str, Any]:
        chat = self._open(data)
        self._pace(chat)
        return self.chats.as_message(chat, self.chats.add(chat, seen), self.me)

    def _open(self, data: dict[str, Any]) -> int:
        """The chat, if the bot may write there: it never writes first to a person."""
        chat = int(data["chat_id"])
        if chat in self.migrated:
            new = self.migrated[chat]
            raise ApiError(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=new)
        if chat in self.blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        if chat not in self.chats.log:
            raise ApiError(400, "Bad Request: chat not found")
        return chat

    def _pace(self, chat: int) -> None:
        if self._clock is None:
            return
        now = self._clock()
        while self._sent and self._sent[0][0] <= now - 1:
            self._sent.popleft()
        if len(self._sent) >= OVERALL or sum(where == chat for _, where in self._sent) >= PER_CHAT:
            raise ApiError(429, "Too Many Requests: retry after 1", retry_after=1)
        self._sent.append((now, chat))


def _check_length(text: str, limit: int) -> None:
    if not text.strip():
        raise ApiError(400, "Bad Request: message text is empty")
    if len(text) > limit:
        raise ApiError(400, "Bad Request: message is too long")


def _buttons(data: dict[str, Any]) -> list[list[tuple[str, str]]]:
    rows = (data.get("reply_markup") or {}).get("inline_keyboard", [])
    for row in rows:
        for button in row:
            if not 1 <= len(button["callback_data"].encode()) <= DATA:
                raise ApiError(400, "Bad Request: BUTTON_DATA_INVALID")
            if not button["text"].strip():
                raise ApiError(400, "Bad Request: inline keyboard button text must be non-empty")
    return [[(button["text"], button["callback_data"]) for button in row] for row in rows]
