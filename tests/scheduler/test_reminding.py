"""Reminders in the store: to those who still owe, once each; one tap settles them, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, func, insert, select, text
from sqlalchemy.exc import IntegrityError

from bot.model import InboundKind, Locale
from bot.store import deadlines, duties
from bot.store.asking import Asking, Who
from bot.store.database import Database
from bot.store.owing import unreported
from bot.store.reached import reached
from bot.store.tables import named
from bot.store.todo import todo
from bot.store.waiting import waiting
from scheduler.gathering import gather
from scheduler.plan import due
from scheduler.reminding import write
from tests.scheduler.remindings import OUTBOX, REMINDER, Reminded, moment
from tests.town import NOW, PEOPLE, RULES, TODAY, _fill

FILING, REPORT = named("filing"), named("report")
LATE, LAST = "2026-11-24 15:00", "2026-11-24 16:30"


@pytest.fixture
def people(town: Database) -> Reminded:
    """The town's people."""
    return Reminded(town)


@pytest.fixture
def both(database: Database) -> Reminded:
    """The same, on either database."""
    database.write(_fill)
    if not database.sqlite:  # the town gave numbers of its own, which the sequence has not counted
        highest = text("SELECT setval(pg_get_serial_sequence('filing', 'id'), (SELECT max(id) FROM filing))")
        database.write(lambda c: c.execute(highest))
    return Reminded(database)


def test_who_owes_is_reminded_once(both: Reminded) -> None:
    """Two hours and half an hour before, however often it is asked; whoever has no chat, or owes nothing, is not."""
    first = both.remind(LATE)
    assert sorted(first) == ["li", "smith", "zhang"]
    assert first["zhang"].splitlines() == [
        "⏰ 11月24日 周二 日报 · 17:00 截止",
        "还没报 3 处：星悦城一期、君安花园小区、汉口花园六期",
    ]
    assert first["smith"].splitlines()[1] == "Not reported yet: 金潭村"
    assert both.remind(LATE) == both.remind("2026-11-24 15:01") == both.remind("2026-11-24 16:29") == {}
    assert sorted(both.remind(LAST)) == ["li", "smith", "zhang"]
    assert both.remind("2026-11-24 16:59") == both.remind("2026-11-24 17:30") == both.remind("2026-11-24 22:00") == {}
    assert len(both.slots()) == len(set(both.slots())) == 6


async def test_one_tap_settles_it(people: Reminded) -> None:
    """From the reminder, one tap files the report and edits the reminder into the receipt."""
    people.remind(LATE)
    reminder = people.chats["zhang"][-1]
    tap = people.inbound("zhang", InboundKind.TAP, people.button("zhang", "✅ 全部正常").token)
    (receipt,) = await people.send(replace(tap, edits=f"m{reminder.id}"))
    assert receipt.edits == f"m{reminder.id}"
    assert receipt.text.startswith("✅ 15:00 已报，3 处正常")
    assert sorted(people.remind(LAST)) == ["li", "smith"], "who has reported hears nothing more"
    with people.database.read() as connection:
        assert unreported(connection, TODAY, [1]) == {}


async def test_the_tap_leaves_what_is_in_hand(people: Reminded) -> None:
    """An assessment that is under way goes on where it was."""
    await people.write("zhang", "上报病例")
    people.remind(LATE)
    await people.tap("zhang", "✅ 全部正常")
    (asked,) = await people.write("zhang", "刚才问什么")
    assert "哪里" in asked.text or "哪一处" in asked.text or asked.buttons


async def test_nobody_answers_for_what_was_not_seen(people: Reminded) -> None:
    """A place that came since the reminder is shown before it is reported; a place reported meanwhile is no harm."""
    people.remind(LATE)
    row = {"person": 1, "role": "grid_worker", "place": "25", "recorded_at": NOW}
    people.database.write(lambda c: c.execute(insert(named("assignment")), row))
    (asked,) = await people.tap("zhang", "✅ 全部正常")
    assert asked.text.startswith("情况有变化")
    assert "星悦城二期" in asked.text
    await people.tap("li", "✅ 全部正常")
    (again,) = await people.tap("li", "✅ 全部正常")
    assert "已经报过" in again.text


