"""Every flow, walked: nothing that a person says breaks it, and everything that it says and asks has its words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import words
from bot.desk import cards, letters
from bot.desk.arrivals import ALWAYS
from bot.desk.controls import CONTROLS
from bot.desk.pointing import labelled
from bot.dialog import (
    Attachment,
    Flow,
    Goto,
    Question,
    Reply,
    Say,
    Text,
    Turn,
    Unreadable,
    back,
    begin,
    resume,
    take,
)
from bot.dialog.steps import PHOTO
from bot.handlers import COMMANDS, FLOWS
from bot.model import Address, Brief, Colleague, Fact, Locale, ReportFiled
from bot.store import codec
from tests.dialog.walks import FREE, GROUPS, PLAIN, Stop, kept_answers, standings, walk, walks

ZH = Locale.ZH
LONG = (
    "daily_report",
    "exceptions",
    "notice",
    "case",
    "case_details",
    "isolation",
    "found",
    "supplement",
    "leave",
    "plain_words",
)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
REPLIES = st.one_of(
    WORDS,
    st.integers(-1, 250).map(str),
    st.sampled_from(["finish", "今天", "明天", "11-30", "两个人", PHOTO, f"{PHOTO}a", "photo:a"]),
)
MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("choose"), st.integers(0, 12)),
        st.tuples(st.just("say"), REPLIES),
        st.tuples(st.just("back"), st.none()),
        st.tuples(st.just("correct"), st.tuples(st.integers(0, 12), st.integers(0, 12))),
        st.tuples(st.just("stale"), REPLIES),
    ),
    max_size=30,
)


@given(st.sampled_from(LONG), st.sampled_from([brief for briefs, _ in GROUPS for brief in briefs]), MOVES)
def test_nothing_that_is_said_breaks_a_conversation(name: str, brief: Brief, moves: list[tuple[str, object]]) -> None:
    """Whatever the order: complaints, never errors; the same after JSON, the same twice; back undoes."""
    flow = FLOWS[name]
    brief = codec.load(Brief, codec.dump(brief))
    turn = begin(flow.run, brief)
    asked: dict[str, Question] = {}
    for kind, what in moves:
        if turn.ask is None:
            break
        asked[turn.ask.key] = turn.ask
        if kind == "back":
            turn = back(flow.run, brief, kept_answers(turn))
            continue
        reply = _reply(turn, asked, kind, what)
        if reply is None:
            continue
        after = take(flow.run, brief, kept_answers(turn), reply)
        assert take(flow.run, brief, turn.answers, reply).answers == after.answers
        _check(flow, brief, turn, reply, after)
        turn = after


def _reply(turn: Turn, asked: dict[str, Question], kind: str, what: object) -> Reply | None:
    """What a move says to the conversation as it stands; None where there is nothing to say it to."""
    assert turn.ask is not None
    match kind, what:
        case "choose", int(index):
            return (
                Reply(turn.ask.key, turn.ask.options[index % len(turn.ask.options)].value) if turn.ask.options else None
            )
        case "correct", (int(which), int(index)):
            earlier = [key for key in turn.way if asked.get(key) and asked[key].options]
            if not earlier:
                return None
            key = earlier[which % len(earlier)]
            return Reply(key, asked[key].options[index % len(asked[key].options)].value)
        case "stale", str(raw):
            return Reply("never asked", raw)
    return Reply(turn.ask.key, str(what))


def _check(flow: Flow, brief: Brief, before: Turn, reply: Reply, after: Turn) -> None:
    """What holds of every reply."""
    again = resume(flow.run, brief, kept_answers(after))
    assert (again.ask, again.way, again.answers, again.outcome) == (after.ask, after.way, after.answers, after.outcome)
    assert set(after.way) <= set(after.answers)
    if after.complaint or after.stale:
        assert (after.ask, after.answers, after.way) == (before.ask, before.answers, before.way)
        assert after.complaint is None or isinstance(after.complaint, Unreadable)
        return
    assert before.ask is not None
    if reply.key == before.ask.key and after.way == (*before.way, reply.key):
        undone = back(flow.run, brief, after.answers)
        assert (undone.ask, undone.way) == (before.ask, before.way)
    if isinstance(before.ask, Text | Attachment) and reply.key == before.ask.key:
        assert after.answers[reply.key] == reply.raw


@pytest.fixture(scope="module")
def stops() -> list[Stop]:
    """Every stop of every walk."""
    return list(walks())


def test_the_walks_see_every_flow_to_its_end(stops: list[Stop]) -> None:
    """Each flow that asks comes to a fact, or to another flow, or to nothing."""
    ends = {stop.flow.name for stop in stops if stop.turn.ask is None}
    assert ends == set(FLOWS)
    assert {stop.turn.outcome.flow for stop in stops if isinstance(stop.turn.outcome, Goto)} <= set(FLOWS)


def test_every_question_has_its_words(stops: list[Stop]) -> None:
    """In both languages: a text, help, what to say to an unreadable answer, and a label for each choice."""
    for stop in _each_question(stops):
        ask, flow, locale = stop.turn.ask, stop.flow, stop.brief.locale
        assert ask is not None
        assert cards.card(flow, stop.brief, (), ask).text, ask.key
        assert cards.help_text(flow, ask, stop.brief), ask.key
        for reason in (Unreadable(), *_complaints(ask)):
            assert cards.complaint(flow, ask, reason, "abc", stop.brief), (ask.key, reason.reason)
        known = words.entry(cards.template(flow, ask), locale).choices
        unnamed = [option for option in ask.options if option.label is None and not option.value.isdigit()]
        assert [option for option in unnamed if (option.name or option.value) not in known] == []


def _each_question(stops: list[Stop]) -> list[Stop]:
    return [stop for stop in stops if stop.turn.ask is not None]


def _complaints(ask: Question) -> list[Unreadable]:
    """The reasons that a question has not to read an answer."""
    found = []
    for raw in ("", "999999", "0", "2020-01-01", "x" * 1000, PHOTO, f"{PHOTO}a"):
        try:
            ask.read(raw)
        except Unreadable as why:
            found.append(why)
    return found


def test_every_card_can_be_read(stops: list[Stop]) -> None:
    """All that is said and asked has words, in the person's language, and each button a label of its own."""
    for stop in stops:
        card = cards.card(stop.flow, stop.brief, stop.turn.said, stop.turn.ask)
        assert card.text or isinstance(stop.turn.outcome, Fact | Goto)
        labels = [button.label for row in card.buttons for button in row]
        assert all(labels)
        assert len(set(labels)) == len(labels), labels


