"""Published once, on both databases; what is due, and what a day that differs is blamed on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, insert, select, update

from bot.model import Level, PackRules
from bot.scoring.packs import load
from bot.store import figures, milestones, published
from bot.store.database import Database
from bot.store.published import GRACE, closing, due
from bot.store.restated import history
from bot.store.tables import named
from tests.store.test_published import Bench

DAY = date(2026, 11, 20)
ONE = timedelta(days=1)
RULES = replace(load("default"), start=date(2026, 11, 1), milestones=(18, 20))
BESIDE = replace(load("village"), name="beside", start=date(2026, 11, 10), levels=(Level.COMPOUND,))
BENCH = Bench((RULES, BESIDE))
AFTER = closing(BENCH, DAY) + GRACE


def noon(day: date) -> datetime:
    """Noon in Shanghai."""
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def case(connection: Connection, code: str, at: datetime, *, on: date, kind: str = "confirmed") -> None:
    """A case found at the compound, recorded at a moment."""
    connection.execute(insert(named("case_")), {"code": code, "place": "X", "opened_at": at})
    row = {"case": code, "place": "X", "event": "found", "kind": kind, "on": on, "recorded_at": at, "other": ""}
    connection.execute(insert(named("case_event")), row | {"source": "chat"})
    figures.project(connection, RULES, [code])


def report(connection: Connection, day: date, at: datetime, status: str = "normal") -> None:
    """A report of the compound."""
    row = {"day": day, "recorded_at": at, "late": False}
    filing = connection.execute(
        insert(named("filing")).values(**row, source="chat").returning(named("filing").c.id)
    ).scalar_one()
    connection.execute(insert(named("report")), row | {"filing": filing, "place": "X", "status": status})


@pytest.fixture
def town(database: Database) -> Database:
    """A community with one compound, known since 15 November."""

    def job(connection: Connection) -> None:
        for code, level, parent in (("S", "community", None), ("X", "compound", "S")):
            row = {"code": code, "name": code, "level": level, "parent": parent, "aliases": ""}
            connection.execute(insert(named("place")), row)
        report(connection, date(2026, 11, 15), noon(date(2026, 11, 15)))
        figures.refresh(connection, RULES)

    database.write(job)
    return database


def rows(database: Database) -> list[tuple[object, ...]]:
    """Pack, place, day and days of all that was published."""
    table = named("published")
    query = select(table.c.pack, table.c.place, table.c.day, table.c.days).order_by(*table.primary_key)
    with database.read() as connection:
        return [tuple(row) for row in connection.execute(query)]


def test_a_deployment_begins_with_the_first_thing_that_was_recorded(town: Database) -> None:
    """Every day since then, under every pack, and places of a level that a pack does not judge are left out."""
    days = town.write(lambda connection: published.publish_due(connection, BENCH, AFTER))
    assert days == [date(2026, 11, 15) + n * ONE for n in range(6)]
    found = rows(town)
    assert {row[:2] for row in found} == {("default", "S"), ("default", "X"), ("beside", "X")}
    assert ("default", "X", DAY, 20) in found
    assert ("beside", "X", DAY, 11) in found


def test_before_its_cutoff_and_a_minute_a_day_is_not_due(town: Database) -> None:
    """Then it is, and after it was published no more."""

    def newest(now: datetime) -> date:
        with town.read() as connection:
            return max((day for day, _ in due(connection, BENCH, now)), default=date.min)

    assert newest(AFTER - timedelta(seconds=1)) == DAY - ONE
    assert newest(AFTER) == DAY
    town.write(lambda connection: published.publish_due(connection, BENCH, AFTER))
    assert newest(AFTER) == date.min


def test_a_call_does_so_much_and_the_next_goes_on(town: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounded work: whole days, oldest first."""
    monkeypatch.setattr(published, "ROWS", 4)
    calls = [town.write(lambda connection: published.publish_due(connection, BENCH, AFTER)) for _ in range(4)]
    assert [len(days) for days in calls] == [2, 2, 2, 0]


def test_a_pack_that_is_taken_up_later_begins_where_it_may(town: Database) -> None:
    """What the leading pack has published is left alone, and an empty house owes nothing."""
    alone = Bench((RULES,))
    town.write(lambda connection: published.publish_due(connection, alone, AFTER))
    before = rows(town)
    town.write(lambda connection: published.publish_due(connection, BENCH, AFTER))
    assert [row for row in rows(town) if row[0] == "default"] == before
    town.write(lambda connection: connection.execute(update(named("place")).values(closed=date(2026, 11, 16))))
    with town.read() as connection:
        assert list(due(connection, BENCH, AFTER + 3 * ONE)) == []


def test_what_is_published_twice_is_written_once(town: Database) -> None:
    """The second writer changes nothing, whatever it knows by then."""
    assert town.write(lambda connection: published.publish(connection, BENCH, DAY, AFTER)) == 3
    before = rows(town)
    town.write(lambda connection: case(connection, "C1", noon(DAY), on=DAY))
    assert town.write(lambda connection: published.publish(connection, BENCH, DAY, AFTER + ONE)) == 0
    assert rows(town) == before


