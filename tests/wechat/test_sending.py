"""What leaves by customer service: within its limits and its budget, and what becomes of each message."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from bot.channels.wechat_send import Budget, spent, texts
from bot.model import Paper, Retry, Sent, Uncertain, Undeliverable
from tests.wechat.conftest import Make, buttons, message
from tests.wechat.standin import MOMENT, Standin
from tests.wecom.server import CodeError

SEND = "message/custom/send"


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        """It begins at the stand-in's moment."""
        self.now = MOMENT

    def __call__(self) -> float:
        """The seconds since 1970."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """The clock of stand-in and channel."""
    return Clock()


@pytest.fixture
async def wechat(clock: Clock) -> AsyncIterator[Standin]:
    """A stand-in whose clock can be moved, with somebody who has just written."""
    async with Standin(clock) as standin:
        standin.follower("li")
        standin.acted("li", wrote=True)
        yield standin
        assert standin.violations == []
        assert standin.dropped == []


def shown(wechat: Standin) -> list[str]:
    """What is on the phone."""
    return [each.text for each in wechat.follower("li").sees()]


async def test_choices_are_numbered(wechat: Standin, make: Make) -> None:
    """There are no buttons."""
    assert await make().channel.send(message(text="几个？", buttons=buttons("一个", "两个"))) == Sent("custom:1")
    assert shown(wechat) == ["几个？\n\n1. 一个\n2. 两个"]


async def test_words_are_split_by_bytes_at_line_ends(wechat: Standin, make: Make) -> None:
    """Nothing is cut off: what arrives, put together, is what was said."""
    text = "\n".join(f"第{number}行：虚构的小区今天一切正常 🏠" for number in range(100))
    assert await make().channel.send(message(text=text)) == Sent("custom:3")
    assert "\n".join(shown(wechat)) == text


async def test_a_picture_goes_before_its_words(wechat: Standin, make: Make) -> None:
    """Each upload is one of its own; a picture whose time is up is left out."""
    channel = make().channel
    assert await channel.send(message(id=1, photo="p1")) == Sent("custom:2")
    assert await channel.send(message(id=2, photo="gone", text="无图")) == Sent("custom:1")
    assert [(each.kind, each.text or each.picture) for each in wechat.follower("li").sees()] == [
        ("image", b"p1"), ("text", "虚构"), ("text", "无图"),
    ]  # fmt: skip


async def test_a_picture_goes_up_whole_after_a_token_ended(wechat: Standin, make: Make) -> None:
    """The library's own second try would upload an empty file, and say that all is well."""
    channel = make().channel
    assert await channel.send(message(id=1)) == Sent("custom:1")
    wechat.expire()
    assert await channel.send(message(id=2, photo="p2", text="")) == Sent("custom:1")
    assert wechat.follower("li").sees()[-1].picture == b"p2"
    assert wechat.fetched == 2


async def test_a_document_is_a_link(wechat: Standin, make: Make) -> None:
    """To the board, in the language of the words that it goes with."""
    paper = Paper("daily-table", "虚 1", "2026-11-24", "xlsx", "日报表.xlsx")
    channel = make().channel
    for number, text in enumerate(("做好了", "Here it is")):
        await channel.send(message(id=number, text=text, paper=paper))
    chinese, english = shown(wechat)
    link = "https://wuyi.invalid/board/%E8%99%9A%201/daily-table?period=2026-11-24&as=xlsx"
    assert chinese.startswith("做好了\n\n📄 日报表.xlsx\n公众号里不能发文件")
    assert chinese.endswith(link)
    assert english.splitlines()[2] == "📄 日报表.xlsx"
    assert english.endswith(link)
    assert texts(message(text="", paper=Paper("ledger", "C", name="台账.xlsx")), "u")[0].endswith("u/board/C/ledger")


@pytest.mark.parametrize(
    ("code", "fate"),
    [
        (45015, Undeliverable("more than 48 hours since their last word: WeChat lets nothing through", gone=False)),
        (45047, Undeliverable("five messages since their last word: WeChat takes no more", gone=False)),
        (43004, Undeliverable("refused: errcode 43004", gone=True)),
        (40003, Undeliverable("refused: errcode 40003", gone=True)),
        (
            48001,
            Undeliverable(
                "the account may not send customer-service messages (errcode 48001): see wuyi doctor", gone=False
            ),
        ),
        (40007, Undeliverable("refused: errcode 40007", gone=False)),
        (-1, Retry(None, "WeChat is busy")),
        (45009, Retry(600.0, "too many calls: wait 600 s")),
        (45011, Retry(60.0, "too many calls: wait 60 s")),
        (40164, Retry(None, "refused: errcode 40164")),
    ],
)
async def test_what_a_code_says_of_a_message(wechat: Standin, make: Make, code: int, fate: object) -> None:
    """Whether it is tried again, goes another way, or the address is dead."""
    wechat.fail(SEND, CodeError(code))
    assert await make().channel.send(message()) == fate
    assert shown(wechat) == []


