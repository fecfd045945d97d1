"""The creation workflow under pressure: two at once, cases from elsewhere, mistakes put right, and what goes later."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from bot.model import (
    ApplicationMade,
    AssessmentMarked,
    AssessmentSubmitted,
    CreationStepped,
    How,
    Mark,
    ProblemFound,
    Step,
)
from bot.scoring import criteria
from bot.store import assessments, creation, creation_kept, ledger, retention, townships
from bot.store.acts import Act
from bot.store.asking import House
from bot.store.cases import RefusedError
from bot.store.database import Database
from bot.store.media import MediaStore
from bot.store.tables import named
from tests.desk.test_postgres import desks, pattern, postgres, url
from tests.desk.test_postgres import town as on_postgres
from tests.scheduler.test_tick import Home
from tests.staged import case, event
from tests.talking import Talk
from tests.test_transcripts import FOLDER, replay
from tests.town import KEYRING, NOW, RULES, TODAY, ZONE

__all__ = ["on_postgres", "pattern", "postgres", "url"]
HOUSE = House(KEYRING, RULES, ZONE)
FORM = criteria.load("assessment-form")
WANG, ZHAO, SUN = 3, 7, 9
FULL = tuple(Mark(leaf.id, leaf.worth) for leaf in FORM.leaves if leaf.auto is None)


def act(person: int, now: datetime = NOW) -> Act:
    """Somebody does something."""
    return Act(person, None, now)


def assessed(database: Database, place: str = "JA", person: int = WANG, marks: tuple[Mark, ...] = FULL) -> None:
    """A submitted assessment."""
    marked = AssessmentMarked(place, FORM.id, FORM.version, marks)
    database.write(lambda c: assessments.mark(c, HOUSE, act(person), marked))
    done = AssessmentSubmitted(place, FORM.id, FORM.version)
    database.write(lambda c: assessments.submit(c, HOUSE, act(person), done))


def applied(database: Database, place: str = "JA", text: str = "坚持每日报告") -> None:
    """An application after it."""
    fact = ApplicationMade(place, "王样例", "书记", "13800000003", text, "同意申报")
    database.write(lambda c: creation.apply(c, HOUSE, act(WANG), fact))


def stepped(database: Database, person: int, step: Step, now: datetime = NOW, **more: Any) -> None:  # noqa: ANN401 - fields of a step
    """A step by somebody."""
    fact = replace(CreationStepped("JA", step, now.date()), **more)
    database.write(lambda c: creation.step(c, HOUSE, act(person, now), fact))


def awarded(database: Database) -> None:
    """The whole way."""
    assessed(database)
    applied(database)
    stepped(database, ZHAO, Step.PASSED)
    stepped(database, SUN, Step.INSPECTED_OPEN, score=Decimal(90))
    stepped(database, SUN, Step.AWARDED)


def taken(database: Database) -> list[str]:
    """The steps of the community, in order."""
    with database.read() as connection:
        return [each.step.value for each in creation_kept.steps_of(connection, HOUSE, ["JA"]).get("JA", ())]


@pytest.mark.parametrize(
    ("person", "step", "more", "reason"),
    [
        (ZHAO, Step.RETURNED, {"words": " "}, "words"),
        (ZHAO, Step.AWARDED, {}, "entitled"),
        (SUN, Step.INSPECTED_OPEN, {"score": Decimal(90)}, "unpassed"),
        (ZHAO, Step.PASSED, {"place": "nowhere"}, "unknown"),
        (WANG, Step.PASSED, {}, "entitled"),
    ],
)
def test_what_is_refused(town: Database, person: int, step: Step, more: dict[str, Any], reason: str) -> None:
    """Whatever a conversation let through, the store asks again, and writes nothing."""
    assessed(town)
    applied(town)
    with pytest.raises(RefusedError) as why:
        stepped(town, person, step, **more)
    assert why.value.reason == reason
    assert taken(town) == ["applied"]


@pytest.mark.parametrize("score", [None, Decimal(101), Decimal(-1)])
def test_an_inspection_needs_its_points(town: Database, score: Decimal | None) -> None:
    """From 0 to 100; another step has none."""
    assessed(town)
    applied(town)
    stepped(town, ZHAO, Step.PASSED)
    with pytest.raises(RefusedError, match="score"):
        stepped(town, SUN, Step.INSPECTED_HIDDEN, score=score)


def test_an_application_has_600_characters(town: Database) -> None:
    """One more is refused; the person's own name and phone stand in where none are given."""
    assessed(town)
    with pytest.raises(RefusedError, match="long"):
        applied(town, text="字" * 601)
    applied(town, text="字" * 600)
    assert taken(town) == ["applied"]


def test_two_reviewers_at_once(town: Database) -> None:
    """The second finds that it does not fit any more."""
    assessed(town)
    applied(town)
    stepped(town, ZHAO, Step.PASSED)
    with pytest.raises(RefusedError, match="stage"):
        stepped(town, ZHAO, Step.RETURNED, words="缺照片")
    assert taken(town) == ["applied", "passed"]


def test_a_closed_place(town: Database) -> None:
    """Nothing more happens there."""
    assessed(town)
    place = named("place")
    town.write(lambda c: c.execute(place.update().where(place.c.code == "JA").values(closed=TODAY)))
    with pytest.raises(RefusedError, match="closed"):
        applied(town)


