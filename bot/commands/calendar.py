"""``calendar`` and ``workdays``: what is due and when people are reminded, and the days on which they work."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial

import click

from bot import words
from bot.clock import clock_of
from bot.commands.figures import LANG, Day
from bot.commands.refuse import connect, opened, read_settings
from bot.model import Deadline, Every, Locale
from bot.scoring.packs import load
from bot.store.deadlines import set_workday
from bot.store.deadlines import workdays as written
from bot.store.schema import SchemaError, check
from scheduler.calendar import LAST_KNOWN, Workdays, deadlines

LONGEST = timedelta(days=3660)
"""Ten years and some days: whoever asks for more has mistyped a year."""
EVERYONE = "duty"
"""The audience of a deadline that binds everyone with a duty."""


@click.command()
@click.option("--from", "since", type=Day(), required=True, help="The first day.")
@click.option("--to", "until", type=Day(), required=True, help="The last day.")
@click.option("--pack", default=None, help="The rule pack. [default: the one that leads]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON only.")
@LANG
def calendar(*, since: date, until: date, pack: str | None, as_json: bool, lang: str) -> None:
    """Every deadline that is due between two days, with each moment at which those who owe it are reminded."""
    locale, settings = Locale(lang), read_settings()
    if not timedelta(0) <= until - since <= LONGEST:
        message = f"--from {since} lies after --to {until}" if since > until else "ask for ten years at most"
        raise click.UsageError(message)
    try:
        rules = load(pack or settings.packs[0])
    except ValueError as why:
        raise click.ClickException(str(why)) from why
    workdays = _workdays()
    found = deadlines(rules, since, until, settings.zone, workdays)
    if workdays.guessed(since, until):
        click.echo(words.text("calendar/guessed", locale, {"until": LAST_KNOWN}), err=True)
    if as_json:
        click.echo(json.dumps([_json(each) for each in found], ensure_ascii=False, indent=1))
    else:
        click.echo(words.text("calendar/calendar", locale, {"rows": [_row(each, locale) for each in found]}))


def _workdays() -> Workdays:
    """With what an admin wrote, where there is a database; the calendar is good without one."""
    settings = read_settings()
    try:
        database = connect(settings)
        check(database)
    except SchemaError:
        return Workdays()
    with database.read() as connection:
        table = written(connection)
    database.close()
    return Workdays(table)


def _json(of: Deadline) -> dict[str, object]:
    return {
        "deadline": of.rule.id,
        "period": of.period,
        "due": of.due.isoformat(),
        "audience": list(of.rule.audience) or [EVERYONE],
        "reminders": [moment.isoformat() for moment in of.reminders],
    }


def _row(of: Deadline, locale: Locale) -> dict[str, object]:
    roles = [words.label("roles", locale, role) for role in of.rule.audience]
    day = of.due.date()
    moments = [f"{moment:%H:%M}" if moment.date() == day else f"{moment:%m-%d %H:%M}" for moment in of.reminders]
    return {
        "due": of.due,
        "label": of.rule.labels.get(locale.value, of.rule.id),
        "period": "" if of.rule.every is Every.DAY else of.period,
        "roles": roles,
        "moments": moments,
    }


@click.command()
@click.option("--year", type=int, default=None, help="Of this year. [default: the present one]")
@click.option("--off", multiple=True, type=Day(), help="This day is off. May be given several times.")
@click.option("--work", multiple=True, type=Day(), help="This day is worked. May be given several times.")
@click.option("--clear", multiple=True, type=Day(), help="This day is as the library has it.")
@click.option("--name", default="", help="What to call the days that are set.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON only.")
@LANG
def workdays(  # noqa: PLR0913 - the options of a command
    *,
    year: int | None,
    off: Sequence[date],
    work: Sequence[date],
    clear: Sequence[date],
    name: str,
    as_json: bool,
    lang: str,
) -> None:
    """The days of a year that are not as their weekday says: public holidays, make-up days, and what was put right."""
    locale, settings = Locale(lang), read_settings()
    now = clock_of(settings)()
    with opened(settings) as database:
        for days, working in ((off, False), (work, True), (clear, None)):
            for day in days:
                database.write(partial(set_workday, day=day, working=working, now=now, name=name))
        with database.read() as connection:
            known = Workdays(written(connection))
    asked = year or now.year
    first, last = date(asked, 1, 1), date(asked, 12, 31)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    odd = [day for day in days if known.works(day) != (day.weekday() < 5) or day in known.table]  # noqa: PLR2004 - Saturday
    if known.guessed(first, last):
        click.echo(words.text("calendar/guessed", locale, {"until": LAST_KNOWN}), err=True)
    if as_json:
        rows = [{"day": day.isoformat(), "working": known.works(day), "set": day in known.table} for day in odd]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    shown = [(day, known.works(day), day in known.table) for day in odd]
    click.echo(words.text("calendar/workdays", locale, {"year": asked, "rows": shown}))
