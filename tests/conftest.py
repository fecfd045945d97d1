"""What every test may use: the town's database, and the switch that rewrites transcripts."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bot.store.database import Database
from tests.town import build

settings.register_profile("suite", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", deadline=None, max_examples=2000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("WUYI_HYPOTHESIS", "suite"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--update`` rewrites the transcripts from what the bot says now; read the difference before it is kept."""
    parser.addoption("--update", action="store_true", help="rewrite tests/transcripts")


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test sees its own settings only, whatever the developer's shell has set."""
    for name in [name for name in os.environ if name.startswith("WUYI_") and name != "WUYI_HYPOTHESIS"]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def _town_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The town, built once."""
    path = tmp_path_factory.mktemp("town") / "town.db"
    database = Database(f"sqlite:///{path}")
    build(database)
    database.close()
    return path


@pytest.fixture
def town(_town_file: Path, tmp_path: Path) -> Iterator[Database]:
    """A database of one's own with the town of ``tests.town`` in it."""
    path = tmp_path / "wuyi.db"
    shutil.copy(_town_file, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()
