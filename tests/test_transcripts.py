"""Golden conversations: ``<`` is a person, ``>`` is the bot. ``pytest --update`` rewrites what the bot says.

A line ``@ 2026-11-24 14:58`` sets the clock, ``= zhang`` says who speaks, ``= zhang group`` that they do so in a group.
``< [Label]`` taps a button, ``< (open)`` opens the chat, ``< (open CODE)`` by a link, ``< (photo CAPTION)`` sends a
picture; ``# …`` is a remark.
``!invite new`` makes a code for a person, to be used as ``CODE``; what else ``!`` does stands in ``tests.staged``.
Every answer has been through the database (sealed JSON) before the next line is read: each conversation also shows
that a restart between two lines changes nothing.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.handlers import FLOWS
from bot.model import Locale, Outbound
from bot.store import people
from bot.store.database import Database
from tests.staged import STAGE
from tests.talking import Talk
from tests.town import KEYRING, PEOPLE, desk

FOLDER = Path(__file__).parent / "transcripts"
ALL = sorted(FOLDER.glob("*/*.txt"))
CODE = "7KQM2XRT"
ACTION = re.compile(r"^\((?P<what>open|photo)(?: (?P<with>.*))?\)$")


@pytest.mark.parametrize("path", ALL, ids=lambda path: f"{path.parent.name}/{path.stem}")
async def test_conversation(
    path: Path, town: Database, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bot says today what it said when the transcript was read and found good, whatever room is on this disk."""
    monkeypatch.setattr("bot.store.house.LITTLE", 0)
    said = path.read_text(encoding="utf-8")
    heard = await replay(town, [line for line in said.splitlines() if not line.startswith(">")])
    if request.config.getoption("--update"):
        path.write_text(heard, encoding="utf-8")
        return
    assert heard == said


async def replay(town: Database, lines: list[str]) -> str:
    """Speak the lines of the persons; everything, with what the bot answers."""
    talk = Talk(town)
    who, group = "zhang", ""
    heard: list[str] = []
    for line in lines:
        heard.append(line)
        match line[:1]:
            case "@":
                talk.at(line[1:].strip())
            case "=":
                who, _, group = line[1:].strip().partition(" ")
            case "!":
                what, *given = line[1:].split()
                {**STAGE, "invite": invite}[what](talk, *given)
            case "<":
                talk.desk = desk(town, lambda: talk.now)  # a new process for every line
                talk.desk._tools = replace(
                    talk.desk._tools, token=numbered_tokens(len(heard)), ways=lambda _: talk.ways
                )
                replies = await say(talk, who, line[1:].strip(), group)
                heard += [text for reply in replies for text in shown(reply, group or who)]
            case _:
                continue
    return "\n".join(heard).rstrip("\n") + "\n"


def numbered_tokens(line: int) -> Callable[[], str]:
    """The tokens of a line: the same whenever the transcript is replayed."""
    numbers = itertools.count()
    return lambda: f"t{line:04}{next(numbers):02}"


async def say(talk: Talk, who: str, said: str, group: str = "") -> list[Outbound]:
    """One line of a person, perhaps in a group."""
    if group:
        return await talk.write(who, said, group)
    if said.startswith("[") and said.endswith("]"):
        return await talk.tap(who, said[1:-1])
    action = ACTION.match(said.replace("CODE", CODE))
    if action is None:
        return await talk.write(who, said.replace("CODE", CODE))
    if action["what"] == "open":
        return await talk.open(who, action["with"] or "")
    return await talk.photo(who, caption=action["with"] or "")


def shown(reply: Outbound, who: str) -> list[str]:
    """A reply as it stands in a transcript: its lines, then its rows of buttons."""
    mark = ">" if reply.address.id == who else f"> ({reply.address.id})"
    lines = [f"{mark} {line}".rstrip() for line in reply.text.splitlines()]
    lines += [f"{mark} ({reply.paper.name})"] if reply.paper else []
    return [*lines, *(f"{mark} " + " ".join(f"[{button.label}]" for button in row) for row in reply.buttons)]


def invite(talk: Talk, who: str) -> None:
    """A code for a person of the town."""
    talk.database.write(lambda c: people.invite(c, KEYRING, PEOPLE[who][0], CODE, talk.now, None))


def test_every_flow_has_its_transcripts() -> None:
    """Each conversation is shown in both languages."""
    for locale in Locale:
        spoken = {path.stem.partition("-")[0] for path in ALL if path.parent.name == locale.value}
        assert set(FLOWS) <= spoken, f"{locale}: {set(FLOWS) - spoken}"
