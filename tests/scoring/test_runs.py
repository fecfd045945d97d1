"""A person's run from a real database: duties, leave, stand-ins, colleagues, late reports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert
from sqlmodel import SQLModel

from bot.store.database import connect
from bot.store.figures import run_of
from bot.store.tables import Assignment, Filing, Leave, LeaveEnd, Person, Place, Report

ME, MATE = 1, 2
TODAY = date(2026, 3, 20)


def ago(days: int) -> date:
    """So many days before today."""
    return TODAY - timedelta(days=days)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    """Two places that are mine since long ago, and a colleague."""
    engine = connect(f"sqlite:///{tmp_path / 'wuyi.db'}")
    SQLModel.metadata.create_all(engine)
    now = datetime.combine(ago(99), time(4), UTC)
    with engine.connect() as made, made.begin() as turn:
        places = [("S", "community", None), ("A", "compound", "S"), ("B", "compound", "S")]
        made.execute(insert(Place), [{"code": c, "name": c, "level": le, "parent": p} for c, le, p in places])
        people = [{"id": n, "phone_hash": bytes([n]), "phone": b"", "name": b"", "created_at": now} for n in (ME, MATE)]
        made.execute(insert(Person), people)
        for place in ("S", "A", "B"):
            assign(made, ME, place)
        yield made
        turn.rollback()
    engine.dispose()


def assign(connection: Connection, person: int, place: str, **values: object) -> None:
    """Give somebody a place."""
    row = {"person": person, "role": "grid_worker", "place": place, "recorded_at": datetime.now(UTC), **values}
    connection.execute(insert(Assignment).values(**row))


def file(
    connection: Connection, day: date, places: str = "AB", who: int = ME, *, hour: int = 4, gone: bool = False
) -> None:
    """Report a day for places; after 09:00 UTC it is late."""
    row = {"day": day, "person": who, "recorded_at": datetime.combine(day, time(hour), UTC), "late": hour >= 9}
    filing = connection.execute(insert(Filing).values(source="chat", **row)).inserted_primary_key
    assert filing is not None
    for place in places:
        status = "withdrawn" if gone else "normal"
        connection.execute(insert(Report).values(filing=filing[0], place=place, status=status, **row))


def test_days_in_a_row_count(connection: Connection) -> None:
    """The run goes back to the first day that lacks a place, and a community is no duty of its own."""
    for n in (0, 1, 2, 4):
        file(connection, ago(n))
    file(connection, ago(3), "A")
    assert run_of(connection, ME, TODAY) == 3


def test_today_is_open_until_the_cutoff(connection: Connection) -> None:
    """Before it, what today lacks does not break the run; after it, it does."""
    file(connection, ago(1))
    assert run_of(connection, ME, TODAY) == 1
    assert run_of(connection, ME, TODAY, today_open=False) == 0


def test_nobody_has_a_run_without_reports(connection: Connection) -> None:
    """No reports, no run."""
    assert run_of(connection, ME, TODAY) == 0
    assert run_of(connection, MATE, TODAY) == 0


def test_a_late_report_breaks_and_a_late_correction_does_not(connection: Connection) -> None:
    """What stood at the cutoff decides."""
    file(connection, ago(2), hour=10)
    file(connection, ago(1))
    file(connection, ago(1), hour=10)
    file(connection, ago(0))
    assert run_of(connection, ME, TODAY) == 2


def test_a_report_taken_back_before_the_cutoff_breaks(connection: Connection) -> None:
    """Taken back and filed again in time it counts; taken back alone it does not."""
    file(connection, ago(2))
    file(connection, ago(2), hour=5, gone=True)
    file(connection, ago(1))
    file(connection, ago(1), hour=5, gone=True)
    file(connection, ago(1), hour=6)
    file(connection, ago(0))
    assert run_of(connection, ME, TODAY) == 2


def test_leave_neither_adds_nor_breaks_until_it_ends(connection: Connection) -> None:
    """A leave that ended early counts as leave up to the day before."""
    values = {"person": ME, "since": ago(5), "until": ago(2), "recorded_at": datetime.now(UTC)}
    connection.execute(insert(Leave).values(id=7, **values))
    for n in (0, 1, 2, 6):
        file(connection, ago(n))
    assert run_of(connection, ME, TODAY) == 3
    connection.execute(insert(LeaveEnd).values(leave=7, on=ago(3), recorded_at=datetime.now(UTC)))
    assert run_of(connection, ME, TODAY) == 3
    file(connection, ago(3))
    assert run_of(connection, ME, TODAY) == 5


@pytest.mark.parametrize(("since", "until"), [(50, 40), (60, 1), (420, 30), (450, 1)])
def test_a_leave_over_the_edge_of_a_window(connection: Connection, since: int, until: int) -> None:
    """However far back was looked at first: what was reported before a long leave still counts."""
    values = {"person": ME, "since": ago(since), "until": ago(until), "recorded_at": datetime.now(UTC)}
    connection.execute(insert(Leave).values(**values))
    for n in (*range(until), *range(since + 1, since + 6)):
        file(connection, ago(n))
    assert run_of(connection, ME, TODAY) == until + 5


def test_a_run_of_a_year(connection: Connection) -> None:
    """It is counted to its first day, whichever windows that takes."""
    for n in range(410):
        file(connection, ago(n))
    assert run_of(connection, ME, TODAY) == 410


def test_a_report_out_of_another_age(connection: Connection) -> None:
    """A day mistyped by a century is beyond what is looked at, and changes nothing."""
    file(connection, ago(0))
    file(connection, ago(36500))
    assert run_of(connection, ME, TODAY) == 1


def test_a_stand_in_takes_the_day_off_the_run(connection: Connection) -> None:
    """While somebody stands in at both places, nothing is owed; at one of them, the other is."""
    for place in ("A", "B"):
        assign(connection, MATE, place, since=ago(2), until=ago(1), stands_in_for=ME)
    assign(connection, MATE, "A", since=ago(3), until=ago(3), stands_in_for=ME)
    file(connection, ago(0))
    file(connection, ago(1), who=MATE)
    file(connection, ago(3), "B")
    file(connection, ago(4))
    assert run_of(connection, ME, TODAY) == 3
    assert run_of(connection, MATE, TODAY) == 0


def test_a_place_that_closes_is_no_longer_owed(connection: Connection) -> None:
    """From its closing day on the other place is enough; so too when an assignment ends."""
    connection.execute(Place.__table__.update().where(Place.__table__.c.code == "B").values(closed=ago(1)))  # type: ignore[attr-defined]
    assign(connection, MATE, "B", until=ago(3))
    file(connection, ago(0), "A")
    file(connection, ago(1), "A")
    file(connection, ago(2))
    assert run_of(connection, ME, TODAY) == 3


def test_a_day_that_a_colleague_reported_is_nobodys_loss(connection: Connection) -> None:
    """Two share the places; what one reported in time neither adds to the other's run nor breaks it."""
    file(connection, ago(0))
    file(connection, ago(1), who=MATE)
    file(connection, ago(2))
    assert run_of(connection, ME, TODAY) == 2
