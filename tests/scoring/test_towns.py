"""Random towns: the engine, and the figures from a database, equal a naive walk day by day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine
from sqlmodel import SQLModel

from bot.model import DUTY_LEVELS, CaseFact, Streak
from bot.scoring import coverage as scoring
from bot.scoring.coverage import Days, Town, window
from bot.scoring.joining import joined
from bot.scoring.streak import deciding, spans, standing, streak
from bot.store import figures
from bot.store.database import connect
from tests.scoring.naive import Village
from tests.scoring.towns import DAYS, FIRST, LENGTH, facts, learn, moment, rules, store, towns

KNOWN = st.none() | st.builds(moment, st.sampled_from(DAYS), st.integers(0, 5), st.integers(0, 3))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A real SQLite database with all tables and nothing in them."""
    made = connect(f"sqlite:///{tmp_path_factory.mktemp('towns') / 'wuyi.db'}")
    SQLModel.metadata.create_all(made)
    yield made
    made.dispose()


def shown(found: Streak) -> dict[str, Any]:
    """A streak in the naive walk's shape."""
    reason = found.reason
    return {
        "days": found.days,
        "state": found.state.value,
        "since": found.since,
        "reason": reason and (reason.case, reason.took_effect_on, reason.ended_on, reason.kind),
        "reported": found.reported_days,
        "unverified": found.unverified_days,
    }


def walked(town: Village, day: date, known: datetime | None) -> dict[str, dict[str, Any]]:
    """The naive figure of every place that is not closed."""
    return {code: town.walk(code, day, known) for code in sorted(town.spots) if town.is_open(code, day)}


def tree(town: Village) -> Town:
    """The town as the engine sees it, over the window of all days."""
    duty: dict[str, int] = {}
    for row in town.duties:
        if town.spots[row.place].level in DUTY_LEVELS:
            duty[row.place] = duty.get(row.place, 0) | window(FIRST, row.since, row.until, length=LENGTH)
    spots = town.spots.values()
    closed = {spot.code: window(FIRST, spot.closed, None, length=LENGTH) for spot in spots if spot.closed}
    return Town({spot.code: spot.parent for spot in spots}, duty, closed)


def people(town: Village, known: datetime | None) -> list[list[CaseFact]]:
    """The logs of the persons in all cases, as the engine joins them."""
    return list(joined(fact for case in town.cases for fact in facts(town, case, known)).values())


def own_days(town: Village, known: datetime | None, *, at_cutoff: bool = False) -> dict[str, int]:
    """By place, the days on which its own report stands."""
    return {
        code: sum(1 << n for n, day in enumerate(DAYS) if town.stands(code, day, known, at_cutoff=at_cutoff))
        for code in town.spots
    }


@settings(max_examples=150, deadline=None)
@given(town=towns(), known=KNOWN)
def test_the_engine_equals_a_walk_day_by_day(town: Village, known: datetime | None) -> None:
    """Every place's streak on every day, with state, reason and counts, is the one that a naive walk finds."""
    pack = rules(town)
    covered = tree(town).covered(own_days(town, known))
    logs = people(town, known)
    for day in DAYS:
        for code, wanted in walked(town, day, known).items():
            inside = (log for log in logs if town.lies_in(log[0].place, code))
            found = (standing(log, day, pack) for log in inside)
            reason = deciding(case for case in found if case is not None)
            start = town.spots[code].start or pack.start
            figure = streak(code, day, start, reason, Days(FIRST, covered.get(code, 0)), pack)
            assert shown(figure) == wanted


@settings(max_examples=150, deadline=None)
@given(town=towns())
def test_spans_say_of_every_day_what_the_facts_say(town: Village) -> None:
    """A case's spans do not overlap, follow one another, and say of every day what ``standing`` says."""
    pack = rules(town)
    for log in (*people(town, None), *(facts(town, case) for case in town.cases)):
        pieces = spans(log, pack)
        for day in DAYS:
            held = [p.reason for p in pieces if p.valid_from <= day and (p.valid_until is None or day < p.valid_until)]
            reason = standing(log, day, pack)
            assert held == ([] if reason is None else [reason])


