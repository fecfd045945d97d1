"""One message of ours → Telegram, and what became of it."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from telegram import InputFile
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, TelegramError

from bot.channels import telegram_wire as wire
from bot.channels.port import no_papers
from bot.channels.telegram_request import NotSentError, PacedError, ServerFailedError
from bot.model import Fate, Outbound, Paper, Retry, Sent, Uncertain, Undeliverable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.channels.port import LoadPaper
    from bot.channels.telegram_api import Api

    Hook = Callable[[str, str], Awaitable[None]]

LOG = logging.getLogger(__name__)
UNCHANGED = "message is not modified"
GONE = ("to edit not found", "can't be edited", "no text in the message", "message_id_invalid", "message identifier")
"""Parts of what Telegram says of a message that can no longer be edited."""
NOBODY = ("chat not found", "user not found", "peer_id_invalid", "user is deactivated", "chat_id is empty")
"""Parts of what Telegram says of a chat that is not there."""
REMEMBERED = 1000
PARTING = 2.0
"""Seconds at the end for answers to taps."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One call of the Bot API; ``photo`` is a picture's media name, put in when it is sent, and so is ``paper``."""

    method: str
    data: dict[str, Any]
    photo: str | None = None
    paper: Paper | None = None


class Sender:
    """Sends, and remembers how far a message of several pieces got, so that a retry doubles none of them."""

    def __init__(
        self, api: Api, load_photo: Callable[[str], bytes], migrated: Hook | None, load_paper: LoadPaper = no_papers
    ) -> None:
        """``load_photo`` gives the bytes of a media name; ``migrated(old, new)`` hears of a group's new id."""
        self._api = api
        self._load_photo = load_photo
        self._load_paper = load_paper
        self._migrated = migrated
        self._progress: dict[int, int] = {}
        self._answers: set[asyncio.Task[None]] = set()

    async def send(self, outbound: Outbound) -> Fate:
        """Deliver, once. Never raises: an error nobody foresaw is ``Uncertain``, and in the log."""
        if outbound.tap is not None:
            self._answer(outbound.tap)
        try:
            if outbound.edits is not None:
                fate = await self._edit(outbound)
                if fate is not None:
                    return fate
            try:
                return await self._send_pieces(outbound)
            except FileNotFoundError:  # the picture's time was up meanwhile
                return await self._send_pieces(replace(outbound, photo=None))
        except ValueError as why:
            return Undeliverable(str(why), gone=False)
        except Exception as why:  # noqa: BLE001 - the port's promise; no text of it, which may hold anything
            LOG.error("message %d: %s while sending", outbound.id, type(why).__name__)  # noqa: TRY400 - same reason
            return Uncertain(type(why).__name__)

    async def finish(self) -> None:
        """Give the answers to taps that are under way a moment."""
        if self._answers:
            await asyncio.wait(self._answers, timeout=PARTING)

    def _answer(self, tap: str) -> None:
        """Stop the button's spinner, beside the message itself; whether that works matters to nobody."""
        task = asyncio.create_task(self._answer_tap(tap))
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    async def _answer_tap(self, tap: str) -> None:
        try:
            await self._api.call("answerCallbackQuery", {"callback_query_id": tap})
        except TelegramError as why:
            LOG.debug("a tap was not answered: %s", type(why).__name__)

    async def _edit(self, outbound: Outbound) -> Fate | None:
        """Replace the message; None when it has to be sent anew instead."""
        ref = outbound.edits or ""
        new = outbound.photo is not None or outbound.paper is not None
        if new or not ref.isdecimal() or wire.units(outbound.text) > wire.TEXT:
            return None
        data = {"chat_id": outbound.address.id, "message_id": int(ref), **_content(outbound.text)}
        if (keyboard := wire.keyboard(outbound.buttons)) is not None:
            data["reply_markup"] = keyboard
        try:
            await self._api.call("editMessageText", data)
        except BadRequest as why:
            said = why.message.lower()
            if UNCHANGED in said:
                return Sent(ref)
            if any(part in said for part in GONE):
                return None
            return _refused(why)
        except TelegramError as why:
            # An edit that may have arrived can be repeated: the second says "not modified".
            fate = await self._fate(why, outbound)
            return Retry(why=fate.why) if isinstance(fate, Uncertain) else fate
        return Sent(ref)

    async def _send_pieces(self, outbound: Outbound) -> Fate:
        pieces = _pieces(outbound)
        done = self._progress.pop(outbound.id, 0)
        ref: str | None = None
        for number, piece in enumerate(pieces[done:], start=done):
            try:
                result = await self._call(piece)
            except TelegramError as why:
                fate = await self._fate(why, outbound)
                if number and isinstance(fate, Retry):
                    self._remember(outbound.id, number)
                return fate
            ref = str(result["message_id"])
        return Sent(ref)

    async def _call(self, piece: Piece) -> dict[str, Any]:
        data = piece.data
        if piece.photo is not None:
            picture = await asyncio.to_thread(self._load_photo, piece.photo)
            data = {**data, "photo": InputFile(picture, filename="photo.jpg")}
        if piece.paper is not None:
            document = await asyncio.to_thread(self._load_paper, piece.paper)
            kind = "photo" if piece.paper.is_picture else "document"
            data = {**data, kind: InputFile(document, filename=piece.paper.name)}
        result: dict[str, Any] = await self._api.call(piece.method, data)
        return result

    def _remember(self, message: int, done: int) -> None:
        while len(self._progress) >= REMEMBERED:  # rows that were given up never come back for theirs
            del self._progress[next(iter(self._progress))]
        self._progress[message] = done

    async def _fate(self, why: TelegramError, outbound: Outbound) -> Fate:
        """What an error says of a message that is new to the chat."""
        match why:
            case PacedError():
                return Retry(why.seconds, "paced by Telegram")
            case ChatMigrated():
                if self._migrated is not None:
                    await self._migrated(outbound.address.id, str(why.new_chat_id))
                return Retry(0, "the group has a new id")
            case Forbidden() | BadRequest():
                return _refused(why)
            case NotSentError() | ServerFailedError():
                return Retry(why=why.message)
            case InvalidToken():
                LOG.error("Telegram refuses the token: get the right one from @BotFather")
                return Retry(why="the token is refused")
        # A time-out or a connection that broke: it may have arrived, and would be read twice.
        return Uncertain(f"{type(why).__name__}: {why.message}")


