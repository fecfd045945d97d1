"""The red-and-black board (红黑榜): the last days, and for offices an entry to post or to take back."""

from __future__ import annotations

from bot.dialog import Choice, Dialog, Flow, Need, Option, Say, Text
from bot.dialog.choosing import options, which_place
from bot.model import Brief, Colour, EntryPosted, EntryTakenBack, Fact, Standing
from bot.questions.refused import barred, whom

WORDS = 200
"""Characters of an entry."""


def redblack(brief: Brief) -> Dialog:
    """Show the board; ``red`` and ``black`` post an entry, ``back N`` takes one back."""
    what, _, said = brief.subject.partition(" ")
    if what in set(Colour) and brief.posts:
        return (yield from _post(brief, Colour(what)))
    if what in set(Colour):
        yield from Say("red_black/refused", {"refused": "entitled"}, (Option("redblack"), Option("menu")))
        return whom("post")
    mine = next((each for each in brief.entries if what == "back" and str(each.number) == said), None)
    if mine is not None and mine.own:
        sure = yield from Choice("back", options("submit", "discard"), {"entry": mine})
        if sure == "submit":
            return EntryTakenBack(mine.number)
        yield from Say("red_black/kept", actions=(Option("redblack"), Option("menu")))
        return None
    posting = (Option("redblack red", name="red"), Option("redblack black", name="black")) if brief.posts else ()
    own = [each for each in brief.entries if each.own][:1]
    back = tuple(Option(f"redblack back {each.number}", name="back") for each in own)
    yield from Say("red_black/board", {"entries": brief.entries}, (*posting, *back, Option("menu")))
    return None


def _post(brief: Brief, colour: Colour) -> Dialog:
    """Which place, which words, and whether that is right."""
    if not brief.desks:
        return barred("redblack", brief.subject.partition(" ")[2])
    about: dict[str, object] = {"colour": colour.value}
    code = brief.desks[0].code
    if len(brief.desks) > 1:
        code = yield from which_place(brief.desks, about)
    name = next(each.name for each in brief.desks if each.code == code)
    said = yield from Text("words", WORDS, (), about | {"place": name})
    shown = about | {"place": name, "words": said, "today": brief.today}
    sure = yield from Choice("sure", options("submit", "discard"), shown)
    if sure == "discard":
        yield from Say("red_black/kept", actions=(Option("redblack"), Option("menu")))
        return None
    return EntryPosted(code, brief.today, colour, said)


def receipt(fact: Fact, brief: Brief, standing: Standing) -> Say:
    """Posted, or taken back; or why not."""
    again = (Option("redblack"), Option("menu"))
    if "refused" in standing.shown:
        return Say("red_black/refused", standing.shown, again)
    return Say("red_black/receipt", {"posted": isinstance(fact, EntryPosted), **standing.shown}, again)


FLOWS = (Flow("redblack", redblack, "red_black", receipt, frozenset({Need.ENTRIES, Need.DESKS}), about="subject"),)
