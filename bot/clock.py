"""The clock of a command: now, in the programme's zone, or the moment that ``WUYI_NOW`` fixes."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.settings import Settings

Clock = Callable[[], datetime]


def clock_of(settings: Settings, *, fixed: bool = True) -> Clock:
    """The clock in the programme's zone; ``WUYI_NOW`` fixes it where ``fixed`` (any command but ``run``).

    Raises:
        ValueError: ``WUYI_NOW`` is no moment.
    """
    said = os.environ.get("WUYI_NOW", "") if fixed else ""
    if not said:
        return lambda: datetime.now(settings.zone)
    try:
        moment = datetime.fromisoformat(said)
    except ValueError as why:
        message = f"WUYI_NOW is no moment: {said!r}; write it as 2022-12-25T09:00+08:00"
        raise ValueError(message) from why
    aware = moment if moment.tzinfo else moment.replace(tzinfo=settings.zone)
    return lambda: aware.astimezone(settings.zone)
