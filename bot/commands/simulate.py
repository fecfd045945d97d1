"""``wuyi simulate``: a virtual town on a virtual clock, and what came of it."""

from __future__ import annotations

import gc
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from bot import words
from bot.commands.figures import LANG
from bot.commands.table import cells
from bot.model import Locale
from bot.simulation.judge import judge
from bot.simulation.play import Wanted, play
from bot.simulation.verdict import Verdict
from bot.simulation.workdays import working

KEY = "simulate/table"
MEMORY = Path("/dev/shm")  # noqa: S108 - where Linux keeps files in memory; a folder of our own is made in it
SHOWN = (
    "kills", "messages", "owed", "reported", "on_time", "reminders", "reminders_a_day", "reminders_most", "doubled",
    "lost", "after_reported", "quiet", "over_three", "unknown", "untried", "acknowledged_lost", "quarantined", "dated",
    "dated_missing", "dated_stray", "reply_p50", "reply_p99", "reminder_p50", "reminder_p99", "taps_a_week",
    "typed_a_week", "minutes_a_week",
)  # fmt: skip
"""The rows of the table, in order."""


@click.command()
@click.option("--workers", type=click.IntRange(1, 10_000), default=50, show_default=True, help="How many report.")
@click.option("--days", type=click.IntRange(1, 3660), default=30, show_default=True, help="How long.")
@click.option("--seed", type=int, default=1, show_default=True, help="Another town, other people, other faults.")
@click.option("--faults/--no-faults", default=True, show_default=True, help="Whether platform and process fail.")
@click.option("--channel-rate", type=click.IntRange(1), help="Messages a second that a platform takes. [default: any]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object only.")
@LANG
def simulate(  # noqa: PLR0913 - one argument an option
    *, workers: int, days: int, seed: int, faults: bool, channel_rate: int | None, as_json: bool, lang: str
) -> None:
    """Let the days of an invented town pass through the real bot, with a platform and a process that fail.

    Nothing of this deployment is read or written but its settings. Exit status 1 when a reminder was doubled, lost,
    sent in quiet hours, too often or to somebody who had reported, or a message was lost.
    """
    wanted = Wanted(workers, days, seed, faults=faults, rate=channel_rate)
    begun = time.perf_counter()
    memory = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="wuyi-", dir=memory) as folder, _on_one_core(), _as_run():
        verdict = judge(play(wanted, Path(folder)), working)
    seconds = round(time.perf_counter() - begun, 1)
    locale = Locale(lang)
    if as_json:
        click.echo(json.dumps({"seed": seed, "faults": faults, "seconds": seconds, **verdict.figures()}, indent=1))
    else:
        values = {"seed": seed, "faults": faults, "seconds": seconds, "days": days, "workers": workers}
        click.echo(words.text(KEY, locale, values))
        click.echo(table(verdict, locale))
    if verdict.defects:
        found = [
            (words.label(KEY, locale, name), getattr(verdict, name), verdict.examples.get(name, []))
            for name in verdict.defects
        ]
        click.echo(words.text(KEY, locale, {"found": found}, "failed"), err=True)
        sys.exit(1)


@contextmanager
def _as_run() -> Iterator[None]:
    """As ``wuyi run`` does it: what was loaded to start with is never garbage, and not looked through for any."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@contextmanager
def _on_one_core() -> Iterator[None]:
    """Stay on one core meanwhile: the town's two threads wait for each other, and on two cores that takes longer."""
    if not hasattr(os, "sched_setaffinity"):  # not every system has it
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def table(verdict: Verdict, locale: Locale) -> str:
    """A row a figure, in columns that align in a terminal."""
    rows = [(words.label(KEY, locale, name), f"{getattr(verdict, name):g}") for name in SHOWN]
    rows = [(words.label(KEY, locale, "figure"), words.label(KEY, locale, "value")), *rows]
    left, right = (max(cells(row[column]) for row in rows) for column in (0, 1))
    return "\n".join(
        f"{name}{' ' * (left - cells(name))}  {' ' * (right - cells(value))}{value}" for name, value in rows
    )
