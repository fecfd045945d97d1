"""After a restore nobody is told twice what may have gone out before; what comes due from then on is told."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select, update

from bot.desk import letters
from bot.desk.cards import Card
from bot.model import Address
from bot.store.database import Database
from bot.store.tables import named
from bot.store.webhooks import CHANNEL as PROGRAMS
from scheduler.jobs import House
from scheduler.restored import WHY, awake, doubt
from tests.scheduler.remindings import OUTBOX, Reminded, moment
from tests.store.backups import restore, save, settle, store
from tests.town import KEYRING, NOW, PEOPLE

FIRST, LAST = "2026-11-24 15:00", "2026-11-24 16:30"


@pytest.fixture
def before(database: Database) -> Reminded:
    """The town's people, before the loss."""
    settle(database)
    return Reminded(database)


def tick(people: Reminded, said: str) -> None:
    """All that the house says by itself at this moment."""
    people.at(said)
    house = House(people.database, people.tools, store(people.database, Path("nowhere")), people._wake)
    for job in house.jobs():
        if job.name != "retention":
            job.do(people.now)


def brought_back(before: Reminded, folder: Path, said: str, *, moved: bool = False) -> Reminded:
    """The people after the backup of 14:58 was restored over all that came later."""
    people = Reminded(before.database)
    people.at(said)
    how = {} if moved else {"doubt": lambda connection: doubt(connection, people.tools, people.now)}
    restore(before.database, folder / "town.zip", folder, now=people.now, safety=int, **how)
    return people


def states(people: Reminded, kind: str) -> dict[str, int]:
    """How many letters of a kind are in which state."""
    with people.database.read() as connection:
        found = list(connection.execute(select(OUTBOX.c.state).where(OUTBOX.c.kind == kind)).scalars())
    return {state: found.count(state) for state in found}


def test_a_reminder_that_went_out_since_does_not_come_twice(before: Reminded, tmp_path: Path) -> None:
    """Its moment was after the backup, which knows nothing of it; the next moment is kept as ever."""
    save(before.database, tmp_path / "town.zip", tmp_path)
    assert sorted(before.remind(FIRST)) == ["li", "smith", "zhang"]
    people = brought_back(before, tmp_path, "2026-11-24 15:07")
    tick(people, "2026-11-24 15:07")
    tick(people, "2026-11-24 15:10")
    assert people.arrive("reminder") == []
    assert states(people, "reminder") == {"uncertain": 3}
    assert sorted(people.remind(LAST)) == ["li", "smith", "zhang"]


def test_what_was_told_in_the_evening_is_not_told_in_the_morning(before: Reminded, tmp_path: Path) -> None:
    """Restored at night: the day in one message went at ten past five, and milestones with it."""
    save(before.database, tmp_path / "town.zip", tmp_path)
    for said in (FIRST, LAST, "2026-11-24 17:10", "2026-11-24 18:00"):
        tick(before, said)
    told = {kind: states(before, kind) for kind in ("digest", "notice")}
    assert told["digest"] == {"pending": 4}
    people = brought_back(before, tmp_path, "2026-11-25 02:00")
    for said in ("2026-11-25 02:00", "2026-11-25 07:30", "2026-11-25 08:00"):
        tick(people, said)
    assert states(people, "digest") == {"uncertain": 4}
    assert states(people, "notice").get("pending", 0) == 0
    assert states(people, "reminder").get("pending", 0) == 0


def test_what_waited_is_uncertain_and_what_does_no_harm_twice_goes_again(before: Reminded, tmp_path: Path) -> None:
    """As after a kill: an operator decides; an edit, and a fact for a program that knows its number, are repeated."""
    new, edit = letters.Letter(Card("新"), Address("test", "zhang"), 1), Address("test", "li")
    told = letters.Letter(Card("{}"), Address(PROGRAMS, "1"))
    many = [new, letters.Letter(Card("改"), edit, 2, edits="m1"), told]

    def job(state: str, connection: Connection) -> None:
        numbers = letters.write_all(connection, KEYRING, before.tools.token, NOW, many)
        connection.execute(update(OUTBOX).where(OUTBOX.c.id.in_(numbers)).values(state=state))

    for state in ("pending", "claimed", "sending", "sent"):
        before.database.write(partial(job, state))
    save(before.database, tmp_path / "town.zip", tmp_path)
    people = brought_back(before, tmp_path, "2026-11-24 14:59")
    with people.database.read() as connection:
        rows = connection.execute(select(OUTBOX.c.state, OUTBOX.c.why).order_by(OUTBOX.c.id)).all()
    assert [row.state for row in rows] == ["uncertain", "pending", "pending"] * 3 + ["sent"] * 3
    assert {row.why for row in rows} == {WHY, ""}


def test_after_a_move_what_waited_goes_out(before: Reminded, tmp_path: Path) -> None:
    """The bot was stopped before the backup: nothing of it can have gone since, and browsers stay signed in."""
    tick(before, FIRST)
    session = {"token_hash": b"h", "person": PEOPLE["li"][0], "made_at": NOW, "expires_at": NOW + timedelta(days=9)}
    before.database.write(lambda connection: connection.execute(insert(named("web_session")), session))
    save(before.database, tmp_path / "town.zip", tmp_path)
    people = brought_back(before, tmp_path, "2026-11-24 15:07", moved=True)
    assert states(people, "reminder") == {"pending": 3}
    assert ended(people) == [None]
    people = brought_back(before, tmp_path, "2026-11-24 15:07")
    assert states(people, "reminder") == {"uncertain": 3}
    assert ended(people) == [people.now]


def ended(people: Reminded) -> list[object]:
    """When browsers were signed out."""
    with people.database.read() as connection:
        return list(connection.execute(select(named("web_session").c.ended_at)).scalars())


@pytest.mark.parametrize(
    ("now", "last"),
    [
        ("2026-11-24 15:07", "2026-11-24 15:07"),
        ("2026-11-24 21:30", "2026-11-24 21:29"),
        ("2026-11-24 23:50", "2026-11-24 21:29"),
        ("2026-11-25 02:00", "2026-11-24 21:29"),
        ("2026-11-25 07:30", "2026-11-25 07:30"),
    ],
)
def test_the_last_moment_at_which_anybody_was_told(before: Reminded, now: str, last: str) -> None:
    """In the quiet hours it is the minute before they began."""
    assert awake(moment(now), before.tools) == moment(last)
