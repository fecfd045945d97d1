"""Other programs are told of facts: what happened, where and when, and never a person (the webhooks)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Connection, select

from bot.desk import letters
from bot.desk.cards import Card
from bot.model import ACTIONS, Action, Address, Role, Step
from bot.store import webhooks
from bot.store.creation_kept import ROLES, STEP
from bot.store.duties import EVENT

if TYPE_CHECKING:
    from bot.desk.visit import Visit
    from bot.desk.voice import Tools

AWARDS = (Step.AWARDED.value, Step.REVOKED.value, Step.REINSTATED.value)
"""The steps that give an award, or take it."""


def cases(visit: Visit, codes: Collection[str]) -> None:
    """Tell what this turn recorded of these cases."""
    if not codes or not webhooks.live(visit.connection):
        return
    query = select(EVENT).where(EVENT.c.case.in_(list(codes)), EVENT.c.recorded_at == visit.now).order_by(EVENT.c.id)
    rows = visit.connection.execute(query).all()
    told = webhooks.concerned(visit.connection, {row.place for row in rows})
    for row in rows:
        for hook in told.get(row.place, ()):
            if hook.role in ACTIONS[Action.SEE]:
                fact = {"case": row.case, "place": row.place, "kind": row.kind or None, "event": row.event}
                fact["on"] = row.on
                _write(visit.connection, visit.tools, visit.now, hook, (f"case.{row.event}", row), fact)


def awards(connection: Connection, tools: Tools, now: datetime, places: Collection[str]) -> None:
    """Tell of the awards that were given or taken at these places now."""
    told = webhooks.concerned(connection, places)
    if not any(told.values()):
        return
    query = select(STEP.c.id, STEP.c.place, STEP.c.step, STEP.c.on, STEP.c.case).order_by(STEP.c.id)
    query = query.where(STEP.c.place.in_(sorted(places)), STEP.c.recorded_at == now, STEP.c.step.in_(AWARDS))
    for row in connection.execute(query).all():
        for hook in told.get(row.place, ()):
            if hook.role in ROLES:
                fact = {"place": row.place, "step": row.step, "on": row.on, **_case(hook.role, row.case)}
                _write(connection, tools, now, hook, (f"award.{row.step}", row), fact)


def _case(role: Role, code: str) -> Mapping[str, object]:
    """The case that took the award, for who may know of cases."""
    return {"case": code} if code and role in ACTIONS[Action.SEE] else {}


def _write(  # noqa: PLR0913, PLR0917 - the transaction, the moment, to whom, and what
    connection: Connection,
    tools: Tools,
    now: datetime,
    hook: webhooks.Webhook,
    what: tuple[str, Any],
    fact: Mapping[str, object],
) -> None:
    """Put it into the outbox, once; its id is the same however often it is tried."""
    kind, row = what
    mark = f"{kind.partition('.')[0]}_{row.id}"
    body = {"id": f"evt_{mark}", "type": kind, "timestamp": now.astimezone(tools.zone), "data": fact}
    letter = letters.Letter(
        Card(orjson.dumps(body).decode()),
        Address(webhooks.CHANNEL, str(hook.id)),
        kind="notice",
        dedupe=f"{webhooks.CHANNEL}:{hook.id}:{mark}",
    )
    letters.write(connection, tools.keyring, tools.token, now, letter)
