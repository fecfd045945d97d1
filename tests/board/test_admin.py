"""The pages of whoever looks after the bot; there for nobody else, and every act of theirs in the audit log."""

from __future__ import annotations

import io
import re

import httpx
import pytest
from openpyxl import Workbook
from sqlalchemy import insert, select

from bot.store.database import Database
from bot.store.tables import named
from tests.board.offices import SUN, WANG, Office, text
from tests.town import KEYRING, NOW

PAGES = ("/board/admin", "/board/admin/import", "/board/admin/invite", "/board/admin/outbox")
OUTBOX, INBOX, AUDIT, PERSON = named("outbox"), named("inbox"), named("audit"), named("person")


def book(*rows: list[str]) -> bytes:
    """A workbook of people."""
    made = Workbook()
    sheet = made.worksheets[0]
    sheet.title = "人员"
    for row in (["手机号", "姓名"], *rows):
        sheet.append(row)
    data = io.BytesIO()
    made.save(data)
    return data.getvalue()


def administered(town: Database) -> Office:
    """The town's bot, with somebody who looks after it."""
    office = Office(town)
    office.assign(SUN, "admin", "X")
    return office


def letter(town: Database, state: str) -> int:
    """A message in a state."""
    row = {
        "token": f"t-{state}", "channel": "test", "address": "zhang", "group": False, "person": 1, "kind": "reminder",
        "priority": 3, "body": KEYRING.seal("{}"), "state": state, "attempts": 5, "created_at": NOW, "due_at": NOW,
        "why": "blocked", "owner": "",
    }  # fmt: skip
    new = insert(OUTBOX).values(**row).returning(OUTBOX.c.id)
    return int(town.write(lambda connection: connection.execute(new).scalar_one()))


def acts(town: Database) -> list[tuple[str, str]]:
    """Who did what, as the audit log has it."""
    with town.read() as connection:
        return [(row.actor, row.action) for row in connection.execute(select(AUDIT).order_by(AUDIT.c.id))]


async def test_there_is_nothing_of_it_for_others(town: Database) -> None:
    """404, also for what the forms send; and no link to it."""
    async with Office(town).browser(WANG) as http:
        for path in PAGES:
            assert (await http.get(path)).status_code == 404
        for path in PAGES[1:]:
            assert (await http.post(path, data={"phone": "13800000001", "id": "1", "do": "drop"})).status_code == 404


async def test_a_roster_is_checked_and_then_imported(town: Database) -> None:
    """The check writes nothing; the import does, in the name of who did it; a second one changes nothing."""
    data = book(["13800000031", "甲样例"], ["13800000032", "乙样例"])

    async def send(http: httpx.AsyncClient, do: str) -> str:
        answer = await http.post("/board/admin/import", data={"do": do}, files={"file": ("名册.xlsx", data)})
        assert answer.status_code == 200
        return text(answer.text)

    async with administered(town).browser(SUN) as http:
        assert "可以导入" in await send(http, "check")
        assert (f"p:{SUN}", "roster.import") not in acts(town)
        assert "人员 2 0 0" in await send(http, "import")
        assert "人员 0 0 2" in await send(http, "import")
    assert (f"p:{SUN}", "roster.import") in acts(town)


async def test_bad_rows_are_named_and_nothing_is_written(town: Database) -> None:
    """Each with sheet, row, column and reason, in the reader's language; a phone is not repeated."""
    data = book(["13800000031", "甲样例"], ["12345", "乙样例"], ["", "丙样例"])
    with town.read() as connection:
        before = len(connection.execute(select(PERSON.c.id)).all())
    async with administered(town).browser(SUN) as http:
        for lang, said in (("zh", "不是手机号"), ("en", "neither a mobile number")):
            answer = await http.post(
                f"/board/admin/import?lang={lang}", data={"do": "import"}, files={"file": ("名册.xlsx", data)}
            )
            assert answer.status_code == 422
            rows = re.findall(r"<tr><th scope=\"row\">(.*?)</tr>", answer.text, re.DOTALL)
            assert [re.findall(r"<td>(\d+)</td>", row) for row in rows] == [["3"], ["4"]]
            assert said in rows[0]
            assert "12345" not in answer.text
    with town.read() as connection:
        assert len(connection.execute(select(PERSON.c.id)).all()) == before


@pytest.mark.parametrize("name", ["virus.exe", "", "../../etc/passwd"])
async def test_only_rosters_are_taken(town: Database, name: str) -> None:
    """Anything else is told what is wanted."""
    async with administered(town).browser(SUN) as http:
        files = {"file": (name, b"x")} if name else None
        answer = await http.post("/board/admin/import", data={"do": "import"}, files=files)
    assert answer.status_code == 422
    assert "请选一个" in answer.text


async def test_somebody_is_invited(town: Database) -> None:
    """A code, once, with where to use it; it is logged without the code, and stands in no address."""
    async with administered(town).browser(SUN) as http:
        answer = await http.post("/board/admin/invite", data={"phone": "138 0000 0005", "channel": "web"})
        assert answer.status_code == 200
        (code,) = re.findall(r'class="secret">([A-Z2-9]{4}-[A-Z2-9]{4})<', answer.text)
        assert f"/login#code={code.replace('-', '')}" in answer.text
        assert code not in (await http.get("/board/admin/invite")).text
        unknown = await http.post("/board/admin/invite", data={"phone": "13900000000"})
        assert unknown.status_code == 422
        assert "没有这个手机号" in unknown.text
    assert (f"p:{SUN}", "invited") in acts(town)


async def test_what_did_not_arrive_is_sent_again_or_given_up(town: Database) -> None:
    """Who it was for is masked, what it said is not shown; what changed meanwhile stays as it is."""
    dead, uncertain = letter(town, "dead"), letter(town, "uncertain")
    async with administered(town).browser(SUN) as http:
        page = text((await http.get("/board/admin/outbox")).text)
        assert f"{dead} reminder · test 张*" in page
        assert str(uncertain) not in page.partition("隔离区")[0].split()
        for number, act in ((dead, "resend"), (uncertain, "drop")):
            said = {"id": str(number), "do": act, "state": "dead"}
            assert (await http.post("/board/admin/outbox", data=said)).status_code == 303
        assert (await http.post("/board/admin/outbox", data={"id": str(uncertain), "do": "resend"})).status_code == 409
        assert (await http.post("/board/admin/outbox", data={"id": "1; drop", "do": "drop"})).status_code == 422
        assert (await http.get("/board/admin/outbox?state=sent")).status_code == 404
    with town.read() as connection:
        states = dict(iter(connection.execute(select(OUTBOX.c.id, OUTBOX.c.state))))
    assert (states[dead], states[uncertain]) == ("pending", "cancelled")
    assert {(f"p:{SUN}", "resent"), (f"p:{SUN}", "dropped")} <= set(acts(town))


async def test_what_could_not_be_handled_is_listed_without_its_words(town: Database) -> None:
    """Number, kind, why; the message itself stays sealed."""
    row = {
        "channel": "test", "dedupe": "q1", "address": "zhang", "person": 1, "kind": "text",
        "body": KEYRING.seal("机密"), "received_at": NOW, "state": "quarantined", "why": "KeyError at show:12",
    }  # fmt: skip
    town.write(lambda connection: connection.execute(insert(INBOX).values(**row)))
    async with administered(town).browser(SUN) as http:
        page = text((await http.get("/board/admin/outbox")).text)
    assert "text · test 张* 11-24 14:58 KeyError at show:12" in page
    assert "机密" not in page
