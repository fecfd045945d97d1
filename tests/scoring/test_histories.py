"""Histories as they come in, fact by fact: late, corrected, merged and split; and what is shown of each day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, func, insert, select
from sqlmodel import SQLModel

from bot.model import CaseFact, Event, PackRules
from bot.scoring.joining import joined
from bot.scoring.packs import load
from bot.scoring.streak import spans
from bot.store import figures
from bot.store.database import connect
from bot.store.spans import current
from bot.store.tables import Case, CaseEvent, CaseSpan, Place, PlaceRank, Setting
from tests.scoring.naive import Fact, Spot, Village
from tests.scoring.test_towns import shown, walked

FIRST = date(2026, 3, 1)
PLACES = {
    "T": Spot("T", "township", None, None, None),
    "S": Spot("S", "community", "T", None, None),
    "X1": Spot("X1", "compound", "S", None, None),
    "X2": Spot("X2", "compound", "T", None, None),
}
CASES = {"k0": "X1", "k1": "X2", "k2": "X1", "k3": "S"}
DEFAULT = replace(load("default"), start=FIRST)
PACKS = (DEFAULT, replace(load("village"), start=FIRST, ruled_out="restore"))
KINDS = ("confirmed", "fever", "close_contact", "secondary_contact")
SPAN = CaseSpan.__table__  # type: ignore[attr-defined]
RANK = PlaceRank.__table__  # type: ignore[attr-defined]
RANKS = select(RANK).order_by(RANK.c.pack, RANK.c.place)


class Step(NamedTuple):
    """One fact: of which case, what, how many days ago it happened, and how many hours after the last it came."""

    case: str
    event: str
    kind: str
    back: int
    hours: int
    other: str


codes = st.sampled_from(sorted(CASES))
steps = st.lists(
    st.builds(
        Step,
        codes,
        st.sampled_from(Event).map(str),
        st.sampled_from(KINDS),
        st.integers(0, 4),
        st.integers(0, 30),
        codes,
    ),
    max_size=14,
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A real SQLite database with the places and cases, and no facts."""
    made = connect(f"sqlite:///{tmp_path_factory.mktemp('histories') / 'wuyi.db'}")
    SQLModel.metadata.create_all(made)
    with made.begin() as connection:
        connection.execute(insert(Place), [{**spot._asdict(), "name": spot.code} for spot in PLACES.values()])
        opened = datetime.combine(FIRST, time(), UTC)
        rows = [{"code": code, "place": place, "opened_at": opened} for code, place in CASES.items()]
        connection.execute(insert(Case), rows)
    yield made
    made.dispose()


def cutoff(day: date) -> datetime:
    """17:00 in Shanghai."""
    return datetime.combine(day, time(9), UTC)


def rows(connection: Connection) -> list[tuple[Any, ...]]:
    """The whole projection, in an order of its own."""
    columns = [column for column in SPAN.c if column.name != "id"]
    return sorted((tuple(row) for row in connection.execute(select(*columns))), key=str)


def computed(town: Village) -> list[tuple[Any, ...]]:
    """The code, pack, place and days of every span, from the facts and with no database."""
    facts = [
        CaseFact(code, place, Event(fact.event), fact.on, fact.at, fact.kind, fact.other)
        for code, (place, log) in town.cases.items()
        for fact in log
    ]
    return sorted(
        (
            (pack.name, span.reason.case, span.place, span.valid_from, span.valid_until, span.reason.ended_on)
            for pack in PACKS
            for log in joined(facts).values()
            for span in spans(log, pack)
        ),
        key=str,
    )


def under(town: Village, pack: PackRules) -> Village:
    """The town as the naive walk judges it under a pack."""
    return replace(town, breaking=set(pack.breaking), ruled_out=pack.ruled_out)


def check_projection(connection: Connection, town: Village) -> None:
    """What was brought up to date fact by fact equals what the facts give, and what a whole recomputation gives."""
    columns = (SPAN.c.pack, SPAN.c.case, SPAN.c.place, SPAN.c.valid_from, SPAN.c.valid_until, SPAN.c.ends)
    assert sorted((tuple(row) for row in connection.execute(select(*columns))), key=str) == computed(town)
    kept = rows(connection), connection.execute(RANKS).all()
    with connection.begin_nested() as whole:
        connection.execute(SPAN.delete())
        connection.execute(Setting.__table__.delete())  # type: ignore[attr-defined]
        assert figures.refresh(connection, PACKS)
        assert (rows(connection), connection.execute(RANKS).all()) == kept
        whole.rollback()


