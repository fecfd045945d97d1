"""What is sent, and what became of it."""

from __future__ import annotations

import asyncio
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import telegram_request
from bot.channels.telegram_wire import split, units
from bot.model import Button, Fate, Paper, Retry, Sent, Uncertain, Undeliverable
from tests.telegram.botapi import ApiError
from tests.telegram.conftest import Make, buttons, message
from tests.telegram.standin import Standin

PLANTED = "planted words"


async def test_a_message_arrives_as_plain_text_with_its_buttons(telegram: Standin, make: Make) -> None:
    """Signs that mark text up elsewhere arrive as they are, and links are not opened for a preview."""
    li = telegram.person(7001)
    await li.write("/start")
    text = "*一* _二_ <b>三</b> [四](五) & ✅"
    fate = await make().channel.send(message(text=text, buttons=buttons("正常", "有异常")))
    (seen,) = li.sees()
    assert (seen.text, seen.labels, fate) == (text, ["正常", "有异常"], Sent(str(seen.id)))
    (call,) = telegram.called("sendMessage")
    assert call["link_preview_options"] == {"is_disabled": True}
    assert "parse_mode" not in call


async def test_an_edit_replaces_text_and_buttons(telegram: Standin, make: Make) -> None:
    """The message keeps its id; buttons that are gone are gone; a second, equal edit counts as sent."""
    channel, li = make().channel, telegram.person(7001)
    await li.write("/start")
    first = await channel.send(message(text="问", buttons=buttons("正常")))
    assert isinstance(first, Sent)
    for _ in range(2):
        assert await channel.send(message(text="✅ 已报", edits=first.ref)) == first
    (seen,) = li.sees()
    assert (seen.text, seen.labels, seen.edited) == ("✅ 已报", [], 1)


@pytest.mark.parametrize("edits", ["999", "101", "no number"])
async def test_what_cannot_be_edited_is_sent_anew(telegram: Standin, make: Make, edits: str) -> None:
    """A message that is gone, that is not ours, or that has no id like Telegram's: a new one is sent."""
    li = telegram.person(7001)
    await li.write("/start")
    fate = await make().channel.send(message(edits=edits))
    assert fate == Sent(str(li.sees()[0].id))


async def test_a_photos_caption_cannot_become_text_so_it_is_sent_anew(telegram: Standin, make: Make) -> None:
    """An edit of a photo message falls back to a new message."""
    channel, li = make().channel, telegram.person(7001)
    await li.write("/start")
    photo = await channel.send(message(photo="invented.jpg"))
    assert isinstance(photo, Sent)
    await channel.send(message(text="新", edits=photo.ref, id=2))
    assert [seen.text for seen in li.sees()] == ["虚构", "新"]


async def test_a_photo_goes_with_its_caption_and_buttons(telegram: Standin, make: Make) -> None:
    """The picture's bytes are loaded by name and uploaded; a caption that is too long follows as text."""
    channel, li = make().channel, telegram.person(7001)
    await li.write("/start")
    await channel.send(message(photo="invented.jpg", buttons=buttons("好")))
    await channel.send(message(photo="invented.jpg", text="长" * 1025, buttons=buttons("好"), id=2))
    short, picture, long = li.sees()
    assert (short.photo, short.text, short.labels) == (b"invented.jpg", "虚构", ["好"])
    assert (picture.photo, picture.text, picture.labels) == (b"invented.jpg", "", [])
    assert (len(long.text), long.labels) == (1025, ["好"])


async def test_a_document_is_made_when_it_is_sent(telegram: Standin, make: Make) -> None:
    """Its file, under its Chinese name, with the words as its caption; what cannot be made is not sent."""
    paper = Paper("daily-table", "JA", "2026-11-24", "xlsx", "日报表-君安社区-2026-11-24.xlsx")
    channel, li = (
        make(load_paper=lambda wanted: f"{wanted.kind} {wanted.place}".encode()).channel,
        telegram.person(7001),
    )
    await li.write("/start")
    assert isinstance(await channel.send(message(paper=paper, buttons=buttons("再要一份"), edits="101")), Sent)
    assert isinstance(await channel.send(message(paper=paper, text="长" * 1025, id=2)), Sent)
    first, second, text = li.sees()
    assert first.document == ("日报表-君安社区-2026-11-24.xlsx", b"daily-table JA")
    assert (first.text, first.labels, second.text, len(text.text)) == ("虚构", ["再要一份"], "", 1025)
    assert await make().channel.send(message(paper=paper, id=3)) == Undeliverable("no daily-table here", gone=False)


