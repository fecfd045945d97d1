"""What leaves for WeCom: cards, words and files within its limits, and what becomes of each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.channels.bytewise import cut, split
from bot.model import Button, Paper, Retry, Sent, Uncertain, Undeliverable
from tests.wecom.conftest import Make, buttons, message
from tests.wecom.server import CodeError
from tests.wecom.standin import MOMENT, Standin


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
async def wecom(clock: Clock) -> AsyncIterator[Standin]:
    """A stand-in whose clock can be moved, with a member."""
    async with Standin(clock) as standin:
        standin.member("li")
        yield standin
        assert standin.violations == []


async def test_words_are_split_by_bytes_at_line_ends(wecom: Standin, make: Make) -> None:
    """Nothing is cut off: what arrives, put together, is what was said."""
    text = "\n".join(f"第{number}行：虚构的小区今天一切正常 🏠" for number in range(200))
    assert isinstance(await make().channel.send(message(text=text)), Sent)
    shown = [each.text for each in wecom.shown["li"]]
    assert len(shown) > 3
    assert "\n".join(shown) == text


@pytest.mark.parametrize("text", ["虚" * 5000, "🏠" * 1500, "a" * 5000, "\n\n虚\n\n" * 700])
def test_no_piece_is_too_long_and_no_sign_is_cut(text: str) -> None:
    """Also without a single line end."""
    parts = split(text, 2048)
    assert all(0 < len(part.encode()) <= 2048 for part in parts)
    assert "".join(parts).replace("\n", "") == text.replace("\n", "")


@pytest.mark.parametrize(
    ("text", "first", "rest"),
    [
        ("一行", "一行", ""),
        ("一\n二", "一", "二"),
        ("一二三四五", "一二三", "四五"),
        ("一，二三四\n五", "一，", "二三四\n五"),
        ("", "", ""),
    ],
)
def test_a_title_ends_where_a_reader_pauses(text: str, first: str, rest: str) -> None:
    """At the line's end, or after the last sign of a pause that fits."""
    assert cut(text, 3) == (first, rest)


async def test_up_to_six_choices_are_buttons_up_to_twenty_options_and_more_are_numbers(
    wecom: Standin, make: Make
) -> None:
    """Each in the order in which they were given, under their tokens."""
    channel = make().channel
    for number, count in enumerate((1, 6, 7, 20, 21)):
        labels = [f"选项{each}" for each in range(count)]
        sent = message(id=number, text="虚构？\n请选", buttons=buttons(*labels, mark=f"m{number}"))
        assert isinstance(await channel.send(sent), Sent)
    one, six, seven, twenty, many = wecom.shown["li"]
    assert [len(each.buttons) for each in (one, six)] == [1, 6]
    assert [len(each.options) for each in (seven, twenty)] == [7, 20]
    assert (six.buttons[5], seven.options[6]) == (("选项5", "m1.5"), ("选项6", "m2.6"))
    assert (seven.task, seven.text) == ("m2", "虚构？\n请选")
    assert not any(each.get("is_checked") for each in seven.card["checkbox"]["option_list"])
    assert many.text.splitlines()[:4] == ["虚构？", "请选", "", "1. 选项0"]


async def test_labels_that_a_phone_would_cut_are_shown_another_way(wecom: Standin, make: Make) -> None:
    """Longer than a button: an option; longer than an option: numbered words."""
    channel = make().channel
    await channel.send(message(id=1, buttons=buttons("虚构花园小区三期东区甲", mark="a")))
    await channel.send(message(id=2, buttons=buttons("虚" * 18, mark="b")))
    option, words = wecom.shown["li"]
    assert (len(option.options), words.kind, words.text) == (1, "text", "虚构\n\n1. " + "虚" * 18)


@pytest.mark.parametrize(
    ("text", "before", "card"),
    [
        ("标题\n" + "虚" * 160, [], "标题\n" + "虚" * 160),
        ("说明\n" + "虚" * 161 + "\n\n问题？\n请选", ["说明\n" + "虚" * 161], "问题？\n请选"),
        ("虚" * 300 + "\n请选", ["虚" * 300], "请选"),
        ("甲\n" + "虚" * 160 + "\n" + "请" * 36 + "，选", ["甲\n" + "虚" * 160], "请" * 36 + "\n，选"),
        ("虚" * 200 + "，" + "请" * 9, ["虚" * 200 + "，"], "请" * 9),
        ("虚" * 300, ["虚" * 264], "虚" * 36),
    ],
)
async def test_what_fits_no_card_goes_before_it(
    wecom: Standin, make: Make, text: str, before: list[str], card: str
) -> None:
    """The question stays on the card, and nothing is said twice."""
    assert isinstance(await make().channel.send(message(text=text, buttons=buttons("好"))), Sent)
    assert [each.text for each in wecom.shown["li"]] == [*before, card]


