"""The summary, who is missing, and the nudge: figures against slow and obvious ones, and as many questions for many."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, delete, event, insert, select

from bot.model import DayState, Level
from bot.model.office import Summary
from bot.scoring.log import outline
from bot.store import audit, daily, figures, lacking, overview, sums
from bot.store.asking import House, Look
from bot.store.case_logs import read_persons
from bot.store.database import Database
from bot.store.tables import named
from bot.understand.periods import period
from tests import staged
from tests.scheduler.remindings import Reminded
from tests.talking import Talk
from tests.town import CHANNEL, KEYRING, LONG_AGO, NOW, RULES, TODAY, ZONE

HOUSE = House(KEYRING, RULES, ZONE)
COMPOUNDS = {"JA": ["22", "23", "24"], "XM": ["25"], "T": ["22", "23", "24", "25", "61"]}


def told(database: Database, code: str, name: str = "today", reviewed: Level | None = None) -> Summary:
    """The summary of a place."""
    with database.read() as connection:
        return overview.overview(Look(connection, HOUSE, NOW), code, period(name, TODAY), reviewed)


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that are executed meanwhile."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(database.engine, "before_cursor_execute", note)


def slowly(connection: Connection, code: str, name: str) -> dict[str, object]:
    """The same figures, place by place and day by day."""
    days = period(name, TODAY)
    length = (days.until - days.since).days + 1
    sums = [figures.coverage(connection, days.since + timedelta(days=n), [code]) for n in range(length)]
    codes = COMPOUNDS[code]
    then = {
        each.place: each for each in figures.streaks(connection, RULES, days.since - timedelta(days=1), places=codes)
    }
    now = {each.place: each for each in figures.streaks(connection, RULES, days.until, places=codes)}
    during = set()
    for n in range(length):
        some = figures.streaks(connection, RULES, days.since + timedelta(days=n), places=codes)
        during |= {each.place for each in some if each.state is DayState.BROKEN}
    was, stands = ({place for place, each in some.items() if each.state is DayState.BROKEN} for some in (then, now))
    cases = select(named("case_").c.code).where(named("case_").c.place.in_(codes))
    lines = [outline(each) for each in read_persons(connection, list(connection.execute(cases).scalars())).values()]
    ahead = sorted((14 - each.days, each.place) for each in now.values() if each.since and 0 < each.days < 14)
    return {
        "reports": tuple(sum(getattr(each, name) for each in sums) for name in ("expected", "received", "on_time")),
        "broke": len(stands - was),
        "restarted": len(was - stands),
        "broken": len(stands),
        "between": len(during - was - stands),
        "open": sum(not line.withdrawn and line.ended_on is None for line in lines),
        "found": sum(not line.withdrawn and days.since <= line.found_on <= days.until for line in lines),
        "ahead": [TODAY + timedelta(days=left) for left, _ in ahead][:3] if days.until == TODAY else [],
    }


@pytest.mark.parametrize("kept", ["projected", "facts", "ahead"])
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("code", ["JA", "XM", "T"])
def test_the_figures_are_those_of_the_places(town: Database, code: str, seed: int, kept: str) -> None:
    """Whatever happened: reports withdrawn and late, cases found, left and withdrawn; for each span of days.

    So it is without the projection of cases, and with a case that was entered for a day to come.
    """
    dice, talk = random.Random(seed), Talk(town)
    for number in range(6):
        name, on = f"S{number}", TODAY - timedelta(days=dice.randrange(20))
        staged.case(talk, name, dice.choice(COMPOUNDS["T"]), dice.choice(["fever", "suspected", "confirmed"]), str(on))
        for what in dice.sample(["left", "released", "withdrawn"], dice.randrange(2)):
            staged.event(talk, name, what, str(min(TODAY, on + timedelta(days=dice.randrange(5)))))
    for place in dice.sample(COMPOUNDS["T"], 3):
        staged.report(talk, place, str(TODAY - timedelta(days=dice.randrange(3))))
    if kept == "ahead":
        staged.case(talk, "later", "61", "confirmed", str(TODAY + timedelta(days=2)))
    if kept == "facts":
        town.write(lambda connection: connection.execute(delete(named("setting"))))
    for name in ("today", "yesterday", "week", "last_week", "month", "last_month"):
        found = told(town, code, name)
        with town.read() as connection:
            expected = slowly(connection, code, name)
        assert {
            "reports": tuple(found.reports),
            "broke": found.broke.count,
            "restarted": found.restarted.count,
            "broken": found.broken.count,
            "between": found.between.count,
            "open": sum(found.cases.values()),
            "found": found.found,
            "ahead": [day for _, day in found.ahead],
        } == expected, name
        assert found.places == len(COMPOUNDS[code])


def grow(connection: Connection, count: int, since: date = date(2026, 11, 20)) -> None:
    """So many more compounds in the community, each with a worker of its own."""
    place = {"level": "compound", "parent": "JA", "aliases": "", "start": since}
    connection.execute(insert(named("place")), [{"code": f"N{n}", "name": f"新{n}", **place} for n in range(count)])
    people = [
        {
            "id": 100 + n, "name": KEYRING.seal(f"人{n}"), "phone": KEYRING.seal(f"+86139{n:08}"), "locale": "zh",
            "phone_hash": KEYRING.lookup(f"+86139{n:08}", "phone"), "created_at": LONG_AGO,
        }
        for n in range(count)
    ]  # fmt: skip
    connection.execute(insert(named("person")), people)
    holds = [
        {"person": 100 + n, "role": "grid_worker", "place": f"N{n}", "recorded_at": LONG_AGO} for n in range(count)
    ]
    connection.execute(insert(named("assignment")), holds)
    chats = [{"channel": CHANNEL, "address": f"n{n}", "person": 100 + n, "bound_at": LONG_AGO} for n in range(count)]
    connection.execute(insert(named("account")), chats)


@pytest.mark.parametrize("said", ["汇总", "谁没报", "催报", "本周汇总"])
async def test_as_many_questions_however_many_places(town: Database, said: str) -> None:
    """For three compounds and for two hundred."""
    talk = Talk(town)
    staged.case(talk, "C1", "24", "confirmed", "2026-11-23")
    asked = []
    for more in (0, 200):
        if more:
            town.write(partial(grow, count=more))
        with counted(town) as statements:
            await talk.write("wang", said)
        asked.append(len(statements))
        await talk.write("wang", "取消")
    assert asked[0] == asked[1]
    assert "203" in talk.chats["wang"][-2].text or "406" in talk.chats["wang"][-2].text


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("上个月汇总", "样板街道 · 上月"),
        ("汇总 君安社区 本周", "君安社区 · 本周"),
        ("汇总 昨天 君安社区", "君安社区 · 昨天"),
        ("请汇总一下上周的", "样板街道 · 上周"),
        ("汇总 一下", "样板街道 · 今天"),
        ("会总", "样板街道 · 今天"),
        ("谁没抱", "样板街道 14:58"),
        ("平分", "样板街道 最近的测评"),
        ("summary week", "样板街道 · 本周"),
        ("Last Quarter summary", "样板街道 · 上季度"),
        ("/summary month JA", "君安社区 · 本月"),
        ("谁还没报？", "样板街道 14:58"),
        ("未报 新苗社区", "新苗社区 14:58"),
        ("催一下", "未报 5 处"),
        ("谁没报 看看君安社区的情况", "君安社区 14:58"),
        ("天数 君安社区", "君安社区 3 处"),
        ("评分 君安社区", "君安社区 最近的测评"),
    ],
)
async def test_said_in_words(town: Database, said: str, answer: str) -> None:
    """With days and places in any order, in either language; also while the day's report is being asked for."""
    talk = Talk(town)
    staged.role(talk, "zhao", "grid_worker", "25")
    assert (await talk.write("zhao", said))[0].text.startswith(answer)
    await talk.open("zhao")
    assert (await talk.write("zhao", said))[0].text.startswith(answer)


