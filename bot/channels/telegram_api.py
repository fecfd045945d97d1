"""PTB's ``Bot``, over our network layer, with a way to call a method without making objects of the answer."""

from __future__ import annotations

from typing import Any

from telegram import Bot
from telegram.request import BaseRequest

from bot.channels.telegram_request import AiohttpRequest

DEFAULT_ROOT = "https://api.telegram.org"


class Api(Bot):
    """The Bot API under one token. ``repr`` and errors never show the token."""

    __slots__ = ()

    def __init__(self, token: str, root: str = "") -> None:
        """``root`` is another Bot API server (``http://127.0.0.1:9000``); empty: Telegram's own."""
        where = (root or DEFAULT_ROOT).rstrip("/")
        request = AiohttpRequest()
        super().__init__(
            token,
            base_url=f"{where}/bot",
            base_file_url=f"{where}/file/bot",
            request=request,
            get_updates_request=request,
        )

    async def call(self, method: str, data: dict[str, Any], read_timeout: float | None = None) -> Any:  # noqa: ANN401 - JSON
        """Call ``method`` with plain JSON values and give its plain result.

        It costs a third of the library's own methods, and an update that the library cannot read spoils no other.

        Raises:
            TelegramError: as ``Bot``'s methods do, and as ``AiohttpRequest`` does.
        """
        return await self._post(method, data, read_timeout=read_timeout or BaseRequest.DEFAULT_NONE)

    async def hold(self) -> None:
        """Keep the connections open between calls, until ``release``."""
        await self.request.initialize()

    async def release(self) -> None:
        """Close the connections once idle; a later call opens one for itself."""
        await self.request.shutdown()

    def __repr__(self) -> str:
        """The library's own shows the token."""
        return "Api()"
