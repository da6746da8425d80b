"""Tables and columns of the network recorder."""

import json
from collections.abc import Callable

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
    _pack_tracks()
    _add_keeping()


def downgrade() -> None:
    """Each subject takes its own away."""
    _unpack_tracks()
    _drop_keeping()


def _add_keeping() -> None:
    op.add_column("cameras", sa.Column("record", sa.String(length=16), nullable=False, server_default="main"))


def _drop_keeping() -> None:
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

    def new(row: sa.Row) -> dict[str, object]:
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

    def old(row: sa.Row) -> dict[str, object]:
        boxes = unpacked(Instant(row.start_ns), row.path)
        return {"boxes": json.dumps([[at, {"x": b.x, "y": b.y, "w": b.w, "h": b.h}] for at, b in boxes])}

    _rewrite_tracks(_TRACKS.c.path, old)
    for name in ("path", *_CELLS):
        op.drop_column("tracks", name)
    op.create_index(op.f("ix_tracks_camera_id_end_ns"), "tracks", ["camera_id", "end_ns"], unique=False)


def _rewrite_tracks(column: sa.ColumnElement, values: Callable[[sa.Row], dict[str, object]]) -> None:
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
