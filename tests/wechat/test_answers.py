"""The answer in the response: whole, in time, once, the same for whoever asks again, and never lost."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.channels.wechat_callback import Answer
from bot.channels.wechat_send import Budget
from bot.model import Fate, Inbound, Outbound, Retry, Sent, Undeliverable
from tests.telegram.serving import until
from tests.wechat import sealing
from tests.wechat.conftest import ALONE, HASTY, Make, Shell, buttons, called, message
from tests.wechat.server import Seen
from tests.wechat.standin import Standin

LETTER = message(id=1, text="答")


async def answered(wechat: Standin, shell: Shell, said: str, *letters: Outbound) -> tuple[list[int], list[Fate]]:
    """Somebody writes; these letters are sent, one after another, as the post does; statuses and fates."""
    shell.answers[said] = Answer(tuple(each.id for each in letters))
    delivery = asyncio.create_task(wechat.deliver(wechat.follower("li").message("text", Content=said)))
    await until(lambda: any(each.text == said for each in shell.taken))
    fates = [await shell.channel.send(each) for each in letters]
    return await delivery, fates


@pytest.fixture(autouse=True)
def written(wechat: Standin) -> None:
    """Somebody has written lately."""
    wechat.follower("li")
    wechat.acted("li", wrote=True)


async def test_one_letter_goes_in_the_response(wechat: Standin, make: Make) -> None:
    """With its choices numbered; nothing of the customer service's budget is spent."""
    shell = make()
    async with called(wechat, shell):
        statuses, fates = await answered(
            wechat, shell, "问", message(id=7, text="几个？", buttons=buttons("一个", "两个"))
        )
    assert (statuses, fates) == ([200], [Sent("passive")])
    assert wechat.follower("li").sees() == [Seen("text", "几个？\n\n1. 一个\n2. 两个", passive=True)]
    assert wechat.called("message/custom/send") == []
    assert wechat.violations == []


async def test_several_letters_are_one_response(wechat: Standin, make: Make) -> None:
    """In their order; each is sent, once."""
    shell = make()
    async with called(wechat, shell):
        letters = [message(id=number, text=f"第{number}段") for number in (1, 2, 3)]
        _, fates = await answered(wechat, shell, "问", *letters)
    assert fates == [Sent("passive")] * 3
    assert [each.text for each in wechat.follower("li").sees()] == ["第1段\n\n第2段\n\n第3段"]


async def test_what_no_longer_fits_follows(wechat: Standin, make: Make) -> None:
    """Behind the response, by customer service; nothing comes before what was said before it."""
    shell = make()
    async with called(wechat, shell):
        letters = [message(id=1, text="一"), message(id=2, text="虚" * 682), message(id=3, text="三")]
        _, fates = await answered(wechat, shell, "问", *letters)
    assert fates == [Sent("passive"), Sent("custom:1"), Sent("custom:1")]
    shown = [(each.text[:1], each.passive) for each in wechat.follower("li").sees()]
    assert shown == [("一", True), ("虚", False), ("三", False)]


async def test_a_letter_longer_than_a_response_begins_in_it(wechat: Standin, make: Make) -> None:
    """The rest follows, and put together it is what was said."""
    text = "\n".join(f"第{number}行：虚构的小区今天一切正常 🏠" for number in range(100))
    shell = make()
    async with called(wechat, shell):
        _, fates = await answered(wechat, shell, "问", message(id=1, text=text), message(id=2, text="后"))
    assert fates == [Sent("passive custom:2"), Sent("custom:1")]
    seen = wechat.follower("li").sees()
    assert [each.passive for each in seen] == [True, False, False, False]
    assert "\n".join(each.text for each in seen[:-1]) == text
    assert wechat.violations == []


async def test_a_picture_goes_by_customer_service_and_what_came_before_it_before_it(
    wechat: Standin, make: Make
) -> None:
    """A response carries words only."""
    shell = make()
    async with called(wechat, shell):
        letters = [message(id=1, text="前"), message(id=2, text="图", photo="p"), message(id=3, text="后")]
        _, fates = await answered(wechat, shell, "问", *letters)
    assert fates == [Sent("passive"), Sent("custom:2"), Sent("custom:1")]
    assert [(each.kind, each.passive) for each in wechat.follower("li").sees()] == [
        ("text", True), ("image", False), ("text", False), ("text", False),
    ]  # fmt: skip


