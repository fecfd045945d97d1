"""Words: what a template gives, what typed words mean, how names, phones and days are shown, and that all is used."""

from __future__ import annotations

import ast
import re
from datetime import date, datetime
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import jinja2
import pytest

from bot import words
from bot.desk import cards
from bot.dialog import Text
from bot.handlers import COMMANDS, FLOWS
from bot.model import Counter, Fact, Locale, Owed
from tests.dialog.walks import RULES, STANDINGS, TODAY, standings, walks

ZH, EN = Locale.ZH, Locale.EN
BOT = Path(words.__file__).parent
USED = ("daily_report", "enrol", "leave", "places", "reports", "me", "menu", "desk", "group")
"""The folders in which no template may lie idle."""


@pytest.mark.parametrize(
    ("key", "locale", "values", "part", "said"),
    [
        ("desk/foreign", ZH, None, "text", "这是发给别人的按钮。"),
        ("desk/foreign", EN, {}, "text", "That button was meant for somebody else."),
        ("desk/foreign", ZH, {}, "help", ""),
        ("case_notice/which", ZH, {}, "again", "请点一个号码。"),
        (
            "leave/returned",
            ZH,
            {"name": "张*", "on": date(2026, 11, 4)},
            "text",
            "张* 已销假，11月4日 起不用您代报了。",
        ),
        (
            "case_notice/other",
            EN,
            {"place": Owed("1", "*_<b>")},
            "text",
            "*_<b>: please say it in one sentence.",
        ),
    ],
)
def test_text(key: str, locale: Locale, values: dict[str, object] | None, part: str, said: str) -> None:
    """A part of a template, filled and trimmed; nothing where there is no such part; names come out as they are."""
    assert words.text(key, locale, values, part) == said


def test_text_without_a_template() -> None:
    """It is a mistake of ours, and so is a value that was not given."""
    with pytest.raises(KeyError, match="desk/nothing"):
        words.text("desk/nothing", ZH)
    with pytest.raises(jinja2.UndefinedError, match="name"):
        words.text("leave/returned", ZH)


@pytest.mark.parametrize(
    ("key", "locale", "value", "values", "label"),
    [
        ("daily_report/state", ZH, "normal", None, "✅ 全部正常"),
        ("daily_report/state", EN, "leave", None, "Leave / stand-in"),
        ("daily_report/state", ZH, "unknown", None, "unknown"),
        ("case_notice/place", ZH, "23", None, "23"),
        ("daily_report/receipt", ZH, "missed", {"standing": STANDINGS[1]}, "补报 11月23日"),
        ("daily_report/receipt", EN, "missed", {"standing": STANDINGS[1]}, "Report 23 Nov"),
        ("kinds", ZH, "fever", None, "发热"),
        ("kinds", EN, "rabies", None, "rabies"),
    ],
)
def test_label(key: str, locale: Locale, value: str, values: dict[str, object] | None, label: str) -> None:
    """What a button says, filled where it must be; the value itself where nobody named it."""
    assert words.label(key, locale, value, values) == label


@pytest.mark.parametrize(
    ("key", "locale", "said", "among", "value"),
    [
        ("daily_report/state", ZH, "✅ 全部正常", ("normal", "exceptions"), "normal"),
        ("daily_report/state", ZH, "全部正常。", ("normal", "exceptions"), "normal"),
        ("case_notice/review", ZH, "好的！", ("submit", "revise"), "submit"),
        ("case_notice/review", ZH, " O K ", ("submit", "revise"), "submit"),
        ("case_notice/review", ZH, "ＯＫ", ("submit", "revise"), "submit"),
        ("daily_report/state", ZH, "Normal", ("normal", "exceptions"), "normal"),
        ("daily_report/state", ZH, "请假", ("normal", "exceptions"), None),
        ("daily_report/state", ZH, "请假", ("normal", "leave"), "leave"),
        ("daily_report/state", ZH, "正常吗", ("normal", "exceptions"), None),
        ("daily_report/state", ZH, "", ("normal", "exceptions"), None),
        ("daily_report/state", ZH, "？！", ("normal", "exceptions"), None),
        ("daily_report/state", EN, "ALL NORMAL", ("normal", "exceptions"), "normal"),
        ("daily_report/state", EN, "fine.", ("normal",), "normal"),
        ("case_notice/review", EN, "ok", ("unheard", "submit"), "submit"),
        ("daily_report/state", ZH, "好的", ("normal", "exceptions"), None),
        ("commands", ZH, "刚才问什么？", ("what", "menu"), "what"),
        ("commands", EN, "I'm back", ("leave", "back"), None),
    ],
)
def test_matches(key: str, locale: Locale, said: str, among: tuple[str, ...], value: str | None) -> None:
    """A label, a synonym or the value itself, whatever its signs, case and width; among those offered, and whole."""
    assert words.matches(key, locale, said, among) == value


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("✅ 全部正常", "全部正常"),
        ("Ａ－１　ｂ", "a1b"),
        ("STRASSE ß", "strassess"),
        ("“好的”。", "好的"),
        (" \n\t", ""),
        ("①", "1"),
    ],
)
def test_plain(said: str, plain: str) -> None:
    """Without signs, spaces, case and width."""
    assert words.plain(said) == plain


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张样例", "张*"),
        ("张", "张*"),
        ("Smith Example", "Smith*"),
        ("Smith", "S*"),
        ("欧阳 修", "欧阳*"),
        ("", "*"),
        ("*", "**"),
    ],
)
def test_masked_name(name: str, masked: str) -> None:
    """The first sign of a Chinese name, the first word of one that has several."""
    assert words.masked_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("+8613800001234", "138****1234"),
        ("13800001234", "138****1234"),
        ("+4915112345678", "+49****5678"),
        ("123456789", "123****6789"),
        ("12345678", "****78"),
        ("110", "****10"),
        ("", "****"),
    ],
)
def test_masked_phone(phone: str, masked: str) -> None:
    """Three digits and four, without the country's own code; of a short one the last two."""
    assert words.masked_phone(phone) == masked


