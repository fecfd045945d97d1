"""The clock of the house: once a minute it calls what may be due. It holds no truth; each job looks for itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler

LATE = timedelta(minutes=5)
"""After so long without a tick the scheduler counts as stuck."""
log = logging.getLogger(__name__)


class Job(NamedTuple):
    """Something that may be due: done at a moment (aware, in the programme's zone), in a thread of its own.

    It must come to the same however often, and by however many processes, it is called.
    """

    name: str
    do: Callable[[datetime], object]


class Tick:
    """Calls its jobs, one after another, every minute. A job that fails is told of by name, and called again."""

    def __init__(self, jobs: Sequence[Job], clock: Callable[[], datetime], zone: ZoneInfo) -> None:
        """Nothing runs yet."""
        self._jobs = jobs
        self._clock = clock
        self._zone = zone
        self._last: datetime | None = None

    async def run(self) -> None:
        """Tick until cancelled. A minute that was slept through is not made up for: the next one sees what is due."""
        logging.getLogger("apscheduler").setLevel(logging.WARNING)  # a line a minute tells an operator nothing
        scheduler = AsyncIOScheduler(timezone=self._zone)
        scheduler.add_job(
            self.tick, "cron", second=0, id="tick", misfire_grace_time=None, coalesce=True, max_instances=1
        )
        self._last = self._clock()
        scheduler.start()
        try:
            await asyncio.get_running_loop().create_future()  # for ever
        finally:
            self._last = None
            scheduler.shutdown(wait=False)

    async def tick(self) -> None:
        """Call every job once."""
        now = self._clock().astimezone(self._zone)
        for job in self._jobs:
            try:
                await asyncio.to_thread(job.do, now)
            except Exception as why:  # noqa: BLE001 - one job's failure must stop neither the others nor the clock
                log.error("the job %s failed: %s", job.name, type(why).__name__)  # noqa: TRY400 - a traceback may hold what was said
        self._last = self._clock()

    def ticking(self) -> bool:
        """Whether it runs, and was heard of lately."""
        return self._last is not None and self._clock() - self._last < LATE
