"""One conversation a module; this is the list of them, and of the words that open them."""

from __future__ import annotations

from bot.dialog import Flow
from bot.handlers import (
    application,
    assess,
    care,
    case_details,
    case_follow_up,
    case_notice,
    circular,
    creation,
    daily_report,
    document,
    enrol,
    history,
    isolation,
    leave,
    me,
    menu,
    opened,
    places,
    problem,
    problem_found,
    reports,
    returnee,
    todo,
)

FLOWS: dict[str, Flow] = {
    flow.name: flow
    for module in (
        application,
        assess,
        care,
        case_details,
        case_follow_up,
        case_notice,
        circular,
        creation,
        daily_report,
        document,
        enrol,
        history,
        isolation,
        leave,
        me,
        menu,
        opened,
        places,
        problem,
        problem_found,
        reports,
        returnee,
        todo,
    )
    for flow in module.FLOWS
}
"""Every flow by its name."""

COMMANDS: dict[str, str] = {
    "start": "daily_report",
    "report": "daily_report",
    "fix": "correct",
    "add": "supplement",
    "found": "found",
    "notice": "notice",
    "todo": "todo",
    "cases": "cases",
    "case": "case",
    "ack": "ack",
    "withdraw": "withdraw",
    "leave": "leave",
    "isolation": "isolation",
    "returnee": "returnee",
    "care": "care",
    "places": "places",
    "history": "history",
    "document": "document",
    "assess": "assess",
    "apply": "apply",
    "creation": "creation",
    "circular": "circular",
    "problem": "problem",
    "problems": "problems",
    "ledger": "ledger",
    "picture": "picture",
    "reports": "reports",
    "language": "language",
    "me": "me",
    "name": "name",
    "open": "open",
    "forget": "forget",
    "menu": "menu",
    "help": "help",
}
"""Every command, and the flow that it opens. The words for it stand in ``templates/*/commands.j2``."""
