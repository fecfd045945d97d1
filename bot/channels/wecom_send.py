"""One message of ours → WeCom, and what became of it."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING, Any

from bot.channels import wecom_cards as cards
from bot.channels.bytewise import split
from bot.channels.wecom_http import LostError, NotSentError, RefusedError, fate
from bot.model import Fate, Outbound, Retry, Sent, Uncertain, Undeliverable

if TYPE_CHECKING:
    from bot.channels.port import LoadPaper
    from bot.channels.wecom_api import Api
    from bot.channels.wecom_cards import Piece

LOG = logging.getLogger(__name__)
UPDATE = "/cgi-bin/message/update_template_card"
ERRORS = (NotSentError, LostError, RefusedError)
REMEMBERED = 1000
MINUTE = 60.0
NAME = 80
"""Bytes of a file's name: longer ones are refused, or cut in the middle of their ending."""


class Sender:
    """Sends, and remembers how far a message of several pieces got, so that a retry doubles none of them.

    What goes to a member beyond ``per_minute`` WeCom drops and says nothing: so the pieces are counted here, too.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - all of it is the channel's to give
        self,
        api: Api,
        agent: int,
        load_photo: Callable[[str], bytes],
        load_paper: LoadPaper,
        per_minute: int,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """``load_photo`` gives the bytes of a media name; ``clock`` counts seconds; ``per_minute`` 0: no count."""
        self._api = api
        self._agent = agent
        self._load_photo = load_photo
        self._load_paper = load_paper
        self._per_minute = per_minute
        self._clock = clock
        self._lately: dict[str, deque[float]] = {}
        self._progress: dict[int, int] = {}

    async def send(self, outbound: Outbound) -> Fate:
        """Deliver, once. Never raises: an error nobody foresaw is ``Uncertain``, and in the log."""
        try:
            if outbound.edits is not None:
                done = await self._replace(outbound)
                if done is not None:
                    return done
            try:
                return await self._send_pieces(outbound)
            except FileNotFoundError:  # the picture's time was up meanwhile
                return await self._send_pieces(replace(outbound, photo=None))
        except ValueError as why:
            return Undeliverable(str(why), gone=False)
        except Exception as why:  # noqa: BLE001 - the port's promise; no text of it, which may hold anything
            LOG.error("message %d: %s while sending", outbound.id, type(why).__name__)  # noqa: TRY400 - same reason
            return Uncertain(type(why).__name__)

    async def _replace(self, outbound: Outbound) -> Fate | None:
        """Put the answer in the place of the card tapped on; None when it has to be sent anew instead.

        The code of a tap is good for one call, and for 72 hours. One whose answer is lost may have been used: then
        nobody knows. Where the answer fits no card, the old one is made grey, so that it is not answered twice.
        """
        card = cards.replacement(outbound)
        how: dict[str, Any] = {"button": {"replace_name": cards.DONE}} if card is None else {"template_card": card}
        body = {"userids": [outbound.address.id], "agentid": self._agent, "response_code": outbound.edits, **how}
        try:
            await self._api.call("POST", UPDATE, json=body)
        except RefusedError as why:
            LOG.info("a card was not updated (errcode %d); its answer is sent anew", why.code)
            return None
        except (NotSentError, LostError) as why:
            return None if card is None else fate(why)
        return None if card is None else Sent()

    async def _send_pieces(self, outbound: Outbound) -> Fate:
        pieces = cards.pieces(outbound)
        done = self._progress.pop(outbound.id, 0)
        wait = self._wait(outbound.address.id, len(pieces) - done)
        if wait:
            self._remember(outbound.id, done)
            return Retry(wait, "paced: WeCom takes so many a minute of a member")
        ref: str | None = None
        for number, piece in enumerate(pieces[done:], start=done):
            try:
                said = await self._send_piece(outbound.address.id, piece)
            except ERRORS as why:
                came = fate(why)
                if number and isinstance(came, Retry):
                    self._remember(outbound.id, number)
                if isinstance(came, Retry) and isinstance(why, RefusedError):
                    LOG.error("WeCom refuses the application (errcode %d): see wuyi doctor", why.code)  # noqa: TRY400 - a line to act on
                return came
            if _nobody(said, outbound.address.id):
                return Undeliverable("no such member, or not within the application's 可见范围")
            ref = str(said["msgid"]) if said.get("msgid") else ref
        return Sent(ref)

    async def _send_piece(self, user: str, piece: Piece) -> dict[str, Any]:
        content = dict(piece.content)
        if piece.photo is not None:
            picture = await asyncio.to_thread(self._load_photo, piece.photo)
            content["media_id"] = await self._api.upload("image", "photo.jpg", picture)
        if piece.paper is not None:
            document = await asyncio.to_thread(self._load_paper, piece.paper)
            content["media_id"] = await self._api.upload(piece.kind, _named(piece.paper.name), document)
        body = {"touser": user, "agentid": self._agent, "msgtype": piece.kind, piece.kind: content}
        self._count(user)
        return await self._api.call("POST", cards.SEND, json=body)

    def _wait(self, user: str, pieces: int) -> float:
        """Seconds until the member takes so many more; 0: now. A message of more pieces than that waits for silence."""
        if not self._per_minute:
            return 0.0
        now, lately = self._clock(), self._lately.get(user, deque())
        if lately and lately[-1] > now:  # the clock was set back
            lately.clear()
        while lately and lately[0] <= now - MINUTE:
            lately.popleft()
        if not lately:
            self._lately.pop(user, None)
        over = len(lately) + pieces - self._per_minute
        if over <= 0 or not lately:
            return 0.0
        return max(0.1, lately[min(over, len(lately)) - 1] + MINUTE - now)

    def _count(self, user: str) -> None:
        if self._per_minute:
            self._lately.setdefault(user, deque()).append(self._clock())

    def _remember(self, message: int, done: int) -> None:
        while len(self._progress) >= REMEMBERED:  # rows that were given up never come back for theirs
            del self._progress[next(iter(self._progress))]
        self._progress[message] = done


def _nobody(said: dict[str, Any], user: str) -> bool:
    """Whether WeCom took the message for nobody: the member is unknown, out of sight, or has no licence."""
    names = f"{said.get('invaliduser') or ''}|{said.get('unlicenseduser') or ''}".lower().split("|")
    return user.lower() in names


def _named(name: str) -> str:
    """A file's name in so few bytes that it keeps its ending."""
    stem, dot, ending = name.rpartition(".")
    return f"{split(stem, NAME)[0]}{dot}{ending}" if stem else name or "file"
