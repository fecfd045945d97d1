"""The scheduler: it calls what may be due, again and again, and holds no truth of its own."""

from __future__ import annotations

import asyncio
import logging
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, insert, select

from bot.desk.voice import Tools
from bot.model import Outbound
from bot.store import codec, figures
from bot.store.database import Database
from bot.store.media import MediaStore
from bot.store.tables import named
from scheduler.jobs import House
from scheduler.tick import Job, Tick
from tests.town import KEYRING, NOW, RULES, ZONE, tokens

PUBLISHED, MILESTONE, OUTBOX = named("published"), named("milestone"), named("outbox")
EVENING = NOW.replace(hour=17, minute=1)
DAY = timedelta(days=1)


class Home:
    """The jobs of a house, at any moment."""

    def __init__(self, database: Database, folder: Path) -> None:
        """Over the town."""
        self.database = database
        self.woken = 0
        media = MediaStore(folder, KEYRING, database, lambda: NOW)
        self.jobs = House(database, Tools(KEYRING, RULES, ZONE, tokens(), ""), media, self._wake)

    def _wake(self) -> None:
        self.woken += 1

    def at(self, now: datetime) -> None:
        """What a tick does but for retention."""
        for job in self.jobs.jobs():
            if job.name != "retention":
                job.do(now)

    def count(self, table: str) -> int:
        """How many rows a table has."""
        with self.database.read() as connection:
            return connection.execute(select(func.count()).select_from(named(table))).scalar_one()

    def days(self) -> list[date]:
        """The days that have been published."""
        with self.database.read() as connection:
            return list(connection.execute(select(PUBLISHED.c.day).distinct().order_by(PUBLISHED.c.day)).scalars())

    def milestones(self) -> set[tuple[str, int, str]]:
        """Place, days and event."""
        with self.database.read() as connection:
            rows = connection.execute(select(MILESTONE.c.place, MILESTONE.c.days, MILESTONE.c.event))
            return {(row.place, row.days, row.event) for row in rows}

    def letters(self) -> list[tuple[str, str]]:
        """To whom, and what."""
        query = select(OUTBOX.c.address, OUTBOX.c.body).order_by(OUTBOX.c.id)
        with self.database.read() as connection:
            rows = connection.execute(query).all()
        return [(row.address, codec.load(Outbound, KEYRING.open_bytes(row.body)).text) for row in rows]

    def found(self, place: str, on: date) -> None:
        """A confirmed case, recorded at noon of its day."""
        code, at = f"C{on:%m%d}-01", datetime(on.year, on.month, on.day, 12, tzinfo=ZONE)

        def job(connection: Connection) -> None:
            connection.execute(insert(named("case_")), {"code": code, "place": place, "opened_at": at})
            row = {"case": code, "place": place, "event": "found", "kind": "confirmed", "on": on, "recorded_at": at}
            connection.execute(insert(named("case_event")), row | {"source": "chat", "other": ""})
            figures.project(connection, RULES, [code])

        self.database.write(job)


@pytest.fixture
def home(town: Database, tmp_path: Path) -> Home:
    """The town's house."""
    return Home(town, tmp_path / "media")


def test_the_days_are_published_after_their_cutoff(home: Home) -> None:
    """Before the cutoff nothing of today; a minute after it today, too; and no second time."""
    home.at(NOW)
    assert home.days()[-1] == NOW.date() - DAY
    assert len(home.days()) == 30
    home.at(EVENING - timedelta(seconds=1))
    assert home.days()[-1] == NOW.date() - DAY
    home.at(EVENING)
    rows = home.count("published")
    assert home.days()[-1] == NOW.date()
    home.at(EVENING)
    assert home.count("published") == rows


def test_a_clock_that_was_set_back_publishes_nothing(home: Home) -> None:
    """And once it is right again, nothing twice."""
    home.at(EVENING)
    rows = home.count("published")
    home.at(EVENING - 5 * DAY)
    assert home.count("published") == rows


def test_a_milestone_is_announced_once_to_those_concerned(home: Home) -> None:
    """君安花园 reaches 14 days on 26 November: its worker and the community's lead hear of it, once."""
    home.at(EVENING)
    before = len(home.letters())
    for later in (2 * DAY, 2 * DAY + timedelta(minutes=1), 2 * DAY + timedelta(hours=1)):
        home.at(EVENING + later)
    assert ("22", 14, "reached") in home.milestones()
    news = [(who, text) for who, text in home.letters()[before:] if "君安花园小区 连续无疫满 14 天" in text]
    assert sorted(who for who, _ in news) == ["wang", "zhang"]
    assert home.woken


