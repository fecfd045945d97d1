"""Every role, every command, every page: nothing of a person appears that the one table does not grant."""

from __future__ import annotations

import logging
from collections.abc import Mapping

import httpx
import pytest
from starlette.applications import Starlette

from bot import board, documents
from bot.desk.controls import CONTROLS
from bot.handlers import COMMANDS
from bot.model import Field, Grant, Paper, Role, grant
from bot.model.documents import ENDINGS
from bot.store import own_data
from bot.store.database import Database
from tests.board.offices import at_work
from tests.documents.reading import content
from tests.documents.records import HOUSE
from tests.privacy.planted import CONTACT, FEVER, PLACE, PLANTED, RETURNEE, plant
from tests.talking import Talk
from tests.town import KEYRING, NOW, PEOPLE, RULES, ZONE

WHO: Mapping[str, tuple[Role, bool]] = {
    "zhang": (Role.GRID_WORKER, True),
    "li": (Role.GRID_WORKER, False),
    "wang": (Role.COMMUNITY_LEAD, False),
    "zhao": (Role.TOWNSHIP_REVIEWER, False),
    "brown": (Role.COMMUNITY_LEAD, False),
    "sun": (Role.OFFICE, False),
}
"""By name: the role at the place of the cases, and whether they reported them."""
NOBODY = "smith"
"""Works elsewhere."""
PUBLIC = "汉口花园六期 is not one of your places."
"""What everybody is told of a place that stands on the public board, and of no case."""
EVERY = sorted({*COMMANDS, *CONTROLS} - {"forget"})


async def all_said(talk: Talk, who: str) -> str:
    """All that a person is shown who sends every command, with and without the numbers of the cases."""
    shown = []
    for name in EVERY:
        for argument in ("", f" {FEVER}", f" {CONTACT}", f" {RETURNEE}", f" {PLACE}"):
            await talk.write(who, f"/{name}{argument}")
    for letter in talk.chats[who]:
        shown.append(letter.text)
        shown += [button.label for row in letter.buttons for button in row]
    return "\n".join(shown)


@pytest.mark.parametrize("who", WHO)
async def test_each_role_sees_what_the_table_grants(town: Database, who: str) -> None:
    """Field by field: shown in full where the table says so, and nowhere else; letters and alerts included."""
    talk = Talk(town)
    await plant(talk)
    if who == "zhang":
        talk.chats["zhang"].clear()  # what was typed a moment ago was shown back for checking
    said = await all_said(talk, who)
    role, own = WHO[who]
    for field, value in PLANTED.items():
        full = grant((role,), field, own=own) is Grant.FULL
        assert (value in said) == full, (who, field)
    masked = grant((role,), Field.NAME, own=own) is Grant.MASKED
    assert ("隐*" in said) == masked
    assert ("139****2222" in said) == masked
    assert ("8栋" in said) == (grant((role,), Field.BUILDING, own=own) is Grant.FULL)


async def test_who_works_elsewhere_sees_nothing(town: Database) -> None:
    """Not even that there are such cases."""
    talk = Talk(town)
    await plant(talk)
    said = await all_said(talk, NOBODY)
    for trace in (*PLANTED.values(), "8栋", "隐"):
        assert trace not in said
    assert all(PUBLIC in line for line in said.splitlines() if "汉口" in line)


@pytest.mark.parametrize("who", [*WHO, NOBODY])
async def test_each_role_sees_the_same_on_the_pages(town: Database, who: str) -> None:
    """Every page behind the login, and every conversation begun there: as much as in the chat, and no more."""
    talk = Talk(town)
    await plant(talk)
    rooms = ("cases", "applications", "assessments", "ledger", "deadlines", "people")
    cases = (FEVER, CONTACT, RETURNEE)
    paths = ["/board", f"/board/{PLACE}", "/board/JA", *(f"/board/my/{room}" for room in rooms)]
    async with at_work(town, PEOPLE[who][0]) as http:
        pages = [(await http.get(path)).text for path in (*paths, *(f"/board/case/{case}" for case in cases))]
        for name in ("cases", "case", "open"):
            await http.post(f"/board/do/{name}", data={"about": FEVER})
            pages.append((await http.get("/board/do")).text)
    said = "\n".join(pages)
    role, own = WHO.get(who, (Role.GRID_WORKER, False))
    for field, value in PLANTED.items():
        full = who in WHO and grant((role,), field, own=own) is Grant.FULL
        assert (value in said) == full, (who, field)
    masked = who in WHO and grant((role,), Field.NAME, own=own) is Grant.MASKED
    assert ("隐*" in said) == ("139****2222" in said) == masked


