"""``purge``, ``end-of-event``, ``rotate-key``: what goes on time, what goes for good, under which key all lies."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

import click

from bot import words
from bot.app import Bot
from bot.clock import clock_of
from bot.commands.refuse import built, read_settings, refusals
from bot.model import Locale
from bot.settings import KEY_FILE, Settings
from bot.store import ending, keycheck, retention, rotation
from bot.store.compaction import compact
from bot.store.crypto import BEFORE, Keyring
from bot.store.schema import check

NEW_KEY = "WUYI_NEW_SECRET_KEY"
SHORTEST = 32
"""A key of fewer signs could be guessed."""


def _bot(settings: Settings) -> Bot:
    """The bot over a database that is as it should be.

    Raises:
        click.ClickException: the clock does not read.
    """
    try:
        clock = clock_of(settings)
    except ValueError as why:
        raise click.ClickException(str(why)) from why
    bot = built(settings, clock)
    check(bot.database)
    bot.database.write(lambda connection: keycheck.confirm(connection, bot.keyring))
    return bot


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
def purge(*, dry_run: bool) -> None:
    """Delete what is past its term: messages, details of cases, notes, photos. The bot does so every night itself."""
    with refusals():
        bot = _bot(read_settings())
        try:
            now = bot.clock()
            if dry_run:
                job = bot.database.write(
                    lambda connection: retention.purge(connection, bot.media, bot.rules, now, dry_run=True)
                )
                counts = job.counts
            else:
                counts = retention.nightly(bot.database, bot.media, bot.rules, now)
        finally:
            bot.close()
    for kind, count in counts.items():
        click.echo(f"{kind:24} {count}")


@click.command(name="end-of-event")
@click.option("--certificate", required=True, type=click.Path(path_type=Path, dir_okay=False), help="Written here.")
@click.option("--keep-roster", is_flag=True, help="Keep the staff's names, phones and roles: they go on working.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def end_of_event(*, certificate: Path, keep_roster: bool, yes: bool) -> None:
    """Delete all personal data for good, keep the figures, and write a certificate of what was deleted."""
    if certificate.exists():
        message = f"{certificate} is there already; a certificate is never written over"
        raise click.ClickException(message)
    with refusals():
        bot = _bot(read_settings())
        try:
            with bot.database.read() as connection:
                name, people = ending.widest(connection), ending.counted(connection)
            if not yes:
                click.echo(words.text("figures/ending", Locale.ZH, {"name": name, "people": people}))
                if click.prompt("", prompt_suffix="> ") != name:
                    message = "nothing was deleted"
                    raise click.ClickException(message)
            certificate.touch(exist_ok=False)  # before anything goes: it must be possible to write it
            now = bot.clock()
            done, files = bot.database.write(
                lambda connection: ending.end(connection, bot.keyring, now, keep_roster=keep_roster)
            )
            certificate.write_text(json.dumps(done.as_json(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
            bot.media.discard(files)
            whole = compact(bot.database, full=True)
        finally:
            bot.close()
    click.echo(f"{certificate}: {sum(done.deleted.values())} rows deleted, {sum(done.emptied.values())} emptied")
    click.echo("backups of before still hold it: delete them, or `wuyi rotate-key` and destroy the old key", err=True)
    if not whole:
        click.echo("the database is in use: stop the bot, then `wuyi purge`, so that the disk forgets too", err=True)


@click.command(name="rotate-key")
def rotate_key() -> None:
    """Seal everything with a new secret key. Stop the bot first; browsers are signed out and unused codes end.

    The key in the data folder is changed in place. Where WUYI_SECRET_KEY is set, give the new one as
    WUYI_NEW_SECRET_KEY, and set it as WUYI_SECRET_KEY afterwards.
    """
    settings = read_settings()
    given = os.environ.get(NEW_KEY, "")
    if settings.secret_key is not None and len(given) < SHORTEST:
        message = f"WUYI_SECRET_KEY is set, so {NEW_KEY} must hold the new key, at least {SHORTEST} signs"
        raise click.ClickException(message)
    new = given.encode() or secrets.token_hex(SHORTEST).encode()
    with refusals():
        bot = _bot(settings)
        try:
            path = settings.data_dir / KEY_FILE
            if settings.secret_key is None:
                keyring = Keyring(rotation.begin(path, new))
            else:
                keyring = Keyring(new + BEFORE + settings.secret())
            now = bot.clock()
            counts = bot.database.write(lambda connection: keycheck.move(connection, keyring, now, "cli"))
            pictures = rotation.reseal_media(settings.media_dir, keyring)
            if settings.secret_key is None:
                rotation.finish(path)
            compact(bot.database)
        finally:
            bot.close()
    click.echo(f"{sum(counts.values())} rows and {pictures} pictures are sealed with the new key")
    if settings.secret_key is not None:
        click.echo(f"now set WUYI_SECRET_KEY to the value of {NEW_KEY}")