@settings(max_examples=150, deadline=None)
@given(town=towns())
def test_coverage_equals_asking_place_by_place(town: Village) -> None:
    """Expected, received, on time and missing are what asking every place finds, and add up."""
    made = tree(town)
    stands, timely = own_days(town, None), own_days(town, None, at_cutoff=True)
    for n, day in enumerate(DAYS):
        expected = [code for code in town.spots if town.owes(code, day)]
        received = [code for code in expected if town.covered(code, day)]
        early = [code for code in expected if town.covered(code, day, on_time=True)]
        found = scoring.coverage(made, stands, timely, 1 << n)
        assert (found.expected, found.received, found.on_time) == (len(expected), len(received), len(early))
        assert set(found.missing) == set(expected) - set(received)


def check_figures(connection: Connection, town: Village, known: datetime | None) -> None:
    """The board from the database, by projection and by facts, equals the walk on every day."""
    pack = rules(town)
    for day in DAYS:
        fast = figures.streaks(connection, pack, day)
        assert {row.place: shown(row) for row in fast} == walked(town, day, None)
        assert figures.streaks(connection, pack, day, moment(DAYS[-1], 90)) == fast
        if known is not None:
            then = figures.streaks(connection, pack, day, known)
            assert {row.place: shown(row) for row in then} == walked(town, day, known)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(town=towns(), known=KNOWN, cut=st.integers(0, 3), long=st.sampled_from([0, LENGTH + 1]))
def test_figures_from_a_database_equal_the_walk(
    engine: Engine, town: Village, known: datetime | None, cut: int, long: int
) -> None:
    """Projected case by case as facts arrive, the figures equal the naive walk: now, and as known at a moment.

    So they do whether the window counts as a long one, which is read by another index, or not.
    """
    pack = rules(town)
    with mock.patch.object(figures, "LONG", long), engine.connect() as connection, connection.begin() as turn:
        store(connection, town)
        for begin, end in ((0, cut), (cut, 99)):
            for case in town.cases:
                learn(connection, town, case, begin, end)
            figures.project(connection, pack, town.cases)
        check_figures(connection, town, known)
        turn.rollback()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(town=towns(), data=st.data())
def test_a_part_of_the_board_is_that_part_of_the_whole(engine: Engine, town: Village, data: st.DataObject) -> None:
    """Asked for some places or a level, the figures are the same as on the whole board; coverage sees the subtree."""
    pack = rules(town)
    some = data.draw(st.lists(st.sampled_from(sorted(town.spots)), unique=True))
    level = data.draw(st.none() | st.sampled_from(["compound", "community"]))
    day = data.draw(st.sampled_from(DAYS))
    with engine.connect() as connection, connection.begin() as turn:
        store(connection, town)
        for case in town.cases:
            learn(connection, town, case, 0, 99)
        assert figures.refresh(connection, pack)
        assert not figures.refresh(connection, pack)
        board = figures.streaks(connection, pack, day)
        part = figures.streaks(connection, pack, day, level=level, places=some)
        wanted = {code for code in some if level in (None, town.spots[code].level)}
        assert part == [row for row in board if row.place in wanted]
        below = {code for code in town.spots if any(town.lies_in(code, top) for top in some)}
        assert figures.subtree(connection, some) == below
        found = figures.coverage(connection, day, some)
        begun = [each for each in town.duties if (town.spots[each.place].start or day) <= day]
        owed = replace(town, duties=begun)  # before its first day nobody owes a report of a place
        owing = {code for code in below if owed.owes(code, day)}
        received = {code for code in owing if owed.covered(code, day)}
        on_time = {code for code in owing if owed.covered(code, day, on_time=True)}
        assert (found.expected, found.received, found.on_time) == (len(owing), len(received), len(on_time))
        assert set(found.missing) == owing - received
        turn.rollback()
