"""The web chat: a channel that needs no account anywhere, served by ourselves."""

from bot.channels.web.channel import Web

__all__ = ["Web"]
