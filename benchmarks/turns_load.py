"""The same town of people for every server: a loopback Bot API, and phones that write, tap and wait for the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from time import perf_counter, process_time
from typing import Any
from urllib.parse import parse_qsl

import orjson

ME = {"id": 42, "is_bot": True, "first_name": "Invented Bot", "username": "invented_wuyi_bot"}
WHEN = 1_790_000_000
SECRET = "invented-secret-0"  # noqa: S105 - invented
ASK = "/report"
PATIENCE = 30.0


@dataclass
class Measured:
    """What one server did."""

    turns: int = 0
    seconds: float = 0.0
    generator: float = 0.0
    """Processor seconds of the load itself: near ``seconds``, the load would be the limit."""
    acknowledged: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Turns a second."""
        return self.turns / self.seconds


def requests(buffer: bytearray) -> Iterator[tuple[bytes, bytes, bytes]]:
    """First line, headers and body of each whole HTTP message in the buffer, which it leaves."""
    while (end := buffer.find(b"\r\n\r\n")) >= 0:
        head = bytes(buffer[:end])
        first, _, headers = head.partition(b"\r\n")
        lowered = headers.lower()
        at = lowered.find(b"content-length:")
        size = int(lowered[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(buffer) < end + 4 + size:
            return
        body = bytes(buffer[end + 4 : end + 4 + size])
        del buffer[: end + 4 + size]
        yield first, lowered, body


class Town:
    """The chats: who waits for an answer, and the webhook once it is set."""

    def __init__(self) -> None:
        """Nobody waits."""
        self.waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.webhook = False
        self.problems: list[str] = []
        self._message = 1000

    def call(self, method: str, data: dict[str, Any]) -> Any:  # noqa: ANN401 - a result of the Bot API
        """One call of the bot."""
        if method == "getMe":
            return ME
        if method == "setWebhook":
            self.webhook = True
        if method not in {"sendMessage", "editMessageText"}:
            return True
        chat = int(data["chat_id"])
        self._message += 1
        number = int(data.get("message_id") or self._message)
        markup = data.get("reply_markup")
        if isinstance(markup, str):
            markup = orjson.loads(markup)
        shown = {"message_id": number, "buttons": (markup or {}).get("inline_keyboard", []), "text": data["text"]}
        waiting = self.waiting.pop(chat, None)
        if waiting is None:
            self.problems.append(f"a message that nobody waited for: {data['text'][:40]!r}")
        else:
            waiting.set_result(shown)
        return {
            "message_id": number,
            "date": WHEN,
            "chat": {"id": chat, "type": "private", "first_name": "Invented"},
            "from": ME,
            "text": data["text"],
            **({"reply_markup": markup} if markup else {}),
        }


class Api(asyncio.Protocol):
    """The Bot API's side of one connection."""

    def __init__(self, town: Town) -> None:
        """Act on the town."""
        self._town = town
        self._buffer = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every whole request."""
        self._buffer += data
        for first, headers, body in requests(self._buffer):
            method = first.split(b" ", 2)[1].rsplit(b"/", 1)[-1].decode()
            sent = orjson.loads(body) if b"application/json" in headers else dict(parse_qsl(body.decode()))
            answer = orjson.dumps({"ok": True, "result": self._town.call(method, sent)})
            head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(answer)
            self._transport.write(head + answer)


class Caller(asyncio.Protocol):
    """One connection of Telegram's to the webhook: one delivery at a time."""

    def __init__(self) -> None:
        """Nothing is under way."""
        self._buffer = bytearray()
        self._status: asyncio.Future[int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way there."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Give the status to the one who waits."""
        self._buffer += data
        for first, _, _ in requests(self._buffer):
            if self._status is not None:
                self._status.set_result(int(first.split(b" ")[1]))

    async def deliver(self, update: dict[str, Any]) -> int:
        """Send one update; the status of the answer."""
        body = orjson.dumps(update)
        self._status = asyncio.get_running_loop().create_future()
        head = (
            "POST /telegram HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self._transport.write(head.encode() + body)
        return await self._status

    def close(self) -> None:
        """Hang up."""
        self._transport.close()


class Load:
    """People who report, so many at once."""

    def __init__(self, town: Town, port: int, at_once: int) -> None:
        """``port`` is the server's."""
        self._town = town
        self._port = port
        self._at_once = at_once
        self._update = 0

    async def run(self, people: Iterator[int]) -> Measured:
        """Let each of the people ask for the report and tap its first button; a turn ends when its answer is there."""
        measured = Measured()
        begun, worked = perf_counter(), process_time()
        await asyncio.gather(*(self._phone(people, measured) for _ in range(self._at_once)))
        measured.seconds, measured.generator = perf_counter() - begun, process_time() - worked
        return measured

    async def _phone(self, people: Iterator[int], measured: Measured) -> None:
        _, caller = await asyncio.get_running_loop().create_connection(Caller, "127.0.0.1", self._port)
        for person in people:
            chat = {"id": person, "type": "private", "first_name": "Invented"}
            user = {"id": person, "is_bot": False, "first_name": "Invented", "language_code": "zh-hans"}
            asked = {"message_id": 1, "date": WHEN, "chat": chat, "from": user, "text": ASK}
            asked["entities"] = [{"type": "bot_command", "offset": 0, "length": len(ASK)}]
            prompt = await self._turn(caller, person, {"message": asked}, measured)
            message = {"message_id": prompt["message_id"], "date": WHEN, "chat": chat, "from": ME}
            message |= {"text": prompt["text"], "reply_markup": {"inline_keyboard": prompt["buttons"]}}
            data = prompt["buttons"][0][0]["callback_data"]
            tap = {"id": f"{person}", "from": user, "chat_instance": "1", "message": message, "data": data}
            receipt = await self._turn(caller, person, {"callback_query": tap}, measured)
            if "✅" not in receipt["text"]:
                self._town.problems.append(f"no receipt: {receipt['text'][:60]!r}")
        caller.close()

    async def _turn(self, caller: Caller, person: int, content: dict[str, Any], measured: Measured) -> dict[str, Any]:
        self._update += 1
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._town.waiting[person] = answer
        begun = perf_counter()
        async with asyncio.timeout(PATIENCE):
            status = await caller.deliver({"update_id": self._update, **content})
            measured.acknowledged.append(perf_counter() - begun)
            if status != 200:
                message = f"the webhook said {status}"
                raise RuntimeError(message)
            shown = await answer
        measured.answered.append(perf_counter() - begun)
        measured.turns += 1
        return shown
