"""Facts: case events and reports, which are only ever added, and only where they can be true."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from bot.model import Event, Locale
from bot.roster.cells import Wall
from bot.roster.check import Check
from bot.roster.plan import Happening, ReportLine
from bot.roster.sheets import Row
from bot.words import label

BEFORE = {"recorded_at": "recorded_before", "sent_at": "sent_before"}
WITH_KIND = frozenset({Event.FOUND, Event.DIAGNOSED})


def examine_cases(check: Check) -> None:
    """Check every event by itself, then every case's log as a whole, then leave out what is known."""
    logs: dict[str, list[Row]] = defaultdict(list)
    for row in check.roster.rows["case_events"]:
        logs[row.values["case"]].append(row)
        check.place(row, row.values["on"])
        _event(check, row)
    for case, rows in logs.items():
        _log(check, case, rows)
        _new_events(check, case, rows)


def _event(check: Check, row: Row) -> None:
    event, kind, on = row.values["event"], row.values.get("kind"), row.values["on"]
    named = f"{label('events', Locale.ZH, event)} {event}"
    if event in WITH_KIND and not kind:
        check.refuse(row, "kind", "kind_missing", event=named)
    if event not in WITH_KIND and kind:
        check.refuse(row, "kind", "kind_needless", event=named)
    if on > check.today:
        check.refuse(row, "on", "future_day", day=on.isoformat())
    elif (stated := row.values.get("recorded_at")) is not None:
        _stated(check, row, "recorded_at", stated.at(on, check.zone), on)


def _stated(check: Check, row: Row, column: str, at: datetime, day: date) -> None:
    """A moment that the file gives lies neither in the future nor before the day that it is about."""
    if at > check.now:
        check.refuse(row, column, "future_moment")
    elif at.astimezone(check.zone).date() < day:
        check.refuse(row, column, BEFORE[column], day=day.isoformat())


def _log(check: Check, case: str, rows: list[Row]) -> None:
    """One place a case; nothing of it before it was found."""
    place = check.known.cases.get(case, rows[0].values["place"])
    found = [row.values["on"] for row in rows if row.values["event"] == Event.FOUND]
    found += [happened.on for happened in check.known.events.get(case, ()) if happened.event == Event.FOUND]
    for row in rows:
        if row.values["place"] != place:
            check.refuse(row, "place", "two_places", case=case, place=place)
        if row.values["event"] == Event.FOUND or case in check.roster.doubtful["case_events"]:
            continue
        if not found:
            check.refuse(row, "event", "never_found", case=case)
        elif row.values["on"] < min(found):
            check.refuse(row, "on", "before_found", day=min(found).isoformat())


def _new_events(check: Check, case: str, rows: list[Row]) -> None:
    known = set(check.known.events.get(case, ()))
    count = check.plan.counts["case_events"]
    for row in rows:
        stated = row.values.get("recorded_at")
        on: date = row.values["on"]
        at = (stated or Wall(None, None)).at(on, check.zone)
        fact = Happening(str(row.values["event"]), str(row.values.get("kind") or ""), on, at)
        # The noon that stands for “not said” adds nothing to a fact that is known with its true moment.
        if fact in known or (stated is None and any(fact[:3] == one[:3] for one in known)):
            count.same += 1
            continue
        count.new += 1
        known.add(fact)
        check.plan.events.setdefault(case, []).append(fact)
        check.plan.case_places[case] = row.values["place"]
        if case not in check.known.cases:
            check.plan.new_cases[case] = row.values["place"]


def examine_reports(check: Check) -> None:
    """Check every report, then leave out what is known."""
    keys = ("place", "day", "reporter", "sent_at")
    for row in check.once("reports", lambda row: tuple(row.values.get(key) for key in keys), "status"):
        day: date = row.values["day"]
        phone = row.values.get("reporter")
        check.place(row, day)
        if phone:
            check.person(row, "reporter")
        stated = row.values.get("sent_at")
        if day > check.today:
            check.refuse(row, "day", "future_day", day=day.isoformat())
        elif stated is not None:
            _stated(check, row, "sent_at", stated.at(day, check.zone), day)
        _new_report(check, row, phone, stated)


def _new_report(check: Check, row: Row, phone: str | None, stated: Wall | None) -> None:
    day: date = row.values["day"]
    at = (stated or Wall(None, None)).at(day, check.zone)
    line = ReportLine(row.values["place"], day, row.values["status"], phone, at)
    person = check.known.people.get(phone) if phone else None
    known = check.known.reports.get((line.place, day, line.status, person.id if person else None), set())
    count = check.plan.counts["reports"]
    if (phone is None or person) and known and (stated is None or at in known):
        count.same += 1
        return
    count.new += 1
    check.plan.reports.append(line)
