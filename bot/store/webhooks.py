"""Addresses of other programs that are told of facts: which, whose facts, and with which secret they are signed."""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from sqlalchemy import Connection, insert, select, update

from bot.model import Role
from bot.model.outward import Network, fault
from bot.store import audit
from bot.store.crypto import Keyring
from bot.store.duties import PLACE
from bot.store.tables import named

WEBHOOK = named("webhook")
CHANNEL = "webhook"


@dataclass(frozen=True, slots=True)
class Webhook:
    """One address: as which role it is told, and of which place and all below it."""

    id: int
    url: str
    role: Role
    place: str
    made_at: datetime
    ended_at: datetime | None = None

    def secret(self, keyring: Keyring) -> str:
        """The secret with which what goes there is signed, as the Standard Webhooks write one.

        It is derived and kept nowhere: a new secret key brings a new one.
        """
        said = f"{self.id}\0{self.made_at.astimezone(UTC).isoformat()}"
        return "whsec_" + base64.b64encode(keyring.lookup(said, CHANNEL)).decode()

    @property
    def host(self) -> str:
        """The server alone: the rest of an address may hold a key."""
        return urlsplit(self.url).netloc


def add(  # noqa: PLR0913 - the columns of a row, and who says so
    connection: Connection,
    now: datetime,
    *,
    url: str,
    role: Role,
    place: str,
    networks: Collection[Network] = (),
    actor: str = "cli",
) -> Webhook:
    """Keep an address; within ``networks`` of one's own, too.

    Raises:
        LookupError: there is no such place.
        ValueError: nothing may be sent there; its text says why.
    """
    if wrong := fault(url, networks):
        raise ValueError(wrong)
    if connection.execute(select(PLACE.c.code).where(PLACE.c.code == place)).first() is None:
        raise LookupError(place)
    values = {"url": url, "role": role.value, "place": place, "made_at": now}
    number = int(connection.execute(insert(WEBHOOK).returning(WEBHOOK.c.id), values).scalar_one())
    made = Webhook(number, url, role, place, now)
    audit.record(connection, now, actor, "webhook added", f"webhook:{number}", f"{role.value}@{place} {made.host}")
    return made


def remove(connection: Connection, number: int, now: datetime, actor: str = "cli") -> bool:
    """Tell this address nothing more; False where there is none."""
    live = (WEBHOOK.c.id == number, WEBHOOK.c.ended_at.is_(None))
    ended = connection.execute(update(WEBHOOK).where(*live).values(ended_at=now)).rowcount == 1
    if ended:
        audit.record(connection, now, actor, "webhook removed", f"webhook:{number}")
    return ended


def live(connection: Connection) -> Sequence[Webhook]:
    """Those that are told of facts, in the order in which they were added."""
    query = select(WEBHOOK).where(WEBHOOK.c.ended_at.is_(None)).order_by(WEBHOOK.c.id)
    return [Webhook(row.id, row.url, Role(row.role), row.place, row.made_at) for row in connection.execute(query)]


def concerned(connection: Connection, places: Collection[str]) -> Mapping[str, Sequence[Webhook]]:
    """By place the addresses that are told of it: theirs is the place, or one above it. Two questions, mostly one."""
    found: dict[str, list[Webhook]] = defaultdict(list)
    known = live(connection) if places else ()
    if not known:
        return found
    origin = PLACE.c.code.label("origin")
    up = select(origin, PLACE.c.code, PLACE.c.parent).where(PLACE.c.code.in_(sorted(places))).cte(recursive=True)
    up = up.union(select(up.c.origin, PLACE.c.code, PLACE.c.parent).join(up, PLACE.c.code == up.c.parent))
    above: dict[str, set[str]] = defaultdict(set)
    for row in connection.execute(select(up.c.origin, up.c.code)):
        above[row.origin].add(row.code)
    for place, codes in above.items():
        found[place] = [each for each in known if each.place in codes]
    return found
