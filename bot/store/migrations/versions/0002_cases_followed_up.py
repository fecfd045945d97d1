"""cases followed up, figures published, people cared for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Go forward; the way back is a backup."""
    op.create_table(
        "care_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("care", sa.String(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_care_visit_person_person")),
        sa.ForeignKeyConstraint(["place"], ["place.code"], name=op.f("fk_care_visit_place_place")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_visit")),
    )
    with op.batch_alter_table("care_visit", schema=None) as batch_op:
        batch_op.create_index("ix_care_visit_place_day", ["place", "day"], unique=False)

    op.create_table(
        "milestone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pack", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["place"], ["place.code"], name=op.f("fk_milestone_place_place")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
        sa.UniqueConstraint(
            "pack", "place", "days", "since", "event", name=op.f("uq_milestone_pack_place_days_since_event")
        ),
    )
    op.create_table(
        "published",
        sa.Column("pack", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("rank", sa.String(), nullable=False),
        sa.Column("reported_days", sa.Integer(), nullable=False),
        sa.Column("unverified_days", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["place"], ["place.code"], name=op.f("fk_published_place_place")),
        sa.PrimaryKeyConstraint("pack", "day", "place", name=op.f("pk_published")),
    )
    op.create_table(
        "returnee",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("arrived", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_returnee_person_person")),
        sa.ForeignKeyConstraint(["place"], ["place.code"], name=op.f("fk_returnee_place_place")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returnee")),
    )
    with op.batch_alter_table("returnee", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_returnee_place"), ["place"], unique=False)

    op.create_table(
        "field_value",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("filing", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["filing"], ["filing.id"], name=op.f("fk_field_value_filing_filing")),
        sa.ForeignKeyConstraint(["place"], ["place.code"], name=op.f("fk_field_value_place_place")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_value")),
    )
    with op.batch_alter_table("field_value", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_field_value_filing"), ["filing"], unique=False)
        batch_op.create_index("ix_field_value_place_day", ["place", "day"], unique=False)

    op.create_table(
        "case_detail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["case_.code"], name=op.f("fk_case_detail_case_case_")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_case_detail_person_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_detail")),
    )
    with op.batch_alter_table("case_detail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_detail_case"), ["case"], unique=False)

    op.create_table(
        "isolation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("case", sa.String(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["case_.code"], name=op.f("fk_isolation_case_case_")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_isolation_person_person")),
        sa.ForeignKeyConstraint(["place"], ["place.code"], name=op.f("fk_isolation_place_place")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_isolation")),
    )
    with op.batch_alter_table("isolation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_isolation_place"), ["place"], unique=False)

    op.create_table(
        "opening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["case_.code"], name=op.f("fk_opening_case_case_")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_opening_person_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening")),
    )
    with op.batch_alter_table("opening", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_opening_case"), ["case"], unique=False)

    op.create_table(
        "seen",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["case_.code"], name=op.f("fk_seen_case_case_")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_seen_person_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seen")),
        sa.UniqueConstraint("case", "person", name=op.f("uq_seen_case_person")),
    )
    op.create_table(
        "isolation_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("isolation", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["isolation"], ["isolation.id"], name=op.f("fk_isolation_event_isolation_isolation")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_isolation_event_person_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_isolation_event")),
    )
    with op.batch_alter_table("isolation_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_isolation_event_isolation"), ["isolation"], unique=False)

    op.create_table(
        "place_rank",
        sa.Column("pack", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("rank", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["place"], ["place.code"], name=op.f("fk_place_rank_place_place")),
        sa.PrimaryKeyConstraint("pack", "place", name=op.f("pk_place_rank")),
    )
    op.create_index("ix_case_span_here", "case_span", ["place", "pack"], unique=False)
    # Without a batch: that would drop the table, and the cases' logs refer to it.
    op.add_column(
        "case_",
        sa.Column("person", sa.Integer(), sa.ForeignKey("person.id", name="fk_case__person_person"), nullable=True),
        inline_references=True,
    )
    op.add_column("case_event", sa.Column("other", sa.String(), server_default="", nullable=False))
    op.create_index(
        "ix_case_event_merged",
        "case_event",
        ["other"],
        unique=False,
        sqlite_where=sa.text("other != ''"),
        postgresql_where=sa.text("other != ''"),
    )
    op.execute("UPDATE case_ SET person = (SELECT filing.person FROM filing WHERE filing.id = case_.filing)")
