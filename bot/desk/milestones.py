"""Milestones are announced once: to those with a duty at the place, and to who leads the community."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection, select

from bot.desk.letters import said
from bot.desk.voice import Tools, tell
from bot.dialog import Option, Say
from bot.model import Role
from bot.store import duties
from bot.store.authority import ACCOUNT, HEARD, holds
from bot.store.duties import ASSIGNMENT, PLACE
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
    concerned = _concerned(connection, {each.place for each in news}, now.date()) if news else {}
    for each in news:
        for person in concerned[each.place]:
            told[each.on, person].append(each)
    letters = {f"milestones:{on}:{person}": (person, theirs) for (on, person), theirs in told.items()}
    known = said(connection, letters)
    return {name: letter for name, letter in letters.items() if name not in known}


def announce(connection: Connection, tools: Tools, now: datetime) -> list[int]:
    """Announce it; the letters that were written. Whoever has no chat is told once they have, while it is news."""
    written = []
    for name, (person, news) in owed(connection, tools, now).items():
        written.append(tell(tools, connection, now, person, [_news(connection, news)], dedupe=name))
    return [number for number in written if number]


def _concerned(connection: Connection, places: Collection[str], day: date) -> Mapping[str, list[int]]:
    """By place: who works there, and who leads the community, nearest to it; those whom a message can reach.

    A handful of questions for all the places, as many as reach a milestone on one day.
    """
    holding = select(ASSIGNMENT.c.place, ASSIGNMENT.c.person).where(holds(day)).order_by(ASSIGNMENT.c.id)
    here, leads = defaultdict(list), defaultdict(list)
    for place, person in connection.execute(holding.where(ASSIGNMENT.c.place.in_(places))):
        here[place].append(person)
    for place, person in connection.execute(holding.where(ASSIGNMENT.c.role == Role.COMMUNITY_LEAD.value)):
        leads[place].append(person)
    above = _above(connection, places)
    found: dict[str, list[int]] = {}
    for place in places:
        at: str | None = place
        while at is not None and at not in leads:
            at = above.get(at)
        found[place] = list(dict.fromkeys((*here[place], *(leads[at] if at is not None else ()))))
    candidates = {each for persons in found.values() for each in persons}
    heard = select(ACCOUNT.c.person).where(*HEARD, ACCOUNT.c.person.in_(candidates))
    reached = set(connection.execute(heard).scalars())
    return {place: [each for each in persons if each in reached] for place, persons in found.items()}


def _above(connection: Connection, places: Collection[str]) -> Mapping[str, str | None]:
    """The place above each of these, and above those, up to the top."""
    above: dict[str, str | None] = {}
    level = set(places)
    while level:
        rows = connection.execute(select(PLACE.c.code, PLACE.c.parent).where(PLACE.c.code.in_(level)))
        above |= {row.code: row.parent for row in rows}
        level = {parent for parent in above.values() if parent is not None} - above.keys()
    return above


def _news(connection: Connection, news: list[Milestone]) -> Say:
    codes = list(dict.fromkeys(each.place for each in news))
    names = dict(zip(codes, duties.names(connection, codes), strict=True))
    reached = [(names[each.place], each.days, each.since) for each in news if each.event == REACHED]
    lost = [(names[each.place], each.days) for each in news if each.event != REACHED]
    action = (Option(f"history {codes[0]}", name="history"),) if len(codes) == 1 else (Option("history"),)
    return Say("milestone/news", {"reached": reached, "lost": lost, "on": news[0].on}, action)
