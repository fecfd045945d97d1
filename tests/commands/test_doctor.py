"""The doctor names each missing or wrong setting with its mend, in one clear sentence."""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from bot.commands.doctor import doctor, examine
from bot.commands.doctor.finding import Finding, State
from bot.store import audit, house
from bot.store.database import Database
from bot.store.schema import migrate

TOKEN = "123456789:AAExampleExampleExampleExampleExamp"
Look = Callable[..., dict[str, list[str]]]


class Usage(NamedTuple):
    """What ``shutil.disk_usage`` tells."""

    total: int
    used: int
    free: int


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with nothing in it, and no setting of ours in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.startswith("WUYI_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("WUYI_PORT", "0")
    return tmp_path


@pytest.fixture
def ready(home: Path) -> Path:
    """The same, with a database."""
    with closing(Database("sqlite:///data/wuyi.db")) as database:
        migrate(database)
    return home


@pytest.fixture
def look(home: Path, monkeypatch: pytest.MonkeyPatch) -> Look:
    """What the doctor finds under these settings, apart from what is well: lines by check."""
    del home

    def found(
        machine_clock: Callable[[], datetime] = lambda: datetime.now(UTC), **settings: str
    ) -> dict[str, list[str]]:
        for name, value in settings.items():
            monkeypatch.setenv(f"WUYI_{name.upper()}", value)
        by_check: dict[str, list[str]] = {}
        for each in examine(os.environ, machine_clock):
            if each.state is not State.OK and each.check not in {"browser", "font"}:
                by_check.setdefault(each.check, []).append(str(each))
        return by_check

    return found


@contextmanager
def bot_api(status: int, answer: object, date: datetime | None = None) -> Iterator[str]:
    """A tiny server that answers every call alike; gives its address."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Answer."""
            self.send_response_only(status)
            self.send_header("Date", format_datetime(date or datetime.now(UTC), usegmt=True))
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.usefixtures("ready")
def test_a_sound_set_up_needs_no_mend(look: Look) -> None:
    """Nothing but good news after ``wuyi init``."""
    assert look() == {}


@pytest.mark.usefixtures("ready")
def test_the_command_ends_well_when_nothing_is_wrong() -> None:
    """Exit status 0, a line a finding, each with its sign."""
    result = CliRunner().invoke(doctor)
    assert result.exit_code == 0, result.output
    assert all(line.startswith(("✅ ", "⚠️ ")) for line in result.output.splitlines())


@pytest.mark.usefixtures("home")
def test_the_command_ends_badly_when_something_must_be_mended() -> None:
    """Exit status 1; with ``--json`` nothing but JSON on stdout."""
    result = CliRunner().invoke(doctor, ["--json"])
    assert result.exit_code == 1
    findings = json.loads(result.stdout)
    assert {tuple(each) for each in findings} == {("check", "state", "what", "mend")}
    assert [each["mend"] for each in findings if each["state"] == "error"] == ["run `wuyi init`"]


def test_a_wrong_port_is_named_with_what_was_found(look: Look) -> None:
    """Nothing else is looked at: the rest may hang on it."""
    assert look(port="eighty") == {"settings": [line := look(port="eighty")["settings"][0]]}
    assert line.startswith("❌ WUYI_PORT: should be a valid integer")
    assert line.endswith("(found 'eighty') – correct it, or leave it out for the default")


def test_every_wrong_setting_is_named_at_once(look: Look) -> None:
    """Two mistakes need one look."""
    found = look(timezone="Mars/Olympus", telegram_mode="pigeon")["settings"]
    assert [line.split(":")[0] for line in found] == ["❌ WUYI_TIMEZONE", "❌ WUYI_TELEGRAM_MODE"]
    assert "no such time zone: 'Mars/Olympus'; use a name such as Asia/Shanghai" in found[0]


def test_a_settings_file_that_does_not_read_is_named(home: Path, look: Look) -> None:
    """A slip in wuyi.toml is not a traceback."""
    (home / "wuyi.toml").write_text("port = = 1")
    (line,) = look()["settings"]
    assert line.startswith("❌ wuyi.toml does not read as TOML: ")


@pytest.mark.usefixtures("ready")
def test_a_misspelt_setting_is_noticed(look: Look) -> None:
    """It would else be silently without effect."""
    (line,) = look(telegram_tokn="x")["settings"]
    assert line == "⚠️ WUYI_TELEGRAM_TOKN is no setting of this program – did you mean WUYI_TELEGRAM_TOKEN?"


@pytest.mark.parametrize("place", ["file", "/proc/wuyi"])
def test_a_data_folder_that_cannot_be_written_is_named(home: Path, look: Look, place: str) -> None:
    """A file in its place, and a file system that takes nothing, even from root."""
    (home / "file").touch()
    found = look(data_dir=place)
    (line,) = found["folder"]
    assert line.startswith(f"❌ the data folder {place} cannot be written (")
    assert line.endswith(" – let this user write there, or set WUYI_DATA_DIR to another folder")


@pytest.mark.usefixtures("ready")
def test_a_short_secret_key_is_refused(look: Look) -> None:
    """And not repeated."""
    (line,) = look(secret_key="hunter2")["key"]
    assert line.startswith("❌ WUYI_SECRET_KEY is too short")
    assert "hunter2" not in line


def test_a_secret_key_that_others_can_read_is_named(ready: Path, look: Look) -> None:
    """With the command that closes it, after which all is well."""
    key = ready / "data" / "secret.key"
    key.write_text("0" * 64)
    key.chmod(0o644)
    assert look()["key"] == ["❌ the secret key data/secret.key can be read by others – chmod 600 data/secret.key"]
    key.chmod(0o600)
    assert look() == {}


def test_an_empty_secret_key_is_named(ready: Path, look: Look) -> None:
    """An empty file would seal everything under nothing."""
    (ready / "data" / "secret.key").touch(mode=0o600)
    (line,) = look()["key"]
    assert line == "❌ the secret key data/secret.key is empty – restore it from the backup"


def test_a_newer_database_is_named(ready: Path, look: Look) -> None:
    """The program is what must change, not the database."""
    del ready
    with closing(Database("sqlite:///data/wuyi.db")) as database:
        database.write(lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    (line,) = look()["database"]
    assert line.startswith("❌ this database was made by a newer wuyi")
    assert line.endswith(" – upgrade the program")


@pytest.mark.usefixtures("home")
def test_an_address_of_a_database_that_does_not_read_is_not_repeated(look: Look) -> None:
    """It may hold a password."""
    (line,) = look(database_url="hush-hush")["database"]
    assert line.startswith("❌ WUYI_DATABASE_URL is not an address that can be used")
    assert "hush" not in line


def test_a_roster_without_a_backup_is_named(ready: Path, look: Look) -> None:
    """From the first place on; afterwards when none was made for two days."""
    del ready
    mend = " – set WUYI_BACKUP_DIR, or call `wuyi backup FILE` every night (README, “Backups”)"
    made = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
    with closing(Database("sqlite:///data/wuyi.db")) as database:
        place = text("INSERT INTO place (code, name, level, aliases) VALUES ('X', 'X', 'county', '')")
        database.write(lambda connection: connection.execute(place))
        assert look()["backup"] == ["⚠️ no backup was ever made" + mend]
        database.write(lambda connection: audit.record(connection, made, "cli", house.BACKUP, "database"))
    assert "backup" not in look(machine_clock=lambda: made + timedelta(days=2))
    late = look(machine_clock=lambda: made + timedelta(days=2, seconds=1))
    assert late["backup"] == ["⚠️ the last backup is of 2026-11-24 12:00" + mend]


@pytest.mark.usefixtures("ready")
def test_a_backup_folder_that_takes_nothing_is_named(look: Look) -> None:
    """Before a night has passed without a backup."""
    (line,) = look(backup_dir="/proc/none")["backup"]
    assert line.startswith("❌ the backup folder /proc/none cannot be written (")
    assert line.endswith(" – let this user write there, or set WUYI_BACKUP_DIR to another folder")


@pytest.mark.usefixtures("ready")
def test_a_fixed_clock_is_mentioned(look: Look) -> None:
    """WUYI_NOW left over from a demonstration explains a lot of strange dates."""
    (line,) = look(now="2022-12-25T09:00+08:00")["clock"]
    assert line.startswith("⚠️ the clock is fixed at 2022-12-25T09:00+08:00 (WUYI_NOW)")


@pytest.mark.usefixtures("ready")
def test_a_clock_that_cannot_be_right_is_named(look: Look) -> None:
    """A board without a battery starts in 1970."""
    (line,) = look(machine_clock=lambda: datetime(1970, 1, 1, tzinfo=UTC))["clock"]
    assert line == "❌ the clock says 1970-01-01, which cannot be – set it: timedatectl set-ntp true"


@pytest.mark.usefixtures("ready")
def test_a_file_system_with_another_clock_is_named(look: Look) -> None:
    """A network folder with a clock of its own."""
    (line,) = look(machine_clock=lambda: datetime.now(UTC) + timedelta(hours=1))["clock"]
    assert line.startswith("⚠️ the clock and the file system's differ by 36")


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize(("free", "sign"), [(2**20, "❌"), (500 * 2**20, "⚠️")])
def test_a_full_disk_is_named_in_time(look: Look, monkeypatch: pytest.MonkeyPatch, free: int, sign: str) -> None:
    """First a warning, then an error."""
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(0, 0, free))
    (line,) = look()["disk"]
    assert line.startswith(f"{sign} only ")


@pytest.mark.usefixtures("ready")
def test_a_port_that_another_program_has_is_named(look: Look) -> None:
    """With the setting that chooses another."""
    with bot_api(404, {}) as address:
        port = address.rpartition(":")[2]
        (line,) = look(port=port)["port"]
    assert line == f"❌ another program has port {port} – end it, or set WUYI_PORT to a free one"


@pytest.mark.usefixtures("ready")
def test_the_bot_itself_on_its_port_is_fine(look: Look) -> None:
    """The doctor may be called while the bot runs."""
    with bot_api(200, {}) as address:
        assert look(port=address.rpartition(":")[2]) == {}


@pytest.mark.usefixtures("ready")
def test_an_address_of_another_machine_is_named(look: Look) -> None:
    """192.0.2.1 belongs to nobody."""
    (line,) = look(host="192.0.2.1")["port"]
    assert line == "❌ 192.0.2.1 is no address of this machine – set WUYI_HOST to 127.0.0.1 or 0.0.0.0"


@pytest.mark.usefixtures("ready")
def test_an_open_host_without_a_public_address_is_noticed(look: Look) -> None:
    """Its links would lead nowhere."""
    (line,) = look(host="0.0.0.0")["port"]  # noqa: S104 - bound for the blink of an eye, on no port
    assert line.endswith(" – set WUYI_PUBLIC_URL to the address under which people reach it")


@pytest.mark.usefixtures("ready")
def test_a_token_of_the_wrong_shape_is_named(look: Look) -> None:
    """Without asking anybody, and without repeating it."""
    (line,) = look(telegram_token="hush-hush")["telegram"]
    assert line.startswith("❌ WUYI_TELEGRAM_TOKEN does not look like a token")
    assert "@BotFather" in line
    assert "hush" not in line


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize("status", [401, 404])
def test_a_token_that_telegram_does_not_know_is_named(
    look: Look, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    """The token appears in no line and no log."""
    caplog.set_level(logging.DEBUG)
    with bot_api(status, {"ok": False}) as address:
        (line,) = look(telegram_token=TOKEN, telegram_api_url=address)["telegram"]
    assert line.startswith("❌ Telegram does not know the token in WUYI_TELEGRAM_TOKEN – get one from @BotFather")
    assert TOKEN not in line + caplog.text


@pytest.mark.usefixtures("ready")
def test_a_known_token_is_fine(look: Look) -> None:
    """And nothing is amiss in polling mode."""
    with bot_api(200, {"ok": True, "result": {"username": "wuyi_bot"}}) as address:
        assert look(telegram_token=TOKEN, telegram_api_url=address) == {}


@pytest.mark.usefixtures("ready")
def test_another_clock_than_telegrams_is_noticed(look: Look) -> None:
    """Five minutes off, and signatures are stale."""
    late = datetime.now(UTC) - timedelta(minutes=5)
    with bot_api(200, {"ok": True, "result": {"username": "wuyi_bot"}}, late) as address:
        (line,) = look(telegram_token=TOKEN, telegram_api_url=address)["clock"]
    assert line.startswith("⚠️ this machine's clock and Telegram's differ by 30")


@pytest.mark.usefixtures("ready")
def test_a_server_that_speaks_another_language_is_named(look: Look) -> None:
    """Some page, but not the Bot API."""
    with bot_api(200, ["hello"]) as address:
        (line,) = look(telegram_token=TOKEN, telegram_api_url=address)["telegram"]
    assert f"❌ {address} answers, but not as a Bot API server does (status 200)" in line


@pytest.mark.usefixtures("ready")
def test_a_server_out_of_reach_is_named(look: Look) -> None:
    """With the setting that names another; the token is not in the sentence."""
    (line,) = look(telegram_token=TOKEN, telegram_api_url="http://127.0.0.1:1")["telegram"]
    assert line.startswith("❌ http://127.0.0.1:1 cannot be reached (ConnectError) – look at the network")
    assert TOKEN not in line


@pytest.mark.usefixtures("ready")
def test_webhook_mode_asks_for_a_secret_and_an_https_address(look: Look) -> None:
    """Both are missing; then both are there."""
    with bot_api(200, {"ok": True, "result": {"username": "wuyi_bot"}}) as address:
        found = look(telegram_token=TOKEN, telegram_api_url=address, telegram_mode="webhook")
        assert ["WUYI_TELEGRAM_SECRET" in line or "WUYI_PUBLIC_URL" in line for line in found["webhook"]] == [True] * 2
        assert look(telegram_secret="s" * 32, public_url="https://wuyi.example") == {}


def test_a_finding_reads_as_one_line() -> None:
    """Sign, what, mend."""
    assert str(Finding("disk", State.ERROR, "full", "make room")) == "❌ full – make room"
