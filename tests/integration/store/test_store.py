"""Every store keeps the promises of its port: SQLite and a real PostgreSQL."""

from pathlib import Path

import pytest

from matpho.domain.time import SystemClock
from matpho.plugins.stores.sql import SqlStore
from matpho.testing.contracts.feedback import FEEDBACK_PROMISES
from matpho.testing.contracts.health import HEALTH_PROMISES
from matpho.testing.contracts.keeping import KEEPING_PROMISES
from matpho.testing.contracts.store import PROMISES, Open
from matpho.testing.contracts.trials import TRIAL_PROMISES

pytestmark = pytest.mark.integration


@pytest.fixture(params=["sqlite", "postgresql"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'db' / 'matpho.sqlite'}"
    else:
        url = request.getfixturevalue("postgres").database()
    return lambda: SqlStore(url, SystemClock())


ALL = (*PROMISES, *HEALTH_PROMISES, *KEEPING_PROMISES, *TRIAL_PROMISES, *FEEDBACK_PROMISES)


@pytest.mark.parametrize("promise", ALL, ids=lambda promise: promise.__name__)
def test_promise(promise, opened: Open):
    promise(opened)
