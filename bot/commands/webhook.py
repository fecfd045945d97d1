"""``wuyi webhook``: tell another program of facts, see which are told, stop."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

import click
from sqlalchemy import Connection

from bot.clock import clock_of
from bot.commands.refuse import opened, read_settings
from bot.model import Role
from bot.store import configured, keycheck, webhooks
from bot.store.crypto import Keyring
from bot.store.webhooks import Webhook

T = TypeVar("T")
SETTING = "WUYI_WEBHOOKS"
NUMBER = click.IntRange(1, 2**31 - 1)


@click.group()
def webhook() -> None:
    """Other programs that are told of new facts of cases, and of awards."""


@webhook.command()
@click.argument("url")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]), help="As which role.")
@click.option("--place", required=True, metavar="CODE", help="The place, with all below it.")
def add(url: str, *, role: str, place: str) -> None:
    """Tell URL (https) from now on; prints the secret with which everything that goes there is signed."""

    def job(connection: Connection, keyring: Keyring, now: datetime) -> tuple[Webhook, str]:
        made = webhooks.add(
            connection, now, url=url, role=Role(role), place=place, networks=read_settings().webhook_networks
        )
        return made, made.secret(keyring)

    try:
        made, secret = _changed(job)
    except ValueError as why:
        message = f"nothing can be sent there: {why}"
        raise click.ClickException(message) from why
    except LookupError as why:
        message = f"there is no place with the code {place}; `wuyi streaks` lists them"
        raise click.ClickException(message) from why
    first = f"webhook {made.id}: {role} at {place}, to {made.host}"
    click.echo(f"{first}; a bot that runs takes up its first webhook when it is started again; the secret:", err=True)
    click.echo(secret)


@webhook.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON only.")
def list_(*, as_json: bool) -> None:
    """Which are told; of each address the server only, for the rest may hold a key."""
    with opened(read_settings()) as database, database.read() as connection:
        known: Sequence[Webhook] = webhooks.live(connection)
        owned = configured.owned(connection)
    found = [
        {"id": each.id, "role": each.role.value, "place": each.place, "host": each.host}
        | ({"from": SETTING} if each.id in owned else {})
        for each in known
    ]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for one in found:
        click.echo("  ".join(str(value) for value in one.values()))


@webhook.command()
@click.argument("number", metavar="ID", type=NUMBER)
def secret(number: int) -> None:
    """Print the secret of the webhook with this ID again (a new secret key brings a new one)."""
    said = {
        (each.role, each.place, each.url.get_secret_value())
        for each in read_settings().webhooks
        if each.secret is not None
    }

    def job(connection: Connection, keyring: Keyring, now: datetime) -> str | None:
        del now
        found = next((each for each in webhooks.live(connection) if each.id == number), None)
        if found is not None and (found.role, found.place, found.url) in said:
            message = f"the secret of webhook {number} is the one that {SETTING} has for it"
            raise click.ClickException(message)
        return None if found is None else found.secret(keyring)

    word = _changed(job)
    if word is None:
        raise click.ClickException(_none(number))
    click.echo(word)


@webhook.command()
@click.argument("number", metavar="ID", type=NUMBER)
def remove(number: int) -> None:
    """Tell the webhook with this ID nothing more."""

    def job(connection: Connection, keyring: Keyring, now: datetime) -> bool:
        del keyring
        if number in configured.owned(connection):
            message = f"webhook {number} comes from {SETTING}: take it out there, and start the bot again"
            raise click.ClickException(message)
        return webhooks.remove(connection, number, now)

    if not _changed(job):
        raise click.ClickException(_none(number))
    click.echo(f"webhook {number} is removed")


def _none(number: int) -> str:
    return f"there is no webhook {number}; `wuyi webhook list` has them"


def _changed(job: Callable[[Connection, Keyring, datetime], T]) -> T:
    """Do it in one transaction, with the key that holds.

    Raises:
        click.ClickException: settings, key or database stand in the way.
    """
    settings = read_settings()
    try:
        now = clock_of(settings)()
        keyring = Keyring(settings.secret())
    except (ValueError, OSError) as why:
        raise click.ClickException(str(why)) from why

    def whole(connection: Connection) -> T:
        keycheck.confirm(connection, keyring)
        return job(connection, keyring, now)

    with opened(settings) as database:
        return database.write(whole)
