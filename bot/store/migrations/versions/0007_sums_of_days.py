"""sums of days: reports of each day in counts, by community, township and county."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


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