@pytest.mark.parametrize(
    ("how", "kind"), [(500, Retry), (503, Retry), (429, Retry), (504, Uncertain), (404, Uncertain), ("lose", Uncertain)]
)
async def test_what_a_server_that_fails_says_of_a_message(
    wechat: Standin, make: Make, how: object, kind: type[object]
) -> None:
    """What surely had no effect is tried again, and nothing else."""
    wechat.fail(SEND, how)
    assert isinstance(await make().channel.send(message()), kind)
    assert len(shown(wechat)) == (how == "lose")


async def test_a_server_that_is_not_there(make: Make) -> None:
    """Nothing went; it is tried again."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    for url in (f"http://127.0.0.1:{port}", "http://nobody.invalid", "nonsense"):
        assert isinstance(await make(api_url=url).channel.send(message()), Retry)


@pytest.mark.parametrize("code", [40001, 40014, 42001])
async def test_a_token_that_ends_in_mid_flight_is_fetched_once(wechat: Standin, make: Make, code: int) -> None:
    """However many messages notice it; and what is refused again and again is tried twice, and no oftener."""
    channel = make().channel
    assert await channel.send(message()) == Sent("custom:1")
    wechat.people["li"].left = 99
    wechat.expire()
    fates = await asyncio.gather(*(channel.send(message(id=number)) for number in range(2, 8)))
    assert fates == [Sent("custom:1")] * 6
    assert wechat.fetched == 2
    wechat.calls.clear()
    for _ in range(9):
        wechat.fail(SEND, CodeError(code))
    assert isinstance(await channel.send(message(id=9)), Retry)
    assert len(wechat.called(SEND)) == 2
    assert wechat.fetched == 3


async def test_a_token_is_fetched_before_it_ends(wechat: Standin, make: Make, clock: Clock) -> None:
    """Five minutes early; one that cannot be had now costs no message."""
    channel = make().channel
    assert await channel.send(message(id=1)) == Sent("custom:1")
    clock.now += 7200 - 299
    wechat.fail("token", 502)
    assert isinstance(await channel.send(message(id=2)), Retry)
    wechat.fail("token", "lose")
    assert isinstance(await channel.send(message(id=2)), Retry)
    assert await channel.send(message(id=2)) == Sent("custom:1")
    assert wechat.called(SEND)[1]["touser"] == "li"
    assert len(shown(wechat)) == 2


async def test_a_message_of_several_pieces_goes_on_where_it_stopped(wechat: Standin, make: Make) -> None:
    """None of them twice."""
    channel = make().channel
    long = message(text="\n".join(["虚" * 600] * 3), photo="p")
    for how in (None, 502):
        wechat.fail(SEND, how)
    assert isinstance(await channel.send(long), Retry)
    assert await channel.send(long) == Sent("custom:4")
    assert [each.kind for each in wechat.follower("li").sees()] == ["image", "text", "text", "text"]


async def test_what_is_beyond_the_budget_is_not_begun(wechat: Standin, make: Make) -> None:
    """Half a message helps nobody; the reason is told."""
    shell = make()
    shell.budget = Budget(2)
    fate = await shell.channel.send(message(text="\n".join(["虚" * 600] * 3)))
    assert fate == Undeliverable("five messages since their last word: WeChat takes no more", gone=False)
    shell.budget = Budget(0, silent=True)
    fate = await shell.channel.send(message())
    assert fate == Undeliverable("more than 48 hours since their last word: WeChat lets nothing through", gone=False)
    assert wechat.called(SEND) == []


def test_what_a_letter_took_is_in_its_name() -> None:
    """One whose fate is unknown may have taken one; a response takes none."""
    assert [spent(ref) for ref in (None, "passive", "custom:3", "passive custom:2")] == [1, 0, 3, 2]


async def test_a_fault_that_nobody_foresaw_is_uncertain(make: Make) -> None:
    """Nothing is raised into the post."""
    shell = make()

    async def broken(_: str) -> Budget:
        raise KeyError

    shell.channel._sender._budget = broken
    assert await shell.channel.send(message()) == Uncertain("KeyError")
