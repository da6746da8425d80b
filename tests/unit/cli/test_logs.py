import json
import subprocess
import sys

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


@pytest.mark.parametrize(
    "text",
    [
        "rtsp://u:s3@cret/s3cret@10.0.0.5/main",
        "Authorization: Basic s3cret",
        "PrivateKey = s3cret",
        "{'csrf': 's3cret'}",
        "GET /hook?api_key=s3cret&x=1",
    ],
)
def test_more_shapes_of_secrets(text):
    assert "s3cret" not in scrub(text)


_SPEAKER = """
import logging
from matpho.cli import logs

logs.configure("recorder")
log = logging.getLogger("cam")
log.warning("lost %s: %s", "rtsp://a:s3cret@10.0.0.5/x", {"password": "s3cret"})
form = {"token": "s3cret", "n": [1, b"pwd=s3cret"]}
log.info("probe %s %s cookie=%s", "rtsp://a:s3cret@h/x", form, "s3cret")
try:
    raise ValueError("rtsp://a:s3cret@10.0.0.5/x refused")
except ValueError:
    log.exception("failed")
"""


def test_a_process_logs_one_json_object_a_line_without_secrets():
    done = subprocess.run([sys.executable, "-c", _SPEAKER], check=True, capture_output=True, text=True, timeout=60)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["event"].split()[0] for line in lines] == ["lost", "probe", "failed"]
    for line in lines:
        assert line["process"] == "recorder"
        assert line["level"] in ("warning", "info", "error")
        assert line["timestamp"].endswith("Z")
    assert "s3cret" not in done.stderr
    assert "10.0.0.5" in lines[0]["event"]
    assert "Traceback" in lines[2]["exception"]
    assert "'n': [1" in lines[1]["event"]
