"""The board as pictures for a chat: drawn from frozen values, with a packaged font, the same bytes every time."""

from bot.documents.pictures.board import board
from bot.documents.pictures.days import days
from bot.documents.pictures.overview import overview

__all__ = ["board", "days", "overview"]
