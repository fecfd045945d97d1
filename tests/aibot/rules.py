"""What WeCom takes of a group bot, and how a phone shows it. What it would cut or refuse is written down."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import defaultdict
from typing import Any

from tests.wecom.server import Seen

TASK = re.compile(r"[0-9A-Za-z_@-]{1,128}", re.ASCII)
CONTENT = 20480
PICTURE = 10 * 1024 * 1024
MESSAGE = frozenset({"stream", "template_card"})


class Rules:
    """Answers are shown by chat; a rule that is broken stands in ``violations``."""

    def __init__(self) -> None:
        """Nothing was said."""
        self.shown: defaultdict[str, list[Seen]] = defaultdict(list)
        self.violations: list[str] = []
        self._tasks: set[str] = set()

    def show(self, said: dict[str, Any], body: dict[str, Any]) -> None:
        """Show what was said in answer to a call."""
        chat = said.get("chatid") or said["from"]["userid"]
        event = said.get("event", {})
        if event.get("eventtype") == "template_card_event":
            self._replace(chat, said, event.get("template_card_event", event)["task_id"], body)
            return
        entering = event.get("eventtype") == "enter_chat"
        self._check(body.get("msgtype") in ({"text", "template_card"} if entering else MESSAGE), "an answer's kind")
        self.shown[chat].append(self.seen(body))

    def seen(self, body: dict[str, Any]) -> Seen:
        """A message as it is shown."""
        kind = body["msgtype"]
        if kind == "template_card":
            return self._card(body["template_card"])
        part = body[kind]
        text = part["content"]
        self._check(0 < len(text.encode()) <= CONTENT, f"an answer of {len(text.encode())} bytes")
        seen = Seen(kind, text.replace("\u200b", ""))
        if kind == "stream":
            self._check(part["finish"] is True and part["id"], "a stream that does not end")
            for item in part.get("msg_item", []):
                data = base64.b64decode(item["image"]["base64"])
                digest = hashlib.md5(data, usedforsecurity=False).hexdigest()
                self._check(item["msgtype"] == "image" and item["image"]["md5"] == digest, "a picture's digest")
                self._check(len(data) <= PICTURE, "a picture's size")
                seen.media = ("picture", data)
        return seen

    def _replace(self, chat: str, said: dict[str, Any], task: str, body: dict[str, Any]) -> None:
        """Put another card in the place of the one that was tapped on: nothing else may answer a tap."""
        self._check(body.get("response_type") == "update_template_card" and "msgtype" not in body, "a tap's answer")
        self._check(body["template_card"]["task_id"] == task, "another task than was tapped on")
        users = body.get("userids")
        self._check(users in (None, [said["from"]["userid"]]) and (users is None or said.get("chatid")), "whose card")
        (old,) = (each for each in self.shown[chat] if each.task == task)
        new = self._card(body["template_card"], update=True)
        old.text, old.buttons, old.options, old.card = new.text, new.buttons, new.options, new.card
        old.edited += 1

    def _card(self, card: dict[str, Any], *, update: bool = False) -> Seen:
        task, title = card["task_id"], card["main_title"]["title"]
        self._check(TASK.fullmatch(task) and (update or task not in self._tasks), "a task's id")
        self._tasks.add(task)
        self._check(0 < len(title) <= 26, f"a title of {len(title)}")
        under = card.get("sub_title_text") or card["main_title"].get("desc") or ""
        seen = Seen("card", f"{title}\n{under}".strip(), task, card=card)
        if card["card_type"] == "button_interaction":
            self._check(len(under) <= 112, "what stands under a title")
            seen.buttons = [(each["text"], each["key"]) for each in card["button_list"]]
            self._check(1 <= len(seen.buttons) <= 6, "a card's buttons")
            self._check(len(dict(seen.buttons)) == len(seen.buttons), "two buttons alike")
            self._check(all(each.get("style", 1) in {1, 2, 3, 4} for each in card["button_list"]), "a button's style")
            self._check(all(0 < len(key.encode()) <= 1024 for _, key in seen.buttons), "a button's key")
        else:
            self._check(card["card_type"] == "vote_interaction", "a card's kind")
            self._check(len(under) <= 30, "what stands under a title")
            box = card["checkbox"]
            seen.options = [(each["text"], each["id"]) for each in box["option_list"]]
            self._check(1 <= len(seen.options) <= 20 and box["mode"] == 0, "a card's options")
            self._check(all(0 < len(key.encode()) <= 128 for _, key in seen.options), "an option's id")
            seen.buttons = [(card["submit_button"]["text"], card["submit_button"]["key"])]
        return seen

    def _check(self, holds: object, what: str) -> None:
        if not holds:
            self.violations.append(what)
