"""Which pictures something still refers to: reports and evidence openly, all else from within what is sealed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select

from bot.dialog.steps import PHOTO
from bot.model import Details
from bot.store import codec
from bot.store.conversations import Answers
from bot.store.crypto import Keyring
from bot.store.tables import named


def used(connection: Connection, keyring: Keyring, sent_before: datetime) -> set[str]:
    """The names of the pictures in details, and in conversations that can still be gone on with.

    Nothing is opened where no picture was sent before that moment.
    """
    media, loose = named("media"), _loose()
    query = select(media.c.made_at).where(media.c.made_at < sent_before, loose).order_by(media.c.made_at).limit(1)
    first = connection.execute(query).scalar()
    if first is None:
        return set()
    found = set()
    for name in ("case_detail", "isolation", "returnee"):
        table = named(name)
        for body in connection.execute(select(table.c.body).where(table.c.recorded_at >= first)).scalars():
            found.add(codec.load(Details, keyring.open_bytes(body)).photo or "")
    conversation = named("conversation")
    live = conversation.c.state.in_(("open", "draft"))
    for answers in connection.execute(select(conversation.c.answers).where(live)).scalars():
        raw = codec.load(Answers, keyring.open_bytes(answers)).values()
        found |= {each.removeprefix(PHOTO) for each in raw if each.startswith(PHOTO)}
    return found - {""}


def _loose() -> ColumnElement[bool]:
    """Neither a report nor anything else shows it openly."""
    media, photo, evidence = named("media"), named("photo"), named("evidence")
    return media.c.name.not_in(select(photo.c.media)) & media.c.name.not_in(select(evidence.c.media))


def unused(connection: Connection, sent_before: datetime, kept: set[str]) -> set[str]:
    """Pictures that were sent before that moment, and that no report, no evidence and none of ``kept`` names."""
    media = named("media")
    query = select(media.c.name).where(media.c.made_at < sent_before, _loose())
    return set(connection.execute(query).scalars()) - kept
