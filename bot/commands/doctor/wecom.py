"""What the doctor asks WeCom: whether enterprise, secret and application fit each other, without printing any."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from bot.commands.doctor.finding import Finding, error, ok, warning
from bot.commands.refuse import connect
from bot.settings import Settings
from bot.store.schema import SchemaError, check
from bot.store.tables import named

ROOT = "https://qyapi.weixin.qq.com"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
PAGE = "copy it from the application's page in the management console (应用管理 → 自建)"
SHAPES = {
    "wecom_agent_id": (re.compile(r"\d+"), "the application's AgentId, a number", PAGE),
    "wecom_secret": (re.compile(r"[A-Za-z0-9_-]{20,}"), "the application's Secret", PAGE),
    "wecom_token": (re.compile(r"[A-Za-z0-9]{3,32}"), "the callback's Token", f"{PAGE} → 接收消息 → 设置API接收"),
    "wecom_aes_key": (
        re.compile(r"[A-Za-z0-9]{43}"), "the callback's EncodingAESKey", f"{PAGE} → 接收消息 → 设置API接收"
    ),
}  # fmt: skip
BOT_PAGE = "copy it from the bot's page in the management console (安全与管理 → 管理工具 → 智能机器人 → API 设置)"
BOT_SHAPES = {
    "aibot_token": (re.compile(r"[A-Za-z0-9]{3,32}"), "the bot's Token", BOT_PAGE),
    "aibot_aes_key": (re.compile(r"[A-Za-z0-9]{43}"), "the bot's EncodingAESKey", BOT_PAGE),
}
"""Nothing can be asked of WeCom about a group bot: it calls, and is not called."""
ADDRESS = 60020
MEANINGS = {
    40001: ("WeCom does not know the secret in WUYI_WECOM_SECRET", PAGE),
    40013: ("WeCom does not know the enterprise in WUYI_WECOM_CORP_ID", "copy it from 我的企业 → 企业ID"),
    40056: ("WeCom knows no application of the number in WUYI_WECOM_AGENT_ID", PAGE),
    40091: ("WeCom does not know the secret in WUYI_WECOM_SECRET", PAGE),
    ADDRESS: ("WeCom does not let this server's address call", "add it on the application's page → 企业可信IP"),
    301002: ("the secret in WUYI_WECOM_SECRET belongs to another application than WUYI_WECOM_AGENT_ID", PAGE),
}
Said = dict[str, Any]
Shapes = Mapping[str, tuple[re.Pattern[str], str, str]]


class _NoAnswerError(Exception):
    """WeCom's server did not answer as one."""


def wecom(settings: Settings, transport: httpx.BaseTransport | None = None) -> Iterator[Finding]:
    """What is known of the application, the way there, the way back, and the robots."""
    if settings.wecom_corp_id or any(getattr(settings, name) for name in SHAPES):
        found = [*_enterprise(settings), *_shapes(settings, "wecom", SHAPES)]
        yield from found
        if not any(each.check == "wecom" for each in found):
            yield from _ask(settings, transport)
        yield from _way_back(settings, "wecom")
    else:
        yield ok("wecom", "WeCom is not set up (WUYI_WECOM_CORP_ID)")
    if any(getattr(settings, name) for name in BOT_SHAPES):
        yield from _shapes(settings, "aibot", BOT_SHAPES)
        yield from _way_back(settings, "aibot")
        if not (settings.wecom_corp_id or settings.telegram_token or settings.wechat_app_id):
            what = "WeCom's group bot only answers: reminders and alerts reach nobody who has no other chat"
            yield warning("aibot", what, "set up the application, too (WUYI_WECOM_CORP_ID), or Telegram")
    else:
        yield ok("aibot", "WeCom's group bot is not set up (WUYI_AIBOT_TOKEN)")
    yield from robots(settings)