async def test_a_place_that_begins_like_a_word(town: Database) -> None:
    """“查济” is a village, and no “look up 济”."""
    place = named("place")
    town.write(lambda c: c.execute(place.update().where(place.c.code == "61").values(name="查济")))
    assert (await Talk(town).write("zhao", "汇总 查济"))[0].text.startswith("查济 · 今天")


@pytest.mark.parametrize("said", ["本周", "今天都正常", "上周", "星悦城二期汇总报告"])
async def test_said_of_something_else(town: Database, said: str) -> None:
    """Days alone ask for nothing, and a report is a report."""
    assert "应报" not in (await Talk(town).write("zhao", said))[0].text


def test_places_that_begin_end_and_contain(town: Database) -> None:
    """A closed compound is gone, one that begins tomorrow owes nothing yet, a village counts through its compounds."""
    place = named("place")

    def job(connection: Connection) -> None:
        connection.execute(place.update().where(place.c.code == "24").values(closed=TODAY))
        connection.execute(place.update().where(place.c.code == "22").values(start=TODAY + timedelta(days=1)))
        row = {"code": "611", "name": "塆", "level": "compound", "parent": "61", "aliases": "", "start": TODAY}
        connection.execute(insert(place), row)

    town.write(job)
    found = told(town, "T")
    assert found.reports == (3, 0, 0)
    assert found.places == 4
    assert found.ahead[0] == ("塆", TODAY + timedelta(days=13))


