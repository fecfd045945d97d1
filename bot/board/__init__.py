"""Pages for people who would rather look, and what a watchman asks of the program."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from starlette.routing import BaseRoute

from bot.board import health, metrics
from bot.board.pages import Board
from bot.model import Locale, PackRules
from bot.store.database import Database


def routes(
    database: Database, rules: PackRules, clock: Callable[[], datetime], locale: Locale = Locale.ZH
) -> list[BaseRoute]:
    """``/board``, ``/healthz``, ``/readyz`` and ``/metrics``; ``locale`` is for a visitor who names none."""
    return [*Board(database, rules, clock, locale).routes(), *health.routes(database), *metrics.routes()]
