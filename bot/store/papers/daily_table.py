"""The daily table of a place: the streak of each of its compounds, with its reason; how much of the day is reported."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import Connection, select

from bot import words
from bot.model import DayState, Locale, PackRules, Streak
from bot.model.documents import DailyRow, DailyTable, Period
from bot.store import figures
from bot.store.asking import House
from bot.store.explained import kind_name
from bot.store.ledger_counts import below
from bot.store.papers.compounds import compounds, numbers, place_row
from bot.store.papers.notes import NOTES
from bot.store.tables import named
from scheduler.calendar import cutoff

PUBLISHED = named("published")
OWN = "篇四"
"""The source whose notes stand on the form; another pack is named in their stead."""


def daily_table(connection: Connection, house: House, place: str, period: Period, now: datetime) -> DailyTable:
    """The table of a day, by what is known now; what was published otherwise is remarked. Some ten queries in all.

    Raises:
        ValueError: no such place, more than a day, a day to come, or no compound there.
    """
    day, rules = period.until, house.rules
    if period.since != day or day > now.date():
        message = f"a daily table is of one day until today, not {period.said}"
        raise ValueError(message)
    row, listed = place_row(connection, place), compounds(connection, place, day)
    if not listed:
        message = f"no compound at {place}"
        raise ValueError(message)
    known = {each.place: each for each in figures.streaks(connection, rules, day, places=[one.code for one in listed])}
    judged = [one for one in listed if one.code in known]  # a pack may judge some levels only
    told, open_ = _published(connection, rules, place, day), now < cutoff(day, rules, house.zone)
    rows = tuple(
        DailyRow(
            one.group, number, one.name, known[one.code].days, known[one.code].state,
            remark(known[one.code], rules, told.get(one.code), provisional=open_),
        )
        for one, number in zip(judged, numbers([one.code for one in judged]), strict=True)
    )  # fmt: skip
    covered = figures.coverage(connection, day, [place])
    return DailyTable(
        row.name, day, rows, covered.expected, covered.received, covered.on_time, _notes(rules), now, open_
    )


def _published(connection: Connection, rules: PackRules, place: str, day: date) -> Mapping[str, int]:
    """What was said of these places at the day's cutoff, where anything was."""
    down = below(place)
    query = select(PUBLISHED.c.place, PUBLISHED.c.days).join(down, down.c.code == PUBLISHED.c.place)
    found = connection.execute(query.where(PUBLISHED.c.pack == rules.name, PUBLISHED.c.day == day))
    return {row.place: row.days for row in found}


def _notes(rules: PackRules) -> tuple[str, ...]:
    return NOTES if rules.source == OWN else (f"说明：连续无疫情天数按“{rules.title}”计算（{rules.source}）。",)


def remark(streak: Streak, rules: PackRules, published: int | None, *, provisional: bool) -> str:
    """Why the figure is what it is, in a few words; empty where there is nothing to say."""
    said = []
    if streak.reason is not None:
        case = f"{kind_name(rules, streak.reason.kind, Locale.ZH)} {streak.reason.case}"
        ended = streak.reason.ended_on
        said.append(
            f"{case}，尚未转出或解除" if ended is None else f"{case}，{words.day(ended, Locale.ZH)}转出或解除，次日起算"
        )
    if streak.state is DayState.UNVERIFIED:
        said.append("当日待报" if provisional else "当日未报")
    if streak.unverified_days > (streak.state is DayState.UNVERIFIED):
        said.append(f"其中 {streak.unverified_days} 天未报")
    if published is not None and published != streak.days:
        said.append(f"当日发布 {published} 天，已更正")
    return "；".join(said)
