"""Pages for people who would rather look, and what a watchman asks of the program."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from starlette.routing import BaseRoute

from bot.board import health, metrics
from bot.board.admin import Admin, Invite, Tools
from bot.board.day import Days
from bot.board.doing import Doing
from bot.board.frame import Frame
from bot.board.pages import Board
from bot.board.papers import Papers, Who
from bot.board.rooms import Rooms
from bot.board.seat import Doors
from bot.model import Locale, PackRules
from bot.store.asking import House
from bot.store.database import Database

__all__ = ["Doors", "Invite", "Papers", "Tools", "Who", "routes"]


def routes(  # noqa: PLR0913, PLR0917 - what the rooms of this page are made of
    database: Database,
    rules: PackRules | tuple[PackRules, ...],
    clock: Callable[[], datetime],
    locale: Locale = Locale.ZH,
    ticking: Callable[[], bool] | None = None,
    papers: Papers | None = None,
    house: House | None = None,
    doors: Doors | None = None,
    tools: Tools | None = None,
) -> list[BaseRoute]:
    """``/board``, ``/healthz``, ``/readyz`` and ``/metrics``; ``locale`` is for a visitor who names none.

    Of several packs the first leads; ``ticking`` tells whether the scheduler runs, where there is one; ``papers`` are
    the documents for those who are logged in, where anybody can be. With ``house`` and ``doors`` there are the private
    pages, with ``tools`` those of the admin, too.
    """
    judges = (rules,) if isinstance(rules, PackRules) else rules
    private = house is not None and doors is not None
    frame = Frame(database, judges[0], clock, locale, house, doors if private else None)
    days = Days(database, judges, clock)
    return [
        *((*Doing(frame).routes(), *Rooms(frame, days).routes()) if private else ()),
        *(Admin(frame, tools).routes() if private and tools is not None else ()),
        *Board(frame, days, papers).routes(),
        *health.routes(database, ticking),
        *metrics.routes(),
    ]
