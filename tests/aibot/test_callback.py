"""The callback: who may call, what is taken once, what answers it, and what a call that is repeated is told."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from bot.channels.aibot_send import AT_ONCE
from bot.channels.sealed import Envelope, UnfitError, UnreadableError
from bot.model import Address, Fate, InboundKind, Outbound, Sent, Uncertain, Undeliverable
from bot.model.messages import Written
from tests.aibot.conftest import PICTURE, Make, Shell, buttons, called, message
from tests.aibot.standin import MOMENT, Standin
from tests.telegram.serving import until
from tests.wecom import sealing


class Post:
    """What the house does with a message: its letters are claimed and sent, one after another."""

    def __init__(self, shell: Shell, *texts: str, **more: Any) -> None:  # noqa: ANN401 - fields of Outbound
        """Each text is a letter; ``more`` goes with all of them."""
        self.shell = shell
        self.texts = texts
        self.more = more
        self.fates: list[Fate] = []
        self.held = asyncio.Event()
        self.held.set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def take(self, inbound: Any) -> None:  # noqa: ANN401 - an Inbound
        """Store the message and its letters, and begin to send them."""
        await self.shell.take(inbound)
        first = 100 * len(self.shell.taken)
        letters = [
            Outbound(first + number, inbound.address, text, tap=inbound.tap, edits=inbound.edits, **self.more)
            for number, text in enumerate(self.texts)
        ]
        self.shell.written[inbound.dedupe] = [Written(each, "pending") for each in letters]
        task = asyncio.create_task(self._send(inbound.dedupe, letters))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send(self, dedupe: str, letters: list[Outbound]) -> None:
        await self.held.wait()
        for number, each in enumerate(letters):
            fate = await self.shell.channel.send(each)
            self.fates.append(fate)
            ref = fate.ref if isinstance(fate, Sent) else None
            self.shell.written[dedupe][number] = Written(each, "sent" if isinstance(fate, Sent) else "dead", ref)

    async def sent(self) -> list[Fate]:
        """What became of all letters."""
        while self._tasks:
            await asyncio.gather(*self._tasks)
        return self.fates


async def test_weixin_asks_whether_it_is_us(aibot: Standin, make: Make) -> None:
    """Its word is said back as it is; anybody else's is not."""
    async with called(aibot, make()) as url, httpx.AsyncClient(trust_env=False) as client:
        word = sealing.seal("7612783", corp="")
        good = {**sealing.query(word, MOMENT), "echostr": word}
        answer = await client.get(url, params=good)
        assert (answer.status_code, answer.text) == (200, "7612783")
        for wrong in (
            {**good, "nonce": "1"},
            {**sealing.query(word, MOMENT - 301), "echostr": word},
            {**sealing.query(word, MOMENT, token="another"), "echostr": word},
            {key: value for key, value in good.items() if key != "echostr"},
        ):
            assert (await client.get(url, params=wrong)).status_code == 403
        other = sealing.seal("7612783", corp=sealing.CORP)
        assert (await client.get(url, params={**sealing.query(other, MOMENT), "echostr": other})).status_code == 400


def test_an_empty_receive_id_is_for_the_bot_only() -> None:
    """An application without its enterprise is refused as before; each error names its own setting."""
    with pytest.raises(UnfitError, match="WUYI_WECOM_CORP_ID"):
        Envelope(sealing.TOKEN, sealing.AES_KEY, " ")
    bot = Envelope(sealing.TOKEN, sealing.AES_KEY, "", settings="WUYI_AIBOT", addressed=False)
    assert bot.open(sealing.seal("虚构", corp="")) == "虚构"
    with pytest.raises(UnreadableError):
        bot.open(sealing.seal("虚构"))
    for token, key, said in (("", sealing.AES_KEY, "WUYI_AIBOT_TOKEN"), ("t", "short", "WUYI_AIBOT_AES_KEY")):
        with pytest.raises(UnfitError, match=said):
            Envelope(token, key, "", settings="WUYI_AIBOT", addressed=False)


