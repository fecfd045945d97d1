"""A town with something of everything, and callers of its API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from itertools import count
from pathlib import Path

import httpx
from sqlalchemy import Connection, insert
from starlette.applications import Starlette

from bot.app import Bot
from bot.model import Role
from bot.settings import Settings
from bot.store import api_tokens, published
from bot.store.database import Database
from bot.store.tables import named
from tests.documents.records import HOUSE
from tests.privacy.planted import plant
from tests.talking import Talk
from tests.town import KEYRING, NOW, TODAY

ROOT = "https://wuyi.example"
LISTS = ("places", "streaks", "coverage", "reports", "cases", "awards", "ledger", "deadlines", "assessments")
ALL = (*LISTS, "places/24/history")
_words = count(1)


def token(database: Database, role: Role = Role.OFFICE, place: str = "X", *, days: int = 30) -> str:
    """A new token of this role at this place."""
    word = f"{api_tokens.PREFIX}{next(_words)}"
    database.write(
        lambda connection: api_tokens.make(
            connection, KEYRING, word, NOW, role=role, place=place, days=days, name="a platform"
        )
    )
    return word


def application(database: Database, folder: Path) -> Starlette:
    """The program's own pages and hooks, over the town."""
    settings = Settings(
        data_dir=folder, database_url=database.engine.url.render_as_string(hide_password=False),
        secret_key="a secret of the tests, long enough to be one",
    )  # fmt: skip
    bot = Bot.build(settings, lambda: NOW, web=False)
    bot.database.close()
    bot.database = database
    return bot.asgi()


@asynccontextmanager
async def caller(app: Starlette, word: str | None, **headers: str) -> AsyncIterator[httpx.AsyncClient]:
    """Another program with this token."""
    said = headers if word is None else {"authorization": f"Bearer {word}"} | headers
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ROOT, headers=said) as http:
        yield http


async def fill(database: Database) -> None:
    """Persons with everything that can be told of them, a problem, an assessment, an award, a deadline that was met."""
    talk = Talk(database)
    await plant(talk)
    for who, sheet in (("wang", "/assess JA assessment-form"), ("zhao", "/assess T township-100")):
        for said in (sheet, "其余满分", "提交"):
            await talk.write(who, said)
    database.write(work)


def work(connection: Connection) -> None:
    """A problem, an award, a deadline that was met, and a day that was published."""
    day = TODAY - timedelta(days=1)
    steps = [("applied", None), ("inspected_open", 191), ("awarded", None)]
    shared = {"place": "JA", "on": day, "period": "", "case": "", "person": 3, "recorded_at": NOW}
    sealed = {"words": KEYRING.seal("隐意见")}
    rows = [{**shared, **sealed, "step": step, "halves": halves} for step, halves in steps]
    connection.execute(insert(named("creation_event")), rows)
    published.publish(connection, HOUSE, day, NOW)
    met = {"deadline": "prepare", "period": "2026", "place": "T", "met": True, "recorded_at": NOW}
    connection.execute(insert(named("deadline_met")), met)
    problem = {
        "code": "P1124-01", "place": "24", "how": "listed", "found_on": date(2026, 11, 20), "person": 3,
        "words": KEYRING.seal("隐问题"), "recorded_at": NOW,
    }  # fmt: skip
    connection.execute(insert(named("problem")), problem)
    mended = {"problem": "P1124-01", "step": "rectified", "on": TODAY, "person": 1, "recorded_at": NOW}
    connection.execute(insert(named("problem_event")), mended | {"words": KEYRING.seal("隐整改")})
