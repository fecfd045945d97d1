"""Statements of the hot path say and give what SQLAlchemy's own way does, on both databases."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import BindParameter, Connection, bindparam, event, func, insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from bot.store.database import Database
from bot.store.prepared import Prepared, plain, savepoint
from bot.store.tables import named

PLACE = named("place")
MEDIA = named("media")
AT = datetime(2026, 11, 24, 9, 30, 0, 123456, tzinfo=UTC)
CODES: BindParameter[Any] = bindparam("codes", expanding=True)
ADD = Prepared(insert(PLACE))
ADD_MEDIA = Prepared(insert(MEDIA).returning(MEDIA.c.name, MEDIA.c.made_at))
OF = Prepared(select(PLACE.c.code, PLACE.c.name, PLACE.c.start).where(PLACE.c.code.in_(CODES)).order_by(PLACE.c.code))
RENAME = Prepared(update(PLACE).where(PLACE.c.code.in_(CODES)).values(name=bindparam("to"), level="unit"))


def row(code: str, **more: object) -> dict[str, object]:
    """A place."""
    return {
        "code": code,
        "name": f"'{code}' 100%",
        "level": "compound",
        "aliases": "",
        "start": date(2026, 1, 2),
        **more,
    }


def test_what_is_written_is_read_as_it_was(database: Database) -> None:
    """Days, moments, quotes and percent signs come back as they went in; a row knows its columns' names."""
    database.write(lambda connection: ADD.each(connection, [row("A"), row("B", start=None)]))
    media = {"name": "m", "size": 1, "width": 1, "height": 1, "made_at": AT}
    kept = database.write(lambda connection: ADD_MEDIA.first(connection, media))
    assert tuple(kept) == ("m", AT)
    with database.read() as connection:
        first, second = OF.all(connection, {"codes": ["A", "B"]})
        assert (first.code, first.name, first.start, second.start) == ("A", "'A' 100%", date(2026, 1, 2), None)
        assert OF.scalar(connection, {"codes": ["?"]}) is None
        query = select(func.count()).select_from(MEDIA).where(MEDIA.c.made_at == AT)
        assert connection.execute(query).scalar() == 1  # stored as SQLAlchemy stores it


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 8, 9])
def test_a_list_of_any_length_finds_its_own(database: Database, count: int) -> None:
    """Lists are filled up for the sake of few statements; that finds nothing more, and nothing twice."""
    codes = [f"{n:02}" for n in range(12)]
    database.write(lambda connection: ADD.each(connection, [row(code) for code in codes]))
    with database.read() as connection:
        assert [each.code for each in OF.all(connection, {"codes": codes[:count]})] == codes[:count]


def test_it_tells_how_many_rows_it_changed(database: Database) -> None:
    """As ``rowcount`` does; a constant of the statement is written with it."""
    database.write(lambda connection: ADD.each(connection, [row("A"), row("B")]))
    assert database.write(lambda connection: RENAME.run(connection, {"codes": ["A", "B", "C"], "to": "x"})) == 2
    with database.read() as connection:
        assert set(connection.execute(select(PLACE.c.name, PLACE.c.level))) == {("x", "unit")}


def test_nothing_is_run_for_no_rows(database: Database) -> None:
    """An empty list of rows is no statement."""
    database.write(lambda connection: ADD.each(connection, []))
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(PLACE)).scalar() == 0


def test_other_values_than_at_first_are_refused(database: Database) -> None:
    """A value that the compiled statement has no room for is not dropped in silence."""
    adding = Prepared(insert(PLACE))
    database.write(lambda connection: adding.run(connection, row("A")))
    with pytest.raises(ValueError, match="other values"):
        database.write(lambda connection: adding.run(connection, row("B", parent="A")))


def test_a_default_made_in_python_must_be_given(database: Database) -> None:
    """Only SQLAlchemy's own way would fill it in."""
    with pytest.raises(ValueError, match=r"place\.aliases"):
        database.write(lambda connection: Prepared(insert(PLACE)).run(connection, {"code": "A"}))


