"""A PostgreSQL server for this folder's tests, started when the first of them asks for it."""

from collections.abc import Iterator

import pytest

from matpho.testing.postgres import TestPostgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[TestPostgres]:
    """The running server. Where it cannot start the tests fail: it comes with ``requirements/dev.txt``."""
    with TestPostgres() as server:
        yield server
