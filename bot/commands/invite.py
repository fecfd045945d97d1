"""``wuyi invite``: a one-time code and link."""

from __future__ import annotations

import asyncio

import click

from bot import invited
from bot.channels.telegram_polling import TokenRefusedError
from bot.clock import clock_of
from bot.commands.refuse import built, read_settings, refusals
from bot.roster import phones
from bot.store import keycheck, people
from bot.store.schema import check


@click.command()
@click.argument("phone")
@click.option("--channel", type=click.Choice(invited.CHANNELS), help="Only on this channel; any if not given.")
def invite(phone: str, channel: str | None) -> None:
    """Make a one-time code for the person of this PHONE; earlier unused codes end."""
    settings = read_settings()
    try:
        clock = clock_of(settings)
    except ValueError as why:
        raise click.ClickException(str(why)) from why
    number = phones.normalise(phone)
    with refusals():
        bot = built(settings, clock)
        try:
            check(bot.database)
            bot.database.write(lambda connection: keycheck.confirm(connection, bot.keyring))
            with bot.database.read() as connection:
                person = None if number is None else people.person_by_phone(connection, bot.keyring, number)
            if person is None:
                message = f"nobody in the roster has the phone {phone}; check it, or add the person with `wuyi import`"
                raise click.ClickException(message)
            code = bot.invite(person, channel)
            days = people.CODE_LIFE.days
            click.echo(f"{people.shown_code(code)}    good for {days} days, once")
            try:
                lines = asyncio.run(invited.lines(bot.channels, bot.settings, code, channel))
            except (ConnectionError, TokenRefusedError) as why:
                message = f"the code is good, but there is no link: {why}"
                raise click.ClickException(message) from why
            for line in lines:
                click.echo(line)
        finally:
            bot.close()
