"""``streaks`` and ``explain``: the epidemic-free days of places, and why."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NoReturn

import click
from sqlalchemy import Connection, or_, select

from bot import words
from bot.commands.refuse import opened, read_settings, refused
from bot.commands.table import Row, table
from bot.model import Level, Locale, PackRules, Streak
from bot.scoring.packs import load
from bot.store.explained import explained
from bot.store.figures import streaks as figures
from bot.store.figures import subtree
from bot.store.tables import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

place_ = Place.__table__  # type: ignore[attr-defined]


class Day(click.ParamType[date]):
    """A calendar day, ``2026-11-24``."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:  # noqa: ANN401 - click's signature
        """Read it, or say what was expected."""
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a day such as 2026-11-24", param, ctx)


class Time(click.ParamType[datetime]):
    """A moment in ISO 8601; without an offset it is meant in the programme's time zone."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:  # noqa: ANN401 - click's signature
        """Read it, or say what was expected."""
        try:
            return value if isinstance(value, datetime) else datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a time such as 2026-11-24T17:00", param, ctx)


LANG = click.option(
    "--lang",
    type=click.Choice([locale.value for locale in Locale]),
    default="zh",
    show_default=True,
    help="The language.",
)


@dataclass(frozen=True)
class Question:
    """What both commands are asked: under which pack, as of which day, as known when."""

    connection: Connection
    rules: PackRules
    as_of: date
    known_at: datetime | None

    def streaks(self, level: str | None, places: set[str] | None) -> list[Streak]:
        """The figures that answer it."""
        return figures(self.connection, self.rules, self.as_of, self.known_at, level, places)


@contextmanager
def _asked(as_of: date | None, known_at: datetime | None, pack: str | None) -> Iterator[Question]:
    """The question over the deployment's database; whatever refuses it becomes one sentence and exit status 1."""
    from bot.clock import clock_of  # noqa: PLC0415 - loads the whole bot, which ``--help`` need not

    settings = read_settings()
    try:
        rules = load(pack or settings.packs[0])
        day = as_of or clock_of(settings)().date()
    except ValueError as why:
        raise click.ClickException(str(why)) from why
    if known_at is not None and known_at.tzinfo is None:
        known_at = known_at.replace(tzinfo=settings.zone)
    with opened(settings) as database, database.read() as connection:
        yield Question(connection, rules, day, known_at)


@click.command()
@click.option("--place", "said", metavar="CODE", help="One place, by code or name; with --level, those within it.")
@click.option("--level", type=click.Choice([level.value for level in Level]), help="Only places of this level.")
@click.option("--as-of", type=Day(), help="The day at whose end the figures hold. [default: today]")
@click.option("--known-at", type=Time(), help="Only what was known at this moment. [default: now]")
@click.option("--pack", metavar="NAME", help="The rule pack. [default: WUYI_PACK]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON only.")
@LANG
def streaks(  # noqa: PLR0913 - one argument an option
    *,
    said: str | None,
    level: str | None,
    as_of: date | None,
    known_at: datetime | None,
    pack: str | None,
    as_json: bool,
    lang: str,
) -> None:
    """The epidemic-free days of every place, one row a place."""
    locale = Locale(lang)
    with _asked(as_of, known_at, pack) as question:
        wanted = None if said is None else {place_of(question.connection, said)}
        if wanted is not None and level is not None:
            wanted = subtree(question.connection, wanted)
        found = question.streaks(level, wanted)
        if said is not None and level is None and not found:
            _refuse("closed", said)
        query = select(place_.c.code, place_.c.name, place_.c.level)
        named = {code: (name, of) for code, name, of in question.connection.execute(query)}
    rows = [Row(*named[streak.place], streak) for streak in found]
    if as_json:
        click.echo(json.dumps([_json(row) for row in rows], ensure_ascii=False, indent=1))
    else:
        click.echo(words.text("figures/table", locale, {"as_of": question.as_of, "count": len(rows)}))
        click.echo(table(rows, question.rules, locale))


@click.command()
@click.argument("place")
@click.option("--as-of", type=Day(), help="The day at whose end the figure holds. [default: today]")
@click.option("--known-at", type=Time(), help="Only what was known at this moment. [default: now]")
@click.option("--pack", metavar="NAME", help="The rule pack. [default: WUYI_PACK]")
@LANG
def explain(place: str, *, as_of: date | None, known_at: datetime | None, pack: str | None, lang: str) -> None:
    """Why the figure of PLACE (a code, or an exact name) is what it is."""
    locale = Locale(lang)
    with _asked(as_of, known_at, pack) as question:
        found = question.streaks(None, {place_of(question.connection, place)})
        if not found:
            _refuse("closed", place)
        values = explained(question.connection, question.rules, found[0], locale, known_at=question.known_at)
        click.echo(words.text("figures/explain", locale, values))


def place_of(connection: Connection, said: str) -> str:
    """The code of the place that ``said`` is the code, the name or an alias of."""
    rows = connection.execute(
        select(place_.c.code, place_.c.name, place_.c.aliases)
        .where(or_(place_.c.code == said, place_.c.name == said, place_.c.aliases.contains(said, autoescape=True)))
        .order_by(place_.c.code)
    ).all()
    named = [row.code for row in rows if row.name == said]
    known_as = [row.code for row in rows if said in (alias.strip() for alias in row.aliases.split(";"))]
    codes = [row.code for row in rows if row.code == said] or named or known_as
    if len(codes) != 1:
        _refuse("several" if codes else "unknown", said, codes)
    return str(codes[0])


def _refuse(why: str, said: str, codes: list[str] | None = None) -> NoReturn:
    raise click.ClickException(refused("figures/refused", why=why, said=said, codes=codes or []))


def _json(row: Row) -> dict[str, object]:
    """One row of ``streaks --json`` (INTERFACES)."""
    streak, reason = row.streak, row.streak.reason
    return {
        "place": streak.place,
        "name": row.name,
        "level": row.level,
        "as_of": streak.as_of.isoformat(),
        "streak": streak.days,
        "state": streak.state.value,
        "since": streak.since.isoformat() if streak.since else None,
        "reason": reason
        and {
            "rule": reason.rule,
            "case": reason.case,
            "kind": reason.kind,
            "ended_on": reason.ended_on.isoformat() if reason.ended_on else None,
        },
        "reported_days": streak.reported_days,
        "unverified_days": streak.unverified_days,
    }