async def test_whoever_asks_again_gets_the_same_bytes(wechat: Standin, make: Make) -> None:
    """Now and two days later; the message was taken once."""
    shell = make()
    said = wechat.follower("li").message("text", Content="问")
    shell.answers["问"] = Answer((1,))
    async with called(wechat, shell):
        first = asyncio.create_task(wechat.call(said))
        await until(lambda: shell.taken)
        assert await shell.channel.send(LETTER) == Sent("passive")
        status, body = await first
        assert status == 200
        assert body.startswith("<xml>")
        assert await wechat.call(said) == (200, body)
        assert await wechat.call(said, wechat.clock() - 2 * 86400) == (200, body)
    assert len(shell.taken) == 1


async def test_a_retry_that_comes_after_a_restart_is_answered_from_the_database(wechat: Standin, make: Make) -> None:
    """In the same words; what was answered another way is answered with silence."""
    shell = make()
    shell.answers |= {"问": Answer((), ("答一", "答二")), "没": Answer()}
    async with called(wechat, shell):
        for said in ("问", "没"):
            assert await wechat.deliver(wechat.follower("li").message("text", Content=said)) == [200]
    assert [each.text for each in wechat.follower("li").sees()] == ["答一\n\n答二"]


async def test_what_does_not_come_in_time_goes_by_customer_service(wechat: Standin, make: Make) -> None:
    """WeChat is told not to wait, and not to call again."""
    shell = make(times=HASTY)
    shell.answers["问"] = Answer((1, 2))
    async with called(wechat, shell):
        delivery = asyncio.create_task(wechat.call(wechat.follower("li").message("text", Content="问")))
        assert await delivery == (200, "success")
        assert await shell.channel.send(LETTER) == Sent("custom:1")
    assert wechat.follower("li").sees() == [Seen("text", "答")]


async def test_what_came_in_time_goes_though_more_was_expected(wechat: Standin, make: Make) -> None:
    """The late one goes by customer service."""
    shell = make(times=HASTY)
    shell.answers["问"] = Answer((1, 2))
    async with called(wechat, shell):
        delivery = asyncio.create_task(wechat.deliver(wechat.follower("li").message("text", Content="问")))
        await until(lambda: shell.taken)
        assert await shell.channel.send(LETTER) == Sent("passive")
        assert await delivery == [200]
        assert await shell.channel.send(message(id=2, text="迟")) == Sent("custom:1")
    assert [(each.text, each.passive) for each in wechat.follower("li").sees()] == [("答", True), ("迟", False)]


async def test_a_connection_that_broke_is_made_good_by_the_next_call(wechat: Standin, make: Make) -> None:
    """The letter was not sent with the first, and is with the second: once."""
    shell = make()
    wechat.broken.append(True)
    shell.answers["问"] = Answer((1,))
    async with called(wechat, shell):
        delivery = asyncio.create_task(wechat.deliver(wechat.follower("li").message("text", Content="问")))
        await until(lambda: wechat.statuses == [[0]])
        assert await shell.channel.send(LETTER) == Sent("passive")
        assert await delivery == [0, 200]
    assert wechat.follower("li").sees() == [Seen("text", "答", passive=True)]


async def test_what_nobody_fetches_goes_by_customer_service(wechat: Standin, make: Make) -> None:
    """All of it that was joined, once; a call that comes later is answered with silence."""
    shell = make(times=ALONE)
    wechat.broken.append(True)
    said = wechat.follower("li").message("text", Content="问")
    shell.answers["问"] = Answer((1, 2))
    async with called(wechat, shell):
        assert await wechat.call(said) == (0, "")
        await until(lambda: shell.taken)
        assert await shell.channel.send(LETTER) == Sent("passive")
        assert await shell.channel.send(message(id=2, text="又")) == Sent("custom:1")
        assert await wechat.call(said) == (200, "success")
    assert wechat.follower("li").sees() == [Seen("text", "答\n\n又")]


async def test_what_nobody_fetches_and_does_not_go_is_tried_again_whole(wechat: Standin, make: Make) -> None:
    """A server that is away costs none of the letters that were joined."""
    shell = make(times=ALONE)
    wechat.broken.append(True)
    shell.answers["问"] = Answer((1, 2))
    async with called(wechat, shell):
        assert await wechat.call(wechat.follower("li").message("text", Content="问")) == (0, "")
        await until(lambda: shell.taken)
        assert await shell.channel.send(LETTER) == Sent("passive")
        wechat.fail("message/custom/send", 502)
        last = message(id=2, text="又")
        assert isinstance(await shell.channel.send(last), Retry)
        assert await shell.channel.send(last) == Sent("custom:1")
    assert wechat.follower("li").sees() == [Seen("text", "答\n\n又")]


