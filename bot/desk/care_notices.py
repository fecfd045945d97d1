"""Word of home isolations: to the community when one begins, is broken or ended; to all when its days are over."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from bot.desk.voice import Tools, tell
from bot.dialog import Option, Say
from bot.model import Isolation
from bot.store import care_kept

if TYPE_CHECKING:
    from bot.desk.visit import Visit


def isolation(visit: Visit, what: str, stands: Isolation) -> bool:
    """Tell who leads there what happened: place and building, never a person; whether anybody was reached."""
    told = False
    action = (Option(f"isolation {stands.id}", name="isolation"),) if stands.ended_on is None else ()
    for person in care_kept.leads(visit.connection, stands.place, visit.now.date()):
        if person != visit.act().person:
            told |= visit.notify(person, Say("isolation/news", {"what": what, "isolation": stands}, action))
    return told


def announce_ends(connection: Connection, tools: Tools, now: datetime) -> list[int]:
    """Announce the isolations whose days are over, each end to each person once; the letters that were written.

    It may be called as often as one likes; whoever has no chat yet is told once they have, within ``care.GRACE``.
    """
    now = now.astimezone(tools.zone)
    written = []
    for person, over in care_kept.announced(connection, tools.house, now):
        once = f"isolation-ends:{over.id}:{over.ends}:{person}"
        written.append(tell(tools, connection, now, person, [Say("isolation/over", {"isolation": over})], dedupe=once))
    return [number for number in written if number]
