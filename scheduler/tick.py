"""The clock of the house: twice a minute it calls what may be due. It holds no truth; each job looks for itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from scheduler.lease import LostLeaseError

if TYPE_CHECKING:
    from scheduler.lease import Lease

RENEW = timedelta(seconds=10)
"""So long a tick goes on before it asks for its lease again; what it writes is checked in any case."""
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
    """Calls its jobs, one after another, every half minute. A job that fails is told of by name, and called again."""

    def __init__(
        self, jobs: Sequence[Job], clock: Callable[[], datetime], zone: ZoneInfo, lease: Lease | None = None
    ) -> None:
        """Nothing runs yet; with a lease only while this process has it."""
        self._lease = lease
        self._jobs = jobs
        self._clock = clock
        self._zone = zone
        self._last: datetime | None = None
        self._held = datetime.min.replace(tzinfo=UTC)

    async def run(self) -> None:
        """Tick until cancelled. A tick that was slept through is not made up for: the next one sees what is due."""
        logging.getLogger("apscheduler").setLevel(logging.WARNING)  # a line a minute tells an operator nothing
        scheduler = AsyncIOScheduler(timezone=self._zone)
        scheduler.add_job(
            self.tick, "cron", second="0,30", id="tick", misfire_grace_time=None, coalesce=True, max_instances=1
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
        for number, job in enumerate(self._jobs):
            if not await self._mine(again=number > 0):
                break
            try:
                await asyncio.to_thread(job.do, now)
            except LostLeaseError:
                log.warning("another process ticks now; the job %s wrote nothing", job.name)
                break
            except Exception as why:  # noqa: BLE001 - one job's failure must stop neither the others nor the clock
                log.error("the job %s failed: %s", job.name, type(why).__name__)  # noqa: TRY400 - a traceback may hold what was said
        self._last = self._clock()

    async def _mine(self, *, again: bool) -> bool:
        """Whether this process is the one that ticks; asked again in the midst of a tick that takes its time."""
        now = self._clock()
        if self._lease is None or (again and timedelta(0) <= now - self._held < RENEW):
            return True
        try:
            self._held = now
            return await asyncio.to_thread(self._lease.hold, now)
        except Exception as why:  # noqa: BLE001 - a database that is away must not stop the clock
            log.error("the lease could not be asked for: %s", type(why).__name__)  # noqa: TRY400 - a traceback may hold what was said
            return False

    def ticking(self) -> bool:
        """Whether it runs, and was heard of lately."""
        return self._last is not None and self._clock() - self._last < LATE
