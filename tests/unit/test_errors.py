"""The error tree: every error carries both sentences, also out of another process."""

import pickle

import pytest

from matpho import errors
from matpho.web.security import BadCsrf

pytestmark = pytest.mark.unit

KINDS = [k for k in vars(errors).values() if isinstance(k, type) and issubclass(k, errors.MatphoError)]


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_comes_out_of_another_process_whole(kind):
    told = pickle.loads(pickle.dumps(kind("A sentence.", "Một câu.")))
    assert type(told) is kind
    assert (told.en, told.vi, str(told)) == ("A sentence.", "Một câu.", "A sentence.")


def test_one_that_brings_its_own_sentences_does_too():
    told = pickle.loads(pickle.dumps(BadCsrf()))
    assert type(told) is BadCsrf
    assert told.vi == BadCsrf().vi


def test_codes_are_told_apart():
    assert len({k.code for k in KINDS}) == len(KINDS)
