"""By which light an incident was seen, and proposals made of what people decided."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of incidents so far nobody wrote the light down."""
    op.add_column("incidents", sa.Column("light", sa.String(length=16), nullable=True))
    op.create_table(
        "proposals",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("camera_id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("made_ns", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
    )
    op.create_index(op.f("ix_proposals_camera_id"), "proposals", ["camera_id"], unique=False)


def downgrade() -> None:
    """Accepted changes stay in the zones; their record goes."""
    op.drop_index(op.f("ix_proposals_camera_id"), table_name="proposals")
    op.drop_table("proposals")
    op.drop_column("incidents", "light")
