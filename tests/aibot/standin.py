"""A stand-in for WeCom's side of the group bot over real HTTP: its callbacks, its one later answer, and the phones."""

from __future__ import annotations

import asyncio
import base64
import io
import itertools
import json
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import aiohttp
from aiohttp import web

from tests.aibot.rules import Rules
from tests.wecom import sealing
from tests.wecom.server import Seen

TRIES = 4
PATIENCE = 5.0
MOMENT = 1_795_503_480.0
"""24 November 2026, 14:58 in Shanghai."""
BOT = "aibINVENTED"
LIFE, HOUR = 300, 3600


@dataclass
class Reply:
    """What the callback said to one call: the status, and what was in the envelope."""

    status: int
    body: dict[str, Any] | None = None


class Standin(Rules):
    """Use as ``async with Standin() as bot``; ``bot.callback`` is to be the address that it calls."""

    def __init__(self, clock: Callable[[], float] = lambda: MOMENT) -> None:
        """``clock`` gives seconds since 1970: pictures, later answers and signatures go by it."""
        super().__init__()
        self.clock = clock
        self.url = self.callback = ""
        self.replies: list[list[Reply]] = []
        """What the callback said, message by message, try by try."""
        self.sent: list[dict[str, Any]] = []
        self.later: list[dict[str, Any]] = []
        """What was posted to a ``response_url``, and accepted."""
        self.refused: list[int] = []
        self._codes: dict[str, tuple[str, float]] = {}
        self._pictures: dict[str, tuple[bytes, float]] = {}
        self._faults: defaultdict[str, deque[object]] = defaultdict(deque)
        self._running: set[asyncio.Task[None]] = set()
        self._numbers = itertools.count(1)

    async def __aenter__(self) -> Self:
        """Listen on a free port."""
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_post("/cgi-bin/aibot/response", self._later)
        app.router.add_get("/pictures/{name}", self._picture)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self._client = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE))
        return self

    async def __aexit__(self, *_: object) -> None:
        """Let go of everything."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._client.close()
        await self._runner.cleanup()

    def member(self, user: str) -> Member:
        """Somebody who has the bot in WeCom."""
        return Member(self, user)

    def group(self, name: str, *members: Member) -> Group:
        """A chat of several, and the bot."""
        return Group(self, name, members)

    def fail(self, what: str, how: object = 502) -> None:
        """Let the next ``response`` or ``picture`` fail: a status; ``lose``: with effect, unanswered."""
        self._faults[what].append(how)

    def payload(self, user: str, chat: str | None, kind: str, **parts: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """A message of somebody's, in the clear, with the address for the later answer where there is one."""
        number = next(self._numbers)
        said = {"msgid": f"CAIQ{number:04}", "aibotid": BOT, "from": {"userid": user}, "msgtype": kind, **parts}
        said |= {"chattype": "group", "chatid": chat} if chat else {"chattype": "single"}
        entering = parts.get("event", {}).get("eventtype") == "enter_chat"
        if not entering:
            code = f"code-{number}"
            self._codes[code] = (chat or user, self.clock())
            said["response_url"] = f"{self.url}/cgi-bin/aibot/response?response_code={code}"
        return said | ({"create_time": int(self.clock())} if kind == "event" else {})

    def store(self, data: bytes) -> str:
        """The address of a picture, encrypted, for five minutes."""
        name = f"p{next(self._numbers)}"
        padding = 32 - len(data) % 32
        sealed = base64.b64decode(sealing.cbc(data + bytes([padding]) * padding))
        self._pictures[name] = (sealed, self.clock())
        return f"{self.url}/pictures/{name}?sign=planted-sign"

    async def post(self, body: bytes, params: dict[str, str]) -> Reply:
        """Call back with any body; the answer opened, its envelope examined."""
        async with self._client.post(self.callback, params=params, data=io.BytesIO(body)) as answer:
            data = await answer.read()
            return Reply(answer.status, self._opened(data, params) if data else None)

    async def deliver(self, said: dict[str, Any] | str, moment: float | None = None) -> list[Reply]:
        """Call back about a message, again while it is not taken; an event only once. Gives what was said.

        What the last reply says is shown in the chat.
        """
        text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
        chunk = sealing.seal(text, corp="")
        params = sealing.query(chunk, self.clock() if moment is None else moment)
        body = json.dumps({"encrypt": chunk}).encode()
        replies: list[Reply] = []
        self.replies.append(replies)
        if isinstance(said, dict):
            self.sent.append(said)
        for _ in range(TRIES if isinstance(said, str) or said.get("msgtype") != "event" else 1):
            try:
                replies.append(await self.post(body, params))
            except TimeoutError:
                replies.append(Reply(0))
            if replies[-1].status == 200:
                break
        if isinstance(said, dict) and replies[-1].body is not None:
            self.show(said, replies[-1].body)
        return replies

    def arrive(self, said: dict[str, Any]) -> None:
        """The same beside whatever else goes on."""
        task = asyncio.create_task(self._quietly(said))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def confirmed(self) -> None:
        """Wait until the bot has answered all calls."""
        while self._running:
            await asyncio.gather(*self._running)

    async def _quietly(self, said: dict[str, Any]) -> None:
        replies = await self.deliver(said)
        assert replies[-1].status == 200, f"never acknowledged: {replies}"

    def _opened(self, data: bytes, params: dict[str, str]) -> dict[str, Any]:
        """What is in an answer: signed for this call, sealed for nobody by name."""
        said = json.loads(data)
        assert set(said) == {"encrypt", "msgsignature", "timestamp", "nonce"}
        assert isinstance(said["timestamp"], int)
        assert said["nonce"] == params["nonce"]
        right = sealing.sign(str(said["timestamp"]), said["nonce"], said["encrypt"])
        assert said["msgsignature"] == right
        opened: dict[str, Any] = json.loads(sealing.unseal(said["encrypt"], corp=""))
        return opened

    async def _later(self, request: web.Request) -> web.StreamResponse:
        how = self._faults["response"].popleft() if self._faults["response"] else None
        if isinstance(how, int):
            return web.Response(status=how, text="<html>invented</html>")
        chat, since = self._codes.pop(request.query["response_code"], ("", 0.0))
        if not chat or self.clock() - since > HOUR:
            self.refused.append(40001)
            return web.json_response({"errcode": 40001, "errmsg": "planted words"})
        body = await request.json()
        self.later.append(body)
        self._check(body["msgtype"] in {"markdown", "template_card"}, "a later answer of another kind")
        self.shown[chat].append(self.seen(body))
        if how == "lose" and request.transport is not None:
            request.transport.close()
        return web.json_response({"errcode": 0, "errmsg": "ok"})

    async def _picture(self, request: web.Request) -> web.StreamResponse:
        how = self._faults["picture"].popleft() if self._faults["picture"] else None
        data, since = self._pictures.get(request.match_info["name"], (b"", 0.0))
        if isinstance(how, int) or not data or self.clock() - since > LIFE:
            return web.Response(status=how if isinstance(how, int) else 403)
        return web.Response(body=data)


