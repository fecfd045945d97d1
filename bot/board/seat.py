"""Who looks at the board, and the doors of the house through which their pages reach it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, select
from starlette.requests import Request

from bot.model import DUTY_LEVELS, Inbound, Level, Locale, Role
from bot.store.asking import Asking, House, Who
from bot.store.authority import holds
from bot.store.duties import ASSIGNMENT, PLACE

LEADING = frozenset({Role.COMMUNITY_LEAD, Role.UNIT_CONTACT, Role.TOWNSHIP_REVIEWER, Role.OFFICE, Role.ADMIN})
"""Those who answer for more than their own round."""


class Viewer(Protocol):
    """Somebody who is logged in, as the web chat knows them: the same cookie, the same chat."""

    @property
    def address(self) -> str:
        """Their chat in the web channel."""
        ...

    @property
    def person(self) -> int | None:
        """Their number; None while nobody is enrolled in this browser."""
        ...

    @property
    def name(self) -> str:
        """As it is."""
        ...

    @property
    def locale(self) -> Locale:
        """Their language."""
        ...

    @property
    def sample(self) -> bool:
        """Whether they were chosen from the sample roster."""
        ...


@dataclass(frozen=True, slots=True)
class Doors:
    """What the composition root opens to the private pages."""

    who: Callable[[Request], Awaitable[Viewer | None]]
    take: Callable[[Inbound], Awaitable[None]]
    """Hand a message to the desk as the person's web chat; raises when it is not stored."""
    keep_photo: Callable[[bytes], Awaitable[str]]
    """Keep a picture; raises ``ValueError`` with the reason for the sender."""
    load_photo: Callable[[str], bytes]
    """Give a kept picture back; raises ``FileNotFoundError`` where there is none (any more)."""
    guard: Any
    """The middleware that refuses what another site sends, and marks every answer as private."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A visitor who is logged in, with what they are today."""

    person: int
    address: str
    name: str
    locale: Locale
    sample: bool
    roles: frozenset[Role]
    places: tuple[tuple[str, str], ...]
    """Code and name of the places that were assigned to them, as far as the board has pages for them."""
    now: datetime
    own: frozenset[Role] = frozenset()
    """The roles that they hold themselves, and not for a colleague."""
    reports: bool = False
    """Whether somebody owes a report of a place of theirs."""

    @property
    def leads(self) -> bool:
        """Whether they answer for more than their own round."""
        return bool(self.roles & LEADING)

    @property
    def admin(self) -> bool:
        """Whether they look after the bot."""
        return Role.ADMIN in self.roles

    def asking(self, connection: Connection, house: House, subject: str = "") -> Asking:
        """Their question to the store."""
        who = Who(self.person, self.name, self.locale, self.now)
        return Asking(connection, house, who, self.now, self.now.date(), subject)


def seat(connection: Connection, viewer: Viewer, now: datetime) -> Seat | None:
    """The visitor with today's roles: a role that ended is none, whatever the cookie. One query."""
    if viewer.person is None:
        return None
    query = (
        select(ASSIGNMENT.c.role, ASSIGNMENT.c.stands_in_for, PLACE.c.code, PLACE.c.name, PLACE.c.level)
        .join(PLACE, PLACE.c.code == ASSIGNMENT.c.place)
        .where(ASSIGNMENT.c.person == viewer.person, holds(now.date()))
        .order_by(ASSIGNMENT.c.id)
    )
    rows = connection.execute(query).all()
    # Who stands in for somebody reports for them; nobody administers for another.
    roles = frozenset(Role(row.role) for row in rows if row.stands_in_for is None or row.role != Role.ADMIN)
    places = dict.fromkeys((row.code, row.name) for row in rows if row.level != Level.BUILDING)
    own = frozenset(Role(row.role) for row in rows if row.stands_in_for is None)
    reports = any(row.level in DUTY_LEVELS for row in rows)
    shown = (viewer.person, viewer.address, viewer.name, viewer.locale, viewer.sample)
    return Seat(*shown, roles, tuple(places), now, own, reports)
