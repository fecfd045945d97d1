"""The group robot: push only, within its limits, and its key seen by nobody."""

from __future__ import annotations

import base64
import hashlib
import logging
from dataclasses import replace

import pytest

from bot.channels.wecom_markdown import linked, markdown
from bot.channels.wecom_robot import PICTURE, Robots
from bot.model import Address, Fate, Outbound, Paper, Rate, Retry, Sent, Uncertain, Undeliverable
from tests.wecom.conftest import load
from tests.wecom.standin import Standin

KEY = "robot-planted-key"
DRAWN = b"\x89PNG\r\n\x1a\n" + b"drawn"


@pytest.fixture
def robots(wecom: Standin) -> Robots:
    """A robot for the place C, and one whose key is wrong."""
    where = f"{wecom.url}/cgi-bin/webhook/send?key="
    return Robots({"C": where + KEY, "D": f"{where}wrong-planted-key"}, load, load_paper=paper)


def paper(wanted: Paper) -> bytes:
    """Draw a picture; of one place it is too large, of another there is none."""
    if wanted.place == "none":
        message = "there is none"
        raise ValueError(message)
    if not wanted.is_picture:
        return b"PK"
    return DRAWN + b"x" * PICTURE if wanted.place == "huge" else DRAWN


async def push(
    robots: Robots,
    text: str = "虚构",
    place: str = "C",
    number: int = 1,
    photo: str = "",
    *,
    paper: Paper | None = None,
) -> Fate:
    """Send a message to a place's group, then let go of the connections."""
    to = Address("robot", place, group=True)
    try:
        return await robots.send(Outbound(number, to, text, photo=photo or None, paper=paper))
    finally:
        for http in robots._https.values():
            await http.close()


async def test_it_pushes_markdown_and_pictures(wecom: Standin, robots: Robots) -> None:
    """Long words in pieces; a picture with its digest; one that is gone is left out."""
    assert await push(robots, "第一行\n" + "虚构的一行\n" * 400, photo="bytes of a picture") == Sent()
    assert await push(robots, photo="gone", number=2) == Sent()
    *words, picture, last = wecom.groups[KEY]
    assert len(words) == 2
    assert words[0]["markdown"]["content"].startswith("**第一行**\n虚构的一行")
    digest = hashlib.md5(b"bytes of a picture", usedforsecurity=False).hexdigest()
    assert picture["image"] == {"base64": base64.b64encode(b"bytes of a picture").decode(), "md5": digest}
    assert last["markdown"]["content"] == "**虚构**"
    assert wecom.violations == []


async def test_it_calls_attention_by_a_plain_message(wecom: Standin, robots: Robots) -> None:
    """Members by their names, else by phone, below the last piece; nobody is named in the words."""
    text = "第一行 <@all>\n" + "虚构的一行\n" * 200
    sent = Outbound(1, Address("robot", "C", group=True), text, mentions=("li", "+8613800000002", "wang"))
    assert await robots.send(sent) == Sent()
    first, last = (each["text"] for each in wecom.groups[KEY])
    assert first["content"].startswith("第一行 ＜@all>\n虚构的一行")
    assert set(first) == {"content"}
    assert (last["mentioned_list"], last["mentioned_mobile_list"]) == (["li", "wang"], ["13800000002"])
    assert wecom.violations == []
    await push(robots)


async def test_it_pushes_the_board_as_a_picture(wecom: Standin, robots: Robots) -> None:
    """Drawn when it is sent; of one that cannot be, or is too large, and of a file the words go alone."""
    drawn = Paper("board-picture", "C", name="看板图.png")
    for number, paper in enumerate((drawn, replace(drawn, place="huge"), replace(drawn, place="none")), 1):
        assert await push(robots, number=number, paper=paper) == Sent()
    assert await push(robots, number=4, paper=Paper("monthly", "C", name="月报.docx")) == Sent()
    assert [body["msgtype"] for body in wecom.groups[KEY]] == ["markdown", "image", "markdown", "markdown", "markdown"]
    image = wecom.groups[KEY][1]["image"]
    assert base64.b64decode(image["base64"]) == DRAWN
    assert image["md5"] == hashlib.md5(DRAWN, usedforsecurity=False).hexdigest()
    assert wecom.violations == []


def test_a_name_breaks_no_markdown() -> None:
    """Signs that mean something are replaced by those of the same look."""
    said = markdown("虚_构*<@all>[x](y)`\n# 不是标题\n- 不是列表")
    assert said == "**虚＿构＊＜@all＞［x］(y)｀**\n\u200b# 不是标题\n\u200b- 不是列表"


def test_an_address_can_be_tapped_on_and_shows_no_secret() -> None:
    """The words around it are as plain as any."""
    said = linked("*看*：https://wuyi.invalid/log_in#A_b-9（10 分钟）\n1. 好")
    assert said == "＊看＊：[https://wuyi.invalid/log＿in](https://wuyi.invalid/log_in#A_b-9)（10 分钟）\n\u200b1. 好"


async def test_twenty_a_minute(robots: Robots) -> None:
    """The post is told the pace; a robot that is asked too much is asked again later."""
    assert robots.limits.pace.group == (Rate(20, 60),)
    fates = [await push(robots, number=number) for number in range(21)]
    assert [type(fate) for fate in fates] == [Sent] * 20 + [Retry]


async def test_what_becomes_of_a_push(wecom: Standin, robots: Robots) -> None:
    """A server that fails is asked again; an answer that is lost is not; nobody answers for a place without robot."""
    for how, fate in ((502, Retry), ("lose", Uncertain)):
        wecom.fail("webhook/send", how)
        assert isinstance(await push(robots), fate)
    for place in ("D", "E"):
        assert isinstance(await push(robots, place=place), Undeliverable)


async def test_the_key_is_seen_by_nobody(wecom: Standin, robots: Robots, caplog: pytest.LogCaptureFixture) -> None:
    """Neither in the log, at any level, nor in a fate or a repr, nor where an address is refused."""
    caplog.set_level(logging.DEBUG)
    fates = [await push(robots, place=place) for place in ("C", "D")]
    called = Outbound(7, Address("robot", "C", group=True), "虚构", mentions=("planted-li", "+8613800000002"))
    for how in (None, 502, "lose"):
        wecom.fail("webhook/send", how)
        fates.append(await robots.send(called))
    for how in (500, "lose"):
        wecom.fail("webhook/send", how)
        fates.append(await push(robots))
    for secret in ("planted", "13800000002"):
        assert secret not in caplog.text + repr(fates) + repr(robots)
    assert caplog.records
    with pytest.raises(ValueError, match="webhook address") as refused:
        Robots({"C": "ftp://invented.invalid/planted?key=planted"}, load)
    assert "planted" not in str(refused.value)
