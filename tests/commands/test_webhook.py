"""``wuyi webhook``: added with its secret, listed by its server, removed; and what the doctor says of it."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from bot.commands.database import init
from bot.commands.doctor.webhooks import webhooks as doctor
from bot.commands.webhook import webhook
from bot.settings import Settings
from tests.webhook.listening import outside

URL = "https://platform.example/facts?key=hidden"
ADD = ["add", URL, "--role", "office", "--place", "SL"]


@pytest.fixture(autouse=True)
def _sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WUYI_NOW", "2026-11-24T14:58+08:00")
    assert CliRunner().invoke(init, ["--sample"]).exit_code == 0


def test_a_webhook_from_its_beginning_to_its_end() -> None:
    """Its secret on stdout, the same each time; the list names its server and not what may be a key."""
    added = CliRunner().invoke(webhook, ADD)
    assert added.exit_code == 0, added.output
    assert added.stdout.startswith("whsec_")
    assert CliRunner().invoke(webhook, ["secret", "1"]).stdout == added.stdout
    second = CliRunner().invoke(webhook, ADD)
    assert second.stdout != added.stdout
    listed = CliRunner().invoke(webhook, ["list", "--json"])
    assert json.loads(listed.stdout)[0] == {"id": 1, "role": "office", "place": "SL", "host": "platform.example"}
    assert "hidden" not in added.output + listed.output
    assert CliRunner().invoke(webhook, ["remove", "1"]).stdout == "webhook 1 is removed\n"
    for name in ("remove", "secret"):
        again = CliRunner().invoke(webhook, [name, "1"])
        assert (again.exit_code, "there is no webhook 1" in again.stderr) == (1, True)
    assert CliRunner().invoke(webhook, ["list"]).stdout == "2  office  SL  platform.example\n"


@pytest.mark.parametrize(
    ("url", "place", "told"),
    [
        ("http://platform.example/", "SL", "nothing can be sent there: it has to begin with https://"),
        ("https://10.1.2.3/", "SL", "WUYI_WEBHOOK_NETWORKS names those that may be told"),
        ("https://[fd00:ec2::254]/", "SL", "it lies within a network of one's own"),
        ("https://platform.example/", "nowhere", "there is no place with the code nowhere"),
    ],
)
def test_what_cannot_be_told_is_refused(url: str, place: str, told: str) -> None:
    """With the reason, and nothing is kept."""
    ran = CliRunner().invoke(webhook, ["add", url, "--role", "office", "--place", place])
    assert (ran.exit_code, told in ran.stderr) == (1, True), ran.stderr
    assert CliRunner().invoke(webhook, ["list"]).stdout == ""


def test_the_doctor_asks_without_telling() -> None:
    """Any answer will do; none is a warning with its mend, and no key is repeated."""
    assert CliRunner().invoke(webhook, ADD).exit_code == 0
    asked: list[httpx.Request] = []

    def hear(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(405)

    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(str(request.url))

    (fine,) = doctor(Settings(), httpx.MockTransport(hear), outside)
    (lost,) = doctor(Settings(), httpx.MockTransport(away), outside)
    assert str(fine) == "✅ webhook 1 can be reached at platform.example"
    assert [(each.method, each.content) for each in asked] == [("HEAD", b"")]
    assert str(lost).startswith("⚠️ webhook 1 at platform.example cannot be reached (ConnectError) – look at")
    assert "hidden" not in str(lost)


def test_the_doctor_has_nothing_to_say_without_webhooks() -> None:
    """Nor without a database."""
    assert list(doctor(Settings())) == []
    assert list(doctor(Settings(database_url="sqlite:///nowhere.db"))) == []


def test_a_network_of_ones_own_is_told_where_the_setting_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The district's platform on the district's own network; no other, and never by accident."""
    monkeypatch.setenv("WUYI_WEBHOOK_NETWORKS", "10.1.0.0/16, fd12::/48")
    for url, status in (("https://10.1.2.3/", 0), ("https://[fd12::7]/", 0), ("https://10.2.2.3/", 1)):
        ran = CliRunner().invoke(webhook, ["add", url, "--role", "office", "--place", "SL"])
        assert ran.exit_code == status, ran.output


async def _inside(host: str, port: int) -> list[str]:
    del host, port
    return ["93.184.215.14", "169.254.169.254"]


def test_the_doctor_sees_where_a_name_leads() -> None:
    """Into one's own network: nothing is sent, and the mend is named."""
    assert CliRunner().invoke(webhook, ADD).exit_code == 0
    asked: list[httpx.Request] = []

    def hear(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200)

    (found,) = doctor(Settings(), httpx.MockTransport(hear), _inside)
    assert str(found).startswith(
        "❌ webhook 1 gets nothing: it lies within a network of one's own; WUYI_WEBHOOK_NETWORKS"
    )
    assert asked == []
