"""The board as a picture: of one's places, of the days of a compound, of a town at a glance (PRODUCT 9)."""

from __future__ import annotations

from bot.dialog import Dialog, Flow, Need, Option, Say
from bot.dialog.choosing import one_place
from bot.model import Brief, Fact, PictureAsked, Standing
from bot.questions.refused import barred, misnamed

MENU = Option("menu")


def board(brief: Brief) -> Dialog:
    """All places of one's own on one picture; ``/board JA`` names another below them."""
    if brief.misnamed:
        yield from misnamed(brief.misnamed, "board")
        return None
    if not brief.boards:
        return barred("board", brief.subject)
    return PictureAsked("board-picture", tuple(each.code for each in brief.boards))


def days(brief: Brief) -> Dialog:
    """The last days of a compound, that was named or is chosen."""
    if brief.misnamed:
        yield from misnamed(brief.misnamed, "days")
        return None
    if not brief.calendars:
        return barred("days", brief.subject)
    place = yield from one_place(brief.calendars)
    return PictureAsked("calendar-picture", (place.code,))


def overview(brief: Brief) -> Dialog:
    """A town at a glance, for those who oversee one."""
    if brief.misnamed:
        yield from misnamed(brief.misnamed, "overview")
        return None
    if not brief.overviews:
        return barred("overview", brief.subject)
    place = yield from one_place(brief.overviews)
    return PictureAsked("overview-picture", (place.code,))


def receipt(fact: Fact, brief: Brief, standing: Standing) -> Say:
    """The words that go with the picture, and the other pictures; or why there is none."""
    assert isinstance(fact, PictureAsked)  # noqa: S101 - what these flows come to
    if "refused" in standing.shown:
        return Say("board/refused", {}, (Option("board"), MENU))
    onward = []
    if fact.kind == "board-picture":
        one = brief.calendars[0].code if len(brief.calendars) == 1 else ""
        onward.append(Option(f"days {one}".strip(), name="days"))
    else:
        onward.append(Option("board"))
    if fact.kind == "calendar-picture":
        onward.append(Option(f"history {fact.places[0]}", name="history"))
    if fact.kind != "overview-picture" and brief.overviews:
        onward.append(Option("overview"))
    return Say("board/receipt", {"kind": fact.kind, **standing.shown}, (*onward, MENU))


FLOWS = tuple(
    Flow(name, run, "board", receipt, frozenset({Need.PICTURED}), about="subject")
    for name, run in (("board", board), ("days", days), ("overview", overview))
)
