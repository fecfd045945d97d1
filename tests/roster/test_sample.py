"""The sample community of 篇四."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.roster.bring import RefusedError, is_sample
from bot.roster.known import table
from bot.roster.sample import load
from bot.store import audit, tables
from bot.store.figures import streaks
from tests.roster.conftest import NOW, TOWN, Office


@pytest.fixture
def sampled(office: Office) -> Office:
    """A database with the sample in it."""
    load(office.database, office.keyring, office.rules, NOW)
    return office


def test_the_sample_looks_alive(sampled: Office) -> None:
    """The figures of the three compounds of the first worker are those that the documents show."""
    with sampled.database.read() as connection:
        days = {one.place: one.days for one in streaks(connection, sampled.rules, NOW.date())}
        assert is_sample(connection)
        assert audit.verify(connection) is None
    assert {code: days[code] for code in ("22", "23", "24", "29", "36", "49", "C01", "61")} == {
        "22": 12,
        "23": 37,
        "24": 105,
        "29": 19,
        "36": 0,
        "49": 105,
        "C01": 12,
        "61": 105,
    }
    assert {str(number) for number in range(22, 62)} <= days.keys()


def test_the_first_worker_has_three_compounds_and_still_owes_today(sampled: Office) -> None:
    """21 days on time, nothing yet for today, and the notice accepted."""
    report, person = table(tables.Report), table(tables.Person)
    with sampled.database.read() as connection:
        key = sampled.keyring.lookup("+8613800000001", "phone")
        worker = connection.execute(select(person.c.id).where(person.c.phone_hash == key)).scalar_one()
        late = connection.execute(select(report.c.day, report.c.late).where(report.c.person == worker)).all()
        accepted = connection.execute(select(table(tables.Consent).c.person)).scalars().all()
    assert worker in accepted
    assert max(day for day, _ in late) == NOW.date() - timedelta(days=1)
    assert {day for day, was_late in late if was_late} == {NOW.date() - timedelta(days=22)}
    assert {day for day, _ in late} >= {NOW.date() - timedelta(days=ago) for ago in range(1, 22)}


def test_no_report_comes_from_the_future(office: Office) -> None:
    """Loaded in the small hours, nobody has reported today."""
    early = NOW.replace(hour=0, minute=5)
    load(office.database, office.keyring, office.rules, early)
    with office.database.read() as connection:
        sent = connection.execute(select(table(tables.Report).c.recorded_at)).scalars().all()
    assert max(sent) < early


def test_it_is_for_an_empty_database_only(office: Office) -> None:
    """Neither a real roster nor the sample itself is ever added to."""
    office.bring(TOWN)
    before = office.contents()
    load(office.database, office.keyring, office.rules, NOW)
    assert office.contents() == before


def test_a_real_roster_does_not_mix_with_the_sample(sampled: Office) -> None:
    """It is refused in a sentence that names the way out, and nothing is deleted."""
    before = sampled.contents()
    with pytest.raises(RefusedError, match="use --replace-sample to start clean"):
        sampled.bring(TOWN)
    assert sampled.contents() == before


def test_the_sample_is_replaced_when_asked(sampled: Office) -> None:
    """Only the real roster is left, and the audit log, whole."""
    sampled.bring(TOWN, replace_sample=True)
    rows = sampled.rows()
    assert (rows["place"], rows["person"], rows["report"], rows["consent"]) == (3, 1, 1, 0)
    assert rows["audit"] == 3
    with sampled.database.read() as connection:
        assert not is_sample(connection)
        assert audit.verify(connection) is None
        assert {one.place: one.days for one in streaks(connection, sampled.rules, NOW.date())}["23"] == 12


def test_a_bad_roster_replaces_nothing(sampled: Office) -> None:
    """The sample stays when what should replace it is refused; a dry run leaves it, too."""
    before = sampled.contents()
    with pytest.raises(RefusedError):
        sampled.bring({**TOWN, "places": TOWN["places"][:3]}, replace_sample=True)
    sampled.bring(TOWN, replace_sample=True, dry_run=True)
    assert sampled.contents() == before


def test_what_is_not_the_sample_is_never_deleted(office: Office) -> None:
    """--replace-sample on a real roster is refused."""
    office.bring(TOWN)
    with pytest.raises(RefusedError) as caught:
        office.bring(TOWN, replace_sample=True)
    assert caught.value.reason == "not_sample"
