"""The pages of the board put together with what they ask of the house: who it is, the desk, the roster, codes."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from bot import board, invited, words
from bot.board import api
from bot.board.admin import BadRow, Imported, Invited
from bot.model import Locale
from bot.roster import phones
from bot.roster.bring import RefusedError, bring
from bot.store import people

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from starlette.routing import BaseRoute

    from bot.channels.port import Channel
    from bot.channels.web import Web
    from bot.desk.voice import Tools
    from bot.model import PackRules, Paper
    from bot.roster.sheets import Problem
    from bot.settings import Settings
    from bot.store.crypto import Keyring
    from bot.store.database import Database
    from bot.store.media import MediaStore
    from scheduler.tick import Tick

SHOWN = 500
"""The most bad rows that a page shows."""


class Bot(Protocol):
    """What the pages ask of the bot."""

    settings: Settings
    clock: Callable[[], datetime]
    rules: PackRules
    packs: tuple[PackRules, ...]
    database: Database
    keyring: Keyring
    media: MediaStore
    channels: dict[str, Channel]
    tools: Tools
    tick: Tick

    def paper(self, wanted: Paper) -> bytes:
        """Make a document."""
        ...

    def invite(self, person: int, channel: str | None, actor: str = "cli") -> str:
        """Make a one-time code."""
        ...


def routes(bot: Bot, web: Web | None) -> list[BaseRoute]:
    """``/board``, ``/api`` and what a watchman asks for; private pages where there is a web chat to be logged in to."""
    judges = (bot.rules, *bot.packs)
    shown = (bot.database, judges, bot.clock, Locale.ZH, bot.tick.ticking)
    reading = api.routes(bot.database, bot.tools.house, bot.clock)
    if web is None:
        return [*board.routes(*shown), *reading]
    from bot.channels.web.guard import Guard  # noqa: PLC0415 - loaded with the channel that it guards

    papers = board.Papers(bot.database, bot.clock, web.person, bot.paper)
    guard = partial(Guard, base_url=bot.settings.base_url)
    doors = board.Doors(web.visitor, web.accept, bot.media.keep, bot.media.load, guard)
    tools = board.Tools(_bring(bot), _invite(bot), tuple(name for name in invited.CHANNELS if name in bot.channels))
    return [*board.routes(*shown, papers, bot.tools.house, doors, tools), *reading]


def _bring(bot: Bot) -> Callable[[Path, str, bool], Imported]:
    def job(path: Path, actor: str, tried: bool) -> Imported:  # noqa: FBT001 - one of the three things to be said
        house = (bot.database, bot.keyring, bot.rules, bot.clock())
        try:
            brought = bring(*house, path, dry_run=tried, beside=bot.packs, actor=actor)
        except RefusedError as why:
            said = {
                each.value: words.text("roster/problems", each, {"count": len(why.problems)}, why.reason)
                for each in Locale
            }
            return Imported(said, _rows(why.problems))
        tables = {name: _both("roster/tables", name) for name in brought.counts}
        counts = [(tables[name], each.new, each.changed, each.same) for name, each in brought.counts.items()]
        return Imported(None, (), _rows(brought.warnings), counts)

    return job


def _rows(found: Sequence[Problem]) -> list[BadRow]:
    return [
        BadRow(
            each.where,
            each.row,
            each.column or "",
            {locale.value: words.text("roster/problems", locale, each.values, each.reason) for locale in Locale},
        )
        for each in found[:SHOWN]
    ]


def _both(key: str, value: str) -> Mapping[str, str]:
    return {locale.value: words.label(key, locale, value) for locale in Locale}


def _invite(bot: Bot) -> board.Invite:
    async def job(phone: str, channel: str | None, actor: str) -> Invited | None:
        number = phones.normalise(phone)
        with bot.database.read() as connection:
            person = None if number is None else people.person_by_phone(connection, bot.keyring, number)
        if person is None:
            return None
        code = bot.invite(person, channel, actor)
        lines: list[str] = []
        with suppress(ConnectionError):  # the code is good without the link, too
            lines = await invited.lines(bot.channels, bot.settings, code, channel)
        return Invited(people.shown_code(code), people.CODE_LIFE.days, lines)

    return job