def test_every_receipt_can_be_read(stops: list[Stop]) -> None:
    """Whatever a conversation came to, and however things stand then."""
    facts = [stop for stop in stops if isinstance(stop.turn.outcome, Fact)]
    assert {type(stop.turn.outcome).__name__ for stop in facts} == {kind.__name__ for kind in Fact.__args__}
    for stop in facts:
        assert stop.flow.receipt is not None
        assert isinstance(stop.turn.outcome, Fact)
        for standing in standings(stop.turn.outcome):
            said = stop.flow.receipt(stop.turn.outcome, stop.brief, standing)
            assert cards.card(stop.flow, stop.brief, (said,)).text


def test_every_action_is_a_command(stops: list[Stop]) -> None:
    """A button under words gives a command that exists."""
    actions = {option.value.partition(" ")[0] for stop in stops for say in stop.turn.said for option in say.actions}
    assert actions <= set(COMMANDS) | set(CONTROLS)


def test_both_languages_ask_the_same() -> None:
    """The language changes the words and nothing else."""
    pairs = [(brief, flow) for briefs, flows in GROUPS for brief in briefs[::2] for flow in flows]
    for brief, flow in pairs:
        ways = [[(stop.turn.way, stop.raw) for stop in walk(flow, replace(brief, locale=locale))] for locale in Locale]
        assert ways[0] == ways[1]


