"""``wuyi import``: a roster workbook or a folder of CSV into the database, or the template to fill in."""

from __future__ import annotations

import contextlib
import dataclasses
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot import words
from bot.model import Locale

if TYPE_CHECKING:
    from bot.roster.bring import Brought, Stage
    from bot.roster.plan import Count
    from bot.settings import Settings
    from bot.store.database import Database

LARGE = 1 << 20
"""Bytes from which on the stages are named even where nobody may be looking."""
STAGES = 3
WARNED = 20


@click.command("import", short_help="Read a roster workbook (.xlsx) or a folder of .csv; all or nothing.")
@click.argument("path", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change; write nothing.")
@click.option("--template", type=click.Path(dir_okay=False, path_type=Path), help="Write an empty workbook to fill in.")
@click.option("--replace-sample", is_flag=True, help="Delete the sample roster, and all that was tried with it, first.")
def import_(path: Path | None, template: Path | None, *, dry_run: bool, replace_sample: bool) -> None:
    """Read a roster: a workbook (.xlsx, .xls) or a folder of .csv, with the sheets or files places, people,
    assignments, case_events, reports; any subset, headers in Chinese or English.

    All or nothing: every bad row is named with its file, row, column and reason. Importing twice changes nothing.
    """  # noqa: D205 - click shows the first paragraph as it is
    from bot.commands.refuse import read_settings  # noqa: PLC0415 - not needed for --help

    settings = read_settings()
    if template is not None:
        if path is not None or dry_run or replace_sample:
            message = "--template stands alone"
            raise click.UsageError(message)
        _template(template, settings)
    elif path is None:
        message = "a PATH is needed: a workbook, or a folder of .csv (or --template FILE for one to fill in)"
        raise click.UsageError(message)
    else:
        _bring(path, settings, dry_run=dry_run, replace_sample=replace_sample)


def _template(file: Path, settings: Settings) -> None:
    from bot.roster import template  # noqa: PLC0415 - openpyxl is slow to load
    from bot.scoring import packs  # noqa: PLC0415 - as above

    if file.exists():
        message = f"{file} exists already and may be filled in; choose another name, or remove it first"
        raise click.ClickException(message)
    try:
        template.write(file, packs.load(settings.packs[0]))
    except (OSError, packs.PackError) as why:
        raise click.ClickException(str(why)) from why
    click.echo(_said("template", {"path": file}))


def _bring(path: Path, settings: Settings, *, dry_run: bool, replace_sample: bool) -> None:
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415 - not needed for --help

    from bot.clock import clock_of  # noqa: PLC0415 - as above
    from bot.commands.refuse import refusals  # noqa: PLC0415 - as above
    from bot.roster.bring import RefusedError, bring  # noqa: PLC0415 - as above
    from bot.scoring import packs  # noqa: PLC0415 - as above
    from bot.store import keycheck  # noqa: PLC0415 - as above
    from bot.store.crypto import Keyring  # noqa: PLC0415 - as above

    try:
        now = clock_of(settings)()
    except ValueError as why:
        raise click.ClickException(str(why)) from why
    try:
        with refusals(), _database(settings, dry_run=dry_run) as database, _stages(path) as stage:
            keyring = Keyring(settings.secret())
            with database.read() as connection:
                keycheck.matches(connection, keyring)
            rules, *beside = (packs.load(name) for name in settings.packs)
            brought = bring(
                database,
                keyring,
                rules,
                now,
                path,
                dry_run=dry_run,
                replace_sample=replace_sample,
                stage=stage,
                beside=beside,
            )
            if not dry_run:
                database.write(lambda connection: keycheck.confirm(connection, keyring))
    except RefusedError as why:
        click.echo(str(why), err=True)
        sys.exit(1)
    except (packs.PackError, OSError) as why:
        raise click.ClickException(str(why)) from why
    except DBAPIError as why:
        # Without its parameters, which are the roster's.
        raise click.ClickException(str(why.orig)) from why
    _forget(brought.pictures, settings)
    _summarise(brought, dry_run=dry_run)


@contextlib.contextmanager
def _database(settings: Settings, *, dry_run: bool) -> Iterator[Database]:
    """The database, made if there is none yet (for a dry run: elsewhere, and thrown away)."""
    from bot.commands.refuse import connect  # noqa: PLC0415 - not needed for --help
    from bot.store import schema  # noqa: PLC0415 - as above
    from bot.store.database import Database  # noqa: PLC0415 - as above

    with contextlib.ExitStack() as stack:
        database = connect(settings)
        stack.callback(database.close)
        if _absent(database):
            if dry_run:
                folder = stack.enter_context(tempfile.TemporaryDirectory())
                database = Database(f"sqlite:///{folder}/wuyi.db")
                stack.callback(database.close)
            schema.migrate(database)
        schema.check(database)
        yield database


@contextlib.contextmanager
def _stages(path: Path) -> Iterator[Stage]:
    """A progress bar on a terminal; elsewhere a line a stage, if it may take a while."""
    files = path.iterdir() if path.is_dir() else [path]
    large = sum(file.stat().st_size for file in files if file.is_file()) > LARGE
    if not sys.stderr.isatty():
        yield lambda name, values: click.echo(_said(name, values), err=True) if large else None
        return
    with click.progressbar(
        length=STAGES, file=sys.stderr, show_eta=False, item_show_func=_named, update_min_steps=0
    ) as bar:
        begun: list[str] = []

        def stage(name: str, values: Mapping[str, object]) -> None:
            bar.update(len(begun) and 1, _said(name, values))
            begun.append(name)

        yield stage
        bar.update(STAGES)


def _absent(database: Database) -> bool:
    """Whether there is nothing there at all: no file, or a database without a single table."""
    from sqlalchemy import inspect  # noqa: PLC0415 - not needed for --help
    from sqlalchemy.exc import DatabaseError  # noqa: PLC0415 - as above

    where = database.engine.url.database
    if database.sqlite and where and not Path(where).exists():
        return True
    try:
        return not inspect(database.engine).get_table_names()
    except DatabaseError:
        return False  # the check that follows says what is wrong, and how it is mended


def _named(stage: object) -> str:
    return str(stage or "")


def _forget(pictures: tuple[str, ...], settings: Settings) -> None:
    """Delete the pictures that belonged to the sample; their rows are gone already."""
    for name in pictures:
        for file in settings.media_dir.glob(f"{name}*"):
            file.unlink(missing_ok=True)


def _summarise(brought: Brought, *, dry_run: bool) -> None:
    """What was passed over, on stderr; then one line a table that the roster has, and what came of it."""
    if brought.warnings:
        click.echo(_said("warnings"), err=True)
        for problem in brought.warnings[:WARNED]:
            click.echo(f"  {problem.said()}", err=True)
        if len(brought.warnings) > WARNED:
            click.echo(f"  {_said('more', {'count': len(brought.warnings) - WARNED}, 'roster/problems')}", err=True)
    counted = {table: count for table, count in brought.counts.items() if count.new or count.changed or count.same}
    for table, count in counted.items():
        lines = (_line(table, count, locale) for locale in Locale)
        click.echo(" / ".join(lines))
    changed = any(count.new or count.changed for count in counted.values())
    click.echo(_said("trial" if dry_run else "done" if changed else "nothing"))


def _line(table: str, count: Count, locale: Locale) -> str:
    values = {"table": words.label("roster/tables", locale, table)}
    return words.text("roster/summary", locale, {**values, **dataclasses.asdict(count)})


def _said(part: str, values: Mapping[str, object] | None = None, key: str = "roster/summary") -> str:
    return " / ".join(words.text(key, locale, values, part) for locale in Locale)
