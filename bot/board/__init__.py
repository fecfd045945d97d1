"""Pages for people who would rather look, and what a watchman asks of the program."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from starlette.routing import BaseRoute

from bot.board import health, metrics
from bot.board.pages import Board
from bot.board.papers import Papers, Who
from bot.model import Locale, PackRules
from bot.store.database import Database

__all__ = ["Papers", "Who", "routes"]


def routes(  # noqa: PLR0913, PLR0917 - what the rooms of this page are made of
    database: Database,
    rules: PackRules | tuple[PackRules, ...],
    clock: Callable[[], datetime],
    locale: Locale = Locale.ZH,
    ticking: Callable[[], bool] | None = None,
    papers: Papers | None = None,
) -> list[BaseRoute]:
    """``/board``, ``/healthz``, ``/readyz`` and ``/metrics``; ``locale`` is for a visitor who names none.

    Of several packs the first leads; ``ticking`` tells whether the scheduler runs, where there is one; ``papers`` are
    the documents for those who are logged in, where anybody can be.
    """
    judges = (rules,) if isinstance(rules, PackRules) else rules
    return [
        *Board(database, judges, clock, locale, papers).routes(),
        *health.routes(database, ticking),
        *metrics.routes(),
    ]
