"""``wuyi export``: a table, a form, a report or a picture as a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import click

from bot.app import Bot
from bot.clock import clock_of
from bot.commands.figures import place_of
from bot.commands.refuse import built, read_settings, refusals
from bot.model import Locale, Paper
from bot.model.documents import ENDINGS, Period
from bot.model.documents import period as read
from bot.model.messages import PICTURES
from bot.store import audit, keycheck
from bot.store.schema import check

NAMED: Mapping[str, tuple[str, ...]] = {
    "daily-table": ("day",),
    "monthly": ("month",),
    "quarterly": ("quarter",),
    **dict.fromkeys(PICTURES, ("day",)),
}
"""Of what a kind is made; the others take any period."""
SIGNS = {10: "day", 7: "month", 6: "quarter"}
"""What a period is, by its signs: ``2026-11-24``, ``2026-11``, ``2026Q4``."""


class Days(click.ParamType[Period]):
    """A day, a month or a quarter."""

    def __init__(self, name: str) -> None:
        """Which of them is meant."""
        self.name = name

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Period:
        """Read it, or say what was expected."""
        try:
            found = value if isinstance(value, Period) else read(str(value))
        except ValueError as why:
            self.fail(str(why), param, ctx)
        if SIGNS[len(found.said)] != self.name:
            self.fail(f"{found.said!r} is no {self.name}", param, ctx)
        return found


@click.command()
@click.argument("kind", metavar="KIND", type=click.Choice(list(ENDINGS)))
@click.option("--place", "said", required=True, metavar="CODE", help="The place, by code or name.")
@click.option("--day", type=Days("day"), help="A day, as 2026-11-24.")
@click.option("--month", type=Days("month"), help="A month, as 2026-11.")
@click.option("--quarter", type=Days("quarter"), help="A quarter, as 2026Q4.")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The file: .docx, .xlsx or .png."
)
@click.option("--lang", type=click.Choice([each.value for each in Locale]), default="zh", help="Of a picture.")
def export(  # noqa: PLR0913 - one argument an option
    *, kind: str, said: str, day: Period | None, month: Period | None, quarter: Period | None, out: Path, lang: str
) -> None:
    """Write KIND of a place; without a day, a month or a quarter that of today. A file of that name is replaced.

    KIND is daily-table or ledger (.xlsx), application, monthly or quarterly (.docx), assessment (either),
    or board-picture, calendar-picture or overview-picture (.png).
    """
    period = _period(kind, {"day": day, "month": month, "quarter": quarter})
    ending = out.suffix.removeprefix(".").lower()
    if ending not in ENDINGS[kind]:
        message = f"{kind} is written as .{' or .'.join(ENDINGS[kind])}, not as {out.name}"
        raise click.UsageError(message)
    settings = read_settings()
    try:
        clock = clock_of(settings)
    except ValueError as why:
        raise click.ClickException(str(why)) from why
    with refusals():
        bot = built(settings, clock)
        try:
            check(bot.database)
            bot.database.write(lambda connection: keycheck.confirm(connection, bot.keyring))
            _write(bot, Paper(kind, said, period, ending, locale=Locale(lang)), out)
        finally:
            bot.close()
    click.echo(str(out))


def _period(kind: str, given: Mapping[str, Period | None]) -> str:
    """The one that was given, if any.

    Raises:
        click.UsageError: several, or one of which this kind is not made.
    """
    found = {name: each for name, each in given.items() if each is not None}
    if len(found) > 1:
        message = f"give one of --{', --'.join(found)}"
        raise click.UsageError(message)
    for name in found:
        if name not in NAMED.get(kind, tuple(given)):
            message = f"{kind} is made of a {' or '.join(NAMED[kind])}, not of a {name}"
            raise click.UsageError(message)
    return next((each.said for each in found.values()), "")


def _write(bot: Bot, wanted: Paper, out: Path) -> None:
    """Make it, write down that it was made, and only then let it out.

    Raises:
        click.ClickException: there is nothing to be written, or the file cannot be.
    """
    with bot.database.read() as connection:
        place = place_of(connection, wanted.place)
    try:
        data = bot.paper(replace(wanted, place=place))
        detail = f"{wanted.kind} {wanted.period}".strip()
        bot.database.write(lambda connection: audit.record(connection, bot.clock(), "cli", "exported", place, detail))
        out.write_bytes(data)
    except ValueError as why:
        raise click.ClickException(str(why)) from why
    except OSError as why:
        message = f"{out} cannot be written: {why.strerror}"
        raise click.ClickException(message) from why
