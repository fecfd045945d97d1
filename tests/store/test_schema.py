"""The tables: made, brought up to date, compared with the code; one clear sentence for each way they can be wrong."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlmodel import SQLModel

from bot.store import schema, tables
from bot.store.database import Database
from bot.store.schema import SchemaError, check, migrate

MIGRATE = """
import logging, sys
logging.basicConfig(level=logging.INFO)
from bot.store.database import Database
from bot.store.schema import migrate
sys.stdin.readline()
migrate(Database(sys.argv[1]))
"""


def stand_at(database: Database, revision: str) -> None:
    """Pretend that the database was left at ``revision``."""

    def job(connection: Connection) -> None:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})

    database.write(job)


def test_migrations_give_the_tables_that_the_code_speaks_of(empty: Database) -> None:
    """After the last step nothing is left that Alembic would draft."""
    migrate(empty)
    with empty.read() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)
    assert differences == []


def test_partial_indexes_are_partial(database: Database) -> None:
    """The conditions of the partial indexes arrive in the database, which a comparison does not look at."""
    found = {}
    with database.read() as connection:
        for table in ("account", "conversation", "outbox"):
            for index in inspect(connection).get_indexes(table):
                options = index.get("dialect_options", {})
                where = options.get(f"{connection.dialect.name}_where")
                if where is not None:
                    found[index["name"]] = str(where)
    assert {name: ("unbound_at" in where, "state" in where) for name, where in found.items()} == {
        "ix_account_live": (True, False),
        "ix_conversation_open": (False, True),
        "ix_outbox_open": (False, True),
        "ix_outbox_turn": (False, True),
    }


def test_migrating_twice_changes_nothing(database: Database) -> None:
    """A database that is up to date passes, before and after another migration."""
    check(database)
    migrate(database)
    check(database)


def test_several_processes_migrate_at_once(empty: Database) -> None:
    """Each of several that start on an empty database ends well and says nothing; the tables are there once."""
    url = empty.engine.url.render_as_string(hide_password=False)
    started = [
        subprocess.Popen([sys.executable, "-c", MIGRATE, url], stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [process.communicate()[1] for process in started] == [""] * 4
    check(empty)


def test_migrating_leaves_our_logging_alone(empty: Database, caplog: pytest.LogCaptureFixture) -> None:
    """No logger of ours is silenced, and Alembic says nothing at level INFO."""
    ours = logging.getLogger("bot.app")
    with caplog.at_level(logging.INFO):
        migrate(empty)
        ours.info("still heard")
    assert not ours.disabled
    assert [record.message for record in caplog.records] == ["still heard"]


def test_a_database_without_tables_is_told_to_be_made(empty: Database) -> None:
    """One sentence, with the command that mends it."""
    with pytest.raises(SchemaError, match=r"^there is no database yet at .+; run `wuyi init`$"):
        check(empty)


def test_looking_for_a_database_makes_none(tmp_path: Path) -> None:
    """A check that finds no file leaves none behind."""
    path = tmp_path / "wuyi.db"
    with closing(Database(f"sqlite:///{path}")) as database, pytest.raises(SchemaError, match="run `wuyi init`"):
        check(database)
    assert not path.exists()


def test_an_older_database_is_told_to_be_migrated(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the program has learned a further step, the database is older."""
    steps = [*schema.revisions(), "9999"]
    monkeypatch.setattr(schema, "revisions", lambda: steps)
    with pytest.raises(SchemaError, match=r"^the database \(\d{4}\) is older .+; run `wuyi migrate`$"):
        check(database)


def test_a_newer_database_is_refused(database: Database) -> None:
    """Neither used nor touched: the program is what has to change."""
    stand_at(database, "9999")
    for attempt in (check, migrate):
        with pytest.raises(SchemaError, match=r"^this database was made by a newer wuyi .+; upgrade the program$"):
            attempt(database)


def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path: Path) -> None:
    """A picture, say, under the name of the database."""
    path = tmp_path / "wuyi.db"
    path.write_bytes(b"not a database, but long enough to look at" * 50)
    with closing(Database(f"sqlite:///{path}")) as database:
        for attempt in (check, migrate):
            with pytest.raises(SchemaError, match=r"is not a database, or is damaged; move it away"):
                attempt(database)


def test_a_folder_that_takes_no_file_is_said_to_take_none() -> None:
    """The kernel's own folder refuses even root."""
    refused = pytest.raises(SchemaError, match=r"^the database's folder /proc cannot be written; .+WUYI_DATA_DIR")
    with closing(Database("sqlite:////proc/wuyi.db")) as database, refused:
        migrate(database)


def test_a_database_that_may_not_be_written_is_refused(migrated_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sound database in a folder that belongs to somebody else is of no use to a bot."""
    monkeypatch.setattr(os, "access", lambda *_: False)
    refused = pytest.raises(SchemaError, match=r"cannot be written; let this user write there")
    with closing(Database(f"sqlite:///{migrated_file}")) as database, refused:
        check(database)


def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    """A refused connection gives one sentence, and the password is not in it."""
    with closing(Database("postgresql+psycopg://wuyi:hush@127.0.0.1:1/wuyi")) as database:
        for attempt in (check, migrate):
            with pytest.raises(
                SchemaError, match=r"does not answer: .+; start it, or correct WUYI_DATABASE_URL$"
            ) as why:
                attempt(database)
            assert "hush" not in str(why.value)
            assert "\n" not in str(why.value)


def test_the_tables_are_those_of_the_model() -> None:
    """Every table class is known to the metadata that migrations are compared with."""
    classes = [each for each in vars(tables).values() if isinstance(each, type) and issubclass(each, SQLModel)]
    assert {each.__tablename__ for each in classes if each is not SQLModel} == set(SQLModel.metadata.tables)
