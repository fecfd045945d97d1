"""The languages that the bot speaks."""

from __future__ import annotations

from enum import StrEnum


class Locale(StrEnum):
    """The languages that the bot speaks."""

    ZH = "zh"
    EN = "en"
