"""One turn = one transaction: what arrives, what it means, what is recorded and what is answered."""

from bot.desk.desk import Desk, Taken

__all__ = ["Desk", "Taken"]
