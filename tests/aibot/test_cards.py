"""What becomes of messages, whatever they are: within WeCom's limits, every choice there, and no stray markdown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import aibot_cards as cards
from bot.channels.aibot_handle import Handle, Kind
from bot.channels.aibot_send import Servers, split_url
from bot.model import Outbound
from tests.aibot.conftest import buttons, message
from tests.aibot.rules import Rules

SIGNS = st.characters(exclude_categories=["Cs", "Cc"])
LINES = st.lists(
    st.text(SIGNS | st.sampled_from("。，：*_<@>[]`~# 虚构🏠"), min_size=1, max_size=90), min_size=1, max_size=9
)
TEXTS = LINES.map(lambda lines: f"虚{chr(10).join(lines)}")
LABELS = st.lists(
    st.text("虚构一二3栋 ✅-", min_size=1, max_size=14).map(lambda said: f"选{said}".strip()), max_size=24, unique=True
)
TAPPED: dict[str, Any] = {
    "from": {"userid": "li"},
    "event": {"eventtype": "template_card_event", "template_card_event": {"task_id": "asked"}},
}


def handle(kind: Kind) -> Handle:
    """By which something is answered."""
    return Handle("once", kind, "https://invented.invalid/", 0, "asked" if kind is Kind.CARD else "")


@given(TEXTS, LABELS)
def test_an_answer_holds_to_the_limits_and_shows_every_choice(text: str, labels: list[str]) -> None:
    """At once and later, in words and on cards; a card shows the whole text."""
    rules = Rules()
    outbound = message(text, buttons=buttons(*labels))
    rules.show({"from": {"userid": "li"}}, cards.at_once(handle(Kind.MESSAGE), [outbound]))
    rules.shown["later"].append(rules.seen(cards.later([replace(outbound, buttons=buttons(*labels, mark="other"))])))
    for (seen,) in rules.shown.values():
        shown = {label for label, _ in seen.options or seen.buttons}
        assert shown == set(labels) or all(f"{number}. " in seen.text for number in range(1, len(labels) + 1))
        if seen.kind == "card":
            assert "".join(seen.text.split()) == "".join(text.split())
        else:
            assert not set("<>[]*`~") & set(seen.text)
    assert rules.violations == []


@given(TEXTS, LABELS)
def test_a_word_of_welcome_holds_to_the_limits(text: str, labels: list[str]) -> None:
    """Plain words, or a card."""
    rules = Rules()
    entering = {"from": {"userid": "li"}, "event": {"eventtype": "enter_chat"}}
    rules.show(entering, cards.at_once(handle(Kind.ENTER), [message(text, buttons=buttons(*labels))]))
    assert rules.violations == []


@given(TEXTS, LABELS)
def test_what_takes_a_cards_place_holds_to_the_limits(text: str, labels: list[str]) -> None:
    """All of the message where it fits, else its first words on a card that is done."""
    rules = Rules()
    rules.show({"from": {"userid": "li"}}, cards.at_once(handle(Kind.MESSAGE), [message("问", buttons=buttons("是"))]))
    (seen,) = rules.shown["li"]
    seen.task = "asked"
    outbound = message(text, buttons=buttons(*labels), edits="asked")
    rules.show(TAPPED, cards.at_once(handle(Kind.CARD), [outbound]))
    shown = [label for label, _ in seen.options or seen.buttons]
    assert shown == (labels if cards.fits(outbound) and labels else ["✅"])
    if cards.fits(outbound):
        assert "".join(seen.text.split()) == "".join(text.split())
    assert (seen.edited, rules.violations) == (1, [])


def test_a_text_beyond_all_limits_is_cut_at_its_end() -> None:
    """Twenty thousand bytes of an answer, never within a sign."""
    body = cards.at_once(handle(Kind.MESSAGE), [message("虚构🏠\n" * 4000)])
    assert 20000 < len(body["stream"]["content"].encode()) <= 20480


def test_pictures_go_with_an_answer() -> None:
    """Ten at most, and never with a card."""
    outbound: Outbound = message("看", photo="p", buttons=buttons("好"))
    body = cards.at_once(handle(Kind.MESSAGE), [outbound], [{"base64": "", "md5": ""}] * 12)
    assert len(body["stream"]["msg_item"]) == 10


@pytest.mark.parametrize(
    "url",
    ["", "ftp://a.invalid/x", "http://a.invalid/x", "file:///x", "//a.invalid", "planted", "http://localhost.invalid/"],
)
def test_what_is_no_address_of_weixins_is_not_called(url: str) -> None:
    """And not repeated in the error."""
    with pytest.raises(ValueError, match="no https address") as refused:
        split_url(url)
    assert not url or url not in str(refused.value)
    assert split_url("https://a.invalid:8443/x?y=z#w") == ("https://a.invalid:8443", "/x?y=z")


async def test_connections_are_few() -> None:
    """To whichever servers a call names."""
    servers = Servers()
    for number in range(50):
        await servers.at(f"https://s{number}.invalid/x")
    assert len(servers._https) == 16
    await servers.close()
