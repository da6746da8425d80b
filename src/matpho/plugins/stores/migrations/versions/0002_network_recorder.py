"""Tables and columns of the network recorder."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Each subject adds its own."""
    _add_keeping()


def downgrade() -> None:
    """Each subject takes its own away."""
    _drop_keeping()


def _add_keeping() -> None:
    op.add_column("cameras", sa.Column("record", sa.String(length=16), nullable=False, server_default="main"))


def _drop_keeping() -> None:
    op.drop_column("cameras", "record")