def test_a_label_typed_is_the_choice_meant(stops: list[Stop]) -> None:
    """Typing what a button says is tapping it, for every button of every question."""
    for stop in _each_question(stops):
        ask = stop.turn.ask
        assert ask is not None
        for row in cards.card(stop.flow, stop.brief, (), ask).buttons:
            for button in row:
                said = cards.meant(stop.flow, ask, button.label, stop.brief)
                assert said == button.value or ask.read(said) == ask.read(button.value), button


def test_what_is_offered_is_meant_before_a_command_of_the_same_word(stops: list[Stop]) -> None:
    """Typing any label, of a question or of what stands under words, does what a tap on it does."""
    commands = 0
    for stop in stops:
        ask, flow, brief = stop.turn.ask, stop.flow, stop.brief
        receipts = list(_receipts(stop))
        for said, asked in ((stop.turn.said, ask), *(((receipt,), None) for receipt in receipts)):
            buttons = tuple(button for row in cards.card(flow, brief, said, asked).buttons for button in row)
            shown = letters.Shown("reply", Address("test", "x"), 1, 1, asked.key if asked else None, buttons)
            for button in buttons:
                answered = None if asked is None else cards.named(flow, asked, button.label, brief)
                opened = labelled(shown, button.label)
                value = answered if answered is not None else opened and opened[1]
                assert value == button.value, (flow.name, button)
                spoken = words.matches("commands", brief.locale, button.label, words.entry("commands", ZH).choices)
                commands += spoken is not None and spoken != button.value.removeprefix("/").partition(" ")[0]
    assert commands  # some labels are words of other commands, too


LEAVE = ("取消", "放弃", "撤销", "算了", "不报了", "返回", "上一步", "cancel", "undo", "never mind", "back", "go back")
"""What people say to get out of a question."""
OUT = frozenset({"back", "close", "discard", "keep", "leave", "skip", "void", "withdraw", "withdrawn"})
"""Choices that lead back, leave a detail out, file nothing, or take back what was filed, as “撤销” means there."""


def test_the_same_words_lead_out_of_every_question(stops: list[Stop]) -> None:
    """Each is a command that is always there, or, where the question offers one, the choice that means just that."""
    asked = {(each.flow.name, each.turn.ask.key, each.brief.locale): each for each in stops if each.turn.ask}
    for stop in asked.values():
        ask = stop.turn.ask
        assert ask is not None
        for said in LEAVE:
            answered = cards.named(stop.flow, ask, said, stop.brief)
            always = {words.matches("commands", locale, said, ALWAYS) for locale in Locale} - {None}
            assert always if answered is None else answered in OUT, (stop.flow.name, ask.key, said, answered)


def _receipts(stop: Stop) -> Iterator[Say]:
    """What is given back, however things may stand."""
    outcome, receipt = stop.turn.outcome, stop.flow.receipt
    if isinstance(outcome, Fact) and receipt is not None:
        for each in standings(outcome):
            yield receipt(outcome, stop.brief, each)


def test_a_note_after_all() -> None:
    """Who asked to add a note, sent nothing and asks again, is asked again; words like a picture's are words."""
    run, brief = FLOWS["exceptions"].run, replace(PLAIN, owed=(FREE,))
    turn = begin(run, brief)
    for raw in ("fever", "1", "add", "finish", "add", "photo:abc", "finish", "submit"):
        assert turn.ask is not None
        turn = take(run, brief, kept_answers(turn), Reply(turn.ask.key, raw))
    assert isinstance(turn.outcome, ReportFiled)
    assert (turn.outcome.note, turn.outcome.photos) == ("photo:abc", ())


def test_nobody_is_guessed() -> None:
    """Of two colleagues whose masked names are the same, a typed name means neither."""
    both = replace(PLAIN, owed=(FREE,), colleagues=(Colleague(2, "李*"), Colleague(3, "李*")))
    turn = resume(FLOWS["leave"].run, both, {"since": "2026-11-24", "until": "2026-11-24"})
    assert turn.ask is not None
    assert cards.meant(FLOWS["leave"], turn.ask, "李*", both) == "李*"
    assert cards.meant(FLOWS["leave"], turn.ask, "没有人代", both) == "nobody"
