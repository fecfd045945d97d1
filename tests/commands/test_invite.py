"""``wuyi invite``: a code, and where it can be used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.commands.database import init
from bot.commands.invite import invite
from tests.wechat import sealing as official
from tests.wecom import sealing
from tests.wecom.server import AGENT, SECRET

SETTINGS = {
    "CORP_ID": sealing.CORP,
    "AGENT_ID": str(AGENT),
    "SECRET": SECRET,
    "TOKEN": sealing.TOKEN,
    "AES_KEY": sealing.AES_KEY,
}


@pytest.fixture
def roster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample roster, then an application of WeCom's."""
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(init, ["--sample"]).exit_code == 0
    for name, value in SETTINGS.items():
        monkeypatch.setenv(f"WUYI_WECOM_{name}", value)


@pytest.mark.usefixtures("roster")
def test_a_code_for_wecom_is_written_into_its_chat() -> None:
    """WeCom has no link that carries it."""
    said = CliRunner().invoke(invite, ["13800000001", "--channel", "wecom"]).output
    code = re.match(r"(\w{4}-\w{4}) ", said)
    assert code
    assert said.splitlines()[1:] == [f"WeCom: open the application (企业微信 → 工作台) and write: 开始 {code[1]}"]


@pytest.mark.usefixtures("roster")
def test_a_setting_that_lacks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """In one sentence, without a traceback and without a secret."""
    monkeypatch.setenv("WUYI_WECOM_TOKEN", "")
    ran = CliRunner().invoke(invite, ["13800000001"])
    assert ran.exit_code == 1
    assert ran.output == (
        "Error: WeCom: WUYI_WECOM_TOKEN is missing; copy it from the application's page (wuyi doctor)\n"
    )


@pytest.mark.usefixtures("roster")
def test_a_code_for_wechat_is_written_into_its_chat(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where WeChat cannot be asked for a picture to scan, the words do."""
    account = {"APP_ID": official.APP, "APP_SECRET": "invented", "TOKEN": official.TOKEN, "AES_KEY": official.AES_KEY}
    for name, value in {**account, "API_URL": "http://127.0.0.1:1"}.items():
        monkeypatch.setenv(f"WUYI_WECHAT_{name}", value)
    said = CliRunner().invoke(invite, ["13800000001", "--channel", "wechat"]).output
    code = re.match(r"(\w{4}-\w{4}) ", said)
    assert code
    assert said.splitlines()[1:] == [f"WeChat: follow the Official Account and write: 开始 {code[1]}"]
