"""The person's own: language, name, and what is kept about them: what for, on which basis, for how long."""

from __future__ import annotations

from bot import words
from bot.dialog import Choice, Dialog, Flow, Need, Option, Retake, Say, Text
from bot.model import Brief, Fact, Locale, LocaleChosen, NameCorrected, Standing
from bot.model.register import REGISTER, Collection

LONGEST = 30
"""No name is longer, in signs."""


def language(brief: Brief) -> Dialog:
    """Choose the language that the bot speaks."""
    chosen = yield from Choice("language", tuple(Option(locale.value) for locale in Locale))
    return LocaleChosen(Locale(chosen))


def me(brief: Brief) -> Dialog:
    """Show what is kept about the person, why, and for how long."""
    yield from Say("me/me", {"me": brief.me, "name": brief.name})
    rows = [_row(brief, each) for each in REGISTER]
    reports = Option("reports", name="reports_button")
    actions = (Option("name"), Option("export"), reports, Option("language"), Option("forget"))
    yield from Say("me/register", {"rows": rows}, actions)
    return None


def _row(brief: Brief, collection: Collection) -> tuple[str, str, str]:
    """One kind of data in words: what and what for, the basis, the term."""
    days = {"me": brief.me}
    return (
        words.label("me/register", brief.locale, collection.key),
        words.label("me/register", brief.locale, collection.basis.value),
        words.label("me/register", brief.locale, collection.term.value, days),
    )


def name(brief: Brief) -> Dialog:
    """Put the person's own name right (PIPL 46)."""
    said = yield from Text("name", LONGEST, (Option("keep"),))
    written = " ".join(said.split())
    if said == "keep" or not any(sign.isalpha() for sign in written):
        yield from Say("me/kept", actions=(Option("me"),))
        return None
    sure = yield from Choice("sure", (Option("submit"), Option("again"), Option("keep")), {"written": written})
    if sure == "again":
        yield from Retake(("name", "sure"))
    if sure == "keep":
        yield from Say("me/kept", actions=(Option("me"),))
        return None
    return NameCorrected(written)


def receipt(fact: Fact, brief: Brief, standing: Standing) -> Say:
    """Answer in the language just chosen, or with the name as it stands now."""
    if isinstance(fact, NameCorrected):
        return Say("me/named", {"name": fact.name}, (Option("me"),))
    return Say("me/chosen", actions=(Option("report"), Option("menu")))


FLOWS = (
    Flow("language", language, "me", receipt),
    Flow("me", me, "me", needs=frozenset({Need.SELF})),
    Flow("name", name, "me", receipt),
)
