"""``wuyi init`` and ``wuyi migrate``: the tables, made or brought up to date."""

from __future__ import annotations

from contextlib import closing

import click

from bot.clock import clock_of
from bot.commands.refuse import connect, read_settings, refusals
from bot.roster import sample
from bot.scoring import packs
from bot.settings import Settings
from bot.store import keycheck
from bot.store.crypto import Keyring
from bot.store.schema import migrate as bring_up_to_date
from bot.store.schema import revisions


@click.command()
@click.option("--sample", "with_sample", is_flag=True, help="Fill an empty one with the sample community.")
def init(*, with_sample: bool) -> None:
    """Create the database, or bring it up to date; twice is as good as once."""
    settings = read_settings()
    if with_sample and settings.real_channel:
        message = "the sample community is for trying out; a channel is configured, so import a real roster instead"
        raise click.ClickException(message)
    _bring_up_to_date()
    if with_sample:
        load_sample(settings)


def load_sample(settings: Settings) -> None:
    """Fill the database with the sample community, if it holds no place yet.

    Raises:
        click.ClickException: the data folder or ``WUYI_NOW`` stands in the way.
    """
    try:
        clock, keyring = clock_of(settings), Keyring(settings.secret())
    except (ValueError, OSError) as why:
        raise click.ClickException(str(why)) from why
    with refusals(), closing(connect(settings)) as database:
        database.write(lambda connection: keycheck.confirm(connection, keyring))
        sample.load(database, keyring, packs.load(settings.packs[0]), clock())


@click.command()
def migrate() -> None:
    """Bring the database up to date; a new one is created."""
    _bring_up_to_date()


def _bring_up_to_date() -> None:
    settings = read_settings()
    with refusals(), closing(connect(settings)) as database:
        bring_up_to_date(database)
        where = database.engine.url.database if database.sqlite else database.engine.url.render_as_string()
    click.echo(f"the database {where} is up to date ({revisions()[-1]})")
