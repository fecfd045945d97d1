"""The read API for other programs: what the board and the chat know, by role and place, as JSON and CSV."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from starlette.routing import BaseRoute, Mount

from bot.board.api.application import application
from bot.store.asking import House
from bot.store.database import Database

__all__ = ["routes"]


def routes(database: Database, house: House, clock: Callable[[], datetime]) -> list[BaseRoute]:
    """``/api`` with its resources, its OpenAPI document and the page made from it."""
    mount = Mount("/api", application(database, house, clock))
    # A line break in an address is as wrong as any other sign, and is told so in the same words as all that is.
    mount.path_regex = re.compile(mount.path_regex.pattern, re.DOTALL)
    return [mount]
