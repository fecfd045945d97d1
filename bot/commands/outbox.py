"""``wuyi outbox``: what did not arrive, or waits; sent again, or given up."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from zoneinfo import ZoneInfo

import click
from sqlalchemy import Connection

from bot.clock import clock_of
from bot.commands.refuse import opened, read_settings
from bot.commands.table import cells
from bot.store import dead_letters, keycheck
from bot.store.crypto import Keyring
from bot.store.database import Database
from bot.store.dead_letters import STATES, Waiting

COLUMNS = ("id", "kind", "channel", "person", "written", "attempts", "why")


@click.command()
@click.argument("ids", nargs=-1, type=click.IntRange(min=1))
@click.option("--state", type=click.Choice(STATES), default=STATES[0], show_default=True, help="Which to list.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON only.")
@click.option("--resend", is_flag=True, help="Try the messages with these IDS again, dead or of unknown fate.")
@click.option("--resend-dead", is_flag=True, help="Try all dead messages again.")
@click.option("--drop", is_flag=True, help="Give the messages with these IDS up.")
def outbox(  # noqa: PLR0913 - each option of the command
    ids: tuple[int, ...], *, state: str, as_json: bool, resend: bool, resend_dead: bool, drop: bool
) -> None:
    """List what did not arrive, or waits; never a text or an address. With IDS: send it again, or give it up.

    One of unknown fate may have arrived: sent again, it may arrive twice.
    """
    if resend + resend_dead + drop > 1 or bool(ids) is not (resend or drop):
        message = "use --resend ID…, --drop ID…, or --resend-dead alone; without them name no IDS"
        raise click.UsageError(message)
    settings = read_settings()
    try:
        now = clock_of(settings)()
        keyring = Keyring(settings.secret())
    except (ValueError, OSError) as why:
        raise click.ClickException(str(why)) from why
    with opened(settings) as database:
        if drop or resend or resend_dead:
            _change(database, ids, now, drop=drop)
            return
        database.write(lambda connection: keycheck.confirm(connection, keyring))
        with database.read() as connection:
            found = dead_letters.listed(connection, keyring, state)
    if as_json:
        click.echo(json.dumps([_json(each, settings.zone) for each in found], ensure_ascii=False, indent=1))
    elif found:
        click.echo(_table(found, settings.zone))
    else:
        click.echo(f"no message is {state}", err=True)


def _change(database: Database, ids: Sequence[int], now: datetime, *, drop: bool) -> None:
    """Resend (all dead ones where none is named), or drop; the running bot sees it within seconds.

    Raises:
        click.ClickException: some are in no state for it.
    """

    def job(connection: Connection) -> int:
        chosen = ids or dead_letters.numbers(connection, STATES[0])
        (dead_letters.drop if drop else dead_letters.resend)(connection, chosen, now)
        return len(set(chosen))

    try:
        count = database.write(job)
    except LookupError as why:
        message = f"nothing was changed: there is nothing to be {'dropped' if drop else 'sent again'} under {why}"
        raise click.ClickException(message) from why
    click.echo(f"{count} {'dropped' if drop else 'to be sent again'}")


def _json(message: Waiting, zone: ZoneInfo) -> dict[str, object]:
    moments = {"written": message.written, "due": message.due}
    return asdict(message) | {name: at.astimezone(zone).isoformat(timespec="seconds") for name, at in moments.items()}


def _table(found: Sequence[Waiting], zone: ZoneInfo) -> str:
    rows = [dict(zip(COLUMNS, COLUMNS, strict=True))]
    for each in found:
        shown = asdict(each) | {"written": each.written.astimezone(zone).strftime("%Y-%m-%d %H:%M")}
        rows.append({column: " ".join(str(shown[column]).split()) for column in COLUMNS})
    width = {column: max(cells(row[column]) for row in rows) for column in COLUMNS}
    return "\n".join(
        "  ".join(row[column] + " " * (width[column] - cells(row[column])) for column in COLUMNS).rstrip()
        for row in rows
    )
