"""``wuyi init`` and ``wuyi migrate``: the tables, made or brought up to date."""

from __future__ import annotations

from contextlib import closing

import click

from bot.commands.refuse import connect, read_settings, refusals
from bot.store.schema import migrate as bring_up_to_date
from bot.store.schema import revisions


@click.command()
def init() -> None:
    """Create the database, or bring it up to date; twice is as good as once."""
    _bring_up_to_date()


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
