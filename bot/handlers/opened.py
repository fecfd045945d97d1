"""Opening one sealed item of a case: which, and what for. It is logged, and nothing is typed."""

from __future__ import annotations

from bot import words
from bot.dialog import Choice, Dialog, Flow, Goto, Need, Option, Say
from bot.model import Brief, Fact, Field, ItemOpened, Standing
from bot.questions.refused import barred

REASONS = ("transfer", "verify", "trace", "care")
"""What one may open something for: to arrange transport, to check, to trace contacts, to look after somebody."""


def open_(brief: Brief) -> Dialog:
    """Ask which item, unless the command named one, and the reason; the desk decides whether it may be seen."""
    card = brief.case
    code, _, item = brief.subject.partition(" ")
    if card is None:
        return barred("cases", code) if code else Goto("cases")
    sealed = {field.value: field for field in card.sealed}
    back = (Option(f"case {card.case.code}", name="case"),)
    if not sealed or (item and item not in sealed):
        yield from Say("opened/nothing", {"code": card.case.code}, back)
        return None
    if not item:
        item = yield from Choice("field", tuple(map(Option, sealed)), {"code": card.case.code})
    shown = {"code": card.case.code, "field": label(brief, sealed[item])}
    reason = yield from Choice("reason", tuple(map(Option, (*REASONS, "discard"))), shown)
    if reason == "discard":
        yield from Say("opened/closed", {}, back)
        return None
    return ItemOpened(card.case.code, sealed[item], reason)


def label(brief: Brief, field: Field) -> str:
    """What an item is called."""
    return words.label("opened/field", brief.locale, field.value)


def receipt(fact: Fact, brief: Brief, standing: Standing) -> Say:
    """What the item says, and that it was logged; or why it stays closed."""
    assert isinstance(fact, ItemOpened)  # noqa: S101 - this flow comes to nothing else
    code = fact.case
    back = Option(f"case {code}", name="case")
    if "refused" in standing.shown:
        return Say("opened/refused", {"most": 0, **standing.shown}, (back,))
    shown = {
        "code": code,
        "field": label(brief, fact.field),
        "value": standing.shown.get("value", ""),
        "reason": words.label("opened/reason", brief.locale, fact.reason),
        "at": standing.at,
    }
    return Say("opened/opened", shown, (Option(f"open {code}", name="another"), back))


FLOWS = (Flow("open", open_, "opened", receipt, frozenset({Need.CASE}), about="subject"),)