@pytest.mark.parametrize("seed", range(6))
def test_a_day_is_what_the_figures_say(town: Database, seed: int) -> None:
    """Buildings that stand for their compound, late words and withdrawn ones: as ``figures`` has it."""
    dice = random.Random(seed)
    codes = ["22", "221", "222", "23", "231", "24", "25", "61"]

    def job(connection: Connection) -> None:
        new = [("221", "22"), ("222", "22"), ("231", "23")]
        row = {"level": "building", "aliases": ""}
        connection.execute(insert(named("place")), [{"code": c, "name": c, "parent": up, **row} for c, up in new])
        holds = [{"person": 4, "role": "building_leader", "place": c, "recorded_at": LONG_AGO} for c, _ in new]
        connection.execute(insert(named("assignment")), holds[: dice.randrange(1, 4)])
        for number, code in enumerate(dice.choices(codes, k=12)):
            line = {
                "day": TODAY,
                "recorded_at": NOW + timedelta(minutes=dice.randrange(3)),
                "late": dice.random() < 0.3,
            }
            filed = insert(named("filing")).values(id=900 + number, source="import", **line)
            connection.execute(filed)
            status = dice.choice(["normal", "normal", "withdrawn"])
            connection.execute(
                insert(named("report")), line | {"filing": 900 + number, "place": code, "status": status}
            )

    town.write(job)
    with town.read() as connection:
        for root, below in (("X", ["T"]), ("T", ["JA", "XM", "61"]), ("JA", [])):
            day = daily.day_of(connection, daily.rows(connection, root), TODAY)
            wanted = [root, *below]
            assert sums.tallies(connection, TODAY, TODAY, wanted) == figures.tallies(connection, TODAY, TODAY, wanted)
            assert day.coverage() == figures.coverage(connection, TODAY, [root])


def test_reviewers_are_shown_what_to_look_at(town: Database) -> None:
    """Many days that were filed at once, and too few reports; a lead is told nothing of the kind."""
    talk, report = Talk(town), named("report")
    for back in range(21, 29):
        staged.report(talk, "25", str(TODAY - timedelta(days=back)))
    town.write(lambda c: c.execute(report.update().where(report.c.person.is_(None)).values(person=2)))
    (burst,) = told(town, "XM", "week", Level.COMMUNITY).hints
    assert (burst.kind, burst.count, burst.at) == ("burst", 8, NOW)
    assert told(town, "XM", "week").hints == ()
    thin, lagging = told(town, "T", "last_month", Level.TOWNSHIP).hints
    assert (thin.kind, thin.count, thin.of) == ("thin", 0, 62)
    assert (lagging.kind, lagging.count, lagging.names) == ("lagging", 1, ("君安社区",))
    assert told(town, "T", "last_month").hints == ()
    assert told(town, "T", "today", Level.TOWNSHIP).hints == (), "the day is not over"


async def test_milestones_are_those_published(town: Database) -> None:
    """Reached by what was published of a day; today's with the cutoff, until then yesterday's are the news."""
    talk = Talk(town)
    for day, news in ((14, False), (15, True), (16, False)):
        talk.at(f"2026-11-{day} 10:00")
        staged.tick(talk)
        (answer,) = await talk.write("zhao", "汇总")
        assert ("星悦城二期 满 14 天" in answer.text) == news, day


async def test_more_names_than_a_message_takes(town: Database) -> None:
    """The first are named and all are counted; of an office's list nobody's name is told."""
    town.write(lambda connection: grow(connection, 60))
    talk = Talk(town)
    (wang,) = await talk.write("wang", "谁没报")
    (sun,) = await talk.write("sun", "谁没报")
    assert "应报 63 处，已报 0" in wang.text
    assert wang.text.endswith("另有 43 处")
    assert ("张*" in wang.text, "张*" in sun.text) == (True, False)


