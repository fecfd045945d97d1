"""Several processes tick over one database, are stopped, go on, and are killed: the same messages as of one."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.store.database import Database
from bot.store.tables import named
from tests.town import NOW, _fill

ROOT = Path(__file__).parents[2]
OUTBOX, REMINDER = named("outbox"), named("reminder")
DAWN, DUSK, STEP = NOW.replace(hour=14, minute=30), NOW.replace(hour=17, minute=45), timedelta(minutes=5)
LATEST = 90.0
"""So long, in seconds, one step of the clock may take on a machine that does much else."""
IMPATIENT = "-c idle_in_transaction_session_timeout=1500"
"""A process that was stopped within a transaction is thrown out after a second and a half."""
Plan = Mapping[int, tuple[str, signal.Signals]]


class Many:
    """Processes that tick, on a clock that goes on once somebody has seen it."""

    def __init__(self, database: Database, folder: Path, names: str) -> None:
        """Start them, a letter each."""
        self.folder = folder
        self.silent: set[str] = set()
        address = database.engine.url
        if not database.sqlite:
            address = address.update_query_dict({"options": IMPATIENT})
        url = address.render_as_string(hide_password=False)
        self._set(DAWN)
        command = [sys.executable, "-m", "tests.scheduler.tick_child", url]
        self.children = {
            name: subprocess.Popen([*command, name, str(folder)], cwd=ROOT, stderr=subprocess.PIPE, text=True)
            for name in names
        }

    def _set(self, now: datetime) -> None:
        (self.folder / "clock").write_text(now.isoformat(), encoding="ascii")

    def ticks(self) -> dict[str, tuple[int, int]]:
        """How often each of those that run has ticked, and how often under the lease."""
        found = {}
        for name in set(self.children) - self.silent:
            file = self.folder / name
            said = file.read_text(encoding="ascii").split() if file.exists() else []
            found[name] = (int(said[0]), int(said[1])) if len(said) == len("ab") else (0, 0)
        return found

    def seen(self, before: dict[str, tuple[int, int]]) -> bool:
        """Whether the clock was seen: by who has the lease, or by all, where nobody has it.

        The second of two ticks began after the clock was set; a file that is just being written counts for nothing.
        """
        gone = [(n - before[name][0], m - before[name][1]) for name, (n, m) in self.ticks().items()]
        return any(leased >= 2 for _, leased in gone) or all(ticks >= 3 for ticks, _ in gone)

    def day(self, plan: Plan) -> None:
        """Step by step from dawn to dusk; at some steps one of them gets a signal."""
        steps = (DUSK - DAWN) // STEP
        for step in range(steps + 1):
            if step in plan:
                self.signal(*plan[step])
            before = self.ticks()
            self._set(DAWN + step * STEP)
            since = time.monotonic()
            while not self.seen(before):
                assert time.monotonic() - since < LATEST, f"nobody ticks at step {step}"
                time.sleep(0.002)

    def signal(self, name: str, sent: signal.Signals) -> None:
        """Stop one, let it go on, or kill it."""
        self.children[name].send_signal(sent)
        self.silent = self.silent - {name} if sent is signal.SIGCONT else self.silent | {name}

    def end(self) -> dict[str, str]:
        """End them all; what went wrong in those that nobody killed."""
        (self.folder / "over").touch()
        for child in self.children.values():
            child.send_signal(signal.SIGCONT)
        wrong = {name: child.communicate(timeout=LATEST)[1] for name, child in self.children.items()}
        return {name: said for name, said in wrong.items() if self.children[name].returncode > 0}


@pytest.fixture
def many(database: Database, tmp_path: Path) -> Iterator[Callable[[str], Many]]:
    """Starts processes; whatever happens, they are gone at the end."""
    started: list[Many] = []

    def start(names: str) -> Many:
        started.append(Many(database, tmp_path, names))
        return started[-1]

    yield start
    for each in started:
        for child in each.children.values():
            child.kill()
            child.communicate()


def said(database: Database) -> tuple[Counter[tuple[str, str, int | None]], Counter[tuple[int, str]]]:
    """The messages by kind, address and person, and the moments that they serve."""
    with database.read() as connection:
        rows = connection.execute(select(OUTBOX.c.kind, OUTBOX.c.address, OUTBOX.c.person)).all()
        slots = connection.execute(select(REMINDER.c.person, REMINDER.c.slot)).all()
    return Counter((row.kind, row.address, row.person) for row in rows), Counter(
        (row.person, row.slot) for row in slots
    )


DAY = {("reminder", "zhang", 1): 2, ("reminder", "li", 2): 2, ("reminder", "smith", 4): 2}
DIGESTS = {("digest", who, person): 1 for who, person in (("wang", 3), ("zhao", 7), ("brown", 8), ("sun", 9))}


CASES: Mapping[str, tuple[str, Plan]] = {
    "one": ("a", {}),
    "two": ("ab", {}),
    "four": ("abcd", {}),
    "two, one killed": ("ab", {7: ("a", signal.SIGKILL)}),
}
STOPPED: Mapping[str, tuple[str, Plan]] = {
    "four, one stopped, one killed": (
        "abcd",
        {4: ("a", signal.SIGSTOP), 9: ("b", signal.SIGKILL), 30: ("a", signal.SIGCONT)},
    ),
    "four, two stopped": (
        "abcd",
        {
            5: ("c", signal.SIGSTOP),
            6: ("d", signal.SIGSTOP),
            26: ("c", signal.SIGCONT),
            33: ("d", signal.SIGCONT),
        },
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_same_messages(database: Database, many: Callable[[str], Many], case: str) -> None:
    """An afternoon on which nobody reports: each hears twice, each lead once, however many tick."""
    afternoon(database, many, *CASES[case])


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.parametrize("case", STOPPED)
def test_one_that_is_stopped(database: Database, many: Callable[[str], Many], case: str) -> None:
    """It is replaced, and writes nothing twice when it goes on; a file, as SQLite's is, nobody takes away from it."""
    afternoon(database, many, *STOPPED[case])


def afternoon(database: Database, many: Callable[[str], Many], names: str, plan: Plan) -> None:
    """Let processes of these names tick through it; what was written is what one alone would have written."""
    database.write(_fill)
    running = many(names)
    running.day(plan)
    assert running.end() == {}
    messages, slots = said(database)
    assert {key: count for key, count in messages.items() if key[0] != "notice"} == {**DAY, **DIGESTS}
    assert set(slots.values()) == {1}
    assert len(slots) == sum(DAY.values())
