import pytest
from hypothesis import given
from hypothesis import strategies as st

from matpho.cli.logs import scrub

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "text",
    [
        "open rtsp://admin:s3cret@10.0.0.5:554/main failed",
        "Rtsps://u:s3cret@cam/x?y=1",
        "set-up link http://h/#/setup/s3cret",
        'token="s3cret"',
        "password=s3cret&x=1",
    ],
)
def test_secrets_never_reach_the_log(text):
    assert "s3cret" not in scrub(text)


def test_the_rest_of_the_line_stays():
    assert scrub("rtsp://admin:x@10.0.0.5/main lost") == "rtsp://admin:•••@10.0.0.5/main lost"


@given(
    st.text(alphabet=st.characters(blacklist_characters="@/ :\n", blacklist_categories=["Zs", "Cc", "Cs"]), min_size=8)
)
def test_no_password_survives(password):
    line = scrub(f"open rtsp://quản-trị:{password}@192.0.2.7/h264: timed out")
    assert "•••@192.0.2.7" in line
    assert f":{password}@" not in line
