import pytest

from matpho.casework.redact import is_redacted, redacted

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("rtsp://admin:bi-mat@10.0.0.7:554/ch1", "rtsp://***@10.0.0.7:554/ch1"),
        ("rtsp://admin:a@b:c@host/ch1", "rtsp://***@host/ch1"),
        ("rtsp://host/ch1?user=admin&password=bi-mat", "rtsp://host/ch1?***"),
        ("rtsp://host:554/ch1", "rtsp://host:554/ch1"),
        ("rtsps://bi-mat@[fe80::1]:322/x", "rtsps://***@[fe80::1]:322/x"),
        ("rtsp://[bi-mat", "***"),
        ("/clips/street.mp4", "/clips/street.mp4"),
        (None, None),
    ],
)
def test_secrets_are_hidden(address, shown):
    assert redacted(address) == shown
    assert "bi-mat" not in (redacted(address) or "")


def test_what_was_hidden_is_known_again():
    assert is_redacted(redacted("rtsp://a:b@host/x"))
    assert not is_redacted("rtsp://host/x")
    assert not is_redacted(None)
