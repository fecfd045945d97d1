"""``wuyi chat``: the same bot in the terminal."""

from __future__ import annotations

import asyncio

import click

from bot.app import Bot, token
from bot.channels.console import Console
from bot.clock import clock_of
from bot.commands.refuse import built, read_settings, refusals
from bot.model import Address, Inbound
from bot.roster import phones
from bot.store import briefs, keycheck, people
from bot.store.schema import check


@click.command()
@click.option("--as", "phone", required=True, metavar="PHONE", help="The phone of the person to speak as.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a reply.")
def chat(phone: str, *, as_json: bool) -> None:
    """Talk to the bot in this terminal as a person of the roster.

    Reads lines from stdin: text, or the number of a choice. Whoever runs this has the database and its key in hand
    already, so no code is asked for; the audit log tells that it was used.
    """
    settings = read_settings()
    number = phones.normalise(phone)
    try:
        clock = clock_of(settings)
    except ValueError as why:
        raise click.ClickException(str(why)) from why
    with refusals():
        bot = built(settings, clock)
        bot.channels.clear()
        try:
            check(bot.database)
            bot.database.write(lambda connection: keycheck.confirm(connection, bot.keyring))
            console = Console(str(_known(bot, number, phone)), phone, token, as_json=as_json)
            bot.add(console)
            asyncio.run(_talk(bot, console))
        finally:
            bot.close()


def _known(bot: Bot, number: str | None, phone: str) -> int:
    """The person of that phone, with the terminal bound to them.

    Raises:
        click.ClickException: nobody has that phone.
    """
    with bot.database.read() as connection:
        person = None if number is None else people.person_by_phone(connection, bot.keyring, number)
        if person is None:
            message = f"nobody in the roster has the phone {phone}; check it, or add the person with `wuyi import`"
            raise click.ClickException(message)
        bound = briefs.who(connection, bot.keyring, Console.name, str(person))
    if bound is None:
        bot.bind(Address(Console.name, str(person)), person)
    return person


async def _talk(bot: Bot, console: Console) -> None:
    """Answer each line before the next is read."""

    async def take(inbound: Inbound) -> None:
        await bot.take(inbound)
        await bot.settle()

    await bot.settle()
    try:
        await console.listen(take)
    finally:
        await bot.post.finish()
