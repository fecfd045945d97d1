"""What a message means: a command, a tap, an answer to the open question, or something to be asked back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from bot.desk import enrolment, groups, letters, spoken, typed
from bot.desk.controls import CONTROLS
from bot.desk.pointing import answers, named, pointed, unsure
from bot.desk.reminders import SETTLES
from bot.desk.visit import DEFAULT, Visit, standing
from bot.dialog import Attachment, Option, Points, Question, Reply, Say, take
from bot.dialog.reading import day as read_day
from bot.dialog.reading import points
from bot.dialog.steps import PHOTO
from bot.handlers import COMMANDS, FLOWS
from bot.model import InboundKind, Locale
from bot.store import briefs
from bot.store.conversations import Kept
from bot.understand.courtesy import courtesy

BEFORE = frozenset({"help", "cancel", "undo", "what", "back"})
"""What can be said before the notice is accepted."""
ALWAYS = BEFORE | {"menu", "relay"}
"""What can be said at every question, also where words are wanted."""
TYPED = tuple(name for name in (*CONTROLS, *COMMANDS) if name != "ack")
"""What can be said by a word alone: “收到” by itself is a courtesy, under an alert it is the alert's button."""
SLASHES = ("/", "／")
SUBJECT = 64
"""No code of ours is longer."""
PICTURED = (Attachment, Points)
"""Questions that a picture may answer."""
WAYS = ("add", "attach", "rectified")
"""The choices that lead to the question for a photo."""


def arrive(visit: Visit) -> None:
    """Handle the message of this visit."""
    if visit.inbound.address.group:
        groups.answer(visit)
        return
    kept = visit.current()
    if visit.who is None and enrolment.stranger(visit, kept):
        return
    kind = visit.inbound.kind
    if kind is InboundKind.TAP:
        _tapped(visit, kept)
    elif kind is InboundKind.OPEN:
        _opened(visit, kept)
    elif kind is InboundKind.PHOTO:
        _photo(visit, kept)
    else:
        _written(visit, kept)


def _tapped(visit: Visit, kept: Kept | None) -> None:
    """A button: its token says which message it stood under; the chat and the person must be the same."""
    found = letters.shown(visit.connection, visit.tools.keyring, visit.inbound.text)
    if found is None:
        visit.stale(kept, None)
        return
    shown, index = found
    here = (visit.inbound.address.channel, visit.inbound.address.id)
    person = visit.who.person if visit.who else None
    if (shown.address.channel, shown.address.id) != here or shown.person not in {None, person}:
        visit.say(Say("desk/foreign", actions=(Option("report"),)), edit=False)
        return
    _chosen(visit, kept, shown, shown.buttons[index].value)


def _chosen(visit: Visit, kept: Kept | None, shown: letters.Shown, value: str) -> None:
    """A button of a message shown in this chat was meant, by a tap or by its number."""
    if value.startswith("/"):
        # What such a button opens is a new message: the receipt that it stands under is kept. A reminder of one thing
        # becomes the receipt of what settled it.
        if (shown.kind, shown.asked) != ("reminder", SETTLES):
            visit.inbound = replace(visit.inbound, edits=None)
        name, _, argument = value[1:].partition(" ")
        command(visit, kept, name, argument)
    elif kept is not None and shown.conversation == kept.id and shown.asked is not None:
        visit.reply(kept, Reply(shown.asked, value), value)
    else:
        visit.stale(kept, shown.conversation)


def _opened(visit: Visit, kept: Kept | None) -> None:
    """The chat was opened: go on with what is being asked, or with today's report."""
    if kept is not None and kept.answers:
        visit.ask_again(kept)
    else:
        visit.open(DEFAULT, kept)


