"""Where a one-time code can be used: a line for each channel that is configured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.model.staff import Way
from bot.store import people

if TYPE_CHECKING:
    from bot.channels.port import Channel
    from bot.settings import Settings

CHANNELS = ("telegram", "wechat", "wecom", "aibot", "web")


def ways(channels: Mapping[str, Channel], code: str) -> tuple[Way, ...]:
    """Where a code can be used on the platforms that are configured, as far as that is known without asking them."""
    telegram = channels.get("telegram")
    link = telegram.known_link(code) if telegram is not None else ""  # type: ignore[attr-defined] # the channel of that name has it
    return tuple(Way(name, link if name == "telegram" else "") for name in CHANNELS[:-1] if name in channels)


async def lines(channels: Mapping[str, Channel], settings: Settings, code: str, channel: str | None) -> list[str]:
    """The lines for ``channel``, or for any.

    Raises:
        ConnectionError: Telegram cannot be asked what the bot is called; the code is good all the same.
    """
    found = []
    if channel in {None, "telegram"} and "telegram" in channels:
        found.append(f"Telegram: {await channels['telegram'].link(code)}")  # type: ignore[attr-defined]
    if channel in {None, "wechat"} and "wechat" in channels:
        found.append(f"WeChat: follow the Official Account and write: 开始 {people.shown_code(code)}")
        link = await channels["wechat"].link(code)  # type: ignore[attr-defined]
        if link is not None:
            found.append(f"WeChat: or scan the picture at {link}")
    if channel in {None, "wecom"} and "wecom" in channels:
        found.append(f"WeCom: open the application (企业微信 → 工作台) and write: 开始 {people.shown_code(code)}")
    if channel in {None, "aibot"} and "aibot" in channels:
        found.append(f"WeCom's group bot: write to it, in a chat with it alone: 开始 {people.shown_code(code)}")
    if channel in {None, "web"}:
        here = "" if settings.public_url else "  (this machine only: set WUYI_PUBLIC_URL for others)"
        found.append(f"Web: {settings.base_url}/login#code={code}{here}")
    return found
