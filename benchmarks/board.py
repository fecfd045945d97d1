"""The whole board over 10,000 compounds and 200,000 cases, against one bare GROUP BY over the same rows.

``python -m benchmarks.board [--json] [--compounds N] [--cases N] [--reports DAYS]``
"""

from __future__ import annotations

import gc
import json
import random
import statistics
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

import click
from sqlalchemy import Connection, func, insert, select
from sqlmodel import SQLModel

from bot.board.day import shown
from bot.scoring.packs import load
from bot.store import glance
from bot.store.asking import House, Look
from bot.store.crypto import Keyring
from bot.store.database import Database
from bot.store.figures import project, refresh, streaks
from bot.store.overview import overview
from bot.store.settling import reported, settle
from bot.store.tables import Assignment, Case, CaseEvent, CaseSpan, Filing, Person, Place, Report
from bot.understand.periods import period

TODAY = date(2026, 11, 24)
KINDS = ("confirmed", "suspected", "asymptomatic", "close_contact", "fever")
CASES_PER_FILL = 10_000
SETTLED = 25
"""So many ticks before the measurement: the sums of a quarter are made."""
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 24, 18, tzinfo=ZONE)


def build(connection: Connection, compounds: int, cases: int, reports: int) -> None:
    """Fill an empty database: one county, 25 compounds a community, 20 communities a township; cases over the year."""
    chance = random.Random(4)  # the same town every time
    places = [{"code": "C", "name": "县", "level": "county", "parent": None}]
    communities = -(-compounds // 25)
    places += [_place(f"T{n}", "township", "C") for n in range(-(-communities // 20))]
    places += [_place(f"S{n}", "community", f"T{n // 20}") for n in range(communities)]
    places += [_place(f"X{n:05}", "compound", f"S{n // 25}") for n in range(compounds)]
    connection.execute(insert(Place), places)
    workers = [{"id": n + 1, **_person(n)} for n in range(-(-compounds // 2))]
    connection.execute(insert(Person), workers)
    duties = [
        {"person": n // 2 + 1, "role": "grid_worker", "place": f"X{n:05}", "recorded_at": _noon(date(2026, 1, 1))}
        for n in range(compounds)
    ]
    connection.execute(insert(Assignment), duties)
    for begin in range(0, cases, CASES_PER_FILL):
        logs = [_log(chance, n, compounds) for n in range(begin, min(begin + CASES_PER_FILL, cases))]
        connection.execute(insert(Case), [_case(log) for log in logs])
        connection.execute(insert(CaseEvent), [event for log in logs for event in log])
    for n in range(reports):
        day = TODAY - timedelta(days=n)
        filed = {"day": day, "recorded_at": _noon(day), "late": False}
        connection.execute(insert(Filing), [{"id": n + 1, "person": None, "source": "import", **filed}])
        rows = [{"filing": n + 1, "place": f"X{m:05}", "status": "normal", **filed} for m in range(compounds)]
        connection.execute(insert(Report), rows)


def _place(code: str, level: str, parent: str) -> dict[str, str | None]:
    return {"code": code, "name": code, "level": level, "parent": parent}


def _person(number: int) -> dict[str, object]:
    sealed = f"{number}".encode()
    made = {"locale": "zh", "created_at": _noon(date(2026, 1, 1))}
    return {"phone_hash": sealed, "phone": sealed, "name": sealed, **made}


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(4), UTC)


def _case(log: list[dict[str, object]]) -> dict[str, object]:
    return {"code": log[0]["case"], "place": log[0]["place"], "opened_at": log[0]["recorded_at"]}


def _log(chance: random.Random, n: int, compounds: int) -> list[dict[str, object]]:
    """A case found this year that left within days; one in a hundred is still there."""
    found = date(2026, 1, 1) + timedelta(days=chance.randrange(320))
    kind = chance.choice(KINDS)
    events = [("found", kind, found)]
    if kind == "fever" and chance.random() < 0.3:  # three in ten fevers turn out to be one
        events.append(("diagnosed", "confirmed", found + timedelta(days=1)))
    if chance.random() > 0.01:
        events.append(("left", "", found + timedelta(days=chance.randrange(3))))
    same = {"case": f"K{n:06}", "place": f"X{chance.randrange(compounds):05}", "source": "import"}
    return [{**same, "event": event, "kind": of, "on": on, "recorded_at": _noon(on)} for event, of, on in events]


def _seconds(work: Callable[[], object]) -> float:
    begin = perf_counter()
    work()
    return perf_counter() - begin


def measure(connection: Connection, rounds: int) -> dict[str, float]:
    """The medians, in milliseconds, and the median ratio of rounds in which each took its turn, warm."""
    rules = load("default")
    span = CaseSpan.__table__  # type: ignore[attr-defined]
    bare = select(span.c.place, func.max(span.c.ends)).group_by(span.c.place)
    look = Look(connection, House(Keyring(bytes(32)), rules, ZONE), NOW)
    works: dict[str, Callable[[], object]] = {
        "bare": lambda: connection.execute(bare).all(),
        "board": lambda: streaks(connection, rules, TODAY),
        "three_places": lambda: streaks(connection, rules, TODAY, places=("X00001", "X00002", "X00003")),
        "page": lambda: shown(connection, rules, TODAY),
        **{f"summary_{name}": partial(_summary, look, name) for name in ("today", "week", "month", "quarter")},
    }
    taken = [[_seconds(work) for work in works.values()] for _ in range(rounds + 1)][1:]
    medians = (statistics.median(times) * 1000 for times in zip(*taken, strict=True))
    ratio = statistics.median(row[1] / row[0] for row in taken)
    return {f"{name}_ms": round(ms, 2) for name, ms in zip(works, medians, strict=True)} | {"ratio": round(ratio, 2)}


def _summary(look: Look, name: str) -> object:
    return overview(look, "C", period(name, TODAY))


def reflect(database: Database, rounds: int) -> dict[str, float]:
    """One new fact in every level: from the event to the figures of its place and of all above it, commit included.

    The median and the worst time, in ms.
    """
    rules = load("default")
    number = iter(range(rounds + 1))

    def job(connection: Connection) -> list[int]:
        n = next(number)
        code, place = f"N{n:03}", f"X{n:05}"
        same = {"case": code, "place": place, "source": "chat"}
        fact = {**same, "event": "found", "kind": "confirmed", "on": TODAY, "recorded_at": _noon(TODAY)}
        connection.execute(insert(Case), [{"code": code, "place": place, "opened_at": _noon(TODAY)}])
        connection.execute(insert(CaseEvent), [fact])
        project(connection, rules, [code])
        above = (place, f"S{n // 25}", f"T{n // 25 // 20}", "C")
        return [each.streak.days for each in glance.streaks(connection, rules, TODAY, above)]

    taken = []
    for _ in range(rounds + 1):
        begin = perf_counter()
        days = database.write(job)
        taken.append((perf_counter() - begin) * 1000)
        assert days == [0, 0, 0, 0], "the new case breaks its place and every place above it"
    return {"new_fact_ms": round(statistics.median(taken[1:]), 2), "new_fact_worst_ms": round(max(taken[1:]), 2)}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON only.")
@click.option("--compounds", default=10_000, show_default=True)
@click.option("--cases", default=200_000, show_default=True)
@click.option("--reports", default=0, show_default=True, help="Days with a report of every compound.")
@click.option("--rounds", default=9, show_default=True)
def main(*, as_json: bool, compounds: int, cases: int, reports: int, rounds: int) -> None:
    """Build the town in a temporary folder, measure, print."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'board.db'}")
        SQLModel.metadata.create_all(database.engine)
        with database.engine.begin() as connection:
            build(connection, compounds, cases, reports)
            refresh(connection, load("default"))
            for _ in range(SETTLED):
                settle(connection, TODAY)
            # As in the middle of a day: what was reported since the clock last ticked is counted when it is asked for.
            reported(connection, TODAY, ["X00001", "X00501"])
            # The bare query gets an index of its own, or it would sort, and lose by far.
            connection.exec_driver_sql("CREATE INDEX bare ON case_span (place, ends)")
        gc.freeze()  # as `wuyi run` does: what was loaded to start with is never garbage
        with database.read() as connection:
            found = {"compounds": compounds, "cases": cases, "report_days": reports, **measure(connection, rounds)}
        found |= reflect(database, rounds)
        database.close()
    click.echo(json.dumps(found) if as_json else "\n".join(f"{key:>16}  {value}" for key, value in found.items()))


if __name__ == "__main__":
    main()