async def test_an_address_can_be_opened_and_no_name_is_one(wecom: Standin, make: Make) -> None:
    """Words carry it, for a card's could only be read; of HTML nothing is left that WeCom would take for a link."""
    channel = make().channel
    await channel.send(message(id=1, text="点这里：\nhttps://wuyi.invalid/login", buttons=buttons("好", mark="a")))
    words, card = wecom.shown["li"]
    assert (words.text, card.text) == ("点这里：\nhttps://wuyi.invalid/login", "点这里：")
    await channel.send(message(id=4, text="https://wuyi.invalid/login\n点上面", buttons=buttons("好", mark="b")))
    assert [each.text for each in wecom.shown["li"]][2:] == ["https://wuyi.invalid/login", "点上面"], "nothing twice"
    await channel.send(message(id=2, text="https://wuyi.invalid", edits=wecom.code("li", "a")))
    assert (card.grey, wecom.shown["li"][-1].text) == ("✅", "https://wuyi.invalid")
    await channel.send(message(id=3, text='<a href="x">虚</A> < a 3<4 <b>'))
    assert wecom.shown["li"][-1].text == '＜a href="x">虚＜/A> ＜ a 3<4 <b>'


async def test_the_card_tapped_on_becomes_the_answer_once_a_code(wecom: Standin, make: Make) -> None:
    """With new choices, or grey without; a code that was used, or is too old, lets the answer be sent anew."""
    channel = make().channel
    await channel.send(message(id=1, buttons=buttons("好", mark="a")))
    code = wecom.code("li", "a")
    assert await channel.send(message(id=2, text="收到", edits=code, buttons=buttons("更正", mark="b"))) == Sent()
    (card,) = wecom.shown["li"]
    assert (card.text, card.buttons) == ("收到", [("更正", "b.0")])
    assert isinstance(await channel.send(message(id=3, text="再来", edits=code)), Sent)
    assert [each.text for each in wecom.shown["li"]] == ["收到", "再来"]
    assert await channel.send(message(id=4, text="完成", edits=wecom.code("li", "a"))) == Sent()
    assert (card.text, card.buttons, card.grey) == ("完成", [], "✅")


async def test_an_answer_that_fits_no_card_makes_the_old_one_grey(wecom: Standin, make: Make) -> None:
    """So that nobody answers twice; the answer itself is new."""
    channel = make().channel
    await channel.send(message(id=1, buttons=buttons("好", mark="a")))
    await channel.send(message(id=2, text="虚" * 900, edits=wecom.code("li", "a")))
    card, *rest = wecom.shown["li"]
    assert (card.grey, card.buttons, "".join(each.text for each in rest)) == ("✅", [], "虚" * 900)


@pytest.mark.parametrize(("how", "fate"), [(502, Retry), ("lose", Uncertain)])
async def test_a_card_whose_update_failed(wecom: Standin, make: Make, how: object, fate: type) -> None:
    """What did not happen is tried again; of what may have happened nobody knows."""
    channel = make().channel
    await channel.send(message(id=1, buttons=buttons("好", mark="a")))
    wecom.fail("message/update_template_card", how)
    assert isinstance(await channel.send(message(id=2, text="收到", edits=wecom.code("li", "a"))), fate)
    assert len(wecom.shown["li"]) == 1


async def test_pictures_and_papers_go_up_first(wecom: Standin, make: Make) -> None:
    """A picture whose time is up is left out; a paper that cannot be made says so; a long name keeps its ending."""
    channel = make().channel
    assert isinstance(await channel.send(message(id=1, photo="bytes of a picture")), Sent)
    assert isinstance(await channel.send(message(id=2, photo="gone")), Sent)
    named = Paper("monthly", "C", name="虚" * 60 + ".docx")
    assert isinstance(await channel.send(message(id=3, text="", paper=named)), Sent)
    picture, words, without, file = wecom.shown["li"]
    assert picture.media == ("photo.jpg", b"bytes of a picture")
    assert (words.text, without.text) == ("虚构", "虚构")
    assert file.media == ("虚" * 26 + ".docx", b"bytes of monthly")
    assert await channel.send(message(id=4, paper=Paper("none", "C"))) == Undeliverable("there is none", gone=False)


async def test_a_picture_of_the_board_goes_up_as_an_image(wecom: Standin, make: Make) -> None:
    """Not as a file: it is seen in the chat; the choices follow on a card."""
    drawn = Paper("board-picture", "C", name="看板图-" + "虚" * 60 + ".png")
    more = ((Button("日历图", "/days", "k.0"),),)
    assert isinstance(await make().channel.send(message(id=1, paper=drawn, buttons=more)), Sent)
    picture, card = wecom.shown["li"]
    assert picture.kind == "image"
    assert picture.media is not None
    name, data = picture.media
    assert (name[-4:], len(name.encode()) <= 84, data) == (".png", True, b"bytes of board-picture")
    assert card.kind == "card"


