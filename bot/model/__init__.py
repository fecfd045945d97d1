"""The nouns and past-tense facts that every room of the house speaks of: frozen values, no behaviour beyond their own."""

from bot.model.brief import Brief, Colleague, Leave, Owed, PastDay, PlaceStreak, Self, Standing
from bot.model.cases import CaseFact, Event, Finding, Kind
from bot.model.facts import ConsentWithdrawn, Fact, LeaveEnded, LeaveTaken, Line, Locale, LocaleChosen, NoticeAccepted, ReportFiled, ReportWithdrawn, Status
from bot.model.figures import DayState, PackRules, Reason, Streak
from bot.model.messages import Address, Button, Fate, Inbound, InboundKind, Limits, Outbound, Retry, Sent, Uncertain, Undeliverable
from bot.model.places import Assignment, DUTY_LEVELS, Level, Place, Role

__all__ = [
    "Address",
    "Assignment",
    "Brief",
    "Button",
    "CaseFact",
    "Colleague",
    "ConsentWithdrawn",
    "DUTY_LEVELS",
    "DayState",
    "Event",
    "Fact",
    "Fate",
    "Finding",
    "Inbound",
    "InboundKind",
    "Kind",
    "Leave",
    "LeaveEnded",
    "LeaveTaken",
    "Level",
    "Limits",
    "Line",
    "Locale",
    "LocaleChosen",
    "NoticeAccepted",
    "Outbound",
    "Owed",
    "PackRules",
    "PastDay",
    "Place",
    "PlaceStreak",
    "Reason",
    "ReportFiled",
    "ReportWithdrawn",
    "Retry",
    "Role",
    "Self",
    "Sent",
    "Standing",
    "Status",
    "Streak",
    "Uncertain",
    "Undeliverable",
]
