"""What a draft is, in a few words: what it was about, what was chosen so far, how far it had come."""

from __future__ import annotations

from bot import words
from bot.desk import cards
from bot.dialog import Attachment, Find, Flow, Question, Text, resume
from bot.dialog.steps import PLACE
from bot.handlers import COMMANDS, FLOWS
from bot.store.conversations import Kept

ABOUT = {"exceptions": "report", "restate": "fix", "plain_words": "report", "sheet": "assess", "case_details": "case"}
"""Conversations without a command of their own, and the one that leads there."""
PARTS = 3
"""So much of what was chosen is told."""
SHOWN = 20
"""So much of a sentence that was written is shown back."""


def told(kept: Kept) -> dict[str, object]:
    """The day, the command, the first choices by their labels, and how many questions were answered.

    What was typed is not told again, but for a report that was a sentence: it may be about a person.
    """
    flow, answers = FLOWS[kept.flow], dict(kept.answers)
    way = resume(flow.run, kept.brief, answers).way
    said = kept.brief.subject
    parts = [f"“{said[:SHOWN]}{'…' * (len(said) > SHOWN)}”"] if kept.flow == "plain_words" else []
    if kept.flow == "exceptions" and len(kept.brief.owed) == 1:
        parts.append(kept.brief.owed[0].name)  # the only place is not asked for
    for n, key in enumerate(way):
        ask = resume(flow.run, kept.brief, {each: answers[each] for each in way[:n]}).ask
        chosen = "" if ask is None or ask.key != key else _chosen(flow, ask, answers[key], kept)
        if chosen and len(parts) < PARTS:
            parts.append(chosen)
    command = ABOUT.get(kept.flow) or next((name for name, to in COMMANDS.items() if to == kept.flow), "")
    command = "report" if command == "start" else command
    return {"day": kept.brief.day, "what": command, "parts": parts, "steps": len(way)}


def _chosen(flow: Flow, ask: Question, raw: str, kept: Kept) -> str:
    """What the button said that was tapped; nothing where words were typed."""
    if isinstance(ask, Find):
        return raw.partition(PLACE)[2]
    if isinstance(ask, Text | Attachment):
        return ""
    option = next((each for each in ask.options if each.value == raw), None)
    if option is None:
        return ""
    shown = {"brief": kept.brief, **ask.values}
    key = cards.template(flow, ask)
    return option.label or words.label(key, kept.brief.locale, option.name or option.value, shown)
