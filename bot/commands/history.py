"""``history``: what was published of a place's days, and what is known of them now."""

from __future__ import annotations

import json
from datetime import date, timedelta

import click

from bot import words
from bot.board.past import Bench
from bot.clock import clock_of
from bot.commands.figures import LANG, Day, place_of
from bot.commands.refuse import opened, read_settings
from bot.handlers.history import shown
from bot.model import HistoryDay, Locale, PlaceHistory, Streak
from bot.scoring.packs import load
from bot.store.restated import DAYS
from bot.store.restated import history as past


@click.command()
@click.argument("place")
@click.option("--from", "first", type=Day(), help="The first day. [default: 14 days ago]")
@click.option("--to", "last", type=Day(), help="The last day. [default: today]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON only: every day, and not only those that differ.")
@LANG
def history(place: str, *, first: date | None, last: date | None, as_json: bool, lang: str) -> None:
    """What was published of PLACE (a code, or an exact name), day by day, beside what is known now, and why."""
    locale, settings = Locale(lang), read_settings()
    try:
        packs = tuple(load(name) for name in settings.packs)
        now = clock_of(settings)()
    except ValueError as why:
        raise click.ClickException(str(why)) from why
    until = last or now.date()
    since = first or until - timedelta(days=DAYS)
    if since > until:
        message = f"--from {since} lies after --to {until}"
        raise click.UsageError(message)
    with opened(settings) as database, database.read() as connection:
        code = place_of(connection, place)
        found = past(connection, Bench(packs, settings.zone), code, since, until)
    if as_json:
        click.echo(json.dumps([_json(each) for each in found], ensure_ascii=False, indent=1))
        return
    click.echo(words.text("history/history", locale, shown(found)))


def _json(of: PlaceHistory) -> dict[str, object]:
    days = [_day(each) for each in of.days]
    return {"place": of.code, "name": of.name, "pack": of.pack, "days": days}


def _day(day: HistoryDay) -> dict[str, object]:
    cause = day.cause
    return {
        "day": day.day.isoformat(),
        "published": _figure(day.published),
        "restated": _figure(day.restated),
        "differs": day.differs,
        "cause": cause
        and {
            "case": cause.case or None,
            "event": cause.event,
            "on": cause.on.isoformat(),
            "recorded_at": cause.recorded_at.isoformat(),
        },
    }


def _figure(streak: Streak) -> dict[str, object]:
    since = streak.since.isoformat() if streak.since else None
    return {"streak": streak.days, "state": streak.state.value, "since": since}