async def test_a_picture_of_the_board_goes_as_a_photo(telegram: Standin, make: Make) -> None:
    """To be seen in the chat, with the words below it; never in the place of another message."""
    paper = Paper("board-picture", "JA", "2026-11-24", "png", "看板图-君安社区-2026-11-24.png")
    channel, li = make(load_paper=lambda wanted: f"{wanted.kind} drawn".encode()).channel, telegram.person(7001)
    await li.write("/start")
    sent = await channel.send(message(paper=paper, buttons=buttons("日历图"), edits="101"))
    assert isinstance(sent, Sent)
    assert isinstance(await channel.send(message(paper=paper, text="长" * 1025, id=2)), Sent)
    first, second, text = li.sees()
    assert (first.photo, first.document, first.text, first.labels) == (
        b"board-picture drawn", None, "虚构", ["日历图"],
    )  # fmt: skip
    assert (second.photo, second.text, len(text.text)) == (b"board-picture drawn", "", 1025)


async def test_a_long_text_goes_in_several_messages_with_the_buttons_on_the_last(telegram: Standin, make: Make) -> None:
    """It is cut at line ends; an edit that became too long is sent anew."""
    channel, li = make().channel, telegram.person(7001)
    await li.write("/start")
    lines = [f"{number:04} " + "虚" * 50 for number in range(200)]
    first = await channel.send(message(text="短"))
    assert isinstance(first, Sent)
    await channel.send(message(text="\n".join(lines), buttons=buttons("好"), edits=first.ref, id=2))
    _, *seen = li.sees()
    assert "\n".join(part.text for part in seen).split("\n") == lines
    assert [part.labels for part in seen] == [[], [], ["好"]]


async def test_a_retry_of_a_long_text_doubles_no_part(telegram: Standin, make: Make) -> None:
    """When the second of three parts is refused for now, the retry goes on from there."""
    channel, li = make().channel, telegram.person(7001)
    await li.write("/start")
    outbound = message(text="\n".join(["甲" * 4000, "乙" * 4000, "丙" * 4000]), buttons=buttons("好"))
    telegram.allow("sendMessage")
    telegram.fail("sendMessage", ApiError(429, "Too Many Requests", retry_after=3))
    assert await channel.send(outbound) == Retry(3, "paced by Telegram")
    fate = await channel.send(outbound)
    seen = li.sees()
    assert [(part.text[0], part.labels) for part in seen] == [("甲", []), ("乙", []), ("丙", ["好"])]
    assert fate == Sent(str(seen[-1].id))


@pytest.mark.parametrize(
    ("error", "fate"),
    [
        (ApiError(429, "Too Many Requests: retry after 17", retry_after=17), Retry(17, "paced by Telegram")),
        (ApiError(429, "Too Many Requests"), Retry(1, "paced by Telegram")),
        (ApiError(500, "Internal Server Error"), Retry(None, "HTTP 500")),
        (ApiError(502, "Bad Gateway"), Retry(None, "HTTP 502")),
        (ApiError(403, "Forbidden: user is deactivated"), Undeliverable("Forbidden: user is deactivated")),
        (
            ApiError(403, "Forbidden: bot was kicked from the group chat"),
            Undeliverable("Forbidden: bot was kicked from the group chat"),
        ),
        (ApiError(400, "Bad Request: chat not found"), Undeliverable("Chat not found")),
        (ApiError(400, "Bad Request: message is too long"), Undeliverable("Message is too long", gone=False)),
        (ApiError(401, "Unauthorized"), Retry(None, "the token is refused")),
    ],
    ids=lambda value: value.body["description"] if isinstance(value, ApiError) else "",
)
@pytest.mark.parametrize("edits", [None, "102"])
async def test_each_refusal_has_its_fate(
    telegram: Standin, make: Make, error: ApiError, fate: Fate, edits: str | None
) -> None:
    """What Telegram says decides whether it is tried again, for a new message and for an edit."""
    channel, li = make().channel, telegram.person(7001)
    await li.write("/start")
    await channel.send(message(text="旧"))
    telegram.fail("editMessageText" if edits else "sendMessage", error)
    assert await channel.send(message(edits=edits)) == fate
    assert [seen.text for seen in li.sees()] == ["旧"]


async def test_somebody_who_blocked_the_bot_cannot_be_reached(telegram: Standin, make: Make) -> None:
    """Blocked, or never met: undeliverable."""
    channel, li = make().channel, telegram.person(7001)
    await li.write("/start")
    li.block()
    assert await channel.send(message()) == Undeliverable("Forbidden: bot was blocked by the user")
    assert await channel.send(message(chat=7002)) == Undeliverable("Chat not found")


async def test_a_group_that_moved_is_tried_again_under_its_new_id(telegram: Standin, make: Make) -> None:
    """The hook hears of the new id, and the message is due at once."""
    shell = make()
    telegram.migrated[-5001] = -1005001
    assert await shell.channel.send(message(chat=-5001)) == Retry(0, "the group has a new id")
    assert shell.moved == [("-5001", "-1005001")]


