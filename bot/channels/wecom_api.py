"""WeCom's server API for one application: one shared access token, refreshed early, fetched anew when refused."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any

from bot.channels.tokens import Token
from bot.channels.wecom_http import READ, UPLOAD, Http, LostError, NotSentError, RefusedError

DEFAULT_ROOT = "https://qyapi.weixin.qq.com"
EXPIRED = frozenset({40014, 42001})
"""Codes by which WeCom says that a token is over, or not the one that counts."""
WRONG = frozenset({40001, 40013, 40091})
"""Codes by which it says that the secret or the enterprise is wrong."""
MEDIA = 10 * 1024 * 1024


class SecretRefusedError(Exception):
    """WeCom does not know the enterprise, or the secret."""

    def __init__(self) -> None:
        """Say what to do about it; the secret itself is not shown."""
        super().__init__(
            "WeCom refuses WUYI_WECOM_CORP_ID or WUYI_WECOM_SECRET: copy the first from 我的企业 → 企业ID, "
            "the second from the application's page"
        )


class Api:
    """The methods that the channel uses. ``repr`` and errors never show the secret or the token."""

    def __init__(self, corp_id: str, secret: str, root: str = "", clock: Callable[[], float] = monotonic) -> None:
        """``root`` is another server's address; empty: WeCom's own."""
        self._corp_id = corp_id
        self._secret = secret
        self._http = Http(root or DEFAULT_ROOT)
        self._token = Token(self._fetch, EXPIRED, clock)

    async def call(self, method: str, path: str, timeout: float = READ, **more: Any) -> dict[str, Any]:  # noqa: ANN401, ASYNC109 - httpx's own arguments
        """Call a method under the token; once more, and no oftener, where the token was over.

        Raises:
            NotSentError, LostError, RefusedError: as of ``Http.call``.
        """
        params = dict(more.pop("params", {}))
        return await self._token.under(
            lambda token: self._http.call(method, path, timeout, params={**params, "access_token": token}, **more)
        )

    async def upload(self, kind: str, name: str, data: bytes) -> str:
        """Upload a file (``image``, ``file``); its media id, good for three days. Bytes are sent whole at each try.

        Raises:
            NotSentError, LostError, RefusedError: it is not there. What is lost of an upload is lost of no message.
        """
        try:
            said = await self.call(
                "POST", "/cgi-bin/media/upload", UPLOAD, params={"type": kind}, files={"media": (name, data)}
            )
            return str(said["media_id"])
        except (LostError, KeyError) as why:
            message = f"a file did not go up: {type(why).__name__}"
            raise NotSentError(message) from None

    async def download(self, media: str) -> bytes | None:
        """A file that a member sent; None where it is too large.

        Raises:
            NotSentError, LostError, RefusedError: it did not come.
        """
        return await self._token.under(lambda token: self._file(media, token))

    async def _file(self, media: str, token: str) -> bytes | None:
        params = {"media_id": media, "access_token": token}
        return await self._http.fetch("/cgi-bin/media/get", MEDIA, params=params)

    async def check(self) -> None:
        """Fetch a token, to see whether the secret is right.

        Raises:
            SecretRefusedError: it is not.
            NotSentError, RefusedError: it cannot be seen now.
        """
        try:
            await self._token.get()
        except RefusedError as why:
            if why.code in WRONG:
                raise SecretRefusedError from None
            raise

    async def _fetch(self) -> dict[str, Any]:
        secrets = {"corpid": self._corp_id, "corpsecret": self._secret}
        return await self._http.call("GET", "/cgi-bin/gettoken", params=secrets)

    async def close(self) -> None:
        """Let go of the connections; a later call opens new ones."""
        await self._http.close()

    def __repr__(self) -> str:
        """No secrets."""
        return "Api()"
