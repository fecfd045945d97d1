"""What the doctor asks WeChat: whether account, secret and menu fit each other, without printing any secret."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

from bot.commands.doctor.finding import Finding, error, ok, warning
from bot.commands.doctor.machine import DRIFT
from bot.settings import Settings

ROOT = "https://api.weixin.qq.com"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
PAGE = "copy it from the account's page (公众平台 → 设置与开发 → 基本配置)"
SHAPES = {
    "wechat_app_id": (re.compile(r"wx[0-9a-zA-Z]{16}"), "the account's AppID", PAGE),
    "wechat_app_secret": (re.compile(r"[A-Za-z0-9]{32}"), "the account's AppSecret", PAGE),
    "wechat_token": (re.compile(r"[A-Za-z0-9]{3,32}"), "the callback's Token", f"{PAGE} → 服务器配置"),
    "wechat_aes_key": (re.compile(r"[A-Za-z0-9]{43}"), "the callback's EncodingAESKey", f"{PAGE} → 服务器配置"),
}
NO_MENU, UNVERIFIED = 46003, 48001
MEANINGS = {
    40001: ("WeChat does not know the secret in WUYI_WECHAT_APP_SECRET", PAGE),
    40013: ("WeChat does not know the account in WUYI_WECHAT_APP_ID", PAGE),
    40125: ("WeChat does not know the secret in WUYI_WECHAT_APP_SECRET", PAGE),
    40164: ("WeChat does not let this server's address call", "add it at 基本配置 → IP白名单"),
    50002: ("the account is limited by WeChat", "look at 公众平台 → 通知中心"),
}
Said = dict[str, Any]


class _NoAnswerError(Exception):
    """WeChat's server did not answer as one."""


def wechat(
    settings: Settings, now: Callable[[], datetime], transport: httpx.BaseTransport | None = None
) -> Iterator[Finding]:
    """What is known of the account, the way there, and the way back."""
    if not any(getattr(settings, name) for name in SHAPES):
        yield ok("wechat", "WeChat is not set up (WUYI_WECHAT_APP_ID)")
        return
    found = list(_shapes(settings))
    yield from found
    if not found:
        yield from _ask(settings, now, transport)
    yield from _way_back(settings)


def _shapes(settings: Settings) -> Iterator[Finding]:
    for name, (shape, what, mend) in SHAPES.items():
        value = getattr(settings, name)
        plain = "" if value is None else value.get_secret_value() if hasattr(value, "get_secret_value") else str(value)
        if not shape.fullmatch(plain):
            state = "does not look like" if plain else "is missing:"
            yield error("wechat", f"WUYI_{name.upper()} {state} {what}", mend)


def _way_back(settings: Settings) -> Iterator[Finding]:
    """Whether WeChat can reach us: it calls the usual ports only, and no bare path of another's."""
    local = urlsplit(settings.wechat_api_url).hostname in LOOPBACK
    parts = urlsplit(settings.public_url)
    if local and settings.public_url:
        yield ok("callback", f"WeChat calls {settings.base_url}/wechat")
    elif parts.scheme != "https":
        mend = "set it to this server's https:// address, and 服务器地址(URL) in WeChat to the same with /wechat"
        yield error("callback", "WeChat needs WUYI_PUBLIC_URL to begin with https://", mend)
    elif parts.netloc.rpartition("@")[2].lower() not in {parts.hostname, f"{parts.hostname}:443"}:
        mend = "let the proxy listen on 443, and leave the port out of WUYI_PUBLIC_URL"
        yield error("callback", "WeChat calls ports 80 and 443 only", mend)
    else:
        yield ok("callback", f"WeChat calls {settings.base_url}/wechat")


def _ask(settings: Settings, now: Callable[[], datetime], transport: httpx.BaseTransport | None) -> Iterator[Finding]:
    root = (settings.wechat_api_url or ROOT).rstrip("/")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # at INFO it writes the address, and with it the secret
    secret = settings.wechat_app_secret.get_secret_value() if settings.wechat_app_secret else ""
    menu: Said = {}
    try:
        with httpx.Client(
            transport=transport, timeout=10, base_url=root, trust_env=urlsplit(root).hostname not in LOOPBACK
        ) as client:
            names = {"grant_type": "client_credential", "appid": settings.wechat_app_id, "secret": secret}
            answer, said = _call(client, "token", names)
            if not said.get("errcode"):
                _, menu = _call(client, "menu/get", {"access_token": str(said["access_token"])})
    except (httpx.HTTPError, httpx.InvalidURL) as why:
        mend = "look at the network, or set WUYI_WECHAT_API_URL to a server that can be reached from here"
        yield error("wechat", f"{root} cannot be reached ({type(why).__name__})", mend)
        return
    except (_NoAnswerError, KeyError):
        yield error("wechat", f"{root} answers, but not as WeChat does", "correct WUYI_WECHAT_API_URL, or try later")
        return
    if said.get("errcode"):
        yield _refusal(said["errcode"])
        return
    yield ok("wechat", "WeChat knows the account and its secret")
    yield from _menu(menu)
    yield from _clock(answer, now)


def _call(client: httpx.Client, method: str, params: dict[str, str]) -> tuple[httpx.Response, Said]:
    answer = client.get(f"/cgi-bin/{method}", params=params)
    try:
        said = answer.json()
    except ValueError:
        raise _NoAnswerError from None
    if answer.is_error or not isinstance(said, dict) or not isinstance(said.get("errcode", 0), int):
        raise _NoAnswerError
    return answer, said


def _refusal(code: int) -> Finding:
    what, mend = MEANINGS.get(code, (f"WeChat refuses (errcode {code})", "look the code up in WeChat's 全局返回码"))
    return error("wechat", what, mend)


def _menu(said: Said) -> Iterator[Finding]:
    """The menu under the chat, which the bot sets when it starts."""
    code = said.get("errcode", 0)
    if code == NO_MENU:
        yield warning("menu", "the account has no menu yet", "start the bot: it sets the menu; else its log says why")
    elif code == UNVERIFIED:
        mend = (
            "have the account verified (公众平台 → 微信认证); until then people type commands, and no reminder is sent"
        )
        yield warning("menu", "an account of this kind has no menu, and sends nothing unasked", mend)
    elif code:
        yield _refusal(code)
    else:
        yield ok("menu", "the account has a menu")


def _clock(answer: httpx.Response, now: Callable[[], datetime]) -> Iterator[Finding]:
    """Their clock against ours: callbacks that are five minutes away are refused."""
    try:
        apart = abs((now() - parsedate_to_datetime(answer.headers["Date"])).total_seconds())
    except (KeyError, ValueError, TypeError):
        return
    if apart > DRIFT:
        what = f"this machine's clock and WeChat's differ by {apart:.0f} seconds"
        yield warning("clock", what, "set it by the network: timedatectl set-ntp true")
