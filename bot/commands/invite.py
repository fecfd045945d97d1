"""``wuyi invite``: a one-time code and link."""

from __future__ import annotations

import asyncio

import click

from bot.app import Bot, clock_of
from bot.channels.telegram_polling import TokenRefusedError
from bot.commands.refuse import built, read_settings, refusals
from bot.roster import phones
from bot.store import keycheck, people
from bot.store.schema import check

CHANNELS = ("telegram", "wechat", "wecom", "aibot", "web")


@click.command()
@click.argument("phone")
@click.option("--channel", type=click.Choice(CHANNELS), help="Only on this channel; any if not given.")
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
                lines = asyncio.run(_links(bot, code, channel))
            except (ConnectionError, TokenRefusedError) as why:
                message = f"the code is good, but there is no link: {why}"
                raise click.ClickException(message) from why
            for line in lines:
                click.echo(line)
        finally:
            bot.close()


async def _links(bot: Bot, code: str, channel: str | None) -> list[str]:
    """Where the code can be used."""
    lines = []
    if channel in {None, "telegram"} and "telegram" in bot.channels:
        lines.append(f"Telegram: {await bot.channels['telegram'].link(code)}")  # type: ignore[attr-defined]
    if channel in {None, "wechat"} and "wechat" in bot.channels:
        lines.append(f"WeChat: follow the Official Account and write: 开始 {people.shown_code(code)}")
        link = await bot.channels["wechat"].link(code)  # type: ignore[attr-defined]
        if link is not None:
            lines.append(f"WeChat: or scan the picture at {link}")
    if channel in {None, "wecom"} and "wecom" in bot.channels:
        lines.append(f"WeCom: open the application (企业微信 → 工作台) and write: 开始 {people.shown_code(code)}")
    if channel in {None, "aibot"} and "aibot" in bot.channels:
        lines.append(f"WeCom's group bot: write to it, in a chat with it alone: 开始 {people.shown_code(code)}")
    if channel in {None, "web"}:
        here = "" if bot.settings.public_url else "  (this machine only: set WUYI_PUBLIC_URL for others)"
        lines.append(f"Web: {bot.settings.base_url}/login#code={code}{here}")
    return lines
