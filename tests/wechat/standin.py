"""A stand-in for WeChat over real HTTP: the server, its faults, and the followers with phones."""

from __future__ import annotations

import asyncio
import itertools
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any, Self

import aiohttp
from aiohttp import web

from tests.wechat import sealing
from tests.wechat.server import Follower, Seen, Server
from tests.wecom.server import CodeError

TRIES = 4
MOMENT = 1_795_503_480.0
"""24 November 2026, 14:58 in Shanghai."""


class Standin(Server):
    """Use as ``async with Standin() as wechat``; ``wechat.url`` is the API's root.

    ``wechat.follower("li")`` is somebody with a phone: ``write``, ``photo``, ``click``, ``follow``, ``scan``, and
    ``sees``; ``await wechat.confirmed()`` waits until the bot has responded to all of it.
    """

    def __init__(self, clock: Callable[[], float] = lambda: MOMENT) -> None:
        """``clock`` gives seconds since 1970: limits, tokens and signatures go by it."""
        super().__init__(clock)
        self.url = self.callback = ""
        self.patience = 5.0
        """Seconds until it hangs up and calls again."""
        self.broken: deque[bool] = deque()
        """Of the next calls, which break before the response is read."""
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.statuses: list[list[int]] = []
        """What the callback said, message by message; 0: it hung up."""
        self.failed: list[str] = []
        """Messages about which somebody was told that the account is out of order."""
        self._faults: defaultdict[str, deque[object]] = defaultdict(deque)
        self._held = asyncio.Event()
        self._deliveries: set[asyncio.Task[None]] = set()
        self.ids = itertools.count(24_000_000_000_000_001)

    async def __aenter__(self) -> Self:
        """Listen on a free port."""
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/cgi-bin/{method:.*}", self._api)
        app.router.add_get("/pictures/{name}", self._picture)
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

    def follower(self, user: str) -> Phone:
        """Somebody who follows the account, and has not written yet."""
        self.people.setdefault(user, Follower())
        return Phone(self, user)

    def fail(self, method: str, how: object = 502) -> None:
        """Let the next call fail without effect: a status, a ``CodeError``; ``lose``: with effect, unanswered."""
        self._faults[method].append(how)

    def called(self, method: str) -> list[dict[str, Any]]:
        """What every call of a method brought."""
        return [body for name, body in self.calls if name == method]

    async def call(self, message: str, moment: float | None = None) -> tuple[int, str]:
        """One call about a message; the status and the response, (0, "") when it was broken off."""
        chunk = sealing.seal(message)
        params = sealing.query(chunk, self.clock() if moment is None else moment, str(next(self.ids)))
        breaks = self.broken.popleft() if self.broken else False
        timeout = aiohttp.ClientTimeout(total=0.05 if breaks else self.patience)
        try:
            data = sealing.body(chunk).encode()
            async with self._client.post(self.callback, params=params, data=data, timeout=timeout) as answer:
                return answer.status, await answer.text()
        except TimeoutError:
            async with self._client.get(self.callback):  # once this is answered, the other's end has been seen
                return 0, ""

    async def deliver(self, message: str, moment: float | None = None) -> list[int]:
        """Send a message to the callback, again and again until it says 200; what is in the response is shown."""
        said: list[int] = []
        self.statuses.append(said)
        for _ in range(TRIES):
            status, response = await self.call(message, moment)
            said.append(status)
            if status == 200:
                self.show(response)
                return said
        self.failed.append(message)
        return said

    def show(self, response: str) -> None:
        """Show somebody what is in a response."""
        if response in {"", "success"}:
            return
        inside = sealing.unseal(response)
        self.fits(inside["Content"])
        self.check(inside["MsgType"] == "text" and inside["FromUserName"] == sealing.ACCOUNT, "a response")
        self.people[inside["ToUserName"]].shown.append(Seen("text", inside["Content"], passive=True))

    def arrive(self, message: str) -> None:
        """Deliver beside whatever else goes on."""
        task = asyncio.create_task(self._quietly(message))
        self._deliveries.add(task)
        task.add_done_callback(self._deliveries.discard)

    async def confirmed(self) -> None:
        """Wait until the bot has responded to all that was sent."""
        while self._deliveries:
            await asyncio.gather(*self._deliveries)

    async def _quietly(self, message: str) -> None:
        await self.deliver(message)

    async def _picture(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        return web.Response(body=self.files[name]) if name in self.files else web.Response(status=404)

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        params = dict(request.query)
        is_json = request.method == "POST" and not request.content_type.startswith("multipart/")
        body: dict[str, Any] = await request.json() if is_json else {}
        self.calls.append((method, body))
        how = self._faults[method].popleft() if self._faults[method] else None
        if how == "hold":
            await self._held.wait()
        if isinstance(how, int):
            return web.Response(status=how, text="<html>invented</html>")
        try:
            if isinstance(how, CodeError):
                raise how
            if method != "token":
                self.authorised(params.get("access_token", ""))
            if method == "media/get":
                return web.Response(body=self.file(params["media_id"]), content_type="image/jpeg")
            said = await self._do(method, params, body, request)
        except CodeError as why:
            return web.json_response({"errcode": why.code, "errmsg": f"with {params.get('access_token')}"})
        if how == "lose" and request.transport is not None:
            request.transport.close()
        return web.json_response({"errcode": 0, "errmsg": "ok", **(said or {})})

    async def _do(
        self, method: str, params: dict[str, str], body: dict[str, Any], request: web.Request
    ) -> dict[str, Any] | None:
        if method == "media/upload":
            part = (await request.post())["media"]
            assert isinstance(part, web.FileField)
            return self.upload(params["type"], part.file.read())
        acts: dict[str, Callable[[], dict[str, Any] | None]] = {
            "token": lambda: self.token(params),
            "message/custom/send": lambda: self.send(body),
            "menu/create": lambda: self.set_menu(body),
            "menu/get": lambda: {"menu": self.menu},
            "qrcode/create": lambda: self.scene(body),
        }
        return acts[method]()


class Phone:
    """Somebody with WeChat."""

    def __init__(self, standin: Standin, user: str) -> None:
        """Made by ``Standin.follower``."""
        self._standin = standin
        self.user = user

    def message(self, kind: str, **tags: str) -> str:
        """A message of theirs, in the clear."""
        stamp = str(int(self._standin.clock()))
        head = {"ToUserName": sealing.ACCOUNT, "FromUserName": self.user, "CreateTime": stamp, "MsgType": kind}
        number = {} if kind == "event" else {"MsgId": str(next(self._standin.ids))}
        return sealing.xml(**head, **tags, **number)

    def write(self, text: str) -> str:
        """Write to the account; gives the message."""
        return self._arrive(self.message("text", Content=text))

    def photo(self, data: bytes) -> str:
        """Send a picture."""
        media = f"sent-{next(self._standin.ids)}"
        self._standin.files[media] = data
        return self._arrive(self.message("image", PicUrl=f"{self._standin.url}/pictures/{media}", MediaId=media))

    def click(self, name: str) -> str:
        """Choose an entry of the menu.

        Raises:
            AssertionError: there is none of that name.
        """
        entries = [each for column in self._standin.menu["button"] for each in column["sub_button"]]
        (key,) = (each["key"] for each in entries if each["name"] == name)
        return self._arrive(self.message("event", Event="CLICK", EventKey=key))

    def follow(self, scene: str = "") -> str:
        """Follow the account, by a picture that was scanned, if any."""
        self._standin.people[self.user].follows = True
        more = {"EventKey": f"qrscene_{scene}", "Ticket": "T"} if scene else {"EventKey": ""}
        return self._arrive(self.message("event", Event="subscribe", **more))

    def scan(self, scene: str) -> str:
        """Scan a picture while following already."""
        return self._arrive(self.message("event", Event="SCAN", EventKey=scene, Ticket="T"))

    def leave(self) -> str:
        """Follow the account no more."""
        self._standin.people[self.user].follows = False
        return self._arrive(self.message("event", Event="unsubscribe", EventKey=""))

    def sees(self) -> list[Seen]:
        """The account's messages."""
        return self._standin.people[self.user].shown

    def number(self, label: str) -> str:
        """The number, or the letter, under which the newest message offers a choice.

        Raises:
            AssertionError: it offers none of that name.
        """
        for line in self.sees()[-1].text.splitlines():
            number, _, rest = line.partition(". ")
            if rest == label and (number.isdecimal() or len(number) == 1):
                return number
        message = f"no choice {label!r} in {self.sees()[-1].text!r}"
        raise AssertionError(message)

    def _arrive(self, message: str) -> str:
        self._standin.acted(self.user, wrote="[event]" not in message)
        self._standin.arrive(message)
        return message
