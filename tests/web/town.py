"""A small town with a bot of a few canned answers, so that the web channel is tested by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from sqlalchemy import Connection, delete, insert, select, update
from sqlmodel import SQLModel, col
from starlette.applications import Starlette

from bot.channels.web import Web
from bot.documents.pictures import board
from bot.model import Address, Button, Inbound, InboundKind, Outbound, Paper
from bot.model.pictures import BoardPicture, Head, Received
from bot.store import codec
from bot.store.crypto import Keyring
from bot.store.database import Database
from bot.store.tables import Account, Assignment, Inbox, Login, Outbox, Person, Place, Setting

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 24, 14, 58, tzinfo=ZONE)
LOCAL = "http://127.0.0.1:8000"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)
LI, WANG, ZHAO = 1, 2, 3
PROMPT = "11月24日 周二 日报 · 17:00 截止\n您负责 3 处：星悦城一期、君安花园、汉口花园六期"
RECEIPT = (
    "✅ 14:58 已报，3 处正常\n星悦城一期 连续无疫 37 天 · 君安花园 12 天 · 汉口花园六期 105 天\n您已连续 21 天按时上报"
)


@dataclass
class Town:
    """The web channel over a database of three people, and everything that it handed on."""

    database: Database
    sample: bool = True
    base_url: str = LOCAL
    now: datetime = NOON
    seconds: float = 0.0
    heard: list[Inbound] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)
    broken: bool = False
    keyring: Keyring = field(default_factory=lambda: Keyring(b"a secret for tests"))

    def __post_init__(self) -> None:
        """People the town and make the channel."""
        self.web = Web(
            self.database,
            self.keyring,
            lambda: self.now,
            (self.keep, self.load),
            sample=self.sample,
            base_url=self.base_url,
            seconds=lambda: self.seconds,
            load_paper=self.paper,
        )
        self.database.write(self._people)
        if self.sample:
            self.database.write(lambda connection: _add(connection, Setting(key="roster", value="sample")))

    def _people(self, connection: Connection) -> None:
        places = (
            ("T", "樊西新区", "township", None),
            ("C1", "君安社区", "community", "T"),
            ("C2", "汉口社区", "community", "T"),
            ("XY1", "星悦城一期", "compound", "C1"),
            ("JA", "君安花园", "compound", "C1"),
            ("HK6", "汉口花园六期", "compound", "C2"),
        )
        for code, name, level, parent in places:
            _add(connection, Place(code=code, name=name, level=level, parent=parent))
        people = ((LI, "李芳"), (WANG, "王强"), (ZHAO, "赵<b>敏</b>"))
        for number, name in people:
            phone = f"1380000000{number}"
            row: dict[str, Any] = {"id": number, "name": self.keyring.seal(name), "phone": self.keyring.seal(phone)}
            _add(connection, Person(**row, phone_hash=self.keyring.lookup(phone, "phone"), created_at=NOON))
        tasks = (
            (LI, "grid_worker", "XY1"),
            (LI, "grid_worker", "JA"),
            (WANG, "community_lead", "C1"),
            (ZHAO, "building_leader", "HK6"),
        )
        for person, role, place in tasks:
            _add(connection, Assignment(person=person, role=role, place=place, recorded_at=NOON))

    async def keep(self, data: bytes) -> str:
        """Keep a picture that begins like a PNG or a JPEG, in memory."""
        if not data.startswith((b"\x89PNG", b"\xff\xd8")):
            message = "not_a_picture"
            raise ValueError(message)
        name = f"{len(self.pictures):032x}"
        self.pictures[name] = data
        return name

    def load(self, name: str) -> bytes:
        """Give the picture back."""
        if name not in self.pictures:
            raise FileNotFoundError(name)
        return self.pictures[name]

    def paper(self, wanted: Paper) -> bytes:
        """Make a document; of one kind there is nothing to be made, and one is a picture that a browser shows."""
        if wanted.kind == "calendar-picture":
            return board(BoardPicture(Head(wanted.place, self.now.date(), self.now), (), Received(), ()))
        if wanted.kind == "ledger":
            message = "nothing"
            raise ValueError(message)
        return f"{wanted.kind} {wanted.place}".encode()

    async def take(self, inbound: Inbound) -> None:
        """Store it once, and answer from a short list."""
        if self.broken:
            message = "the disk is full"
            raise OSError(message)
        number = self.database.write(lambda connection: self._store(connection, inbound))
        if number is None:
            return
        self.heard.append(inbound)
        for outbound in self._answers(inbound):
            await self.say(outbound, number)

    def _store(self, connection: Connection, inbound: Inbound) -> int | None:
        same = select(col(Inbox.id)).where(col(Inbox.channel) == "web", col(Inbox.dedupe) == inbound.dedupe)
        if connection.scalar(same) is not None:
            return None
        address = inbound.address.id
        person = int(inbound.sender) if inbound.sender.isdigit() else None
        row: dict[str, Any] = {
            "channel": "web",
            "dedupe": inbound.dedupe,
            "address": address,
            "person": person,
            "kind": inbound.kind,
        }
        body = self.keyring.seal(codec.dump(inbound))
        return _add(connection, Inbox(**row, body=body, received_at=self.now))

    def _answers(self, inbound: Inbound) -> Iterator[Outbound]:
        to = inbound.address
        if inbound.kind is InboundKind.OPEN:
            choices = (("✅ 全部正常", "normal"),), (("有异常", "odd"), ("请假 / 找人代报", "leave"))
            yield Outbound(0, to, PROMPT, tuple(tuple(Button(a, b, f"t.{b}") for a, b in row) for row in choices))
        elif inbound.kind is InboundKind.TAP and inbound.text == "t.normal":
            row = (Button("更正", "correct", "t.correct"), Button("补充", "add", "t.add"))
            yield Outbound(0, to, RECEIPT, (row,), edits=inbound.edits)
        elif inbound.kind is InboundKind.PHOTO:
            yield Outbound(0, to, "照片收到，已附在今天的日报里")
        elif to.group:
            yield Outbound(0, to, "17:10 君安社区日报：应报 12 处，已报 11（92%），按时 10\n未报 1 处，已私信提醒")
        elif inbound.text == "日历图":
            paper = Paper("calendar-picture", "23", "2026-11-24", "png", "日历图-星悦城一期-2026-11-24.png")
            yield Outbound(0, to, "星悦城一期，逐日情况", paper=paper)
        elif inbound.text == "申报":
            yield Outbound(0, to, "工作经验及主要做法（600 字以内）。", limit=600)
        else:
            yield Outbound(0, to, f"收到：{inbound.text}")

    async def say(self, outbound: Outbound, inbox: int | None = None) -> int:
        """What the desk and the post do with a message: a row, then the channel."""

        def job(connection: Connection) -> int:
            row: dict[str, Any] = {
                "channel": "web",
                "address": outbound.address.id,
                "group": outbound.address.group,
                "inbox": inbox,
            }
            number = connection.scalar(select(col(Outbox.id)).order_by(col(Outbox.id).desc()).limit(1)) or 0
            body = self.keyring.seal(codec.dump(outbound))
            values = {**row, "token": f"k{number}", "body": body, "created_at": self.now, "due_at": self.now}
            return _add(connection, Outbox(**values))

        number = self.database.write(job)
        await self.web.send(Outbound(number, outbound.address, outbound.text, edits=outbound.edits))
        sent = update(Outbox).where(col(Outbox.id) == number).values(state="sent", sent_at=self.now)
        self.database.write(lambda connection: connection.execute(sent))
        return number

    def link(self, person: int, word: str = "a word", minutes: int = 15) -> str:
        """Make a login link; gives its token."""
        row: dict[str, Any] = {"token_hash": self.keyring.lookup(word, "login"), "person": person, "made_at": self.now}
        until = self.now + timedelta(minutes=minutes)
        self.database.write(lambda connection: _add(connection, Login(**row, expires_at=until)))
        return word

    def no_sample(self) -> None:
        """A real roster takes the sample's place."""
        gone = delete(Setting).where(col(Setting.key) == "roster")
        self.database.write(lambda connection: connection.execute(gone))

    def bind(self, address: str, person: int) -> None:
        """What the bot's enrolment does in the end."""
        row = Account(channel="web", address=address, person=person, bound_at=self.now)
        self.database.write(lambda connection: _add(connection, row))

    def leave(self) -> None:
        """End the open streams, as the channel does when it stops listening."""
        self.web._news.close()

    def app(self) -> Starlette:
        """The channel alone, listening while the application lives."""

        @asynccontextmanager
        async def lifespan(_app: Starlette) -> AsyncIterator[None]:
            async with self.listening():
                yield

        return Starlette(routes=self.web.routes(), lifespan=lifespan)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Let the channel take messages meanwhile."""
        task = asyncio.ensure_future(self.web.listen(self.take))
        await asyncio.sleep(0)
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    @asynccontextmanager
    async def browser(
        self, url: str = LOCAL, client: str = "127.0.0.1", **headers: str
    ) -> AsyncIterator[httpx.AsyncClient]:
        """A client that says what a browser says; it sits at ``client`` and calls us by ``url``."""
        transport = httpx.ASGITransport(self.app(), client=(client, 50000))
        said = {"sec-fetch-site": "same-origin", "origin": url} | headers
        async with self.listening(), httpx.AsyncClient(transport=transport, base_url=url, headers=said) as http:
            yield http

    @contextmanager
    def out_of_order(self) -> Iterator[None]:
        """Nothing can be stored meanwhile."""
        self.broken = True
        yield
        self.broken = False


def _add(connection: Connection, row: SQLModel) -> int:
    """A row with the model's own defaults; gives its id, if it has one."""
    values = {name: value for name, value in row.model_dump().items() if value is not None}
    made = connection.execute(insert(type(row)).values(values)).inserted_primary_key
    assert made is not None
    return int(made[0]) if str(made[0]).isdigit() else 0


async def be(http: httpx.AsyncClient, person: int) -> None:
    """Choose a person of the sample roster."""
    answer = await http.post("/chat/person", data={"person": str(person)})
    assert answer.status_code == 303, answer.text


def own(person: int) -> Address:
    """The address of a person's own web chat."""
    return Address("web", str(person))
