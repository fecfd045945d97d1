"""The town's API."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from starlette.applications import Starlette

from bot.store.database import Database
from tests.api.asking import application, fill
from tests.store.servers import postgres
from tests.town import build

__all__ = ["postgres"]


@pytest.fixture(scope="session")
def _filled_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The town with something of everything in it, made once."""
    path = tmp_path_factory.mktemp("filled") / "town.db"
    with closing(Database(f"sqlite:///{path}")) as database:
        build(database)
        asyncio.run(fill(database))
    return path


@pytest.fixture
def filled(_filled_file: Path, tmp_path: Path) -> Iterator[Database]:
    """A town of one's own with something of everything in it."""
    path = tmp_path / "wuyi.db"
    shutil.copy(_filled_file, path)
    with closing(Database(f"sqlite:///{path}")) as database:
        yield database


@pytest.fixture
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Starlette:
    """The program over the town that the test asks for."""
    name = "filled" if "filled" in request.fixturenames else "town"
    return application(request.getfixturevalue(name), tmp_path)
