"""Telegram, against a stand-in of its Bot API over real HTTP."""