async def test_a_group_sees_no_person(town: Database) -> None:
    """Every command, sent by a lead in a group that is bound to the community: no value, no building, no number."""
    talk = Talk(town)
    await plant(talk)
    words = ("汇总", "谁没报", "天数", "本周汇总", "上个月汇总", "summary week")
    whole = (*(f"/{name} {FEVER}" for name in EVERY), *(f"/{name}" for name in EVERY))
    for text in ("/bind 君安社区", "/board", *words, *whole):
        await talk.write("wang", text, "group")
    said = "\n".join(letter.text for letter in talk.chats["group"])
    for told in ("君安社区 · 今天", "君安社区 · 本周", "君安社区 · 上月", "汉口花园六期"):
        assert told in said
    for trace in (*PLANTED.values(), "隐", "8栋", "F1124", "M1124", "K1124", "*", "样例", "1380000"):
        assert trace not in said


async def test_pages_metrics_and_logs_tell_of_nobody(town: Database, caplog: pytest.LogCaptureFixture) -> None:
    """The public board, a place's page, health, metrics, and every line that was logged meanwhile."""
    caplog.set_level(logging.DEBUG)
    talk = Talk(town)
    await plant(talk)
    await all_said(talk, "wang")
    app = Starlette(routes=board.routes(town, RULES, lambda: NOW))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://wuyi.example") as http:
        paths = ("/board", f"/board/{PLACE}", "/board/JA", "/healthz", "/readyz", "/metrics")
        pages = [(await http.get(path)).text for path in paths]
    seen = "\n".join((*pages, caplog.text))
    assert "汉口花园六期" in seen
    for trace in (*PLANTED.values(), "隐", "8栋", FEVER, "张样例", "13800000001"):
        assert trace not in seen


@pytest.mark.parametrize("place", ["JA", "T"])
@pytest.mark.parametrize("kind", ["daily-table", "assessment", "monthly", "quarterly", "ledger"])
async def test_documents_tell_of_nobody(town: Database, kind: str, place: str) -> None:
    """Whatever is exported: a case's number at most, and nothing of whose it is; those who judged are masked."""
    talk = Talk(town)
    await plant(talk)
    for who, sheet in (("wang", "/assess JA assessment-form"), ("zhao", "/assess T township-100")):
        for said in (sheet, "其余满分", "提交"):
            await talk.write(who, said)
    for ending in ENDINGS[kind]:
        with town.read() as connection:
            data = documents.render(connection, HOUSE, Paper(kind, place, "", ending), NOW)
        said = str(content(f"x.{ending}", data))
        assert ("君安社区" if place == "JA" else "样板街道") in said
        for trace in (*PLANTED.values(), "隐", "8栋", "张样例", "王样例", "赵样例", "1380000000"):
            assert trace not in said


async def test_ones_own_data_are_ones_own(town: Database) -> None:
    """The file of a colleague, and of a lead who opened an item, has nothing of the residents in it."""
    talk = Talk(town)
    await plant(talk)
    for said in (f"/open {FEVER} name", "核实情况"):
        await talk.write("wang", said)
    for person in (2, 3):
        with town.read() as connection:
            data = own_data.export(connection, KEYRING, person, ZONE)
        assert not [value for value in PLANTED.values() if value in str(data)]
    assert [row["field"] for row in data["opened"]] == ["name"]
    assert data["phone"] == "+8613800000003"
