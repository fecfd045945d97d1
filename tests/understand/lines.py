"""The corpus: its lines, and its short way of writing a draft down."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.model import Doubt, Draft, DraftFinding, DraftLine, Kind, Status
from bot.understand.drafts import understand
from bot.understand.gazetteer import Gazetteer, build
from bot.understand.places import Candidate

FOLDER = Path(__file__).parent / "corpus"
TODAY = date(2026, 11, 24)
KINDS = {
    Kind.FEVER: "F", Kind.CLOSE_CONTACT: "M", Kind.SECONDARY_CONTACT: "N", Kind.SUSPECTED: "S",
    Kind.CONFIRMED: "C", Kind.ASYMPTOMATIC: "A", Kind.KEY_PERSON: "K",
}  # fmt: skip


def places() -> tuple[Candidate, ...]:
    """The places that may be named."""
    rows = (row.split("\t") for row in (FOLDER / "places.tsv").read_text(encoding="utf-8").splitlines())
    return tuple(Candidate(code, name, (name, *filter(None, aliases.split(";")))) for code, name, aliases in rows)


PLACES = places()
ALL = build(PLACES)


@dataclass(frozen=True)
class Line:
    """What was written, the draft it is to become, and whose places they are."""

    said: str
    expected: str
    gazetteer: Gazetteer

    def read(self) -> Draft:
        """What it is read as."""
        return understand(self.said, self.gazetteer, TODAY)

    def exact(self) -> bool:
        """Whether that is what is expected, part by part."""
        draft = self.read()
        expected, lost = self.wanted()
        if expected == "-":
            return draft.empty
        return written(draft) == expected and _named(draft.lost, lost)

    def wanted(self) -> tuple[str, list[str]]:
        """The draft without, and the words that are to be named as not understood."""
        parts = [part.strip() for part in self.expected.split(";")]
        lost = [part.removeprefix("lost ") for part in parts if part.startswith("lost ")]
        return "; ".join(part for part in parts if not part.startswith("lost ")), lost


def _named(lost: tuple[str, ...], expected: list[str]) -> bool:
    """Whether the words that were named as lost are those expected, give or take the empty words around them."""
    heard = ["".join(each.split()) for each in lost]
    said = [any(word in each or each in word for each in heard) for word in expected]
    meant = [any(word in each or each in word for word in expected) for each in heard]
    return all(said) and all(meant)


def lines(name: str) -> list[Line]:
    """The lines of a part of the corpus."""
    found = []
    for row in (FOLDER / f"{name}.tsv").read_text(encoding="utf-8").splitlines():
        said, expected, *codes = row.split("\t")
        mine = tuple(each for each in PLACES if each.code in codes[0].split(",")) if codes else PLACES
        found.append(Line(said.replace(r"\n", "\n"), expected, build(mine)))
    return found


def written(draft: Draft) -> str:
    """A draft in the short way of the corpus, without what was lost."""
    parts = [_line(each) for each in draft.lines]
    parts += [f"rest{_mark(Doubt.REST in draft.doubts)}"] if draft.rest else []
    if draft.day != TODAY or Doubt.DAY in draft.doubts:
        parts.append(f"d{_mark(Doubt.DAY in draft.doubts)}{draft.day:%m-%d}")
    return "; ".join(parts)


def _line(line: DraftLine) -> str:
    place = (line.place or "/".join(line.near) or "_") + _mark(Doubt.PLACE in line.doubts)
    if line.findings:
        return f"{place} {' & '.join(map(_finding, line.findings))}{' mixed' if Doubt.STATUS in line.doubts else ''}"
    if line.status is Status.ABNORMAL:
        return f"{place} bad"
    return f"{place} ok{_mark(Doubt.STATUS in line.doubts)}"


def _finding(found: DraftFinding) -> str:
    kind = KINDS[Kind(found.kind)] + _mark(Doubt.KIND in found.doubts)
    parts = [f"{kind}{found.count}{_mark(Doubt.COUNT in found.doubts)}"]
    if found.temperature is not None:
        parts.append(f"{found.temperature:g}{_mark(Doubt.TEMPERATURE in found.doubts)}")
    if found.door:
        parts.append(f"@{found.door}{_mark(Doubt.DOOR in found.doubts)}")
    return " ".join([*parts, *(f"+{sign}" for sign in found.symptoms)])


def _mark(doubted: bool) -> str:  # noqa: FBT001 - yes or no is all there is to say
    return "?" if doubted else ""


SPACED = re.compile(r"\s+")
