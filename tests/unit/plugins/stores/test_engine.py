"""A database address that cannot be used is refused in both languages, and not repeated: it may hold a password."""

import pytest

from matpho.errors import BadInput
from matpho.plugins.stores.engine import address_of

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("postgresql+pg8000://ward:bi-mat@host/ward", "not installed (pg8000)"),
        ("no-such://ward:bi-mat@host/ward", "cannot be used"),
        ("bi-mat", "cannot be used"),
    ],
)
def test_what_cannot_be_used_is_refused_without_its_password(address, said):
    with pytest.raises(BadInput) as refused:
        address_of(address)
    assert said in refused.value.en
    assert refused.value.vi != refused.value.en
    assert "bi-mat" not in refused.value.en + refused.value.vi
