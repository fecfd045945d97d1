"""WeChat's server API as far as the channel uses it, with its limits, and the silences that it is known for."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.wechat import sealing
from tests.wecom.server import CodeError

SECRET = "InventedSecretOfTheAccount000000"
TEXT = 2048
AFTER_WORDS, AFTER_EVENTS = (5, 48 * 3600), (3, 60)
"""So many customer-service messages, within so many seconds of what somebody wrote or did."""


@dataclass
class Seen:
    """A message as a follower's phone shows it."""

    kind: str
    text: str = ""
    passive: bool = False
    """Whether it came in the response to a callback."""
    picture: bytes = b""


@dataclass
class Follower:
    """What the server knows of somebody."""

    follows: bool = True
    left: int = 0
    until: float = 0.0
    shown: list[Seen] = field(default_factory=list)


class Server:
    """The methods. A rule that a real server would punish by cutting or dropping is written down in ``violations``."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """``clock`` gives seconds since 1970."""
        self.clock = clock
        self.people: dict[str, Follower] = {}
        self.dropped: list[tuple[str, str]] = []
        self.violations: list[str] = []
        self.silent = False
        """Whether what is too much is dropped without a word; else it is refused by its code."""
        self.verified = True
        """Whether the account may have a menu, pictures to scan, and write unasked."""
        self.menu: dict[str, Any] = {}
        self.tokens: dict[str, float] = {}
        self.life = 7200
        self.fetched = 0
        self.files: dict[str, bytes] = {}
        self.scenes: dict[str, str] = {}
        """What is in the pictures to scan, by ticket."""
        self._numbers = itertools.count(1)

    def expire(self) -> None:
        """End every token that was given."""
        self.tokens.clear()

    def authorised(self, token: str) -> None:
        """Refuse a token that is none, or over."""
        if token not in self.tokens:
            raise CodeError(40001 if token.startswith("token-") else 40014)
        if self.tokens[token] <= self.clock():
            raise CodeError(42001)

    def token(self, params: dict[str, str]) -> dict[str, Any]:
        """A new token; the one before ends, as WeChat's does (after a while)."""
        if params.get("grant_type") != "client_credential" or "access_token" in params:
            raise CodeError(40002)
        if params.get("appid") != sealing.APP:
            raise CodeError(40013)
        if params.get("secret") != SECRET:
            raise CodeError(40125)
        self.fetched += 1
        self.tokens = {f"token-{next(self._numbers)}": self.clock() + self.life}
        return {"access_token": next(iter(self.tokens)), "expires_in": self.life}

    def acted(self, user: str, *, wrote: bool) -> None:
        """Somebody wrote or did something: what may be sent to them begins anew."""
        most, seconds = AFTER_WORDS if wrote else AFTER_EVENTS
        one, now = self.people[user], self.clock()
        fresh = one.until <= now
        one.left, one.until = (most, now + seconds) if fresh else (max(one.left, most), max(one.until, now + seconds))

    def send(self, body: dict[str, Any]) -> None:
        """A customer-service message."""
        user, kind = body["touser"], body["msgtype"]
        if not self.verified:
            raise CodeError(48001)
        if user not in self.people:
            raise CodeError(40003)
        one = self.people[user]
        if not one.follows:
            raise CodeError(43004)
        seen = Seen(kind)
        if kind == "text":
            seen.text = body["text"]["content"]
            self.fits(seen.text)
        else:
            seen.picture = self.file(body["image"]["media_id"])
        if one.until <= self.clock() or one.left <= 0:
            if not self.silent:
                raise CodeError(45015 if one.until <= self.clock() else 45047)
            self.dropped.append((user, seen.text))  # and says nothing
            return
        one.left -= 1
        one.shown.append(seen)

    def upload(self, kind: str, data: bytes) -> dict[str, Any]:
        """A file, for three days; one of its own each time."""
        self.check(kind == "image" and len(data) <= 10 * 1024 * 1024, "a file of that kind or size")
        if not data:
            self.violations.append("an empty file")  # which is taken, and shows nothing
        media = f"media-{next(self._numbers)}"
        self.files[media] = data
        return {"type": kind, "media_id": media}

    def file(self, media: str) -> bytes:
        """A file that is there."""
        if media not in self.files:
            raise CodeError(40007)
        return self.files[media]

    def scene(self, body: dict[str, Any]) -> dict[str, Any]:
        """A picture to scan."""
        if not self.verified:
            raise CodeError(48001)
        self.check(body["action_name"] == "QR_STR_SCENE" and body["expire_seconds"] <= 2592000, "a picture to scan")
        scene = body["action_info"]["scene"]["scene_str"]
        self.check(0 < len(scene.encode()) <= 64, "what is in a picture to scan")
        ticket = f"ticket-{next(self._numbers)}=="
        self.scenes[ticket] = scene
        return {"ticket": ticket, "url": "http://weixin.qq.com/q/invented"}

    def set_menu(self, body: dict[str, Any]) -> None:
        """The menu under the chat."""
        if not self.verified:
            raise CodeError(48001)
        self.check(1 <= len(body["button"]) <= 3, "a menu")
        for column in body["button"]:
            self.check(len(column["name"].encode()) <= 16 and 1 <= len(column["sub_button"]) <= 5, "a menu's column")
            for each in column["sub_button"]:
                self.check(len(each["name"].encode()) <= 60 and len(each["key"].encode()) <= 128, "a menu's entry")
        self.menu = body

    def fits(self, text: str) -> None:
        """Words as they may be."""
        self.check(0 < len(text.encode()) <= TEXT, f"a text of {len(text.encode())} bytes")

    def check(self, holds: object, what: str) -> None:
        """Write down what does not hold."""
        if not holds:
            self.violations.append(what)
