"""Durable turns a second over the Telegram webhook, against python-telegram-bot's own webhook and ConversationHandler.

``python -m benchmarks.turns [--people N] [--at-once N] [--rounds N] [--json]``

A turn is one update handed to the webhook, acknowledged, and its answer received by the Bot API. Ours commits every
turn and every sent answer to SQLite (WAL, synchronous=FULL); the peer keeps its state in memory and has no database.
Both get the same people from the same load process in the same run, each server in a fresh process of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import Connection, func, insert, select

from benchmarks.turns_load import SECRET, Api, Load, Measured, Town
from bot.store.crypto import Keyring
from bot.store.database import Database
from bot.store.schema import migrate
from bot.store.tables import named

FIRST = 7_000_000
"""The first person's Telegram id."""
WARM = 50
"""People who report before the clock runs."""
START = 60.0
KEY = "a key for invented people only"
OURS, PEER = "wuyi", "python-telegram-bot"
WHEN = datetime(2026, 1, 1, tzinfo=UTC)


def fill(folder: Path, people: int) -> None:
    """A community of enrolled grid workers with three compounds each."""
    database = Database(f"sqlite:///{folder / 'wuyi.db'}")
    migrate(database)
    keyring = Keyring(KEY.encode())

    def job(connection: Connection) -> None:
        rows: list[dict[str, object]] = [
            {"code": "C", "name": "虚构社区", "level": "community", "parent": None, "aliases": ""}
        ]
        persons, accounts, duties = [], [], []
        for number in range(1, people + 1):
            phone = f"+8613{number:09}"
            sealed = {"phone": keyring.seal(phone), "name": keyring.seal("虚构")}
            known = {"phone_hash": keyring.lookup(phone, "phone"), "locale": "zh", "created_at": WHEN}
            persons.append({"id": number, **sealed, **known})
            address = {"channel": "telegram", "address": str(FIRST + number)}
            accounts.append({**address, "person": number, "bound_at": WHEN})
            for letter in "ABC":
                code = f"{letter}{number}"
                rows.append({"code": code, "name": f"虚构{code}", "level": "compound", "parent": "C", "aliases": ""})
                duties.append({"person": number, "role": "grid_worker", "place": code, "recorded_at": WHEN})
        for table, values in (("place", rows), ("person", persons), ("account", accounts), ("assignment", duties)):
            connection.execute(insert(named(table)), values)

    database.write(job)
    database.close()


def filed(folder: Path) -> int:
    """How many reports are in the database, read anew after the server is gone."""
    database = Database(f"sqlite:///{folder / 'wuyi.db'}")
    with database.read() as connection:
        count = connection.execute(select(func.count()).select_from(named("filing"))).scalar_one()
    database.close()
    return count


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextlib.contextmanager
def server(who: str, folder: Path, port: int, api: str) -> Iterator[subprocess.Popen[bytes]]:
    """The server's process, from start to end."""
    command = [sys.executable, "-m", "benchmarks.turns_peer", str(port), api]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WUYI_")}
    if who == OURS:
        command = [sys.executable, "-m", "bot", "run"]
        kept |= {
            "WUYI_DATA_DIR": str(folder),
            "WUYI_PORT": str(port),
            "WUYI_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "WUYI_SECRET_KEY": KEY,
            "WUYI_TELEGRAM_TOKEN": "1:INVENTED",
            "WUYI_TELEGRAM_API_URL": api,
            "WUYI_TELEGRAM_MODE": "webhook",
            "WUYI_TELEGRAM_SECRET": SECRET,
            "WUYI_TELEGRAM_PER_SECOND": "0",  # what is measured is the bot, not how patient it is with Telegram
        }
    process = subprocess.Popen(command, env=kept, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        yield process
    finally:
        process.terminate()
        _, said = process.communicate(timeout=30)
        if said and process.returncode not in {0, -15}:
            click.echo(said.decode()[-2000:], err=True)


async def started(process: subprocess.Popen[bytes], town: Town, port: int) -> None:
    """Wait until the server has set its webhook and takes connections.

    Raises:
        RuntimeError: it ended instead.
        TimeoutError: it did neither.
    """
    async with asyncio.timeout(START):
        while process.poll() is None:
            if town.webhook:
                with contextlib.suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                    writer.close()
                    return
            await asyncio.sleep(0.05)
    message = f"the server ended with status {process.returncode}"
    raise RuntimeError(message)


async def measure(who: str, people: int, at_once: int) -> Measured:
    """One server, fresh, under the whole load; checks that nothing was lost or said twice."""
    town = Town()
    api = await asyncio.get_running_loop().create_server(lambda: Api(town), "127.0.0.1", 0)
    url = f"http://127.0.0.1:{api.sockets[0].getsockname()[1]}"
    port = free_port()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if who == OURS:
            fill(folder, WARM + people)
        with server(who, folder, port, url) as process:
            await started(process, town, port)
            load = Load(town, port, at_once)
            everybody = iter(range(FIRST + 1, FIRST + 1 + WARM + people))
            await load.run(iter([next(everybody) for _ in range(WARM)]))
            measured = await load.run(everybody)
        if town.problems:
            message = f"{who}: {len(town.problems)} problems, the first: {town.problems[0]}"
            raise click.ClickException(message)
        if who == OURS and filed(folder) != WARM + people:
            message = f"{WARM + people} people were told that they had reported; {filed(folder)} reports are stored"
            raise click.ClickException(message)
    api.close()
    return measured


def percentile(values: list[float], share: float) -> float:
    """Milliseconds under which ``share`` of the values lie."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] * 1000


def line(who: str, rate: float, measured: list[Measured]) -> str:
    """What a person reads of one server: the median, each round, and the last round's waiting times."""
    last = measured[-1]
    spread = ", ".join(f"{each.rate:.0f}" for each in measured)
    waits = [
        ("acknowledged", last.acknowledged, 0.99),
        ("answered", last.answered, 0.5),
        ("answered", last.answered, 0.99),
    ]
    said = ", ".join(f"{what} p{share * 100:.0f} {percentile(values, share):.0f} ms" for what, values, share in waits)
    return f"{who:20} {rate:6.0f} turns/s ({spread}); {said}; load {100 * last.generator / last.seconds:.0f} % busy"


@click.command()
@click.option("--people", default=1000, show_default=True, help="Each makes two turns: the prompt and the receipt.")
@click.option("--at-once", default=40, show_default=True, help="Phones at the same time; Telegram's own default.")
@click.option("--rounds", default=3, show_default=True, help="Each round measures both; the median counts.")
@click.option("--json", "as_json", is_flag=True)
def turns(people: int, at_once: int, rounds: int, *, as_json: bool) -> None:
    """Print turns a second of both, and the ratio."""
    found: dict[str, list[Measured]] = {OURS: [], PEER: []}
    for _ in range(rounds):
        for who, measured in found.items():
            measured.append(asyncio.run(measure(who, people, at_once)))
    rates = {who: statistics.median(each.rate for each in measured) for who, measured in found.items()}
    ratio = rates[OURS] / rates[PEER]
    if as_json:
        click.echo(json.dumps({"turns_per_second": rates, "ratio": ratio, "rounds": rounds, "people": people}))
        return
    for who, measured in found.items():
        click.echo(line(who, rates[who], measured))
    click.echo(f"ratio {ratio:.2f} (ours stored on disk, the peer's in memory)")


if __name__ == "__main__":
    turns()
