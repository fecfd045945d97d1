"""Documents as offices use them: what the database knows → a value (``store.papers``) → a file (PRODUCT 10)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import Connection

from bot.documents import pictures
from bot.documents.assessment import assessment_docx, assessment_xlsx
from bot.documents.daily_table import daily_table
from bot.documents.ledger import ledger
from bot.documents.prose import application, monthly, quarterly
from bot.model import Paper
from bot.model.documents import ENDINGS, Period, check
from bot.store import papers as known
from bot.store.asking import House

__all__ = ["ENDINGS", "check", "render"]


def render(connection: Connection, house: House, wanted: Paper, now: datetime) -> bytes:
    """Make a document from what is known now; ``now`` is aware, in the programme's zone.

    Who may have it is for the caller to ask.

    Raises:
        ValueError: what ``check`` says, no such place, or nothing that could stand in it.
    """
    period = check(wanted, now.date())
    return MAKE[wanted.kind](connection, house, wanted, period, now)


def _daily(connection: Connection, house: House, wanted: Paper, period: Period, now: datetime) -> bytes:
    return daily_table(known.daily_table(connection, house, wanted.place, period, now))


def _assessment(connection: Connection, house: House, wanted: Paper, period: Period, now: datetime) -> bytes:
    del now
    sheet = known.assessment(connection, house, wanted.place, period.until)
    return assessment_xlsx(sheet) if wanted.ending == "xlsx" else assessment_docx(sheet)


def _application(connection: Connection, house: House, wanted: Paper, period: Period, now: datetime) -> bytes:
    del now
    return application(known.application(connection, house, wanted.place, period.until))


def _monthly(connection: Connection, house: House, wanted: Paper, period: Period, now: datetime) -> bytes:
    return monthly(known.report(connection, house, wanted.place, period, now))


def _quarterly(connection: Connection, house: House, wanted: Paper, period: Period, now: datetime) -> bytes:
    return quarterly(known.report(connection, house, wanted.place, period, now))


def _ledger(connection: Connection, house: House, wanted: Paper, period: Period, now: datetime) -> bytes:
    return ledger(known.ledger(connection, house, wanted.place, period, now))


def _board(connection: Connection, house: House, wanted: Paper, period: Period, now: datetime) -> bytes:
    return pictures.board(known.board_picture(connection, house, wanted, period, now))


def _days(connection: Connection, house: House, wanted: Paper, period: Period, now: datetime) -> bytes:
    return pictures.days(known.calendar_picture(connection, house, wanted, period, now))


def _overview(connection: Connection, house: House, wanted: Paper, period: Period, now: datetime) -> bytes:
    return pictures.overview(known.overview_picture(connection, house, wanted, period, now))


MAKE: Mapping[str, Callable[[Connection, House, Paper, Period, datetime], bytes]] = {
    "daily-table": _daily,
    "assessment": _assessment,
    "application": _application,
    "monthly": _monthly,
    "quarterly": _quarterly,
    "ledger": _ledger,
    "board-picture": _board,
    "calendar-picture": _days,
    "overview-picture": _overview,
}
"""What makes each kind."""
