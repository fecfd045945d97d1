"""One message of ours → the answer that WeCom waits for, or one that is posted later; and what became of it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from bot import words
from bot.channels import aibot_cards as cards
from bot.channels.aibot_handle import Handle, Kind, load
from bot.channels.aibot_turns import Turns
from bot.channels.wecom_http import LOOPBACK, Http, LostError, NotSentError, RefusedError, fate
from bot.model import Fate, Locale, Outbound, Retry, Sent, Uncertain, Undeliverable

if TYPE_CHECKING:
    from bot.channels.aibot_cards import Json

LOG = logging.getLogger(__name__)
AT_ONCE = "answer"
"""The reference of what went in the response to the call itself: whoever asks again is told the same."""
LIFE = 3600 - 60
"""Seconds after a call within which it may be answered later, with a minute's grace."""
ONLY_ANSWERS = "a group bot answers, and never begins to speak"
SERVERS = 16
USED = 2000


def split_url(url: str) -> tuple[str, str]:
    """An address as its server and the rest.

    Raises:
        ValueError: it is none that we call; it is not repeated, for whoever knows it could answer in our place.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        message = "no https address"
        raise ValueError(message)
    return urlunsplit((parts.scheme, parts.netloc, "", "", "")), urlunsplit(("", "", parts.path, parts.query, ""))


class Servers:
    """Connections to whichever servers WeCom names in its calls."""

    def __init__(self) -> None:
        """None yet."""
        self._https: dict[str, Http] = {}

    async def at(self, url: str) -> tuple[Http, str]:
        """The server of an address, and the rest of it.

        Raises:
            ValueError: it is none that we call.
        """
        root, rest = split_url(url)
        while root not in self._https and len(self._https) >= SERVERS:
            await self._https.pop(next(iter(self._https))).close()
        return self._https.setdefault(root, Http(root)), rest

    async def close(self) -> None:
        """Let go of the connections; a later call opens new ones."""
        for http in self._https.values():
            await http.close()


class Sender:
    """Sends answers, each at most once."""

    def __init__(
        self, servers: Servers, load_photo: Callable[[str], bytes], now: Callable[[], float], base_url: str
    ) -> None:
        """``load_photo`` gives the bytes of a media name; ``base_url`` is where documents can be fetched."""
        self.turns = Turns(self.compose)
        self._servers = servers
        self._load_photo = load_photo
        self._now = now
        self._base_url = base_url
        self._used: dict[str, None] = {}

    async def send(self, outbound: Outbound) -> Fate:
        """Deliver, once. Never raises: an error nobody foresaw is ``Uncertain``, and in the log."""
        try:
            handle = load(outbound.tap)
            if handle is None:
                return Undeliverable(ONLY_ANSWERS, gone=False)
            outbound = self._without_paper(outbound)
            turn = self.turns.find(handle.once)
            said = turn is not None and at_once(handle, outbound) and await turn.offer(outbound)
            if said and (handle.kind is not Kind.CARD or cards.fits(outbound)):
                return Sent(AT_ONCE)
            whole = turn.gather(outbound) if turn is not None and at_once(handle, outbound) else [outbound]
            return await self._later(handle, whole) if whole else Sent()
        except Exception as why:  # noqa: BLE001 - the port's promise; no text of it, which may hold anything
            LOG.error("message %d: %s while sending", outbound.id, type(why).__name__)  # noqa: TRY400 - same reason
            return Uncertain(type(why).__name__)

    async def compose(self, handle: Handle, outbounds: Sequence[Outbound]) -> Json:
        """The answer in the response to a call."""
        whole = [self._without_paper(each) for each in outbounds]
        named = [each.photo for each in whole if each.photo] if handle.kind is Kind.MESSAGE else []
        pictures = [await asyncio.to_thread(self._picture, name) for name in named]
        return cards.at_once(handle, whole, [each for each in pictures if each])

    async def _later(self, handle: Handle, outbounds: Sequence[Outbound]) -> Fate:
        """Post to the address that came with the call: once, and within the hour."""
        if not handle.url or handle.kind is Kind.ENTER:
            return Undeliverable("nothing can be said to it any more", gone=False)
        if self._now() - handle.since > LIFE:
            return Undeliverable("its hour is over", gone=False)
        if handle.once in self._used:
            return Undeliverable("its one later answer was given", gone=False)
        http, rest = await self._servers.at(handle.url)
        while len(self._used) >= USED:
            del self._used[next(iter(self._used))]
        self._used[handle.once] = None
        try:
            await http.call("POST", rest, json=cards.later(outbounds))
        except RefusedError as why:
            return Undeliverable(str(why), gone=False)
        except (NotSentError, LostError) as why:
            came = fate(why)
            if isinstance(came, Retry):
                del self._used[handle.once]
            return came
        return Sent()

    def _without_paper(self, outbound: Outbound) -> Outbound:
        """No files go out here: it is said where the document can be fetched."""
        if outbound.paper is not None and outbound.paper.is_picture and outbound.address.group:
            return replace(outbound, paper=None)  # in a group the words say what it shows
        if outbound.paper is None:
            return outbound
        shown = {"name": outbound.paper.name, "url": f"{self._base_url}/board/{outbound.paper.place}"}
        note = "\n".join(words.text("desk/paper", locale, shown) for locale in Locale)
        return replace(outbound, text=f"{outbound.text}\n\n{note}", paper=None)

    def _picture(self, name: str) -> dict[str, str] | None:
        """A picture as it goes with an answer; None where its time was up."""
        try:
            data = self._load_photo(name)
        except FileNotFoundError:
            return None
        digest = hashlib.md5(data, usedforsecurity=False).hexdigest()
        return {"base64": base64.b64encode(data).decode(), "md5": digest}


def at_once(handle: Handle, outbound: Outbound) -> bool:
    """Whether a letter may go into the response to the call: after a tap only what takes the card's place."""
    return handle.kind is not Kind.CARD or outbound.edits is not None
