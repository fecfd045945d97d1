"""Who does what at the places of problems: asked for many people and places at once, in two questions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import Connection, select

from bot import words
from bot.model import Role
from bot.scoring.ledger import LADDER, WORKERS
from bot.store.authority import ACCOUNT, HEARD, above, holds, responsible
from bot.store.crypto import Keyring
from bot.store.duties import ASSIGNMENT, PLACE
from bot.store.tables import named

PERSON = named("person")
Roles = Mapping[tuple[int, str], frozenset[Role]]


def roles_of(connection: Connection, who: Collection[int], places: Collection[str], day: date) -> Roles:
    """By person and place, the roles that they hold on ``day`` at the place or above it; those without are left out."""
    held: dict[int, list[tuple[str, Role]]] = defaultdict(list)
    mine = select(ASSIGNMENT.c.person, ASSIGNMENT.c.place, ASSIGNMENT.c.role)
    for row in connection.execute(mine.where(ASSIGNMENT.c.person.in_(who), holds(day))) if who and places else ():
        held[row.person].append((row.place, Role(row.role)))
    up = _above(connection, places) if held else {}
    found = {
        (person, place): frozenset(role for where, role in theirs if where in over)
        for person, theirs in held.items()
        for place, over in up.items()
    }
    return {key: roles for key, roles in found.items() if roles}


def _above(connection: Connection, places: Collection[str]) -> dict[str, set[str]]:
    """Of each place itself and all places above it."""
    start = select(PLACE.c.code, PLACE.c.code.label("over"), PLACE.c.parent).where(PLACE.c.code.in_(places))
    up = start.cte(recursive=True)
    tree = up.union_all(select(up.c.code, PLACE.c.code, PLACE.c.parent).join(PLACE, PLACE.c.code == up.c.parent))
    found: dict[str, set[str]] = defaultdict(set)
    for row in connection.execute(select(tree.c.code, tree.c.over)):
        found[row.code].add(row.over)
    return found


def alone(connection: Connection, person: int, place: str, day: date) -> bool:
    """Whether nobody else who decides at the place or above it can be reached."""
    up = above(place)
    query = (
        select(ASSIGNMENT.c.person)
        .join(up, up.c.code == ASSIGNMENT.c.place)
        .join(ACCOUNT, ACCOUNT.c.person == ASSIGNMENT.c.person)
        .where(ASSIGNMENT.c.role.in_([role.value for role in LADDER]), ASSIGNMENT.c.person != person, holds(day))
        .where(*HEARD)
    )
    return connection.execute(query.limit(1)).first() is None


def workers(connection: Connection, keyring: Keyring, place: str, day: date) -> tuple[tuple[int, str, Role], ...]:
    """Who works at a place, or nearest above it: id, masked name, role; each once."""
    found = {each.person: each.role for each in reversed(responsible(connection, place, WORKERS, day))}
    known = names(connection, keyring, found)
    return tuple((person, known[person], role) for person, role in sorted(found.items()))


def names(connection: Connection, keyring: Keyring, who: Collection[int]) -> dict[int, str]:
    """These people's names, masked."""
    if not who:
        return {}
    query = select(PERSON.c.id, PERSON.c.name).where(PERSON.c.id.in_(who))
    return {row.id: words.masked_name(keyring.open(row.name)) for row in connection.execute(query)}