async def test_a_message_is_answered_in_the_response(aibot: Standin, make: Make) -> None:
    """In words, or on a card; nothing is left for later."""
    shell = make()
    post = Post(shell, "第一行 <@all>\n第二行")
    async with called(aibot, shell, post.take):
        (reply,) = await aibot.deliver(aibot.payload("li", None, "text", text={"content": "你好"}))
        assert reply.body is not None
        assert reply.body["stream"]["content"] == "第一行 ＜@all＞\n第二行"
        post.texts, post.more = ("请选一个",), {"buttons": buttons("一", "二", mark="m")}
        (reply,) = await aibot.deliver(aibot.payload("li", None, "text", text={"content": "日报"}))
        assert reply.body is not None
        assert [each["text"] for each in reply.body["template_card"]["button_list"]] == ["一", "二"]
    assert await post.sent() == [Sent(AT_ONCE)] * 2
    assert [each.phone for each in shell.taken] == ["+8613800000001"] * 2
    assert (aibot.later, aibot.violations) == ([], [])


async def test_a_call_that_is_repeated_is_told_the_same(aibot: Standin, make: Make) -> None:
    """At once, twice at a time, an hour later, and by another process: one message, one answer, nothing said anew."""
    shell = make()
    other = make_again(shell, make)
    post = Post(shell, "虚构的回答")
    said = aibot.payload("li", None, "text", text={"content": "你好"})
    async with called(aibot, shell, post.take):
        (first,), (second,) = await asyncio.gather(aibot.deliver(said), aibot.deliver(said))
        (later,) = await aibot.deliver(said, moment=MOMENT - 3600)
        assert await post.sent() == [Sent(AT_ONCE)]
    async with called(aibot, other, post.take):
        (restarted,) = await aibot.deliver(said)
    assert first.body == second.body == later.body == restarted.body
    assert len(shell.taken) == len(post.fates) == 1


async def test_a_call_about_what_a_dead_process_had_in_hand(aibot: Standin, make: Make) -> None:
    """Nobody knows whether it was said: who asks again has not heard it. What was posted is not said twice."""
    dead, shell = make(), make()
    said = aibot.payload("li", None, "text", text={"content": "你好"})
    async with called(aibot, dead):
        await aibot.deliver(said)
    (taken,) = shell.taken = dead.taken
    for state, ref, expected in (("uncertain", None, True), ("sent", AT_ONCE, True), ("sent", None, False)):
        shell.written[taken.dedupe] = [Written(message("虚构的回答", tap=taken.tap), state, ref)]
        async with called(aibot, make_again(shell, make)):
            (reply,) = await aibot.deliver(said)
        assert (reply.body is not None) is expected, (state, ref)


def make_again(shell: Shell, make: Make) -> Shell:
    """The same house after a restart."""
    new = make()
    new.taken, new.written = shell.taken, shell.written
    return new


async def test_somebodys_recording_is_refused(aibot: Standin, make: Make) -> None:
    """What is old and was never taken; what is signed by nobody."""
    shell = make()
    said = aibot.payload("li", None, "text", text={"content": "你好"})
    async with called(aibot, shell):
        assert {each.status for each in await aibot.deliver(said, moment=MOMENT - 301)} == {403}
        assert {each.status for each in await aibot.deliver(said, moment=MOMENT + 301)} == {403}
        chunk = sealing.seal(json.dumps(said), corp="")
        reply = await aibot.post(json.dumps({"encrypt": chunk}).encode(), sealing.query(chunk, MOMENT, token="another"))
    assert reply.status == 403
    assert shell.taken == []


async def test_an_answer_that_is_late_is_posted_once(aibot: Standin, make: Make) -> None:
    """The call is answered with nothing in time; what came later goes to the address that came with it, one time."""
    shell = make(wait=0.05)
    post = Post(shell, "晚到的回答", "再来一条")
    post.held.clear()
    said = aibot.payload("li", None, "text", text={"content": "你好"})
    async with called(aibot, shell, post.take):
        (reply,) = await aibot.deliver(said)
        assert (reply.status, reply.body) == (200, None)
        post.held.set()
        assert await post.sent() == [Sent(), Sent()]
        (again,) = await aibot.deliver(said)
        assert (again.status, again.body) == (200, None), "told the same: the words were posted, and are not said twice"
    assert aibot.later == [{"msgtype": "markdown", "markdown": {"content": "晚到的回答\n\n再来一条"}}]
    assert aibot.refused == []


