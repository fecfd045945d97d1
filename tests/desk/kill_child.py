"""The process that ``test_kill`` kills: the real desk over a file; it tells of each message once it is committed."""

from __future__ import annotations

import asyncio
import itertools
import os
import secrets
import signal
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection as Pipe

from sqlalchemy import event

from bot.desk import Desk
from bot.model import Inbound
from bot.store import codec
from bot.store.database import Database
from tests.town import KEYRING, NOW, RULES, ZONE


def serve(url: str, last: int, lines: Sequence[bytes], told: Pipe) -> None:
    """Take the messages, and die at the ``last`` moment: a moment is a statement, a commit, or one just after it."""
    database = Database(url)
    moments = itertools.count(1)

    def moment(*_: object) -> None:
        if next(moments) == last:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(database.engine, "before_cursor_execute", moment)
    event.listen(database.engine, "commit", moment)
    asyncio.run(_take(Desk(database, KEYRING, RULES, ZONE, lambda: NOW, secrets.token_urlsafe), lines, told, moment))
    told.recv()  # nothing will come: whoever listens kills this process


async def _take(desk: Desk, lines: Sequence[bytes], told: Pipe, moment: Callable[[], None]) -> None:
    for line in lines:
        inbound = codec.load(Inbound, line)
        taken = await desk.take(inbound)
        moment()  # committed, and nobody knows yet
        assert not taken.quarantined
        told.send(inbound.dedupe)
