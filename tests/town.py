"""A small town for conversations: one township, two communities, a village, and a few invented people."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, insert
from sqlmodel import SQLModel

from bot.desk import Desk
from bot.model import PackRules
from bot.scoring import packs
from bot.settings import Settings
from bot.store import figures
from bot.store.crypto import Keyring
from bot.store.database import Database
from bot.store.tables import named

ZONE = Settings(data_dir="nowhere").zone
NOW = datetime(2026, 11, 24, 14, 58, tzinfo=ZONE)
TODAY = NOW.date()
LONG_AGO = datetime(2026, 10, 1, tzinfo=UTC)
KEYRING = Keyring(b"a secret of the tests, long enough to be one")
RULES: PackRules = packs.load("default")

PLACES = (
    ("X", "示例县", "county", None, None),
    ("T", "样板街道", "township", "X", None),
    ("JA", "君安社区", "community", "T", None),
    ("XM", "新苗社区", "community", "T", None),
    ("22", "君安花园小区", "compound", "JA", date(2026, 11, 13)),
    ("23", "星悦城一期", "compound", "JA", date(2026, 6, 1)),
    ("24", "汉口花园六期", "compound", "JA", date(2026, 8, 12)),
    ("25", "星悦城二期", "compound", "XM", date(2026, 11, 1)),
    ("61", "金潭村", "village", "T", date(2026, 11, 1)),
)
PEOPLE = {
    "zhang": (1, "张样例", "13800000001", "zh"),
    "li": (2, "李样例", "13800000002", "zh"),
    "wang": (3, "王样例", "13800000003", "zh"),
    "smith": (4, "Smith Example", "13800000004", "en"),
    "new": (5, "陈新来", "13800000005", "zh"),
    "newton": (6, "Newton Example", "13800000006", "en"),
    "zhao": (7, "赵样例", "13800000007", "zh"),
    "brown": (8, "Brown Example", "13800000008", "en"),
    "sun": (9, "孙样例", "13800000009", "zh"),
}
"""By the name under which the tests call them: id, name, phone, language. ``new`` and ``newton`` have no chat yet."""
ASSIGNMENTS = (
    (1, "grid_worker", "23"),
    (1, "grid_worker", "22"),
    (1, "grid_worker", "24"),
    (2, "grid_worker", "25"),
    (2, "grid_worker", "24"),
    (3, "community_lead", "JA"),
    (4, "grid_worker", "61"),
    (5, "grid_worker", "25"),
    (6, "grid_worker", "61"),
    (7, "township_reviewer", "T"),
    (8, "community_lead", "T"),
    (9, "office", "X"),
)
RUN = 20
"""So many days before today have been reported on time, by the first worker of each place."""
CHANNEL = "test"


def build(database: Database) -> None:
    """Create the tables and fill the town in."""
    database.write(SQLModel.metadata.create_all)
    database.write(_fill)


def _fill(connection: Connection) -> None:
    places = ("code", "name", "level", "parent", "start")
    connection.execute(insert(named("place")), [dict(zip(places, row, strict=True), aliases="") for row in PLACES])
    people = [
        {
            "id": number, "name": KEYRING.seal(name), "phone": KEYRING.seal(f"+86{phone}"), "locale": locale,
            "phone_hash": KEYRING.lookup(f"+86{phone}", "phone"), "created_at": LONG_AGO,
        }
        for number, name, phone, locale in PEOPLE.values()
    ]  # fmt: skip
    connection.execute(insert(named("person")), people)
    columns = ("person", "role", "place")
    assignments = [dict(zip(columns, row, strict=True), recorded_at=LONG_AGO) for row in ASSIGNMENTS]
    connection.execute(insert(named("assignment")), assignments)
    accounts = [
        {"channel": CHANNEL, "address": called, "person": number, "bound_at": LONG_AGO}
        for called, (number, *_) in PEOPLE.items()
        if not called.startswith("new")
    ]
    connection.execute(insert(named("account")), accounts)
    _reports(connection)
    _case(connection)
    figures.refresh(connection, RULES)


def _reports(connection: Connection) -> None:
    first = {place: person for person, role, place in reversed(ASSIGNMENTS) if role == "grid_worker"}
    number = itertools.count(1)
    for back in range(1, RUN + 1):
        day = TODAY - timedelta(days=back)
        at = datetime(day.year, day.month, day.day, 9, tzinfo=ZONE)
        for person in sorted(set(first.values())):
            filing = next(number)
            values = {"id": filing, "person": person, "day": day, "recorded_at": at, "late": False, "source": "chat"}
            connection.execute(insert(named("filing")), values)
            lines = [
                {
                    "filing": filing, "place": place, "day": day, "status": "normal", "person": person,
                    "recorded_at": at, "late": False,
                }
                for place, whose in first.items()
                if whose == person
            ]  # fmt: skip
            connection.execute(insert(named("report")), lines)


def _case(connection: Connection) -> None:
    """The case of the product's own example: suspected, found 15 October, taken to hospital on the 18th."""
    connection.execute(insert(named("case_")), {"code": "S1015-01", "place": "23", "opened_at": LONG_AGO})
    events = [("found", "suspected", date(2026, 10, 15)), ("left", "", date(2026, 10, 18))]
    rows = [
        {
            "case": "S1015-01", "place": "23", "event": event, "kind": kind, "on": day,
            "recorded_at": datetime(day.year, day.month, day.day, 12, tzinfo=ZONE), "source": "import",
        }
        for event, kind, day in events
    ]  # fmt: skip
    connection.execute(insert(named("case_event")), rows)
    figures.project(connection, RULES, ["S1015-01"])


def tokens() -> Callable[[], str]:
    """Tokens that come in order, so that a test can be told twice."""
    number = itertools.count(1)
    return lambda: f"tok{next(number):05}"


def desk(database: Database, clock: Callable[[], datetime] = lambda: NOW) -> Desk:
    """A desk over the town."""
    return Desk(database, KEYRING, RULES, ZONE, clock, tokens(), "https://wuyi.example")
