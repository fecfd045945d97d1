"""Conversations as generators replayed over keyed answers."""

from bot.dialog.engine import Dialog, Goto, Outcome, Reply, Turn, back, begin, resume, take
from bot.dialog.flow import Flow, Need
from bot.dialog.steps import (
    Attachment,
    Choice,
    Day,
    Degrees,
    Find,
    Number,
    Option,
    Points,
    Question,
    Retake,
    Say,
    Step,
    Text,
    Unreadable,
)

__all__ = [
    "Attachment",
    "Choice",
    "Day",
    "Degrees",
    "Dialog",
    "Find",
    "Flow",
    "Goto",
    "Need",
    "Number",
    "Option",
    "Outcome",
    "Points",
    "Question",
    "Reply",
    "Retake",
    "Say",
    "Step",
    "Text",
    "Turn",
    "Unreadable",
    "back",
    "begin",
    "resume",
    "take",
]
