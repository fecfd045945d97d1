"""Towns drawn at random, and their way into a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import strategies as st
from sqlalchemy import Connection, insert

from bot.model import CaseFact, Event, PackRules
from bot.scoring.packs import load
from bot.store.tables import Assignment, Case, CaseEvent, Filing, Person, Place, Report
from tests.scoring.naive import Duty, Fact, Said, Spot, Village

FIRST = date(2026, 3, 1)
LENGTH = 12
DAYS = [FIRST + timedelta(days=n) for n in range(LENGTH)]
LEVELS = ("township", "community", "village", "compound", "building", "unit")
KINDS = ("confirmed", "suspected", "asymptomatic", "fever", "close_contact", "secondary_contact", "key_person")

day = st.sampled_from(DAYS)
maybe_day = st.none() | day


def moment(on: date, late_days: int, minute: int = 0) -> datetime:
    """Noon of ``on``, so many days later."""
    return datetime.combine(on, time(4, minute), UTC) + timedelta(days=late_days)


@st.composite
def logs(draw: st.DrawFn) -> list[Fact]:
    """A case's log: found, and then whatever may happen, in any order, each learned at once or days later."""
    begin = draw(st.integers(0, LENGTH - 1))
    late = st.sampled_from([0, 0, 0, 1, 2, 5])

    def fact(event: str, kind: str | None, after: int) -> Fact:
        on = FIRST + timedelta(days=begin + after)
        return Fact(event, kind, on, moment(on, draw(late), draw(st.integers(0, 3))))

    found = [fact("found", draw(st.sampled_from(KINDS)), 0)]
    later = draw(
        st.lists(st.sampled_from(["diagnosed", "left", "released", "ruled_out", "left", "diagnosed"]), max_size=4)
    )
    for event in later:
        kind = draw(st.sampled_from(KINDS)) if event == "diagnosed" else None
        found.append(fact(event, kind, draw(st.integers(0, 6))))
    if draw(st.integers(0, 4)) == 0:
        found.insert(draw(st.integers(1, len(found))), fact("reopened", None, draw(st.integers(0, 6))))
    if draw(st.integers(0, 9)) == 0:
        found.append(fact("withdrawn", None, draw(st.integers(0, 6))))
    return found


@st.composite
def mergings(draw: st.DrawFn, cases: dict[str, tuple[str, list[Fact]]]) -> None:
    """Merge some cases into others, or into themselves, in chains and circles, and split some again."""
    codes = sorted(cases)
    for n in range(draw(st.integers(0, 2 * len(codes))) if draw(st.booleans()) else 0):
        code, on = draw(st.sampled_from(codes)), draw(day)
        # No two are learned at one moment: which is the newer is not for the naive walk to guess.
        at = moment(on, draw(st.integers(0, 5)), 10 + n)
        if draw(st.integers(0, 3)):
            cases[code][1].append(Fact("merged", None, on, at, draw(st.sampled_from(codes))))
        else:
            cases[code][1].append(Fact("split", None, on, at))


@st.composite
def towns(draw: st.DrawFn) -> Village:
    """A tree of up to eight places with cases, reports, withdrawals and duties, under any policy."""
    spots: dict[str, Spot] = {}
    for n in range(draw(st.integers(1, 8))):
        parent = f"p{draw(st.integers(0, n - 1))}" if n and draw(st.integers(0, 9)) else None
        start, closed = (draw(maybe_day) if draw(st.integers(0, 3)) == 0 else None for _ in range(2))
        spots[f"p{n}"] = Spot(f"p{n}", draw(st.sampled_from(LEVELS)), parent, start, closed)
    place = st.sampled_from(sorted(spots))
    cases = {f"k{n}": (draw(place), draw(logs())) for n in range(draw(st.integers(0, 5)))}
    draw(mergings(cases))
    said = []
    for _ in range(draw(st.integers(0, 25))):
        on, late = draw(day), draw(st.booleans())
        status = draw(st.sampled_from(["normal", "normal", "normal", "abnormal", "withdrawn"]))
        said.append(Said(draw(place), on, status, moment(on, draw(st.integers(0, 2)), draw(st.integers(0, 2))), late))
    duties = [Duty(draw(place), draw(maybe_day), draw(maybe_day)) for _ in range(draw(st.integers(0, 8)))]
    return Village(
        spots,
        cases,
        said,
        duties,
        FIRST + timedelta(days=draw(st.integers(0, 3))),
        unverified=draw(st.sampled_from(["count", "hold", "break"])),
        ruled_out=draw(st.sampled_from(["restart", "restore"])),
    )


def rules(town: Village) -> PackRules:
    """The default pack with the town's start and policies."""
    return replace(load("default"), start=town.programme, unverified=town.unverified, ruled_out=town.ruled_out)


def facts(town: Village, case: str, known: datetime | None = None) -> list[CaseFact]:
    """A case's log as the engine reads it."""
    place, log = town.cases[case]
    return [
        CaseFact(case, place, Event(fact.event), fact.on, fact.at, fact.kind, fact.other)
        for fact in log
        if known is None or fact.at <= known
    ]


def store(connection: Connection, town: Village) -> None:
    """Put the town into an empty database, but for its cases' facts."""
    connection.execute(insert(Place), [{**spot._asdict(), "name": spot.code} for spot in town.spots.values()])
    now = moment(FIRST, 0)
    connection.execute(insert(Person), [{"id": 1, "phone_hash": b"1", "phone": b"", "name": b"", "created_at": now}])
    duties = [{**duty._asdict(), "person": 1, "role": "grid_worker", "recorded_at": now} for duty in town.duties]
    if duties:
        connection.execute(insert(Assignment), duties)
    for n, said in enumerate(town.said):
        row = {"day": said.day, "recorded_at": said.at, "late": said.late}
        connection.execute(insert(Filing).values(id=n + 1, person=1, **row))
        connection.execute(insert(Report).values(filing=n + 1, place=said.place, status=said.status, person=1, **row))
    cases = [{"code": code, "place": place, "opened_at": now} for code, (place, _) in town.cases.items()]
    if cases:
        connection.execute(insert(Case), cases)


def learn(connection: Connection, town: Village, case: str, begin: int, end: int) -> None:
    """Put some of a case's facts into the database; a fact that is there already is left out."""
    place, log = town.cases[case]
    seen = set(log[:begin])
    for fact in log[begin:end]:
        if fact not in seen:
            seen.add(fact)
            row = {
                "event": fact.event,
                "kind": fact.kind or "",
                "on": fact.on,
                "recorded_at": fact.at,
                "other": fact.other,
            }
            connection.execute(insert(CaseEvent).values(case=case, place=place, **row))
