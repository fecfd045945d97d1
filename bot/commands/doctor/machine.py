"""What the doctor asks the machine: folder, key, database, clock, disk, port, optional parts."""

from __future__ import annotations

import errno
import shutil
import socket
import stat
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from bot.commands.doctor.finding import Finding, error, ok, warning
from bot.commands.refuse import connect
from bot.settings import KEY_FILE, Settings
from bot.store import deadlines, house, keycheck
from bot.store.crypto import Keyring, WrongKeyError
from bot.store.schema import SchemaError, check
from scheduler.calendar import LAST_KNOWN, Workdays

MIB = 2**20
LITTLE, FEW = 1024 * MIB, 100 * MIB
"""Free space below which the doctor warns, and below which the bot would soon lose its disk."""
OLDEST = datetime(2026, 1, 1, tzinfo=UTC)
"""No clock that is right shows an earlier day: the program is younger."""
DRIFT = 60
"""Seconds by which two clocks may differ before it matters to deadlines and signatures."""
AHEAD = timedelta(days=31)
"""The holidays of the next month should be known."""
KEY_LENGTH = 16
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def folder(settings: Settings) -> Finding:
    """Whether the data folder can be made and written."""
    if why := _unwritable(settings.data_dir):
        mend = "let this user write there, or set WUYI_DATA_DIR to another folder"
        return error("folder", f"the data folder {settings.data_dir} cannot be written ({why})", mend)
    return ok("folder", f"the data folder {settings.data_dir} can be written")


