"""The tables of health and of the outbox (see :mod:`matpho.plugins.stores.schema`)."""

import sqlalchemy as sa

from matpho.plugins.stores.schema import metadata

health_problems = sa.Table(
    "health_problems",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("trouble", sa.String(24), nullable=False),
    sa.Column("subject", sa.String(80), nullable=False),
    sa.Column("severity", sa.String(16), nullable=False),
    sa.Column("since_ns", sa.BigInteger, nullable=False),
    sa.Column("raised_ns", sa.BigInteger, nullable=False),
    sa.Column("until_ns", sa.BigInteger),
    sa.Column("figures", sa.Text, nullable=False),
    sa.Column("told", sa.Integer, nullable=False),
    sa.Column("told_ns", sa.BigInteger),
    sa.Column("queued", sa.Boolean, nullable=False),
    sa.Column("acknowledged_ns", sa.BigInteger),
    sa.Column("acknowledged_by", sa.String(40)),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("assigned", sa.Text, nullable=False),
    sa.Index(None, "until_ns"),
)

camera_days = sa.Table(
    "camera_days",
    metadata,
    sa.Column("camera_id", sa.String(40), primary_key=True),
    sa.Column("day", sa.String(10), primary_key=True),
    sa.Column("expected_s", sa.Double, nullable=False),
    sa.Column("recorded_s", sa.Double, nullable=False),
    sa.Column("gaps", sa.Text, nullable=False),
    sa.Column("sharpness", sa.Double, nullable=False),
    sa.Column("looks", sa.Integer, nullable=False),
    sa.Index(None, "day"),
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("id", sa.String(40), nullable=False, unique=True),
    sa.Column("target", sa.String(80), nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("created_ns", sa.BigInteger, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("next_try_ns", sa.BigInteger, nullable=False),
    sa.Column("done_ns", sa.BigInteger),
    sa.Column("error", sa.Text, nullable=False),
    sa.Index(None, "target", "state", "number"),
    sa.Index(None, "state", "done_ns"),
)
