"""Words that answer nothing that is asked: a report in plain words becomes a draft; others are not understood."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot import words
from bot.desk import alerts, cards
from bot.desk.voice import tell
from bot.dialog import Attachment, Find, Option, Reply, Say, Text, Unreadable, begin
from bot.handlers import FLOWS, plain_words
from bot.model import Brief, Doubt, Draft, Role
from bot.questions import drafted
from bot.store import briefs, conversations
from bot.store.conversations import Kept
from bot.understand import drafts

if TYPE_CHECKING:
    from bot.desk.visit import Visit

FLOW = "plain_words"
DEFAULT = "daily_report"
OFFERED = 4
"""So many cases that nobody has acknowledged are offered to whoever says “收到”."""
FREE = (Text, Attachment, Find)
"""Questions that take any words."""


def unprompted(visit: Visit, said: str) -> None:
    """Words while nothing is asked: an answer to the day's report (“都正常”) opens it; a report becomes a draft."""
    today = visit.now.date()
    flow = FLOWS[DEFAULT]
    ask = begin(flow.run, visit.brief(today, flow)).ask
    value = said if ask is None else cards.meant(flow, ask, said, visit.brief(today, flow))
    if ask is not None and value != said:
        visit.reply(visit.start(DEFAULT, None, today), Reply(ask.key, value), said)
        return
    brief, draft = _read(visit, said)
    if draft.empty and draft.trouble:
        _asked(visit, None, brief)
        return
    missed = plain_words.unfit(brief, draft, said) if draft.empty and not draft.foreign else None
    if missed is None:
        visit.open(FLOW, None, brief.day, subject=said)
        return
    visit.write(cards.card(None, brief, (missed, *visit.helpful())), edit=False, kind="miss")


def _asked(visit: Visit, kept: Kept | None, brief: Brief) -> None:
    """Something is not normal, and it was not said what: ask, as a tap on “有异常” does."""
    owing = any(place.status is None for place in brief.owed)
    visit.open("exceptions" if owing else "found" if brief.owed else "notice", kept, brief.day)


def instead(visit: Visit, kept: Kept, said: str) -> bool:
    """Whether words at a question that they do not answer are plainly a report: then they become its draft."""
    from bot.desk.visit import standing  # noqa: PLC0415 - a visit looks here, too

    ask = standing(kept).ask
    if visit.who is None or ask is None or isinstance(ask, FREE) or not drafts.tells(said):
        return False
    try:
        ask.read(cards.meant(FLOWS[kept.flow], ask, said, kept.brief))
    except Unreadable:
        brief, draft = _read(visit, said)
        if draft.empty and draft.trouble and kept.flow == DEFAULT:
            _asked(visit, kept, brief)
            return True
        if not draft.lines and not (draft.rest and kept.flow == DEFAULT):
            return False
        if kept.flow == FLOW:  # the draft is said anew: the one before is no more
            conversations.set_state(visit.connection, kept, "done")
        visit.open(FLOW, None if kept.flow == FLOW else kept, brief.day, subject=said)
        return True
    return False


def in_group(visit: Visit, said: str) -> None:
    """A report by a line in a group: its draft waits in private, and the group hears no more than that."""
    if visit.who is None or not drafts.tells(said):
        return
    brief, draft = _read(visit, said)
    owed = {place.code for place in brief.owed}
    if not any(line.place in owed and Doubt.PLACE not in line.doubts for line in draft.lines):
        return
    kept = Kept(None, FLOW, brief, {}, None, visit.now, "draft")
    number = conversations.save(visit.connection, visit.tools.keyring, visit.owner, kept)
    check = Say("plain_words/private", {"day": brief.day}, (Option(f"resume {number}", name="resume"),))
    told = visit.notify(visit.who.person, check, kind="reply")
    visit.say(Say("plain_words/group", {"told": told}))


def _read(visit: Visit, said: str) -> tuple[Brief, Draft]:
    """What was said, as a draft, with the brief of the day that it speaks of."""
    today, flow = visit.now.date(), FLOWS[FLOW]
    brief = visit.brief(today, flow, said)
    draft = drafted.understood(brief, said)
    if today - timedelta(days=briefs.BACK) <= draft.day < today:
        brief = visit.brief(draft.day, flow, said)
    return brief, draft


def kindly(visit: Visit, kept: Kept | None, kind: str) -> None:
    """Thanks and “好的”: a kind word back; what is asked stays asked, what waits is one tap away."""
    if kept is not None:
        visit.ask_again(kept, Say("desk/courtesy", {"kind": kind, "unseen": 0}))
        return
    brief = visit.brief(visit.now.date(), FLOWS["todo"])
    unseen = [each.subject for each in brief.todo if each.kind == "unseen"] if kind == "seen" else []
    seen = tuple(Option(f"ack {code}", code) for code in unseen[:OFFERED])
    owing = any(place.status is None for place in brief.owed)
    report = (Option("report"),) if owing and not seen else ()
    visit.say(Say("desk/courtesy", {"kind": kind, "unseen": len(unseen)}, (*seen, *report)), edit=False)


def relay(visit: Visit, kept: Kept | None, _: str) -> None:
    """Tell whoever answers for the person's places that they want help, once a day; the conversation goes on."""
    del kept
    if visit.who is None:
        return
    today, me = visit.now.date(), visit.who.person
    asked: dict[int, list[str]] = {}
    for code, name in visit.duties().on(today).items():
        for answerable in alerts.reachable(visit, code, Role.COMMUNITY_LEAD, None):
            asked.setdefault(answerable.person, []).append(name)
    asked.pop(me, None)
    shown = {"name": words.masked_name(visit.who.name)}
    for person, names in asked.items():
        said = (Say("desk/asked_for", {**shown, "places": names}),)
        once = f"relay:{me}:{person}:{today}"
        number = tell(visit.tools, visit.connection, visit.now, person, said, inbox=visit.inbox, dedupe=once)
        if number:
            visit.written.append(number)
    visit.say(Say("desk/relayed", {"told": bool(asked)}, (Option("report"), Option("menu"))), edit=False)
