"""Assessments through the desk: interrupted, gone on with after a restart and a new version; two leads at once."""

from __future__ import annotations

import secrets
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from bot.desk import Desk
from bot.store import retention
from bot.store.database import Database
from bot.store.media import MediaStore
from bot.store.tables import named
from tests.store.test_assessments import Files, files
from tests.talking import Talk
from tests.town import KEYRING, RULES, ZONE
from tests.web.town import PNG

__all__ = ["files"]
SHEET = "/assess JA assessment-form"


def restart(talk: Talk) -> None:
    """Another process opens the database anew."""
    talk.database.close()
    talk.database = Database(talk.database.url)
    talk.desk = Desk(talk.database, KEYRING, RULES, ZONE, lambda: talk.now, secrets.token_urlsafe)


async def said(talk: Talk, who: str, *lines: str) -> str:
    """What the last of these lines is answered with."""
    for line in lines:
        letters = await talk.write(who, line)
    return letters[-1].text


async def test_an_interrupted_assessment_goes_on(town: Database, files: Files) -> None:
    """After days, a restart and a new version: the old version finishes, the next assessment has the new one."""
    talk = Talk(town)
    await said(talk, "wang", SHEET, "逐项打分", "满分", "8 缺大喇叭照片")
    files.edit()
    talk.at("2026-11-27 09:00")
    restart(talk)
    with closing(talk.database):
        shown = await said(talk, "wang", SHEET)
        assert "1 组织领导 5/5" in shown
        assert "6 防控宣传 8/10（缺大喇叭照片）" in shown
        assert "8 防控资料 —/5" in shown
        done = await said(talk, "wang", "其余满分", "提交")
        assert "✅ 已提交" in done
        assert "合计 98/100 分，够 80 分" in done
        fresh = await said(talk, "wang", SHEET)
        assert "6 防控宣传 —/5" in fresh
        assert "8 防控资料 —/10" in fresh
        assert "✅ 4 项已打" in await said(talk, "wang", "照上次"), "8 of 10 is no mark of 5"
        ends, sheets = named("assessment_end"), named("assessment")
        with talk.database.read() as connection:
            query = select(sheets.c.version, ends.c.halves).join(ends, ends.c.assessment == sheets.c.id, isouter=True)
            assert connection.execute(query.order_by(sheets.c.id)).all() == [("1", 196), ("2", None)]


async def test_a_new_version_while_an_item_is_judged(town: Database, files: Files) -> None:
    """What was shown is no more: nothing is recorded, and the sheet opens anew in its new version."""
    talk = Talk(town)
    await said(talk, "wang", f"{SHEET} 6")
    await talk.photo("wang")
    files.edit()
    shown = await said(talk, "wang", "10")
    assert shown.startswith("这套标准刚换了新版")
    assert "6 防控宣传 —/5" in shown
    with town.read() as connection:
        assert connection.execute(select(named("assessment"))).all() == []


async def test_two_leads_judge_the_same_place(town: Database) -> None:
    """What one of them did shows on the other's sheet; there is one assessment, and it is submitted once."""
    talk = Talk(town)
    await said(talk, "wang", SHEET)
    await said(talk, "brown", SHEET, "one by one", "5")
    assert "One by one" in [button.label for row in talk.chats["brown"][0].buttons for button in row]
    await talk.tap("wang", "其余满分")
    assert "6 Public information 10/10" in await said(talk, "brown", SHEET)
    await said(talk, "wang", "提交")
    assert "65 points so far" in await said(talk, "brown", "submit"), "there is nothing to submit any more"
    with town.read() as connection:
        assert len(connection.execute(select(named("assessment"))).all()) == 1


async def test_who_leads_no_more_judges_no_more(town: Database) -> None:
    """The role ended while an item was open: it is refused in words, and nothing is recorded."""
    talk = Talk(town)
    await said(talk, "wang", f"{SHEET} 6")
    await talk.photo("wang")
    role = named("assignment")
    town.write(lambda connection: connection.execute(delete(role).where(role.c.person == 3)))
    told = await said(talk, "wang", "10")
    assert told == "君安社区的自评由它的负责人做，没有记下。\n\n需要的话，请找样板街道的乡镇审核员。"
    with town.read() as connection:
        assert connection.execute(select(named("assessment_mark"))).all() == []


async def test_pictures_stay_as_long_as_they_are_evidence(town: Database, tmp_path: Path) -> None:
    """The nightly round deletes what nobody used, and not what shows an item."""
    talk = Talk(town)
    media = MediaStore(tmp_path / "media", KEYRING, town, lambda: talk.now)
    kept, loose = await media.keep(PNG), await media.keep(PNG)
    await said(talk, "wang", f"{SHEET} 6")
    await talk.photo("wang", kept)
    assert "✅ 6 10/10 分 · 1 图" in await said(talk, "wang", "10")
    talk.at("2026-11-30 03:00")
    retention.nightly(town, media, RULES, talk.now)
    assert sorted(path.name for path in (tmp_path / "media").iterdir()) == [kept]
    assert loose != kept


@pytest.mark.parametrize("line", ["/assess JA assessment-form 99", f"{SHEET} 2", f"{SHEET} next 99"])
async def test_an_item_that_nobody_judges(town: Database, line: str) -> None:
    """A number that is none, or one that the facts answer, opens the whole sheet, or the next item."""
    talk = Talk(town)
    shown = await said(talk, "wang", line)
    assert shown.startswith("1 组织领导" if "next" in line else "君安社区 · ")
