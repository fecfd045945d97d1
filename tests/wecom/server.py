"""WeCom's server API as far as the channel uses it, with its limits, and the silences that it is known for."""

from __future__ import annotations

import itertools
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

SECRET = "InventedSecretOfTheApplication0000000000000"
AGENT = 1000002
A_MINUTE, AN_HOUR = 30, 1000
ROBOT_MINUTE = 20
DAYS = 72 * 3600


class CodeError(Exception):
    """An answer with an ``errcode``."""

    def __init__(self, code: int) -> None:
        """Keep the code."""
        super().__init__(code)
        self.code = code


@dataclass
class Seen:
    """A message as a member's phone shows it now, updates applied."""

    kind: str
    text: str = ""
    task: str = ""
    buttons: list[tuple[str, str]] = field(default_factory=list)
    """Labels and keys that can be tapped."""
    options: list[tuple[str, str]] = field(default_factory=list)
    grey: str = ""
    media: tuple[str, bytes] | None = None
    edited: int = 0
    card: dict[str, Any] = field(default_factory=dict)


class Server:
    """The methods. A rule that a real server would punish by cutting or dropping is written down in ``violations``."""

    def __init__(self, corp: str, clock: Callable[[], float]) -> None:
        """``clock`` gives seconds since 1970."""
        self.corp = corp
        self.clock = clock
        self.members: dict[str, str] = {}
        """Every member whom the application may write to, with the phone that it is told."""
        self.unlicensed: set[str] = set()
        """Members to whom nothing goes, which is told beside a message's number."""
        self.shown: defaultdict[str, list[Seen]] = defaultdict(list)
        self.groups: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        self.dropped: list[tuple[str, str]] = []
        self.violations: list[str] = []
        self.menu: dict[str, Any] = {}
        self.tokens: dict[str, float] = {}
        self.life = 7200
        self.fetched = 0
        self.files: dict[str, tuple[str, bytes]] = {}
        self.codes: dict[str, tuple[str, str, float]] = {}
        """Response codes that are not used: of whom, of which card, since when."""
        self._tasks: set[str] = set()
        self._numbers = itertools.count(1)
        self._lately: defaultdict[str, deque[float]] = defaultdict(deque)

    def expire(self) -> None:
        """End every token that was given."""
        self.tokens.clear()

    def code(self, user: str, task: str) -> str:
        """The response code of a tap."""
        made = f"code-{next(self._numbers)}"
        self.codes[made] = (user, task, self.clock())
        return made

    def authorised(self, token: str) -> None:
        """Refuse a token that is none, or over."""
        if token not in self.tokens:
            raise CodeError(40014 if not token.startswith("token-") else 42001)
        if self.tokens[token] <= self.clock():
            raise CodeError(42001)

    def gettoken(self, params: dict[str, str]) -> dict[str, Any]:
        """A token; the same as long as it is good."""
        if params.get("corpid") != self.corp:
            raise CodeError(40013)
        if params.get("corpsecret") != SECRET:
            raise CodeError(40001)
        self.fetched += 1
        live = next((token for token, until in self.tokens.items() if until > self.clock()), None)
        if live is None:
            live = f"token-{next(self._numbers)}"
            self.tokens[live] = self.clock() + self.life
        return {"access_token": live, "expires_in": int(self.tokens[live] - self.clock())}

    def send(self, body: dict[str, Any]) -> dict[str, Any]:
        """A message to a member."""
        if body["agentid"] != AGENT:
            raise CodeError(40056)
        user, kind = body["touser"], body["msgtype"]
        if user not in self.members:
            raise CodeError(81013)
        content = body[kind]
        if user in self.unlicensed:
            return {"msgid": f"m{next(self._numbers)}", "unlicenseduser": user.upper()}
        seen = getattr(self, f"_of_{kind}")(content)
        if self._over(user, A_MINUTE, AN_HOUR):
            self.dropped.append((user, seen.text))  # and says nothing
        else:
            self.shown[user].append(seen)
        return {"msgid": f"m{next(self._numbers)}", "invaliduser": ""}

    def update(self, body: dict[str, Any]) -> dict[str, Any]:
        """Replace a card, once a code."""
        user, task, since = self.codes.pop(body["response_code"], ("", "", 0.0))
        if not user or body["userids"] != [user] or self.clock() - since > DAYS:
            raise CodeError(40201)
        (seen,) = (each for each in self.shown[user] if each.task == task)
        seen.edited += 1
        if "button" in body:
            seen.grey, seen.buttons, seen.options = body["button"]["replace_name"], [], []
            return {}
        new = self._of_template_card({**body["template_card"], "task_id": f"update-{next(self._numbers)}"})
        seen.text, seen.buttons, seen.options, seen.grey = new.text, new.buttons, new.options, new.grey
        return {}

    def push(self, key: str, body: dict[str, Any]) -> dict[str, Any]:
        """A message of a group robot."""
        if not key.startswith("robot-"):
            raise CodeError(93000)
        content = body[body["msgtype"]]
        if body["msgtype"] == "markdown":
            self._check(len(content["content"].encode()) <= 4096, "a robot's markdown is too long")
        if body["msgtype"] == "text":
            self._check(0 < len(content["content"].encode()) <= 2048, "a robot's text is too long")
            self._check("<@" not in content["content"], "a mention that nobody meant")
        if self._over(key, ROBOT_MINUTE, ROBOT_MINUTE * 60):
            raise CodeError(45009)
        self.groups[key].append(body)
        return {}

    def upload(self, kind: str, name: str, data: bytes) -> dict[str, Any]:
        """A file, for three days."""
        if len(data) < 6:
            raise CodeError(40058)
        self._check(len(data) <= {"image": 10, "file": 20}[kind] * 1024 * 1024, "a file is too large")
        media = f"media-{next(self._numbers)}"
        self.files[media] = (name, data)
        return {"type": kind, "media_id": media}

    def user(self, userid: str) -> dict[str, Any]:
        """A member, with a phone if the enterprise lets the application see it."""
        if userid not in self.members:
            raise CodeError(60111)
        phone = self.members[userid]
        return {"userid": userid, "name": "Invented", **({"mobile": phone} if phone else {})}

    def _of_text(self, content: dict[str, Any]) -> Seen:
        size = len(content["content"].encode())
        self._check(0 < size <= 2048, f"a text of {size} bytes")
        return Seen("text", content["content"])

    def _of_image(self, content: dict[str, Any]) -> Seen:
        return Seen("image", media=self._file(content))

    def _of_file(self, content: dict[str, Any]) -> Seen:
        return Seen("file", media=self._file(content))

    def _file(self, content: dict[str, Any]) -> tuple[str, bytes]:
        if content.get("media_id") not in self.files:
            raise CodeError(40007)
        return self.files[content["media_id"]]

    def _of_template_card(self, card: dict[str, Any]) -> Seen:
        task, title = card["task_id"], card["main_title"]["title"]
        self._check(0 < len(task.encode()) <= 128 and task not in self._tasks, "a task's id")
        if task in self._tasks:
            raise CodeError(40167)
        self._tasks.add(task)
        self._check(0 < len(title) <= 36, f"a title of {len(title)}")
        under = card.get("sub_title_text") or card["main_title"].get("desc") or ""
        seen = Seen("card", f"{title}\n{under}".strip(), task, grey=card.get("replace_text", ""), card=card)
        if card["card_type"] == "button_interaction":
            self._check(len(under) <= 160, "what stands under a title")
            found = [(each["text"], each["key"]) for each in card["button_list"]]
            self._check(1 <= len(found) <= 6, "a card's buttons")
            self._check(all(0 < len(key.encode()) <= 1024 for _, key in found), "a button's key")
            seen.buttons = [] if seen.grey else found
        else:
            self._check(card["card_type"] == "vote_interaction", "a card's kind")
            self._check(len(under) <= 44, "what stands under a title")
            box = card["checkbox"]
            seen.options = [(each["text"], each["id"]) for each in box["option_list"]]
            self._check(1 <= len(seen.options) <= 20 and box["mode"] == 0, "a card's options")
            self._check(all(0 < len(key.encode()) <= 128 for _, key in seen.options), "an option's id")
            seen.buttons = [(card["submit_button"]["text"], card["submit_button"]["key"])]
        return seen

    def _over(self, name: str, minute: int, hour: int) -> bool:
        now, lately = self.clock(), self._lately[name]
        while lately and lately[0] <= now - 3600:
            lately.popleft()
        if len(lately) >= hour or sum(at > now - 60 for at in lately) >= minute:
            return True
        lately.append(now)
        return False

    def _check(self, holds: object, what: str) -> None:
        if not holds:
            self.violations.append(what)