async def test_another_process_may_have_the_letter(aibot: Standin, make: Make) -> None:
    """It knows nothing of the call, and posts the answer; the call is told nothing, and so is its repetition."""
    shell = make(wait=0.2)
    other = make_again(shell, make)
    post = Post(other, "别处的回答")
    said = aibot.payload("li", None, "text", text={"content": "你好"})
    async with called(aibot, shell, post.take), other.listening():
        replies = await aibot.deliver(said), await aibot.deliver(said)
        assert await post.sent() == [Sent()]
    assert [each.body for (each,) in replies] == [None, None]
    assert [each["markdown"]["content"] for each in aibot.later] == ["别处的回答"]


async def test_several_letters_go_in_one_answer(aibot: Standin, make: Make) -> None:
    """In their order, with the numbers of the last one's choices."""
    shell = make()
    post = Post(shell, "第一条", "第二条", buttons=buttons("甲", "乙"))
    async with called(aibot, shell, post.take):
        (reply,) = await aibot.deliver(aibot.payload("li", None, "text", text={"content": "你好"}))
    assert reply.body is not None
    assert reply.body["stream"]["content"].replace("\u200b", "") == "第一条\n\n第二条\n\n1. 甲\n2. 乙"
    assert await post.sent() == [Sent(AT_ONCE)] * 2


async def test_nothing_to_say_is_said_at_once(aibot: Standin, make: Make) -> None:
    """Nobody waits for an answer that does not come."""
    shell = make(wait=60)
    async with called(aibot, shell):
        (reply,) = await aibot.deliver(aibot.payload("li", "wr1", "text", text={"content": "@bot 聊天"}))
    assert (reply.status, reply.body) == (200, None)


async def test_what_is_not_stored_is_not_acknowledged(aibot: Standin, make: Make) -> None:
    """503, so that it comes again; then it is taken, and answered."""
    shell = make()
    post = Post(shell, "回答")
    failures = 2

    async def take(inbound: Any) -> None:  # noqa: ANN401 - an Inbound
        nonlocal failures
        if failures:
            failures -= 1
            raise OSError
        await post.take(inbound)

    async with called(aibot, shell, take):
        replies = await aibot.deliver(aibot.payload("li", None, "text", text={"content": "你好"}))
    assert [each.status for each in replies] == [503, 503, 200]
    assert replies[-1].body is not None


async def test_a_tap_is_answered_by_what_takes_the_cards_place(aibot: Standin, make: Make) -> None:
    """Nested or flat; a message that replaces nothing, or has no room there, is posted."""
    shell = make()
    li = aibot.member("li")
    post = Post(shell, "选", buttons=buttons("一", "二", mark="m1"))
    async with called(aibot, shell, post.take):
        await aibot.deliver(aibot.payload("li", None, "text", text={"content": "日报"}))
        for flat, mark in ((False, "m2"), (True, "m3")):
            post.texts, post.more = ("已报",), {"buttons": buttons("更正", mark=mark)}
            li.tap("一" if mark == "m2" else "更正", flat=flat)
            await aibot.confirmed()
        assert [(each.text, each.edited) for each in li.sees()] == [("已报", 2)]
        assert shell.taken[-1].kind is InboundKind.TAP
        assert shell.taken[-1].text == "m2.0"
        post.texts, post.more = ("长" * 300,), {}
        li.tap("更正")
        await aibot.confirmed()
        assert li.sees()[0].buttons == [("✅", "done")]
        await post.sent()
        assert li.sees()[-1].text == "长" * 300
        taken = len(shell.taken)
        li.tap("✅")
        await aibot.confirmed()
        assert len(shell.taken) == taken, "a tap on a card that was answered is nothing"
    assert aibot.violations == []


