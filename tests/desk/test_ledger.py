"""The ledger in the store: who may know, what is refused, what is counted, and that nothing of it lies open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, insert, select

from bot.handlers import FLOWS
from bot.model import (
    Address,
    Brief,
    Counter,
    How,
    InboundKind,
    Problem,
    ProblemFound,
    ProblemState,
    ProblemStep,
    ProblemStepped,
)
from bot.store import audit, briefs, ledger
from bot.store.acts import Act
from bot.store.asking import House
from bot.store.cases import RefusedError
from bot.store.database import Database
from bot.store.tables import named
from tests.desk.test_desk import count
from tests.talking import Talk
from tests.town import CHANNEL, KEYRING, LONG_AGO, NOW, PEOPLE, RULES, TODAY, ZONE

HOUSE = House(KEYRING, RULES, ZONE)
DAY = timedelta(days=1)
DUE = TODAY + 3 * DAY
FACT = ProblemFound("24", How.LISTED, "楼道有陈某家的纸箱", TODAY, DUE)


def act(who: str, days: float = 0) -> Act:
    """Somebody does something, so many days from now."""
    return Act(PEOPLE[who][0], None, NOW + days * DAY)


def entered(town: Database, who: str = "wang", **more: object) -> str:
    """A problem, put on the list."""
    fact = replace(FACT, **more)  # type: ignore[arg-type]
    return town.write(lambda connection: ledger.enter(connection, HOUSE, act(who), fact))


def stepped(town: Database, who: str, step: ProblemStep, days: int = 0, **more: object) -> ProblemState:
    """What a problem is after a step, which somebody records so many days from now."""
    fact = ProblemStepped("W1124-01", step, TODAY + days * DAY)
    full = replace(fact, **({"words": "好了", "due": fact.on} | more))  # type: ignore[arg-type]
    return town.write(lambda connection: ledger.step(connection, HOUSE, act(who, days), full)).after.state


def brief(town: Database, who: str, flow: str, subject: str = "", days: int = 0) -> Brief:
    """What somebody is told when a conversation opens."""
    now = NOW + days * DAY
    with town.read() as connection:
        someone = briefs.person(connection, KEYRING, PEOPLE[who][0], now)
        return briefs.brief(connection, HOUSE, someone, now, now.date(), FLOWS[flow].needs, subject=subject)


def refused(job: Callable[[], object]) -> str:
    """Why something was not recorded."""
    with pytest.raises(RefusedError) as why:
        job()
    return why.value.reason


@pytest.mark.parametrize(
    ("who", "more", "reason"),
    [
        ("li", {"place": "23"}, "place"),
        ("wang", {"place": "25"}, "place"),
        ("wang", {"place": "nowhere"}, "place"),
        ("wang", {"on": TODAY + DAY}, "future"),
        ("wang", {"words": " \n"}, "words"),
        ("wang", {"due": TODAY - DAY}, "due"),
        ("wang", {"due": TODAY + 365 * DAY}, "due"),
        ("wang", {"responsible": 4}, "worker"),
    ],
)
def test_what_is_not_put_on_the_list(town: Database, who: str, more: dict[str, object], reason: str) -> None:
    """Each with a reason, and nothing is kept."""
    assert refused(lambda: entered(town, who, **more)) == reason
    assert count(town, "problem") == count(town, "problem_event") == 0


def test_a_closed_place(town: Database) -> None:
    """Where nobody answers any more, nothing is put on a list."""
    place = named("place")
    town.write(lambda c: c.execute(place.update().where(place.c.code == "24").values(closed=TODAY)))
    assert refused(lambda: entered(town)) == "closed"
    assert "24" not in [each.code for each in brief(town, "zhang", "problem").spots]


R, C, L, O, A, W = (  # noqa: E741 - one letter a step, as the table of the rule has them
    ProblemStep.RECTIFIED, ProblemStep.CLOSED, ProblemStep.LOOKED_AGAIN, ProblemStep.REOPENED, ProblemStep.ASSIGNED,
    ProblemStep.WITHDRAWN,
)  # fmt: skip


@pytest.mark.parametrize(
    ("before", "who", "step", "more", "reason"),
    [
        ((), "smith", R, {}, "unknown"),
        ((), "wang", R, {"problem": "W1124-99"}, "unknown"),
        ((), "zhang", C, {}, "entitled"),
        ((), "zhang", W, {}, "entitled"),
        ((), "sun", R, {}, "entitled"),
        ((), "wang", C, {}, "state"),
        ((), "zhang", R, {"words": " "}, "words"),
        ((), "wang", A, {"responsible": 4}, "worker"),
        ((), "wang", A, {"due": TODAY - DAY}, "due"),
        (((R, "wang"),), "wang", C, {}, "others"),
        (((R, "zhang"),), "wang", O, {"words": ""}, "words"),
        (((R, "zhang"), (C, "wang")), "wang", L, {}, "early"),
        (((R, "zhang"),), "wang", W, {}, "state"),
        (((W, "wang"),), "zhang", R, {}, "withdrawn"),
    ],
)
def test_forbidden_steps(  # noqa: PLR0917 - a row of the table
    town: Database,
    before: tuple[tuple[ProblemStep, str], ...],
    who: str,
    step: ProblemStep,
    more: dict[str, object],
    reason: str,
) -> None:
    """Asked again in the transaction that writes; each with its reason, and the log stays as it was."""
    entered(town)
    for each, by in before:
        stepped(town, by, each)
    known = count(town, "problem_event")
    assert refused(lambda: stepped(town, who, step, 0, **more)) == reason
    assert count(town, "problem_event") == known


def test_the_only_lead_closes_what_they_mended(town: Database) -> None:
    """Where nobody else who decides can be reached; the history says who did both."""
    entered(town)
    stepped(town, "wang", R)
    others = named("account").c.address.in_(["zhao", "brown", "sun"])
    town.write(lambda c: c.execute(delete(named("account")).where(others)))
    assert stepped(town, "wang", C) is ProblemState.CLOSED


def test_who_knows_of_it(town: Database) -> None:
    """Those with a role at the place or above it, and whoever found it; nobody else, whatever they ask for."""
    entered(town, "wang", place="23", words="墙皮脱落")
    known = {who: brief(town, who, "ledger", "W1124-01").problem is not None for who in PEOPLE}
    assert {who for who, knows in known.items() if knows} == {"zhang", "wang", "zhao", "brown", "sun"}
    gone = named("assignment")
    town.write(lambda c: c.execute(delete(gone).where(gone.c.person == PEOPLE["wang"][0])))
    seen = brief(town, "wang", "ledger", "w1124-01").problem
    assert seen is not None
    assert (seen.own, seen.may, seen.finder) == (True, frozenset(), "王*")


def test_who_is_named_and_left(town: Database) -> None:
    """Then whoever works there mends it, and the name is no longer shown."""
    entered(town, responsible=PEOPLE["li"][0])
    assert _mends(brief(town, "zhang", "ledger", "W1124-01").problem) == (False, "李*")
    assert _mends(brief(town, "li", "ledger", "W1124-01").problem) == (True, "李*")
    left = named("assignment")
    town.write(lambda c: c.execute(delete(left).where(left.c.person == PEOPLE["li"][0])))
    assert _mends(brief(town, "zhang", "ledger", "W1124-01").problem) == (True, "")


def _mends(problem: Problem | None) -> tuple[bool, str]:
    assert problem is not None
    return problem.mine, problem.responsible


def test_the_list_says_no_more_than_a_line(town: Database) -> None:
    """Long words are cut, no person is named; what is over goes after two weeks, and comes back if it is reopened."""
    entered(town, words="第一行" * 20, responsible=1)
    (line,) = brief(town, "zhang", "problems").problems
    assert (line.words[-1], len(line.words), line.finder, line.responsible, line.waits) == ("…", 24, "", "", True)
    for step, who, days in ((R, "zhang", 0), (C, "wang", 0), (L, "wang", 7)):
        stepped(town, who, step, days)
    assert len(brief(town, "zhang", "problems", days=20).problems) == 1
    assert brief(town, "zhang", "problems", days=22).problems == ()
    stepped(town, "wang", O, 22)
    (again,) = brief(town, "zhang", "problems", days=40).problems
    assert again.waits


def test_what_is_owed_after_it_came_back(town: Database) -> None:
    """Reopened, it is on the worker's list again, and off the lead's; its history is whole."""
    entered(town)
    for step, who, days in ((R, "zhang", 0), (C, "wang", 0), (L, "wang", 7), (O, "wang", 8)):
        stepped(town, who, step, days)
    assert [each.kind for each in brief(town, "zhang", "todo", days=8).todo] == ["problem_due"]
    assert brief(town, "wang", "todo", days=8).todo == ()
    problem = brief(town, "wang", "ledger", "W1124-01", days=8).problem
    assert problem is not None
    assert [fact.step for fact in problem.log] == [A, R, C, L, O]


def test_numbers(town: Database) -> None:
    """One after another, also beyond ninety-nine; of each day its own."""
    assert [entered(town) for _ in range(2)] == ["W1124-01", "W1124-02"]
    row = {"code": "W1124-99", "place": "24", "how": "listed", "found_on": TODAY, "recorded_at": NOW}
    town.write(lambda c: c.execute(insert(named("problem")), row | {"words": KEYRING.seal("x")}))
    assert [entered(town) for _ in range(2)] == ["W1124-100", "W1124-101"]
    assert entered(town, on=TODAY - DAY) == "W1123-01"


async def test_nothing_of_it_lies_open(town: Database, tmp_path: Path) -> None:
    """Words are sealed in every table, no audit line has them, and a group hears nothing."""
    talk = Talk(town)
    for said in ("挂账", "星悦城一期", "隐文字一", "提交", "/ledger W1124-01", "已整改", "没有照片", "隐文字二"):
        await talk.write("zhang", said)
    on_disk = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert "星悦城一期".encode() in on_disk
    assert "隐文字".encode() not in on_disk
    with town.read() as connection:
        assert audit.verify(connection) is None
        actions = connection.execute(select(named("audit").c.action)).scalars().all()
    assert [each for each in actions if each.startswith("problem")] == ["problem found", "problem rectified"]
    for text in ("/bind 君安社区", "/problem", "/problems", "/ledger W1124-01", "/picture W1124-01", "问题", "挂账"):
        inbound = talk.inbound("wang", InboundKind.TEXT, text)
        await talk.send(replace(inbound, address=Address(CHANNEL, "group", group=True), sender="wang"))
    said = "\n".join(letter.text for letter in talk.chats["group"])
    assert "君安社区" in said
    assert "W1124" not in said
    assert "隐文字" not in said


def _year(connection: Connection, place: str) -> ledger.Tally:
    return ledger.tally(connection, place, date(2026, 1, 1), date(2026, 12, 31))


def test_what_is_counted(town: Database) -> None:
    """Inspections by kind, found, closed, looked at again, reopened: each where it lies, and in its days."""
    entered(town, how=How.EXPERIENCE)
    entered(town, how=How.EXPERIENCE)  # the same person at the same place on the same day: one inspection
    entered(town, "zhao", place="25", how=How.RETURN)
    entered(town, "zhang", words="写错了")
    mistake = ProblemStepped("W1124-04", W, TODAY)
    town.write(lambda c: ledger.step(c, HOUSE, act("zhang"), mistake))
    for step, who, days in (
        (R, "zhang", 0),
        (O, "wang", 0),
        (R, "zhang", 1),
        (C, "wang", 1),
        (L, "wang", 8),
        (O, "zhao", 9),
    ):
        stepped(town, who, step, days)
    with town.read() as connection:
        assert _year(connection, "JA") == ({How.EXPERIENCE: 1, How.LISTED: 0, How.RETURN: 2}, 2, 1, 2, 2)
        assert _year(connection, "25") == ({How.EXPERIENCE: 0, How.LISTED: 0, How.RETURN: 1}, 1, 0, 0, 0)
        assert _year(connection, "61").found == 0
        counted = ledger.counts(connection, "X", TODAY + DAY, TODAY + 8 * DAY)
    assert counted == {
        Counter.INSPECTIONS: 1, Counter.FOUND: 0, Counter.RECTIFIED: 1, Counter.LOOKED_AGAIN: 1,
    }  # fmt: skip


def test_the_ledger_of_some_days(town: Database) -> None:
    """What was found or not yet done in them, oldest first, with masked names; no mistakes."""
    entered(town, on=TODAY - 9 * DAY, words="旧的", due=TODAY)
    entered(town, responsible=1)
    entered(town, "zhang", words="写错了")
    town.write(lambda c: ledger.step(c, HOUSE, act("zhang"), ProblemStepped("W1124-02", W, TODAY)))
    for step, who, days in ((R, "zhang", 0), (C, "wang", 0), (L, "zhao", 7)):
        stepped(town, who, step, days)

    def rows(place: str, since: int, until: int) -> list[tuple[str, str, str]]:
        with town.read() as connection:
            found = ledger.rows(connection, HOUSE, place, TODAY + since * DAY, TODAY + until * DAY)
        return [(each.code, each.finder, each.responsible) for each in found]

    assert rows("T", 0, 9) == [("W1115-01", "王*", ""), ("W1124-01", "王*", "张*")]
    assert rows("24", -9, -1) == [("W1115-01", "王*", "")]
    assert rows("24", 8, 9) == [("W1115-01", "王*", "")]
    assert rows("25", -30, 30) == []


def test_two_of_one_name(town: Database) -> None:
    """Whoever chooses who mends it can tell them apart; nobody's name is shown in full."""
    person = {"id": 20, "name": KEYRING.seal("张另外"), "phone": KEYRING.seal("1"), "locale": "zh", "phone_hash": b"20"}
    role = {"person": 20, "role": "grid_worker", "place": "24", "recorded_at": LONG_AGO}

    def job(connection: Connection) -> None:
        connection.execute(insert(named("person")), person | {"created_at": LONG_AGO})
        connection.execute(insert(named("assignment")), role)

    town.write(job)
    (spot,) = brief(town, "wang", "problem", "24").spots
    assert [label for _, label in spot.workers] == ["网格员 张* 1", "网格员 李*", "网格员 张* 2"]
    assert brief(town, "zhang", "problem", "24").spots[0].workers == ()


def test_what_is_past_its_term_has_no_words(town: Database) -> None:
    """The problem and its log stay when the words are gone."""
    entered(town)
    problem = named("problem")
    town.write(lambda c: c.execute(problem.update().values(words=b"")))
    shown = brief(town, "wang", "ledger", "W1124-01").problem
    assert shown is not None
    assert (shown.words, len(shown.log)) == ("", 1)
