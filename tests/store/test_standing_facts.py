"""What the facts say of a place, out of the store: cases of its whole subtree, lapses, reports; on both databases."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert, update
from sqlalchemy.exc import NoResultFound

from bot.model import DayState, Details
from bot.scoring.answers import Facts, Lapse, Spell, answers
from bot.scoring.criteria import load
from bot.store import codec, figures
from bot.store.database import Database
from bot.store.standing_facts import facts_of
from bot.store.tables import named
from tests.assessed import HOUSE
from tests.town import KEYRING, NOW, RULES, TODAY, _fill

DAY = timedelta(days=1)
Fact = tuple[str, int, str]
"""Event, days ago, and its kind or the case that it is merged into."""


def ago(days: int) -> date:
    """So many days before today."""
    return TODAY - days * DAY


@pytest.fixture
def town(database: Database) -> Database:
    """The town, on SQLite and on PostgreSQL."""
    database.write(_fill)
    return database


def case(connection: Connection, code: str, place: str, *facts: Fact) -> None:
    """A case with its log, as it is projected."""
    connection.execute(insert(named("case_")), {"code": code, "place": place, "opened_at": NOW})
    for what, days, more in facts:
        merged = what == "merged"
        row = {"case": code, "place": place, "event": what, "on": ago(days), "source": "chat"}
        row |= {"recorded_at": NOW - days * DAY, "other": more if merged else "", "kind": "" if merged else more}
        connection.execute(insert(named("case_event")), row)
    figures.project(connection, RULES, [code])


def facts(town: Database, place: str, as_of: date = TODAY) -> Facts:
    """What is known of a place."""
    with town.read() as connection:
        return facts_of(connection, HOUSE, place, as_of)


def test_a_quiet_place(town: Database) -> None:
    """Its streak, the day its counting starts, and the daily reports of the pack's 14 days up to today.

    Of 22, which counts from 13 November on, nothing is expected before that day.
    """
    known = facts(town, "JA")
    assert (known.streak.days, known.streak.state, known.threshold_days) == (37, DayState.UNVERIFIED, 14)
    assert known.start == RULES.start
    assert facts(town, "22").start == date(2026, 11, 13)
    assert (known.received, known.expected) == (3 * 13 - 2, 3 * 14 - 2)
    assert facts(town, "JA", ago(1)).received == 3 * 14 - 3
    assert known.spells == (Spell("S1015-01", "suspected", date(2026, 10, 15), date(2026, 10, 18)),)
    assert known.lapses == ()


def test_cases_of_the_whole_subtree(town: Database) -> None:
    """Those of the compounds count for community and township, and for no neighbour; each as what it is by that day."""

    def job(connection: Connection) -> None:
        case(connection, "M1", "22", ("found", 9, "close_contact"), ("left", 8, ""), ("diagnosed", 5, "confirmed"))
        case(connection, "F1", "25", ("found", 3, "fever"))
        case(connection, "W1", "22", ("found", 4, "confirmed"), ("withdrawn", 2, ""))

    town.write(job)
    contact = Spell("M1", "confirmed", ago(5), ago(8))
    old = Spell("S1015-01", "suspected", date(2026, 10, 15), date(2026, 10, 18))
    assert set(facts(town, "JA").spells) == {contact, old}
    assert facts(town, "XM").spells == (Spell("F1", "fever", ago(3), None),)
    assert set(facts(town, "T").spells) == {contact, old, Spell("F1", "fever", ago(3), None)}
    assert facts(town, "61").spells == ()
    before = Spell("M1", "close_contact", ago(9), ago(8))
    assert set(facts(town, "JA", ago(6)).spells) == {before, old}


def test_cases_that_are_one_person(town: Database) -> None:
    """Two reports of one person are charged once, at the place of the one that stands for both."""

    def job(connection: Connection) -> None:
        case(connection, "S1", "25", ("found", 6, "suspected"))
        case(connection, "F1", "22", ("found", 7, "fever"), ("merged", 5, "S1"))
        case(connection, "S1015-02", "23", ("found", 4, "suspected"), ("merged", 3, "S1015-01"))

    town.write(job)
    (mine,) = facts(town, "JA").spells
    assert mine.case == "S1015-01"
    assert [each.case for each in facts(town, "XM").spells] == ["S1"]
    assert sorted(each.case for each in facts(town, "T").spells) == ["S1", "S1015-01"]


def isolation(connection: Connection, place: str, *events: tuple[str, int, int]) -> int:
    """Somebody at home; each event with its day and the day it was written down, both in days ago."""
    body = KEYRING.seal(codec.dump(Details()))
    values = {"place": place, "since": ago(30), "days": 14, "body": body, "basis": "", "recorded_at": NOW - 30 * DAY}
    new = insert(named("isolation")).returning(named("isolation").c.id)
    number = int(connection.execute(new, values).scalar_one())
    for what, on, recorded in events:
        row = {"isolation": number, "event": what, "on": ago(on), "recorded_at": NOW - recorded * DAY}
        connection.execute(insert(named("isolation_event")), row)
    return number


def returnees(connection: Connection, place: str, arrived: int, recorded: int) -> int:
    """Persons who came back so many days ago, and were registered so many days ago."""
    body = KEYRING.seal(codec.dump(Details()))
    values: dict[str, Any] = {"place": place, "arrived": ago(arrived), "count": 2, "body": body, "basis": ""}
    new = insert(named("returnee")).returning(named("returnee").c.id)
    return int(connection.execute(new, values | {"recorded_at": NOW - recorded * DAY}).scalar_one())


def test_who_left_home_without_leave(town: Database) -> None:
    """Out of management from the day they left until the day it was written down; an end by hand is none."""
    number = town.write(lambda c: isolation(c, "22", ("broken", 6, 4), ("ended", 2, 2)))
    town.write(lambda c: isolation(c, "25", ("broken", 6, 6)))
    assert facts(town, "JA").lapses == (Lapse(f"i:{number}", ago(6), ago(4)),)
    assert facts(town, "JA", ago(5)).lapses == (Lapse(f"i:{number}", ago(6), None),)
    assert facts(town, "JA", ago(7)).lapses == ()


@pytest.mark.parametrize(
    ("arrived", "recorded", "late"), [(5, 5, False), (5, 4, False), (5, 3, True), (20, 18, True), (0, 0, False)]
)
def test_who_was_registered_too_late(town: Database, arrived: int, recorded: int, *, late: bool) -> None:
    """The day after they came back is in time; later is not, from the arrival to the day of registering."""
    number = town.write(lambda c: returnees(c, "22", arrived, recorded))
    expected = (Lapse(f"r:{number}", ago(arrived), ago(recorded)),) if late else ()
    assert facts(town, "JA").lapses == expected
    assert facts(town, "XM").lapses == ()


def test_a_registering_that_is_to_come(town: Database) -> None:
    """As of a day on which nobody had registered them yet they were out of management; before they came, not."""
    number = town.write(lambda c: returnees(c, "22", 9, 2))
    assert facts(town, "JA", ago(5)).lapses == (Lapse(f"r:{number}", ago(9), None),)
    assert facts(town, "JA", ago(10)).lapses == ()


def test_the_items_that_they_answer(town: Database) -> None:
    """The form of 篇二: a lapse of the last days takes item 5, a close contact item 4 and the streak's."""

    def job(connection: Connection) -> None:
        case(connection, "M1", "22", ("found", 9, "close_contact"), ("left", 8, ""))
        isolation(connection, "24", ("broken", 6, 4))

    town.write(job)
    given = answers(load("assessment-form"), facts(town, "JA"))
    assert {key: each.points for key, each in given.items()} == {
        "2": Decimal(20), "3": Decimal(15), "4": Decimal(0), "5": Decimal(0), "9": Decimal(0),
    }  # fmt: skip
    assert given["5"].again == ago(4) + 14 * DAY
    assert given["4"].again == given["9"].again == ago(8) + 14 * DAY