async def test_exceptions_and_leave_from_a_reminder(people: Reminded) -> None:
    """They open what they say."""
    people.remind(LATE)
    (where,) = await people.tap("zhang", "有异常")
    assert "哪一处" in where.text
    (leave,) = await people.tap("li", "请假 / 找人代报")
    assert "请假" in leave.text or "哪天" in leave.text


async def test_a_reminder_of_yesterday(people: Reminded) -> None:
    """Its button says so, and leads to today's; what is in hand is asked again."""
    people.remind(LATE)
    people.at("2026-11-25 09:00")
    (stale,) = await people.tap("zhang", "✅ 全部正常")
    assert "11月24日" in stale.text
    await people.write("zhang", "上报病例")
    assert "11月24日" in (await people.tap("zhang", "✅ 全部正常"))[0].text
    (odd,) = await people.write("zhang", "/normal 昨天")
    assert odd.text


async def test_a_snooze_moves_it(people: Reminded) -> None:
    """Half an hour later once, the last call all the same."""
    people.remind(LATE)
    await people.tap("zhang", "30 分钟后")
    assert people.remind("2026-11-24 15:20") == {}
    assert list(people.remind("2026-11-24 15:30")) == ["zhang"]
    assert people.remind("2026-11-24 15:40") == {}
    assert "zhang" in people.remind(LAST)
    await people.write("li", "少提醒")
    assert sorted(people.remind("2026-11-25 15:00")) == ["smith", "zhang"]
    assert sorted(people.remind("2026-11-25 16:30")) == ["li", "smith", "zhang"]


async def test_leave_and_stand_in(people: Reminded) -> None:
    """Whoever is away owes nothing; who stands in owes it."""
    row = {"person": 1, "since": TODAY, "until": TODAY, "stand_in": 2, "recorded_at": NOW}
    stand_in = {"person": 2, "role": "grid_worker", "place": "23", "since": TODAY, "until": TODAY, "stands_in_for": 1}

    def job(connection: Connection) -> None:
        leave = connection.execute(insert(named("leave")).returning(named("leave").c.id), row).scalar_one()
        connection.execute(insert(named("assignment")), stand_in | {"leave": leave, "recorded_at": NOW})

    people.database.write(job)
    told = people.remind(LATE)
    assert sorted(told) == ["li", "smith"]
    assert "星悦城一期" in told["li"]
    with people.database.read() as connection:
        for person, *_ in PEOPLE.values():
            mine = duties.duties(connection, person)
            owed = [place.code for place in duties.owed(connection, mine, TODAY, {}) if place.status is None]
            assert [code for code, _ in unreported(connection, TODAY).get(person, ())] == owed


def test_a_withdrawn_report_is_owed_again(people: Reminded) -> None:
    """The last word on a place's day counts."""

    def job(connection: Connection) -> None:
        for n, status in enumerate(("normal", "withdrawn"), 9000):
            values = {"id": n, "person": 4, "day": TODAY, "recorded_at": NOW, "late": False, "source": "chat"}
            connection.execute(insert(FILING), values)
            line = {"filing": n, "place": "61", "day": TODAY, "status": status, "person": 4, "recorded_at": NOW}
            connection.execute(insert(REPORT), line | {"late": False})

    people.database.write(job)
    assert "smith" in people.remind(LATE)


def still(people: Reminded, at: str) -> set[int]:
    """The letters that the post would cancel."""
    people.at(at)
    query = select(OUTBOX.c.id, OUTBOX.c.person, OUTBOX.c.kind).where(
        OUTBOX.c.kind == "reminder", OUTBOX.c.state == "pending"
    )

    def job(connection: Connection) -> set[int]:
        rows: Sequence[Any] = connection.execute(query).all()
        return people.reminding.still(connection, people.now, rows)

    return people.database.write(job)


