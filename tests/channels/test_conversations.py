"""Every golden conversation on every channel: the same words, the same choices, to the same people, and no more."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.channels.conftest import DRIVERS, Give
from tests.channels.house import House
from tests.channels.script import Line, speak
from tests.test_transcripts import ALL

OLD = "a list has no old buttons: a number is one of the newest list's"
ALONE = "a picture comes alone here, and what follows it answers the next question"
NEVER: Mapping[str, Mapping[str, str]] = {"console": {r"\(photo.*\)": "a terminal has no pictures"}}
"""By channel: lines that nobody can say there, and why. A conversation goes as far as the first of them."""
ENDS: Mapping[tuple[str, str], tuple[str, str]] = {
    ("wecom", "zh/assess"): ("(photo 楼道照片)", ALONE),
    ("wecom", "zh/problems"): ("(photo 好了)", ALONE),
    ("wecom", "en/problems"): ("(photo done)", ALONE),
    ("console", "zh/case"): ("[医学排除]", OLD),
    ("console", "zh/correct"): ("[更正]", OLD),
    ("console", "zh/daily_report-normal"): ("[✅ 全部正常]", OLD),
    ("console", "zh/daily_report-stale"): ("[君安花园小区]", OLD),
    ("console", "zh/found"): ("[有新情况]", OLD),
}
"""By channel and transcript: a line that cannot be said there, the last of its kind, and why."""
GROUPS = ("telegram",)
"""The channels with groups: a WeCom application hears none, the web chat has them over the sample roster only, and
before a terminal sits one person."""
IN_TURN = ("telegram", "wecom")
"""The English conversations are held on these, every other one on each; the Chinese ones on all channels."""
ENGLISH = {path: IN_TURN[n % 2] for n, path in enumerate(path for path in ALL if path.parent.name == "en")}
CASES = [
    (name, path)
    for name in DRIVERS
    for path in ALL
    if (ENGLISH.get(path, name) == name if path.stem != "group" else name in GROUPS)
]


def called(path: Path) -> str:
    """A transcript's name."""
    return f"{path.parent.name}/{path.stem}"


def unsayable(name: str, path: Path, said: str) -> int:
    """The number of the first line that cannot be said on a channel; 0: all of them can."""
    patterns = "|".join(NEVER.get(name, {})) or "(?!)"
    found = [number for number, row in enumerate(said.splitlines(), 1) if re.fullmatch(f"< (?:{patterns})", row)]
    if (name, called(path)) in ENDS:
        wanted, _ = ENDS[name, called(path)]
        found.append(max(number for number, row in enumerate(said.splitlines(), 1) if row == f"< {wanted}"))
    return min(found, default=0)


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize(("name", "path"), CASES, ids=lambda it: called(it) if isinstance(it, Path) else it)
async def test_the_conversation(house: House, driver: Give, name: str, path: Path) -> None:
    """What the platform shows is what the transcript says."""
    said = path.read_text(encoding="utf-8")
    end = unsayable(name, path, said)

    def until(line: Line) -> bool:
        return line.number == end

    on = await driver(name)
    house.fresh({name: on}, also=name == "console")
    channels = "test、console" if name == "console" else name
    assert await speak(house, on, said, channels, until) == (end > 0)


def test_every_reason_is_of_a_conversation() -> None:
    """No exception outlives its transcript."""
    names = {called(path) for path in ALL}
    assert {stem for _, stem in ENDS} <= names
    assert {name for name, _ in ENDS} | set(NEVER) <= set(DRIVERS)
