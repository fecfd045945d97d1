"""The command menus of Telegram: private and group; Chinese, and English for who has it."""

from __future__ import annotations

from collections.abc import Sequence

from bot import words
from bot.channels.telegram import Menu
from bot.model import Locale

PRIVATE = (
    "report", "menu", "todo", "notice", "cases", "problem", "streaks", "board", "history", "fix", "leave", "settings",
    "help", "web", "cancel",
)  # fmt: skip
GROUP = ("summary", "missing", "board", "bind")


def menus() -> Sequence[Menu]:
    """Each menu with the commands in the order in which they are shown."""

    def of(locale: Locale, names: Sequence[str]) -> tuple[tuple[str, str], ...]:
        return tuple((name, words.label("commands", locale, name)) for name in names)

    return (
        Menu("private", "", of(Locale.ZH, PRIVATE)),
        Menu("private", "en", of(Locale.EN, PRIVATE)),
        Menu("group", "", of(Locale.ZH, GROUP)),
        Menu("group", "en", of(Locale.EN, GROUP)),
    )
