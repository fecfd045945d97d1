"""A transcript, spoken through a channel: what is said, what must be shown, and whether it was."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.store.authority import MUTE
from tests.channels.house import Driver, House, Shown
from tests.staged import STAGE
from tests.test_transcripts import ACTION, CODE, invite
from tests.town import CHANNEL, PEOPLE

TO = re.compile(rf"> \((?P<to>{'|'.join((*PEOPLE, 'group'))})\)(?: (?P<text>.*))?")
PAPER = re.compile(r"\((?P<name>.+\.(?:xlsx|docx|png))\)")
PICTURED = ".png"
CHOICES = re.compile(r"\[.+\]")
OWN = re.compile(rf"^(渠道：|聊天：|Channels: |Chats: ){CHANNEL}$")
"""Where somebody reads through which channels they are reached."""


BETWEEN = 5000
"""Lines that no transcript has, for what comes between two lines of it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a person, where it stands in the file, and what the bot answers."""

    number: int
    said: str
    before: tuple[str, ...]
    """Directives since the line before it."""
    answers: tuple[str, ...]


@dataclass
class Told:
    """What a person is shown in a turn: the words with the choices, numbered, and the files."""

    words: str = ""
    papers: list[str] = field(default_factory=list)


def lines(said: str) -> Iterator[Line]:
    """What people say in a transcript, in order."""
    rows = said.splitlines()
    before: list[str] = []
    for number, row in enumerate(rows, 1):
        if row[:1] in {"@", "=", "!"}:
            before.append(row)
        elif row.startswith("<"):
            rest = rows[number:]
            length = next((n for n, each in enumerate(rest) if not each.startswith(">")), len(rest))
            yield Line(number, row[1:].strip(), tuple(before), tuple(rest[:length]))
            before = []


def expected(answers: Sequence[str], who: str, channels: str) -> list[Shown]:
    """The messages of a block of ``>``: a line of text, a row of choices or a file each."""
    found = []
    for answer in answers:
        match = TO.fullmatch(answer)
        to = match["to"] if match else who
        text = (match["text"] or "") if match else answer[1:].removeprefix(" ")
        if paper := PAPER.fullmatch(text):
            found.append(Shown(to, paper=paper["name"]))
        elif CHOICES.fullmatch(text):
            found.append(Shown(to, choices=tuple(text[1:-1].split("] ["))))
        else:
            found.append(Shown(to, OWN.sub(lambda found: f"{found[1]}{_heard(found[1], channels)}", text)))
    return found


def _heard(label: str, channels: str) -> str:
    """All channels; where it is said by which somebody is reached, not those that only answer."""
    muted = MUTE if label in {"聊天：", "Chats: "} else ()
    return "、".join(each for each in channels.split("、") if each not in muted)


def told(shown: Iterable[Shown], *, reflows: bool) -> dict[str, Told]:
    """By person: all that was shown, whether the choices are buttons, options of a card or a list of numbers."""
    found: dict[str, Told] = defaultdict(Told)
    count: dict[str, int] = defaultdict(int)
    for each in shown:
        here = found[each.to]
        if each.text.strip():
            count[each.to] = 0
            rows = [row.strip() for row in each.text.strip().split("\n")]
            here.words += "".join("".join(rows).split()) if reflows else "\n".join([*rows, ""])
        for choice in each.choices:
            count[each.to] += 1
            here.words += f"{count[each.to]}.{''.join(choice.split())}" if reflows else f"{count[each.to]}. {choice}\n"
        if each.paper:  # a picture has no name where it is looked at
            here.papers.append(PICTURED if each.paper.endswith(PICTURED) else each.paper)
    for here in found.values():
        here.words = re.sub(r"\n{2,}", "\n", here.words)
    return dict(found)


def offered(shown: Iterable[Shown]) -> dict[str, tuple[str, ...]]:
    """By person: the choices of the newest message."""
    found: dict[str, tuple[str, ...]] = {}
    begun: set[str] = set()
    for each in shown:
        if each.choices:
            found[each.to] = (*(found.get(each.to, ()) if each.to in begun else ()), *each.choices)
            begun.add(each.to)
        elif each.to in begun or each.to not in found:
            found[each.to] = ()
            begun.discard(each.to)
    return found


def _sayable(driver: Driver, line: Line, choices: Container[str], alone: Container[str]) -> bool:
    if line.said.startswith("(photo"):
        return driver.pictures and (driver.captions or line.said not in alone)
    return not (driver.lists and line.said.startswith("[")) or line.said[1:-1] in choices


async def speak(house: House, driver: Driver, said: str, channels: str, alone: Container[str] = ()) -> Line | None:
    """Speak a transcript; after each line everybody must have been shown what stands there, and no more.

    A line that nobody can say on this channel ends the conversation, and is returned. ``alone``: pictures whose words
    cannot follow them, for the next question takes these for its answer.

    Raises:
        AssertionError: somebody was shown something else.
    """
    await driver.begin()
    speaker, choices = "zhang", dict[str, tuple[str, ...]]()
    for line in lines(said):
        for directive in line.before:
            speaker = _direct(house, directive, speaker)
        who, _, group = speaker.partition(" ")
        house.turn(line.number)
        if not _sayable(driver, line, choices.get(who, ()), alone):
            await driver.over()
            return line
        await (driver.say(who, line.said, group) if group else _act(house, driver, who, line))
        await house.post.settle()
        shown = told(await driver.seen(), reflows=driver.reflows)
        wanted = told(expected(line.answers, group or who, channels), reflows=driver.reflows)
        assert shown == wanted, _difference(line, shown, wanted)
        assert house.quarantined == []
        choices |= offered(expected(line.answers, group or who, channels))
    await driver.over()
    return None


def _difference(line: Line, shown: Mapping[str, Told], wanted: Mapping[str, Told]) -> str:
    """What stands in the transcript and was not shown, and what was shown beside it."""
    said = [f"line {line.number}: {line.said}"]
    for who in sorted({*shown, *wanted}):
        got, due = shown.get(who, Told()), wanted.get(who, Told())
        if got != due:
            said += [f"{who} was to be shown", due.words, *due.papers, "and was shown", got.words, *got.papers]
    return "\n".join(said)


def _direct(house: House, directive: str, speaker: str) -> str:
    """Do what a line between two lines of people says; gives who speaks now."""
    rest = directive[1:].strip()
    if directive.startswith("@"):
        house.talk.at(rest)
    elif directive.startswith("="):
        return rest
    else:
        what, *given = rest.split()
        {**STAGE, "invite": invite}[what](house.talk, *given)
    return speaker


async def _act(house: House, driver: Driver, who: str, line: Line) -> None:
    """One line of a person."""
    said = line.said.replace("CODE", CODE)
    action = ACTION.match(said)
    if said.startswith("[") and said.endswith("]"):
        await driver.tap(who, said[1:-1])
    elif action is None:
        await driver.say(who, said)
    elif action["what"] == "open":
        await driver.open(who, action["with"] or "")
    elif action["with"] and not driver.captions:
        await driver.photo(who, "")
        await house.post.settle()
        await driver.seen()  # what is said to the picture alone, before its words come
        house.turn(BETWEEN + line.number)
        await driver.say(who, action["with"])
    else:
        await driver.photo(who, action["with"] or "")
