"""The sample community of 篇四, with invented people and a history that ends on the day of loading.

The communities, compounds and numbers are the source's; the county and township above them, the two buildings, every
person, phone, case and report are invented.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, insert, select

from bot.roster import reading, writing
from bot.roster.bring import examine
from bot.roster.cells import Wall
from bot.roster.known import Known, table
from bot.roster.phones import normalise
from bot.roster.sheets import Roster, Row, Sheet
from bot.store import tables

if TYPE_CHECKING:
    from bot.model import PackRules
    from bot.store.crypto import Keyring
    from bot.store.database import Database

FOLDER = Path(__file__).parent / "sample"
NOTICE = "sample"
FIRST = time(8, 30)
SPREAD = 8 * 60
"""Reports come in over so many minutes from ``FIRST`` on: all before the cutoff."""
LATE = timedelta(minutes=47)


def load(database: Database, keyring: Keyring, rules: PackRules, now: datetime) -> None:
    """Fill an empty database with the sample; one that has any place is left as it is.

    ``now`` is aware, in the programme's time zone.
    """
    check = examine(roster(rules, now), Known(), rules, now)
    assert not check.problems, check.problems  # noqa: S101 - our own data

    def job(connection: Connection) -> None:
        if connection.execute(select(table(tables.Place).c.code).limit(1)).first():
            return
        writing.write(connection, keyring, rules, now, check.plan, actor="app")
        known = [{"person": number} for number in connection.execute(select(table(tables.Person).c.id)).scalars()]
        accepted = {"event": "accepted", "notice": NOTICE, "channel": NOTICE, "at": now}
        connection.execute(insert(table(tables.Consent)), [{**each, **accepted} for each in known])
        # Everybody can be reached in the local web chat, so that a stand-in can be chosen and told.
        accounts = [{"channel": "web", "address": str(each["person"]), **each, "bound_at": now} for each in known]
        connection.execute(insert(table(tables.Account)), accounts)
        connection.execute(insert(table(tables.Setting)).values(key="roster", value="sample"))

    database.write(job)


def roster(rules: PackRules, now: datetime) -> Roster:
    """The sample as if it had been read from files: its CSV, and the history counted back from today."""
    found = reading.read(FOLDER, rules)
    history = tomllib.loads((FOLDER / "history.toml").read_text(encoding="utf-8"))
    start = now.date() - timedelta(days=history["start"])
    found.rows["places"][:] = [
        Row(row.sheet, row.number, {**row.values, "start": start}) for row in found.rows["places"]
    ]
    found.rows["case_events"].extend(_rows("case_events", _events(history["cases"], now)))
    abnormal = {
        (row.values["place"], row.values["on"]) for row in found.rows["case_events"] if row.values["event"] == "found"
    }
    reports = (
        {**report, "status": "abnormal" if (report["place"], report["day"]) in abnormal else "normal"}
        for report in _reports(found, history["reports"], rules, now)
    )
    found.rows["reports"].extend(_rows("reports", reports))
    return found


def _rows(of: str, values: Iterator[dict[str, Any]]) -> Iterator[Row]:
    sheet = Sheet(of, "sample", {})
    return (Row(sheet, number, one) for number, one in enumerate(values, start=1))


def _events(cases: list[dict[str, Any]], now: datetime) -> Iterator[dict[str, Any]]:
    """Case codes as the bot makes them: sign, month and day of finding, number."""
    for number, case in enumerate(cases, start=1):
        found = now.date() - timedelta(days=case["events"][0][2])
        for event, kind, ago in case["events"]:
            row = {
                "case": f"{case['sign']}{found:%m%d}-{number:02d}",
                "place": case["place"],
                "event": event,
                "on": now.date() - timedelta(days=ago),
            }
            yield {**row, "kind": kind} if kind else row


def _reports(found: Roster, habits: Mapping[str, Any], rules: PackRules, now: datetime) -> Iterator[dict[str, Any]]:
    """Each worker's reports, day by day, at a different time each day but the same time at every loading."""
    codes = {row.values["code"]: row.values["level"] for row in found.rows["places"]}
    duties: dict[str, list[str]] = defaultdict(list)
    for row in found.rows["assignments"]:
        if codes[row.values["place"]] in {"compound", "building", "village"}:
            duties[row.values["phone"]].append(row.values["place"])
    missed, late = ({normalise(phone): ago for phone, ago in habits[key].items()} for key in ("missed", "late"))
    today = {normalise(phone) for phone in habits["today"]}
    for worker, (phone, places) in enumerate(duties.items()):
        for ago in range(habits["days"], -1, -1):
            day = now.date() - timedelta(days=ago)
            minute = (worker * 37 + day.toordinal() * 53) % SPREAD
            sent = datetime.combine(day, FIRST, now.tzinfo) + timedelta(minutes=minute)
            if ago in late.get(phone, ()):
                sent = datetime.combine(day, time.fromisoformat(rules.cutoff), now.tzinfo) + LATE
            if ago in missed.get(phone, ()) or sent > now or (ago == 0 and phone not in today):
                continue
            for place in places:
                yield {"place": place, "day": day, "reporter": phone, "sent_at": Wall(sent.date(), sent.time())}
