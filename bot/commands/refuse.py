"""What every command says when settings or database stand in its way: one sentence on stderr, exit status 1."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import closing, contextmanager

import click
from pydantic import ValidationError
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from bot import words
from bot.app import Bot
from bot.clock import Clock
from bot.model import Locale
from bot.settings import Settings
from bot.store.crypto import WrongKeyError
from bot.store.database import Database
from bot.store.schema import SchemaError, check

SHOWN = frozenset(
    {
        "data_dir", "host", "port", "timezone", "telegram_mode", "telegram_per_second", "wecom_per_minute",
        "backup_dir", "backup_keep",
    }
)  # fmt: skip
"""The settings whose wrong value may be repeated; the others hold secrets, or may."""


def wrong_settings(why: ValidationError | tomllib.TOMLDecodeError) -> list[str]:
    """One sentence for each setting that does not read."""
    if isinstance(why, tomllib.TOMLDecodeError):
        return [f"wuyi.toml does not read as TOML: {why}"]
    found = []
    for error in why.errors(include_url=False, include_context=False):
        name = str(error["loc"][0]) if error["loc"] else "settings"
        said = error["msg"].removeprefix("Value error, ").removeprefix("Input ")
        value = f" (found {error['input']!r})" if name in SHOWN and "no such" not in said else ""
        found.append(f"WUYI_{name.upper()}: {said}{value}")
    return found


def refused(key: str, **values: object) -> str:
    """Why a command is refused, in words. What stands on stderr is English, whatever language the answer would have."""
    return words.text(key, Locale.EN, values)


def read_settings() -> Settings:
    """The settings, or the sentences that say what is wrong with them.

    Raises:
        click.ClickException: a setting does not read.
    """
    try:
        return Settings()
    except (ValidationError, tomllib.TOMLDecodeError) as why:
        raise click.ClickException("; ".join(wrong_settings(why))) from why


def connect(settings: Settings) -> Database:
    """The database that the settings name, unopened.

    Raises:
        SchemaError: the address does not read, or the folder cannot be made.
    """
    try:
        return Database(settings.url)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as why:  # never repeated: it may hold a password
        what = "WUYI_DATABASE_URL is not an address that can be used"
        mend = "write it as postgresql+psycopg://USER:PASSWORD@HOST/NAME, or leave it out for SQLite"
        raise SchemaError(what, mend) from why
    except OSError as why:
        what = f"the data folder {settings.data_dir} cannot be made ({why.strerror})"
        raise SchemaError(what, "set WUYI_DATA_DIR to a folder that this user may write") from why


def built(settings: Settings, clock: Clock) -> Bot:
    """The bot without its pages, or the sentence that says which setting a channel lacks.

    Raises:
        click.ClickException: a channel's settings contradict each other.
    """
    try:
        return Bot.build(settings, clock, web=False)
    except ValueError as why:
        raise click.ClickException(str(why)) from why


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what an operator can mend into one sentence.

    Raises:
        click.ClickException: in place of what the block raised.
    """
    try:
        yield
    except (SchemaError, WrongKeyError) as why:
        raise click.ClickException(str(why)) from why


@contextmanager
def opened(settings: Settings, *, older: bool = False) -> Iterator[Database]:
    """The database, checked, for as long as the block runs; with ``older`` it need not be up to date.

    Raises:
        click.ClickException: it is missing, older, newer, damaged or out of reach.
    """
    with refusals(), closing(connect(settings)) as database:
        check(database, older=older)
        yield database
