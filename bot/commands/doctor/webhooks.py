"""What the doctor asks the programs that are told of facts: whether they can be reached at all."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing

import httpx
from sqlalchemy.exc import SQLAlchemyError

from bot.commands.doctor.finding import Finding, error, ok, warning
from bot.commands.refuse import connect
from bot.settings import Settings
from bot.store.schema import SchemaError, check
from bot.store.webhooks import Webhook, fault, live


def webhooks(settings: Settings, transport: httpx.BaseTransport | None = None) -> Iterator[Finding]:
    """One line each; nothing is posted. Without a database that can be read: that is said elsewhere."""
    try:
        with closing(connect(settings)) as database:
            check(database)
            with database.read() as connection:
                known = live(connection)
    except (SchemaError, SQLAlchemyError):
        return
    for each in known:
        yield _asked(each, transport)


def _asked(hook: Webhook, transport: httpx.BaseTransport | None) -> Finding:
    mend = f"look at the network and the other program, or stop telling it: wuyi webhook remove {hook.id}"
    if wrong := fault(hook.url):
        return error("webhook", f"webhook {hook.id} gets nothing: {wrong}", mend)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # at INFO it writes the address, which may hold a key
    try:
        with httpx.Client(transport=transport, timeout=10) as client, client.stream("HEAD", hook.url):
            return ok("webhook", f"webhook {hook.id} can be reached at {hook.host}")
    except (httpx.HTTPError, httpx.InvalidURL) as why:
        return warning("webhook", f"webhook {hook.id} at {hook.host} cannot be reached ({type(why).__name__})", mend)