async def test_what_is_done_before_it_goes_does_not_go(both: Reminded) -> None:
    """A report filed while the reminder waits: it is not to go; the others are."""
    both.at(LATE)
    assert both.reminding.remind(both.now) == 3
    assert still(both, LATE) == set()
    await both.write("zhang", "全部正常")
    with both.database.read() as connection:
        ids = {row.person: row.id for row in connection.execute(select(OUTBOX).where(OUTBOX.c.kind == "reminder"))}
    assert still(both, "2026-11-24 15:05") == {ids[1]}
    await both.write("smith", "all fine")
    assert still(both, "2026-11-24 15:05") == {ids[1], ids[4]}
    assert still(both, "2026-11-24 17:00") == set(ids.values()), "past its end nobody is reminded of it"


def test_two_processes_write_it_once(both: Reminded) -> None:
    """Both read before either writes: the second finds the moments served, and the constraint would stop it anyway."""
    now = moment(LATE)
    with both.database.read() as connection:
        known = gather(connection, both.tools, now)
    found = due(now, known.owing, known.served, RULES)
    wrote = [both.database.write(lambda c: write(found, known.reached, both.tools, now, c)) for _ in range(2)]
    assert wrote == [3, 0]
    with both.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(OUTBOX)).scalar_one() == 3
        row = connection.execute(select(REMINDER).limit(1)).one()._mapping
    with pytest.raises(IntegrityError):
        both.database.write(lambda c: c.execute(insert(REMINDER), {**row, "id": None}))


async def test_deadlines_go_to_who_owes_them(both: Reminded) -> None:
    """The township hears of its plan until it says that it is done; then nobody does."""
    assert both.remind("2026-12-15 09:00") == {"zhao": "⏰ 创建方案和工作计划（2026）12月20日 18:00 截止"}
    await both.tap("zhao", "已完成")
    assert both.remind("2026-12-17 09:00") == {}
    both.at("2026-12-17 10:00")
    await both.tap("zhao", "点错了")
    assert "zhao" in both.remind("2026-12-17 10:01")
    assert both.remind("2026-12-20 16:00")["zhao"].count("创建方案") == 1
    late = both.remind("2026-12-21 09:00")
    assert late == {"sun": "⏰ 逾期未完成：创建方案和工作计划（2026），样板街道"}
    assert [list(both.remind(f"2026-12-{day} 09:00")) for day in (22, 23, 24)] == [["sun"], ["zhao", "sun"], []]


def test_cases_and_problems_that_wait(both: Reminded) -> None:
    """A fever without a diagnosis: the one responsible at the hour, one level up after the same time again."""

    def job(connection: Connection) -> None:
        at = moment("2026-11-24 10:00")
        case = {"code": "F1124-01", "place": "23", "person": 1, "opened_at": at}
        connection.execute(insert(named("case_")), case)
        event = {"case": "F1124-01", "place": "23", "event": "found", "kind": "fever", "on": TODAY, "recorded_at": at}
        connection.execute(insert(named("case_event")), event | {"source": "chat", "other": "", "person": 1})

    both.database.write(job)
    unseen = both.remind("2026-11-24 11:00")
    assert "F1124-01" in unseen["wang"], "nobody has acknowledged the alert"
    told = both.remind("2026-11-25 10:00")
    assert "待诊断结果" in told["zhang"]
    assert "F1124-01" in [button.label for row in both.chats["zhang"][-1].buttons for button in row]
    assert "下一级未办" in both.remind("2026-11-26 10:00")["wang"]


