"""What the doctor asks the programs that are told of facts: whether they can be reached at all."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.webhook_way import InwardError, Resolve, resolved, ways
from bot.commands.doctor.finding import Finding, error, ok, warning
from bot.commands.refuse import connect
from bot.model.outward import INWARD, Network, fault
from bot.settings import Settings
from bot.store.configured import owned
from bot.store.duties import PLACE
from bot.store.schema import SchemaError, check
from bot.store.webhooks import live

MEND = "look at the network and the other program"
MEND_SET = f"{MEND}, or take it out of WUYI_WEBHOOKS and start the bot again"


def webhooks(
    settings: Settings, transport: httpx.BaseTransport | None = None, resolve: Resolve = resolved
) -> Iterator[Finding]:
    """One line each; nothing is posted. Without a database that can be read: that is said elsewhere."""
    try:
        with closing(connect(settings)) as database:
            check(database)
            with database.read() as connection:
                known, ours = live(connection), owned(connection)
                places = set(connection.execute(select(PLACE.c.code)).scalars()) if settings.webhooks else set()
    except (SchemaError, SQLAlchemyError):
        return
    inquiry = _Inquiry(settings.webhook_networks, transport, resolve)
    for each in known:
        mend = MEND_SET if each.id in ours else f"{MEND}, or stop telling it: wuyi webhook remove {each.id}"
        yield inquiry.asked(f"webhook {each.id}", each.url, mend)
    told = {(each.role, each.place, each.url) for each in known}
    for hook in settings.webhooks:
        url = hook.url.get_secret_value()
        name = f"the webhook {hook.role.value}@{hook.place} of WUYI_WEBHOOKS"
        if hook.place not in places:
            mend = "correct the code in WUYI_WEBHOOKS, or import the place and start the bot again"
            yield warning("webhook", f"the roster has no place {hook.place}, so {name} is told nothing", mend)
        elif (hook.role, hook.place, url) not in told:
            yield warning("webhook", f"{name} is told nothing yet", "start the bot (again): wuyi run")
            yield inquiry.asked(name, url, MEND_SET)


@dataclass(frozen=True)
class _Inquiry:
    """How an address is asked whether anybody is there."""

    networks: Collection[Network]
    transport: httpx.BaseTransport | None
    resolve: Resolve

    def asked(self, name: str, url: str, mend: str) -> Finding:
        """Without a body: nothing is told."""
        if wrong := fault(url, self.networks) or self._inward(url):
            return error("webhook", f"{name} gets nothing: {wrong}", mend)
        host = urlsplit(url).netloc
        logging.getLogger("httpx").setLevel(logging.WARNING)  # at INFO it writes the address, which may hold a key
        try:
            with httpx.Client(transport=self.transport, timeout=10) as client, client.stream("HEAD", url):
                return ok("webhook", f"{name} can be reached at {host}")
        except (httpx.HTTPError, httpx.InvalidURL) as why:
            return warning("webhook", f"{name} at {host} cannot be reached ({type(why).__name__})", mend)

    def _inward(self, url: str) -> str:
        try:
            asyncio.run(ways(httpx.URL(url), self.networks, self.resolve))
        except InwardError:
            return INWARD
        except OSError:
            return ""  # it is said below that it cannot be reached
        return ""