def robots(settings: Settings) -> Iterator[Finding]:
    """Whether each robot's address is one; it is not called, for it would write into the group."""
    known = _places(settings) if settings.wecom_robots else None
    for place, secret in settings.wecom_robots.items():
        parts = urlsplit(secret.get_secret_value())
        if known is not None and place not in known:
            mend = "correct the code in WUYI_WECOM_ROBOTS, or import the place"
            yield warning("robots", f"the roster has no place {place}, so its group robot has nothing to say", mend)
        elif parts.scheme == "https" and parts.hostname and parse_qs(parts.query).get("key", [""])[0]:
            yield ok("robots", f"the group robot of {place} has an address")
        elif parts.hostname in LOOPBACK and parse_qs(parts.query).get("key"):
            yield warning("robots", f"the group robot of {place} is on this machine", "a stand-in? then all is well")
        else:
            mend = f"WUYI_WECOM_ROBOTS={place}=https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…"
            yield error("robots", f"the group robot of {place} has no webhook address", mend)


def _places(settings: Settings) -> set[str] | None:
    """The codes of the roster's places; None without a database that can be read: that is said elsewhere."""
    try:
        with closing(connect(settings)) as database:
            check(database)
            with database.read() as connection:
                return set(connection.execute(select(named("place").c.code)).scalars())
    except (SchemaError, SQLAlchemyError):
        return None


def _enterprise(settings: Settings) -> Iterator[Finding]:
    if not settings.wecom_corp_id:
        yield error("wecom", "WUYI_WECOM_CORP_ID is missing", "copy it from 我的企业 → 企业ID")


def _shapes(settings: Settings, check: str, shapes: Shapes) -> Iterator[Finding]:
    for name, (shape, what, mend) in shapes.items():
        value = getattr(settings, name)
        plain = "" if value is None else value.get_secret_value() if hasattr(value, "get_secret_value") else str(value)
        if not shape.fullmatch(plain):
            state = "does not look like" if plain else "is missing:"
            yield error(check, f"WUYI_{name.upper()} {state} {what}", mend)


def _way_back(settings: Settings, path: str) -> Iterator[Finding]:
    """Whether WeCom can reach us."""
    local = urlsplit(settings.wecom_api_url).hostname in LOOPBACK
    if not settings.public_url.startswith("https://") and not (local and settings.public_url):
        mend = f"set it to this server's https:// address, and the callback's URL in WeCom to the same with /{path}"
        yield error("callback", "WeCom needs WUYI_PUBLIC_URL to begin with https://", mend)
    else:
        yield ok("callback", f"WeCom calls {settings.base_url}/{path}")


def _ask(settings: Settings, transport: httpx.BaseTransport | None) -> Iterator[Finding]:
    root = (settings.wecom_api_url or ROOT).rstrip("/")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # at INFO it writes the address, and with it the secret
    secret = settings.wecom_secret.get_secret_value() if settings.wecom_secret else ""
    try:
        with httpx.Client(
            transport=transport, timeout=10, base_url=root, trust_env=urlsplit(root).hostname not in LOOPBACK
        ) as client:
            said = _call(client, "gettoken", corpid=settings.wecom_corp_id, corpsecret=secret)
            if not said.get("errcode"):
                said = _call(client, "agent/get", access_token=said["access_token"], agentid=settings.wecom_agent_id)
    except (httpx.HTTPError, httpx.InvalidURL) as why:
        mend = "look at the network, or set WUYI_WECOM_API_URL to a server that can be reached from here"
        yield error("wecom", f"{root} cannot be reached ({type(why).__name__})", mend)
        return
    except (_NoAnswerError, KeyError):
        yield error("wecom", f"{root} answers, but not as WeCom does", "correct WUYI_WECOM_API_URL, or try again later")
        return
    yield from _judged(said)


def _call(client: httpx.Client, method: str, **params: object) -> Said:
    answer = client.get(f"/cgi-bin/{method}", params={name: str(value) for name, value in params.items()})
    try:
        said = answer.json()
    except ValueError:
        raise _NoAnswerError from None
    if answer.is_error or not isinstance(said, dict) or not isinstance(said.get("errcode", 0), int):
        raise _NoAnswerError
    return said


def _judged(said: Said) -> Iterator[Finding]:
    """What its last answer says."""
    code = said.get("errcode", 0)
    if code:
        what, mend = MEANINGS.get(code, (f"WeCom refuses (errcode {code})", "look the code up in WeCom's 全局错误码"))
        yield error("wecom", what, mend)
        return
    yield ok("wecom", f"WeCom knows the application {said.get('name', '')}".rstrip())
    if said.get("close"):
        yield error("wecom", "the application is switched off in WeCom", "switch it on on the application's page")
