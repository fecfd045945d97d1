"""Commands about the conversation itself: cancel, back, what was I asked, help, drafts, the link to the pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

from bot.desk import cards, links, spoken
from bot.desk.visit import DEFAULT, SHOWN, Visit, open_places, standing
from bot.dialog import Option, Reply, Say, back
from bot.dialog.reading import day as read_day
from bot.handlers import FLOWS
from bot.store import briefs, conversations, filings, people, places
from bot.store.conversations import Kept
from bot.understand.places import rank

Control = Callable[[Visit, Kept | None, str], None]
NEXT = (Option("report"), Option("menu"))
DIGITS = 18
"""No number of ours is longer, and no database takes a much longer one."""
REPORTS = frozenset(
    {"daily_report", "exceptions", "restate", "correct", "found", "supplement", "withdraw", "plain_words"}
)
"""Conversations about one day: what they ask stays right while that day's places do."""


def _cancel(visit: Visit, kept: Kept | None, _: str) -> None:
    if kept is None:
        visit.say(Say("desk/idle", actions=NEXT))
        return
    conversations.set_state(visit.connection, kept, "done")
    visit.say(Say("desk/cancelled", actions=NEXT))


def _undo(visit: Visit, kept: Kept | None, argument: str) -> None:
    """Drop what is in hand; with nothing in hand, take back the report that was made last, which is asked first."""
    if kept is None:
        since = visit.now.date() - timedelta(days=briefs.BACK)
        day = filings.newest(visit.connection, visit.who.person, since) if visit.who else None
        visit.open("withdraw", None, day)
    else:
        _cancel(visit, kept, argument)


def _back(visit: Visit, kept: Kept | None, _: str) -> None:
    if kept is None:
        visit.say(Say("desk/idle", actions=NEXT))
        return
    visit.show(kept, replace(back(FLOWS[kept.flow].run, kept.brief, kept.answers), said=()))


def _what(visit: Visit, kept: Kept | None, _: str) -> None:
    if kept is None:
        visit.say(Say("desk/idle", actions=NEXT))
        return
    visit.ask_again(kept)


def _help(visit: Visit, kept: Kept | None, _: str) -> None:
    """Help at a question explains the question; otherwise the bot."""
    ask = standing(kept).ask if kept else None
    if kept is None or ask is None:
        visit.open("help", kept)
        return
    flow = FLOWS[kept.flow]
    told = cards.help_text(flow, ask, kept.brief)
    visit.write(cards.card(flow, kept.brief, (), ask, again=told), kept.id, ask.key, edit=False)


def _resume(visit: Visit, kept: Kept | None, argument: str) -> None:
    draft = _named_draft(visit, argument)
    if draft is None:
        visit.stale(kept, None) if argument else visit.ask_again(kept)
        return
    if kept is not None:
        visit.put_aside(kept)
    today, day = visit.now.date(), draft.brief.day
    fresh = visit.brief(day, FLOWS[draft.flow], draft.brief.subject)
    if day < today - timedelta(days=briefs.BACK):
        conversations.set_state(visit.connection, draft, "done")
        visit.say(Say("desk/day", actions=(Option("report"),)))
    elif fresh.owed != draft.brief.owed or draft.flow not in REPORTS:
        # What it was about has changed since: to go on would undo what was said meanwhile.
        conversations.set_state(visit.connection, draft, "done")
        visit.open(
            draft.flow, None, day if draft.flow in REPORTS else today, (Say("desk/changed"),), draft.brief.subject
        )
    else:
        visit.ask_again(replace(draft, state="open"))


def _drop(visit: Visit, kept: Kept | None, argument: str) -> None:
    draft = _named_draft(visit, argument)
    if draft is None:
        visit.stale(kept, None)
        return
    conversations.set_state(visit.connection, draft, "done")
    visit.say(Say("desk/dropped", actions=(Option("report"),)))


def _named_draft(visit: Visit, argument: str) -> Kept | None:
    """The person's own draft of that number; without a number the newest."""
    if not (argument.isascii() and argument.isdigit() and len(argument) <= DIGITS):
        return visit.draft()
    draft = conversations.by_id(visit.connection, visit.tools.keyring, visit.owner, int(argument))
    return draft if draft is not None and draft.state == "draft" and draft.flow in FLOWS else None


def _web(visit: Visit, kept: Kept | None, argument: str) -> None:
    """Give a single-use link into the pages, or to the page of a place; the conversation in hand goes on."""
    del kept
    today = visit.now.date()
    place = "" if not argument or argument in links.NAMED else places.code_of(visit.connection, argument)
    if place is None:
        near = [(each.code, each.name) for each in rank(argument, places.pages(visit.connection, today))[:1]]
        options = (*(Option(f"web {code}", name) for code, name in near), Option("web"))
        visit.say(Say("desk/nowhere", {"said": argument[:SHOWN], "near": [name for _, name in near]}, options))
        return
    page = f"/board/{quote(place, safe='')}" if place else argument
    known = links.inside(page)
    _link(visit, "desk/web", page if known and known != links.CHAT else "")


def _export(visit: Visit, kept: Kept | None, _: str) -> None:
    """Give a single-use link under which the person's own data lie as a file."""
    del kept
    _link(visit, "me/link", "me")


def _link(visit: Visit, key: str, page: str) -> None:
    if visit.who is None:
        return
    token = visit.tools.token() + visit.tools.token()
    people.login_link(visit.connection, visit.tools.keyring, visit.who.person, token, visit.now)
    minutes = int(people.LINK_LIFE.total_seconds() // 60)
    link = links.login(visit.tools.base_url, token, page)
    visit.say(Say(key, {"link": link, "minutes": minutes, "page": page}))


def _normal(visit: Visit, kept: Kept | None, argument: str) -> None:
    _settle(visit, kept, argument, "normal")


def _exceptions(visit: Visit, kept: Kept | None, argument: str) -> None:
    _settle(visit, kept, argument, "exceptions")


def _settle(visit: Visit, kept: Kept | None, argument: str, value: str) -> None:
    """Answer the day's report from a reminder: its day and the places that stood on it; what is in hand stays open."""
    said, _, codes = argument.partition(" ")
    today = visit.now.date()
    if said and said != today.isoformat():
        stale = Say(
            "desk/stale", {"day": read_day(said, today), "asking": kept is not None}, NEXT if kept is None else ()
        )
        visit.inbound = replace(visit.inbound, edits=None)
        if kept is None:
            visit.say(stale)
        else:
            visit.ask_again(kept, stale)
        return
    report = visit.start(DEFAULT, None, today)
    turn = standing(report)
    more = open_places(report.brief) - set(codes.split(","))
    if value == "normal" and turn.ask is not None and said and not more:
        visit.reply(report, Reply(turn.ask.key, value), value)
        return
    if kept is not None:
        visit.put_aside(kept)
    if turn.ask is None or not said or more:
        # Done meanwhile, or more is owed than stood on the message: nobody answers for what was not seen.
        visit.show(report, turn, (Say("desk/changed"),) if said and more else ())
    else:
        visit.reply(report, Reply(turn.ask.key, value), value)


CONTROLS: dict[str, Control] = {
    "cancel": _cancel,
    "undo": _undo,
    "back": _back,
    "what": _what,
    "help": _help,
    "resume": _resume,
    "drop": _drop,
    "web": _web,
    "export": _export,
    "normal": _normal,
    "exceptions": _exceptions,
    "relay": spoken.relay,
}
"""By name; the words for them stand in ``templates/*/commands.j2``."""
