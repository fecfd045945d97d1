"""Every role, every resource, every form: nothing of a person appears that the one table does not grant."""

from __future__ import annotations

import logging

import pytest
from sqlalchemy import select
from starlette.applications import Starlette

from bot.model import ACTIONS, Action, Field, Grant, Role, grant
from bot.store.database import Database
from bot.store.tables import named
from tests.api.asking import ALL, caller, token
from tests.privacy.planted import PLANTED
from tests.town import PEOPLE

NEVER = ("隐意见", "隐问题", "隐整改", "1380000000", *(name for _, name, _, _ in PEOPLE.values()))
"""Words of the workflow, and the staff: no role gets them here."""


async def all_said(app: Starlette, word: str) -> str:
    """Everything that a token can read, in both forms."""
    said = []
    async with caller(app, word) as http:
        for resource in ALL:
            for kind in ("json", "csv"):
                answer = await http.get(f"/api/v1/{resource}?format={kind}")
                assert answer.status_code in {200, 403}
                said.append(answer.text)
    return "\n".join(said)


@pytest.mark.parametrize("role", list(Role))
async def test_each_role_reads_what_the_table_grants(app: Starlette, filled: Database, role: Role) -> None:
    """In full where the table says so; masked where it says so; what would need a reason, never."""
    said = await all_said(app, token(filled, role, "X"))
    assert "汉口花园六期" in said
    for field, value in PLANTED.items():
        assert (value in said) == (grant((role,), field, own=False) is Grant.FULL), field
    assert ("隐*" in said) == (grant((role,), Field.NAME, own=False) is Grant.MASKED)
    assert ("139****2222" in said) == (grant((role,), Field.PHONE, own=False) is Grant.MASKED)
    assert ("8栋" in said) == (grant((role,), Field.BUILDING, own=False) is Grant.FULL)
    assert ("F1124-01" in said) == (role in ACTIONS[Action.SEE])
    for trace in NEVER:
        assert trace not in said, trace


async def test_what_a_role_may_not_see_is_absent(app: Starlette, filled: Database) -> None:
    """Not an empty cell: there is no such cell. An administrator reads figures, and is refused the cases."""
    async with caller(app, token(filled, Role.OFFICE)) as http:
        cases = (await http.get("/api/v1/cases")).json()["items"]
    assert not [each for each in cases if "details" in each]
    async with caller(app, token(filled, Role.COMMUNITY_LEAD)) as http:
        (fever,) = [each for each in (await http.get("/api/v1/cases")).json()["items"] if each["case"] == "F1124-01"]
    assert set(fever["details"]) == {"building", "temperature", "symptoms", "name", "phone"}
    async with caller(app, token(filled, Role.ADMIN)) as http:
        assert (await http.get("/api/v1/cases")).status_code == 403
        streaks = (await http.get("/api/v1/streaks")).json()["items"]
    assert {frozenset(each["reason"]) for each in streaks if each["reason"]} == {
        frozenset(("rule", "kind", "ended_on"))
    }


async def test_who_reads_of_persons_leaves_a_line(
    app: Starlette, filled: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """In the audit log, before the answer goes; figures leave none, and no log has a token."""
    caplog.set_level(logging.DEBUG)
    office, lead = token(filled, Role.OFFICE), token(filled, Role.COMMUNITY_LEAD, "JA")
    for word in (office, lead):
        async with caller(app, word) as http:
            for resource in ("streaks", "cases"):
                assert (await http.get(f"/api/v1/{resource}")).status_code == 200
    audit = named("audit")
    with filled.read() as connection:
        lines = connection.execute(
            select(audit.c.actor, audit.c.subject, audit.c.detail).where(audit.c.action == "api read")
        )
        found = [tuple(line) for line in lines]
    assert found == [("api:2", "/api/v1/cases", "2")]
    assert office not in caplog.text


async def test_reading_of_persons_changes_no_mark(app: Starlette, filled: Database) -> None:
    """The line of audit that a reader leaves is no news to the next one."""
    async with caller(app, token(filled, Role.COMMUNITY_LEAD)) as http:
        first = await http.get("/api/v1/cases")
        again = await http.get("/api/v1/cases", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
