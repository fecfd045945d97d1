"""The board as pictures for a chat: drawn from frozen values, with a packaged font, the same bytes every time."""

from bot.documents.pictures.bars import board
from bot.documents.pictures.grid import days
from bot.documents.pictures.town import overview

__all__ = ["board", "days", "overview"]
