"""``WUYI_WEBHOOKS``: read, brought into the table when the bot starts, ended when it is taken out; never printed."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from pydantic import ValidationError

from bot.commands.database import init
from bot.commands.doctor import doctor as whole
from bot.commands.doctor.webhooks import webhooks as doctor
from bot.commands.run import _prepare
from bot.commands.webhook import webhook
from bot.connected import hooks
from bot.model import Address, Outbound, Role, Sent
from bot.settings import Settings
from bot.store.database import Database
from tests.town import KEYRING, NOW
from tests.webhook.listening import listening, outside, signed

URL = "https://platform.example/facts?key=planted"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OURS = f"office@SL={URL}#{SECRET}"


@pytest.fixture(autouse=True)
def _sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WUYI_NOW", "2026-11-24T14:58+08:00")
    assert CliRunner().invoke(init, ["--sample"]).exit_code == 0


def listed() -> list[dict[str, object]]:
    """What the list says, without keys and secrets."""
    ran = CliRunner().invoke(webhook, ["list", "--json"])
    assert "planted" not in ran.output
    found: list[dict[str, object]] = json.loads(ran.stdout)
    return found


def start(monkeypatch: pytest.MonkeyPatch, said: str) -> Settings:
    """Start the bot with this setting, as far as it prepares itself."""
    monkeypatch.setenv("WUYI_WEBHOOKS", said)
    settings = Settings()
    _prepare(settings)
    return settings


def test_it_is_read_from_a_line_and_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A comma in an address is the address's; the environment wins; no key and no secret is in what it prints."""
    (tmp_path / "wuyi.toml").write_text(f'webhooks = ["admin@SL={URL}"]\n')
    (alone,) = Settings().webhooks
    assert (alone.role, alone.place, alone.url.get_secret_value(), alone.secret) == (Role.ADMIN, "SL", URL, None)
    monkeypatch.setenv("WUYI_WEBHOOKS", f"{OURS}, admin@C01=https://b.example/?x=1,2\n office@C01=http://127.0.0.1:9/")
    settings = Settings()
    assert [(each.role.value, each.place) for each in settings.webhooks] == [
        ("office", "SL"), ("admin", "C01"), ("office", "C01"),
    ]  # fmt: skip
    first, second, _ = settings.webhooks
    assert first.secret is not None
    assert (first.url.get_secret_value(), first.secret.get_secret_value()) == (URL, SECRET)
    assert second.url.get_secret_value() == "https://b.example/?x=1,2"
    assert "planted" not in repr(settings)
    assert SECRET not in repr(settings)
    assert not settings.real_channel
    monkeypatch.setenv("WUYI_WEBHOOKS", "")
    assert Settings().webhooks == ()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("planted", "number 1: write it as ROLE@CODE=URL"),
        (f"{OURS} mayor@C01={URL}", "number 2: the role is one of building_leader"),
        ("office@C01=http://planted.example/", "number 1: it has to begin with https://"),
        (f"office@C01={URL}#planted", "number 1: its secret is whsec_ and the base64"),
        (f"office@C01={URL}#whsec_planted=", "number 1: its secret is whsec_ and the base64"),
        (f"office@C01={URL}#", "number 1: its secret is whsec_ and the base64"),
        (f"{OURS} {OURS}", "number 2 is there twice"),
        ("office@C01=https://192.168.3.4/planted", "number 1: it lies within a network of one's own"),
    ],
)
def test_what_does_not_read_is_refused_with_its_mend(monkeypatch: pytest.MonkeyPatch, said: str, told: str) -> None:
    """By the doctor, too, without what may be a secret."""
    monkeypatch.setenv("WUYI_WEBHOOKS", said)
    with pytest.raises(ValidationError):
        Settings()
    ran = CliRunner().invoke(whole)
    assert ran.exit_code == 1
    assert f"❌ WUYI_WEBHOOKS: {told}" in ran.output
    assert "correct it" in ran.output
    assert "planted" not in ran.output
    assert SECRET not in ran.output


@pytest.mark.parametrize("said", ["5", '[{ role = "office" }]'])
def test_a_file_that_says_something_else(tmp_path: Path, said: str) -> None:
    """Is refused with how to write it."""
    (tmp_path / "wuyi.toml").write_text(f"webhooks = {said}\n")
    with pytest.raises(ValidationError, match="a list of ROLE@CODE=URL"):
        Settings()


