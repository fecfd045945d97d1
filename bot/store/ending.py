"""The end of the event: personal data go, figures stay, and a certificate says what went (PIPL 47)."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from bot.store import audit, settling
from bot.store.crypto import Keyring
from bot.store.tables import named
from bot.store.work_term import GONE

IDENTITY = "identity"
"""The setting that names this database in certificates."""
ENDED = "event ended"
"""The line in the audit log: no backup of before comes back over it."""
GOING = (
    "opening", "seen", "case_detail", "photo", "evidence", "media_look", "media", "reminder", "outbox", "conversation",
    "inbox", "attempt", "invitation", "login", "web_session", "snooze", "wish",
)  # fmt: skip
"""Tables that hold nothing but personal data, in an order in which none is referred to."""
TEXTS = (
    ("assessment_mark", "reason"), ("application", "body"), ("creation_event", "words"), ("problem", "words"),
    ("problem_event", "words"), ("red_black", "words"),
)  # fmt: skip
"""What people wrote where the fact itself stays."""
ROSTER = ("account", "consent", "leave_end", "assignment", "leave")
KEPT = (
    "figures by place and day, cases by number, place, kind and day, counts of care and work, points of assessments, "
    "steps of the creation workflow and of problems by number, place and day, the audit chain: "
    "none of it names or describes a person; kept as the record of the programme"
)
ROSTER_KEPT = "names, phones and roles of staff, because --keep-roster was given: they go on working"


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was deleted, when, from which database, and what was kept and why."""

    made_at: str
    database: str
    deleted: dict[str, int]
    emptied: dict[str, int]
    kept: list[str]
    audit_digest: str
    """The last digest of the audit chain after the deletion: it stands for everything before it."""

    def as_json(self) -> dict[str, object]:
        """For the file."""
        return asdict(self)


def end(connection: Connection, keyring: Keyring, now: datetime, *, keep_roster: bool) -> tuple[Certificate, list[str]]:
    """Delete the personal data of everybody; the certificate, and the media names whose files are to go."""
    files = list(connection.execute(select(named("media").c.name)).scalars())
    connection.execute(update(named("filing")).values(inbox=None))
    deleted = {name: _delete(connection, name) for name in GOING}
    emptied = {}
    for name in ("isolation", "returnee"):
        emptied[name] = connection.execute(update(named(name)).values(body=keyring.seal(b"{}"))).rowcount
    emptied |= {name: _emptied(connection, name, column) for name, column in TEXTS}
    filing = named("filing")
    emptied["filing"] = connection.execute(update(filing).where(filing.c.note.isnot(None)).values(note=None)).rowcount
    kept = [KEPT]
    if keep_roster:
        kept.append(ROSTER_KEPT)
    else:
        deleted |= {name: _delete(connection, name) for name in ROSTER}
        settling.replanted(connection)
        emptied["person"] = _nobody(connection, keyring)
    database = _identity(connection)
    total = ",".join(f"{name}:{count}" for name, count in {**deleted, **emptied}.items() if count)
    audit.record(connection, now, "cli", ENDED, database, total)
    chain = named("audit")
    digest = connection.execute(select(chain.c.digest).order_by(chain.c.id.desc()).limit(1)).scalar_one()
    made = now.isoformat(timespec="seconds")
    return Certificate(made, database, deleted, emptied, kept, bytes(digest).hex()), files


def _delete(connection: Connection, name: str) -> int:
    return connection.execute(delete(named(name))).rowcount


def _emptied(connection: Connection, name: str, column: str) -> int:
    """Texts that people wrote, where the fact itself stays."""
    table = named(name)
    kept = table.c[column]
    change = update(table).where(kept.isnot(None)).values({column: None if kept.nullable else GONE})
    return connection.execute(change).rowcount


def _nobody(connection: Connection, keyring: Keyring) -> int:
    """Of the staff a number remains, to which reports and cases refer; no name, no phone, nothing to find them by."""
    person = named("person")
    numbers = list(connection.execute(select(person.c.id)).scalars())
    for number in numbers:
        nothing = keyring.seal("")
        found_by = keyring.lookup(uuid.uuid4().hex, "nobody")
        values = {"name": nothing, "phone": nothing, "phone_hash": found_by}
        connection.execute(update(person).where(person.c.id == number).values(values))
    return len(numbers)


def _identity(connection: Connection) -> str:
    setting = named("setting")
    known = connection.execute(select(setting.c.value).where(setting.c.key == IDENTITY)).scalar()
    if known is None:
        known = uuid.uuid4().hex
        connection.execute(insert(setting).values(key=IDENTITY, value=known))
    return str(known)


def counted(connection: Connection) -> int:
    """How many people are in the roster."""
    return connection.execute(select(func.count()).select_from(named("person"))).scalar_one()


def widest(connection: Connection) -> str:
    """The name of the place above all others, which an operator types to confirm."""
    place = named("place")
    query = select(place.c.name).where(place.c.parent.is_(None)).order_by(place.c.code).limit(1)
    return str(connection.execute(query).scalar() or "wuyi")
