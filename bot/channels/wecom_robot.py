"""WeCom's group robot (群机器人): one address a group, to push to; nobody can answer it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit, urlunsplit

from bot.channels.bytewise import split
from bot.channels.port import no_papers
from bot.channels.wecom_http import Http, LostError, NotSentError, RefusedError, fate
from bot.channels.wecom_markdown import markdown
from bot.model import Fate, Limits, Outbound, Pace, Rate, Retry, Sent, Uncertain, Undeliverable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.routing import BaseRoute

    from bot.channels.port import LoadPaper, Take

LOG = logging.getLogger(__name__)
NAME = "robot"
MARKDOWN = 4096
"""Bytes of a markdown message."""
TEXT = 2048
"""Bytes of a plain one, the only kind that calls somebody's attention."""
CHINA = "+86"
PICTURE = 2 * 1024 * 1024
MOST = 20
"""So many messages a minute a robot takes."""
REMEMBERED = 1000


def split_address(url: str) -> tuple[str, str, str]:
    """A robot's address as its server, its path and its key.

    Raises:
        ValueError: it is none; what it is is not repeated, for it may hold the key.
    """
    parts = urlsplit(url)
    key = parse_qs(parts.query).get("key", [""])[0]
    if parts.scheme not in {"http", "https"} or not parts.hostname or not key:
        message = "it is no webhook address (https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…)"
        raise ValueError(message)
    return urlunsplit((parts.scheme, parts.netloc, "", "", "")), parts.path, key


class Robots:
    """The channel: a robot for each place, by the place's code, which is the address. ``repr`` shows no key."""

    name = NAME

    def __init__(
        self,
        robots: Mapping[str, str],
        load_photo: Callable[[str], bytes],
        load_paper: LoadPaper = no_papers,
        *,
        per_minute: int = MOST,
    ) -> None:
        """``robots`` are the webhook addresses by place code; ``per_minute`` 0: as fast as they come.

        Raises:
            ValueError: an address is none.
        """
        pace = Pace(group=(Rate(per_minute, 60),)) if per_minute else Pace()
        self.limits = Limits(text=MARKDOWN // 3, buttons=False, edits=False, pace=pace)
        self._robots = {place: split_address(url) for place, url in robots.items()}
        self._https = {root: Http(root) for root, _, _ in self._robots.values()}
        self._load_photo = load_photo
        self._load_paper = load_paper
        self._progress: dict[int, int] = {}

    def routes(self) -> Sequence[BaseRoute]:
        """None: nobody answers a robot."""
        return ()

    async def listen(self, take: Take) -> None:
        """Hear nothing, until cancelled."""
        del take
        try:
            await asyncio.Event().wait()
        finally:
            for http in self._https.values():
                await http.close()

    async def send(self, outbound: Outbound) -> Fate:
        """Push one message, once; never raises. Its choices are left out: a robot has no buttons."""
        robot = self._robots.get(outbound.address.id)
        if robot is None:
            return Undeliverable("no robot is configured for this place any more (WUYI_WECOM_ROBOTS)")
        try:
            return await self._push(outbound, robot)
        except RefusedError as why:
            LOG.error("the robot of %s is refused (errcode %d): see WUYI_WECOM_ROBOTS", outbound.address.id, why.code)  # noqa: TRY400 - a line to act on
            return Undeliverable(str(why), gone=False)
        except Exception as why:  # noqa: BLE001 - the port's promise; no text of it, which may hold anything
            LOG.error("message %d: %s while sending", outbound.id, type(why).__name__)  # noqa: TRY400 - same reason
            return Uncertain(type(why).__name__)

    async def _push(self, outbound: Outbound, robot: tuple[str, str, str]) -> Fate:
        root, path, key = robot
        bodies = [*said(outbound), *await asyncio.to_thread(self._pictures, outbound)]
        done = self._progress.pop(outbound.id, 0)
        for number, body in enumerate(bodies[done:], start=done):
            try:
                await self._https[root].call("POST", path, params={"key": key}, json=body)
            except (NotSentError, LostError) as why:
                came = fate(why)
                if number and isinstance(came, Retry):
                    self._remember(outbound.id, number)
                return came
        return Sent()

    def _pictures(self, outbound: Outbound) -> list[dict[str, Any]]:
        """The pictures of a message as a robot takes them; one that is gone, too large, or none at all is left out."""
        found: list[bytes] = []
        with suppress(FileNotFoundError):
            found += [self._load_photo(outbound.photo)] if outbound.photo is not None else []
        with suppress(ValueError):
            if outbound.paper is not None and outbound.paper.is_picture:
                found.append(self._load_paper(outbound.paper))
        return [
            {"msgtype": "image", "image": {"base64": base64.b64encode(data).decode(), "md5": _digest(data)}}
            for data in found
            if len(data) <= PICTURE
        ]

    def _remember(self, message: int, done: int) -> None:
        while len(self._progress) >= REMEMBERED:
            del self._progress[next(iter(self._progress))]
        self._progress[message] = done

    def __repr__(self) -> str:
        """The places only."""
        return f"Robots({', '.join(self._robots)})"


def said(outbound: Outbound) -> Iterator[dict[str, Any]]:
    """A message's words; plain ones where somebody's attention is called, below the last of them."""
    if not outbound.mentions:
        for part in split(markdown(outbound.text), MARKDOWN):
            yield {"msgtype": "markdown", "markdown": {"content": part}}
        return
    parts = split(outbound.text.replace("<", "＜"), TEXT)  # “<@…>” would call somebody, too
    phones = [each.removeprefix(CHINA) for each in outbound.mentions if each.startswith("+")]
    names = [each for each in outbound.mentions if not each.startswith("+")]
    for number, part in enumerate(parts, 1):
        called = {"mentioned_list": names, "mentioned_mobile_list": phones} if number == len(parts) else {}
        yield {"msgtype": "text", "text": {"content": part, **called}}


def _digest(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()