async def test_a_case_from_elsewhere_ends_the_award(town: Database, tmp_path: Path) -> None:
    """What an office brings in ends it at the next tick, once; who answers for the place hears of it, once each."""
    awarded(town)
    home = Home(town, tmp_path / "media")
    home.at(NOW)
    assert taken(town)[-1] == "awarded"
    talk = Talk(town)
    case(talk, "C1124-77", "23", "confirmed", "2026-11-24")
    for _ in range(3):
        home.at(NOW + timedelta(minutes=1))
    assert taken(town) == ["applied", "passed", "inspected_open", "awarded", "revoked"]
    outbox = named("outbox")
    with town.read() as connection:
        told = connection.execute(select(func.count()).where(outbox.c.kind == "alert")).scalar_one()
        steps = creation_kept.steps_of(connection, HOUSE, ["JA"])["JA"]
    assert told == 3
    assert (steps[-1].case, steps[-1].person) == ("C1124-77", None)
    # It was entered by mistake: the office gives the award back.
    with pytest.raises(RefusedError, match="stands"):
        stepped(town, SUN, Step.REINSTATED)
    event(talk, "C1124-77", "withdrawn", "2026-11-24")
    stepped(town, SUN, Step.REINSTATED)
    home.at(NOW + timedelta(minutes=5))
    assert taken(town)[-1] == "reinstated"


async def test_a_case_that_is_learned_late(town: Database, tmp_path: Path) -> None:
    """It broke the days and ended before anybody heard of it: counting began after the award, so the award ends."""
    awarded(town)
    talk = Talk(town)
    talk.now = NOW + timedelta(days=9)
    case(talk, "C1126-01", "23", "confirmed", "2026-11-26")
    event(talk, "C1126-01", "left", "2026-11-27")
    Home(town, tmp_path / "media").at(talk.now)
    assert taken(town)[-1] == "revoked"


def test_a_pack_that_waits_for_the_review(town: Database) -> None:
    """Where the pack does not revoke at once, nothing ends by itself."""
    awarded(town)
    case(Talk(town), "C1124-77", "23", "confirmed", "2026-11-24")
    lenient = House(KEYRING, replace(RULES, revoke_on_break=False), ZONE)
    with town.read() as connection:
        assert creation.lapsing(connection, lenient, NOW) == []
        assert creation.lapsing(connection, HOUSE, NOW) == [("JA", "C1124-77")]


def test_the_rule_of_80_per_cent(town: Database) -> None:
    """Four of five qualify; three of four do not; one that is closed is not counted, one without counts against."""
    places = [
        {"code": code, "name": f"社区{code}", "level": "community", "parent": "T", "aliases": ""} for code in ("A", "B")
    ]
    roles = [{"person": WANG, "role": "community_lead", "place": place, "recorded_at": NOW} for place in "AB"]
    roles += [{"person": WANG, "role": "community_lead", "place": place, "recorded_at": NOW} for place in ("XM", "61")]
    town.write(lambda c: (c.execute(insert(named("place")), places), c.execute(insert(named("assignment")), roles)))
    for code in ("JA", "XM", "A", "61"):
        assessed(town, code)

    def found() -> tuple[int, int, int, tuple[str, ...]]:
        with town.read() as connection:
            known = townships.townlet(connection, HOUSE, "T", TODAY)
        return len(known.qualified), len(known.lacking), len(known.missing), known.reasons

    assert found() == (4, 0, 1, ("own_missing",))
    poor = tuple(Mark(mark.item, Decimal()) for mark in FULL)
    assessed(town, "A", marks=poor)
    assert found() == (3, 1, 1, ("own_missing", "too_few"))
    place = named("place")
    town.write(lambda c: c.execute(place.update().where(place.c.code.in_(("A", "B"))).values(closed=TODAY)))
    assert found() == (3, 0, 0, ("own_missing",))


async def test_what_people_wrote_goes_after_its_term(town: Database, tmp_path: Path) -> None:
    """Reasons, texts and words are emptied, the steps stay; an award that is held keeps what it rests on."""
    store = MediaStore(tmp_path / "media", KEYRING, town, lambda: NOW)
    awarded(town)
    fact = ProblemFound("24", How.LISTED, "纸箱", TODAY, TODAY + timedelta(days=3))
    town.write(lambda c: ledger.enter(c, HOUSE, act(WANG), fact))
    later = NOW + timedelta(days=RULES.retention_days + 1)
    counts = town.write(lambda c: retention.purge(c, store, RULES, later)).counts
    assert (counts["application_body"], counts["problem_words"]) == (0, 0)
    stepped(town, SUN, Step.REVOKED, now=NOW + timedelta(days=60), words="弄虚作假")
    counts = town.write(lambda c: retention.purge(c, store, RULES, later + timedelta(days=60))).counts
    assert (counts["application_body"], counts["creation_event_words"]) == (1, 1)
    assert taken(town)[-1] == "revoked"
    with town.read() as connection:
        steps = creation_kept.steps_of(connection, HOUSE, ["JA"])["JA"]
    assert [each.words for each in steps] == [""] * len(steps)


@pytest.mark.parametrize(
    "name", ["en/creation-award-and-revocation", "zh/document", "zh/assess", "zh/redblack", "zh/worklog"]
)
async def test_it_says_the_same_on_postgresql(on_postgres: Database, name: str) -> None:
    """A conversation goes on PostgreSQL as its transcript has it, which was made on SQLite."""
    said = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    assert await replay(on_postgres, [line for line in said.splitlines() if not line.startswith(">")]) == said


async def test_one_of_two_processes_decides(url: str) -> None:
    """Two reviewers in two processes at the same moment: one step is written, the other is refused."""
    with desks(url) as (one, two):
        assessed(one.database)
        applied(one.database)
        tries = [
            asyncio.to_thread(stepped, database, ZHAO, step, words="缺照片")
            for database, step in ((one.database, Step.PASSED), (two.database, Step.RETURNED))
        ]
        done = await asyncio.gather(*tries, return_exceptions=True)
        assert sorted(type(each).__name__ for each in done) == ["NoneType", "RefusedError"]
        assert len(taken(one.database)) == 2
