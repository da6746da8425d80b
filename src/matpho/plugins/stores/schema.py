"""The tables. Instants are nanoseconds since 1970 UTC (``_ns``); small structures are JSON text of the domain's codec.

Cameras and people are referred to by id without foreign keys where rows outlive them: recordings and incidents keep
meaning what they meant after a camera has gone, and facts of a journal are stored whatever else was lost.
"""

import sqlalchemy as sa

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = sa.MetaData(naming_convention=NAMES)


def _id(*, key: bool = False) -> "sa.Column[str]":
    return sa.Column("id", sa.String(40), primary_key=key)


cameras = sa.Table(
    "cameras",
    metadata,
    _id(key=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("main", sa.Text),
    sa.Column("sub", sa.Text),
    sa.Column("ground", sa.Text, nullable=False),
    sa.Column("ground_size_m", sa.Text, nullable=False),
    sa.Column("staged", sa.Boolean, nullable=False),
    sa.Column("record", sa.String(16), nullable=False, server_default="main"),
    sa.Column("record_since_ns", sa.BigInteger),
    sa.Column("added_ns", sa.BigInteger, nullable=False),
    sa.Column("removed_ns", sa.BigInteger),
)

camera_zones = sa.Table(
    "camera_zones",
    metadata,
    sa.Column("camera_id", sa.ForeignKey("cameras.id"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("valid_from_ns", sa.BigInteger, nullable=False),
    sa.Column("zones", sa.Text, nullable=False),
)

camera_register = sa.Table(
    "camera_register",
    metadata,
    sa.Column("camera_id", sa.ForeignKey("cameras.id"), primary_key=True),
    sa.Column("maker", sa.Text, nullable=False),
    sa.Column("model", sa.Text, nullable=False),
    sa.Column("serial", sa.Text, nullable=False),
    sa.Column("firmware", sa.Text, nullable=False),
    sa.Column("certificate", sa.Text, nullable=False),
    sa.Column("certificate_until", sa.String(10)),
    sa.Column("sign_at", sa.String(10)),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("installed_on", sa.String(10)),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("warranty_until", sa.String(10)),
    sa.Column("retention_days", sa.Integer),
    sa.Column("complete_by", sa.String(10)),
)

people = sa.Table(
    "people",
    metadata,
    _id(key=True),
    sa.Column("login", sa.String(64), nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("created_ns", sa.BigInteger, nullable=False),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("person_id", sa.ForeignKey("people.id"), nullable=False, index=True),
    sa.Column("csrf", sa.String(64), nullable=False),
    sa.Column("created_ns", sa.BigInteger, nullable=False),
    sa.Column("expires_ns", sa.BigInteger, nullable=False),
)

setup_tokens = sa.Table(
    "setup_tokens",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("expires_ns", sa.BigInteger, nullable=False),
)

incidents = sa.Table(
    "incidents",
    metadata,
    _id(key=True),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("camera_id", sa.String(40), nullable=False),
    sa.Column("zone_id", sa.String(40)),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("source", sa.String(16), nullable=False),
    sa.Column("start_ns", sa.BigInteger, nullable=False),
    sa.Column("at_ns", sa.BigInteger, nullable=False),
    sa.Column("end_ns", sa.BigInteger),
    sa.Column("last_seen_ns", sa.BigInteger, nullable=False),
    sa.Column("score", sa.Double, nullable=False),
    sa.Column("advisory", sa.Boolean, nullable=False),
    sa.Column("staged", sa.Boolean, nullable=False),
    sa.Column("box", sa.Text, nullable=False),
    sa.Column("why_vi", sa.Text, nullable=False),
    sa.Column("why_en", sa.Text, nullable=False),
    sa.Column("reviewer", sa.String(40)),
    sa.Column("light", sa.String(16)),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("trial_id", sa.String(40)),
    sa.Index(None, "at_ns", "id"),
    sa.Index(None, "state", "last_seen_ns"),
    sa.Index(None, "camera_id", "last_seen_ns"),
    sa.Index(None, "trial_id"),
)

incident_history = sa.Table(
    "incident_history",
    metadata,
    sa.Column("incident_id", sa.ForeignKey("incidents.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at_ns", sa.BigInteger, nullable=False),
    sa.Column("who", sa.String(40)),
    sa.Column("action", sa.String(24), nullable=False),
    sa.Column("reason", sa.String(40)),
    sa.Column("note", sa.Text, nullable=False),
)

hits = sa.Table(
    "hits",
    metadata,
    sa.Column("id", sa.String(160), primary_key=True),
    sa.Column("incident_id", sa.ForeignKey("incidents.id"), nullable=False, index=True),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("start_ns", sa.BigInteger, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)

evidence = sa.Table(
    "evidence",
    metadata,
    _id(key=True),
    sa.Column("incident_id", sa.ForeignKey("incidents.id"), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("camera_id", sa.String(40), nullable=False),
    sa.Column("slot", sa.String(24), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("role", sa.String(16)),
    sa.Column("wanted_start_ns", sa.BigInteger, nullable=False),
    sa.Column("wanted_end_ns", sa.BigInteger, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("start_ns", sa.BigInteger),
    sa.Column("end_ns", sa.BigInteger),
    sa.Column("in_s", sa.Double),
    sa.Column("out_s", sa.Double),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("detail_vi", sa.Text, nullable=False),
    sa.Column("detail_en", sa.Text, nullable=False),
    sa.Column("masks", sa.Text, nullable=False),
    sa.Column("segments", sa.Text, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("next_try_ns", sa.BigInteger, nullable=False),
    sa.Index(None, "incident_id", "position"),
    sa.Index(None, "state", "next_try_ns"),
)

segments = sa.Table(
    "segments",
    metadata,
    sa.Column("path", sa.String(200), primary_key=True),
    sa.Column("camera_id", sa.String(40), nullable=False),
    sa.Column("role", sa.String(8), nullable=False),
    sa.Column("start_ns", sa.BigInteger, nullable=False),
    sa.Column("end_ns", sa.BigInteger),
    sa.Column("codec", sa.String(24), nullable=False),
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("frames", sa.Integer, nullable=False),
    sa.Column("repaired", sa.Boolean, nullable=False),
    sa.Column("clock_ms", sa.Double),
    sa.Index(None, "camera_id", "role", "start_ns"),
    sa.Index(None, "end_ns", "path"),
)

removals = sa.Table(
    "removals",
    metadata,
    sa.Column("camera_id", sa.String(40), primary_key=True),
    sa.Column("role", sa.String(8), primary_key=True),
    sa.Column("start_ns", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("end_ns", sa.BigInteger, nullable=False),
    sa.Column("why", sa.String(16), nullable=False),
    sa.Column("at_ns", sa.BigInteger, nullable=False),
    sa.Column("files", sa.Integer, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Index(None, "camera_id", "end_ns"),
)

removal_minutes = sa.Table(
    "removal_minutes",
    metadata,
    sa.Column("month", sa.String(7), primary_key=True),
    sa.Column("camera_id", sa.String(40), primary_key=True),
    sa.Column("why", sa.String(16), primary_key=True),
    sa.Column("files", sa.Integer, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("length_ns", sa.BigInteger, nullable=False),
    sa.Column("first_ns", sa.BigInteger, nullable=False),
    sa.Column("last_ns", sa.BigInteger, nullable=False),
)

holds = sa.Table(
    "holds",
    metadata,
    _id(key=True),
    sa.Column("camera_id", sa.String(40), nullable=False),
    sa.Column("start_ns", sa.BigInteger, nullable=False),
    sa.Column("end_ns", sa.BigInteger, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("placed_by", sa.String(40)),
    sa.Column("placed_ns", sa.BigInteger, nullable=False),
    sa.Column("released_by", sa.String(40)),
    sa.Column("released_ns", sa.BigInteger),
    sa.Index(None, "released_ns"),
)

gaps = sa.Table(
    "gaps",
    metadata,
    sa.Column("camera_id", sa.String(40), primary_key=True),
    sa.Column("role", sa.String(8), primary_key=True),
    sa.Column("start_ns", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("end_ns", sa.BigInteger),
    sa.Column("cause", sa.String(16), nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("detail_vi", sa.Text, nullable=False, server_default=""),
)

LONG_TRACK_NS = 600_000_000_000
"""Tracks that lasted longer have an index of their own, so that a search need not look back further than this."""

tracks = sa.Table(
    "tracks",
    metadata,
    sa.Column("camera_id", sa.String(40), primary_key=True),
    sa.Column("start_ns", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("track_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("end_ns", sa.BigInteger, nullable=False),
    sa.Column("what", sa.String(16), nullable=False),
    sa.Column("path", sa.LargeBinary, nullable=False, server_default=sa.text("''")),
    sa.Column("cells_top", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("cells_middle", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("cells_bottom", sa.BigInteger, nullable=False, server_default="0"),
)
_c = tracks.c
sa.Index(
    "ix_tracks_search",
    *(_c.camera_id, _c.start_ns, _c.track_id, _c.end_ns, _c.what, _c.cells_top, _c.cells_middle, _c.cells_bottom),
)
_long = sa.text(f"end_ns - start_ns > {LONG_TRACK_NS}")
sa.Index("ix_tracks_long", _c.camera_id, _c.start_ns, _c.end_ns, sqlite_where=_long, postgresql_where=_long)

ward_decisions = sa.Table(
    "ward_decisions",
    metadata,
    _id(key=True),
    sa.Column("entered_ns", sa.BigInteger, nullable=False),
    sa.Column("end_ns", sa.BigInteger, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)

exports = sa.Table(
    "exports",
    metadata,
    _id(key=True),
    sa.Column("who", sa.String(40), nullable=False),
    sa.Column("asked_ns", sa.BigInteger, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("expires_ns", sa.BigInteger, nullable=False),
    sa.Column("next_try_ns", sa.BigInteger, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Index(None, "asked_ns"),
    sa.Index(None, "state", "next_try_ns"),
)

trials = sa.Table(
    "trials",
    metadata,
    _id(key=True),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("started_ns", sa.BigInteger, nullable=False),
    sa.Column("ended_ns", sa.BigInteger),
    sa.Column("sealed", sa.Boolean, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Index(None, "started_ns"),
)

journal_offsets = sa.Table(
    "journal_offsets",
    metadata,
    sa.Column("journal", sa.String(200), primary_key=True),
    sa.Column("read_bytes", sa.BigInteger, nullable=False),
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at_ns", sa.BigInteger, nullable=False),
    sa.Column("who", sa.String(40)),
    sa.Column("action", sa.String(40), nullable=False),
    sa.Column("thing", sa.String(80), nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("previous", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)

notes = sa.Table(
    "notes",
    metadata,
    sa.Column("key", sa.String(80), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
