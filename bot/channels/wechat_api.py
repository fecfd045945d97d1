"""An Official Account's server API as far as the channel uses it: one token for all calls, and files within bounds."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson

from bot.channels.failures import LostError, NotSentError, RefusedError
from bot.channels.tokens import Token
from bot.channels.wechat_client import CONNECT, LOOPBACK, READ, UPLOAD, Ask, Said, Threads

DEFAULT_ROOT = "https://api.weixin.qq.com"
SHOWN = "https://mp.weixin.qq.com/cgi-bin/showqrcode"
EXPIRED = frozenset({40001, 40014, 42001})
"""Codes by which WeChat says that a token is over, or not the one that counts."""
WRONG = frozenset({40001, 40002, 40013, 40125, 41002, 41004})
"""Codes by which it refuses to give one: the account or its secret is wrong."""
MEDIA = 10 * 1024 * 1024
CODE_LIFE = 7 * 86400
PICTURES = (".qpic.cn", ".qq.com", ".qlogo.cn")
"""Where WeChat keeps the pictures that people send; nothing is fetched from anywhere else."""


class SecretRefusedError(Exception):
    """WeChat does not know the account, or the secret."""

    def __init__(self) -> None:
        """Say what to do about it; the secret itself is not shown."""
        super().__init__(
            "WeChat refuses WUYI_WECHAT_APP_ID or WUYI_WECHAT_APP_SECRET: copy both from the account's page "
            "(公众平台 → 设置与开发 → 基本配置)"
        )


class Api:
    """The methods that the channel uses. ``repr`` and errors never show the secret or the token."""

    def __init__(self, app_id: str, secret: str, root: str = "", clock: Callable[[], float] = monotonic) -> None:
        """``root`` is another server's address; empty: WeChat's own."""
        self._root = (root or DEFAULT_ROOT).rstrip("/")
        self._threads = Threads(app_id, secret, self._root)
        self._token = Token(lambda: self._threads.run(lambda client: client.fetch_access_token()), EXPIRED, clock)

    async def text(self, user: str, text: str) -> None:
        """A customer-service message of words.

        Raises:
            NotSentError, LostError, RefusedError: as of ``Threads.run``; so do the others.
        """
        await self._call(lambda client: client.message.send_text(user, text))

    async def image(self, user: str, media: str) -> None:
        """One with a picture."""
        await self._call(lambda client: client.message.send_image(user, media))

    async def set_menu(self, menu: dict[str, Any]) -> None:
        """The menu under the chat."""
        await self._call(lambda client: client.menu.create(menu))

    async def upload(self, data: bytes) -> str:
        """Upload a picture; its media id, good for three days. What is lost of an upload is lost of no message."""

        def up(client: Any) -> Said:  # noqa: ANN401 - the library has no types
            # As bytes: an open file would be empty at a second try.
            picture = ("photo.jpg", data)
            kind = {"type": "image"}
            return client.post("media/upload", params=kind, files={"media": picture}, timeout=(CONNECT, UPLOAD))  # type: ignore[no-any-return]

        try:
            said = await self._call(up)
            return str(said["media_id"])
        except (LostError, KeyError) as why:
            message = f"a file did not go up: {type(why).__name__}"
            raise NotSentError(message) from None

    async def link(self, code: str) -> str | None:
        """The address of a picture whose scanning follows the account and brings the code; None: it may have none."""
        scene = {
            "expire_seconds": CODE_LIFE,
            "action_name": "QR_STR_SCENE",
            "action_info": {"scene": {"scene_str": code}},
        }
        try:
            said = await self._call(lambda client: client.qrcode.create(scene))
            return str(httpx.URL(SHOWN, params={"ticket": said["ticket"]}))
        except (NotSentError, LostError, RefusedError, KeyError):
            return None

    async def check(self) -> None:
        """Fetch a token, to see whether the secret is right.

        Raises:
            SecretRefusedError: it is not.
        """
        try:
            await self._token.get()
        except RefusedError as why:
            if why.code in WRONG:
                raise SecretRefusedError from None
            raise

    async def download(self, media: str, address: str = "") -> bytes | None:
        """A picture that somebody sent, by its media id, or by its address where that is refused; None: too large."""
        place = f"{self._root}/cgi-bin/media/get"
        try:
            if media:
                return await self._token.under(
                    lambda token: self._file(place, params={"access_token": token, "media_id": media})
                )
        except RefusedError:  # an account that is not verified may not ask
            if not self._theirs(address):
                raise
        return await self._file(address) if self._theirs(address) else None

    def close(self) -> None:
        """Let go of the connections; a later call opens new ones."""
        self._threads.close()

    async def _call(self, what: Ask) -> Said:
        return await self._token.under(lambda token: self._threads.run(what, token))

    def _theirs(self, address: str) -> bool:
        """Whether an address is one of WeChat's, or of the server that stands in for it."""
        try:
            parts = urlsplit(address)
            host = parts.hostname or ""
        except ValueError:
            return False
        ours = urlsplit(self._root)
        if parts.netloc == ours.netloc and parts.scheme == ours.scheme:
            return True
        return parts.scheme in {"http", "https"} and parts.netloc == host and host.endswith(PICTURES)

    async def _file(self, address: str, **more: Any) -> bytes | None:  # noqa: ANN401 - httpx's own arguments
        """Download within ``MEDIA``: the library would read whatever comes, however long, into memory."""
        local = urlsplit(address).hostname in LOOPBACK
        times = httpx.Timeout(READ, connect=CONNECT)
        data = b""
        try:
            async with (
                httpx.AsyncClient(trust_env=not local, timeout=times) as client,
                client.stream("GET", address, **more) as answer,
            ):
                if answer.status_code != httpx.codes.OK:
                    message = f"a file did not come (status {answer.status_code})"
                    raise LostError(message)
                async for chunk in answer.aiter_bytes():
                    data += chunk
                    if len(data) > MEDIA:
                        return None
        except (httpx.HTTPError, httpx.InvalidURL) as why:
            message = f"a file did not come: {type(why).__name__}"
            raise LostError(message) from None
        if data.startswith(b"{") and (code := _code(data)):
            raise RefusedError(code)
        return data

    def __repr__(self) -> str:
        """No secrets."""
        return "Api()"


def _code(data: bytes) -> int:
    """The ``errcode`` in place of a file, 0 where it is none."""
    try:
        return int(orjson.loads(data).get("errcode", 0))
    except (ValueError, TypeError, AttributeError):
        return 0
