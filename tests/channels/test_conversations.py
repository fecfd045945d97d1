"""Every golden conversation on every channel: the same words, the same choices, to the same people, and no more."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.channels.conftest import DRIVERS, Give
from tests.channels.house import House
from tests.channels.script import speak
from tests.test_transcripts import ALL
from tests.town import CHANNEL

ALONE = frozenset({"(photo 楼道照片)", "(photo 好了)", "(photo done)"})
"""Pictures whose words cannot follow them where a picture comes alone: the next question takes these for its answer."""
OLD = {
    "zh/case": "[医学排除]",
    "zh/correct": "[更正]",
    "zh/creation-award-and-revocation": "[打开]",
    "zh/daily_report-normal": "[✅ 全部正常]",
    "zh/daily_report-stale": "[君安花园小区]",
    "zh/found": "[有新情况]",
}
"""Where an old button is tapped: a list has none, since a number is one of the newest list's. There it ends."""
GROUPS = ("telegram",)
"""The channels with groups: a WeCom application hears none, the web chat has them over the sample roster only, and
before a terminal sits one person."""
IN_TURN = ("telegram", "wecom")
"""The English conversations are held on these, every other one on each; the Chinese ones on all channels."""
ENGLISH = {path: IN_TURN[n % 2] for n, path in enumerate(path for path in ALL if path.parent.name == "en")}
OF_ITSELF = frozenset({"channels", "health"})
"""What they list is the platforms that are in use, and how many messages went through each: another list on each."""
CASES = [
    (name, path)
    for name in DRIVERS
    for path in ALL
    if path.stem not in OF_ITSELF
    if (ENGLISH.get(path, name) == name if path.stem != "group" else name in GROUPS)
]


def called(path: Path) -> str:
    """A transcript's name."""
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize(("name", "path"), CASES, ids=lambda it: called(it) if isinstance(it, Path) else it)
async def test_the_conversation(house: House, driver: Give, name: str, path: Path) -> None:
    """What the platform shows is what the transcript says, as far as all of it can be said there."""
    on = await driver(name)
    house.fresh({name: on})
    channels = f"{CHANNEL}、{name}" if on.beside else name
    end = await speak(house, on, path.read_text(encoding="utf-8"), channels, ALONE)
    if end is None:
        assert not (on.lists and called(path) in OLD)
    elif end.said.startswith("(photo"):
        assert not on.pictures or not on.captions
    else:
        assert on.lists
        assert OLD[called(path)] == end.said


def test_no_exception_outlives_its_conversation() -> None:
    """What is said to end somewhere is still said there."""
    lines = {called(path): path.read_text(encoding="utf-8").splitlines() for path in ALL}
    assert all(f"< {said}" in lines.get(stem, []) for stem, said in OLD.items())
    assert {line.removeprefix("< ") for each in lines.values() for line in each} >= ALONE
