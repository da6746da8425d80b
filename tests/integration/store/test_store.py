"""Every store keeps the promises of its port.

SQLite here always; PostgreSQL where ``MATPHO_TEST_POSTGRES`` has the address of an empty database.
"""

import os
from pathlib import Path

import pytest
import sqlalchemy as sa

from matpho.domain.time import SystemClock
from matpho.plugins.stores.sql import SqlStore
from matpho.testing.contracts.store import PROMISES, Open

pytestmark = pytest.mark.integration

POSTGRES = os.environ.get("MATPHO_TEST_POSTGRES", "")
KINDS = ["sqlite", *(["postgresql"] if POSTGRES else [])]


def _emptied(url: str) -> str:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
    engine.dispose()
    return url


@pytest.fixture(params=KINDS)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    url = f"sqlite:///{tmp_path / 'db' / 'matpho.sqlite'}" if request.param == "sqlite" else _emptied(POSTGRES)
    return lambda: SqlStore(url, SystemClock())


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
def test_promise(promise, opened: Open):
    promise(opened)
