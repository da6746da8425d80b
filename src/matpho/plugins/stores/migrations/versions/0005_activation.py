"""Registered retention; cameras that ran before all that was asked for go on, with a day to complete it by."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

from matpho.domain.time import SystemClock

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_GRACE = timedelta(days=90)
_TEXTS = ("maker", "model", "serial", "firmware", "certificate", "purpose", "place", "owner")


def upgrade() -> None:
    """No camera stops recording by this: nobody had been asked for a retention so far."""
    op.add_column("camera_register", sa.Column("retention_days", sa.Integer(), nullable=True))
    op.add_column("camera_register", sa.Column("complete_by", sa.String(length=10), nullable=True))
    by = (datetime.fromtimestamp(SystemClock().now() / 1e9, UTC) + _GRACE).date().isoformat()
    register = sa.table("camera_register", *(sa.column(name) for name in ("camera_id", *_TEXTS, "complete_by")))
    cameras = sa.table("cameras", sa.column("id"), sa.column("staged"), sa.column("removed_ns"))
    running = sa.select(cameras.c.id).where(cameras.c.removed_ns.is_(None), cameras.c.staged.is_(sa.false()))
    database = op.get_bind()
    there = set(database.scalars(sa.select(register.c.camera_id)))
    for camera_id in database.scalars(running).all():
        if camera_id in there:
            of_it = register.c.camera_id == camera_id
            database.execute(sa.update(register).where(of_it).values(complete_by=by))
        else:
            database.execute(
                sa.insert(register).values(camera_id=camera_id, complete_by=by, **dict.fromkeys(_TEXTS, ""))
            )


def downgrade() -> None:
    """Entries made by the upgrade stay, empty: the older version takes them for what they are."""
    op.drop_column("camera_register", "complete_by")
    op.drop_column("camera_register", "retention_days")
