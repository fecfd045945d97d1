"""A stand-in for Telegram over real HTTP: the server, its faults, and the people behind it."""

from __future__ import annotations

import asyncio
import json
from collections import Counter, defaultdict, deque
from typing import TYPE_CHECKING, Any, Self

import aiohttp
from aiohttp import web

from tests.telegram.botapi import FILE, TOKEN, ApiError, BotApi
from tests.telegram.chats import Person

if TYPE_CHECKING:
    from collections.abc import Callable

TRIES = 5


class Standin(BotApi):
    """Use as ``async with Standin() as telegram``; ``telegram.url`` is the API's root."""

    def __init__(self, token: str = TOKEN, clock: Callable[[], float] | None = None) -> None:
        """``clock`` given (seconds): the limits per second are enforced by it."""
        super().__init__(token, clock)
        self.url = ""
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.sent: dict[int, dict[str, Any]] = {}
        """Every update by its number."""
        self.attempts: Counter[int] = Counter()
        """How often each update was handed to the webhook."""
        self.statuses: defaultdict[int, list[int]] = defaultdict(list)
        """What the webhook said each time."""
        self._faults: defaultdict[str, deque[tuple[str, ApiError | None]]] = defaultdict(deque)
        self._deliveries: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Listen on a free port."""
        app = web.Application(client_max_size=2 * FILE)
        app.router.add_route("*", "/bot{token}/{method}", self._api)
        app.router.add_get("/file/bot{token}/{path:.*}", self._download)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self._client = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Let go of everything."""
        self._held.set()
        for task in self._deliveries:
            task.cancel()
        await asyncio.gather(*self._deliveries, return_exceptions=True)
        await self._client.close()
        await self._runner.cleanup()

    # The driving side

    def person(self, user: int, name: str = "Invented", language: str = "zh-hans") -> Person:
        """Somebody who may write to the bot."""
        return Person(self, user, name, language)

    def fail(self, method: str, error: ApiError | None = None) -> None:
        """Let the next call of ``method`` fail, without effect."""
        self._faults[method].append(("fail", error or ApiError(502, "Bad Gateway")))

    def allow(self, method: str) -> None:
        """Let the next call of ``method`` go well, before a fault that is queued after it."""
        self._faults[method].append(("", None))

    def swallow(self, method: str) -> None:
        """Let the next call of ``method`` take effect and never be answered: the connection breaks."""
        self._faults[method].append(("swallow", None))

    def hang(self, method: str) -> None:
        """Let the next call of ``method`` take effect, and its answer wait until the stand-in closes."""
        self._faults[method].append(("hang", None))

    def store_file(self, data: bytes) -> str:
        """Keep a file for getFile; gives its id."""
        file = f"file{len(self._files)}"
        self._files[file] = data
        return file

    def called(self, method: str) -> list[dict[str, Any]]:
        """The parameters of every call of ``method``."""
        return [data for name, data in self.calls if name == method]

    async def arrived(self, content: dict[str, Any]) -> int:
        """Queue an update for the bot; gives its number."""
        number = next(self._numbers)
        self.sent[number] = {"update_id": number, **content}
        await self.again(self.sent[number])
        return number

    async def again(self, update: dict[str, Any]) -> None:
        """Deliver an update, or deliver it once more."""
        if self.webhook.get("url"):
            task = asyncio.create_task(self._push(update))
            self._deliveries.add(task)
            task.add_done_callback(self._deliveries.discard)
        else:
            async with self._news:
                self.pending.append(update)
                self._news.notify_all()

    async def tapped(self, query: dict[str, Any]) -> int:
        """Queue a tap."""
        tap = f"tap{len(self._taps)}"
        self._taps[tap] = False
        return await self.arrived({"callback_query": {"id": tap, **query}})

    async def confirmed(self) -> None:
        """Wait until the bot has confirmed all updates: by the webhook's 200, or by the next offset."""
        if self._deliveries:
            await asyncio.gather(*self._deliveries)
        async with self._news:
            await self._news.wait_for(lambda: not self.pending)

    # Telegram's side

    async def _push(self, update: dict[str, Any]) -> None:
        """To the webhook, again and again until it says 200."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook.get("secret_token", "")}
        number = update["update_id"]
        for _ in range(TRIES):
            self.attempts[number] += 1
            async with self._client.post(self.webhook["url"], json=update, headers=headers) as response:
                self.statuses[number].append(response.status)
                if response.ok:
                    return
            await asyncio.sleep(0)
        message = f"update {number} was never acknowledged: {self.statuses[number]}"
        raise AssertionError(message)

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        try:
            if request.match_info["token"] != self.token:
                raise ApiError(401, "Unauthorized")  # noqa: TRY301 - one way out for all answers
            data = await _parameters(request)
            self.calls.append((method, data))
            how, error = self._faults[method].popleft() if self._faults[method] else ("", None)
            if error is not None:
                raise error
            act = getattr(self, f"_{method}", None)
            if act is None:
                raise ApiError(404, "Not Found: method not found")  # noqa: TRY301
            result = await act(data)
        except ApiError as why:
            return web.json_response(why.body, status=why.status)
        if how == "swallow" and request.transport is not None:
            request.transport.close()
        if how == "hang":
            await self._held.wait()
        return web.json_response({"ok": True, "result": result})

    async def _download(self, request: web.Request) -> web.StreamResponse:
        data = self._files.get(request.match_info["path"])
        if request.match_info["token"] != self.token or data is None:
            return web.Response(status=404)
        return web.Response(body=data)


async def _parameters(request: web.Request) -> dict[str, Any]:
    """JSON, form or multipart; values that are JSON in a form are read."""
    if request.content_type == "application/json":
        body: dict[str, Any] = await request.json()
        return body
    data: dict[str, Any] = {}
    for key, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            data[key], data[f"{key}:name"] = value.file.read(), value.filename
        else:
            data[key] = _value(key, str(value))
    return data


def _value(key: str, text: str) -> Any:  # noqa: ANN401 - any JSON
    return text if key in {"text", "caption"} or text[:1] not in {"{", "["} else json.loads(text)