async def test_what_nobody_fetches_may_be_beyond_the_budget(wechat: Standin, make: Make) -> None:
    """Then the house hears of it; so it does where WeChat knows the account no more."""
    shell = make(times=ALONE)
    shell.budget = Budget(0, silent=True)
    wechat.broken.append(True)
    shell.answers["问"] = Answer((1,))
    async with called(wechat, shell):
        assert await wechat.call(wechat.follower("li").message("text", Content="问")) == (0, "")
        await until(lambda: shell.taken)
        fate = await shell.channel.send(LETTER)
    assert isinstance(fate, Undeliverable)
    assert not fate.gone


async def test_an_alert_that_comes_meanwhile_goes_along(wechat: Standin, make: Make) -> None:
    """Whatever is for them, while the response is open."""
    shell = make()
    shell.answers["问"] = Answer((2,))
    async with called(wechat, shell):
        delivery = asyncio.create_task(wechat.deliver(wechat.follower("li").message("text", Content="问")))
        await until(lambda: shell.taken)
        assert await shell.channel.send(message(id=1, text="警")) == Sent("passive")
        other = wechat.follower("wang")
        wechat.acted("wang", wrote=True)
        assert await shell.channel.send(message("wang", id=3)) == Sent("custom:1")
        assert await shell.channel.send(message(id=2, text="答")) == Sent("passive")
        assert await delivery == [200]
    assert [each.text for each in wechat.follower("li").sees()] == ["警\n\n答"]
    assert [each.passive for each in other.sees()] == [False]


async def test_a_letter_waits_for_the_commit_and_one_that_fails_lets_it_go(wechat: Standin, make: Make) -> None:
    """While a message is being stored nobody knows what comes of it."""
    shell, gate = make(), asyncio.Event()

    async def take(_: object) -> None:
        await gate.wait()
        raise OSError

    async with called(wechat, shell, take):
        delivery = asyncio.create_task(wechat.call(wechat.follower("li").message("text", Content="问")))
        await until(lambda: shell.channel._slots._named)
        sending = asyncio.create_task(shell.channel.send(LETTER))
        await asyncio.sleep(0)
        assert not sending.done()
        gate.set()
        assert (await delivery)[0] == 503
        assert await sending == Sent("custom:1")


@pytest.mark.parametrize(
    "text", ["]]>", "<xml>&amp;</xml>", "\x0b\x00虚\ufffe", "a]]]]>b", '<a href="http://invented.invalid">']
)
async def test_no_words_break_the_response(wechat: Standin, make: Make, text: str) -> None:
    """What is no sign of XML is left out; nobody's name is a link."""
    shell = make()
    async with called(wechat, shell):
        await answered(wechat, shell, "问", message(text=text + "完"))
    (seen,) = wechat.follower("li").sees()
    clean = "".join(sign for sign in text if sign not in "\x0b\x00\ufffe").replace("<a", "＜a")
    assert (seen.text, seen.passive) == (clean + "完", True)


async def test_the_end_of_the_program_lets_go_of_nothing(wechat: Standin, make: Make) -> None:
    """What is in a response that nobody fetched goes its way before the channel is closed."""
    shell = make(times=ALONE)
    wechat.broken.append(True)
    shell.answers["问"] = Answer((1, 2))
    async with called(wechat, shell):
        assert await wechat.call(wechat.follower("li").message("text", Content="问")) == (0, "")
        await until(lambda: shell.taken)
        assert await shell.channel.send(LETTER) == Sent("passive")
    assert wechat.follower("li").sees() == [Seen("text", "答")]


async def test_a_fault_that_nobody_foresaw_is_uncertain(wechat: Standin, make: Make) -> None:
    """And no exception."""
    shell = make(times=ALONE)

    async def broken(_: str) -> Budget:
        raise KeyError

    shell.channel._sender._budget = broken
    wechat.broken.append(True)
    shell.answers["问"] = Answer((1,))
    async with called(wechat, shell):
        assert await wechat.call(wechat.follower("li").message("text", Content="问")) == (0, "")
        await until(lambda: shell.taken)
        assert type(await shell.channel.send(LETTER)).__name__ == "Uncertain"
        assert type(await shell.channel.send(message(id=2))).__name__ == "Uncertain"


