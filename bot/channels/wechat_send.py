"""One message of ours → WeChat: in the response where one is open, else by customer service, within its budget."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote, urlencode

from bot import words
from bot.channels.bytewise import split
from bot.channels.failures import LostError, NotSentError, PacedError, RefusedError
from bot.channels.wechat_slots import BYTES, PASSIVE
from bot.model import Fate, Locale, Outbound, Retry, Sent, Uncertain, Undeliverable

if TYPE_CHECKING:
    from bot.channels.wechat_api import Api
    from bot.channels.wechat_slots import Slots
    from bot.model import Paper

LOG = logging.getLogger(__name__)
ERRORS = (NotSentError, LostError, RefusedError)
REMEMBERED = 1000
CUSTOM = re.compile(r"custom:(\d+)")
"""In a letter's name in the outbox: so many customer-service messages it took."""
LINK = re.compile(r"<(?=\s*/?\s*a\b)", re.IGNORECASE)
ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Signs that no XML may hold."""
CHINESE = re.compile("[\u4e00-\u9fff]")
SILENT, FULL, GONE, MUTE = 45015, 45047, frozenset({40003, 43004}), 48001
OURS = frozenset({40001, 40002, 40013, 40125, 40164, 41002, 41004, 50002, 61004, 61007})
"""Codes by which it refuses the account, and not a message: the operator mends it, and nothing is lost."""
WHY = {
    SILENT: "more than 48 hours since their last word: WeChat lets nothing through",
    FULL: "five messages since their last word: WeChat takes no more",
    MUTE: "the account may not send customer-service messages (errcode 48001): see wuyi doctor",
}


@dataclass(frozen=True, slots=True)
class Budget:
    """What customer service lets through to somebody now."""

    left: int
    silent: bool = False
    """Whether it is for their silence that there is nothing left."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a message of several pieces got."""

    done: int = 0
    passive: bool = False
    """Whether the first of them went in a response."""


Budgets = Callable[[str], Awaitable[Budget]]
T = TypeVar("T")


def spent(ref: str | None) -> int:
    """How many customer-service messages a letter of that name took; one whose fate is unknown may have taken one."""
    if ref is None:
        return 1
    found = CUSTOM.search(ref)
    return int(found[1]) if found else 0


def texts(outbound: Outbound, base_url: str = "") -> list[str]:
    """The words of a message, its choices numbered, in pieces of so many bytes as WeChat takes."""
    parts = [outbound.text.strip()]
    if outbound.paper is not None:
        parts.append(_where(outbound.paper, base_url, outbound.text))
    if outbound.buttons:
        parts.append("\n".join(outbound.listed))
    text = "\n\n".join(part for part in parts if part)
    # Of all that means something in HTML WeChat knows links: nobody's name becomes one.
    return split(ILLEGAL.sub("", LINK.sub("＜", text)), BYTES) if text else []


def said(outbound: Outbound, ref: str | None, base_url: str = "") -> str:
    """What of a letter went in a response, by its name in the outbox."""
    return texts(outbound, base_url)[0] if ref is not None and ref.startswith(PASSIVE) else ""


def fate(why: Exception) -> Fate:
    """What an error says of a message.

    Raises:
        Exception: one that is none of these.
    """
    match why:
        case PacedError():
            return Retry(why.seconds, str(why))
        case NotSentError():
            return Retry(why=str(why))
        case LostError():
            return Uncertain(str(why))
        case RefusedError(code=code) if code in OURS:
            LOG.error("WeChat refuses the account (errcode %d): see wuyi doctor", code)
            return Retry(why=str(why))
        case RefusedError(code=code):
            return Undeliverable(WHY.get(code, str(why)), gone=code in GONE)
    raise why