async def test_a_word_of_welcome(aibot: Standin, make: Make) -> None:
    """The chat opened: plain words at once; nothing can be said later."""
    shell = make(wait=0.05)
    post = Post(shell, "虚构 *欢迎*")
    entering = {"eventtype": "enter_chat"}
    async with called(aibot, shell, post.take):
        (reply,) = await aibot.deliver(aibot.payload("li", None, "event", event=entering))
        assert reply.body == {"msgtype": "text", "text": {"content": "虚构 *欢迎*"}}
        assert shell.taken[-1].kind is InboundKind.OPEN
        post.held.clear()
        await aibot.deliver(aibot.payload("li", None, "event", event=entering))
        post.held.set()
        assert await post.sent() == [Sent(AT_ONCE), Undeliverable("nothing can be said to it any more", gone=False)]


async def test_a_picture_is_fetched_and_opened_at_once(aibot: Standin, make: Make) -> None:
    """A server that fails is asked again; what is no picture, too large, or gone, is told as none."""
    shell = make()
    async with called(aibot, shell):
        url = aibot.store(PICTURE)
        aibot.fail("picture", 502)
        await aibot.deliver(aibot.payload("li", None, "image", image={"url": url}))
        assert (shell.kept, shell.taken[-1].photo) == ([PICTURE], "invented-media-name")
        for wrong in (
            aibot.store(b"no picture"), f"{aibot.url}/pictures/gone", "http://invented.invalid/p", "file:///p", "",
        ):  # fmt: skip
            await aibot.deliver(aibot.payload("li", None, "image", image={"url": wrong}))
            assert shell.taken[-1].photo is None
        assert len(shell.taken) == 6


async def test_a_caller_that_has_gone_is_told_later(aibot: Standin, make: Make) -> None:
    """The answer was ready too late for a caller that hung up: it is posted, and not lost."""
    shell = make(wait=2.0)
    post = Post(shell, "回答")
    post.held.clear()
    said = aibot.payload("li", None, "text", text={"content": "你好"})
    chunk = sealing.seal(json.dumps(said), corp="")
    async with called(aibot, shell, post.take) as url:
        async with httpx.AsyncClient(trust_env=False) as client:
            body = {"encrypt": chunk}
            call = asyncio.create_task(client.post(url, params=sealing.query(chunk, MOMENT), json=body))
            await until(lambda: shell.taken)
            call.cancel()
        await asyncio.sleep(0.05)
        post.held.set()
        assert await post.sent() == [Sent()]
    assert [each["markdown"]["content"] for each in aibot.later] == ["回答"]


async def test_what_becomes_of_a_later_answer(aibot: Standin, make: Make) -> None:
    """Once, and within the hour; a server that fails is asked again, an answer that is lost is not."""
    shell = make()
    async with called(aibot, shell):
        tapped = shell.taken
        await aibot.deliver(aibot.payload("li", None, "text", text={"content": "你好"}))
        handle = tapped[-1].tap
        aibot.fail("response", 502)
        sent = message(tap=handle)
        assert "Retry" in repr(await shell.channel.send(sent))
        assert await shell.channel.send(sent) == Sent()
        assert isinstance(await shell.channel.send(sent), Undeliverable)
        await aibot.deliver(aibot.payload("li", None, "text", text={"content": "你好"}))
        aibot.fail("response", "lose")
        sent = message(tap=tapped[-1].tap)
        assert isinstance(await shell.channel.send(sent), Uncertain)
        assert isinstance(await shell.channel.send(sent), Undeliverable)
        await aibot.deliver(aibot.payload("li", None, "text", text={"content": "你好"}))
        aibot.clock = lambda: MOMENT + 3600
        assert await shell.channel.send(message(tap=tapped[-1].tap)) == Undeliverable("its hour is over", gone=False)
    assert len(aibot.later) == 2
    assert aibot.refused == []


async def test_it_never_begins_to_speak(make: Make) -> None:
    """A reminder is told at once that it goes nowhere here, and that the chat is well."""
    fate = await make().channel.send(message(address=Address("aibot", "li")))
    assert fate == Undeliverable("a group bot answers, and never begins to speak", gone=False)
