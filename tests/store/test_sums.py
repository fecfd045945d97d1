"""Sums of days: always what the lines say, whatever was written and whenever the clock ticked; on both databases."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, insert, select, text, update

from bot.model import LeaveEnded, LeaveTaken, Line, ReportFiled, ReportWithdrawn, Status
from bot.roster.bring import bring
from bot.store import absence, daily, duties, ending, figures, filings, settling, sums
from bot.store.acts import Act
from bot.store.database import Database
from bot.store.prepared import Prepared
from bot.store.tables import named
from tests.assessed import HOUSE
from tests.desk.test_overview import counted
from tests.town import KEYRING, LONG_AGO, NOW, RULES, TODAY, _fill

DAY = timedelta(days=1)
FIRST = TODAY - 12 * DAY
ZHANG = Act(1, None, NOW)


@pytest.fixture(autouse=True)
def _any_town_has_sums(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "_FEWER", Prepared(select(named("place").c.code).limit(1)))


@pytest.fixture
def town(database: Database) -> Database:
    """The town, on SQLite and on PostgreSQL."""
    database.write(_fill)
    if not database.sqlite:  # the town brought its own numbers
        database.write(lambda c: c.execute(text("SELECT setval(pg_get_serial_sequence('filing', 'id'), 5000)")))
    return database


def tick(database: Database, times: int = 1) -> int:
    """Let the clock tick; how many sums were made."""
    return sum(database.write(lambda connection: settling.settle(connection, TODAY)) for _ in range(times))


def agree(connection: Connection, dice: random.Random) -> None:
    """The sums are what the lines say, of any days and places, and so is what is covered."""
    codes = list(connection.execute(select(named("place").c.code)).scalars())
    for _ in range(4):
        since = FIRST - 3 * DAY + dice.randrange(16) * DAY
        until = since + dice.randrange(-1, 9) * DAY
        some = dice.sample(codes, min(len(codes), 5))
        assert sums.tallies(connection, since, until, some) == figures.tallies(connection, since, until, some)
    day = FIRST + dice.randrange(13) * DAY
    known = sums.heads(connection)
    whole = daily.day_of(connection, figures.Scope(connection, None, None).rows(), day)
    covered = {code for code, bits in whole.town.covered(whole.stands).items() if bits}
    assert known.covered(sums.parts_of(connection, day, known), day).keys() == covered & known.parents.keys()


class Roster:
    """A town drawn by lot, which goes on changing; whoever writes says so, as the program does."""

    def __init__(self, connection: Connection, dice: random.Random) -> None:
        """Places of every level, some closed and some that begin late; a village with compounds, a house of its own."""
        self.connection, self.dice, self.filing = connection, dice, 0
        rows: list[tuple[str, str, str | None]] = [("C", "county", None), ("H", "village", None)]
        for town in range(2):
            rows.append((f"T{town}", "township", "C"))
            rows += [(f"V{town}", "village", f"T{town}"), (f"V{town}a", "compound", f"V{town}")]
            for community in range(2):
                one = f"S{town}{community}"
                rows += [(one, "community", f"T{town}"), (f"{one}u", "unit", one)]
                for number in range(3):
                    rows.append((f"{one}{number}", "compound", one))
                    rows += [(f"{one}{number}b{n}", "building", f"{one}{number}") for n in range(dice.randrange(3))]
        for code, level, parent in rows:
            row: dict[str, Any] = {"code": code, "name": code, "level": level, "parent": parent, "aliases": ""}
            row |= {"start": self.day() if dice.random() < 0.2 else None, "closed": None}
            row["closed"] = self.day() if dice.random() < 0.15 and level != "county" else None
            connection.execute(insert(named("place")), row)
        self.codes = [code for code, _, _ in rows]
        person = {"id": 1, "locale": "zh", "created_at": LONG_AGO, "name": KEYRING.seal("人")}
        person |= {"phone": KEYRING.seal("+8613900000001"), "phone_hash": KEYRING.lookup("+8613900000001", "phone")}
        connection.execute(insert(named("person")), person)
        for _ in range(25):
            self.assign()

    def day(self) -> date:
        """Some day of the days that are looked at."""
        return FIRST + self.dice.randrange(13) * DAY

    def assign(self) -> None:
        """Somebody has something to do somewhere, for ever or for some days."""
        place, since, until = self.dice.choice(self.codes), self.dice.choice([None, self.day()]), None
        if self.dice.random() < 0.3:
            until = (since or self.day()) + self.dice.randrange(4) * DAY
        row = {"person": 1, "role": "grid_worker", "place": place, "since": since, "until": until}
        self.connection.execute(insert(named("assignment")), row | {"recorded_at": LONG_AGO})
        settling.reassigned(self.connection, [place], since, until)

    def report(self) -> None:
        """A report of some places, maybe late; or one that takes it back."""
        self.filing += 1
        places = self.dice.sample(self.codes, self.dice.randrange(1, 8))
        line: dict[str, Any] = {
            "day": self.day(),
            "recorded_at": NOW + self.filing * DAY,
            "late": self.dice.random() < 0.3,
        }
        self.connection.execute(insert(named("filing")), {"id": self.filing, "source": "import", **line})
        status = self.dice.choice(["normal", "abnormal", "withdrawn"])
        rows = [{**line, "filing": self.filing, "place": place, "status": status} for place in places]
        self.connection.execute(insert(named("report")), rows)
        settling.reported(self.connection, line["day"], places)

    def move(self) -> None:
        """A place hangs elsewhere, and the roster says so."""
        place = named("place")
        code, above = self.dice.choice(
            [("S00", "T1"), ("S11", "T0"), ("S000", "S10"), ("S000", "V1"), ("V0a", "S01"), ("S01u", "T1"), ("H", "T0")]
        )
        self.connection.execute(update(place).where(place.c.code == code).values(parent=above))
        settling.replanted(self.connection)


@pytest.mark.parametrize("seed", range(6))
def test_they_are_what_the_lines_say(database: Database, seed: int) -> None:
    """Whatever is written in between, and whether the clock ticked since or not."""
    dice = random.Random(seed)
    roster: list[Roster] = []
    database.write(lambda connection: roster.append(Roster(connection, dice)))

    def change(connection: Connection) -> None:
        roster[0].connection = connection
        for _ in range(dice.randrange(1, 6)):
            dice.choices([roster[0].report, roster[0].assign, roster[0].move], [8, 2, 1])[0]()

    made = 0
    for _ in range(12):
        database.write(change)
        made += tick(database, dice.randrange(5))
        with database.read() as connection:
            agree(connection, dice)
    assert made
    tick(database, 20)
    with database.read() as connection:
        assert settling.waiting(connection, TODAY) == []


@pytest.fixture
def settled(town: Database) -> Iterator[Database]:
    """The town with all its sums made; what a test does to it leaves them what the lines say."""
    tick(town, 30)
    with town.read() as connection:
        assert settling.waiting(connection, TODAY) == []
        before = figures.tallies(connection, FIRST, TODAY, ["X", "T", "JA", "XM"])
    yield town
    with town.read() as connection:
        after = figures.tallies(connection, FIRST, TODAY, ["X", "T", "JA", "XM"])
        assert sums.tallies(connection, FIRST, TODAY, ["X", "T", "JA", "XM"]) == after
        assert after != before, "what was done changed the figures"


def test_a_report_and_its_withdrawal(settled: Database) -> None:
    """Each makes the day stale, and only that day of that community."""
    filed = ReportFiled(TODAY, (Line("22", Status.NORMAL), Line("23", Status.NORMAL)))
    settled.write(lambda c: filings.file_report(c, HOUSE, ZHANG, filed, duties.duties(c, 1)))
    with settled.read() as connection:
        assert settling.waiting(connection, TODAY) == [(TODAY, {"JA"})]
        agree(connection, random.Random(1))
    assert tick(settled) == 1
    back = ReportWithdrawn(TODAY, ("22",))
    settled.write(lambda c: filings.withdraw_report(c, HOUSE, ZHANG, back))
    with settled.read() as connection:
        assert settling.waiting(connection, TODAY) == [(TODAY, {"JA"})]


def test_the_end_of_the_event(settled: Database) -> None:
    """Nobody owes anything any more."""
    settled.write(lambda c: ending.end(c, KEYRING, NOW, keep_roster=False))


def test_an_import(settled: Database, tmp_path: Path) -> None:
    """A roster may move, close and hand over anything: all is counted anew."""
    (tmp_path / "assignments.csv").write_text("phone,role,place,to\n13800000001,grid_worker,22,2026-11-15\n", "utf-8")
    bring(settled, KEYRING, RULES, NOW, tmp_path)


def test_leave_and_its_end(town: Database) -> None:
    """Days that a stand-in covers are counted anew, and no others; so are those on which the stand-in is not needed."""
    tick(town, 30)
    leave = LeaveTaken(TODAY - 2 * DAY, TODAY + DAY, 2)
    assert town.write(lambda c: absence.take_leave(c, ZHANG, leave, {2})) == ("23", "22", "24")
    stale = [(TODAY - n * DAY, {"JA"}) for n in range(3)]
    with town.read() as connection:
        assert settling.waiting(connection, TODAY) == stale
    tick(town)
    assert town.write(lambda c: absence.end_leave(c, ZHANG, LeaveEnded(TODAY - DAY))) == (2,)
    with town.read() as connection:
        assert settling.waiting(connection, TODAY) == stale[:2]
        agree(connection, random.Random(2))


def test_a_small_town_keeps_none(town: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is nothing to be won by it."""
    monkeypatch.setattr(settling, "_FEWER", Prepared(select(named("place").c.code).offset(500).limit(1)))
    assert tick(town) == 0