def test_a_milestone_is_lost_once_when_its_count_breaks(home: Home) -> None:
    """A case on the next day: the lost milestone is a fact beside the one reached, told with a warning, once."""
    home.at(EVENING + 2 * DAY)
    home.found("22", EVENING.date() + 3 * DAY)
    home.at(EVENING + 3 * DAY)
    home.at(EVENING + 4 * DAY)
    assert {each for each in home.milestones() if each[0] == "22"} == {
        ("22", days, event) for days in (7, 14) for event in ("reached", "lost")
    }
    assert sorted(who for who, text in home.letters() if "君安花园小区 11月27日 计数中断，此前已满 14 天" in text) == [
        "wang",
        "zhang",
    ]


def test_what_is_older_than_yesterday_is_recorded_and_not_announced(home: Home) -> None:
    """After ten days without the program the milestones of those days are facts, and nobody is told late."""
    home.at(EVENING)
    before = len(home.letters())
    home.at(EVENING + 10 * DAY)
    assert ("22", 14, "reached") in home.milestones()
    assert not [text for _, text in home.letters()[before:] if "君安花园小区" in text]


def test_a_new_deployment_announces_nothing_of_before(home: Home) -> None:
    """The days that it makes good have their milestones, and it says nothing of them; the next day is news."""
    home.at(NOW)
    assert ("23", 30, "reached") in home.milestones()
    assert home.letters() == []
    home.found("23", NOW.date())
    home.at(EVENING)
    assert sorted(who for who, text in home.letters() if "星悦城一期 11月24日 计数中断，此前已满 30 天" in text) == [
        "wang",
        "zhang",
    ]


def test_at_night_nobody_is_told(home: Home) -> None:
    """What becomes due at night waits for the morning."""
    home.at(EVENING)
    night = (EVENING + 2 * DAY).replace(hour=23)
    before = len(home.letters())
    home.at(night)
    assert len(home.letters()) == before
    home.at(night + timedelta(hours=9))
    assert len(home.letters()) > before


def test_retention_runs_once_a_night(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not before three, then once a day, whoever asks."""
    done: list[datetime] = []
    monkeypatch.setattr("bot.store.retention.nightly", lambda *given: done.append(given[-1]))
    for hour in (1, 3, 4, 23):
        home.jobs.forget(NOW.replace(hour=hour))
    home.jobs.forget(NOW.replace(hour=5) + DAY)
    assert [at.day for at in done] == [24, 25]


def test_two_processes_publish_and_announce_once(town: Database, tmp_path: Path) -> None:
    """Another process over the same database writes nothing that is there."""
    with closing(Database(town.url)) as same:
        one, other = Home(town, tmp_path), Home(same, tmp_path)
        for later in (timedelta(), DAY, 2 * DAY):
            one.at(EVENING + later)
            counts = [one.count(table) for table in ("published", "milestone", "outbox")]
            other.at(EVENING + later)
            assert [one.count(table) for table in ("published", "milestone", "outbox")] == counts


async def test_a_job_that_fails_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    """The others are called, and the log says which failed and how, without a word of what it was about."""
    called: list[datetime] = []

    def fail(_: datetime) -> None:
        message = "张样例 13800000001"
        raise RuntimeError(message)

    tick = Tick([Job("first", fail), Job("second", called.append)], lambda: NOW, ZONE)
    with caplog.at_level(logging.ERROR):
        await tick.tick()
    assert called == [NOW]
    assert "first failed: RuntimeError" in caplog.text
    assert "张样例" not in caplog.text


async def test_it_runs_until_it_is_told_to_stop() -> None:
    """It says that it ticks while it does, counts as stopped when its clock goes on without a tick, and ends."""
    now = [NOW]
    tick = Tick([], lambda: now[0], ZONE)
    assert not tick.ticking()
    task = asyncio.create_task(tick.run())
    await asyncio.sleep(0)
    assert tick.ticking()
    now[0] += timedelta(hours=1)
    assert not tick.ticking()
    await tick.tick()
    assert tick.ticking()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()
    assert not tick.ticking()
