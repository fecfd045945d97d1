"""sums of days, by community, township and county; which cases are over; indexes for both."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
ENDED = """
UPDATE case_ SET ended = TRUE WHERE EXISTS (
    SELECT 1 FROM case_event AS one WHERE one."case" = case_.code AND one.event IN ('left', 'released', 'ruled_out')
    AND NOT EXISTS (
        SELECT 1 FROM case_event AS later WHERE later."case" = one."case" AND later.event = 'reopened'
        AND later.recorded_at >= one.recorded_at
    )
)
"""


def upgrade() -> None:
    """Go forward; the way back is a backup."""
    op.create_table(
        "day_sum",
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("fresh", sa.Boolean(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("on_time", sa.Integer(), nullable=False),
        sa.Column("owes", sa.Boolean(), nullable=False),
        sa.Column("reported", sa.Boolean(), nullable=False),
        sa.Column("some", sa.Boolean(), nullable=False),
        sa.Column("lacking", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["place"], ["place.code"], name=op.f("fk_day_sum_place_place")),
        sa.PrimaryKeyConstraint("place", "day", name=op.f("pk_day_sum")),
    )
    op.create_index(
        "ix_day_sum_stale",
        "day_sum",
        ["day"],
        sqlite_where=sa.text("fresh = 0"),
        postgresql_where=sa.text("NOT fresh"),
    )
    op.add_column("case_", sa.Column("ended", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute(ENDED)
    op.create_index(
        "ix_case__open", "case_", ["place"], sqlite_where=sa.text("ended = 0"), postgresql_where=sa.text("NOT ended")
    )
    op.create_index("ix_case_event_on", "case_event", ["event", "on", "place", "case"])
    op.create_index("ix_case_span_ends", "case_span", ["pack", "ends", "valid_until", "valid_from", "place"])
