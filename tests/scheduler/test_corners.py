"""Reminders where things meet: a snooze and what waits, a report between the writing and the sending, the night."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial

import pytest
from sqlalchemy import Connection, func, insert, select, update

from bot.model import Address
from bot.store import own_data
from bot.store import people as people_kept
from bot.store.database import Database
from bot.store.tables import named
from scheduler.calendar import deadlines, waking
from scheduler.claims import Due
from scheduler.lease import Fenced
from scheduler.reminding import Reminding
from tests.scheduler.remindings import OUTBOX, Reminded, moment
from tests.town import CHANNEL, KEYRING, PEOPLE, RULES, TODAY, ZONE

PLACE = named("place")
DAILY = "日报"
LATE = "2026-11-24 15:00"


@pytest.fixture
def people(town: Database) -> Reminded:
    """The town's people."""
    return Reminded(town)


def fever(connection: Connection) -> None:
    """A fever that Zhang reported at ten on the 23rd, and that waits for its diagnosis since ten on the 24th."""
    at = moment("2026-11-23 10:00")
    connection.execute(insert(named("case_")), {"code": "F1-01", "place": "23", "person": 1, "opened_at": at})
    event = {"case": "F1-01", "place": "23", "event": "found", "kind": "fever", "on": at.date(), "recorded_at": at}
    connection.execute(insert(named("case_event")), event | {"source": "chat", "other": "", "person": 1})


def waiting(people: Reminded, at: str) -> dict[str, int]:
    """A tick of which the letters wait: to whom, and their numbers."""
    people.at(at)
    people.reminding.remind(people.now)
    query = select(OUTBOX.c.address, OUTBOX.c.id).where(OUTBOX.c.kind == "reminder", OUTBOX.c.state == "pending")
    with people.database.read() as connection:
        return {row.address: row.id for row in connection.execute(query)}


def over(people: Reminded, letters: dict[str, int], at: str) -> set[str]:
    """Those whose letters the post would cancel."""
    rows = [Due(number, PEOPLE[who][0], "reminder") for who, number in letters.items()]
    found = people.database.write(lambda c: people.reminding.still(c, moment(at), rows))
    return {who for who, number in letters.items() if number in found}


async def test_a_snooze_that_was_answered_meanwhile(people: Reminded) -> None:
    """What was to come again does not come to somebody who reports while it waits."""
    people.remind(LATE)
    await people.tap("zhang", "30 分钟后")
    letters = waiting(people, "2026-11-24 15:30")
    assert list(letters) == ["zhang"]
    assert over(people, letters, "2026-11-24 15:31") == set()
    await people.write("zhang", "全部正常")
    assert over(people, letters, "2026-11-24 15:31") == {"zhang"}
    people.settle(letters["zhang"], "cancelled")
    assert waiting(people, "2026-11-24 15:32") == {}


async def test_a_report_that_stood_beside_something_else(people: Reminded) -> None:
    """In the morning a fever is asked about, with the day's report; reported meanwhile, it is not asked for again."""
    people.database.write(fever)
    letters = waiting(people, "2026-11-24 10:00")
    assert "zhang" in letters
    assert over(people, letters, "2026-11-24 10:05") == set()
    await people.write("zhang", "全部正常")
    assert over(people, letters, "2026-11-24 10:05") == {"zhang"}
    people.database.write(lambda c: c.execute(named("reminder").delete()))
    for number in letters.values():
        people.settle(number, "cancelled")
    told = people.remind("2026-11-24 10:10")["zhang"]
    assert "F1-01" in told
    assert DAILY not in told
    letters = waiting(people, "2026-11-25 09:00")
    assert DAILY in people.arrive("reminder")[0].text
    assert over(people, letters, "2026-11-25 09:01") == set(), "the next day's is owed"


