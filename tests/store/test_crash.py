"""What was acknowledged is stored, whenever the process is killed.

A child writes numbered rows through ``Database.submit``, many in flight, and prints each number once its future is
done. It is killed (SIGKILL) after a seeded number of lines. ``WUYI_CRASH_ROUNDS=1000`` runs the promised thousand.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.store.database import Database

ROUNDS = int(os.environ.get("WUYI_CRASH_ROUNDS", "0"))
ROOT = Path(__file__).parents[2]
SEED = os.environ.get("WUYI_CRASH_SEED", "wuyi")


def kill_after(url: str, first: int, lines: int) -> list[int]:
    """Start the child at number ``first``, kill it after ``lines`` acknowledged rows; give all that it acknowledged."""
    command = [sys.executable, "-m", "tests.store.crash_child", url, str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True) as child:
        assert child.stdout is not None
        said = [child.stdout.readline() for _ in range(lines)]
        child.send_signal(signal.SIGKILL)
        said += child.stdout.readlines()
    assert child.returncode == -signal.SIGKILL
    # The last line may have been cut off by the kill: then nobody has heard it.
    return [int(line) for line in said if line.endswith("\n")]


@pytest.mark.parametrize("share", range(5))
def test_no_acknowledged_row_is_lost(database: Database, share: int) -> None:
    """Every number that the child printed is stored, after every kill, on a database that is still whole."""
    rounds = -(-ROUNDS // 5) or (5 if database.sqlite else 2)
    chance = random.Random(f"{SEED} {share}")
    url = database.engine.url.render_as_string(hide_password=False)
    acknowledged: set[int] = set()
    for number in range(rounds):
        acknowledged.update(kill_after(url, first=number * 1_000_000, lines=chance.randint(1, 400)))
        with database.read() as connection:
            stored = set(connection.scalars(text("SELECT CAST(key AS INTEGER) FROM setting")))
            if database.sqlite:
                assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
        lost = acknowledged - stored
        assert not lost, f"lost in round {number}, seed {SEED!r} {share}: {sorted(lost)[:10]}"
    assert len(acknowledged) >= rounds
