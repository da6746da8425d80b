import pytest
from hypothesis import given
from hypothesis import strategies as st

from matpho.domain.address import Address, AddressKind, parse
from matpho.errors import BadAddress

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "text",
    [
        "concat:/etc/passwd|/etc/shadow",
        "pipe:0",
        "-",
        "http://127.0.0.1/x",
        "HTTPS://example/x",
        "file:/etc/passwd",
        "file,seekable=0:/etc/passwd",
        "subfile,,start,0,end,10,,:/etc/passwd",
        "data:video/mp4;base64,AAAA",
        "crypto+file:/x",
        "tcp://127.0.0.1:80",
        "rtsp:/one-slash",
        "rtsp:127.0.0.1",
        "rtsp+tls://h/x",
        "rtsp://",
        "rtsp:///path",
        "rtsp://h:0/x",
        "rtsp://h:99999/x",
        "rtsp://h ost/x",
        "rtsp://h/a b",
        "rtsp://h/a\nb",
        "rtsp://user:pw@/x",
        "",
        "   ",
        "a\x00b.mp4",
    ],
)
def test_everything_else_is_refused_in_both_languages(text):
    with pytest.raises(BadAddress) as refused:
        parse(text)
    assert refused.value.en
    assert refused.value.vi
    assert "pw" not in str(refused.value)


def test_an_rtsp_address_is_taken_apart():
    address = parse("RTSP://admin:s3cret@CAM-1.local:8554/h264?channel=1")
    assert address == Address(
        kind=AddressKind.RTSP,
        scheme="rtsp",
        host="cam-1.local",
        port=8554,
        user="admin",
        password="s3cret",
        path="/h264?channel=1",
    )
    assert address.reveal() == "rtsp://admin:s3cret@cam-1.local:8554/h264?channel=1"
    assert address.redacted() == "rtsp://admin:•••@cam-1.local:8554/h264?channel=1"


@pytest.mark.parametrize(
    ("text", "password"),
    [
        ("rtsp://a:p@ss@h/x", "p@ss"),
        ("rtsp://a:p:w@h/x", "p:w"),
        ("rtsp://a:p%40s@h/x", "p@s"),
        ("rtsp://a:pa/ss@h/x", "pa/ss"),
        ("rtsp://a:pa#s?s@h:554/x", "pa#s?s"),
    ],
)
def test_passwords_may_hold_what_cameras_allow(text, password):
    address = parse(text)
    assert (address.user, address.password, address.host, address.path) == ("a", password, "h", "/x")
    assert parse(address.reveal()) == address


@pytest.mark.parametrize("text", ["rtsp://[::1]:8554/x", "rtsp://[fe80::1]/x", "rtsp://10.0.0.7", "rtsps://h./x"])
def test_hosts(text):
    assert parse(text).reveal() == text


@pytest.mark.parametrize("text", ["/v/clip.mp4", "clip.mp4", "./a:b.mp4", "một thư mục/ảnh", "-x.mp4"])
def test_paths_stay_as_they_are(text):
    address = parse(text)
    assert address.kind is AddressKind.FILE
    assert str(address.file) == text.removeprefix("./")
    assert address.redacted() == text


def test_secrets_in_the_query_and_path_are_hidden():
    shown = parse("rtsp://10.0.0.7/user=admin_password=tlJwpbo6_channel=1?token=abc123&x=1").redacted()
    assert "tlJwpbo6" not in shown
    assert "abc123" not in shown
    assert shown.endswith("&x=1")


@given(st.text(max_size=60))
def test_any_text_becomes_rtsp_a_path_or_is_refused(text):
    try:
        address = parse(text)
    except BadAddress:
        return
    if address.kind is AddressKind.RTSP:
        assert address.reveal().startswith(("rtsp://", "rtsps://"))
    else:
        assert address.path != "-"
        assert ":" not in address.path.split("/")[0] or not address.path[0].isascii() or not address.path[0].isalpha()


@given(
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=3, max_size=20),
    st.text("abcdefghij", max_size=5),
    st.sampled_from(["", ":554"]),
)
def test_a_password_never_shows(password, user, port):
    whole = Address(
        kind=AddressKind.RTSP, scheme="rtsp", host="z", path="/0", user=user, password=f"~{password}~"
    ).reveal()
    address = parse(whole.replace("@z", f"@z{port}"))
    assert address.password == f"~{password}~"
    for shown in (
        address.redacted(),
        repr(address),
        str(address),
        address.scrub(f"cannot open {address.reveal()} ~{password}~"),
    ):
        assert f"~{password}~" not in shown
        assert address.reveal() not in shown


def test_scrub_hides_logins_of_other_forms():
    assert "hunter2" not in parse("/a.mp4").scrub("failed: 'rtsp://me:hunter2@h/x'")
    assert "rtsp://me:•••@h/x" in parse("/a.mp4").scrub("failed: 'rtsp://me:hunter2@h/x'")
