"""Wards with recordings, a real database and no system that runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.casework.imported_ward import ImportedWard
from tests.integration.casework.kept_ward import KeptWard

from matpho.testing.footage import draw


@pytest.fixture
def kept_ward(tmp_path: Path) -> Iterator[KeptWard]:
    """Footage of several ages, and who decides what of it stays."""
    one = KeptWard(tmp_path)
    yield one
    one.store.close()


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A camera's card with one file of twenty seconds."""
    return draw(tmp_path_factory.mktemp("card") / "a.mp4", pictures=200, gop=10)


@pytest.fixture
def imported_ward(tmp_path: Path, card: Path) -> ImportedWard:
    """Recordings with a gap into which the card's footage fits."""
    (tmp_path / "home").mkdir()
    return ImportedWard(tmp_path / "home", card)
