"""A stand-in for WeCom over real HTTP: the server, its faults, and the members with phones."""

from __future__ import annotations

import asyncio
import itertools
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any, Self

import aiohttp
from aiohttp import web

from tests.wecom import sealing
from tests.wecom.server import AGENT, CodeError, Seen, Server

TRIES = 4
MOMENT = 1_795_503_480.0
"""24 November 2026, 14:58 in Shanghai."""


class Standin(Server):
    """Use as ``async with Standin() as wecom``; ``wecom.url`` is the API's root."""

    def __init__(self, clock: Callable[[], float] = lambda: MOMENT) -> None:
        """``clock`` gives seconds since 1970: limits, tokens and signatures go by it."""
        super().__init__(sealing.CORP, clock)
        self.url = self.callback = ""
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.statuses: list[list[int]] = []
        """What the callback said, message by message."""
        self.sent: list[str] = []
        """Every message that was sent to the callback, in the clear."""
        self._faults: defaultdict[str, deque[object]] = defaultdict(deque)
        self._held = asyncio.Event()
        self._deliveries: set[asyncio.Task[None]] = set()
        self.ids = itertools.count(7_000_000_001)

    async def __aenter__(self) -> Self:
        """Listen on a free port."""
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/cgi-bin/{method:.*}", self._api)
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

    def member(self, user: str, phone: str = "") -> Member:
        """Somebody within the application's 可见范围."""
        self.members[user] = phone
        return Member(self, user)

    def fail(self, method: str, how: object = 502) -> None:
        """Let the next call fail without effect: a status, a ``CodeError``; ``lose``: with effect, unanswered."""
        self._faults[method].append(how)

    def called(self, method: str) -> list[dict[str, Any]]:
        """What every call of a method brought."""
        return [body for name, body in self.calls if name == method]

    async def deliver(self, message: str, moment: float | None = None) -> list[int]:
        """Send a message to the callback, again and again until it says 200; gives what it said."""
        said: list[int] = []
        self.sent.append(message)
        self.statuses.append(said)
        chunk = sealing.seal(message)
        call = sealing.query(chunk, self.clock() if moment is None else moment)
        for _ in range(TRIES):
            async with self._client.post(self.callback, params=call, data=sealing.body(chunk).encode()) as answer:
                said.append(answer.status)
                if answer.ok:
                    assert await answer.text() == ""
                    break
        return said

    def arrive(self, message: str) -> None:
        """The same beside whatever else goes on."""
        task = asyncio.create_task(self._quietly(message))
        self._deliveries.add(task)
        task.add_done_callback(self._deliveries.discard)

    async def confirmed(self) -> None:
        """Wait until the bot has answered all that was sent."""
        while self._deliveries:
            await asyncio.gather(*self._deliveries)

    async def _quietly(self, message: str) -> None:
        said = await self.deliver(message)
        assert said[-1] == 200, f"never acknowledged: {said}"

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        params = dict(request.query)
        body: dict[str, Any] = await request.json() if request.content_type == "application/json" else {}
        self.calls.append((method, body))
        how = self._faults[method].popleft() if self._faults[method] else None
        if isinstance(how, int):
            return web.Response(status=how, text="<html>invented</html>")
        try:
            if isinstance(how, CodeError):
                raise how
            if method not in {"gettoken", "webhook/send"}:
                self.authorised(params.get("access_token", ""))
            if method == "media/get":
                name, data = self._given(params["media_id"])
                return web.Response(body=data, headers={"Content-Disposition": f'attachment; filename="{name}"'})
            said = await self._do(method, params, body, request)
        except CodeError as why:
            return web.json_response({"errcode": why.code, "errmsg": f"with {params.get('access_token')}"})
        if how == "lose" and request.transport is not None:
            request.transport.close()
        return web.json_response({"errcode": 0, "errmsg": "ok", **said})

    async def _do(
        self, method: str, params: dict[str, str], body: dict[str, Any], request: web.Request
    ) -> dict[str, Any]:
        if method == "media/upload":
            part = (await request.post())["media"]
            assert isinstance(part, web.FileField)
            return self.upload(params["type"], part.filename, part.file.read())
        acts: dict[str, Callable[[], dict[str, Any]]] = {
            "gettoken": lambda: self.gettoken(params),
            "message/send": lambda: self.send(body),
            "message/update_template_card": lambda: self.update(body),
            "user/get": lambda: self.user(params["userid"]),
            "agent/get": lambda: {"agentid": AGENT, "name": "无疫社区", "close": 0},
            "menu/create": lambda: self._set_menu(body),
            "webhook/send": lambda: self.push(params["key"], body),
        }
        return acts[method]()

    def _set_menu(self, body: dict[str, Any]) -> dict[str, Any]:
        for column in body["button"]:
            self._check(len(column["name"].encode()) <= 16 and len(column["sub_button"]) <= 5, "a menu's column")
            self._check(all(len(each["name"].encode()) <= 40 for each in column["sub_button"]), "a menu's entry")
        self._check(len(body["button"]) <= 3, "a menu")
        self.menu = body
        return {}

    def _given(self, media: str) -> tuple[str, bytes]:
        if media not in self.files:
            raise CodeError(40007)
        return self.files[media]


