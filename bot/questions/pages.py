"""The button that leads to the next page of a list, everywhere the same."""

from __future__ import annotations

from bot.dialog import Option
from bot.model.office import Office
from bot.model.paging import onward


def following(command: str, at: int, more: int) -> tuple[Option, ...]:
    """It, where there are ``more`` rows behind the page ``at`` that ``command`` gives."""
    return (Option(onward(command, at), name="more"),) if more > 0 else ()


def on(office: Office) -> str:
    """The day of an answer as a command names it, with a space before it; nothing where it is today's."""
    return "" if office.on is None else f" {office.on}"
