"""Milestones are announced once: to those with a duty at the place, and to who leads the community."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection, select

from bot.desk.letters import OUTBOX
from bot.desk.voice import Tools, tell
from bot.dialog import Option, Say
from bot.model import Role
from bot.store import duties, people
from bot.store.authority import holds, responsible
from bot.store.duties import ASSIGNMENT
from bot.store.milestones import REACHED, Milestone, began, passed
from bot.store.published import closing

MORNING, EVENING = time(7, 30), time(21, 30)
"""Nobody is told outside these hours (DOMAIN 8); it waits."""
FRESH = timedelta(days=1)
"""What is older than yesterday is no news: after a time without service it is recorded, and not announced."""

Owed = Mapping[str, tuple[int, list[Milestone]]]
"""By the name of the letter, which is said once only: to whom, and what."""


def owed(connection: Connection, tools: Tools, now: datetime) -> Owed:
    """What is still to be announced of yesterday and today; ``now`` is in the programme's zone.

    Of the days before anything was published, which a new deployment makes good, nothing is announced.
    """
    since = began(connection, tools.rules.name)
    if since is None or not MORNING <= now.time() < EVENING:
        return {}
    house = tools.house
    told: dict[tuple[date, int], list[Milestone]] = defaultdict(list)
    news = [
        each for each in passed(connection, tools.rules.name, now.date() - FRESH) if since < closing(house, each.on)
    ]
    for each in news:
        for person in _concerned(connection, each.place, now.date()):
            told[each.on, person].append(each)
    letters = {f"milestones:{on}:{person}": (person, theirs) for (on, person), theirs in told.items()}
    said = select(OUTBOX.c.dedupe).where(OUTBOX.c.dedupe.in_(list(letters)))
    known = set(connection.execute(said).scalars()) if letters else set()
    return {name: letter for name, letter in letters.items() if name not in known}


def announce(connection: Connection, tools: Tools, now: datetime) -> list[int]:
    """Announce it; the letters that were written. Whoever has no chat is told once they have, while it is news."""
    written = []
    for name, (person, news) in owed(connection, tools, now).items():
        written.append(tell(tools, connection, now, person, [_news(connection, news)], dedupe=name))
    return [number for number in written if number]


def _concerned(connection: Connection, place: str, day: date) -> list[int]:
    """Who works at the place itself, and who leads the community, nearest to it; those whom a message can reach."""
    query = select(ASSIGNMENT.c.person).where(ASSIGNMENT.c.place == place, holds(day)).order_by(ASSIGNMENT.c.id)
    here = list(connection.execute(query).scalars())
    leads = [each.person for each in responsible(connection, place, (Role.COMMUNITY_LEAD,), day)]
    return [person for person in dict.fromkeys((*here, *leads)) if people.address_of(connection, person) is not None]


def _news(connection: Connection, news: list[Milestone]) -> Say:
    codes = list(dict.fromkeys(each.place for each in news))
    names = dict(zip(codes, duties.names(connection, codes), strict=True))
    reached = [(names[each.place], each.days, each.since) for each in news if each.event == REACHED]
    lost = [(names[each.place], each.days) for each in news if each.event != REACHED]
    action = (Option(f"history {codes[0]}", name="history"),) if len(codes) == 1 else (Option("history"),)
    return Say("milestone/news", {"reached": reached, "lost": lost, "on": news[0].on}, action)
