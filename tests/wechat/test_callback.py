"""The callback: who may call it, what it acknowledges when, and what it turns away."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from bot.channels.sealed import UnfitError
from bot.channels.wechat import Account
from bot.model import Inbound, InboundKind
from tests.telegram.serving import until
from tests.wechat import sealing
from tests.wechat.conftest import PICTURE, Make, called
from tests.wechat.standin import MOMENT, Standin
from tests.wecom.server import CodeError


def ask(url: str, chunk: str, body: str | bytes | None = None, **more: str) -> httpx.Response:
    """One call about a chunk; ``more`` replaces parameters."""
    params = {**sealing.query(chunk, MOMENT), **more}
    content = sealing.body(chunk) if body is None else body
    with httpx.Client(trust_env=False) as client:
        return client.post(url, params=params, content=content)


async def asked(url: str, chunk: str, body: str | bytes | None = None, **more: str) -> int:
    """The same in a thread; the status."""
    return (await asyncio.to_thread(ask, url, chunk, body, **more)).status_code


@pytest.mark.parametrize(
    ("part", "value", "named"),
    [
        ("token", "", "WUYI_WECHAT_TOKEN"),
        ("token", "  ", "WUYI_WECHAT_TOKEN"),
        ("aes_key", "", "WUYI_WECHAT_AES_KEY"),
        ("aes_key", "planted" * 6, "WUYI_WECHAT_AES_KEY"),
        ("aes_key", "虚" * 43, "WUYI_WECHAT_AES_KEY"),
        ("app_id", " ", "WUYI_WECHAT_APP_ID"),
    ],
)
def test_without_fit_keys_the_channel_is_not_made(make: Make, part: str, value: str, named: str) -> None:
    """An empty token would let anybody sign; the reason names the setting and repeats no value."""
    with pytest.raises(UnfitError, match=named) as refused:
        make(**{part: value})
    assert "planted" not in str(refused.value)


def test_an_account_shows_no_secret() -> None:
    """Where it is printed in an error."""
    shown = repr(Account(sealing.APP, "planted", sealing.TOKEN, sealing.AES_KEY))
    assert shown == f"Account({sealing.APP})"


async def test_wechat_asks_whether_it_is_us(wechat: Standin, make: Make) -> None:
    """Its word is said; a stranger's and a stale one's are not."""
    async with called(wechat, make()) as url, httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(url, params=sealing.checked("<b>4375120948345356249</b>", MOMENT))
        assert (answer.status_code, answer.text) == (200, "<b>4375120948345356249</b>")
        assert answer.headers["content-type"].startswith("text/plain")
        for params in (
            sealing.checked("word", MOMENT, token="another"),
            sealing.checked("word", MOMENT, token=""),
            sealing.checked("word", MOMENT - 301),
            {**sealing.checked("word", MOMENT), "nonce": "another"},
            {"echostr": "word"},
            {},
        ):
            answer = await client.get(url, params=params)
            assert (answer.status_code, answer.text) == (403, "")


async def test_only_what_wechat_signed_is_taken(wechat: Standin, make: Make) -> None:
    """Wrong signature, none, another's token, plain mode, a DOCTYPE, too much: 4xx, and nothing is kept."""
    shell = make()
    text = wechat.follower("li").message("text", Content="虚构")
    chunk = sealing.seal(text)
    async with called(wechat, shell) as url:
        assert await asked(url, chunk, msg_signature="0" * 40) == 403
        assert await asked(url, chunk, msg_signature="") == 403
        assert await asked(url, chunk, msg_signature="虚构") == 403
        assert await asked(url, chunk, msg_signature=sealing.query("", MOMENT)["signature"]) == 403, "plain signature"
        assert await asked(url, chunk, **sealing.query(chunk, MOMENT, token="")) == 403
        assert await asked(url, chunk, timestamp="now") == 403
        assert await asked(url, chunk, nonce="another") == 403
        assert await asked(url, chunk, text) == 400, "plain mode"
        assert await asked(url, chunk, f"<!DOCTYPE x>{sealing.body(chunk)}") == 400
        assert await asked(url, chunk, sealing.body(chunk) * 2) == 400
        assert await asked(url, chunk, b" " * (64 * 1024 + 1)) == 413
        other = sealing.seal(text, app="wx0another00000000")
        assert (shell.taken, shell.refused) == ([], [])
        assert await asked(url, other) == 400
        assert shell.refused == [(other, "UnreadableError: InvalidCorpIdException")]
        assert await asked(url, chunk) == 200
    assert [each.text for each in shell.taken] == ["虚构"]


async def test_what_is_old_is_turned_away_unless_it_was_taken_before(wechat: Standin, make: Make) -> None:
    """Five minutes either way; a genuine retry is answered as the first time, however late."""
    shell = make()
    li = wechat.follower("li")
    async with called(wechat, shell):
        first = li.message("text", Content="一")
        assert await wechat.deliver(first, MOMENT - 299) == [200]
        assert await wechat.deliver(first, MOMENT - 2 * 86400) == [200]
        for away in (-301, 301):
            assert await wechat.deliver(li.message("text", Content="二"), MOMENT + away) == [403] * 4
            for event in ("VIEW", "unsubscribe", "CLICK"):
                assert await wechat.deliver(li.message("event", Event=event), MOMENT + away) == [403] * 4
            assert await wechat.deliver("<xml/>", MOMENT + away) == [403] * 4
    assert ([each.text for each in shell.taken], shell.refused, shell.gone) == (["一"], [], [])


