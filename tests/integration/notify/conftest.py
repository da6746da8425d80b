"""A home whose desk tells others."""

import pytest

from matpho.testing.notified_home import NotifiedHome


@pytest.fixture
def home(tmp_path):
    (tmp_path / "db").mkdir()
    return NotifiedHome(tmp_path)
