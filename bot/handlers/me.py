"""The person's own: language, and what is kept about them."""

from __future__ import annotations

from bot.dialog import Choice, Dialog, Flow, Need, Option, Say
from bot.model import Brief, Fact, Locale, LocaleChosen, Standing


def language(brief: Brief) -> Dialog:
    """Choose the language that the bot speaks."""
    chosen = yield from Choice("language", tuple(Option(locale.value) for locale in Locale))
    return LocaleChosen(Locale(chosen))


def me(brief: Brief) -> Dialog:
    """Show what is kept about the person, why, and for how long."""
    yield from Say(
        "me/me", {"me": brief.me, "name": brief.name}, (Option("reports"), Option("language"), Option("forget"))
    )
    return None


def receipt(fact: Fact, brief: Brief, standing: Standing) -> Say:
    """Answer in the language just chosen."""
    return Say("me/chosen", actions=(Option("report"), Option("menu")))


FLOWS = (Flow("language", language, "me", receipt), Flow("me", me, "me", needs=frozenset({Need.SELF})))
