"""Tables and columns of the network recorder."""

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Each subject adds its own."""


def downgrade() -> None:
    """Each subject takes its own away."""