@pytest.mark.parametrize(
    ("day", "zh", "en"),
    [("2026-11-24", "11月24日", "24 Nov"), ("2026-01-02", "1月2日", "2 Jan"), ("2028-02-29", "2月29日", "29 Feb")],
)
def test_day(day: str, zh: str, en: str) -> None:
    """As people write it, in both languages."""
    assert (words.day(date.fromisoformat(day), ZH), words.day(date.fromisoformat(day), EN)) == (zh, en)


@pytest.mark.parametrize(("at", "shown"), [("2026-11-24T09:05:59", "09:05"), ("2026-11-24T00:00:00", "00:00")])
def test_clock(at: str, shown: str) -> None:
    """Hours and minutes."""
    assert words.clock(datetime.fromisoformat(at)) == shown


@cache
def said_and_asked() -> frozenset[str]:
    """The key of every template that the handlers use, found by walking through all of them."""
    found = set()
    for stop in walks():
        found |= {say.key for say in stop.turn.said}
        if stop.turn.ask is not None:
            found.add(cards.template(stop.flow, stop.turn.ask))
        if stop.flow.receipt is not None and isinstance(stop.turn.outcome, Fact):
            found |= {
                stop.flow.receipt(stop.turn.outcome, stop.brief, each).key for each in standings(stop.turn.outcome)
            }
    return frozenset(found)


def literals() -> set[str]:
    """The key of every template that the code names."""
    known = words.keys(ZH)
    return {
        node.value
        for path in BOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in known
    }


@pytest.mark.parametrize("locale", list(Locale))
def test_every_key_that_is_used_has_a_template(locale: Locale) -> None:
    """What handlers say and ask, in each language."""
    assert said_and_asked() <= words.keys(locale)


@pytest.mark.parametrize("locale", list(Locale))
def test_every_template_is_used(locale: Locale) -> None:
    """None lies idle: a handler says or asks it, or the code names it."""
    used = said_and_asked() | literals()
    ours = {key for key in words.keys(locale) if key.partition("/")[0] in USED}
    assert ours - used == set()


@pytest.mark.parametrize("locale", list(Locale))
def test_every_command_has_words(locale: Locale) -> None:
    """A label, and at least one other way to say it where a person is to say it."""
    choices = words.entry("commands", locale).choices
    assert set(COMMANDS) <= set(choices)
    assert [name for name in COMMANDS if not choices[name].synonyms] == [
        "case",
        "ack",
        "ledger",
        "picture",
        "forget",
        "met",
        "unmet",
    ]


@pytest.mark.parametrize(
    ("work", "told"),
    [
        ({}, "三是整改严。期间没有挂账的问题。"),
        ({"inspections": 2}, "三是整改严。开展检查 2 次，期间没有挂账的问题。"),
        ({"found": 3, "rectified": 2}, "三是整改严。发现问题 3 个，已销号 2 个，回头看 0 次。"),
    ],
)
def test_the_drafted_text_boasts_of_nothing(work: dict[str, int], told: str) -> None:
    """100 % is said of all reports only; where nothing was found it does not count to nought."""
    reports = SimpleNamespace(expected=1000, received=999, on_time=998)
    shown = {
        "name": "君安社区", "streak": None, "since": TODAY, "until": TODAY, "reports": reports, "township": None,
        "reached": None, "work": dict.fromkeys((each.value for each in Counter), 0) | work,
    }  # fmt: skip
    text = words.text("application/draft", Locale.ZH, shown)
    assert "已报 999 次（99%）" in text
    assert told in text


@pytest.mark.parametrize(("ask", "limit"), [(Text("text", 600, (), {"draft": ""}), 600), (Text("title", 30), 0)])
def test_a_long_answer_goes_with_its_limit(ask: Text, limit: int) -> None:
    """So that a page can count while it is typed; a name needs no counting."""
    assert cards.card(FLOWS["apply"], RULES, (), ask).limit == limit


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 places"), (1, "1 place"), (2, "2 places"), ("1", "1 place"), ("1.5", "1.5 places")]
)
def test_english_counts_in_one_way(number: object, said: str) -> None:
    """One of something, or several."""
    assert words.counted(number, "place") == said
    assert words.counted(number, "person", "people") == said.replace("places", "people").replace("place", "person")


MANY = re.compile(
    r"\(s\)|\}\} (?:[a-z-]+ )??"
    r"(?:days|places|characters|photos|notes|points|items|cases|reports|people|minutes|communities)\b"
)
"""A number before a plural, whatever the number is; or no plural at all."""


@pytest.mark.parametrize("key", sorted(words.keys(EN)))
def test_no_english_text_has_a_plural_of_its_own(key: str) -> None:
    """“1 places” is nowhere: a number that may be one is said by the filter."""
    text = "\n".join(words.entry(key, EN).parts.values())
    assert MANY.findall(text.replace("p50 (s)", "").replace("p99 (s)", "")) == []
