"""Whether the database has the tables that this program needs, and how it gets them."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, OperationalError

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

    from bot.store.database import Database

STEPS = Path(__file__).parent / "migrations"
LOCK = 0x77757969
"""The advisory lock of PostgreSQL under which one process at a time changes tables ("wuyi")."""


class SchemaError(Exception):
    """The database cannot be used as it is: ``what`` is wrong, and the ``mend``; together one sentence."""

    def __init__(self, what: str, mend: str) -> None:
        """Keep both halves, for those who show them apart."""
        super().__init__(f"{what}; {mend}")
        self.what = what
        self.mend = mend


class MissingError(SchemaError):
    """There is no database yet."""


def migrate(database: Database) -> None:
    """Create the tables, or bring them up to date; of several processes at once one does it and the others wait.

    Raises:
        SchemaError: the database is newer than this program, or cannot be opened or written.
    """
    try:
        with database.engine.connect() as connection, connection.begin():
            alone(connection)
            _refuse_newer(_revision(connection))
            upgrade(connection)
    except DatabaseError as why:
        raise _unusable(database, why) from why


def alone(connection: Connection) -> None:
    """Let nobody else change tables until this transaction is over."""
    if connection.dialect.name == "postgresql":  # SQLite's BEGIN IMMEDIATE lets one in at a time by itself
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def upgrade(connection: Connection, to: str = "head") -> None:
    """Take the steps up to this one, in the caller's transaction."""
    logging.getLogger("alembic").setLevel(logging.WARNING)  # "Context impl SQLiteImpl." tells an operator nothing
    from alembic import command  # noqa: PLC0415 - slow to load, and talkative from its import on

    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def check(database: Database, *, older: bool = False) -> None:
    """Make sure that the tables are those of this program, or (``older``) of an earlier release.

    Raises:
        SchemaError: no database yet, an older or newer one, none that can be read, or none that can be written.
    """
    path = _file(database)
    if path is not None and not path.exists():
        raise _missing(database) if os.access(path.parent, os.W_OK) else _read_only(path.parent)
    try:
        with database.read() as connection:
            found = _revision(connection)
    except DatabaseError as why:
        raise _unusable(database, why) from why
    if path is not None and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
        raise _read_only(path.parent)
    if found is None:
        raise _missing(database)
    _refuse_newer(found)
    if found != revisions()[-1] and not older:
        what = f"the database ({found}) is older than this program ({revisions()[-1]})"
        raise SchemaError(what, "run `wuyi migrate`")


def revisions() -> list[str]:
    """The names of the steps, first to last: each file's number."""
    return sorted(path.name.partition("_")[0] for path in (STEPS / "versions").glob("[0-9]*.py"))


def alembic_config() -> Config:
    """What Alembic needs to know; no ``alembic.ini``, so that it works from an installed wheel."""
    from alembic.config import Config  # noqa: PLC0415 - slow to load, and needed by two commands only

    config = Config()
    config.set_main_option("script_location", str(STEPS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config


def _revision(connection: Connection) -> str | None:
    """The step that the database stands at; None when it has no tables of ours."""
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _refuse_newer(found: str | None) -> None:
    if found is not None and found not in revisions():
        what = (
            f"this database was made by a newer wuyi (its tables are at {found}, this program knows {revisions()[-1]})"
        )
        raise SchemaError(what, "upgrade the program")


def _file(database: Database) -> Path | None:
    """The file of an embedded database; None for a server, or memory."""
    name = database.engine.url.database
    return Path(name) if database.sqlite and name and name != ":memory:" else None


def _name(database: Database) -> str:
    """How an operator knows the database; without the password."""
    return str(_file(database) or database.engine.url.render_as_string(hide_password=True))


def _missing(database: Database) -> MissingError:
    return MissingError(f"there is no database yet at {_name(database)}", "run `wuyi init`")


def _read_only(folder: Path) -> SchemaError:
    mend = f"let this user write there (chown, chmod u+w {folder}), or set WUYI_DATA_DIR to a folder of its own"
    return SchemaError(f"the database's folder {folder} cannot be written", mend)


def _unusable(database: Database, why: DatabaseError) -> SchemaError:
    """One sentence for what the driver says in many."""
    said = str(why.orig).strip().partition("\n")[0].rstrip(".")
    path = _file(database)
    if path is None:
        what = f"the database at {_name(database)} does not answer: {said}"
        return SchemaError(what, "start it, or correct WUYI_DATABASE_URL")
    if "readonly" in said or "unable to open" in said:
        return _read_only(path.parent)
    if isinstance(why, OperationalError):  # locked, or a disk that fails or is full
        return SchemaError(f"the database {path} cannot be used: {said}", "end what holds it, or look at the disk")
    mend = "move it away and restore a backup (`wuyi restore`), or begin anew (`wuyi init`)"
    return SchemaError(f"{path} is not a database, or is damaged", mend)