def test_reviews_of_awards(people: Reminded) -> None:
    """The office hears of awards that nobody has reviewed in the quarter, and of no others."""

    def job(connection: Connection) -> None:
        steps = [("applied", 1), ("passed", 2), ("inspected_open", 3), ("awarded", 4)]
        for name, day in steps:
            at = moment(f"2026-08-0{day} 10:00")
            row = {"place": "JA", "step": name, "on": at.date(), "recorded_at": at, "period": "", "case": ""}
            connection.execute(insert(named("creation_event")), row)

    people.database.write(job)
    assert people.remind("2026-12-17 09:00")["sun"].startswith(
        "⏰ 季度评审（2026Q4）12月31日 18:00 截止：还差 君安社区"
    )
    kept = {"place": "JA", "step": "kept", "on": TODAY, "recorded_at": NOW, "period": "2026Q4", "case": ""}
    people.database.write(lambda c: c.execute(insert(named("creation_event")), kept))
    assert "sun" not in people.remind("2026-12-24 09:00")


def test_working_days_are_an_admins(people: Reminded) -> None:
    """Friday the 18th set off by hand: the extra reminder before Sunday the 20th moves to Thursday, where one is."""
    friday = moment("2026-12-18 00:00").date()
    people.database.write(lambda c: deadlines.set_workday(c, friday, False, NOW, "停工"))  # noqa: FBT003 - off
    assert "zhao" in people.remind("2026-12-15 09:00")
    assert "zhao" in people.remind("2026-12-17 09:00")
    assert "zhao" not in people.remind("2026-12-18 09:00")
    people.database.write(lambda c: deadlines.set_workday(c, friday, None, NOW))
    assert "zhao" in people.remind("2026-12-18 09:01")
    with people.database.read() as connection:
        assert deadlines.workdays(connection) == {}


def test_whom_it_reaches(people: Reminded) -> None:
    """Each in the chat bound last, in their language; who has none is not there."""
    row = {"channel": "other", "address": "zhang2", "person": 1, "bound_at": NOW}
    people.database.write(lambda c: c.execute(insert(named("account")), row))
    with people.database.read() as connection:
        found = reached(connection, people.now)
    assert found[1].address.id == "zhang2"
    assert found[4].locale.value == "en"
    assert 5 not in found


@pytest.mark.parametrize("hours", [0.5, 2, 13, 25, 49])
async def test_all_at_once_as_one_by_one(both: Reminded, hours: float) -> None:
    """What waits is the same, asked for everybody together or for each person alone."""
    both.at("2026-11-24 10:00")

    def job(connection: Connection) -> None:
        at = moment("2026-11-24 10:00")
        kinds = ("fever", "confirmed", "close_contact", "suspected", "fever", "key_person")
        for n, (kind, place) in enumerate(zip(kinds, ("23", "24", "25", "61", "22", "23"), strict=True), 1):
            code, reporter = f"Z1124-0{n}", (1, 2, 2, 4, None, 1)[n - 1]
            row = {"code": code, "place": place, "person": reporter, "opened_at": at}
            connection.execute(insert(named("case_")), row)
            events = [("found", kind), *{4: [("left", "")], 5: [("ruled_out", "")]}.get(n, [])]
            for m, (event, of) in enumerate(events):
                line = {"case": code, "place": place, "event": event, "kind": of, "on": TODAY, "source": "chat"}
                late = {"recorded_at": at + timedelta(minutes=m), "other": ""}
                connection.execute(insert(named("case_event")), line | late)
        connection.execute(insert(named("seen")), {"case": "Z1124-02", "person": 3, "at": at})

    both.database.write(job)
    await both.write("zhang", "报问题")
    now = moment("2026-11-24 10:00") + timedelta(hours=hours)
    house = both.tools.house
    with both.database.read() as connection:
        together = waiting(connection, house, now, problems=True)
        for number, *_ in PEOPLE.values():
            asking = Asking(connection, house, Who(number, "", Locale.ZH, NOW), now, now.date())
            alone = tuple(each for each in todo(asking)["todo"] if each.asks)
            assert tuple(each for each in together.get(number, ()) if each.asks) == alone
    assert any(together.values())