def test_an_error_is_sqlalchemy_s_and_holds_no_values(database: Database) -> None:
    """Who catches an IntegrityError catches this one; its text does not tell what somebody said."""
    database.write(lambda connection: ADD.run(connection, row("A", name="planted words")))
    with pytest.raises(IntegrityError) as caught:
        database.write(lambda connection: ADD.run(connection, row("A", name="planted words")))
    assert "planted" not in str(caught.value)
    with pytest.raises(OperationalError if database.sqlite else Exception, match="nonsense"):
        database.write(lambda connection: plain(connection, "nonsense"))


def test_what_is_no_error_of_the_driver_stays_as_it_is(database: Database) -> None:
    """A value that the driver cannot take is our mistake, whatever the driver calls it."""
    with pytest.raises(Exception, match=r"(?i)type|adapt"):
        database.write(lambda connection: ADD.run(connection, row("A", name=object())))


def test_the_hour_that_comes_twice_is_two_hours(database: Database) -> None:
    """Two moments that Python takes for equal, though an hour lies between them, are kept as the two that they are."""
    zone = ZoneInfo("Europe/Berlin")
    first, again = (datetime(2026, 10, 25, 2, 30, tzinfo=zone, fold=fold) for fold in (0, 1))
    assert first == again
    for name, at in (("a", first), ("b", again)):
        media = {"name": name, "size": 1, "width": 1, "height": 1, "made_at": at}
        kept = database.write(partial(ADD_MEDIA.first, values=media))
        assert kept.made_at == at.astimezone(UTC)
    assert again.astimezone(UTC) - first.astimezone(UTC) == timedelta(hours=1)


def test_a_moment_without_a_zone_is_refused_each_time(database: Database) -> None:
    """That it was refused before makes it no better."""
    media = {"name": "m", "size": 1, "width": 1, "height": 1, "made_at": AT.replace(tzinfo=None)}
    for _ in range(2):
        with pytest.raises(ValueError, match="without a time zone"):
            database.write(lambda connection: ADD_MEDIA.first(connection, media))


def test_what_fails_within_a_part_is_undone_and_nothing_else(database: Database) -> None:
    """The transaction goes on, on PostgreSQL too, as if the part had not been tried."""

    def job(connection: Connection) -> None:
        ADD.run(connection, row("A"))
        with savepoint(connection):
            ADD.run(connection, row("B"))
        with suppress(IntegrityError), savepoint(connection):
            ADD.run(connection, row("C"))
            ADD.run(connection, row("A"))

    database.write(job)
    with database.read() as connection:
        assert [each.code for each in OF.all(connection, {"codes": ["A", "B", "C"]})] == ["A", "B"]


def test_it_knows_what_it_asks_for() -> None:
    """The parameters by name, and none of the constants."""
    assert RENAME.asks == {"codes", "to"}


def test_a_read_begins_its_transaction(database: Database) -> None:
    """Two questions of one reader see one state, though somebody writes between them."""
    with database.read() as connection:
        before = OF.all(connection, {"codes": ["A"]})
        database.write(lambda other: ADD.run(other, row("A")))
        assert OF.all(connection, {"codes": ["A"]}) == before == []


def test_whoever_listens_hears_of_it(database: Database) -> None:
    """The event that tells of each statement tells of these too."""
    heard: list[str] = []

    def note(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        heard.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    with database.read() as connection:
        OF.all(connection, {"codes": ["A"]})
    assert sum("FROM place" in statement for statement in heard) == 1


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_lost_connection_is_replaced(database: Database) -> None:
    """The server ended it: the turn fails as SQLAlchemy's would, and the next one has a new connection."""

    def job(connection: Connection) -> None:
        plain(connection, "SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(OperationalError) as caught:
        database.write(job)
    assert caught.value.connection_invalidated
    database.write(lambda connection: ADD.run(connection, row("A")))
