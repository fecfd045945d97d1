"""Pace by measurement: in no span does more go than a platform takes, and nothing waits longer than it must."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram import paced
from bot.model import Limits, Pace, Rate
from bot.store.database import Database
from scheduler.pace import Meter
from tests.scheduler.offices import Office, Scripted
from tests.store.servers import database, migrated_file, postgres
from tests.town import NOW

__all__ = ["database", "migrated_file", "postgres"]
TELEGRAM = paced(30)
WECOM = Pace(chat=(Rate(30, 60), Rate(1000, 3600)))
ROBOT = Pace(group=(Rate(20, 60),))


def most(moments: Iterable[float], seconds: float) -> int:
    """The most that went within any span of so many seconds, both of its ends included."""
    times = sorted(moments)
    return max((sum(start <= time <= start + seconds for time in times) for start in times), default=0)


def kept(went: Sequence[tuple[float, str, bool]], pace: Pace) -> bool:
    """Whether a pace was kept by what went: when, to which chat, and whether that is a group."""
    chats: dict[tuple[str, bool], list[float]] = defaultdict(list)
    for time, chat, group in went:
        chats[chat, group].append(time)
    return all(most((time for time, *_ in went), rate.seconds) <= rate.messages for rate in pace.whole) and all(
        most(times, rate.seconds) <= rate.messages
        for (_, group), times in chats.items()
        for rate in (pace.group if group else pace.chat)
    )


ARRIVALS = st.lists(st.tuples(st.integers(0, 700), st.integers(0, 3)), max_size=300)


@pytest.mark.parametrize("pace", [TELEGRAM, WECOM, ROBOT, Pace(whole=(Rate(3, 1), Rate(20, 60)))])
@given(arrivals=ARRIVALS)
def test_no_span_holds_more_than_a_rate(pace: Pace, arrivals: list[tuple[int, int]]) -> None:
    """Whenever it is asked, for whomever; and what is refused goes at the very moment that is named."""
    meter, now, went = Meter(pace), NOW, []
    for later, chat in arrivals:
        now += timedelta(milliseconds=later)
        address, group = str(chat), chat == 0
        while True:
            moment = meter.at(now)
            if not meter.room(moment, 1):
                wait = meter.wait(moment)
            elif meter.take(address, moment, group=group):
                break
            else:
                wait = (meter.full[address] - moment) / 1000
            assert wait > 0
            now += timedelta(seconds=wait)
        went.append(((now - NOW).total_seconds(), address, group))
    assert kept(went, pace)


def test_nothing_waits_without_need() -> None:
    """Thirty go at once, the next a second and a moment later."""
    meter = Meter(TELEGRAM)
    moment = meter.at(NOW)
    assert meter.room(moment, 256) == 30
    assert all(meter.take(str(n), moment, group=False) for n in range(30))
    assert (meter.room(moment, 256), meter.wait(moment)) == (0, 1.001)
    assert meter.room(meter.at(NOW + timedelta(milliseconds=1001)), 256) == 30


def test_a_clock_that_is_set_back() -> None:
    """By a little: it is waited for. By more: the meter begins anew, and nobody waits an hour."""
    meter = Meter(TELEGRAM)
    moment = meter.at(NOW)
    for n in range(30):
        meter.take(str(n), moment, group=False)
    assert meter.room(meter.at(NOW - timedelta(milliseconds=900)), 1) == 0
    assert meter.room(meter.at(NOW - timedelta(hours=1)), 1) == 1
    assert meter.take("0", meter.at(NOW - timedelta(hours=1)), group=False)


def test_several_processes_share() -> None:
    """Of four each takes a quarter of what the platform takes in all; alone again, the whole."""
    meter = Meter(TELEGRAM)
    meter.share(4)
    assert meter.room(meter.at(NOW), 256) == 7
    meter.share(1)
    assert meter.room(meter.at(NOW), 256) == 30
    meter.share(100)
    assert meter.room(meter.at(NOW), 256) == 1


def test_chats_of_long_ago_are_forgotten() -> None:
    """A year of chats takes no memory."""
    meter = Meter(TELEGRAM)
    for n in range(1000):
        meter.take(str(n), meter.at(NOW + timedelta(seconds=n)), group=False)
    assert len(meter._chats) <= 62


@pytest.fixture
def office(database: Database) -> Office:
    """An outbox whose channel has Telegram's pace, on each backend in turn."""
    return Office(database, Scripted(limits=Limits(pace=TELEGRAM)))


async def test_a_crowd_leaves_at_telegrams_pace(office: Office) -> None:
    """A hundred reminders, six answers to one person and three to a group take as long as they must, and no longer."""
    for n in range(6):
        office.put(f"reply {n}", "busy", kind="reply")
        office.put(f"group {n}", "g", group=True, kind="digest")
    office.crowd(100, "reminder")
    went = await office.over(10)
    assert len(went) == 112
    chats = [(time, said.split()[said.startswith("reminder")], said.startswith("group")) for time, said in went]
    assert kept(chats, TELEGRAM)
    assert [said for _, said in went if said.startswith("reply")] == [f"reply {n}" for n in range(6)]
    assert max(time for time, said in went if said.startswith("reminder")) < 4
    assert went[0][1] == "reply 0"
    assert [round(time) for time, said in went if said.startswith("reply")] == [0, 1, 2, 3, 4, 5]


async def test_a_group_gets_twenty_a_minute(office: Office) -> None:
    """The twenty-first waits for the minute to pass, and a person's answer does not wait for it."""
    for n in range(25):
        office.put(str(n), "g", group=True)
    went = await office.over(60)
    assert len(went) == 20
    office.put("hello", "somebody")
    assert (await office.after(0)) == ["hello"]
    assert [said for _, said in await office.over(30)] == [str(n) for n in range(20, 25)]


async def test_one_flooded_chat_stops_no_other(office: Office) -> None:
    """Three hundred answers wait for one person; others are answered at once, and it rests in between."""
    for n in range(300):
        office.put(f"flood {n}", "flooded")
    office.put("hello", "somebody")
    assert await office.after(0) == ["flood 0", "hello"]
    assert await office.after(0.5) == []
    assert 0.4 < office.post.pause <= 0.6
    assert await office.after(0.51) == ["flood 1"]


async def test_alerts_overtake_a_crowd_of_reminders(office: Office) -> None:
    """Ten thousand wait: an alert and an answer leave with the very next claim, and it reads no more than it sends."""
    office.crowd(10_000, "reminder")
    await office.after(0)
    office.put("alert", "doctor", kind="alert")
    office.put("reply", "somebody", kind="reply")
    office.put("digest", "lead", kind="digest")
    went = await office.after(1.001)
    assert went[:2] == ["alert", "reply"]
    assert len(went) == 30
    assert "digest" not in went


async def test_a_paced_chat_waits_for_what_is_on_its_way(office: Office) -> None:
    """However long the first takes: the next is not even claimed, so that none burst out afterwards."""
    gate = office.channel.gates["0"] = asyncio.Event()
    numbers = [office.put(str(n)) for n in range(3)]
    for _ in range(5):
        await office.post.claim()
        office.now += timedelta(seconds=2)
    assert [office.state(number) for number in numbers] == ["sending", "pending", "pending"]
    gate.set()
    assert [round(time) for time, _ in await office.over(3)] == [0, 1]
    assert office.channel.tried == ["0", "1", "2"]