def test_no_more_at_once_than_a_few_days(town: Database) -> None:
    """A town that comes with its past is summed up over many ticks, the newest days first; old sums go."""
    made: list[int] = []
    while (count := tick(town)) and len(made) < 20:
        made.append(count)
    heads, days = 5, 20 + 1
    assert made == [heads * settling.AT_ONCE] * (days // settling.AT_ONCE) + [heads * (days % settling.AT_ONCE)]
    later = TODAY + settling.KEPT
    town.write(lambda c: settling.settle(c, later))
    with town.read() as connection:
        assert connection.execute(select(func.min(named("day_sum").c.day))).scalar() == TODAY


def test_a_month_asks_no_report(town: Database) -> None:
    """What is summed up is not counted again."""
    tick(town, 30)
    with counted(town) as statements, town.read() as connection:
        sums.tallies(connection, FIRST, TODAY, ["X", "T"])
    assert len(statements) == 2
    assert not any("report" in each for each in statements)


def test_nobody_writes_reports_while_they_are_made(town: Database) -> None:
    """What another transaction has written and not committed would be missing from a sum that is called fresh."""
    if town.sqlite:
        return  # it has one writer, and this one is it
    with town.engine.connect() as other:
        line = {"day": TODAY, "recorded_at": NOW, "late": False}
        other.execute(insert(named("filing")), {"id": 900, "source": "import", **line})
        other.execute(insert(named("report")), {**line, "filing": 900, "place": "22", "status": "normal"})
        settling.reported(other, TODAY, ["22"])
        assert tick(town) == 0
        other.commit()
    assert tick(town) == 5 * settling.AT_ONCE
    with town.read() as connection:
        assert sums.tallies(connection, TODAY, TODAY, ["JA"])["JA"].received == 1
