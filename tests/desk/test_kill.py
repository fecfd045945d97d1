"""A whole conversation with a process that is killed at every moment of it: nothing is lost, nothing counts twice.

The processes are forked from one that has everything loaded, so that hundreds of deaths take a few seconds.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.model import Address, Inbound, InboundKind, Outbound
from bot.store import codec
from bot.store.database import Database
from bot.store.tables import named
from tests.desk.kill_child import serve
from tests.town import CHANNEL, KEYRING, TODAY, desk

SAID = ("", "有异常", "汉口花园六期", "发热", "多人", "1", "补充", "楼道里有积水", "完成", "提交")
TIMES = 3
"""So often each message is delivered, even when nothing goes wrong."""
INBOX, OUTBOX = named("inbox"), named("outbox")


def conversation() -> list[Inbound]:
    """The chat is opened, and a fever reported with a note."""
    kinds = (InboundKind.OPEN, *[InboundKind.TEXT] * (len(SAID) - 1))
    here = Address(CHANNEL, "zhang")
    return [
        Inbound(here, str(n), kind, said, sender="zhang")
        for n, (kind, said) in enumerate(zip(kinds, SAID, strict=True))
    ]


@pytest.fixture(scope="module")
def start() -> multiprocessing.context.ForkServerContext:
    """Where processes come from that have loaded everything already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.desk.kill_child"])
    return context


def deliver(
    start: multiprocessing.context.ForkServerContext, url: str, last: int, inbound: Sequence[Inbound]
) -> tuple[list[str], bool]:
    """Hand messages to a new process that dies at its ``last`` moment; what it acknowledged, and whether it lived on.

    One that has acknowledged everything is killed as well.
    """
    ours, theirs = start.Pipe()
    child = start.Process(target=serve, args=(url, last, [codec.dump(each) for each in inbound], theirs), daemon=True)
    child.start()
    theirs.close()
    heard: list[str] = []
    try:
        while len(heard) < len(inbound):
            heard.append(ours.recv())
    except EOFError:
        pass
    lived = len(heard) == len(inbound)
    if lived:
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
    child.join()
    ours.close()
    assert child.exitcode == -signal.SIGKILL
    return heard, lived


def heard_in(database: Database) -> list[tuple[str, str, list[str]]]:
    """Which message was answered with what, in order."""
    query = select(INBOX.c.dedupe, OUTBOX.c.body).join(OUTBOX, OUTBOX.c.inbox == INBOX.c.id).order_by(OUTBOX.c.id)
    with database.read() as connection:
        rows = connection.execute(query).all()
    letters = [(row.dedupe, codec.load(Outbound, KEYRING.open_bytes(row.body))) for row in rows]
    return [(dedupe, each.text, [button.label for line in each.buttons for button in line]) for dedupe, each in letters]


async def undisturbed(path: Path) -> list[tuple[str, str, list[str]]]:
    """The answers when nothing goes wrong."""
    with closing(Database(f"sqlite:///{path}")) as database:
        at_work = desk(database)
        for inbound in conversation():
            await at_work.take(inbound)
        return heard_in(database)


async def test_killed_at_every_moment(
    start: multiprocessing.context.ForkServerContext, town: Database, tmp_path: Path
) -> None:
    """Before each statement, at each commit, before and after each acknowledgement: one report, one case, the note.

    What was not acknowledged is delivered again, to a new process; everything is delivered three times.
    """
    town.close()
    path = Path(str(town.engine.url.database))
    shutil.copy(path, tmp_path / "other.db")
    deaths = 0
    for inbound in conversation():
        last, lived = 0, False
        while not lived:
            last += 1
            heard, lived = deliver(start, town.url, last, [inbound] * TIMES)
            deaths += 1
            if heard:
                with town.read() as connection:
                    stored = connection.execute(select(INBOX.c.state).where(INBOX.c.dedupe == inbound.dedupe)).all()
                assert [tuple(row) for row in stored] == [("done",)]
    assert deaths > 10 * len(SAID)  # a turn has that many moments at least
    assert heard_in(town) == await undisturbed(tmp_path / "other.db")
    filing, report, case = named("filing"), named("report"), named("case_")
    with town.read() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
        (note,) = connection.execute(select(filing.c.note).where(filing.c.day == TODAY)).scalars()
        lines = connection.execute(select(report.c.place, report.c.status).where(report.c.day == TODAY)).all()
        cases = connection.execute(select(func.count()).where(case.c.code.like("F1124-%"))).scalar_one()
        messages = connection.execute(select(func.count()).select_from(INBOX)).scalar_one()
    assert KEYRING.open(note) == "楼道里有积水"
    assert sorted(map(tuple, lines)) == [("22", "normal"), ("23", "normal"), ("24", "abnormal")]
    assert (cases, messages) == (1, len(SAID))
