"""A process that ticks over a database, for the tests that run several of them: ``URL NAME FOLDER``.

Its clock is the file ``clock`` of the folder; how often it ticked, and how often of these under the lease, stands in
the file of its name; a file ``over`` ends it.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime, timedelta
from pathlib import Path

from bot.desk.voice import Tools
from bot.store.database import Database
from bot.store.media import MediaStore
from scheduler.jobs import House
from scheduler.lease import Lease
from scheduler.tick import Tick
from tests.town import KEYRING, RULES, ZONE

LIFE = timedelta(minutes=9)
"""Two steps of the clock."""


async def main(url: str, name: str, folder: Path) -> None:
    """Tick without a pause."""
    latest = [datetime.min.replace(tzinfo=ZONE)]

    def clock() -> datetime:
        said = (folder / "clock").read_text(encoding="ascii")
        latest[0] = datetime.fromisoformat(said) if said else latest[0]  # it is just being written
        return latest[0]

    database = Database(url)
    counter = iter(range(10**9))
    tools = Tools(KEYRING, RULES, ZONE, lambda: f"{name}{next(counter):08}", "")
    media = MediaStore(folder / "media", KEYRING, database, clock)
    lease = Lease(database, name, life=LIFE)
    jobs = [job for job in House(database, tools, media, lambda: None, lease).jobs() if job.name != "retention"]
    tick = Tick(jobs, clock, ZONE, lease)
    ticks = leased = 0
    while not (folder / "over").exists():
        before = lease._fence
        await tick.tick()
        ticks += 1
        leased += 0 < before == lease._fence  # it was this process that ticked, all the while
        (folder / name).write_text(f"{ticks} {leased}", encoding="ascii")
        if not lease._fence:
            await asyncio.sleep(0.02)  # whoever waits for it leaves the database to the one who has it
    database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
