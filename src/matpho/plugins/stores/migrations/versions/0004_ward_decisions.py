"""Decisions of the ward that allow advisory kinds for a time."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "ward_decisions",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("entered_ns", sa.BigInteger(), nullable=False),
        sa.Column("end_ns", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ward_decisions")),
    )


def downgrade() -> None:
    """Drop it; no rule may run on the decisions that were in it any more."""
    op.drop_table("ward_decisions")
