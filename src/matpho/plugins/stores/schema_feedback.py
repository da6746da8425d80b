"""The table of proposals (see :mod:`matpho.plugins.stores.schema`)."""

import sqlalchemy as sa

from matpho.plugins.stores.schema import metadata

proposals = sa.Table(
    "proposals",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("camera_id", sa.String(40), nullable=False, index=True),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("made_ns", sa.BigInteger, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)
