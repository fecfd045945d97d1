"""What the doctor says of WeChat: each missing or wrong setting with its mend, and never a secret."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from bot.app import Bot
from bot.commands.doctor import unknown
from bot.commands.doctor.finding import State
from bot.commands.doctor.wechat import wechat
from bot.settings import Settings

GOOD: dict[str, Any] = {
    "wechat_app_id": "wx0invented0000000",
    "wechat_app_secret": "plantedsecretoftheaccount0000000",
    "wechat_token": "PlantedToken000",
    "wechat_aes_key": "Planted" * 6 + "P",
    "public_url": "https://wuyi.invalid",
}
NOW = datetime(2026, 11, 24, 14, 58, tzinfo=UTC)
MENU: dict[str, Any] = {"menu": {"button": []}}


def findings(
    answers: dict[str, object] | None = None,
    status: int = 200,
    away: float = 0,
    **settings: Any,  # noqa: ANN401 - of Settings
) -> list[str]:
    """What the doctor finds apart from what is well, where WeChat answers so, its clock so many seconds away."""
    asked: dict[str, object] = {"token": {"access_token": "planted-access", "expires_in": 7200}, "menu/get": MENU}
    asked |= answers or {}

    def answer(request: httpx.Request) -> httpx.Response:
        headers = {"date": format_datetime(NOW + timedelta(seconds=away), usegmt=True)}
        return httpx.Response(status, json=asked[request.url.path.removeprefix("/cgi-bin/")], headers=headers)

    found = list(wechat(Settings(**{**GOOD, **settings}), lambda: NOW, httpx.MockTransport(answer)))
    assert "lanted" not in repr(found)
    return [str(each) for each in found if each.state is not State.OK]


def test_a_whole_account_is_well() -> None:
    """Nothing is to be mended."""
    assert findings() == []


def test_no_account_is_well_too() -> None:
    """Nothing is asked."""
    assert [each.state for each in wechat(Settings(), lambda: NOW)] == [State.OK]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("wechat_app_id", "", "WUYI_WECHAT_APP_ID is missing"),
        ("wechat_app_id", "gh_planted", "WUYI_WECHAT_APP_ID does not look like"),
        ("wechat_app_secret", None, "WUYI_WECHAT_APP_SECRET is missing"),
        ("wechat_app_secret", "planted short", "WUYI_WECHAT_APP_SECRET does not look like"),
        ("wechat_token", None, "WUYI_WECHAT_TOKEN is missing"),
        ("wechat_aes_key", "planted", "WUYI_WECHAT_AES_KEY does not look like"),
        ("public_url", "", "WUYI_PUBLIC_URL to begin with https://"),
        ("public_url", "https://wuyi.invalid:8443", "ports 80 and 443 only"),
        ("public_url", "https://wuyi.invalid:planted", "ports 80 and 443 only"),
    ],
)
def test_each_setting_is_named_with_its_mend(name: str, value: Any, said: str) -> None:  # noqa: ANN401 - of Settings
    """A shape that is wrong is said before WeChat is asked."""
    (found,) = findings(**{name: value})
    assert said in found
    assert " – " in found


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"token": {"errcode": 40125, "errmsg": "planted"}}, "does not know the secret"),
        ({"token": {"errcode": 40013}}, "does not know the account"),
        ({"token": {"errcode": 40164}}, "IP白名单"),
        ({"token": {"errcode": 99999}}, "errcode 99999"),
        ({"menu/get": {"errcode": 46003}}, "no menu yet"),
        ({"menu/get": {"errcode": 48001}}, "微信认证"),
        ({"menu/get": {"errcode": 50002}}, "limited by WeChat"),
        ({"token": []}, "not as WeChat does"),
        ({"token": {"errcode": "0"}}, "not as WeChat does"),
        ({"token": {}}, "not as WeChat does"),
    ],
)
def test_what_wechat_says_is_said_in_words(answers: dict[str, object], said: str) -> None:
    """With what to do."""
    (found,) = findings(answers)
    assert said in found
    assert " – " in found


def test_a_clock_that_is_away_is_told() -> None:
    """Else every callback would be refused as old."""
    (found,) = findings(away=-400)
    assert "differ by 400 seconds" in found
    assert findings(away=2) == []


def test_a_server_that_fails_or_is_not_there() -> None:
    """Is told apart."""
    assert "not as WeChat does" in findings(status=502)[0]

    def nobody(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(str(request.url))

    found = [str(each) for each in wechat(Settings(**GOOD), lambda: NOW, httpx.MockTransport(nobody))]
    assert any("cannot be reached (ConnectError)" in each for each in found)
    assert "lanted" not in "".join(found)


def test_a_stand_in_on_this_machine_needs_no_https() -> None:
    """It calls back where it is told."""
    assert findings(wechat_api_url="http://127.0.0.1:1", public_url="http://127.0.0.1:8000") == []


def test_a_slip_of_the_pen_is_seen() -> None:
    """A setting of WeChat's that there is not."""
    (found,) = unknown({"WUYI_WECHAT_SECRET": "planted"})
    assert "WUYI_WECHAT_SECRET is no setting" in found.what
    assert "planted" not in str(found)


def test_a_bot_without_the_whole_account_does_not_start(tmp_path: Path) -> None:
    """It names what is missing."""
    settings = Settings(data_dir=tmp_path, secret_key=SecretStr("invented"), wechat_app_id="wx", wechat_token="T")
    with pytest.raises(ValueError, match="WUYI_WECHAT_APP_SECRET, WUYI_WECHAT_AES_KEY is missing"):
        Bot.build(settings)
