"""what the night looks for: whoever deletes a message or a conversation asks who refers to it."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Go forward; the way back is a backup."""
    op.create_index(op.f("ix_filing_inbox"), "filing", ["inbox"])
    op.create_index(op.f("ix_outbox_conversation"), "outbox", ["conversation"])
