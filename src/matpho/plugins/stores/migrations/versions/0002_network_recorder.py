"""Tables and columns of the network recorder."""

import json
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

from matpho.domain.geometry import Box
from matpho.domain.time import Instant
from matpho.plugins.stores.track_rows import packed, swept, unpacked

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Each subject adds its own."""
    _add_register()
    _pack_tracks()
    _add_keeping()
    _add_exports()
    _add_health()


def downgrade() -> None:
    """Each subject takes its own away."""
    op.drop_table("camera_register")
    _drop_exports()
    _unpack_tracks()
    _drop_keeping()
    _drop_health()


def _add_keeping() -> None:
    op.add_column("cameras", sa.Column("record", sa.String(length=16), nullable=False, server_default="main"))
    op.add_column("segments", sa.Column("clock_ms", sa.Double(), nullable=True))
    op.create_index(op.f("ix_segments_end_ns_path"), "segments", ["end_ns", "path"], unique=False)
    op.create_table(
        "removals",
        sa.Column("camera_id", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.Column("start_ns", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("end_ns", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("at_ns", sa.BigInteger(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("camera_id", "role", "start_ns", name=op.f("pk_removals")),
    )
    op.create_index(op.f("ix_removals_camera_id_end_ns"), "removals", ["camera_id", "end_ns"], unique=False)
    op.create_table(
        "removal_minutes",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("camera_id", sa.String(length=40), nullable=False),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("length_ns", sa.BigInteger(), nullable=False),
        sa.Column("first_ns", sa.BigInteger(), nullable=False),
        sa.Column("last_ns", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("month", "camera_id", "why", name=op.f("pk_removal_minutes")),
    )
    op.create_table(
        "holds",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("camera_id", sa.String(length=40), nullable=False),
        sa.Column("start_ns", sa.BigInteger(), nullable=False),
        sa.Column("end_ns", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_by", sa.String(length=40), nullable=True),
        sa.Column("placed_ns", sa.BigInteger(), nullable=False),
        sa.Column("released_by", sa.String(length=40), nullable=True),
        sa.Column("released_ns", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )
    op.create_index(op.f("ix_holds_released_ns"), "holds", ["released_ns"], unique=False)


def _drop_keeping() -> None:
    for table in ("holds", "removal_minutes", "removals"):
        op.drop_table(table)
    op.drop_index(op.f("ix_segments_end_ns_path"), table_name="segments")
    op.drop_column("segments", "clock_ms")
    op.drop_column("cameras", "record")


_TRACKS = sa.table(
    "tracks",
    *map(
        sa.column, ("camera_id", "start_ns", "track_id", "boxes", "path", "cells_top", "cells_middle", "cells_bottom")
    ),
)
_CELLS = ("cells_top", "cells_middle", "cells_bottom")
_LONG = sa.text("end_ns - start_ns > 600000000000")


def _pack_tracks() -> None:
    """The path of a track leaves its JSON and becomes searchable."""
    op.add_column("tracks", sa.Column("path", sa.LargeBinary(), nullable=False, server_default=sa.text("''")))
    for name in _CELLS:
        op.add_column("tracks", sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))

    def new(row: sa.Row[*tuple[Any, ...]]) -> dict[str, object]:
        boxes = [(Instant(at), Box(**box)) for at, box in json.loads(row.boxes)]
        path = packed(Instant(row.start_ns), boxes)
        return {"path": path, **dict(zip(_CELLS, swept(unpacked(Instant(row.start_ns), path)), strict=True))}

    _rewrite_tracks(_TRACKS.c.boxes, new)
    op.drop_index(op.f("ix_tracks_camera_id_end_ns"), table_name="tracks")
    op.drop_column("tracks", "boxes")
    search = ["camera_id", "start_ns", "track_id", "end_ns", "what", *_CELLS]
    op.create_index("ix_tracks_search", "tracks", search, unique=False)
    op.create_index(
        "ix_tracks_long",
        "tracks",
        ["camera_id", "start_ns", "end_ns"],
        unique=False,
        sqlite_where=_LONG,
        postgresql_where=_LONG,
    )


def _unpack_tracks() -> None:
    op.drop_index("ix_tracks_long", table_name="tracks")
    op.drop_index("ix_tracks_search", table_name="tracks")
    op.add_column("tracks", sa.Column("boxes", sa.Text(), nullable=False, server_default="[]"))

    def old(row: sa.Row[*tuple[Any, ...]]) -> dict[str, object]:
        boxes = unpacked(Instant(row.start_ns), row.path)
        return {"boxes": json.dumps([[at, {"x": b.x, "y": b.y, "w": b.w, "h": b.h}] for at, b in boxes])}

    _rewrite_tracks(_TRACKS.c.path, old)
    for name in ("path", *_CELLS):
        op.drop_column("tracks", name)
    op.create_index(op.f("ix_tracks_camera_id_end_ns"), "tracks", ["camera_id", "end_ns"], unique=False)


def _rewrite_tracks(
    column: sa.ColumnElement[Any], values: Callable[[sa.Row[*tuple[Any, ...]]], dict[str, object]]
) -> None:
    """Fill new columns from an old one, a thousand rows at a time in the order of their key."""
    db, c = op.get_bind(), _TRACKS.c
    key = (c.camera_id, c.start_ns, c.track_id)
    last: tuple[object, ...] | None = None
    while True:
        query = sa.select(*key, column).order_by(*key).limit(1000)
        if last is not None:
            query = query.where(sa.tuple_(*key) > sa.tuple_(*map(sa.literal, last)))
        rows = db.execute(query).all()
        for row in rows:
            where = (c.camera_id == row.camera_id, c.start_ns == row.start_ns, c.track_id == row.track_id)
            db.execute(sa.update(_TRACKS).where(*where).values(values(row)))
        if not rows:
            return
        last = tuple(rows[-1][:3])


def _add_health() -> None:
    """Problems, camera-days, and the outbox to other systems."""
    op.create_table(
        "health_problems",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("trouble", sa.String(length=24), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("severity", sa.String(length=16), nullable=False),
        sa.Column("since_ns", sa.BigInteger(), nullable=False),
        sa.Column("raised_ns", sa.BigInteger(), nullable=False),
        sa.Column("until_ns", sa.BigInteger(), nullable=True),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("told_ns", sa.BigInteger(), nullable=True),
        sa.Column("queued", sa.Boolean(), nullable=False),
        sa.Column("acknowledged_ns", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_by", sa.String(length=40), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("assigned", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_health_problems")),
    )
    op.create_index(op.f("ix_health_problems_until_ns"), "health_problems", ["until_ns"], unique=False)
    op.create_table(
        "camera_days",
        sa.Column("camera_id", sa.String(length=40), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("expected_s", sa.Double(), nullable=False),
        sa.Column("recorded_s", sa.Double(), nullable=False),
        sa.Column("gaps", sa.Text(), nullable=False),
        sa.Column("sharpness", sa.Double(), nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("camera_id", "day", name=op.f("pk_camera_days")),
    )
    op.create_index(op.f("ix_camera_days_day"), "camera_days", ["day"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("target", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_ns", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_ns", sa.BigInteger(), nullable=False),
        sa.Column("done_ns", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_outbox")),
        sa.UniqueConstraint("id", name=op.f("uq_outbox_id")),
    )
    op.create_index(op.f("ix_outbox_target_state_number"), "outbox", ["target", "state", "number"], unique=False)
    op.create_index(op.f("ix_outbox_state_done_ns"), "outbox", ["state", "done_ns"], unique=False)


def _drop_health() -> None:
    for name in ("outbox", "camera_days", "health_problems"):
        op.drop_table(name)


def _add_exports() -> None:
    op.create_table(
        "exports",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("who", sa.String(length=40), nullable=False),
        sa.Column("asked_ns", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("expires_ns", sa.BigInteger(), nullable=False),
        sa.Column("next_try_ns", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exports")),
    )
    op.create_index(op.f("ix_exports_asked_ns"), "exports", ["asked_ns"], unique=False)
    op.create_index(op.f("ix_exports_state_next_try_ns"), "exports", ["state", "next_try_ns"], unique=False)


def _drop_exports() -> None:
    op.drop_index(op.f("ix_exports_state_next_try_ns"), table_name="exports")
    op.drop_index(op.f("ix_exports_asked_ns"), table_name="exports")
    op.drop_table("exports")


def _add_register() -> None:
    texts = ("maker", "model", "serial", "firmware", "certificate", "purpose", "place", "owner")
    days = ("certificate_until", "sign_at", "installed_on", "warranty_until")
    op.create_table(
        "camera_register",
        sa.Column("camera_id", sa.String(length=40), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        *(sa.Column(name, sa.String(length=10), nullable=True) for name in days),
        sa.ForeignKeyConstraint(["camera_id"], ["cameras.id"], name=op.f("fk_camera_register_camera_id_cameras")),
        sa.PrimaryKeyConstraint("camera_id", name=op.f("pk_camera_register")),
    )