async def test_a_nudge_is_a_reminder(town: Database) -> None:
    """It goes by the same post: counted among the day's, not sent to who reports first, one tap settles it."""
    talk = Reminded(town)
    talk.at("2026-11-24 11:00")
    await talk.write("zhao", "催报")
    letters = await talk.tap("zhao", "发提醒")
    assert sorted(letter.address.id for letter in letters) == ["li", "smith", "zhang", "zhao"]
    slot = "nudge/2026-11-24@2026-11-24T11:00"
    assert talk.slots() == [(1, slot), (2, slot), (4, slot)]
    outbox = named("outbox")
    with town.read() as connection:
        rows = connection.execute(
            select(outbox.c.id, outbox.c.person, outbox.c.kind).where(outbox.c.kind == "reminder")
        ).all()
        assert talk.reminding.still(connection, talk.now, rows) == set()
        log = connection.execute(select(named("audit"))).all()[-1]
    assert (log.action, log.subject, log.detail) == ("nudged", "T", "3/5")
    (receipt,) = await talk.tap("zhang", "✅ 全部正常")
    assert receipt.text.startswith("✅ 11:00 已报，3 处正常")
    with town.read() as connection:
        over = talk.reminding.still(connection, talk.now, rows)
        assert [row.person for row in rows if row.id in over] == [1]
        talk.at("2026-11-24 18:00")
        late = talk.reminding.still(connection, talk.now, rows)
        assert [row.person for row in rows if row.id in late] == [1], "the cutoff does not call it off"
        talk.at("2026-11-25 09:00")
        assert len(talk.reminding.still(connection, talk.now, rows)) == 3, "another day is another matter"
        assert audit.verify(connection) is None


async def test_a_nudge_counts_among_the_days_reminders(town: Database) -> None:
    """Two by the clock and one by a colleague are three: no more on that day, from whomever."""
    talk = Reminded(town)
    assert sorted(talk.remind("2026-11-24 15:00")) == ["li", "smith", "zhang"]
    assert sorted(talk.remind("2026-11-24 16:30")) == ["li", "smith", "zhang"]
    talk.at("2026-11-24 17:10")
    await talk.write("wang", "催报")
    assert len(await talk.tap("wang", "发提醒")) == 3
    talk.at("2026-11-24 19:30")
    (answer,) = await talk.write("wang", "催报")
    assert "2 人今天提醒次数已满" in answer.text


async def test_who_reports_between_the_question_and_the_answer(town: Database) -> None:
    """Is not reminded: when the answer comes it is asked anew who owes."""
    talk = Talk(town)
    talk.at("2026-11-24 11:00")
    await talk.write("wang", "催报")
    await talk.write("zhang", "都正常")
    (answer,) = await talk.tap("wang", "发提醒")
    assert answer.text == "君安社区全部报齐，没有要催的。"


async def test_who_leads_no_more_cannot_send(town: Database) -> None:
    """Asked again when it is sent."""
    talk = Talk(town)
    talk.at("2026-11-24 11:00")
    await talk.write("wang", "催报")
    role = named("assignment")
    town.write(lambda c: c.execute(role.update().where(role.c.person == 3).values(until=TODAY - timedelta(days=1))))
    (answer,) = await talk.tap("wang", "发提醒")
    assert answer.text.startswith("“催报”由社区负责人、乡镇审核员、创建办")


async def test_many_are_reminded_in_parts(town: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that nobody else waits for the writer: the next tap reminds the others, and nobody twice."""
    monkeypatch.setattr(lacking, "AT_ONCE", 3)
    town.write(partial(grow, count=2))
    talk = Reminded(town)
    talk.at("2026-11-24 11:00")
    for sent, held in ((3, "1 人太多，再催一次就轮到"), (1, "3 人刚提醒过")):
        (question,) = await talk.write("wang", "催报")
        assert (f"提醒 {sent} 人" in question.text, held in question.text) == (True, True)
        assert len(await talk.tap("wang", "发提醒")) == sent + 1
    assert sorted(person for person, _ in talk.slots()) == [1, 2, 100, 101]


def test_a_place_with_nobody_to_ask(town: Database) -> None:
    """Whose worker is away without a stand-in: the place is missing, and nobody is reminded of it."""
    leave = {"person": 1, "since": TODAY, "until": TODAY, "recorded_at": NOW}
    town.write(lambda c: c.execute(insert(named("leave")), leave))
    morning = NOW.replace(hour=11)
    with town.read() as connection:
        found = lacking.whom(connection, HOUSE, morning, "JA")
    assert (found.places, len(found.ready), dict(found.held)) == (3, 1, {"nobody": 2})