def test_a_place_that_is_closed_or_does_not_exist(town: Database) -> None:
    """A closed one has no streak left; of none there is nothing to ask."""
    town.write(lambda c: c.execute(update(named("place")).where(named("place").c.code == "61").values(closed=TODAY)))
    assert (facts(town, "61").streak.days, facts(town, "61").streak.state) == (0, DayState.UNVERIFIED)
    with pytest.raises(NoResultFound):
        facts(town, "nowhere")


def test_as_many_questions_however_many_cases(town: Database) -> None:
    """A hundred cases, isolations and returnees ask no more of the database than none."""

    def asked() -> int:
        said: list[str] = []

        def note(_: object, __: object, statement: str, *___: object) -> None:
            said.append(statement)

        event.listen(town.engine, "before_cursor_execute", note)
        try:
            facts(town, "T")
        finally:
            event.remove(town.engine, "before_cursor_execute", note)
        return len(said)

    def job(connection: Connection) -> None:
        for n in range(100):
            case(connection, f"C{n}", ("22", "25", "61")[n % 3], ("found", 9, "confirmed"), ("left", 8, ""))
            isolation(connection, "24", ("broken", 6, 4))
            returnees(connection, "25", 9, 2)

    first = asked()
    town.write(job)
    assert asked() == first
    assert first <= 22


def test_a_moment_is_a_day_of_the_programmes_zone(town: Database) -> None:
    """What was registered at 07:00 here was written down today, whatever day it was in Greenwich."""
    body = KEYRING.seal(codec.dump(Details()))
    at = datetime.combine(TODAY, datetime.min.time(), NOW.tzinfo) + timedelta(hours=7)
    values = {"place": "22", "arrived": ago(1), "count": 1, "body": body, "basis": "", "recorded_at": at}
    town.write(lambda c: c.execute(insert(named("returnee")), values))
    assert facts(town, "JA").lapses == ()
    late = values | {"arrived": ago(2)}
    town.write(lambda c: c.execute(insert(named("returnee")), late))
    assert [each.mended_on for each in facts(town, "JA").lapses] == [TODAY]
