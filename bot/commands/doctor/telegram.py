"""What the doctor asks Telegram: whether the token is a token, known, and reachable, without ever printing it."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import urlsplit

import httpx

from bot.commands.doctor.finding import Finding, error, ok, warning
from bot.commands.doctor.machine import DRIFT
from bot.settings import Settings

ROOT = "https://api.telegram.org"
TOKEN = re.compile(r"\d{5,}:[A-Za-z0-9_-]{30,}")
SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")
BOTFATHER = "get one from @BotFather (/newbot, or /token for a bot that you have)"


def telegram(
    settings: Settings, now: Callable[[], datetime], transport: httpx.BaseTransport | None = None
) -> Iterator[Finding]:
    """What is known of the token, the way there, and the way back."""
    if settings.telegram_token is None:
        yield ok("telegram", "Telegram is not set up (WUYI_TELEGRAM_TOKEN); web chat and terminal work without it")
        return
    token = settings.telegram_token.get_secret_value()
    if TOKEN.fullmatch(token):
        yield from _ask(settings, token, now, transport)
    else:
        yield error(
            "telegram", "WUYI_TELEGRAM_TOKEN does not look like a token (digits, a colon, 35 characters)", BOTFATHER
        )
    if settings.telegram_mode == "webhook":
        yield from webhook(settings)


def webhook(settings: Settings) -> Iterator[Finding]:
    """Whether Telegram can reach us, and we can tell that it is Telegram."""
    secret = settings.telegram_secret.get_secret_value() if settings.telegram_secret else ""
    if not SECRET.fullmatch(secret):
        mend = "set 16 to 256 letters, digits, - or _: openssl rand -hex 32"
        yield error("webhook", "webhook mode needs WUYI_TELEGRAM_SECRET, or anybody could speak for Telegram", mend)
    local = settings.telegram_api_url and urlsplit(settings.telegram_api_url).hostname != urlsplit(ROOT).hostname
    if not settings.public_url.startswith("https://") and not (local and settings.public_url):
        mend = "set it to the https:// address of this server, or WUYI_TELEGRAM_MODE to polling"
        yield error("webhook", "webhook mode needs WUYI_PUBLIC_URL to begin with https://", mend)


def _ask(
    settings: Settings, token: str, now: Callable[[], datetime], transport: httpx.BaseTransport | None
) -> Iterator[Finding]:
    root = (settings.telegram_api_url or ROOT).rstrip("/")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # at INFO it writes the address, and with it the token
    try:
        with httpx.Client(transport=transport, timeout=10) as client:
            answer = client.get(f"{root}/bot{token}/getMe")
    except (httpx.HTTPError, httpx.InvalidURL) as why:
        mend = "look at the network, or set WUYI_TELEGRAM_API_URL to a Bot API server that can be reached from here"
        yield error("telegram", f"{root} cannot be reached ({type(why).__name__})", mend)
        return
    if answer.status_code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND}:
        yield error("telegram", "Telegram does not know the token in WUYI_TELEGRAM_TOKEN", BOTFATHER)
        return
    try:
        name = answer.raise_for_status().json()["result"]["username"]
    except (httpx.HTTPStatusError, ValueError, KeyError, TypeError):
        what = f"{root} answers, but not as a Bot API server does (status {answer.status_code})"
        yield error("telegram", what, "correct WUYI_TELEGRAM_API_URL, or try again later")
        return
    yield ok("telegram", f"Telegram knows the bot as @{name}")
    yield from _clock(answer, now)


def _clock(answer: httpx.Response, now: Callable[[], datetime]) -> Iterator[Finding]:
    """Their clock against ours: the answer came within seconds of being written."""
    try:
        apart = abs((now() - parsedate_to_datetime(answer.headers["Date"])).total_seconds())
    except (KeyError, ValueError, TypeError):
        return
    if apart > DRIFT:
        what = f"this machine's clock and Telegram's differ by {apart:.0f} seconds"
        yield warning("clock", what, "set it by the network: timedatectl set-ntp true")