async def test_a_snooze_brings_everything_again(people: Reminded) -> None:
    """At whatever minute it is over: cases, too, which are looked for every ten minutes only."""
    people.database.write(fever)
    people.remind("2026-11-24 10:00")
    people.at("2026-11-24 10:03")
    await people.tap("zhang", "30 分钟后")
    assert people.remind("2026-11-24 10:32") == {}
    told = people.remind("2026-11-24 10:33")["zhang"]
    assert "F1-01" in told
    assert DAILY in told
    assert people.remind("2026-11-24 10:34") == people.remind("2026-11-24 10:40") == {}


async def test_a_snooze_into_the_night_is_over_in_the_morning(people: Reminded) -> None:
    """It says so, with the day, and then it comes."""
    people.database.write(fever)
    people.at("2026-11-24 17:30")
    (said,) = await people.write("zhang", "/snooze 60")
    assert said.text.startswith("⏰ 到 18:30 若")
    people.at("2026-11-24 21:00")
    (said,) = await people.write("zhang", "/snooze 60")
    assert said.text.startswith("⏰ 到 11月25日 07:30 若还有没办的")
    (told,) = await people.write("brown", "/snooze 60")
    assert told.text.startswith("⏰ What is still open at 25 Nov 07:30 ")
    assert "zhang" not in people.remind("2026-11-24 21:10")
    assert "F1-01" in people.remind("2026-11-25 07:30")["zhang"]
    people.remind("2026-11-26 07:30")
    assert [slot for person, slot in people.slots() if person == 1].count("snooze@2026-11-25T07:30") == 1


@pytest.mark.parametrize(
    ("at", "then"),
    [
        ("2026-11-24 21:00", "2026-11-24 21:00"),
        ("2026-11-24 21:30", "2026-11-25 07:30"),
        ("2026-11-25 00:10", "2026-11-25 07:30"),
        ("2026-11-25 07:30", "2026-11-25 07:30"),
    ],
)
def test_when_the_quiet_is_over(at: str, then: str) -> None:
    """The next morning, or the same."""
    assert waking(moment(at), RULES) == moment(then)


def test_a_pack_that_reminds_nobody_of_the_day(people: Reminded) -> None:
    """A deadline without moments is shown with what else is due, and stops nothing."""
    silent = tuple(replace(rule, days_before=(), minutes_before=()) for rule in RULES.deadlines)
    people.tools = replace(people.tools, rules=replace(RULES, deadlines=silent))
    people.reminding = Reminding(Fenced(people.database, None), people.tools, lambda: None)
    assert people.remind(LATE) == {}
    people.database.write(fever)
    told = people.remind("2026-11-24 15:10")
    assert "F1-01" in told["zhang"]
    assert DAILY in told["zhang"]


async def test_at_night_the_day_in_one_message_is_not_sent(people: Reminded) -> None:
    """A platform that was away since the afternoon is back at ten: neither digests nor reminders leave then."""
    rows = [Due(1, 3, "digest"), Due(2, None, "digest"), Due(3, 1, "reminder")]
    night = people.database.write(lambda c: people.reminding.still(c, moment("2026-11-24 22:00"), rows))
    assert night == {1, 2, 3}
    evening = people.database.write(lambda c: people.reminding.still(c, moment("2026-11-24 21:00"), rows[:2]))
    assert evening == set()


def test_a_place_that_has_not_begun_owes_no_deadline(people: Reminded) -> None:
    """A township whose days are counted from next year files no plan in December."""
    later = update(PLACE).where(PLACE.c.code == "T").values(start=date(2027, 1, 1))
    people.database.write(lambda c: c.execute(later))
    assert people.remind("2026-12-15 09:00") == {}
    begun = update(PLACE).where(PLACE.c.code == "T").values(start=TODAY)
    people.database.write(lambda c: c.execute(begun))
    assert list(people.remind("2026-12-15 09:01")) == ["zhao"]


