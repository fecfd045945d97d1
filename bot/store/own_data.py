"""What is kept about a person who uses the bot: for the screen, and as a file that they may take along (PIPL 45)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, func, select

from bot import words
from bot.model import Inbound, Role, Self
from bot.model.register import REGISTER
from bot.store import codec
from bot.store.asking import House, Who
from bot.store.authority import responsible
from bot.store.crypto import Keyring
from bot.store.duties import ASSIGNMENT, FILING, LEAVE, PLACE, REPORT
from bot.store.own_words import written
from bot.store.tables import named

PERSON = named("person")
ACCOUNT = named("account")
CONSENT = named("consent")
INBOX = named("inbox")
OPENING = named("opening")
MET, REMINDER, SNOOZE, WISH = named("deadline_met"), named("reminder"), named("snooze"), named("wish")
ANSWERS = (Role.COMMUNITY_LEAD, Role.TOWNSHIP_REVIEWER)
"""Whom to ask when the roster is wrong about somebody."""


def _roles(person: int) -> Select[Any]:
    return (
        select(ASSIGNMENT.c.role, PLACE.c.name, PLACE.c.code, ASSIGNMENT.c.since, ASSIGNMENT.c.until)
        .join(PLACE, PLACE.c.code == ASSIGNMENT.c.place)
        .where(ASSIGNMENT.c.person == person, ASSIGNMENT.c.stands_in_for.is_(None))
        .order_by(ASSIGNMENT.c.id)
    )


def shown(connection: Connection, house: House, who: Who, now: datetime) -> Self:
    """What the person sees in the chat; the phone is masked, for a chat may be read over a shoulder."""
    phone = connection.execute(select(PERSON.c.phone).where(PERSON.c.id == who.person)).scalar_one()
    roles = connection.execute(_roles(who.person)).all()
    mine = (ACCOUNT.c.person == who.person, ACCOUNT.c.unbound_at.is_(None))
    channels = connection.execute(select(ACCOUNT.c.channel).where(*mine).order_by(ACCOUNT.c.id)).scalars()
    accepted = select(CONSENT.c.at, CONSENT.c.notice).where(
        CONSENT.c.person == who.person, CONSENT.c.event == "accepted"
    )
    consent = connection.execute(accepted.order_by(CONSENT.c.id.desc()).limit(1)).first()

    def count(table: Any) -> int:  # noqa: ANN401 - a table with a column ``person``
        query = select(func.count()).select_from(table).where(table.c.person == who.person)
        return connection.execute(query).scalar_one()

    return Self(
        phone=words.masked_phone(house.keyring.open(phone)),
        roles=tuple((row.role, row.name) for row in roles),
        channels=tuple(dict.fromkeys(channels)),
        accepted_on=None if consent is None else consent.at.astimezone(house.zone).date(),
        reports=count(FILING),
        notice="" if consent is None else consent.notice,
        leaves=count(LEAVE),
        messages=count(INBOX),
        opened=count(OPENING),
        ask=_asked(connection, house.keyring, who.person, [row.code for row in roles], now),
        message_days=house.rules.message_days,
        retention_days=house.rules.retention_days,
    )


def _asked(connection: Connection, keyring: Keyring, person: int, places: list[str], now: datetime) -> str:
    """Who puts a wrong phone right: the lead nearest to the person's first place."""
    for place in places[:1]:
        for each in responsible(connection, place, ANSWERS, now.date()):
            if each.person != person:
                name = connection.execute(select(PERSON.c.name).where(PERSON.c.id == each.person)).scalar_one()
                where = connection.execute(select(PLACE.c.name).where(PLACE.c.code == each.place)).scalar_one()
                return f"{where} {words.masked_name(keyring.open(name))}"
    return ""


def export(connection: Connection, keyring: Keyring, person: int, zone: ZoneInfo) -> dict[str, Any]:
    """All that is kept about the person themself, in the open; nothing of anybody else, and no case's details."""
    me = connection.execute(select(PERSON).where(PERSON.c.id == person)).one()

    def rows(query: Select[Any]) -> list[dict[str, Any]]:
        return [
            {key: value.astimezone(zone) if isinstance(value, datetime) else value for key, value in row.items()}
            for row in connection.execute(query).mappings()
        ]

    filings = select(FILING.c.id, FILING.c.day, FILING.c.recorded_at, FILING.c.late, FILING.c.note)
    reports = []
    for row in rows(filings.where(FILING.c.person == person).order_by(FILING.c.id)):
        lines = select(REPORT.c.place, REPORT.c.status).where(REPORT.c.filing == row.pop("id"))
        note = row.pop("note")
        reports.append(row | {"note": note and keyring.open(note), "lines": rows(lines)})
    messages = select(INBOX.c.channel, INBOX.c.received_at, INBOX.c.body).where(INBOX.c.person == person)
    said = [
        {**row, "body": codec.load(Inbound, keyring.open_bytes(row["body"])).text}
        for row in rows(messages.order_by(INBOX.c.id))
    ]
    wrote = [each | {"at": each["at"].astimezone(zone)} for each in written(connection, keyring, person)]
    account = (ACCOUNT.c.channel, ACCOUNT.c.address, ACCOUNT.c.bound_at, ACCOUNT.c.unbound_at)
    consent = (CONSENT.c.event, CONSENT.c.notice, CONSENT.c.channel, CONSENT.c.at)
    return {
        "name": keyring.open(me.name),
        "phone": keyring.open(me.phone),
        "language": me.locale,
        "since": me.created_at.astimezone(zone),
        "roles": rows(_roles(person)),
        "accounts": rows(select(*account).where(ACCOUNT.c.person == person).order_by(ACCOUNT.c.id)),
        "consents": rows(select(*consent).where(CONSENT.c.person == person).order_by(CONSENT.c.id)),
        "leaves": rows(select(LEAVE.c.since, LEAVE.c.until, LEAVE.c.recorded_at).where(LEAVE.c.person == person)),
        "reports": reports,
        "deadlines": rows(
            select(MET.c.deadline, MET.c.period, MET.c.place, MET.c.met, MET.c.recorded_at)
            .where(MET.c.person == person)
            .order_by(MET.c.id)
        ),
        "reminded": rows(
            select(REMINDER.c.slot.label("of"), REMINDER.c.at)
            .where(REMINDER.c.person == person)
            .order_by(REMINDER.c.id)
        ),
        "snoozes": rows(
            select(SNOOZE.c.until, SNOOZE.c.recorded_at).where(SNOOZE.c.person == person).order_by(SNOOZE.c.id)
        ),
        "fewer_reminders": bool(
            connection.execute(
                select(WISH.c.fewer).where(WISH.c.person == person).order_by(WISH.c.id.desc()).limit(1)
            ).scalar()
        ),
        "messages": said,
        "written": wrote,
        "opened": rows(
            select(OPENING.c.case, OPENING.c.field, OPENING.c.reason, OPENING.c.at).where(OPENING.c.person == person)
        ),
        "register": [
            {"what": each.key, "basis": each.basis.value, "term": each.term.value} for each in REGISTER if each.own
        ],
    }
