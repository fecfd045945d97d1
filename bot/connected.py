"""The channels of WeCom and WeChat that the settings name, and the webhooks, put together with what they ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.channels.port import Channel, LoadPaper
    from bot.channels.wecom import WeCom
    from bot.desk import Desk
    from bot.settings import Settings
    from bot.store.crypto import Keyring
    from bot.store.database import Database
    from bot.store.media import MediaStore

NEEDED = ("agent_id", "secret", "token", "aes_key")
"""What an application cannot be without, beside the enterprise."""
ACCOUNT = ("app_secret", "token", "aes_key")
"""What an Official Account cannot be without, beside its name."""
HALVES = ("token", "aes_key")
"""What a group bot cannot be without."""


def connected(
    settings: Settings, desk: Desk, media: MediaStore, clock: Callable[[], datetime], paper: LoadPaper
) -> Iterator[Channel]:
    """The account, the application, the robots, and the group bot, as far as they are configured.

    Raises:
        ValueError: a setting is missing or of another shape; no secret is repeated.
    """
    if settings.wechat_app_id:
        yield _wechat(settings, desk, media, clock)
    application = _wecom(settings, desk, media, clock, paper) if settings.wecom_corp_id else None
    if application is not None:
        yield application
    if settings.wecom_robots:
        from bot.channels.wecom_robot import Robots  # noqa: PLC0415 - a channel is loaded when it is used

        yield Robots({place: url.get_secret_value() for place, url in settings.wecom_robots.items()}, media.load, paper)
    if settings.aibot_token or settings.aibot_aes_key:
        yield _aibot(settings, desk, media, clock, application)


def _wecom(settings: Settings, desk: Desk, media: MediaStore, clock: Callable[[], datetime], paper: LoadPaper) -> WeCom:
    from bot.channels.click_menu import menu  # noqa: PLC0415 - a channel is loaded when it is used
    from bot.channels.wecom import Application, Hooks, WeCom  # noqa: PLC0415 - a channel is loaded when it is used
    from bot.roster import phones  # noqa: PLC0415 - as above

    agent, secret, token, key = (
        settings.wecom_agent_id, settings.wecom_secret, settings.wecom_token, settings.wecom_aes_key,
    )  # fmt: skip
    if agent is None or not secret or not token or not key:
        lacking = [f"WUYI_WECOM_{name.upper()}" for name in NEEDED if not getattr(settings, f"wecom_{name}")]
        message = f"WeCom: {', '.join(lacking)} is missing; copy it from the application's page (wuyi doctor)"
        raise ValueError(message)
    application = Application(
        settings.wecom_corp_id,
        agent,
        secret.get_secret_value(),
        token.get_secret_value(),
        key.get_secret_value(),
        settings.wecom_api_url,
    )
    hooks = Hooks(
        keep_photo=media.keep,
        load_photo=media.load,
        refused=partial(desk.keep, WeCom.name),
        seen=partial(desk.seen, WeCom.name),
        known=partial(desk.knows, WeCom.name),
        normalise=phones.normalise,
        clock=clock,
        load_paper=paper,
    )
    per_minute = settings.wecom_per_minute
    return WeCom(application, hooks, menu(), per_minute=per_minute, seconds=lambda: clock().timestamp())


def _wechat(settings: Settings, desk: Desk, media: MediaStore, clock: Callable[[], datetime]) -> Channel:
    from bot.channels.click_menu import menu  # noqa: PLC0415 - a channel is loaded when it is used
    from bot.channels.wechat import Account, WeChat  # noqa: PLC0415 - as above
    from bot.channels.wechat_house import house  # noqa: PLC0415 - as above

    secret, token, key = settings.wechat_app_secret, settings.wechat_token, settings.wechat_aes_key
    if not secret or not token or not key:
        lacking = [f"WUYI_WECHAT_{name.upper()}" for name in ACCOUNT if not getattr(settings, f"wechat_{name}")]
        message = f"WeChat: {', '.join(lacking)} is missing; copy it from 公众平台 → 基本配置 (wuyi doctor)"
        raise ValueError(message)
    account = Account(
        settings.wechat_app_id,
        secret.get_secret_value(),
        token.get_secret_value(),
        key.get_secret_value(),
        settings.wechat_api_url,
    )
    hooks, budget = house(desk, media.keep, clock, settings.base_url)
    seconds = partial(_seconds, clock)
    return WeChat(account, hooks, media.load, budget, menu(), base_url=settings.base_url, seconds=seconds)


def _seconds(clock: Callable[[], datetime]) -> float:
    return clock().timestamp()


def _aibot(
    settings: Settings, desk: Desk, media: MediaStore, clock: Callable[[], datetime], application: WeCom | None
) -> Channel:
    from bot.channels.aibot import Aibot  # noqa: PLC0415 - a channel is loaded when it is used
    from bot.channels.aibot_callback import Hooks  # noqa: PLC0415 - as above

    token, key = settings.aibot_token, settings.aibot_aes_key
    if not token or not key:
        lacking = [f"WUYI_AIBOT_{name.upper()}" for name in HALVES if not getattr(settings, f"aibot_{name}")]
        message = f"WeCom's group bot: {', '.join(lacking)} is missing; copy it from the bot's page (wuyi doctor)"
        raise ValueError(message)
    contacts = application.contacts(partial(desk.knows, Aibot.name)) if application is not None else None

    async def phone(user: str) -> str:
        """Whose phone a member's is: as they have enrolled in the application, or as WeCom tells that."""
        if contacts is None or await desk.knows(Aibot.name, user):
            return ""
        return await desk.phone("wecom", user) or await contacts.phone(user)

    hooks = Hooks(
        keep_photo=media.keep,
        load_photo=media.load,
        refused=partial(desk.keep, Aibot.name),
        seen=partial(desk.seen, Aibot.name),
        said=partial(desk.answers, Aibot.name),
        phone=phone,
        clock=clock,
    )
    return Aibot(token.get_secret_value(), key.get_secret_value(), hooks, settings.base_url)


def hooks(
    database: Database, keyring: Keyring, clock: Callable[[], datetime], settings: Settings | None = None
) -> list[Channel]:
    """The channel to other programs; none where no program is told, so that the post need not ask for it.

    A secret that the settings name for a program is the one with which it is signed.
    """
    from bot.store import webhooks  # noqa: PLC0415 - as below

    def known() -> dict[int, webhooks.Webhook]:
        with database.read() as connection:
            return {each.id: each for each in webhooks.live(connection)}

    if not known():
        return []
    from bot.channels.webhook import Target, Webhooks  # noqa: PLC0415 - a channel is loaded when it is used

    named = {
        (each.role, each.place, each.url.get_secret_value()): each.secret.get_secret_value()
        for each in (settings.webhooks if settings else ())
        if each.secret
    }

    def find(number: int) -> Target | None:
        hook = known().get(number)
        if hook is None:
            return None
        return Target(hook.url, named.get((hook.role, hook.place, hook.url)) or hook.secret(keyring))

    return [Webhooks(find, clock, settings.webhook_networks if settings else ())]