async def test_one_line_holds_what_somebody_wishes(people: Reminded) -> None:
    """However often they change their mind."""
    for said in ("少提醒", "恢复提醒", "少提醒"):
        await people.write("zhang", said)
    with people.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(named("wish"))).scalar_one() == 1
        assert connection.execute(select(named("wish").c.fewer)).scalar_one() is True


async def test_the_last_hour_before_the_night(people: Reminded) -> None:
    """A cutoff at half past eleven: once, before the quiet hours; in them there is no later."""
    rules = replace(RULES, cutoff="23:30")
    people.tools = replace(people.tools, rules=rules)
    people.reminding = Reminding(Fenced(people.database, None), people.tools, lambda: None)
    (day,) = (each for each in deadlines(rules, TODAY, TODAY, ZONE) if each.rule.id == "daily-report")
    assert day.reminders == (moment("2026-11-24 21:00"),)
    assert people.remind("2026-11-24 20:59") == {}
    assert sorted(people.remind("2026-11-24 21:00")) == ["li", "smith", "zhang"]
    assert people.remind("2026-11-24 23:00") == {}
    early = replace(rules, cutoff="08:30")
    (day,) = (each for each in deadlines(early, TODAY, TODAY, ZONE) if each.rule.id == "daily-report")
    assert day.reminders == (moment("2026-11-24 06:30"), moment("2026-11-24 08:00")), "the first waits for the morning"
    soon = replace(rules, cutoff="07:00")
    (day,) = (each for each in deadlines(soon, TODAY, TODAY, ZONE) if each.rule.id == "daily-report")
    assert day.reminders == (moment("2026-11-23 21:00"),)


def test_a_chat_that_is_somebody_elses_now(people: Reminded) -> None:
    """What waits for the one who had it goes to another chat of theirs, never to the new one."""
    other = {"channel": "other", "address": "zhang2", "person": 1, "bound_at": moment("2026-11-01 09:00")}
    letters = waiting(people, LATE)
    people.database.write(lambda c: c.execute(insert(named("account")), other))
    alert = update(OUTBOX).where(OUTBOX.c.id == letters["li"]).values(kind="alert")
    people.database.write(lambda c: c.execute(alert))
    for who in ("zhang", "li"):
        address = Address(CHANNEL, who)
        people.database.write(partial(people_kept.bind, address=address, person=4, now=people.now))
    with people.database.read() as connection:
        states = {row.id: row.state for row in connection.execute(select(OUTBOX.c.id, OUTBOX.c.state))}
        lost = select(named("audit").c.subject).where(named("audit").c.action == "alert-lost")
        assert connection.execute(lost).scalars().all() == [f"outbox:{letters['li']}"]
    assert {who: states[number] for who, number in letters.items()} == {
        "zhang": "cancelled", "li": "cancelled", "smith": "pending",
    }  # fmt: skip
    assert "zhang2" in waiting(people, "2026-11-24 15:01")


async def test_ones_own_data_tell_how_one_was_reminded(people: Reminded) -> None:
    """Of oneself, and of nobody else."""
    people.remind(LATE)
    await people.tap("zhang", "30 分钟后")
    await people.write("zhang", "少提醒")
    people.remind("2026-12-15 09:00")
    await people.tap("zhao", "已完成")
    with people.database.read() as connection:
        zhang, zhao = (own_data.export(connection, KEYRING, number, ZONE) for number in (1, 7))
    assert zhang["reminded"] == [{"of": "daily-report/2026-11-24@2026-11-24T15:00", "at": moment(LATE)}]
    assert [each["until"] for each in zhang["snoozes"]] == [moment("2026-11-24 15:30")]
    assert (zhang["fewer_reminders"], zhao["fewer_reminders"]) == (True, False)
    assert (zhang["deadlines"], zhao["snoozes"]) == ([], [])
    assert [(each["deadline"], each["place"], each["met"]) for each in zhao["deadlines"]] == [("prepare", "T", True)]