async def test_whoever_hung_up_while_it_was_being_stored_has_it_at_the_next_call(wechat: Standin, make: Make) -> None:
    """A database that is slow costs nobody the response; if nobody calls again, the letters do not wait for it."""
    shell, gates = make(times=HASTY), [asyncio.Event(), asyncio.Event()]
    shell.answers |= {"问": Answer((1,)), "再": Answer((2,))}

    async def take(inbound: Inbound) -> None:
        await gates[inbound.text == "再"].wait()
        await shell.take(inbound)

    li = wechat.follower("li")
    async with called(wechat, shell, take):
        wechat.broken.append(True)
        said = li.message("text", Content="问")
        assert await wechat.call(said) == (0, "")
        again = asyncio.create_task(wechat.deliver(said))
        gates[0].set()
        await until(lambda: shell.taken)
        assert await shell.channel.send(LETTER) == Sent("passive")
        assert await again == [200]
        wechat.broken.append(True)
        assert await wechat.call(li.message("text", Content="再")) == (0, "")
        gates[1].set()
        await until(lambda: len(shell.taken) == 2)
        _, slot = list(shell.channel._slots._named.values())[-1]
        await until(lambda: slot.closed)
        assert await shell.channel.send(message(id=2, text="迟")) == Sent("custom:1")
    assert [(each.text, each.passive) for each in li.sees()] == [("答", True), ("迟", False)]


async def test_a_connection_that_breaks_at_the_last_moment_loses_nothing(
    wechat: Standin, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    """What counted as sent is given to whoever calls again, or goes by customer service; else the log says so."""
    shell, gate = make(times=ALONE), asyncio.Event()

    async def settled(_: list[int]) -> bool:
        return gate.is_set()

    shell.channel._callback._house = replace(shell.channel._callback._house, settled=settled)
    li = wechat.follower("li")
    async with called(wechat, shell):

        async def cut(said: str) -> str:
            """Write, have it answered, and hang up before the response goes out."""
            gate.clear()
            shell.answers[said] = Answer((1,))
            message = li.message("text", Content=said)
            call = asyncio.create_task(wechat.call(message))
            await until(lambda: any(each.text == said for each in shell.taken))
            assert await shell.channel.send(LETTER) == Sent("passive")
            call.cancel()
            await asyncio.wait({call})
            async with wechat._client.get(wechat.callback):
                gate.set()
            return message

        assert await wechat.deliver(await cut("一")) == [200]
        assert [each.passive for each in li.sees()] == [True]
        await cut("二")
        await until(lambda: len(li.sees()) == 2)
        assert [each.passive for each in li.sees()] == [True, False]
        shell.budget = Budget(0)
        await cut("三")
        await until(lambda: "met this fate: Undeliverable" in caplog.text)
    assert len(li.sees()) == 2


async def test_a_response_goes_out_though_it_cannot_be_written_down_in_time(wechat: Standin, make: Make) -> None:
    """The answer matters more."""
    shell = make(times=HASTY)

    async def settled(_: list[int]) -> bool:
        return False

    shell.channel._callback._house = replace(shell.channel._callback._house, settled=settled)
    async with called(wechat, shell):
        statuses, fates = await answered(wechat, shell, "问", LETTER)
    assert (statuses, fates) == ([200], [Sent("passive")])
    assert wechat.follower("li").sees() == [Seen("text", "答", passive=True)]


async def test_two_messages_at_once_have_each_its_answer(wechat: Standin, make: Make) -> None:
    """Each in its own response, though both are open; what neither expects goes in the newer one."""
    shell = make()
    shell.answers |= {"一": Answer((1,)), "二": Answer((2,))}
    li = wechat.follower("li")
    async with called(wechat, shell):
        calls = []
        for said in ("一", "二"):
            calls.append(asyncio.create_task(wechat.call(li.message("text", Content=said))))
            await until(lambda: len(shell.taken) == len(calls))
        fates = [await shell.channel.send(message(id=number, text=f"第{number}")) for number in (1, 3, 2)]
        responses = [await call for call in calls]
    assert fates == [Sent("passive")] * 3
    assert [sealing.unseal(body)["Content"] for _, body in responses] == ["第1", "第3\n\n第2"]


async def test_a_long_letter_that_nobody_fetched_counts_whole(wechat: Standin, make: Make) -> None:
    """Its beginning went by customer service, too."""
    shell = make(times=ALONE)
    wechat.broken.append(True)
    shell.answers["问"] = Answer((1,))
    async with called(wechat, shell):
        assert await wechat.call(wechat.follower("li").message("text", Content="问")) == (0, "")
        await until(lambda: shell.taken)
        assert await shell.channel.send(message(text="\n".join(["虚" * 600] * 2))) == Sent("custom:2")
    assert [each.passive for each in wechat.follower("li").sees()] == [False, False]