async def test_nothing_is_acknowledged_before_it_is_committed(wechat: Standin, make: Make) -> None:
    """A message that was not stored is said to be not; WeChat calls again, and it is taken once."""
    shell = make()
    tries: list[Inbound] = []

    async def take(inbound: Inbound) -> None:
        tries.append(inbound)
        if len(tries) == 1:
            raise OSError
        await shell.take(inbound)

    async with called(wechat, shell, take):
        assert await wechat.deliver(wechat.follower("li").message("text", Content="虚构")) == [503, 200]
    assert len(shell.taken) == 1


async def test_before_the_channel_listens_nothing_is_taken(wechat: Standin, make: Make) -> None:
    """WeChat calls again later."""
    shell = make()
    async with called(wechat, shell):
        shell.channel._callback.take = None
        assert await wechat.deliver(wechat.follower("li").message("text", Content="虚构")) == [503] * 4
    assert len(wechat.failed) == 1


async def test_a_call_that_comes_while_the_first_is_under_way_joins_it(wechat: Standin, make: Make) -> None:
    """A slow picture is fetched once, and all calls are answered when it is kept."""
    shell, gate = make(), asyncio.Event()
    wechat.files["sent"] = PICTURE
    message = wechat.follower("li").message("image", MediaId="sent", PicUrl="")

    async def take(inbound: Inbound) -> None:
        await gate.wait()
        await shell.take(inbound)

    async with called(wechat, shell, take):
        calls = [asyncio.create_task(wechat.deliver(message)) for _ in range(3)]
        await until(lambda: shell.kept)
        gate.set()
        assert await asyncio.gather(*calls) == [[200]] * 3
    assert (len(shell.taken), shell.kept) == (1, [PICTURE])
    assert (shell.taken[0].kind, shell.taken[0].photo) == (InboundKind.PHOTO, "invented-media-name")


async def test_a_picture_that_was_taken_is_not_fetched_again(wechat: Standin, make: Make) -> None:
    """By the time of a late retry, or after a restart, it may be gone."""
    shell = make()
    wechat.files["sent"] = PICTURE
    said = wechat.follower("li").message("image", MediaId="sent", PicUrl="")
    async with called(wechat, shell):
        assert await wechat.deliver(said) == [200]
        shell.channel._slots.drop(shell.taken[0].dedupe)
        assert await wechat.deliver(said) == [200]
    assert len(wechat.called("media/get")) == 1


@pytest.mark.parametrize(("data", "kept"), [(b"no picture", 1), (b"x" * (10 * 1024 * 1024 + 1), 0), (None, 0)])
async def test_a_picture_that_cannot_be_had_is_still_a_photo(
    wechat: Standin, make: Make, data: bytes | None, kept: int
) -> None:
    """No picture, too large a one, none there: the desk tells the sender."""
    shell = make()
    if data is not None:
        wechat.files["sent"] = data
    async with called(wechat, shell):
        said = wechat.follower("li").message("image", MediaId="sent", PicUrl="http://invented.invalid/p")
        assert await wechat.deliver(said) == [200]
    assert [(each.kind, each.photo) for each in shell.taken] == [(InboundKind.PHOTO, None)]
    assert len(shell.kept) == kept


async def test_a_picture_survives_a_token_that_ends_and_a_server_that_fails_once(wechat: Standin, make: Make) -> None:
    """The download is tried again under a new token."""
    shell = make()
    wechat.files["sent"] = PICTURE
    async with called(wechat, shell):
        await until(lambda: wechat.menu)
        wechat.expire()
        wechat.fail("media/get", 502)
        assert await wechat.deliver(wechat.follower("li").message("image", MediaId="sent")) == [200]
    assert [each.photo for each in shell.taken] == ["invented-media-name"]


async def test_a_picture_is_had_by_its_address_where_the_account_may_not_ask(wechat: Standin, make: Make) -> None:
    """The address must be one of WeChat's: nobody makes us fetch from elsewhere."""
    shell = make()
    wechat.files["sent"] = PICTURE
    li = wechat.follower("li")
    own = f"{wechat.url}/pictures/sent"
    async with called(wechat, shell):
        for address in (
            own,
            own.replace("127.0.0.1", "localhost"),
            own.replace("http://", "http://u@"),
            "http://[",
            "",
        ):
            wechat.fail("media/get", CodeError(48001))
            assert await wechat.deliver(li.message("image", MediaId="sent", PicUrl=address)) == [200]
        assert await wechat.deliver(li.message("image", PicUrl=own)) == [200]
    assert [each.photo for each in shell.taken] == ["invented-media-name", *[None] * 4, "invented-media-name"]


@pytest.mark.parametrize(
    ("address", "theirs"),
    [
        ("http://mmbiz.qpic.cn/mmbiz_jpg/invented/0", True),
        ("https://wx.qlogo.cn/p", True),
        ("http://mmbiz.qpic.cn.invented.invalid/p", False),
        ("http://mmbiz.qpic.cn:8080/p", False),
        ("http://qpic.cn@127.0.0.1/p", False),
        ("file:///mmbiz.qpic.cn/p", False),
        ("http://169.254.169.254/p", False),
    ],
)
def test_pictures_lie_with_wechat(make: Make, address: str, theirs: bool) -> None:  # noqa: FBT001 - a row of the table
    """And nowhere else."""
    assert make().channel._api._theirs(address) is theirs


async def test_whoever_leaves_is_reached_no_more(wechat: Standin, make: Make) -> None:
    """The house hears of it; no answer is given."""
    shell = make()
    async with called(wechat, shell):
        wechat.follower("li").leave()
        await wechat.confirmed()
    assert (shell.gone, shell.taken, wechat.statuses) == (["li"], [], [[200]])
