"""Who sits at a browser: by a login link, by a code typed here, or, over the sample roster, by choice."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import Connection, Row, insert, select, update
from sqlmodel import col
from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web.guard import hostname, local, loopback
from bot.model import Locale
from bot.store.crypto import Keyring
from bot.store.database import Database
from bot.store.tables import Account, Login, Person, Setting, WebSession

T = TypeVar("T")
AnyRow: TypeAlias = Row[*tuple[Any, ...]]
CHANNEL = "web"
LASTS = timedelta(days=30)
GUEST = "anon:"
NUMBER = re.compile(r"[0-9]{1,9}")
"""A person's number, as a browser may send it."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser that has a chat; ``person`` is None while nobody is enrolled in it."""

    address: str
    person: int | None = None
    name: str = ""
    locale: Locale = Locale.ZH
    sample: bool = False
    """True when the person was chosen from the sample roster."""


class Visitors:
    """The three cookies (``session``, ``guest``, ``sample``) and what they stand for."""

    def __init__(
        self, database: Database, keyring: Keyring, clock: Callable[[], datetime], *, base_url: str, sample: bool
    ) -> None:
        """``sample`` opens the choice of a person to this machine; it takes a loopback ``base_url``, too."""
        self._database = database
        self._keyring = keyring
        self._clock = clock
        self._secure = base_url.startswith("https://")
        self._sample = sample and loopback(hostname(base_url))

    async def sample(self, request: Request) -> bool:
        """Whether this request may choose whom to be: from this machine, over a roster that is (still) the sample."""
        return self._sample and local(request) and await self.read(_is_sample)

    async def who(self, request: Request) -> Visitor | None:
        """The visitor behind the cookies; None when they open no chat."""
        sample, session, guest = (self._cookie(request, name) for name in ("sample", "session", "guest"))
        if sample and not await self.sample(request):
            sample = ""

        def ask(connection: Connection) -> Visitor | None:
            if NUMBER.fullmatch(sample) and (row := _person(connection, int(sample))):
                return self._visitor(row, str(row.id), sample=True)
            if session and (row := self._entitled(connection, session)):
                return self._visitor(row, str(row.id))
            return self._guest(connection, guest) if guest else None

        return await self.read(ask)

    async def redeem(self, token: str) -> str | None:
        """Use a login link up; gives the new session's cookie, or None when the link is used, expired or unknown."""
        now, cookie = self._clock(), secrets.token_urlsafe(32)

        def job(connection: Connection) -> str | None:
            person = connection.execute(
                update(Login)
                .where(
                    col(Login.token_hash) == self._keyring.lookup(token, "login"),
                    col(Login.used_at).is_(None),
                    col(Login.expires_at) > now,
                )
                .values(used_at=now)
                .returning(col(Login.person))
            ).scalar()
            if person is None:
                return None
            row = {"token_hash": self._keyring.lookup(cookie, "session"), "person": person}
            connection.execute(insert(WebSession).values(**row, made_at=now, expires_at=now + LASTS))
            bind(connection, person, now)
            return cookie

        return await self.write(job)

    async def leave(self, request: Request) -> None:
        """End the session, and the chat of a code that was typed here, for whoever copied the cookie, too."""
        cookie, guest = self._cookie(request, "session"), self._cookie(request, "guest")

        def job(connection: Connection) -> None:
            mine = col(WebSession.token_hash) == self._keyring.lookup(cookie, "session")
            still = col(WebSession.ended_at).is_(None)
            connection.execute(update(WebSession).where(mine, still).values(ended_at=self._clock()))
            chat = (col(Account.channel) == CHANNEL, col(Account.address) == self._guest_address(guest))
            bound = col(Account.unbound_at).is_(None)
            connection.execute(update(Account).where(*chat, bound).values(unbound_at=self._clock()))

        if cookie or guest:
            await self.write(job)

    def guest(self) -> tuple[str, str]:
        """A new cookie, and the address of its chat: whatever the browser had may have been put there by another."""
        cookie = secrets.token_urlsafe(32)
        return cookie, self._guest_address(cookie)

    def keep(self, response: Response, name: str, value: str) -> None:
        """Set one of the three cookies for the whole site; ``__Host-`` wherever the browser allows it."""
        response.set_cookie(
            self._named(name),
            value,
            max_age=int(LASTS.total_seconds()),
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="strict",
        )

    def forget(self, response: Response) -> None:
        """Take all three cookies away."""
        for name in ("session", "guest", "sample"):
            response.delete_cookie(self._named(name), path="/", secure=self._secure, httponly=True, samesite="strict")

    async def read(self, question: Callable[[Connection], T]) -> T:
        """Ask the database, off the event loop."""

        def ask() -> T:
            with self._database.read() as connection:
                return question(connection)

        return await asyncio.to_thread(ask)

    async def write(self, job: Callable[[Connection], T]) -> T:
        """Write, and wait for the commit."""
        return await asyncio.wrap_future(self._database.submit(job))

    def _entitled(self, connection: Connection, cookie: str) -> AnyRow | None:
        return connection.execute(
            select(col(Person.id), col(Person.name), col(Person.locale))
            .join(WebSession, col(WebSession.person) == col(Person.id))
            .where(
                col(WebSession.token_hash) == self._keyring.lookup(cookie, "session"),
                col(WebSession.ended_at).is_(None),
                col(WebSession.expires_at) > self._clock(),
            )
        ).one_or_none()

    def _guest(self, connection: Connection, cookie: str) -> Visitor:
        address = self._guest_address(cookie)
        row = connection.execute(
            select(col(Person.id), col(Person.name), col(Person.locale))
            .join(Account, col(Account.person) == col(Person.id))
            .where(col(Account.channel) == CHANNEL, col(Account.address) == address, col(Account.unbound_at).is_(None))
        ).one_or_none()
        return Visitor(address) if row is None else self._visitor(row, address)

    def _visitor(self, row: AnyRow, address: str, *, sample: bool = False) -> Visitor:
        return Visitor(address, row.id, self._keyring.open(row.name), Locale(row.locale), sample)

    def _guest_address(self, cookie: str) -> str:
        # Not the cookie itself: who reads the database must not be able to take the chat over.
        return GUEST + self._keyring.lookup(cookie, "guest").hex()[:32]

    def _cookie(self, request: Request, name: str) -> str:
        return request.cookies.get(self._named(name), "")

    def _named(self, name: str) -> str:
        return f"{'__Host-' if self._secure else ''}wuyi_{name}"


def bind(connection: Connection, person: int, now: datetime) -> None:
    """Make the person's own web chat, unless there is one."""
    address = str(person)
    live = (col(Account.channel) == CHANNEL, col(Account.address) == address, col(Account.unbound_at).is_(None))
    if connection.execute(select(col(Account.id)).where(*live)).first() is None:
        connection.execute(insert(Account).values(channel=CHANNEL, address=address, person=person, bound_at=now))


def _is_sample(connection: Connection) -> bool:
    return connection.scalar(select(col(Setting.value)).where(col(Setting.key) == "roster")) == "sample"


def _person(connection: Connection, number: int) -> AnyRow | None:
    found = select(col(Person.id), col(Person.name), col(Person.locale)).where(col(Person.id) == number)
    return connection.execute(found).one_or_none()
