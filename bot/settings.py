"""Environment and ``wuyi.toml`` → one frozen ``Settings``; the environment wins (INTERFACES, Environment)."""

from __future__ import annotations

import secrets
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from bot import hooked
from bot.hooked import Hook

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
KEY_FILE = "secret.key"


class Settings(BaseSettings):
    """Everything that a deployment can set, under the names of INTERFACES in lower case without ``WUYI_``."""

    model_config = SettingsConfigDict(env_prefix="WUYI_", toml_file="wuyi.toml", frozen=True, extra="ignore")

    database_url: str = ""
    data_dir: Path = Path("data")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    public_url: str = ""
    timezone: str = "Asia/Shanghai"
    pack: str = "default"
    """A rule pack, or several with commas between."""
    secret_key: SecretStr | None = None
    backup_dir: Path | None = None
    """Where the bot puts a backup every night; it makes none when this is not set."""
    backup_keep: int = Field(default=7, gt=0)
    """So many of them stay."""

    telegram_token: SecretStr | None = None
    telegram_api_url: str = ""
    telegram_mode: Literal["polling", "webhook"] = "polling"
    telegram_secret: SecretStr | None = None
    telegram_per_second: int = Field(default=30, ge=0)
    """Messages that Telegram takes of this bot; 0: no pace at all, chats included, for a stand-in of one's own."""

    wechat_app_id: str = ""
    wechat_app_secret: SecretStr | None = None
    wechat_token: SecretStr | None = None
    wechat_aes_key: SecretStr | None = None
    wechat_api_url: str = ""
    wecom_corp_id: str = ""
    wecom_agent_id: int | None = Field(default=None, gt=0)
    wecom_secret: SecretStr | None = None
    wecom_token: SecretStr | None = None
    wecom_aes_key: SecretStr | None = None
    wecom_api_url: str = ""
    wecom_per_minute: int = Field(default=30, ge=0)
    """Messages a minute that WeCom takes for one member; 0: no pace at all, for a stand-in of one's own."""
    wecom_robots: Annotated[dict[str, SecretStr], NoDecode] = {}
    """Webhook addresses of group robots by place code: ``CODE=URL``, several with spaces or commas between."""
    aibot_token: SecretStr | None = None
    aibot_aes_key: SecretStr | None = None

    webhook_networks: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = ()
    """Networks of one's own in which other programs may be told: ``10.20.0.0/16``, several with spaces between."""
    webhooks: Annotated[tuple[Hook, ...], NoDecode] = ()
    """Other programs that are told of facts: ``ROLE@CODE=URL``, or ``ROLE@CODE=URL#SECRET``, several with spaces."""

    @field_validator("webhook_networks", mode="before")
    @classmethod
    def _networks(cls, said: object) -> object:
        return hooked.networks(said)

    @field_validator("webhooks", mode="before")
    @classmethod
    def _hooks(cls, said: object, info: ValidationInfo) -> object:
        return hooked.hooks(said, info.data.get("webhook_networks", ()))

    @field_validator("wecom_robots", mode="before")
    @classmethod
    def _robots(cls, said: object) -> object:
        if not isinstance(said, str):
            return said
        found: dict[str, str] = {}
        for each in said.replace(",", " ").split():
            place, equals, address = each.partition("=")
            if not (place and equals and address.startswith(("https://", "http://")) and place not in found):
                message = "write each robot as CODE=URL, once a place, with spaces or commas between"
                raise ValueError(message)
            found[place] = address
        return found

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError) as why:
            message = f"no such time zone: {name!r}; use a name such as Asia/Shanghai"
            raise ValueError(message) from why
        return name

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first (tests), then the environment, then ``wuyi.toml`` in the working folder."""
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def packs(self) -> tuple[str, ...]:
        """The names of the rule packs: the first leads, the others judge beside it."""
        return tuple(dict.fromkeys(name for each in self.pack.split(",") if (name := each.strip()))) or ("default",)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which days begin and end."""
        return ZoneInfo(self.timezone)

    @property
    def url(self) -> str:
        """The database: what was set, or SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir / 'wuyi.db'}"

    @property
    def media_dir(self) -> Path:
        """Where the encrypted pictures lie."""
        return self.data_dir / "media"

    @property
    def base_url(self) -> str:
        """The address under which people reach the pages, without a closing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def loopback(self) -> bool:
        """Whether the server listens on this machine only."""
        return self.host in LOOPBACK

    @property
    def real_channel(self) -> bool:
        """Whether any channel is configured that reaches real people; the sample roster is for its absence only."""
        return any(
            (
                self.telegram_token,
                self.wechat_app_id,
                self.wecom_corp_id,
                self.wecom_robots,
                self.aibot_token,
                self.aibot_aes_key,
            )
        )

    def secret(self) -> bytes:
        """The key material: as set, else as kept in the data folder, made there at the first call.

        Raises:
            OSError: the data folder cannot be read or written.
        """
        if self.secret_key is not None:
            return self.secret_key.get_secret_value().encode()
        path = self.data_dir / KEY_FILE
        if not path.exists():
            self.data_dir.mkdir(parents=True, exist_ok=True)
            draft = path.with_suffix(f".{secrets.token_hex(4)}")
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_hex(32))
            try:
                path.hardlink_to(draft)  # atomic, and the first of two processes wins
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return path.read_text().strip().encode()
