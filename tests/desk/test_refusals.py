"""Every command says who may use it, and a refusal says whom to ask: each command, said by each role."""

from __future__ import annotations

import pytest

from bot import words
from bot.desk.barring import NAMED, THEIRS, onward
from bot.dialog import Goto
from bot.handlers import COMMANDS
from bot.model import CreationStepped, DocumentAsked, Role, Standing, Step
from bot.model.locales import Locale
from bot.model.rights import ALL, RIGHTS, STEPS, told, whose
from bot.store.database import Database
from tests.desk.test_menus import become
from tests.talking import Talk
from tests.town import NOW, PEOPLE

WHOM = ("请找", "请联系管理员")
LEADS_TO = {"case": "cases", "ack": "cases", "open": "cases", "ledger": "problems", "picture": "problems"}
"""Where nothing is named, the list is meant."""
NOT_YOURS = "您名下没有。"


@pytest.mark.parametrize("role", list(Role))
async def test_each_command_of_each_role(town: Database, role: Role) -> None:
    """Who may is answered; who may not is told which roles may, and whom to ask, by role and place alone."""
    talk = Talk(town)
    who = become(talk, role)
    names = [name for _, name, phone, _ in PEOPLE.values() for name in (name, phone)]
    for said in COMMANDS:
        (answer, *_) = await talk.write(who, f"/{said}")
        command = LEADS_TO.get(said, said)
        barred = command in RIGHTS and role not in RIGHTS[command]
        assert (NOT_YOURS in answer.text) is barred, (command, answer.text)
        if barred:
            assert any(each in answer.text for each in WHOM), (command, answer.text)
            may = [words.label("roles", Locale.ZH, each.value) for each in RIGHTS[command]]
            assert all(each in answer.text for each in may), (command, answer.text)
            assert not any(each in answer.text for each in names)
        await talk.write(who, "/cancel")


@pytest.mark.parametrize("command", ["board", "days", "missing"])
@pytest.mark.parametrize("role", [Role.COMMUNITY_LEAD, Role.TOWNSHIP_REVIEWER])
async def test_a_place_of_somebody_elses(town: Database, role: Role, command: str) -> None:
    """A place stands on the public board: whose it is is told, by role; of one that is none, whom to ask."""
    talk = Talk(town)
    who = become(talk, role)
    named, asks = ("XM", "样板街道的") if role is Role.COMMUNITY_LEAD else ("X", "示例县的")
    (answer, *_) = await talk.write(who, f"/{command} {named}")
    assert "不在您名下" in answer.text
    assert asks in answer.text
    (answer, *_) = await talk.write(who, f"/{command} Z9")
    assert any(each in answer.text for each in WHOM), answer.text


@pytest.mark.parametrize("command", ["creation", "document monthly", "cases", "problems"])
@pytest.mark.parametrize("role", [Role.COMMUNITY_LEAD, Role.TOWNSHIP_REVIEWER])
async def test_what_is_somebody_elses(town: Database, role: Role, command: str) -> None:
    """A place or a number that is none of theirs: said so, with whom to ask, and whether it exists is not told."""
    talk = Talk(town)
    who = become(talk, role)
    command = {"cases": "case", "problems": "ledger"}.get(command, command)
    elsewhere, nowhere = ("XM" if role is Role.COMMUNITY_LEAD else "X"), "Z9"
    told_of = []
    for named in (elsewhere, nowhere):
        (answer, *_) = await talk.write(who, f"/{command} {named}")
        assert any(each in answer.text for each in WHOM), answer.text
        told_of.append(answer.text.replace(named, "?"))
    assert told_of[0] == told_of[1]


async def test_a_person_without_a_place_is_told_whom_to_ask(town: Database) -> None:
    """Everybody could, who has a place: that is the answer."""
    talk = Talk(town)
    who = become(talk, Role.GRID_WORKER, until="2026-11-01")
    for command in ("streaks", "why", "board", "notice", "isolation"):
        (answer,) = await talk.write(who, f"/{command}")
        assert any(each in answer.text for each in WHOM), (command, answer.text)


def test_the_roles_of_a_refusal() -> None:
    """In the order in which they are asked; none where everybody may. What no table knows is everybody's."""
    assert told(ALL) == ()
    assert told({Role.ADMIN, Role.COMMUNITY_LEAD}) == ("community_lead", "admin")
    assert whose("passed") == {Role.TOWNSHIP_REVIEWER}
    assert whose("nonsense") == ALL
    assert not set(RIGHTS) & set(STEPS)


@pytest.mark.parametrize("reason", sorted(THEIRS))
def test_a_fact_that_is_somebody_elses(reason: str) -> None:
    """Behind its receipt stands whom to ask, at the place that it is about."""
    fact = CreationStepped("JA", Step.PASSED, NOW.date())
    assert onward("creation", fact, Standing(NOW, shown={"refused": reason})) == Goto("whom", "passed JA")


@pytest.mark.parametrize("reason", ["future", "closed", None])
def test_another_refusal_asks_nobody(reason: str | None) -> None:
    """What was refused for another reason says itself what to do."""
    fact = DocumentAsked("ledger", "JA", "2026Q4", "")
    assert onward("document", fact, Standing(NOW, shown={"refused": reason})) is None


def test_what_is_not_known_may_be_somebody_elses() -> None:
    """Of a document that is so; of a duty that is no longer asked for it is not."""
    fact, standing = DocumentAsked("ledger", "JA", "2026Q4", ""), Standing(NOW, shown={"refused": "unknown"})
    assert "document" in NAMED
    assert onward("document", fact, standing) == Goto("whom", "document JA")
    assert onward("checks", fact, standing) is None
