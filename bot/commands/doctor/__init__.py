"""``wuyi doctor``: every setting and part that is missing or wrong, each with its mend."""

from __future__ import annotations

import difflib
import json
import os
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime

import click
from pydantic import ValidationError

from bot.commands.doctor import machine
from bot.commands.doctor.finding import Finding, State, error, ok, warning
from bot.commands.doctor.telegram import telegram
from bot.commands.doctor.webhooks import webhooks
from bot.commands.doctor.wechat import wechat
from bot.commands.doctor.wecom import wecom
from bot.commands.refuse import wrong_settings
from bot.settings import Settings

KNOWN = {f"WUYI_{name.upper()}" for name in Settings.model_fields} | {"WUYI_NOW"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="A list of {check, state, what, mend}.")
def doctor(*, as_json: bool) -> None:
    """Check settings, database, clock and channels; name each mend. Exit status 1 if anything must be mended."""
    findings = list(examine(os.environ, _machine_clock))
    if as_json:
        click.echo(json.dumps([asdict(each) for each in findings], ensure_ascii=False, indent=2))
    else:
        for each in findings:
            click.echo(str(each))
    if any(each.state is State.ERROR for each in findings):
        raise SystemExit(1)


def _machine_clock() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - it is the machine's own clock that is examined, not the program's


def examine(environment: Mapping[str, str], now: Callable[[], datetime]) -> Iterator[Finding]:
    """Everything, in the order in which it is mended; without readable settings nothing else can be looked at."""
    yield from unknown(environment)
    try:
        settings = Settings()
    except (ValidationError, tomllib.TOMLDecodeError) as why:
        for sentence in wrong_settings(why):
            yield error("settings", sentence, "correct it, or leave it out for the default")
        return
    yield ok("settings", "the settings can be read")
    yield machine.folder(settings)
    yield machine.key(settings)
    yield machine.database(settings)
    yield from machine.backup(settings, now)
    yield from machine.clock(settings, now, environment.get("WUYI_NOW"))
    yield machine.zone(settings, now)
    yield from machine.workdays(settings, now)
    yield machine.disk(settings)
    yield machine.port(settings)
    yield from telegram(settings, now)
    yield from wechat(settings, now)
    yield from wecom(settings)
    yield from webhooks(settings)
    yield from machine.parts()


def unknown(environment: Mapping[str, str]) -> Iterator[Finding]:
    """Names that begin like ours and are none: a slip of the pen that would else be silence."""
    for name in sorted(environment):
        if name.startswith("WUYI_") and name not in KNOWN:
            near = difflib.get_close_matches(name, KNOWN, n=1)
            mend = f"did you mean {near[0]}?" if near else "unset it"
            yield warning("settings", f"{name} is no setting of this program", mend)
