"""Replaying a flow over its answers: one pure function a turn."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.dialog.steps import Question, Retake, Say, Step, Unreadable
from bot.model import Brief, Fact


@dataclass(frozen=True, slots=True)
class Goto:
    """The conversation goes on in another flow."""

    flow: str
    subject: str = ""
    """What that flow is about; empty: what this one was about."""


Outcome = Fact | Goto | None
Dialog = Generator[Step, Any, Outcome]
Run = Callable[[Brief], Dialog]

RUNS = 50
"""More retakes than this in one turn is a flow that can never end."""


class FlowError(Exception):
    """A flow broke a rule of the engine: a mistake of ours."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A raw answer, and the question that was shown when it was given."""

    key: str
    raw: str


@dataclass(frozen=True, slots=True)
class Turn:
    """Where a conversation stands after a reply."""

    answers: Mapping[str, str]
    """Raw answers by question key: first those on the way, in order, then those that a retake left for later."""
    way: tuple[str, ...] = ()
    """The questions answered on the way to ``ask``, in order."""
    said: tuple[Say, ...] = ()
    """What is said since the last answered question."""
    ask: Question | None = None
    """The open question; None when the conversation is over."""
    outcome: Outcome = None
    complaint: Unreadable | None = None
    """Why the reply could not be read."""
    stale: bool = False
    """The reply belonged to a question that this conversation does not ask (any more)."""


def begin(flow: Run, brief: Brief) -> Turn:
    """Open a conversation."""
    return _replay(flow, brief, {})


def resume(flow: Run, brief: Brief, answers: Mapping[str, str]) -> Turn:
    """Where a conversation stands, without a reply."""
    return _replay(flow, brief, answers)


def take(flow: Run, brief: Brief, answers: Mapping[str, str], reply: Reply) -> Turn:
    """Give one reply to a conversation.

    A reply to the open question answers it; a reply to a question already answered corrects it, and what was answered
    later stays where it is still asked. An unreadable answer changes nothing and says why; an unreadable correction is
    stale, for the question has changed since it was shown.
    """
    now = _replay(flow, brief, answers)
    if now.ask is not None and reply.key == now.ask.key:
        try:
            now.ask.read(reply.raw)
        except Unreadable as why:
            return replace(now, said=(), complaint=why)
        return _replay(flow, brief, {**now.answers, reply.key: reply.raw})
    if reply.key not in now.way:
        return replace(now, stale=True)
    turn = _replay(flow, brief, {**now.answers, reply.key: reply.raw})
    if turn.ask is not None and turn.ask.key == reply.key and reply.key in turn.answers:
        return replace(now, stale=True)
    # What the corrected conversation no longer passes must not answer a later question by surprise.
    return replace(turn, answers={key: turn.answers[key] for key in turn.way})


def back(flow: Run, brief: Brief, answers: Mapping[str, str]) -> Turn:
    """Take the last answer back and ask that question again; at the first question, just ask it."""
    now = _replay(flow, brief, answers)
    dropped = now.way[-1:]
    return _replay(flow, brief, {key: raw for key, raw in now.answers.items() if key not in dropped})


def _replay(flow: Run, brief: Brief, answers: Mapping[str, str]) -> Turn:
    """Run from the top, again after each retake; answers off the way are kept, for they may be on it later."""
    kept = dict(answers)
    for _ in range(RUNS):
        turn = _run(flow(brief), kept)
        if not isinstance(turn, Retake):
            return turn
        for key in turn.keys:
            kept.pop(key, None)
    message = f"{flow} takes its answers back for ever"
    raise FlowError(message)


def _run(dialog: Dialog, answers: Mapping[str, str]) -> Turn | Retake:
    passed: dict[str, str] = {}  # in the order of the way
    said: list[Say] = []
    value: Any = None
    while True:
        try:
            step = dialog.send(value)
        except StopIteration as end:
            return Turn({**passed, **answers}, tuple(passed), tuple(said), None, end.value)
        value = None
        if isinstance(step, Retake):
            dialog.close()
            return step
        if isinstance(step, Say):
            said.append(step)
            continue
        if step.key in passed:
            message = f"the question {step.key!r} is asked twice in one run"
            raise FlowError(message)
        try:
            value = step.read(answers[step.key])
        except (KeyError, Unreadable):
            dialog.close()
            return Turn({**passed, **answers}, tuple(passed), tuple(said), step)
        passed[step.key] = answers[step.key]
        said.clear()
