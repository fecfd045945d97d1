"""What the doctor says of WeCom: each missing or wrong setting with its mend, and never a secret."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr, ValidationError

from bot.app import Bot
from bot.commands.doctor.finding import State
from bot.commands.doctor.wecom import wecom
from bot.settings import Settings
from bot.store.database import Database
from bot.store.schema import migrate

GOOD: dict[str, Any] = {
    "wecom_corp_id": "wwinvented0000000",
    "wecom_agent_id": 1000002,
    "wecom_secret": "planted-secret-of-the-application-000000000",
    "wecom_token": "PlantedToken000",
    "wecom_aes_key": "Planted" * 6 + "P",
    "public_url": "https://wuyi.invalid",
}
HOOK = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=planted"


def findings(answers: dict[str, object] | None = None, status: int = 200, **settings: Any) -> list[str]:  # noqa: ANN401 - of Settings
    """What the doctor finds apart from what is well, where WeCom answers so."""
    asked: dict[str, object] = {
        "gettoken": {"errcode": 0, "access_token": "planted-access"},
        "agent/get": {"errcode": 0, "name": "无疫"},
    }
    asked |= answers or {}

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, json=asked[request.url.path.removeprefix("/cgi-bin/")])

    found = list(wecom(Settings(**{**GOOD, **settings}), httpx.MockTransport(answer)))
    assert "lanted" not in repr(found)
    return [str(each) for each in found if each.state is not State.OK]


def test_a_whole_application_is_well() -> None:
    """And is called by its name."""
    assert findings() == []


def test_no_application_is_well_too() -> None:
    """Nothing is asked; of the application and of the group bot it is said that they are not set up."""
    assert [(each.check, each.state) for each in wecom(Settings())] == [("wecom", State.OK), ("aibot", State.OK)]
    assert all("is not set up (WUYI_" in each.what for each in wecom(Settings()))


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("wecom_corp_id", "", "WUYI_WECOM_CORP_ID is missing"),
        ("wecom_agent_id", None, "WUYI_WECOM_AGENT_ID is missing"),
        ("wecom_secret", "", "WUYI_WECOM_SECRET is missing"),
        ("wecom_secret", "planted short", "WUYI_WECOM_SECRET does not look like"),
        ("wecom_token", None, "WUYI_WECOM_TOKEN is missing"),
        ("wecom_aes_key", "planted", "WUYI_WECOM_AES_KEY does not look like"),
        ("public_url", "", "WUYI_PUBLIC_URL to begin with https://"),
    ],
)
def test_each_setting_is_named_with_its_mend(name: str, value: Any, said: str) -> None:  # noqa: ANN401 - of Settings
    """A shape that is wrong is said before WeCom is asked."""
    (found,) = findings(**{name: value})
    assert said in found
    assert " – " in found


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"gettoken": {"errcode": 40001}}, "does not know the secret"),
        ({"gettoken": {"errcode": 40013}}, "does not know the enterprise"),
        ({"agent/get": {"errcode": 301002}}, "belongs to another application"),
        ({"agent/get": {"errcode": 60020, "errmsg": "planted"}}, "企业可信IP"),
        ({"agent/get": {"errcode": 99999}}, "errcode 99999"),
        ({"agent/get": {"errcode": 0, "name": "无疫", "close": 1}}, "switched off"),
        ({"gettoken": []}, "not as WeCom does"),
        ({"gettoken": {"errcode": "0"}}, "not as WeCom does"),
        ({"gettoken": {}}, "not as WeCom does"),
    ],
)
def test_what_wecom_says_is_said_in_words(answers: dict[str, object], said: str) -> None:
    """With what to do."""
    (found,) = findings(answers)
    assert said in found


def test_a_server_that_fails_or_is_not_there() -> None:
    """Is told apart."""
    assert "not as WeCom does" in findings(status=502)[0]

    def nobody(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(str(request.url))

    found = [str(each) for each in wecom(Settings(**GOOD), httpx.MockTransport(nobody))]
    assert any("cannot be reached (ConnectError)" in each for each in found)
    assert "lanted" not in "".join(found)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("aibot_token", None, "WUYI_AIBOT_TOKEN is missing"),
        ("aibot_aes_key", SecretStr("planted"), "WUYI_AIBOT_AES_KEY does not look like"),
        ("public_url", "", "the callback's URL in WeCom to the same with /aibot"),
    ],
)
def test_a_group_bot_of_which_something_is_missing(name: str, value: Any, said: str) -> None:  # noqa: ANN401 - of Settings
    """Is said by the setting's name; a whole one is well, and none at all too."""
    bot: dict[str, Any] = {
        "telegram_token": SecretStr("planted"),
        "aibot_token": SecretStr("PlantedToken000"), "aibot_aes_key": SecretStr("Planted" * 6 + "P"),
        "public_url": "https://wuyi.invalid",
    }  # fmt: skip
    assert [each.state for each in wecom(Settings(**bot))] == [State.OK] * 2
    assert "only answers" in str(list(wecom(Settings(**{**bot, "telegram_token": None})))[-1])
    found = [each for each in wecom(Settings(**{**bot, name: value})) if each.state is not State.OK]
    assert "lanted" not in repr(found)
    assert [said in str(each) for each in found] == [True]


def test_robots_are_read_from_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A place each, with spaces or commas between; in the file they may be a table."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WUYI_WECOM_ROBOTS", f"JA={HOOK}, XM={HOOK}=\nZ={HOOK}")
    settings = Settings()
    assert list(settings.wecom_robots) == ["JA", "XM", "Z"]
    assert settings.real_channel
    assert settings.wecom_robots["XM"].get_secret_value() == f"{HOOK}="
    assert "planted" not in repr(settings)
    assert [each.state for each in wecom(settings)] == [State.OK] * 5
    with closing(Database("sqlite:///data/wuyi.db")) as database:
        migrate(database)
    assert "the roster has no place JA" in str(list(wecom(settings))[2])
    wrong = Settings(database_url="sqlite:///none.db", wecom_robots={"JA": SecretStr("https://planted.invalid/")})
    assert [each.state for each in wecom(wrong)] == [State.OK, State.OK, State.ERROR]


@pytest.mark.parametrize("said", ["JA", "=x", f"JA={HOOK} JA={HOOK}", "JA=planted"])
def test_robots_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    """Are refused with how to write them."""
    monkeypatch.setenv("WUYI_WECOM_ROBOTS", said)
    with pytest.raises(ValidationError, match="CODE=URL"):
        Settings()


def test_a_bot_without_the_whole_application_does_not_start(tmp_path: Path) -> None:
    """It names what is missing."""
    settings = Settings(data_dir=tmp_path, secret_key=SecretStr("invented"), wecom_corp_id="ww", wecom_token="T")
    with pytest.raises(ValueError, match="WUYI_WECOM_AGENT_ID, WUYI_WECOM_SECRET, WUYI_WECOM_AES_KEY is missing"):
        Bot.build(settings)
