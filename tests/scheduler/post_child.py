"""A process of its own that sends from an outbox: ``python -m tests.scheduler.post_child URL NAME FILE SECONDS``.

What arrives at the invented platform is a line of FILE; SECONDS is the life of the process's lease.
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.model import Fate, Outbound, Sent
from bot.store.database import Database
from scheduler import claims
from scheduler.post import Post
from tests.scheduler.offices import Scripted
from tests.town import KEYRING

TAKES = 0.02
FEW = 20


@dataclass
class Platform(Scripted):
    """A platform that takes its time, and writes down what arrived."""

    file: Path = Path()
    called: str = ""

    async def send(self, outbound: Outbound) -> Fate:
        """Deliver it, from whichever process."""
        await asyncio.sleep(TAKES)
        with self.file.open("a") as file:
            file.write(f"{self.called} {outbound.text}\n")
        return Sent(outbound.text)


async def main(url: str, called: str, file: str, seconds: str) -> None:
    """Send until killed."""
    setattr(claims, "CLAIM", FEW)  # noqa: B010 - a few at a time, so that each process gets some; the name is not exported
    channel = Platform(file=Path(file), called=called)
    life = timedelta(seconds=float(seconds))
    post = Post(Database(url), KEYRING, {"test": channel}, lambda: datetime.now(UTC), name=called, life=life)
    await post.run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
