"""Long polling: what is fetched is confirmed to Telegram only once it is committed here."""

from __future__ import annotations

import asyncio
import logging
from itertools import groupby
from typing import TYPE_CHECKING, Any

from telegram.error import Conflict, InvalidToken, TelegramError

from bot.channels.telegram_request import PacedError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Iterator

    from bot.channels.telegram_api import Api

LOG = logging.getLogger(__name__)
LONG = 25
"""Seconds that Telegram holds a request open while nothing happens."""
SLACK = 10
LONGEST = 60.0
CONFLICT = (
    "Telegram: another process polls with the same token, or a webhook is set for it; "
    "stop the other one (a token serves one bot)"
)


class TokenRefusedError(Exception):
    """Telegram does not know the token."""

    def __init__(self) -> None:
        """Say what to do about it; the token itself is not shown."""
        super().__init__("the Telegram token is wrong: get one from @BotFather and set WUYI_TELEGRAM_TOKEN")


def pauses() -> Iterator[float]:
    """Seconds between tries: doubling from one, to a minute."""
    pause = 1.0
    while True:
        yield pause
        pause = min(pause * 2, LONGEST)


class Polling:
    """The loop. ``deliver`` takes one update and returns once it is committed; it raises when it is not."""

    def __init__(
        self,
        api: Api,
        deliver: Callable[[dict[str, Any]], Awaitable[None]],
        wanted: list[str],
        sleep: Callable[[float], Awaitable[object]],
    ) -> None:
        """``wanted`` are the kinds of updates to ask for."""
        self._api = api
        self._deliver = deliver
        self._wanted = wanted
        self._sleep = sleep
        self._offset: int | None = None

    async def run(self) -> None:
        """Poll until cancelled.

        Raises:
            TokenRefusedError: the token is wrong.
        """
        pause, in_conflict = pauses(), False
        while True:
            try:
                complete = await self._round()
            except InvalidToken:
                raise TokenRefusedError from None
            except Conflict:
                if not in_conflict:
                    LOG.error(CONFLICT)  # noqa: TRY400 - a line to act on, no traceback
                in_conflict, complete = True, False
            except PacedError as why:
                await self._sleep(why.seconds)
                continue
            except TelegramError as why:
                LOG.warning("Telegram cannot be polled: %s", type(why).__name__)
                complete = False
            if complete:
                pause, in_conflict = pauses(), False
            else:
                await self._sleep(next(pause))

    async def _round(self) -> bool:
        """Fetch, deliver, move the offset; False when something was not committed and will come again."""
        data: dict[str, Any] = {"timeout": LONG, "allowed_updates": self._wanted}
        if self._offset is not None:
            data["offset"] = self._offset
        updates: list[dict[str, Any]] = await self._api.call("getUpdates", data, read_timeout=LONG + SLACK)
        if not updates:
            return True
        # Chats go side by side, so that their turns share a commit; within a chat one waits for the other.
        lost = await asyncio.gather(*(self._one_chat(chat) for chat in by_chat(updates)))
        missing = [number for number in lost if number is not None]
        # What was committed after a lost one comes again as well, and is recognised by its number.
        self._offset = min(missing, default=updates[-1]["update_id"] + 1)
        return not missing

    async def _one_chat(self, updates: Iterable[dict[str, Any]]) -> int | None:
        """Deliver in order; gives the number of the first update that was not committed."""
        for update in updates:
            try:
                await self._deliver(update)
            except Exception as why:  # noqa: BLE001 - whatever it was, it is not stored: Telegram keeps it
                LOG.error("update %d was not stored: %s", update["update_id"], type(why).__name__)  # noqa: TRY400 - no traceback: it may hold words
                return int(update["update_id"])
        return None


def by_chat(updates: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The updates of each chat, in order."""
    return [list(group) for _, group in groupby(sorted(updates, key=_chat), key=_chat)]


def _chat(update: dict[str, Any]) -> int:
    """The chat's number; 0 for what has none, which may then wait for its like."""
    for kind in ("message", "callback_query", "my_chat_member"):
        body = update.get(kind) or {}
        try:
            chat: int = body.get("message", body)["chat"]["id"]
        except (AttributeError, KeyError, TypeError):
            continue
        return chat
    return 0