def test_those_of_the_setting_live_beside_those_of_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that both name is told once; what leaves the setting ends at the next start; the command's own stays."""
    run = CliRunner()
    for place in ("SL", "C01"):
        assert run.invoke(webhook, ["add", URL, "--role", "office", "--place", place]).exit_code == 0
    both = f"{OURS} admin@SL=https://b.example/"
    for _ in range(2):  # a second start changes nothing
        start(monkeypatch, both)
        assert [(each["id"], each["place"], each.get("from")) for each in listed()] == [
            (1, "SL", "WUYI_WEBHOOKS"), (2, "C01", None), (3, "SL", "WUYI_WEBHOOKS"),
        ]  # fmt: skip
    assert run.invoke(webhook, ["list"]).stdout.splitlines()[2] == "3  admin  SL  b.example  WUYI_WEBHOOKS"
    refused = run.invoke(webhook, ["remove", "3"])
    assert (refused.exit_code, "comes from WUYI_WEBHOOKS: take it out there" in refused.stderr) == (1, True)
    hidden = run.invoke(webhook, ["secret", "1"])
    assert (hidden.exit_code, "is the one that WUYI_WEBHOOKS has" in hidden.stderr) == (1, True)
    assert SECRET not in hidden.output
    assert run.invoke(webhook, ["secret", "3"]).stdout.startswith("whsec_")
    start(monkeypatch, OURS)
    assert [each["id"] for each in listed()] == [1, 2]
    start(monkeypatch, "")
    assert [each["id"] for each in listed()] == [2]
    assert run.invoke(webhook, ["remove", "2"]).exit_code == 0


def test_a_place_that_is_not_there_yet(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """Is named, keeps nobody from starting, and is taken up once the roster has it; the doctor says so."""
    settings = start(monkeypatch, f"office@nowhere={URL}")
    assert "no place nowhere" in caplog.text
    assert "planted" not in caplog.text
    assert listed() == []
    (said,) = doctor(settings)
    assert str(said).startswith("⚠️ the roster has no place nowhere")
    assert "import the place" in said.mend


def test_the_doctor_asks_those_of_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the first start it says that one is needed; after it they are as any other."""
    transport = httpx.MockTransport(lambda _: httpx.Response(405))
    monkeypatch.setenv("WUYI_WEBHOOKS", OURS)
    waits, reached = doctor(Settings(), transport, outside)
    assert str(waits) == (
        "⚠️ the webhook office@SL of WUYI_WEBHOOKS is told nothing yet – start the bot (again): wuyi run"
    )
    assert str(reached) == "✅ the webhook office@SL of WUYI_WEBHOOKS can be reached at platform.example"
    (fine,) = doctor(start(monkeypatch, OURS), transport, outside)
    assert str(fine) == "✅ webhook 1 can be reached at platform.example"


async def test_what_is_sent_is_signed_with_the_secret_of_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it has one; else with the one that the command prints."""
    async with listening() as other:
        settings = start(monkeypatch, f"office@SL={other.url}#{SECRET} office@C01={other.url}")
        with closing(Database(settings.url)) as database:
            (channel,) = hooks(database, KEYRING, lambda: NOW, settings)
            for number in ("1", "2"):
                assert await channel.send(Outbound(9, Address("webhook", number), '{"id": "evt_case_1"}')) == Sent()
            await channel.close()  # type: ignore[attr-defined] # of this channel
    assert [signed(SECRET, headers, body) for headers, body in other.came] == [True, False]


@pytest.mark.parametrize(
    ("said", "told"), [("10.1.2.3/16", "has host bits set"), ("here", "write each network as 10.20.0.0/16")]
)
def test_a_network_that_does_not_read(monkeypatch: pytest.MonkeyPatch, said: str, told: str) -> None:
    """Is refused with how to write it."""
    monkeypatch.setenv("WUYI_WEBHOOK_NETWORKS", said)
    ran = CliRunner().invoke(whole)
    assert (ran.exit_code, "❌ WUYI_WEBHOOK_NETWORKS: " in ran.output, told in ran.output) == (1, True, True)


def test_a_network_of_ones_own_as_a_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Named in the file or the environment, it may be told; ``wuyi run`` takes it up."""
    (tmp_path / "wuyi.toml").write_text('webhook_networks = ["192.168.0.0/16"]\n')
    start(monkeypatch, "office@C01=https://192.168.3.4/x")
    assert [each["host"] for each in listed()] == ["192.168.3.4"]
    (tmp_path / "wuyi.toml").write_text("webhook_networks = 5\n")
    with pytest.raises(ValidationError, match="with spaces between"):
        Settings()