def learn(connection: Connection, town: Village, step: Step, now: datetime) -> None:
    """Record one fact and bring the figures up to date, of its own case only."""
    naming = step.event in {"found", "diagnosed"}
    kind, other = step.kind if naming else None, step.other if step.event == "merged" else ""
    fact = Fact(step.event, kind, now.date() - timedelta(days=step.back), now, other)
    place, log = town.cases[step.case]
    log.append(fact)
    values = {"event": fact.event, "kind": kind or "", "on": fact.on, "recorded_at": now, "other": other}
    connection.execute(insert(CaseEvent).values(case=step.case, place=place, **values))
    figures.project(connection, PACKS, [step.case])


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=steps)
def test_what_was_published_stays_and_differs_only_by_what_was_learned_later(
    engine: Engine, history: list[Step]
) -> None:
    """Fact by fact the projection is right; each day's published value is the walk's with what was known then.

    And the restated value is the walk's with all that is known now; so the two differ exactly where a later fact
    changed the past, and where nothing was learned after a cutoff they are the same.
    """
    town = Village(PLACES, {code: (place, []) for code, place in CASES.items()}, [], [], FIRST)
    published: dict[tuple[str, date], dict[str, dict[str, Any]]] = {}
    with engine.connect() as connection, connection.begin() as turn:
        now = datetime.combine(FIRST, time(4), UTC)
        day = FIRST
        for step in history:
            now += timedelta(hours=step.hours, minutes=1)
            while cutoff(day) < now:
                for pack in PACKS:
                    found = figures.streaks(connection, pack, day)
                    published[pack.name, day] = {row.place: shown(row) for row in found}
                day += timedelta(days=1)
            learn(connection, town, step, now)
            check_projection(connection, town)
        for pack in PACKS:
            for (_, past), values in ((key, kept) for key, kept in published.items() if key[0] == pack.name):
                asked = figures.streaks(connection, pack, past, cutoff(past))
                assert {row.place: shown(row) for row in asked} == values
                assert walked(under(town, pack), past, cutoff(past)) == values
                restated = {row.place: shown(row) for row in figures.streaks(connection, pack, past)}
                assert restated == walked(under(town, pack), past, None)
                if now <= cutoff(past):
                    assert restated == values
            part = figures.streaks(connection, pack, now.date(), now, places=["X1"])
            assert part == figures.streaks(connection, pack, now.date(), places=["X1"])
        turn.rollback()


def test_a_pack_that_is_not_given_loses_its_spans(engine: Engine) -> None:
    """With fewer packs than before, what would go stale is dropped, and asked for again it is made anew."""
    town = Village(PLACES, {code: (place, []) for code, place in CASES.items()}, [], [], FIRST)
    found = Step("k0", "found", "confirmed", 0, 0, "")
    with engine.connect() as connection, connection.begin() as turn:
        learn(connection, town, found, cutoff(FIRST))
        assert all(current(connection, pack) for pack in PACKS)
        figures.project(connection, DEFAULT, ["k0"])
        assert [current(connection, pack) for pack in PACKS] == [True, False]
        assert connection.scalar(select(func.count()).select_from(SPAN).where(SPAN.c.pack != "default")) == 0
        assert figures.streaks(connection, PACKS[1], FIRST)[0].days == 0, "answered by the facts"
        assert figures.refresh(connection, PACKS)
        assert not figures.refresh(connection, PACKS)
        check_projection(connection, town)
        turn.rollback()


def test_only_places_of_the_levels_that_a_pack_judges_have_a_figure(engine: Engine) -> None:
    """A pack for communities says nothing of a compound."""
    with engine.connect() as connection:
        found = figures.streaks(connection, replace(DEFAULT, levels=("community",)), FIRST)
        assert [row.place for row in found] == ["S"]
        assert len(figures.streaks(connection, DEFAULT, FIRST)) == len(PLACES)


def test_more_cases_than_one_statement_takes(engine: Engine) -> None:
    """A large import is projected in parts, a merged case with the one that it is merged into."""
    opened = cutoff(FIRST)
    new = [{"code": f"z{n:04}", "place": "X1", "opened_at": opened} for n in range(1100)]
    events: list[dict[str, object]] = [
        {"case": row["code"], "place": "X1", "event": "found", "kind": "confirmed", "on": FIRST, "recorded_at": opened}
        for row in new
    ]
    with engine.connect() as connection, connection.begin() as turn:
        connection.execute(insert(Case), new)
        connection.execute(insert(CaseEvent), events)
        later = {"on": FIRST, "recorded_at": opened + timedelta(hours=1), "kind": "", "place": "X1"}
        connection.execute(insert(CaseEvent).values(case="z0000", event="merged", other="z1099", **later))
        figures.refresh(connection, PACKS)
        figures.project(connection, PACKS, [f"z{n:04}" for n in range(1100)])
        assert connection.scalar(select(func.count()).select_from(SPAN)) == 2 * 1099
        assert connection.scalar(select(func.count()).select_from(SPAN).where(SPAN.c.case == "z0000")) == 0
        turn.rollback()
