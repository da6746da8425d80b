"""Since when a camera's footage is kept as its record mode says: what was recorded before stays as it was promised."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Cameras of before: their mode counts from their first recording on, as it did."""
    op.add_column("cameras", sa.Column("record_since_ns", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """The mode alone decides again."""
    op.drop_column("cameras", "record_since_ns")
