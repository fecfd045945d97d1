"""Every callback of the table is decoded as the table says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.channels.aibot_handle import Handle, Kind, load
from bot.channels.aibot_wire import Arrived, BrokenError, Ignored, StrangeError, decode
from bot.model import Address, InboundKind

NOW = 1_795_503_480
URL = "https://qyapi.weixin.qq.com/cgi-bin/aibot/response?response_code=CODE"
SINGLE: dict[str, Any] = {
    "msgid": "CAIQ1", "aibotid": "B", "chattype": "single", "from": {"userid": "li"}, "response_url": URL,
}  # fmt: skip
GROUP: dict[str, Any] = {**SINGLE, "chattype": "group", "chatid": "wr1"}
IMAGE = {"msgtype": "image", "image": {"url": "https://cos.invalid/p?sign=s"}}
OTHER = {"msgtype": "image", "image": {"url": "https://cos.invalid/q"}}


def words(text: str) -> dict[str, Any]:
    """A part in words."""
    return {"msgtype": "text", "text": {"content": text}}


def event(name: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """An event, flat."""
    return {"msgtype": "event", "create_time": NOW, "event": {"eventtype": name, **more}}


def chosen(*options: str) -> dict[str, Any]:
    """What was chosen on a card with options."""
    return {"selected_item": [{"question_key": "choice", "option_ids": {"option_id": list(options)}}]}


TABLE: dict[str, tuple[dict[str, Any], tuple[InboundKind, str, str | None]]] = {
    "text": ({**SINGLE, **words(" 都正常 \n")}, (InboundKind.TEXT, "都正常", None)),
    "an @ alone is no name": ({**SINGLE, **words("@张三 你好")}, (InboundKind.TEXT, "@张三 你好", None)),
    "code": ({**SINGLE, **words("开始 lwzw-VHRR")}, (InboundKind.OPEN, "lwzw-VHRR", None)),
    "picture": ({**SINGLE, **IMAGE}, (InboundKind.PHOTO, "", "https://cos.invalid/p?sign=s")),
    "picture with words": (
        {**SINGLE, "msgtype": "mixed", "mixed": {"msg_item": [words("3栋"), IMAGE, words("楼道"), OTHER]}},
        (InboundKind.PHOTO, "3栋\n楼道", "https://cos.invalid/p?sign=s"),
    ),
    "voice": ({**SINGLE, "msgtype": "voice", "voice": {"content": "都正常"}}, (InboundKind.TEXT, "都正常", None)),
    "voice without words": ({**SINGLE, "msgtype": "voice"}, (InboundKind.TEXT, "", None)),
    "file": ({**SINGLE, "msgtype": "file", "file": {"url": "https://cos.invalid/f"}}, (InboundKind.TEXT, "", None)),
    "group": ({**GROUP, **words("@无疫助手 天数")}, (InboundKind.TEXT, "天数", None)),
    "group, a narrow space": ({**GROUP, **words("@无疫助手\u2005/board")}, (InboundKind.TEXT, "/board", None)),
    "group, the name at the end": ({**GROUP, **words("天数 @无疫助手")}, (InboundKind.TEXT, "天数", None)),
    "group, two names": ({**GROUP, **words("@bot @张三 看看")}, (InboundKind.TEXT, "@张三 看看", None)),
    "group, the name alone": ({**GROUP, **words("@bot ")}, (InboundKind.TEXT, "/board", None)),
    "group, with a picture": (
        {**GROUP, "msgtype": "mixed", "mixed": {"msg_item": [words("@bot 1栋 正常"), IMAGE]}},
        (InboundKind.TEXT, "1栋 正常", None),
    ),
    "group, below a quote": (
        {**GROUP, **words("@bot "), "quote": words("1栋 发热1人")},
        (InboundKind.TEXT, "1栋 发热1人", None),
    ),
    "group, with a quote": (
        {**GROUP, **words("@bot 天数"), "quote": words("1栋 发热1人")},
        (InboundKind.TEXT, "天数", None),
    ),
    "the chat opened": ({**SINGLE, **event("enter_chat")}, (InboundKind.OPEN, "", None)),
    "unknown": ({**SINGLE, "msgtype": "hologram"}, (InboundKind.TEXT, "", None)),
}


@pytest.mark.parametrize("name", TABLE)
def test_each_message_is_decoded_as_expected(name: str) -> None:
    """Kind, words and picture; where it is answered, and for how long."""
    said, (kind, text, fetch) = TABLE[name]
    found = decode(json.dumps(said), NOW)
    assert isinstance(found, Arrived)
    inbound = found.inbound
    assert (inbound.kind, inbound.text, next(iter(found.pictures), None)) == (kind, text, fetch)
    group = said["chattype"] == "group"
    assert (inbound.address, inbound.sender) == (Address("aibot", "wr1" if group else "li", group), "li")
    entering = said["msgtype"] == "event"
    assert load(inbound.tap) == Handle(inbound.dedupe, Kind.ENTER if entering else Kind.MESSAGE, URL, NOW)
    assert bool(found.strange) is (name == "unknown")


@pytest.mark.parametrize(
    ("card", "token"),
    [
        ({"event_key": "m.1", "task_id": "m"}, "m.1"),
        ({"event_key": "m.1", "taskid": "m"}, "m.1"),
        ({"event_key": "submit", "task_id": "m", "selected_items": chosen("m.7")}, "m.7"),
        ({"event_key": "submit", "task_id": "m", "selected_items": chosen("m.7", "m.8")}, "m.7"),
        (
            {"event_key": "", "task_id": "m", "selected_items": {"selected_item": chosen("m.7")["selected_item"][0]}},
            "m.7",
        ),
        ({"event_key": "submit", "task_id": "m", "selected_items": {}}, ""),
    ],
)
@pytest.mark.parametrize("nested", [True, False])
def test_a_tap_is_one_whatever_its_shape(card: dict[str, Any], token: str, *, nested: bool) -> None:
    """Nested as it is documented, or flat; in a group its card is replaced for whoever tapped."""
    name = "template_card_event"
    for chat in (SINGLE, GROUP):
        found = decode(json.dumps({**chat, **event(name, **({name: card} if nested else card))}), NOW)
        assert isinstance(found, Arrived)
        assert (found.inbound.kind, found.inbound.text, found.inbound.edits) == (InboundKind.TAP, token, "m")
        user = "li" if chat is GROUP else ""
        assert found.handle == Handle(found.inbound.dedupe, Kind.CARD, URL, NOW, "m", user)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({**SINGLE, **event("feedback_event")}, "an event of a kind that is not used"),
        ({**SINGLE, **event("template_card_event", event_key="done")}, "a tap on a card that was answered"),
        (
            {**SINGLE, "msgtype": "stream", "stream": {"id": "s"}},
            "a question how a reply goes on, which was whole at once",
        ),
    ],
)
def test_what_is_left_alone(said: dict[str, Any], why: str) -> None:
    """It is told to every bot, and means nothing here."""
    assert decode(json.dumps(said), NOW) == Ignored(why)


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({**SINGLE, **event("unheard_of")}, StrangeError),
        ({**GROUP, "msgtype": "hologram"}, StrangeError),
        ({**GROUP, "chatid": "", **words("@bot 天数")}, BrokenError),
        ({**SINGLE, "from": {"userid": "a\0b"}, **words("天数")}, BrokenError),
        ({key: value for key, value in {**SINGLE, **words("天数")}.items() if key != "msgid"}, BrokenError),
        (["text"], BrokenError),
    ],
)
def test_what_is_kept_and_not_taken(said: object, error: type[Exception]) -> None:
    """Nobody knows what it means, or it is none."""
    with pytest.raises(error):
        decode(json.dumps(said), NOW)


def test_each_picture_of_a_message_is_taken() -> None:
    """One after another, the words with the first; each under a name of its own, answered by the same call."""
    many = {"msgtype": "mixed", "mixed": {"msg_item": [words("楼道"), IMAGE, OTHER, *[IMAGE] * 20]}}
    found = decode(json.dumps({**SINGLE, **many}), NOW)
    assert isinstance(found, Arrived)
    parts = found.parts
    assert [(each.text, url) for each, url in parts[:2]] == [
        ("楼道", "https://cos.invalid/p?sign=s"),
        ("", "https://cos.invalid/q"),
    ]
    assert len(parts) == len({each.dedupe for each, _ in parts}) == 9
    assert {each.tap for each, _ in parts} == {found.handle.dump()}


def test_the_same_message_has_one_name_and_another_one_another() -> None:
    """By its number and the bot's; whoever is of another enterprise is not taken for a member of ours."""

    def name(**other: Any) -> Arrived:  # noqa: ANN401 - JSON
        found = decode(json.dumps({**SINGLE, **words("天数"), **other}), NOW)
        assert isinstance(found, Arrived)
        return found

    assert name().inbound.dedupe == name(text={"content": "别的"}).inbound.dedupe
    assert len({name().inbound.dedupe, name(msgid="CAIQ2").inbound.dedupe, name(aibotid="C").inbound.dedupe}) == 3
    other = name(**{"from": {"userid": "li", "corpid": "ww"}})
    assert (name().ours, other.ours) == (True, False)
    assert (name().inbound.address.id, other.inbound.address.id, other.inbound.sender) == ("li", "ww/li", "ww/li")
    assert "response_code" not in repr(name().handle)
