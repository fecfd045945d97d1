"""What is said and asked → the text and the buttons that a person sees."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot import words
from bot.dialog import Choice, Flow, Number, Option, Points, Question, Say, Text, Unreadable
from bot.dialog.reading import number
from bot.model import Brief, Button
from bot.understand.places import Candidate, rank

ROW = 30
"""Columns of a phone's row of buttons; a Chinese sign takes two."""
MOST_IN_ROW = 3
PADDING = 4
LONG = 200
"""From so many characters on people want to see how many they have written."""
ASKS = ("?", "？")
NEAR = 2
"""So many signs of a label must be typed before a part of it counts."""


@dataclass(frozen=True, slots=True)
class Card:
    """One message to a person: everything said in a turn, and the choices that come with it."""

    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    limit: int = 0
    """So many characters the answer may have; 0: it is no long text."""
    figures: bool = False
    """Whether a figure is an answer by itself."""


def card(flow: Flow | None, brief: Brief, said: Sequence[Say], ask: Question | None = None, *, again: str = "") -> Card:
    """All that is said, then the question with its choices; ``again`` is why the last answer could not be read."""
    texts = [again, *(words.text(each.key, brief.locale, {"brief": brief, **each.values}) for each in said)]
    buttons = [action_button(each, option, brief) for each in said for option in each.actions]
    if flow is not None and ask is not None:
        texts.append(words.text(template(flow, ask), brief.locale, {"brief": brief, **ask.values}))
        buttons = [*_choices(flow, ask, brief), *buttons]
    limit = ask.limit if isinstance(ask, Text) and ask.limit >= LONG else 0
    return Card("\n\n".join(text for text in texts if text), rows(unique(buttons)), limit, figures(ask))


def figures(ask: Question | None) -> bool:
    """Whether a figure answers this by itself, and is not the number of a choice: numbers are asked for, or offered."""
    if isinstance(ask, Number | Points):
        return True
    return ask is not None and any(option.label is not None and option.label.isdecimal() for option in ask.options)


def template(flow: Flow, ask: Question) -> str:
    """Where the words of a question lie: ``place/2`` of the daily report → ``daily_report/place``."""
    return f"{flow.words}/{ask.key.partition('/')[0]}"


def complaint(flow: Flow, ask: Question, why: Unreadable, said: str, brief: Brief) -> str:
    """What was wrong with an answer, and what to do."""
    shown = {"brief": brief, "said": said, **ask.values, **why.values, "reason": why.reason}
    return words.text(template(flow, ask), brief.locale, shown, "again")


def help_text(flow: Flow, ask: Question, brief: Brief) -> str:
    """What a question means."""
    return words.text(template(flow, ask), brief.locale, {"brief": brief, **ask.values}, "help")


def meant(flow: Flow, ask: Question, said: str, brief: Brief) -> str:
    """The raw answer that typed words stand for: an option by label, synonym or telling part; else the words."""
    found = named(flow, ask, said, brief)
    if found is not None:
        return found
    wanted = words.plain(said)
    labels = {option.value: words.plain(option.label) for option in ask.options if option.label}
    if not isinstance(ask, Choice) or wanted in labels.values():
        return said
    likely = [value for value, label in labels.items() if _near(wanted, label)]
    if not likely and ask.near:
        options = [Candidate(option.value, option.label) for option in ask.options if option.label]
        likely = [each.code for each in rank(said, options)]
    return likely[0] if len(likely) == 1 else said


def named(flow: Flow, ask: Question, said: str, brief: Brief) -> str | None:
    """The option of which these words are the label or a synonym; None where they are nobody's, or of several."""
    if isinstance(ask, Choice) and said.rstrip().endswith(ASKS) and not any(option.label for option in ask.options):
        return None  # “正常？” asks, and is no yes
    known = {option.name or option.value: option.value for option in ask.options}
    found = words.matches(template(flow, ask), brief.locale, said, known)
    if found is not None and not (isinstance(ask, Number) and _odd_number(said)):
        return known[found]
    # Labels that the template fills in (“37.3–38”); where a number is asked, sign by sign: “-1” is not “1”.
    as_said = str.strip if isinstance(ask, Number) else words.plain
    same = [button.value for button in _choices(flow, ask, brief) if as_said(button.label) == as_said(said) != ""]
    if not same:  # one that has no button
        wanted = words.plain(said)
        same = [option.value for option in ask.options if option.label and words.plain(option.label) == wanted]
    return same[0] if len(same) == 1 else None


def _odd_number(said: str) -> bool:
    """Whether it has digits and is yet no number of persons (“-1”, “1.5”): signs are not to be read past."""
    return any(sign.isdigit() for sign in said) and number(said) is None


def _near(wanted: str, label: str) -> bool:
    """Whether the label begins so (“李” for “李* · …”), or has the words in it."""
    return bool(wanted) and (label.startswith(wanted) or (len(wanted) >= NEAR and wanted in label))


def action_button(say: Say, option: Option, brief: Brief) -> Button:
    """A button that gives a command, by its own label, or worded by the message it stands under, or as a command."""
    if option.label:
        return Button(option.label, f"/{option.value}")
    name = option.name or option.value.partition(" ")[0]
    label = words.label(say.key, brief.locale, name, {"brief": brief, **say.values})
    if label == name:
        label = words.label("commands", brief.locale, name)
    return Button(label, f"/{option.value}")


def _choices(flow: Flow, ask: Question, brief: Brief) -> Iterator[Button]:
    for option in ask.options[: ask.shown] if isinstance(ask, Choice) else ask.options:
        label = option.label
        if label is None:
            values = {"brief": brief, **ask.values}
            label = words.label(template(flow, ask), brief.locale, option.name or option.value, values)
        yield Button(label, option.value)


def unique(buttons: Iterable[Button]) -> list[Button]:
    """Each value once."""
    return list({button.value: button for button in reversed(list(buttons))}.values())[::-1]


def rows(buttons: Iterable[Button]) -> tuple[tuple[Button, ...], ...]:
    """Buttons in rows that a phone can show: up to three short ones, long ones alone."""
    found: list[list[Button]] = []
    room = 0
    for button in buttons:
        width = sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in button.label) + PADDING
        if not found or width > room or len(found[-1]) == MOST_IN_ROW:
            found.append([])
            room = ROW
        found[-1].append(button)
        room -= width
    return tuple(tuple(row) for row in found)