class Member:
    """Somebody with WeCom on a phone."""

    def __init__(self, standin: Standin, user: str) -> None:
        """Made by ``Standin.member``."""
        self._standin = standin
        self.user = user

    def message(self, kind: str, **tags: str) -> str:
        """A message of theirs, in the clear."""
        stamp = str(int(self._standin.clock()))
        head = {"ToUserName": sealing.CORP, "FromUserName": self.user, "CreateTime": stamp, "MsgType": kind}
        number = {} if kind == "event" else {"MsgId": str(next(self._standin.ids))}
        return sealing.xml(**head, **tags, **number, AgentID=str(AGENT))

    def write(self, text: str) -> None:
        """Write to the application."""
        self._standin.arrive(self.message("text", Content=text))

    def photo(self, data: bytes) -> None:
        """Send a picture."""
        media = f"sent-{next(self._standin.ids)}"
        self._standin.files[media] = ("photo.jpg", data)
        self._standin.arrive(self.message("image", PicUrl="http://invented.invalid/p", MediaId=media))

    def enter(self) -> None:
        """Open the chat."""
        self._standin.arrive(self.message("event", Event="enter_agent", EventKey=""))

    def click(self, name: str) -> None:
        """Choose an entry of the menu.

        Raises:
            AssertionError: there is none of that name.
        """
        entries = [each for column in self._standin.menu["button"] for each in column["sub_button"]]
        (key,) = (each["key"] for each in entries if each["name"] == name)
        self._standin.arrive(self.message("event", Event="click", EventKey=key))

    def sees(self) -> list[Seen]:
        """The application's messages as they stand now."""
        return self._standin.shown[self.user]

    def tap(self, label: str) -> str:
        """Tap the newest button, or choose the newest option, of that label; gives the message that it made.

        Raises:
            AssertionError: there is none; the error says what there is.
        """
        for seen in reversed(self.sees()):
            for found, key in seen.buttons:
                if found == label:
                    return self.tap_key(seen, key)
            for found, key in seen.options:
                if found == label:
                    return self.tap_key(seen, seen.buttons[0][1], key)
        there = [[label for label, _ in (*seen.buttons, *seen.options)] for seen in self.sees()]
        message = f"no button {label!r}; there are {there}"
        raise AssertionError(message)

    def tap_key(self, seen: Seen, key: str, option: str = "") -> str:
        """A tap with any key on any card."""
        code = self._standin.code(self.user, seen.task)
        kind = seen.card.get("card_type", "button_interaction")
        chosen = f"<OptionIds><OptionId><![CDATA[{option}]]></OptionId></OptionIds>" if option else ""
        items = f"<SelectedItem><QuestionKey><![CDATA[choice]]></QuestionKey>{chosen}</SelectedItem>" if option else ""
        event = {"Event": "template_card_event", "EventKey": key, "TaskId": seen.task, "CardType": kind}
        made = self.message("event", **event, ResponseCode=code, **({"SelectedItems": items} if items else {}))
        self._standin.arrive(made)
        return made
