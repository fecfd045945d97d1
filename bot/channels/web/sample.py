"""The sample roster as people to choose from, and the groups that they would be in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select
from sqlmodel import col

from bot.channels.web.visitors import CHANNEL, AnyRow, bind
from bot.model import Level, Role
from bot.store.crypto import Keyring
from bot.store.tables import Assignment, GroupChat, Person, Place

GROUP = "group:"
COMMUNITIES = frozenset({Level.COMMUNITY, Level.VILLAGE})
_RANK = {role: rank for rank, role in enumerate(Role)}


@dataclass(frozen=True, slots=True)
class Card:
    """A person of the sample roster, as somebody to be."""

    person: int
    name: str
    role: Role
    places: tuple[str, ...]

    @property
    def initial(self) -> str:
        """What stands for a portrait."""
        return self.name[:1]


@dataclass(frozen=True, slots=True)
class Group:
    """The group of one community; ``members`` counts its people without the bot."""

    code: str
    name: str
    members: int

    @property
    def address(self) -> str:
        """What the channel calls it."""
        return GROUP + self.code


def cards(connection: Connection, keyring: Keyring) -> tuple[Card, ...]:
    """Everybody who has something to do, workers first."""
    rows: Sequence[AnyRow] = connection.execute(
        select(col(Person.id), col(Person.name), col(Assignment.role), col(Place.name).label("place"))
        .join(Assignment, col(Assignment.person) == col(Person.id))
        .join(Place, col(Assignment.place) == col(Place.code))
        .where(col(Assignment.stands_in_for).is_(None))
        .order_by(col(Person.id), col(Assignment.id))
    ).all()
    found: dict[tuple[int, Role], Card] = {}
    for row in rows:
        role = Role(row.role)
        card = found.get((row.id, role)) or Card(row.id, keyring.open(row.name), role, ())
        found[row.id, role] = Card(card.person, card.name, role, (*card.places, row.place))
    ranked = sorted(found.values(), key=lambda card: (_RANK[card.role], card.person))
    first: dict[int, Card] = {}
    for card in ranked:
        first.setdefault(card.person, card)
    return tuple(first.values())


def groups(connection: Connection, person: int | None = None) -> tuple[Group, ...]:
    """The groups that ``person`` would be in: of the communities above, at and below the places they have."""
    nodes = select(col(Place.code), col(Place.name), col(Place.level), col(Place.parent))
    tree: dict[str, AnyRow] = {row.code: row for row in connection.execute(nodes)}
    members: dict[str, set[int]] = {code: set() for code, row in tree.items() if row.level in COMMUNITIES}
    below = {code: [child for child in members if code in _line(tree, child)] for code in tree}
    for row in connection.execute(select(col(Assignment.person), col(Assignment.place))):
        for code in {*(_line(tree, row.place) & members.keys()), *below[row.place]}:
            members[code].add(row.person)
    return tuple(
        Group(code, tree[code].name, len(people))
        for code, people in members.items()
        if people and (person is None or person in people)
    )


def choose(person: int, now: datetime) -> Callable[[Connection], bool]:
    """The write that makes ``person``'s chat and groups ready; it gives False when there is no such person."""

    def job(connection: Connection) -> bool:
        if connection.execute(select(col(Person.id)).where(col(Person.id) == person)).first() is None:
            return False
        bind(connection, person, now)
        known = set(connection.scalars(select(col(GroupChat.address)).where(col(GroupChat.channel) == CHANNEL)))
        fresh = [
            {"channel": CHANNEL, "address": group.address, "place": group.code, "bound_at": now}
            for group in groups(connection, person)
            if group.address not in known
        ]
        if fresh:
            connection.execute(insert(GroupChat), fresh)
        return True

    return job


def _line(tree: Mapping[str, AnyRow], code: str) -> set[str]:
    """``code`` and everything above it."""
    line: set[str] = set()
    here: str | None = code
    while here is not None and here not in line:
        line.add(here)
        here = tree[here].parent
    return line


def named(groups_of: Iterable[Group], code: str) -> Group | None:
    """The group of that community, if it is among these."""
    return next((group for group in groups_of if group.code == code), None)
