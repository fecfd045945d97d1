"""``wuyi token``: let another program read through the API, see which ones may, end it."""

from __future__ import annotations

import json
import secrets

import click
from sqlalchemy import Connection

from bot.clock import clock_of
from bot.commands.refuse import opened, read_settings
from bot.model import Role
from bot.store import api_tokens, keycheck
from bot.store.api_tokens import ApiToken
from bot.store.crypto import Keyring

DAYS = 365
BYTES = 32
"""256 random bits: nobody guesses them, so wrong tokens need not be counted."""
LONGEST = 3650


class Token(click.Group):
    """``wuyi token`` by itself makes one."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Options without a word before them are those of ``new``."""
        if args and args[0].startswith("--") and args[0] != "--help":
            args = ["new", *args]
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Those of ``new`` come first: they need no word before them."""
        with formatter.section("Options of a new token"):
            formatter.write_dl([record for each in new.params if (record := each.get_help_record(ctx))])
        super().format_options(ctx, formatter)


@click.group(cls=Token)
def token() -> None:
    """Make a token of the API (--role ROLE --place CODE), list them, or end one."""


@token.command()
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]), help="As which role it reads.")
@click.option("--place", required=True, metavar="CODE", help="The place that it may read, with all below it.")
@click.option("--days", type=click.IntRange(1, LONGEST), default=DAYS, show_default=True, help="So long it is good.")
@click.option("--name", default="", metavar="TEXT", help="What you call it: the program that gets it.")
def new(*, role: str, place: str, days: int, name: str) -> None:
    """Make a token and print it, once: it is kept hashed, and cannot be shown again."""
    settings = read_settings()
    try:
        now = clock_of(settings)()
        keyring = Keyring(settings.secret())
    except (ValueError, OSError) as why:
        raise click.ClickException(str(why)) from why
    word = api_tokens.PREFIX + secrets.token_urlsafe(BYTES)

    def job(connection: Connection) -> int:
        keycheck.confirm(connection, keyring)
        return api_tokens.make(connection, keyring, word, now, role=Role(role), place=place, days=days, name=name)

    with opened(settings) as database:
        try:
            number = database.write(job)
        except LookupError as why:
            message = f"there is no place with the code {place}; `wuyi streaks` lists them"
            raise click.ClickException(message) from why
    click.echo(f"token {number}: {role} at {place}, good for {days} days; shown this once:", err=True)
    click.echo(word)


@token.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON only.")
def list_(*, as_json: bool) -> None:
    """All tokens, without the words themselves."""
    settings = read_settings()
    now = clock_of(settings)()

    def told(each: ApiToken) -> dict[str, object]:
        state = "revoked" if each.revoked_at else "expired" if each.expires_at <= now else "good"
        until = each.expires_at.astimezone(settings.zone).date().isoformat()
        used = each.used_on.isoformat() if each.used_on else None
        return {
            "id": each.id, "role": each.role.value, "place": each.place, "state": state, "until": until, "used": used,
            "name": each.name,
        }  # fmt: skip

    with opened(settings) as database, database.read() as connection:
        found = [told(each) for each in api_tokens.listed(connection)]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for each in found:
        click.echo("  ".join(str("-" if value in {None, ""} else value) for value in each.values()))


@token.command()
@click.argument("number", metavar="ID", type=click.IntRange(1, 2**31 - 1))
def revoke(number: int) -> None:
    """End the token with this ID; it lets nobody in from the next request on."""
    settings = read_settings()
    now = clock_of(settings)()
    with opened(settings) as database:
        if not database.write(lambda connection: api_tokens.revoke(connection, number, now)):
            message = f"there is no token {number} that is still good; `wuyi token list` has them"
            raise click.ClickException(message)
    click.echo(f"token {number} is revoked")