def _refused(why: TelegramError) -> Undeliverable:
    """Blocked, or no such chat: then nothing goes there; any other refusal is of this message."""
    said = why.message.lower()
    return Undeliverable(why.message, gone=isinstance(why, Forbidden) or any(part in said for part in NOBODY))


def _content(text: str) -> dict[str, Any]:
    # No parse mode: nothing to escape. No previews: Telegram would open a link that is good for one opening.
    return {"text": text, "link_preview_options": {"is_disabled": True}}


def _pieces(outbound: Outbound) -> list[Piece]:
    """The calls that make up one message: a photo first, the buttons on the last."""
    chat = {"chat_id": outbound.address.id}
    text, pieces = outbound.text, []
    if outbound.photo is not None:
        caption = text if wire.units(text) <= wire.CAPTION else ""
        pieces.append(Piece("sendPhoto", {**chat, **({"caption": caption} if caption else {})}, outbound.photo))
        text = "" if caption else text
    if outbound.paper is not None:
        caption = text if wire.units(text) <= wire.CAPTION else ""
        method = "sendPhoto" if outbound.paper.is_picture else "sendDocument"
        pieces.append(Piece(method, {**chat, **({"caption": caption} if caption else {})}, paper=outbound.paper))
        text = "" if caption else text
    if text or not pieces:
        pieces += [Piece("sendMessage", {**chat, **_content(part)}) for part in wire.split(text)]
    if (keyboard := wire.keyboard(outbound.buttons)) is not None:
        pieces[-1].data["reply_markup"] = keyboard
    return pieces