def _unwritable(folder: Path) -> str:
    """Why a folder cannot be made or written; empty if it can."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
    except OSError as why:
        return why.strerror or str(why)
    return ""


def key(settings: Settings) -> Finding:
    """Whether there is a secret key, long enough, that nobody else can read."""
    if settings.secret_key is not None:
        if len(settings.secret_key.get_secret_value()) < KEY_LENGTH:
            mend = f"set at least {KEY_LENGTH} random characters: openssl rand -hex 32"
            return error("key", "WUYI_SECRET_KEY is too short to keep anything secret", mend)
        return ok("key", "the secret key is set (WUYI_SECRET_KEY)")
    return _kept_key(settings.data_dir / KEY_FILE)


def _kept_key(path: Path) -> Finding:
    try:
        mode = path.stat().st_mode
        if not path.read_text(encoding="utf-8").strip():
            return error("key", f"the secret key {path} is empty", "restore it from the backup")
    except FileNotFoundError:
        return ok("key", f"no secret key yet: the first start makes one in {path}")
    except OSError as why:
        return error("key", f"the secret key {path} cannot be read ({why.strerror})", f"chmod 600 {path}")
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        return error("key", f"the secret key {path} can be read by others", f"chmod 600 {path}")
    return ok("key", f"the secret key is kept in {path}; keep a copy apart from the database")


def database(settings: Settings) -> Finding:
    """Whether the database is there and of this program."""
    try:
        with closing(connect(settings)) as found:
            check(found)
            url = found.engine.url
            if (settings.data_dir / KEY_FILE).exists() or settings.secret_key is not None:
                with found.read() as connection:
                    keycheck.matches(connection, Keyring(settings.secret()))
    except SchemaError as why:
        return error("database", why.what, why.mend)
    except (WrongKeyError, OSError):
        what = "the database was sealed with another secret key: names and phones cannot be read"
        mend = "put back the WUYI_SECRET_KEY, or the data folder's secret.key, that it was used with"
        return error("database", what, mend)
    where = url.database if found.sqlite else url.render_as_string(hide_password=True)
    return ok("database", f"the database {where} is up to date")


def backup(settings: Settings, now: Callable[[], datetime]) -> Iterator[Finding]:
    """Whether there is a backup of lately, once there is a roster of one's own to lose; and room for the bot's own."""
    if settings.backup_dir is not None and (why := _unwritable(settings.backup_dir)):
        what = f"the backup folder {settings.backup_dir} cannot be written ({why})"
        yield error("backup", what, "let this user write there, or set WUYI_BACKUP_DIR to another folder")
    try:
        with closing(connect(settings)) as found:
            check(found)
            with found.read() as connection:
                last, roster = house.last_backup(connection), house.roster(connection)
    except SchemaError:
        return  # said already
    mend = "set WUYI_BACKUP_DIR, or call `wuyi backup FILE` every night (README, “Backups”)"
    if last is None:
        if roster:
            yield warning("backup", "no backup was ever made", mend)
        return
    local = last.astimezone(settings.zone)
    if now() - last > house.STALE:
        yield warning("backup", f"the last backup is of {local:%Y-%m-%d %H:%M}", mend)
    else:
        yield ok("backup", f"the last backup is of {local:%Y-%m-%d %H:%M}")


def clock(settings: Settings, now: Callable[[], datetime], fixed: str | None) -> Iterator[Finding]:
    """Whether the clock can be right: not before the program, and that of the file system; ``fixed`` is WUYI_NOW."""
    if fixed:
        yield warning("clock", f"the clock is fixed at {fixed} (WUYI_NOW)", "unset it, unless this is a demonstration")
        return
    if now() < OLDEST:
        yield error("clock", f"the clock says {now():%Y-%m-%d}, which cannot be", "set it: timedatectl set-ntp true")
        return
    if settings.data_dir.is_dir():
        with tempfile.NamedTemporaryFile(dir=settings.data_dir) as file:
            kept = datetime.fromtimestamp(Path(file.name).stat().st_mtime, UTC)
        apart = abs((now() - kept).total_seconds())
        if apart > DRIFT:
            what = f"the clock and the file system's differ by {apart:.0f} seconds"
            yield warning("clock", what, "set both by the network: timedatectl set-ntp true")
            return
    yield ok("clock", "the clock can be right")


def zone(settings: Settings, now: Callable[[], datetime]) -> Finding:
    """The hour that the bot believes it is: an operator sees at once if it is not."""
    local = now().astimezone(settings.zone)
    return ok("zone", f"the time zone is {settings.timezone}, where it is {local:%H:%M}")


def workdays(settings: Settings, now: Callable[[], datetime]) -> Iterator[Finding]:
    """Whether the holidays of the weeks to come are known; where they are not, weekends are all that is."""
    today = now().astimezone(settings.zone).date()
    try:
        with closing(connect(settings)) as found:
            check(found)
            with found.read() as connection:
                known = Workdays(deadlines.workdays(connection))
    except SchemaError:
        known = Workdays()
    if known.guessed(today, today + AHEAD):
        what = f"the public holidays after {LAST_KNOWN.year} are not known; the days of the week are used"
        yield warning("workdays", what, "upgrade chinesecalendar, or write them: wuyi workdays --off DAY --work DAY")


def disk(settings: Settings) -> Finding:
    """Whether there is room for the data."""
    place = next(
        each for each in (settings.data_dir.absolute(), *settings.data_dir.absolute().parents) if each.is_dir()
    )
    free = shutil.disk_usage(place).free
    room = f"{free / LITTLE:.1f} GiB free for {settings.data_dir}"
    if free < FEW:
        return error("disk", f"only {room}", "make room: a full disk stops every report")
    if free < LITTLE:
        return warning("disk", f"only {room}", "make room soon: a full disk stops every report")
    return ok("disk", room)


def port(settings: Settings) -> Finding:
    """Whether the pages can be served where the settings say."""
    where = f"{settings.host}:{settings.port}"
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        with socket.socket(family) as server:
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does: a port just left is free
            server.bind((settings.host, settings.port))
    except OSError as why:
        if why.errno == errno.EADDRINUSE:
            return _in_use(settings, where)
        if why.errno == errno.EACCES:
            return error("port", f"this user may not serve port {settings.port}", "set WUYI_PORT to 1024 or above")
        return error("port", f"{settings.host} is no address of this machine", "set WUYI_HOST to 127.0.0.1 or 0.0.0.0")
    if not settings.loopback and not settings.public_url:
        mend = "set WUYI_PUBLIC_URL to the address under which people reach it"
        return warning("port", f"{where} is free and open to the network, but links in messages would not work", mend)
    return ok("port", f"{where} is free")


def _in_use(settings: Settings, where: str) -> Finding:
    try:
        answer = httpx.get(f"http://{where}/healthz", timeout=5, trust_env=False)
    except httpx.HTTPError:
        answer = None
    if answer is not None and answer.is_success:
        return ok("port", f"the bot is running at {where}")
    return error("port", f"another program has port {settings.port}", "end it, or set WUYI_PORT to a free one")


def parts() -> Iterator[Finding]:
    """Optional parts: for looking at the pages in tests, and for pictures with Chinese text."""
    if not any(map(shutil.which, BROWSERS)):
        yield warning("browser", "no browser here; only the tests of the pages want one", "apt-get install chromium")
    lister = shutil.which("fc-list")
    if lister is None or not subprocess.run([lister, ":lang=zh"], capture_output=True, check=False).stdout:  # noqa: S603 - a fixed command
        yield warning(
            "font", "no Chinese font here; only a browser on this machine wants one", "apt-get install fonts-noto-cjk"
        )
