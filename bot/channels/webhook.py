"""Webhooks: other programs are told of facts over HTTPS, signed as the Standard Webhooks specification has it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

import httpx
import orjson
from standardwebhooks import Webhook as Signer

from bot.channels.webhook_way import InwardError, Resolve, resolved, ways
from bot.model import Fate, Limits, Outbound, Pace, Rate, Retry, Sent, Undeliverable
from bot.model.outward import INWARD, Network, fault
from bot.store.webhooks import CHANNEL

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from bot.channels.port import Take

LOG = logging.getLogger(__name__)
CONNECT, READ, WHOLE = 5.0, 10.0, 15.0
"""Seconds for a connection, for the next byte of an answer, and for everything."""
MOST = 10
"""So many messages a second one address gets."""


class Target(NamedTuple):
    """Where something goes, and with which secret it is signed."""

    url: str
    secret: str


Find = Callable[[int], Target | None]
"""The address of that number; None where nothing goes any more. It is called in a thread."""


class Webhooks:
    """The channel: a message's address is the number of a webhook, its text the body. ``repr`` shows no secret."""

    name = CHANNEL

    def __init__(
        self,
        find: Find,
        clock: Callable[[], datetime],
        networks: Collection[Network] = (),
        resolve: Resolve = resolved,
    ) -> None:
        """Nothing is opened yet; ``networks`` of one's own may be told, others may not."""
        self._networks = networks
        self._resolve = resolve
        self.limits = Limits(text=65_536, buttons=False, edits=False, pace=Pace(chat=(Rate(MOST, 1),)))
        self._find = find
        self._clock = clock
        self._client: httpx.AsyncClient | None = None

    def routes(self) -> Sequence[BaseRoute]:
        """None: nobody answers a webhook."""
        return ()

    async def listen(self, take: Take) -> None:
        """Hear nothing, until cancelled."""
        del take
        try:
            await asyncio.Event().wait()
        finally:
            await self.close()

    async def close(self) -> None:
        """Let go of the connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def send(self, outbound: Outbound) -> Fate:
        """Post the body, once; never raises.

        Whoever gets it knows by its ``webhook-id`` what they have already: so what may have arrived is sent again.
        """
        number = outbound.address.id
        target = await asyncio.to_thread(self._find, int(number)) if number.isdecimal() else None
        if target is None:
            return Undeliverable("this webhook was removed (wuyi webhook list)")
        if wrong := fault(target.url, self._networks):
            return Undeliverable(f"nothing is sent to this address: {wrong}")
        try:
            return await self._post(outbound, target)
        except InwardError:
            return Undeliverable(f"nothing is sent to this address: {INWARD}")
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as why:
            return Retry(why=type(why).__name__)
        except Exception as why:  # noqa: BLE001 - the port's promise; no text of it, which may hold anything
            LOG.error("message %d: %s while sending", outbound.id, type(why).__name__)  # noqa: TRY400 - same reason
            return Retry(why=type(why).__name__)

    async def _post(self, outbound: Outbound, target: Target) -> Fate:
        now = self._clock().astimezone(UTC)
        mark = str(orjson.loads(outbound.text)["id"])
        headers = {
            "content-type": "application/json",
            "user-agent": "wuyi",
            "webhook-id": mark,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Signer(target.secret).sign(mark, now, outbound.text),
        }
        body = outbound.text.encode()
        async with asyncio.timeout(WHOLE):
            said = await self._reach(httpx.URL(target.url), body, headers)
            try:
                return _fate(said)  # what it says beyond its status is not read, however long it is
            finally:
                await said.aclose()

    async def _reach(self, url: httpx.URL, body: bytes, headers: Mapping[str, str]) -> httpx.Response:
        """Say it to the first of its addresses that takes a connection: what may have been said is not said again.

        Raises:
            InwardError: it may not be told.
            OSError: its name is not known.
            httpx.HTTPError: none takes one, or it broke.
        """
        failed: httpx.HTTPError = httpx.ConnectError("")
        for way in await ways(url, self._networks, self._resolve):
            # The name goes along: for the certificate, and for a server that has several.
            named = {"host": url.netloc.decode(), **headers}
            sni = {"sni_hostname": url.host}
            request = self._http().build_request("POST", way, content=body, headers=named, extensions=sni)
            try:
                return await self._http().send(request, stream=True)
            except (httpx.ConnectError, httpx.ConnectTimeout) as why:
                failed = why
        raise failed

    def _http(self) -> httpx.AsyncClient:
        if self._client is None:
            logging.getLogger("httpx").setLevel(logging.WARNING)  # at INFO it writes the address, which may hold a key
            self._client = httpx.AsyncClient(timeout=httpx.Timeout(READ, connect=CONNECT), follow_redirects=False)
        return self._client

    def __repr__(self) -> str:
        """The channel only."""
        return "Webhooks()"


def _fate(said: httpx.Response) -> Fate:
    if said.is_success:
        return Sent()
    if said.status_code == HTTPStatus.GONE:
        return Undeliverable("the other side wants nothing more (410)")
    if said.is_redirect:
        return Retry(why=f"it sends elsewhere ({said.status_code}); redirects are not followed")
    after = said.headers.get("retry-after", "")
    return Retry(float(after) if after.isascii() and after.isdecimal() else None, f"status {said.status_code}")
