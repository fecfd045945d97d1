"""Assessments, the creation workflow, the ledger, the red-and-black board and the work log (part 3)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Go forward; the way back is a backup."""
    op.create_table(
        "kept_standard",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("kept_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_kept_standard")),
    )
    op.create_table(
        "media_look",
        sa.Column("media", sa.String(), nullable=False),
        sa.Column("look", sa.String(), nullable=False),
        sa.Column("a", sa.String(), nullable=False),
        sa.Column("b", sa.String(), nullable=False),
        sa.Column("c", sa.String(), nullable=False),
        sa.Column("d", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("media", name=op.f("pk_media_look")),
    )
    with op.batch_alter_table("media_look", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_media_look_a"), ["a"], unique=False)
        batch_op.create_index(batch_op.f("ix_media_look_b"), ["b"], unique=False)
        batch_op.create_index(batch_op.f("ix_media_look_c"), ["c"], unique=False)
        batch_op.create_index(batch_op.f("ix_media_look_d"), ["d"], unique=False)

    op.create_table(
        "assessment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("standard", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=True),
        sa.Column("begun_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_assessment_person_person")),
        sa.ForeignKeyConstraint(["place"], ["place.code"], name=op.f("fk_assessment_place_place")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
    )
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.create_index("ix_assessment_place_standard", ["place", "standard"], unique=False)

    op.create_table(
        "duty_tick",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_duty_tick_person_person")),
        sa.ForeignKeyConstraint(["place"], ["place.code"], name=op.f("fk_duty_tick_place_place")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_tick")),
    )
    with op.batch_alter_table("duty_tick", schema=None) as batch_op:
        batch_op.create_index("ix_duty_tick_place_day", ["place", "day"], unique=False)

    op.create_table(
        "problem",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_problem_person_person")),
        sa.ForeignKeyConstraint(["place"], ["place.code"], name=op.f("fk_problem_place_place")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_problem")),
    )
    with op.batch_alter_table("problem", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_problem_place"), ["place"], unique=False)

    op.create_table(
        "red_black",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("colour", sa.String(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(), nullable=True),
        sa.Column("taken_back_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_red_black_person_person")),
        sa.ForeignKeyConstraint(["place"], ["place.code"], name=op.f("fk_red_black_place_place")),
        sa.ForeignKeyConstraint(["taken_back_by"], ["person.id"], name=op.f("fk_red_black_taken_back_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_red_black")),
    )
    with op.batch_alter_table("red_black", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_red_black_day"), ["day"], unique=False)

    op.create_table(
        "work_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("counter", sa.String(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_work_count_person_person")),
        sa.ForeignKeyConstraint(["place"], ["place.code"], name=op.f("fk_work_count_place_place")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_count")),
    )
    with op.batch_alter_table("work_count", schema=None) as batch_op:
        batch_op.create_index("ix_work_count_place_day", ["place", "day"], unique=False)

    op.create_table(
        "application",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("assessment", sa.Integer(), nullable=True),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["assessment"], ["assessment.id"], name=op.f("fk_application_assessment_assessment")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_application_person_person")),
        sa.ForeignKeyConstraint(["place"], ["place.code"], name=op.f("fk_application_place_place")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
    )
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_application_place"), ["place"], unique=False)

    op.create_table(
        "assessment_end",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("halves", sa.Integer(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("qualifies", sa.Boolean(), nullable=False),
        sa.Column("answers", sa.String(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment"], ["assessment.id"], name=op.f("fk_assessment_end_assessment_assessment")
        ),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_assessment_end_person_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_end")),
        sa.UniqueConstraint("assessment", name=op.f("uq_assessment_end_assessment")),
    )
    op.create_table(
        "assessment_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("halves", sa.Integer(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("person", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment"], ["assessment.id"], name=op.f("fk_assessment_mark_assessment_assessment")
        ),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_assessment_mark_person_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_mark")),
    )
    with op.batch_alter_table("assessment_mark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assessment_mark_assessment"), ["assessment"], unique=False)

    op.create_table(
        "problem_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("responsible", sa.Integer(), nullable=True),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("person", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_problem_event_person_person")),
        sa.ForeignKeyConstraint(["problem"], ["problem.code"], name=op.f("fk_problem_event_problem_problem")),
        sa.ForeignKeyConstraint(["responsible"], ["person.id"], name=op.f("fk_problem_event_responsible_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problem_event")),
    )
    with op.batch_alter_table("problem_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_problem_event_problem"), ["problem"], unique=False)

    op.create_table(
        "creation_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("application", sa.Integer(), nullable=True),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("halves", sa.Integer(), nullable=True),
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("person", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application"], ["application.id"], name=op.f("fk_creation_event_application_application")
        ),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_creation_event_person_person")),
        sa.ForeignKeyConstraint(["place"], ["place.code"], name=op.f("fk_creation_event_place_place")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_creation_event")),
    )
    with op.batch_alter_table("creation_event", schema=None) as batch_op:
        batch_op.create_index("ix_creation_event_on", ["on"], unique=False)
        batch_op.create_index(batch_op.f("ix_creation_event_place"), ["place"], unique=False)

    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("media", sa.String(), nullable=False),
        sa.Column("mark", sa.Integer(), nullable=True),
        sa.Column("tick", sa.Integer(), nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("problem_event", sa.Integer(), nullable=True),
        sa.Column("creation_event", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["creation_event"], ["creation_event.id"], name=op.f("fk_evidence_creation_event_creation_event")
        ),
        sa.ForeignKeyConstraint(["mark"], ["assessment_mark.id"], name=op.f("fk_evidence_mark_assessment_mark")),
        sa.ForeignKeyConstraint(["problem"], ["problem.code"], name=op.f("fk_evidence_problem_problem")),
        sa.ForeignKeyConstraint(
            ["problem_event"], ["problem_event.id"], name=op.f("fk_evidence_problem_event_problem_event")
        ),
        sa.ForeignKeyConstraint(["tick"], ["duty_tick.id"], name=op.f("fk_evidence_tick_duty_tick")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_creation_event"), ["creation_event"], unique=False)
        batch_op.create_index(batch_op.f("ix_evidence_mark"), ["mark"], unique=False)
        batch_op.create_index(batch_op.f("ix_evidence_media"), ["media"], unique=False)
        batch_op.create_index(batch_op.f("ix_evidence_problem"), ["problem"], unique=False)
        batch_op.create_index(batch_op.f("ix_evidence_problem_event"), ["problem_event"], unique=False)
        batch_op.create_index(batch_op.f("ix_evidence_tick"), ["tick"], unique=False)
