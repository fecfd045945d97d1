"""The channels of WeCom that the settings name, and the webhooks, put together with what they ask of the house."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.channels.port import Channel, LoadPaper
    from bot.desk import Desk
    from bot.settings import Settings
    from bot.store.crypto import Keyring
    from bot.store.database import Database
    from bot.store.media import MediaStore

NEEDED = ("agent_id", "secret", "token", "aes_key")
"""What an application cannot be without, beside the enterprise."""


def connected(
    settings: Settings, desk: Desk, media: MediaStore, clock: Callable[[], datetime], paper: LoadPaper
) -> Iterator[Channel]:
    """The application, and the robots, as far as they are configured.

    Raises:
        ValueError: a setting is missing or of another shape; no secret is repeated.
    """
    if settings.wecom_corp_id:
        yield _wecom(settings, desk, media, clock, paper)
    if settings.wecom_robots:
        from bot.channels.wecom_robot import Robots  # noqa: PLC0415 - a channel is loaded when it is used

        yield Robots({place: url.get_secret_value() for place, url in settings.wecom_robots.items()}, media.load)


def _wecom(
    settings: Settings, desk: Desk, media: MediaStore, clock: Callable[[], datetime], paper: LoadPaper
) -> Channel:
    from bot.channels.wecom import Application, Hooks, WeCom  # noqa: PLC0415 - a channel is loaded when it is used
    from bot.channels.wecom_menus import menu  # noqa: PLC0415 - as above
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


def hooks(database: Database, keyring: Keyring, clock: Callable[[], datetime]) -> list[Channel]:
    """The channel to other programs; none where no program is told, so that the post need not ask for it."""
    from bot.store import webhooks  # noqa: PLC0415 - as below

    def known() -> dict[int, webhooks.Webhook]:
        with database.read() as connection:
            return {each.id: each for each in webhooks.live(connection)}

    if not known():
        return []
    from bot.channels.webhook import Target, Webhooks  # noqa: PLC0415 - a channel is loaded when it is used

    def find(number: int) -> Target | None:
        hook = known().get(number)
        return None if hook is None else Target(hook.url, hook.secret(keyring))

    return [Webhooks(find, clock)]