def _photo(visit: Visit, kept: Kept | None) -> None:
    """A photo belongs to the question that asks for one, else to the report that the sender has filed today."""
    ask = standing(kept).ask if kept else None
    for _ in WAYS if kept is not None else ():
        # A photo while the report is being checked: it is taken as if its buttons had been tapped before.
        value = next((option.value for option in ask.options if option.value in WAYS), None) if ask else None
        if kept is None or ask is None or value is None or isinstance(ask, PICTURED):
            break
        turn = take(FLOWS[kept.flow].run, kept.brief, kept.answers, Reply(ask.key, value))
        kept, ask = replace(kept, answers=turn.answers), turn.ask
    if kept is None or not isinstance(ask, PICTURED):
        today = visit.now.date()
        if not any(place.mine for place in visit.brief(today).owed):
            visit.ask_again(kept, Say("desk/photo"))
            return
        kept = visit.start("supplement", kept, today)
        ask = standing(kept).ask
    assert ask is not None  # noqa: S101 - a supplement asks for its attachment first
    raw = f"{PHOTO}{visit.inbound.photo or ''}"
    caption = visit.inbound.text.strip()
    if visit.inbound.photo and caption:
        turn = take(FLOWS[kept.flow].run, kept.brief, kept.answers, Reply(ask.key, raw))
        if turn.ask is not None and turn.complaint is None and not _only_words(turn.ask, caption):
            kept, ask, raw = replace(kept, answers=turn.answers), turn.ask, caption
    visit.reply(kept, Reply(ask.key, raw), caption)


def _only_words(ask: Question, caption: str) -> bool:
    """Whether points are asked next and a caption gives none: then it says what the picture shows, and no more."""
    return isinstance(ask, Points) and points(caption) is None


def _written(visit: Visit, kept: Kept | None) -> None:
    """Words: a command, the number of a choice, or an answer."""
    said = visit.inbound.text.strip()
    if not said:
        visit.ask_again(kept, Say("desk/unreadable"))
        return
    found = None
    if said[:1] not in SLASHES:
        # What is offered right now is meant before a command of the same word (“收到”, “导出”).
        if kept is not None and named(kept, said):
            visit.answer(kept, said)
            return
        found = pointed(visit, kept, said)
    if found is not None:
        _chosen(visit, kept, *found)
        return
    name, argument = _command_in(visit, kept, said)
    if name is not None:
        command(visit, kept, name, argument)
        return
    kind = courtesy(said)
    # Thanks are no door and no note; “好” may be an answer.
    if kind is not None and (kind == "thanks" or kept is None or not answers(kept, said)):
        spoken.kindly(visit, kept, kind)
    elif kept is None:
        spoken.unprompted(visit, said)
    elif unsure(visit, kept, said):
        visit.ask_again(kept)
    elif not spoken.instead(visit, kept, said):
        visit.answer(kept, said)


def _command_in(visit: Visit, kept: Kept | None, said: str) -> tuple[str | None, str]:
    """A command by its name (``/report 2026-11-23``) or by the words for it, in either language."""
    locales = (visit.locale, *(other for other in Locale if other is not visit.locale))
    if said[:1] in SLASHES:
        name, _, argument = said[1:].partition(" ")
        name = name.partition("@")[0]
        if name in COMMANDS or name in CONTROLS:
            return name, argument.strip()
        found = typed.alone(locales, said[1:], TYPED)
        return (found, "") if found else typed.with_argument(locales, said[1:].strip())
    found = typed.alone(locales, said, TYPED)
    if found is not None:
        asked = kept is not None and found not in ALWAYS and answers(kept, said)
        return (None, "") if asked else (found, "")
    return (None, "") if kept is not None and answers(kept, said) else typed.with_argument(locales, said)


def command(visit: Visit, kept: Kept | None, name: str, argument: str) -> None:
    """Do what a command says."""
    if visit.who is None and name not in BEFORE:
        visit.ask_again(kept)  # nobody has accepted the notice yet: it is all that can be spoken of
        return
    if name in CONTROLS:
        CONTROLS[name](visit, kept, argument)
        return
    day = _day(argument, visit.now.date())
    if name not in COMMANDS:
        visit.stale(kept, None)
    elif FLOWS[COMMANDS[name]].about == "subject":
        visit.open(COMMANDS[name], kept, subject=argument[:SUBJECT])
    elif day is None:
        visit.say(Say("desk/day", actions=(Option("report"),)))
    else:
        visit.open(COMMANDS[name], kept, day)


def _day(argument: str, today: date) -> date | None:
    """The day that a command names, today if none; None when that can no longer be reported."""
    day = read_day(argument, today) if argument else today
    if day is None:
        return None
    return day if today - timedelta(days=briefs.BACK) <= day <= today else None
