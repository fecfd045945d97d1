"""WeCom's group robot (群机器人): one address a group, to push to; nobody can answer it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import logging
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit, urlunsplit

from bot.channels.port import no_papers
from bot.channels.wecom_http import Http, LostError, NotSentError, RefusedError, fate
from bot.channels.wecom_text import split
from bot.model import Fate, Limits, Outbound, Pace, Paper, Rate, Retry, Sent, Uncertain, Undeliverable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.routing import BaseRoute

    from bot.channels.port import LoadPaper, Take

LOG = logging.getLogger(__name__)
NAME = "robot"
MARKDOWN = 4096
"""Bytes of a markdown message."""
PICTURE = 2 * 1024 * 1024
MOST = 20
"""So many messages a minute a robot takes."""
REMEMBERED = 1000
SIGNS = str.maketrans({"<": "＜", ">": "＞", "[": "［", "]": "］", "*": "＊", "`": "｀", "_": "＿", "~": "～"})
"""Signs that mean something in markdown, and the ones of the same look that mean nothing: there is no way to escape."""
BEGINNING = re.compile(r"^(\s*)(#|-\s|\d+\.\s)", re.MULTILINE)


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
        bodies: list[dict[str, Any]] = [
            {"msgtype": "markdown", "markdown": {"content": part}} for part in split(markdown(outbound.text), MARKDOWN)
        ]
        if outbound.photo is not None and (picture := await asyncio.to_thread(self._picture, outbound.photo)):
            bodies.append({"msgtype": "image", "image": picture})
        paper = outbound.paper if outbound.paper is not None and outbound.paper.is_picture else None
        if paper is not None and (picture := await asyncio.to_thread(self._drawn, paper)):
            bodies.append({"msgtype": "image", "image": picture})
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

    def _picture(self, name: str) -> dict[str, str] | None:
        """A picture as a robot takes it; None where it is gone, or larger than a robot takes."""
        try:
            return _image(self._load_photo(name))
        except FileNotFoundError:
            return None

    def _drawn(self, paper: Paper) -> dict[str, str] | None:
        """A picture that is made when it is sent; None where there is none to be made: the words go all the same."""
        try:
            return _image(self._load_paper(paper))
        except ValueError:
            return None

    def _remember(self, message: int, done: int) -> None:
        while len(self._progress) >= REMEMBERED:
            del self._progress[next(iter(self._progress))]
        self._progress[message] = done

    def __repr__(self) -> str:
        """The places only."""
        return f"Robots({', '.join(self._robots)})"


def _image(data: bytes) -> dict[str, str] | None:
    if len(data) > PICTURE:
        return None
    digest = hashlib.md5(data, usedforsecurity=False).hexdigest()
    return {"base64": base64.b64encode(data).decode(), "md5": digest}


def markdown(text: str) -> str:
    """Plain words as markdown that shows them as they are, the first line as a heading."""
    plain = BEGINNING.sub(lambda found: f"{found[1]}\u200b{found[2]}", text.translate(SIGNS))
    first, _, rest = plain.strip().partition("\n")
    return f"**{first}**\n{rest}".strip() if first else plain
