"""How the bot itself stands: channels, queues, scheduler, disk. Nothing of a message or a person is read."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from bot.model import Role
from bot.model.house import ChannelState, Facts, Health, Settings
from bot.model.office import Ask, Office
from bot.store.asking import Asking
from bot.store.audit import AUDIT
from bot.store.authority import ACCOUNT, HEARD, holds
from bot.store.duties import ASSIGNMENT
from bot.store.offices import place_of
from bot.store.tables import named

INBOX, LEASE, OUTBOX, WISH = named("inbox"), named("lease"), named("outbox"), named("wish")
WAITS = ("pending", "claimed", "sending")
LOST = ("dead", "uncertain")
LATELY = timedelta(days=7)
LITTLE = 2**30
"""Free bytes below which a disk is soon full."""
LONG = 80
"""So much of a platform's word is shown."""
TICK = "tick"
"""The lease of the process that plans (``scheduler.lease``)."""
BACKUP = "backup"
"""The line in the audit log that a backup leaves."""
STALE = timedelta(days=2)
"""A backup that is older was not made every night."""


def channels(asking: Asking) -> Mapping[str, Office]:
    """Each channel that has chats, or had messages; a fixed number of questions."""
    office, found = place_of(asking, Ask.CHANNELS)
    if found is None:
        return {"office": office}
    connection, zone = asking.connection, asking.house.zone
    count = func.count()
    chats = dict(_pairs(connection, select(ACCOUNT.c.channel, count).where(*HEARD).group_by(ACCOUNT.c.channel)))
    waits = select(OUTBOX.c.channel, count).where(OUTBOX.c.state.in_(WAITS)).group_by(OUTBOX.c.channel)
    lost = (OUTBOX.c.state.in_(LOST), OUTBOX.c.created_at >= asking.now - LATELY)
    failed = dict(_pairs(connection, select(OUTBOX.c.channel, count).where(*lost).group_by(OUTBOX.c.channel)))
    waiting = dict(_pairs(connection, waits))
    sent = dict(_pairs(connection, _last(OUTBOX.c.channel, OUTBOX.c.sent_at)))
    heard = dict(_pairs(connection, _last(INBOX.c.channel, INBOX.c.received_at)))
    newest = select(func.max(OUTBOX.c.id)).where(*lost).group_by(OUTBOX.c.channel)
    wrong = select(OUTBOX.c.channel, OUTBOX.c.why, OUTBOX.c.created_at).where(OUTBOX.c.id.in_(newest))
    problems = {row.channel: row for row in connection.execute(wrong)}
    told = []
    for name in sorted({*chats, *waiting, *sent, *heard, *failed}):
        row = problems.get(name)
        at = row.created_at.astimezone(zone) if row else None
        last_sent, last_heard = (each[name].astimezone(zone) if name in each else None for each in (sent, heard))
        counts = chats.get(name, 0), waiting.get(name, 0), failed.get(name, 0)
        told.append(ChannelState(name, *counts, last_sent, last_heard, row.why[:LONG] if row else "", at))
    return {"office": replace(office, channels=tuple(told))}


def health(asking: Asking) -> Mapping[str, Office]:
    """What an administrator looks at first; a handful of questions."""
    office, found = place_of(asking, Ask.HEALTH)
    if found is None:
        return {"office": office}
    connection, zone = asking.connection, asking.house.zone
    states = dict(_pairs(connection, select(OUTBOX.c.state, func.count()).group_by(OUTBOX.c.state)))
    oldest = connection.execute(select(func.min(OUTBOX.c.due_at)).where(OUTBOX.c.state.in_(WAITS))).scalar()
    quarantined = select(func.count()).where(INBOX.c.state == "quarantined")
    until = connection.execute(select(LEASE.c.until).where(LEASE.c.name == TICK)).scalar()
    backup = last_backup(connection)
    told = Health(
        {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.dialect.name],
        zone.key,
        until is not None and until > asking.now,
        sum(states.get(state, 0) for state in WAITS),
        oldest.astimezone(zone) if oldest else None,
        states.get("dead", 0),
        states.get("uncertain", 0),
        connection.execute(quarantined).scalar_one(),
        _disk(connection),
        backup.astimezone(zone) if backup else None,
        backup is not None and asking.now - backup > STALE,
    )
    return {"office": replace(office, health=told)}


def last_backup(connection: Connection) -> datetime | None:
    """When the last one was made, if one is known."""
    at: datetime | None = connection.execute(select(func.max(AUDIT.c.at)).where(AUDIT.c.action == BACKUP)).scalar()
    return at


def roster(connection: Connection) -> bool:
    """Whether there is a roster of one's own: neither none, nor the sample."""
    place, setting = named("place"), named("setting")
    sample = select(setting.c.value).where(setting.c.key == "roster", setting.c.value == "sample")
    there = connection.execute(select(place.c.code).limit(1)).first() is not None
    return there and connection.execute(sample).first() is None


def settings(asking: Asking) -> Mapping[str, Office]:
    """One's own; with what holds for all, for an administrator."""
    connection, rules, me = asking.connection, asking.house.rules, asking.who.person
    wish = connection.execute(select(WISH.c.fewer).where(WISH.c.person == me).order_by(WISH.c.id.desc())).scalar()
    mine = select(ACCOUNT.c.channel).where(ACCOUNT.c.person == me, *HEARD).order_by(ACCOUNT.c.id)
    admin = select(ASSIGNMENT.c.id).where(
        ASSIGNMENT.c.person == me,
        ASSIGNMENT.c.role == Role.ADMIN.value,
        ASSIGNMENT.c.stands_in_for.is_(None),
        holds(asking.today),
    )
    facts = Facts(
        rules.name, rules.title, rules.cutoff, rules.quiet_from, rules.quiet_until, rules.reminders_a_day,
        asking.house.zone.key,
    )  # fmt: skip
    told = Settings(
        asking.who.locale.value,
        bool(wish),
        tuple(dict.fromkeys(connection.execute(mine).scalars())),
        facts if connection.execute(admin.limit(1)).first() else None,
    )
    return {"office": Office(Ask.SETTINGS, at=asking.now, settings=told)}


def _pairs(connection: Connection, query: Any) -> list[tuple[str, Any]]:  # noqa: ANN401 - a question of two columns
    return [(row[0], row[1]) for row in connection.execute(query)]


def _last(channel: Any, at: Any) -> Any:  # noqa: ANN401 - columns, and a question for them
    return select(channel, func.max(at)).where(at.isnot(None)).group_by(channel)


def _disk(connection: Connection) -> str:
    """Whether there is room where the database lies; a server's disk is not ours to see."""
    path = connection.engine.url.database
    if connection.dialect.name != "sqlite" or not path:
        return ""
    return "ok" if shutil.disk_usage(Path(path).parent).free >= LITTLE else "low"
