"""Why a stretch was not recorded, in Vietnamese too."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was written so far stays as it is; it is put into Vietnamese when it is read."""
    op.add_column("gaps", sa.Column("detail_vi", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """The English sentence is what remains."""
    op.drop_column("gaps", "detail_vi")
