"""Reminders that waited, because a platform or the program was away: one message carries what came due meanwhile."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.store.database import Database
from scheduler.claims import Due
from tests.scheduler.remindings import OUTBOX, REMINDER, Reminded, moment

FIRST, LAST = "2026-11-24 15:00", "2026-11-24 16:30"


@pytest.fixture
def people(town: Database) -> Reminded:
    """The town's people."""
    return Reminded(town)


def tick(people: Reminded, said: str) -> None:
    """A tick whose letters stay in the outbox."""
    people.at(said)
    people.reminding.remind(people.now)


def states(people: Reminded) -> list[tuple[int, str, int]]:
    """Zhang's reminders: number, state, and how many moments each serves."""
    with people.database.read() as connection:
        rows = connection.execute(select(OUTBOX).where(OUTBOX.c.person == 1, OUTBOX.c.kind == "reminder")).all()
        served = connection.execute(select(REMINDER.c.outbox)).scalars().all()
    return [(row.id, row.state, served.count(row.id)) for row in rows]


def over(people: Reminded, number: int, said: str) -> bool:
    """Whether the post, about to send it, is told to leave it."""
    with people.database.read() as connection:
        return bool(people.reminding.still(connection, moment(said), [Due(number, 1, "reminder")]))


def test_a_newer_reminder_carries_the_one_that_waits(people: Reminded) -> None:
    """The platform took nothing for two hours: of two reminders one goes, and both moments are served."""
    tick(people, FIRST)
    ((first, _, _),) = states(people)
    tick(people, LAST)
    (_, before, left), (_, state, carried) = states(people)
    assert (before, left, state, carried) == ("cancelled", 0, "pending", 2)
    assert first
    tick(people, "2026-11-24 16:31")
    assert len(states(people)) == 2, "nothing is planned anew"


def test_one_that_was_sent_stays_as_it_is(people: Reminded) -> None:
    """Only what waits is taken back."""
    people.remind(FIRST)
    tick(people, LAST)
    assert [(state, served) for _, state, served in states(people)] == [("sent", 1), ("pending", 1)]


def test_what_came_due_while_it_waited_goes_with_it(people: Reminded) -> None:
    """The program was away from 15:01 to 16:41; before it ticks the post would send the old words alone."""
    tick(people, FIRST)
    ((number, _, _),) = states(people)
    assert not over(people, number, "2026-11-24 16:29")
    assert over(people, number, "2026-11-24 16:41")
    people.at("2026-11-24 16:41")
    people.database.write(lambda c: c.execute(REMINDER.delete().where(REMINDER.c.outbox == number)))
    people.settle(number, "cancelled")
    assert "zhang" in people.remind("2026-11-24 16:41")
    assert states(people)[-1][2] == 2
