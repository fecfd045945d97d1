"""The town: one township with its communities and compounds, invented people, and the chats that they have open."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from sqlalchemy import Connection, insert

from bot.model import Address, Role, Step
from bot.roster.bring import bring
from bot.roster.phones import normalise
from bot.store import figures, people
from bot.store.tables import named

if TYPE_CHECKING:
    from datetime import datetime

    from bot.app import Bot

CHANNELS = ("alpha", "beta")
"""Two platforms; everybody has a chat on the first."""
COUNTY, TOWNSHIP, VILLAGE = "X", "X-01", "V01"
"""The village holds an award, so that the office has something to review each quarter."""
WORKERS_OF_A_COMMUNITY = 10
FEWEST_PLACES, MOST_PLACES = 2, 5
SHARED = 0.15
"""So many workers also report for a place of a colleague."""
TWO_CHATS = 0.2
NOTICE = "simulated"
LONG_AGO = timedelta(days=100)
"""The award is older than the quarter in which the town begins."""


@dataclass(frozen=True, slots=True)
class Citizen:
    """A person of the roster, before the database knows them."""

    phone: str
    name: str
    role: Role
    at: tuple[str, ...]
    """The codes of the places that they have a task at."""
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Town:
    """The roster: places as code, name, level and the place above; and people."""

    places: tuple[tuple[str, str, str, str], ...]
    people: tuple[Citizen, ...]


def invent(workers: int, seed: int) -> Town:
    """A town with so many workers; leads, the township's reviewer and the office come on top."""
    chance = Random(f"town {seed}")
    places = [(COUNTY, "示例县", "county", ""), (TOWNSHIP, "样板街道", "township", COUNTY)]
    everybody = [
        Citizen("13900000001", "审样例", Role.TOWNSHIP_REVIEWER, (TOWNSHIP,), CHANNELS[:1]),
        Citizen("13900000002", "办样例", Role.OFFICE, (COUNTY,), CHANNELS[:1]),
    ]
    earlier: list[str] = []
    for number in range(workers):
        community, place_in = divmod(number, WORKERS_OF_A_COMMUNITY)
        code = f"C{community + 1:02d}"
        if place_in == 0:
            places.append((code, f"样例{community + 1}社区", "community", TOWNSHIP))
            lead = Citizen(
                f"1370000{community:04d}", f"长样例{community + 1}", Role.COMMUNITY_LEAD, (code,), CHANNELS[:1]
            )
            everybody.append(lead)
            earlier = []
        mine = [f"P{number + 1:04d}-{n + 1}" for n in range(chance.randint(FEWEST_PLACES, MOST_PLACES))]
        places.extend((each, f"花园{number + 1}区{n + 1}期", "compound", code) for n, each in enumerate(mine))
        shared = [chance.choice(earlier)] if earlier and chance.random() < SHARED else []
        if shared and len(mine) == MOST_PLACES:
            places.pop()
            mine.pop()
        earlier.extend(mine)
        channels = CHANNELS if chance.random() < TWO_CHATS else CHANNELS[:1]
        name = f"工样例{number + 1}"
        everybody.append(Citizen(f"1380000{number:04d}", name, Role.GRID_WORKER, (*mine, *shared), channels))
    places.append((VILLAGE, "样例村", "village", TOWNSHIP))
    return Town(tuple(places), tuple(everybody))


def settle_in(bot: Bot, town: Town, folder: Path, now: datetime) -> dict[str, int]:
    """Import the town by the real import, bind everybody's chats, award one place; the ids of people by phone."""
    _write(town, folder)
    bring(bot.database, bot.keyring, bot.rules, now, folder)
    numbers: dict[str, int] = {}
    with bot.database.read() as connection:
        for each in town.people:
            number = people.person_by_phone(connection, bot.keyring, normalise(each.phone) or "")
            assert number is not None  # noqa: S101 - just imported
            numbers[each.phone] = number

    def job(connection: Connection) -> None:
        for each in town.people:
            person = numbers[each.phone]
            for channel in each.channels:
                people.bind(connection, Address(channel, each.phone), person, now)
            consent = {"person": person, "event": "accepted", "notice": NOTICE, "channel": NOTICE, "at": now}
            connection.execute(insert(named("consent")), consent)
        step = {"place": VILLAGE, "step": Step.AWARDED.value, "on": now.date() - LONG_AGO, "recorded_at": now}
        connection.execute(insert(named("creation_event")), step)

    bot.database.write(job)
    # As every start does: figures that are kept need not be worked out at each report.
    bot.database.write(lambda connection: figures.refresh(connection, bot.rules))
    return numbers


def _write(town: Town, folder: Path) -> None:
    """The roster as an office would hand it in."""
    folder.mkdir(parents=True, exist_ok=True)
    tasks = [(each.phone, each.role.value, place) for each in town.people for place in each.at]
    people_ = [(each.phone, each.name) for each in town.people]
    for name, head, rows in (
        ("places", ("code", "name", "level", "parent"), town.places),
        ("people", ("phone", "name"), people_),
        ("assignments", ("phone", "role", "place"), tasks),
    ):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(head)
            writer.writerows(rows)