class Sender:
    """Sends, and remembers how far a message of several pieces got, so that a retry doubles none of them."""

    def __init__(
        self, api: Api, slots: Slots, load_photo: Callable[[str], bytes], budget: Budgets, base_url: str
    ) -> None:
        """``load_photo`` gives the bytes of a media name; ``base_url`` is where documents can be had."""
        self._api = api
        self._slots = slots
        self._load_photo = load_photo
        self._budget = budget
        self._base_url = base_url
        self._progress: dict[int, Progress] = {}
        self._owed: dict[int, str] = {}

    async def send(self, outbound: Outbound) -> Fate:
        """Deliver, once. Never raises: an error nobody foresaw is ``Uncertain``, and in the log."""
        try:
            try:
                return await self._send(outbound)
            except FileNotFoundError:  # the picture's time was up meanwhile
                return await self._send(replace(outbound, photo=None))
        except Exception as why:  # noqa: BLE001 - the port's promise; no text of it, which may hold anything
            LOG.error("message %d: %s while sending", outbound.id, type(why).__name__)  # noqa: TRY400 - same reason
            return Uncertain(type(why).__name__)

    async def _send(self, outbound: Outbound) -> Fate:
        """In the response if one is open, and what does not go there by customer service."""
        message, user = outbound.id, outbound.address.id
        owed = self._owed.pop(message, "")
        pieces = [owed] if owed else texts(outbound, self._base_url)
        got = self._progress.pop(message, Progress())
        slot = await self._slots.place(user, message)
        if slot is not None and (owed or got.done or outbound.photo is not None or not pieces):
            await slot.passed()
        elif slot is not None:
            came = await slot.put(message, pieces[0], partial(self._instead, user), whole=len(pieces) == 1)
            if isinstance(came, Retry):  # what else was in there goes with it
                keep(self._owed, message, slot.all)
            if came is not None and (len(pieces) == 1 or not isinstance(came, Sent)):
                return came
            got = Progress(1, passive=came.ref == PASSIVE) if came is not None else got
        return await self._custom(outbound, pieces, got)

    async def _custom(self, outbound: Outbound, pieces: list[str], got: Progress) -> Fate:
        """By customer service: the picture, then the words, so far as they are not done."""
        user, photo = outbound.address.id, outbound.photo
        calls = [partial(self._picture, user, photo)] if photo else []
        calls += [partial(self._api.text, user, piece) for piece in pieces]
        count = len(calls) - got.passive
        refused = await self._refused(user, count)
        if refused is not None:
            return refused
        for number, call in enumerate(calls[got.done :], start=got.done):
            try:
                await call()
            except ERRORS as why:
                came = fate(why)
                if number and isinstance(came, Retry):
                    keep(self._progress, outbound.id, replace(got, done=number))
                return came
        return Sent(f"{PASSIVE} custom:{count}" if got.passive else f"custom:{count}")

    async def _instead(self, user: str, text: str) -> Fate:
        """By customer service what nobody fetched from a response."""
        try:
            refused = await self._refused(user, 1)
            if refused is None:
                await self._api.text(user, text)
        except ERRORS as why:
            return fate(why)
        except Exception as why:  # noqa: BLE001 - as of ``send``
            LOG.error("an answer: %s while sending", type(why).__name__)  # noqa: TRY400 - as of ``send``
            return Uncertain(type(why).__name__)
        return refused or Sent("custom:1")

    async def _refused(self, user: str, count: int) -> Fate | None:
        """Why so many would not go through; None: they do."""
        budget = await self._budget(user)
        if budget.left >= count:
            return None
        return Undeliverable(WHY[SILENT if budget.silent else FULL], gone=False)

    async def _picture(self, user: str, photo: str) -> None:
        data = await asyncio.to_thread(self._load_photo, photo)
        await self._api.image(user, await self._api.upload(data))


def keep(where: dict[int, T], message: int, what: T) -> None:
    """Remember something of a message; rows that were given up never come back for theirs."""
    while len(where) >= REMEMBERED:
        del where[next(iter(where))]
    where[message] = what


def _where(paper: Paper, base_url: str, text: str) -> str:
    """Where a document can be had: an Official Account sends no files."""
    asked = {name: value for name, value in (("period", paper.period), ("as", paper.ending)) if value}
    link = f"{base_url}/board/{quote(paper.place)}/{paper.kind}{'?' if asked else ''}{urlencode(asked)}"
    locale = Locale.ZH if CHINESE.search(text) else Locale.EN
    return words.text("desk/paper_link", locale, {"name": paper.name, "link": link})
