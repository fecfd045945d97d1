"""Two time axes on random towns: what is published stays, what is known now moves, and each difference has a cause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, insert, select
from sqlmodel import SQLModel

from bot.model import HistoryDay, PackRules, Streak
from bot.store import figures, published
from bot.store.database import connect
from bot.store.published import PUBLISHED, closing
from bot.store.restated import history
from bot.store.spans import rank
from bot.store.tables import CaseEvent
from tests.scoring.naive import Village
from tests.scoring.towns import DAYS, rules, store, towns

PHASES = (Phase.explicit, Phase.generate)
ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Bench:
    """The packs, and the zone."""

    judges: tuple[PackRules, ...]
    zone: ZoneInfo = ZONE


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A real SQLite database with all tables and nothing in them."""
    made = connect(f"sqlite:///{tmp_path_factory.mktemp('published') / 'wuyi.db'}")
    SQLModel.metadata.create_all(made)
    yield made
    made.dispose()


def learn_until(connection: Connection, town: Village, after: datetime | None, until: datetime | None) -> None:
    """Put the facts into the database that were recorded in between: each arrives when it was learned."""
    for case, (place, log) in town.cases.items():
        for fact in dict.fromkeys(log):
            if (after is None or fact.at > after) and (until is None or fact.at <= until):
                row = {"event": fact.event, "kind": fact.kind or "", "on": fact.on, "recorded_at": fact.at}
                other = getattr(fact, "other", "") or ""
                connection.execute(insert(CaseEvent).values(case=case, place=place, other=other, **row))


def live(connection: Connection, town: Village, bench: Bench) -> dict[tuple[date, str], Streak]:
    """Let the days pass: facts arrive, each day is published at its cutoff; what was known then, by day and place."""
    told: dict[tuple[date, str], Streak] = {}
    before: datetime | None = None
    for day in DAYS:
        at = closing(bench, day)
        learn_until(connection, town, before, at)
        before = at
        published.publish(connection, bench, day, at + timedelta(minutes=1))
        told |= {(day, each.place): each for each in figures.streaks(connection, bench.judges[0], day, at)}
    learn_until(connection, town, before, None)
    return told


def rows(connection: Connection) -> dict[tuple[date, str], tuple[object, ...]]:
    """What is in the table."""
    return {
        (row.day, row.place): (row.days, row.state, row.since, row.rank, row.reported_days, row.unverified_days)
        for row in connection.execute(select(PUBLISHED))
    }


def check_day(connection: Connection, pack: PackRules, place: str, day: HistoryDay, bench: Bench) -> None:
    """It differs exactly where the figure known now is another; its cause, recorded later, made the difference."""
    (now,) = figures.streaks(connection, pack, day.day, places=[place])
    assert day.restated[:5] == now[:5]
    assert day.restated.reason == now.reason
    assert day.differs == ((now.days, now.state) != (day.published.days, day.published.state))
    assert (day.cause is not None) == day.differs
    if day.cause is not None:
        at = day.cause.recorded_at
        assert at > closing(bench, day.day)

        def figure(moment: datetime) -> tuple[object, ...]:
            (known,) = figures.streaks(connection, pack, day.day, moment, places=[place])
            return known.days, known.state

        assert figure(at) == (now.days, now.state)
        assert figure(at - timedelta(seconds=1)) != (now.days, now.state)


@settings(deadline=None, max_examples=25, phases=PHASES)
@given(town=towns(), projected=st.booleans())
def test_a_later_fact_changes_what_is_known_and_not_what_was_published(
    engine: Engine, town: Village, *, projected: bool
) -> None:
    """Of every day the row is the figure known at that cutoff; the history differs where a later fact matters."""
    pack = rules(town)
    bench = Bench((pack,))
    with engine.connect() as connection, connection.begin() as turn:
        store(connection, town)
        told = live(connection, town, bench)
        if projected:
            figures.refresh(connection, pack)
        kept = rows(connection)
        assert kept == {
            key: (
                s.days,
                s.state,
                s.since,
                "" if s.reason is None else rank(s.reason),
                s.reported_days,
                s.unverified_days,
            )
            for key, s in told.items()
        }
        assert published.publish(connection, bench, DAYS[0], closing(bench, DAYS[-1])) == 0
        for place in town.spots:
            (past,) = history(connection, bench, place, DAYS[0], DAYS[-1])
            expected = [day for day in reversed(DAYS) if (day, place) in told]
            assert [day.day for day in past.days] == expected
            for day in past.days:
                assert day.published == told[day.day, place]
                check_day(connection, pack, place, day, bench)
        assert rows(connection) == kept
        turn.rollback()