async def test_a_broken_connection_leaves_a_new_message_uncertain_and_an_edit_repeatable(
    telegram: Standin, make: Make
) -> None:
    """It did arrive, and nobody said so: never twice, but an edit can be repeated."""
    channel, li = make().channel, telegram.person(7001)
    await li.write("/start")
    telegram.swallow("sendMessage")
    assert isinstance(await channel.send(message()), Uncertain)
    (seen,) = li.sees()
    telegram.swallow("editMessageText")
    edit = message(text="新", edits=str(seen.id))
    assert isinstance(await channel.send(edit), Retry)
    assert await channel.send(edit) == Sent(str(seen.id))
    assert [seen.text for seen in li.sees()] == ["新"]


async def test_a_read_time_out_is_uncertain(telegram: Standin, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that does not come in time says nothing of the message; of an edit it may be asked again."""
    monkeypatch.setattr(telegram_request, "READ", 0.05)
    channel, li = make().channel, telegram.person(7001)
    await li.write("/start")
    telegram.hang("sendMessage")
    assert await channel.send(message()) == Uncertain("TimedOut: Timed out")
    telegram.hang("editMessageText")
    assert isinstance(await channel.send(message(text="新", edits=str(li.sees()[0].id))), Retry)


@pytest.mark.parametrize("edits", [None, "102"])
async def test_no_connection_means_that_nothing_went(make: Make, edits: str | None) -> None:
    """A refused connection, and one that never comes about, are tried again."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    channel = make(api_url=f"http://127.0.0.1:{port}").channel
    assert await channel.send(message(edits=edits)) == Retry(None, "ClientConnectorError")


async def test_a_tap_is_answered_once_and_its_failure_changes_nothing(telegram: Standin, make: Make) -> None:
    """The spinner stops; a tap too old to be answered does not keep the message back."""
    shell, li = make(), telegram.person(7001)
    await li.write("/start")
    await shell.channel.send(message(buttons=buttons("正常")))
    await li.tap("正常")
    for number in (2, 3):
        assert isinstance(await shell.channel.send(message(text=str(number), tap="tap0", id=number)), Sent)
    await shell.channel._sender.finish()
    assert telegram.answered == ["tap0"]


async def test_a_token_that_does_not_fit_a_button_is_said_to_be_undeliverable(telegram: Standin, make: Make) -> None:
    """64 bytes, not characters; the mistake is ours and does not come back for ever."""
    await telegram.person(7001).write("/start")
    fitting, over = Button("a", "a", "虚" * 21), Button("a", "a", "虚" * 22)
    channel = make().channel
    assert isinstance(await channel.send(message(buttons=((fitting,),))), Sent)
    refused = Undeliverable("a button's token must have 1 to 64 bytes", gone=False)
    assert await channel.send(message(buttons=((over,),))) == refused


async def test_an_error_nobody_foresaw_does_not_escape(
    telegram: Standin, make: Make, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The port's promise: a fate, not an exception; the log names its kind and no word of it."""
    await telegram.person(7001).write("/start")
    channel = make().channel

    def broken(_: str) -> bytes:
        raise OSError(PLANTED)

    monkeypatch.setattr(channel._sender, "_load_photo", broken)
    assert await channel.send(message(photo="虚构")) == Uncertain("OSError")
    assert "OSError while sending" in caplog.text
    assert PLANTED not in caplog.text


async def test_a_photo_that_is_gone_leaves_its_words(
    telegram: Standin, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A picture whose time was up is left out; the text goes."""
    li = telegram.person(7001)
    await li.write("/start")
    channel = make().channel

    def gone(_: str) -> bytes:
        raise FileNotFoundError

    monkeypatch.setattr(channel._sender, "_load_photo", gone)
    assert isinstance(await channel.send(message(photo="gone", buttons=buttons("好"))), Sent)
    (seen,) = li.sees()
    assert (seen.text, seen.photo, seen.labels) == ("虚构", None, ["好"])


async def test_many_sends_at_once_share_their_connections_and_close_them(telegram: Standin, make: Make) -> None:
    """Fifty messages side by side all arrive; nothing stays open afterwards (a warning would fail this test)."""
    channel = make().channel
    people = [telegram.person(user) for user in range(7001, 7051)]
    for person in people:
        await person.write("/start")
    fates = await asyncio.gather(*(channel.send(message(chat=person.id)) for person in people))
    assert all(isinstance(fate, Sent) for fate in fates)
    assert channel._api.request._session is None  # type: ignore[attr-defined]


@given(st.text(alphabet="a虚😀 \n", max_size=300), st.integers(min_value=2, max_value=40))
def test_no_part_is_too_long_or_blank_and_no_letter_is_lost(text: str, limit: int) -> None:
    """Whatever the text, each part fits and together they say the same, blanks aside."""
    parts = split(text, limit)
    assert all(units(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())
