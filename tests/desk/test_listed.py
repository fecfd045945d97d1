"""Where nothing can be tapped: a choice by its number, or by its letter where a figure is itself an answer."""

from __future__ import annotations

import pytest

from bot.model import Address, Button, Outbound
from bot.store.database import Database
from tests.talking import Talk


async def asked(talk: Talk) -> Outbound:
    """How long somebody is isolated is asked."""
    for said in ("居家隔离", "星悦城一期", "3-2-501"):
        await talk.write("zhang", said)
    await talk.write("zhang", "今天")
    return talk.chats["zhang"][-1]


async def test_a_figure_is_the_answer_and_a_letter_the_choice(town: Database) -> None:
    """“A” is the first choice (fourteen days), and “3” is three days."""
    talk = Talk(town)
    question = await asked(talk)
    assert question.figures
    assert question.listed[0] == "A. 14 天"
    (checked,) = await talk.write("zhang", "Ａ")
    assert "居家隔离 14 天" in checked.text
    assert checked.listed == ("1. 提交", "2. 放弃")
    await talk.write("zhang", "2")
    await asked(talk)
    (checked,) = await talk.write("zhang", "3")
    assert "居家隔离 3 天" in checked.text


@pytest.mark.parametrize("said", ["z", "ab", "é"])
async def test_what_is_no_letter_of_the_list_is_an_answer(town: Database, said: str) -> None:
    """It is read as words are, and asked again."""
    talk = Talk(town)
    question = await asked(talk)
    (again,) = await talk.write("zhang", said)
    assert question.text in again.text
    assert again.listed == question.listed


@pytest.mark.parametrize("said", ["B", "2"])
async def test_a_message_that_came_after_the_question_leaves_no_doubt(town: Database, said: str) -> None:
    """Its choices have numbers, and the question wants a number: it is asked again before anything is filed."""
    talk = Talk(town)
    for each in ("居家隔离", "君安花园小区", "3-2-501", "今天"):
        await talk.write("wang", each)
    for each in ("有异常", "星悦城一期", "发热", "不知道", "没量", "提交"):
        await talk.write("zhang", each)
    assert talk.chats["wang"][-1].listed == ("1. 收到", "2. 看病例")
    (again,) = await talk.write("wang", said)
    assert "几天" in again.text
    assert again.listed == ("A. 14 天",)
    (checked,) = await talk.write("wang", "2")
    assert "居家隔离 2 天" in checked.text


def test_a_list_longer_than_the_alphabet_has_numbers() -> None:
    """Rather than no marks at all."""
    many = tuple((Button(str(n), str(n)),) for n in range(27))
    outbound = Outbound(0, Address("test", "li"), "", many, figures=True)
    assert outbound.listed[0] == "1. 0"
