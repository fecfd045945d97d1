"""What may go now: the next messages of each channel, as many as its pace takes, and none that is no longer owed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection, delete, update

from bot.store.prepared import savepoint
from bot.store.tables import named
from scheduler.outbox import CLAIM, KEEP, NEXT, OUTBOX, PATIENCE, TURNS, Lane, Parcel
from scheduler.pace import SECOND, Meter

if TYPE_CHECKING:
    from bot.channels.port import Channel
    from bot.model import Outbound

REMINDER = named("reminder")
log = logging.getLogger(__name__)
LATE = frozenset({"reminder", "digest"})
"""The kinds that are claimed at the very moment when they may leave, for until then they may be no longer owed."""
SENDING, CLAIMED = "sending", "claimed"
IDLE = 5.0
"""So long, in seconds, until the post looks by itself; it is woken for everything new in this process."""
AGAIN = 1.0
"""So long after something was claimed: what is to be tried again may be due sooner than ``IDLE``."""


class Due(NamedTuple):
    """A reminder or a digest that is about to leave."""

    id: int
    person: int | None
    kind: str


Still = Callable[[Connection, datetime, Sequence[Due]], Collection[int]]
"""Which of these (by id) are no longer owed; asked in the transaction of the claim, which cancels them."""
Read = Callable[[Connection, Any], "Outbound | None"]


def all_owed(connection: Connection, now: datetime, rows: Sequence[Due]) -> Collection[int]:
    """Nothing is cancelled."""
    del connection, now, rows
    return ()


@dataclass(slots=True)
class Claimed:
    """What a claim came to."""

    parcels: list[Parcel] = field(default_factory=list)
    """Those that can be read, in order. The first for a chat that was not busy is begun, for it goes at once."""
    taken: int = 0
    """How many were claimed, those that cannot be read among them."""
    held: set[Lane] = field(default_factory=set)
    """Chats in which something waits until what is on its way there has arrived."""
    wait: float = IDLE
    """The seconds until something else may be due; 0: at once."""


class Claims:
    """Claims messages for one process, whose ``owner`` name is written on each. For one thread at a time."""

    def __init__(self, channels: Mapping[str, Channel], owner: str, read: Read, still: Still = all_owed) -> None:
        """``read`` gives a row's message, or None when it is dead; more channels may be added later."""
        self._channels = channels
        self._owner = owner
        self._read = read
        self._still = still
        self._meters: dict[str, Meter] = {}
        self._among = 1

    def share(self, among: int) -> None:
        """So many processes send: each keeps to its part of each pace."""
        self._among = among

    def take(self, connection: Connection, now: datetime, busy: Collection[Lane], held: Collection[Lane]) -> Claimed:
        """Claim what may go. To ``busy`` chats something is on its way; for those ``held`` it is known that more waits.

        A message for a busy chat is claimed behind the other, unless it is ``LATE`` or the chat has a pace.
        """
        claimed = Claimed()
        taken = set(busy)
        for name in list(self._channels):
            meter = self._meter(name)
            moment = meter.at(now)
            self._fill(connection, now, _Counter(name, meter, moment, taken, claimed), held)
            waits = [until - moment for until in meter.full.values()]
            claimed.wait = min([claimed.wait, meter.wait(moment) or IDLE, *(wait / SECOND for wait in waits)])
        if claimed.taken >= CLAIM:
            claimed.wait = 0
        elif claimed.taken:
            claimed.wait = min(claimed.wait, AGAIN)
        elif self._channels:
            then = NEXT.scalar(connection, {"now": now, "channels": list(self._channels)})
            if then is not None:
                claimed.wait = min(claimed.wait, (then - now).total_seconds())
        return claimed

    def _meter(self, name: str) -> Meter:
        meter = self._meters.get(name)
        if meter is None:
            meter = self._meters[name] = Meter(self._channels[name].limits.pace)
        meter.share(self._among)
        return meter

    def _fill(self, connection: Connection, now: datetime, to: _Counter, held: Collection[Lane]) -> None:
        """Claim through one channel until it takes no more, or nothing is left. Each round claims or skips a chat."""
        skipped = {address for name, address in held if name == to.channel} | set(to.meter.full)
        values = {"channel": to.channel, "now": now, "soon": now + PATIENCE}
        while room := to.meter.room(to.moment, CLAIM - to.claimed.taken):
            values |= {"skipped": list(skipped), "most": room}
            rows = TURNS[connection.dialect.name].all(connection, values)
            ready = [row for row in rows if to.ready(row, skipped)]
            over = self._cancel(connection, now, ready)
            chosen = [(row, to.choose(row, skipped)) for row in ready if row.id not in over]
            self._keep(connection, now, to.claimed, [(row, state) for row, state in chosen if state])
            if len(rows) < room:
                return

    def _cancel(self, connection: Connection, now: datetime, rows: Sequence[Any]) -> frozenset[int]:
        """Cancel what is no longer owed, as if it had never been meant: its moments are free to be served anew."""
        asked = [Due(row.id, row.person, row.kind) for row in rows if row.kind in LATE]
        over: frozenset[int] = frozenset()
        try:
            if asked:
                with savepoint(connection):
                    over = frozenset(self._still(connection, now, asked)) & {each.id for each in asked}
        except Exception as why:  # noqa: BLE001 - a reminder too many is better than a post that stands still
            log.error("what is still owed could not be asked: %s", type(why).__name__)  # noqa: TRY400 - a traceback may hold what was said
        if over:
            cancelled = {"state": "cancelled", "why": "no longer owed"}
            connection.execute(update(OUTBOX).where(OUTBOX.c.id.in_(over)).values(cancelled))
            connection.execute(delete(REMINDER).where(REMINDER.c.outbox.in_(over)))
        return over

    def _keep(self, connection: Connection, now: datetime, to: Claimed, chosen: Sequence[tuple[Any, str]]) -> None:
        """Write the claims down."""
        numbers: dict[str, list[int]] = {SENDING: [], CLAIMED: []}
        to.taken += len(chosen)
        for row, state in chosen:
            outbound = self._read(connection, row)
            if outbound is not None:
                to.parcels.append(Parcel(outbound, row.attempts + 1, row.priority, now, begun=state == SENDING))
                numbers[state].append(row.id)
        for state, ids in numbers.items():
            if ids:
                KEEP.run(connection, {"numbers": ids, "to": state, "me": self._owner})


@dataclass(frozen=True, slots=True)
class _Counter:
    """One channel's part of a claim."""

    channel: str
    meter: Meter
    moment: int
    taken: set[Lane]
    claimed: Claimed

    def ready(self, row: Any, skipped: set[str]) -> bool:  # noqa: ANN401 - a row of the outbox
        """Whether nothing on its way to the chat keeps it waiting."""
        lane = self.channel, row.address
        if lane not in self.taken or not (self.meter.by_chat or row.kind in LATE):
            return True
        skipped.add(row.address)
        self.claimed.held.add(lane)
        return False

    def choose(self, row: Any, skipped: set[str]) -> str:  # noqa: ANN401 - a row of the outbox
        """The state in which it is claimed, and then it is counted; empty when it does not go yet."""
        if row.address in skipped or not self.ready(row, skipped):
            return ""
        if not self.meter.take(row.address, self.moment, group=row.group):
            skipped.add(row.address)
            return ""
        lane = self.channel, row.address
        state = CLAIMED if lane in self.taken else SENDING
        self.taken.add(lane)
        return state