async def test_one_token_for_all_fetched_again_before_its_end_and_when_refused(
    wecom: Standin, make: Make, clock: Clock
) -> None:
    """However many send at once; a token that ends in mid-flight costs one more call, and no message."""
    channel = make(per_minute=0).channel
    await asyncio.gather(*(channel.send(message(id=number)) for number in range(20)))
    assert wecom.fetched == 1
    wecom.expire()
    await asyncio.gather(*(channel.send(message(id=number)) for number in range(20, 25)))
    assert wecom.fetched == 2, "they shared the new one"
    clock.now += 7200 - 299
    await channel.send(message(id=30))
    assert wecom.fetched == 3, "some minutes before its end it is not used any more"
    assert [each.text for each in wecom.shown["li"]] == ["虚构"] * 26


async def test_a_token_that_is_refused_again_and_again_ends_in_a_retry(wecom: Standin, make: Make) -> None:
    """Bounded: two tokens, two calls."""
    for _ in range(2):
        wecom.fail("message/send", CodeError(42001))
    assert isinstance(await make().channel.send(message()), Retry)
    assert (wecom.fetched, len(wecom.called("message/send"))) == (2, 2)


async def test_a_file_goes_up_whole_when_the_token_ends_in_between(wecom: Standin, make: Make) -> None:
    """Wechatpy's client would send an empty one, and report success."""
    wecom.fail("media/upload", CodeError(42001))
    await make().channel.send(message(text="", photo="bytes of a picture"))
    (picture,) = wecom.shown["li"]
    assert picture.media == ("photo.jpg", b"bytes of a picture")


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        (CodeError(-1), Retry),
        (CodeError(45009), Retry),
        (CodeError(60020), Retry),
        (CodeError(301002), Retry),
        (CodeError(40058), Undeliverable),
        (429, Retry),
        (500, Retry),
        (503, Retry),
        (504, Uncertain),
        (404, Uncertain),
        ("lose", Uncertain),
    ],
)
async def test_what_an_error_means(wecom: Standin, make: Make, how: object, expected: type) -> None:
    """Known not to have gone: again. Refused: never. Unknown: not by itself."""
    channel = make().channel
    wecom.fail("message/send", how)
    fate = await channel.send(message())
    assert isinstance(fate, expected)
    assert not isinstance(fate, Undeliverable) or not fate.gone, "another message may go there"


async def test_nobody_of_that_name_and_nobody_there(wecom: Standin, make: Make) -> None:
    """A member who has left, or has no licence: nothing goes there any more. A server that is not there: again."""
    wecom.member("wang")
    wecom.unlicensed.add("wang")
    for user in ("nobody", "wang"):
        fate = await make().channel.send(message(user))
        assert isinstance(fate, Undeliverable)
        assert fate.gone
    assert isinstance(await make(api_url="http://127.0.0.1:9").channel.send(message()), Retry)


async def test_a_message_of_several_pieces_is_not_doubled_by_a_retry(wecom: Standin, make: Make) -> None:
    """What had arrived is not sent again."""
    channel, text = make().channel, "虚\n" * 1200
    send = wecom.fail
    send("message/send", None)
    send("message/send", 503)
    assert isinstance(await channel.send(message(text=text)), Retry)
    assert isinstance(await channel.send(message(text=text)), Sent)
    assert "\n".join(each.text for each in wecom.shown["li"]) == text.strip()


async def test_nothing_is_dropped_silently(wecom: Standin, make: Make, clock: Clock) -> None:
    """Pieces count, too: what would be too much within a minute waits, and arrives."""
    channel = make().channel
    waiting = [message(id=number, text=f"{number}\n" + "虚\n" * 1000) for number in range(20)]
    waits = 0
    while waiting:
        fate = await channel.send(waiting[0])
        if isinstance(fate, Retry):
            waits += 1
            assert fate.after
            clock.now += fate.after
        else:
            waiting.pop(0)
    assert wecom.dropped == []
    assert (len(wecom.shown["li"]), waits > 0) == (40, True)


async def test_a_clock_that_is_set_back_holds_nobody_up(wecom: Standin, make: Make, clock: Clock) -> None:
    """What was counted by the old time counts no more."""
    channel = make().channel
    for number in range(30):
        await channel.send(message(id=number))
    assert isinstance(await channel.send(message(id=30)), Retry)
    clock.now -= 3600
    wecom._lately.clear()
    assert isinstance(await channel.send(message(id=30)), Sent)
