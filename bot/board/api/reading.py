"""One request at work: who asks, of which places, in which state of the database."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select

from bot.board.api.asked import FIRST, LAST, Asked, Paged
from bot.model import ACTIONS, Action, PackRules, Role
from bot.store.api_tokens import ApiToken
from bot.store.asking import House
from bot.store.duties import PLACE
from bot.store.figures import Scope

Item = Mapping[str, Any]


class RefusedError(Exception):
    """There is no answer: ``status``, and why, as a key of the words (``api/refused``), about which field."""

    def __init__(self, status: int, why: str, field: str | None = None, **values: object) -> None:
        """``values`` are what the words show."""
        super().__init__(why)
        self.status = status
        self.why = why
        self.field = field
        self.values = values


@dataclass(frozen=True, slots=True)
class Found:
    """A page: its items in order, and where the next one begins, if there is one."""

    items: Sequence[Item]
    next: str | None = None
    told: int = 0
    """So many of the items tell something of a person."""


@dataclass(frozen=True)
class Reading:
    """What a resource needs to answer."""

    connection: Connection
    house: House
    token: ApiToken
    asked: Paged
    now: datetime

    @property
    def today(self) -> date:
        """The day on which it is asked."""
        return self.now.date()

    @property
    def sees_cases(self) -> bool:
        """Whether the role may know of single cases."""
        return self.token.role in ACTIONS[Action.SEE]

    @cached_property
    def scope(self) -> Scope:
        """The subtree that is asked about: the token's, or that of a place within it.

        Raises:
            RefusedError: there is no such place, or it lies outside.
        """
        mine = Scope(self.connection, frozenset((self.token.place,)), None)
        wanted = self.asked.place if isinstance(self.asked, Asked) else None
        if wanted is None or wanted == self.token.place:
            return mine
        self.within(wanted, "place")
        return Scope(self.connection, frozenset((wanted,)), None)

    def within(self, code: str, field: str) -> str:
        """The name of a place that the token may read.

        Raises:
            RefusedError: there is no such place, or it lies outside.
        """
        mine = Scope(self.connection, frozenset((self.token.place,)), None)
        query = select(PLACE.c.name).where(PLACE.c.code == code)
        name = self.connection.execute(mine.within(query, PLACE.c.code)).scalar()
        if name is None:
            known = self.connection.execute(query).scalar() is not None
            raise RefusedError(*((403, "outside") if known else (404, "no_place")), field=field, place=code)
        return str(name)

    def rules(self, pack: str | None) -> PackRules:
        """The pack of that name; the leading one where none is named.

        Raises:
            RefusedError: places are judged by no such pack.
        """
        found = {rules.name: rules for rules in self.house.judges}
        if pack is not None and pack not in found:
            raise RefusedError(422, "pack", "pack", known="、".join(found))
        return self.house.rules if pack is None else found[pack]

    def past(self, day: date | None, field: str) -> date:
        """A day that has begun; today where none is named.

        Raises:
            RefusedError: it lies ahead.
        """
        if day is not None and day > self.today:
            raise RefusedError(422, "ahead", field, today=self.today)
        return day or self.today

    def allowed(self, roles: frozenset[Role]) -> None:
        """Let these roles pass.

        Raises:
            RefusedError: the token has another.
        """
        if self.token.role not in roles:
            raise RefusedError(403, "role", role=self.token.role.value)

    def after(self, what: str, *kinds: Callable[[str], Any]) -> list[Any] | None:
        """Where the page begins: the key of the item before it, whose parts are read by ``kinds``; None: at the first.

        Raises:
            RefusedError: the cursor is none of this resource's.
        """
        if self.asked.next is None:
            return None
        try:
            said = orjson.loads(base64.urlsafe_b64decode(self.asked.next + "=" * (-len(self.asked.next) % 4)))
            mark, *parts = said
            read = [kind(part) for kind, part in zip(kinds, parts, strict=True) if part.isprintable()]
        except (ValueError, TypeError, AttributeError, binascii.Error, OverflowError) as why:
            raise RefusedError(422, "wrong", "next") from why
        if mark != what or len(read) != len(kinds):
            raise RefusedError(422, "wrong", "next")
        return read

    def page(self, what: str, rows: Sequence[Any], key: Callable[[Any], Sequence[object]]) -> tuple[Any, str | None]:
        """Of one row more than asked for, those of the page, and the cursor of the next."""
        if len(rows) <= self.asked.limit:
            return rows, None
        shown = rows[: self.asked.limit]
        said = orjson.dumps([what, *(str(part) for part in key(shown[-1]))])
        return shown, base64.urlsafe_b64encode(said).decode().rstrip("=")

    def limited(self, query: Select[Any]) -> Sequence[Any]:
        """The rows of a page, and one more where there is one."""
        return self.connection.execute(query.limit(self.asked.limit + 1)).all()


def moment(said: str) -> datetime:
    """A moment of a cursor; only as this program writes it.

    Raises:
        ValueError: it is none.
    """
    at = datetime.fromisoformat(said)
    if not FIRST <= at.year <= LAST or at.tzinfo is None:
        raise ValueError(said)
    return at


def beyond(at: ColumnElement[Any], code: ColumnElement[Any], after: Sequence[Any]) -> ColumnElement[bool]:
    """What comes after a moment and a code, in the order of both."""
    return or_(at > after[0], and_(at == after[0], code > after[1]))


def began(reading: Reading, day: date) -> datetime:
    """The moment at which a day begins here."""
    return datetime(day.year, day.month, day.day, tzinfo=reading.house.zone).astimezone(UTC)
