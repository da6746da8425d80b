"""Commissioning tests, and which incidents were reported during one."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Incidents so far belong to no test."""
    op.create_table(
        "trials",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("started_ns", sa.BigInteger(), nullable=False),
        sa.Column("ended_ns", sa.BigInteger(), nullable=True),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trials")),
    )
    op.create_index(op.f("ix_trials_started_ns"), "trials", ["started_ns"], unique=False)
    op.add_column("incidents", sa.Column("trial_id", sa.String(length=40), nullable=True))
    op.create_index(op.f("ix_incidents_trial_id"), "incidents", ["trial_id"], unique=False)


def downgrade() -> None:
    """Incidents of tests become incidents like any other: the older version knows no tests."""
    op.drop_index(op.f("ix_incidents_trial_id"), table_name="incidents")
    op.drop_column("incidents", "trial_id")
    op.drop_index(op.f("ix_trials_started_ns"), table_name="trials")
    op.drop_table("trials")
