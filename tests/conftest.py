"""What every test gets: categories must be declared, and an ERROR in the log fails the test."""

import logging
from collections.abc import Iterator

import pytest

CATEGORIES = ("unit", "integration", "browser")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse a test that does not say what it is; the quick ones go first."""
    places: dict[str, int] = {}
    for item in items:
        marks = {mark.name for mark in item.iter_markers()}
        found = [place for place, name in enumerate(CATEGORIES) if name in marks]
        if not found:
            raise pytest.UsageError(f"{item.nodeid}: mark it as one of {', '.join(CATEGORIES)}")
        places[item.nodeid] = found[0]
    items.sort(key=lambda item: places[item.nodeid])


@pytest.fixture(autouse=True)
def no_error_in_the_log(caplog: pytest.LogCaptureFixture, request: pytest.FixtureRequest) -> Iterator[None]:
    """An ERROR that nobody expected fails the test; ``@pytest.mark.errors_expected`` says otherwise."""
    yield
    if request.node.get_closest_marker("errors_expected"):
        return
    errors = [r for r in caplog.get_records("call") if r.levelno >= logging.ERROR]
    assert not errors, [r.getMessage() for r in errors]