class Member:
    """Somebody with WeCom on a phone, alone with the bot."""

    def __init__(self, standin: Standin, user: str) -> None:
        """Made by ``Standin.member``."""
        self._standin = standin
        self.user = user

    def write(self, text: str) -> None:
        """Write to the bot."""
        self._standin.arrive(self._standin.payload(self.user, None, "text", text={"content": text}))

    def photo(self, data: bytes, caption: str = "", *more: bytes) -> None:
        """Send a picture, with words and others or without."""
        first, *others = [{"url": self._standin.store(each)} for each in (data, *more)]
        if not caption:
            self._standin.arrive(self._standin.payload(self.user, None, "image", image=first))
            return
        items = [
            {"msgtype": "text", "text": {"content": caption}},
            *({"msgtype": "image", "image": each} for each in (first, *others)),
        ]
        self._standin.arrive(self._standin.payload(self.user, None, "mixed", mixed={"msg_item": items}))

    def enter(self) -> None:
        """Open the chat, for the first time today."""
        event = {"eventtype": "enter_chat"}
        self._standin.arrive(self._standin.payload(self.user, None, "event", event=event))

    def sees(self) -> list[Seen]:
        """The bot's messages as they stand now."""
        return self._standin.shown[self.user]

    def tap(self, label: str, *, flat: bool = False) -> dict[str, Any]:
        """Tap the newest button, or choose the newest option, of that label; gives the message that it made.

        Raises:
            AssertionError: there is none; the error says what there is.
        """
        for seen in reversed(self.sees()):
            for found, key in seen.options:
                if found == label:
                    return self.tap_key(seen, seen.buttons[0][1], key, flat=flat)
            for found, key in seen.buttons:
                if found == label and not seen.options:
                    return self.tap_key(seen, key, flat=flat)
        there = [[label for label, _ in (*seen.buttons, *seen.options)] for seen in self.sees()]
        message = f"no button {label!r}; there are {there}"
        raise AssertionError(message)

    def tap_key(self, seen: Seen, key: str, option: str = "", *, flat: bool = False) -> dict[str, Any]:
        """A tap with any key on any card; told nested, as it is documented, or flat."""
        card: dict[str, Any] = {"card_type": seen.card["card_type"], "event_key": key, "task_id": seen.task}
        if option:
            chosen = {"question_key": "choice", "option_ids": {"option_id": [option]}}
            card["selected_items"] = {"selected_item": [chosen]}
        name = "template_card_event"
        event = {"eventtype": name, **card} if flat else {"eventtype": name, name: card}
        made = self._standin.payload(self.user, None, "event", event=event)
        self._standin.arrive(made)
        return made


class Group:
    """A chat of several."""

    def __init__(self, standin: Standin, name: str, members: tuple[Member, ...]) -> None:
        """Made by ``Standin.group``."""
        self._standin = standin
        self.name = name
        self.members = members

    def say(self, member: Member, text: str, quote: str = "") -> None:
        """Say something to the bot, by its name; perhaps below what somebody wrote."""
        parts: dict[str, Any] = {"text": {"content": f"@无疫助手 {text}"}}
        if quote:
            parts["quote"] = {"msgtype": "text", "text": {"content": quote}}
        self._standin.arrive(self._standin.payload(member.user, self.name, "text", **parts))

    def sees(self) -> list[Seen]:
        """The bot's messages as they stand now."""
        return self._standin.shown[self.name]
