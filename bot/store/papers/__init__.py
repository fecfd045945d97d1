"""What the database knows → the values that the documents are made of (``model.documents``)."""

from bot.store.papers.application import application
from bot.store.papers.assessment import assessment
from bot.store.papers.daily_table import daily_table
from bot.store.papers.ledger import ledger
from bot.store.papers.pictures import board_picture, calendar_picture, overview_picture
from bot.store.papers.report import report

__all__ = [
    "application",
    "assessment",
    "board_picture",
    "calendar_picture",
    "daily_table",
    "ledger",
    "overview_picture",
    "report",
]