def test_an_import_under_an_earlier_moment_is_told_as_the_cause(town: Database) -> None:
    """Recorded before the cutoff, so it says, and brought in after it: what was published stays, the case is named."""
    town.write(lambda connection: published.publish(connection, BENCH, DAY, AFTER))
    town.write(lambda connection: case(connection, "C1", noon(DAY), on=DAY))
    with town.read() as connection:
        (past, beside) = history(connection, BENCH, "X", DAY, DAY)
    (day,) = past.days
    assert (day.published.days, day.restated.days) == (20, 0)
    assert day.cause is not None
    assert (day.cause.case, day.cause.event) == ("C1", "found")
    assert beside.pack == "beside"
    assert beside.days[0].differs


@pytest.mark.parametrize("status", ["normal", "withdrawn"])
def test_a_report_can_be_the_cause(town: Database, status: str) -> None:
    """One that came after the cutoff, or was taken back after it, changes the state of its day."""
    if status == "withdrawn":
        town.write(lambda connection: report(connection, DAY, noon(DAY)))
    town.write(lambda connection: published.publish(connection, BENCH, DAY, AFTER))
    town.write(lambda connection: report(connection, DAY, AFTER + ONE, status))
    with town.read() as connection:
        past = history(connection, BENCH, "X", DAY, DAY)[0]
    cause = past.days[0].cause
    assert cause is not None
    assert (cause.case, cause.event, cause.on) == ("", "report" if status == "normal" else "withdrawn", DAY)


def test_an_imported_report_under_an_earlier_moment_is_a_cause(town: Database) -> None:
    """The state changed, no case did: it was a report."""
    town.write(lambda connection: published.publish(connection, BENCH, DAY, AFTER))
    town.write(lambda connection: report(connection, DAY, noon(DAY)))
    with town.read() as connection:
        cause = history(connection, BENCH, "X", DAY, DAY)[0].days[0].cause
    assert cause is not None
    assert cause.event == "report"


def test_where_no_fact_is_to_blame_none_is(town: Database) -> None:
    """The place's start was corrected in the roster: the figure differs, and has no cause among the facts."""
    town.write(lambda connection: published.publish(connection, BENCH, DAY, AFTER))
    town.write(lambda connection: connection.execute(update(named("place")).values(start=date(2026, 11, 11))))
    with town.read() as connection:
        (day,) = history(connection, BENCH, "X", DAY, DAY)[0].days
    assert day.differs
    assert day.cause is None
    with town.read() as connection:
        assert history(connection, BENCH, "none", DAY, DAY) == ()


def pass_days(database: Database, last: date) -> list[milestones.Milestone]:
    """Publish up to a day, with the milestones."""

    def job(connection: Connection) -> list[milestones.Milestone]:
        now = closing(BENCH, last) + GRACE
        days = published.publish_due(connection, BENCH, now)
        found = [each for day in days for each in milestones.record_milestones(connection, BENCH, day, now)]
        again = [each for day in days for each in milestones.record_milestones(connection, BENCH, day, now)]
        assert again == []
        return found

    return database.write(job)


def test_milestones_are_facts_each_recorded_once(town: Database) -> None:
    """Reached on the day of just so many; lost, all of that count, when it breaks; and reached anew by a new count."""

    def told(found: list[milestones.Milestone]) -> list[tuple[str, int, str, int]]:
        return [(each.place, each.days, each.event, each.on.day) for each in found if each.pack == "default"]

    assert told(pass_days(town, DAY)) == [
        ("S", 18, "reached", 18), ("X", 18, "reached", 18), ("S", 20, "reached", 20), ("X", 20, "reached", 20),
    ]  # fmt: skip
    town.write(lambda connection: case(connection, "C1", noon(DAY + ONE), on=DAY + ONE))
    assert told(pass_days(town, DAY + ONE)) == [(place, days, "lost", 21) for place in "SX" for days in (18, 20)]
    assert pass_days(town, DAY + 3 * ONE) == []


def test_a_count_that_turns_out_longer_loses_nothing(town: Database) -> None:
    """A case withdrawn later puts the beginning back: that breaks no count."""
    town.write(lambda connection: case(connection, "C0", noon(date(2026, 11, 15)), on=date(2026, 11, 1)))
    left = {"case": "C0", "place": "X", "event": "left", "kind": "", "on": date(2026, 11, 2), "other": ""}
    at = {"recorded_at": noon(date(2026, 11, 15)), "source": "chat"}
    town.write(lambda connection: connection.execute(insert(named("case_event")), left | at))
    assert [each.days for each in pass_days(town, DAY) if each.pack == "default" and each.place == "X"] == [18]
    back = left | {"event": "withdrawn", "recorded_at": AFTER + timedelta(hours=1), "source": "chat"}
    town.write(lambda connection: connection.execute(insert(named("case_event")), back))
    assert [each for each in pass_days(town, DAY + ONE) if each.event == "lost"] == []


def test_what_a_pack_judges_is_a_pack(town: Database) -> None:
    """A pack without milestones records none."""
    quiet: PackRules = replace(RULES, milestones=())
    with town.read() as connection:
        assert milestones.passed(connection, quiet.name, DAY) == []
    bench = Bench((quiet,))

    def job(connection: Connection) -> list[milestones.Milestone]:
        published.publish(connection, bench, DAY, AFTER)
        return milestones.record_milestones(connection, bench, DAY, AFTER)

    assert town.write(job) == []
