import hashlib

import anyio
import pytest
from starlette.datastructures import Headers

from matpho.web.media import ByteRange, NoSuchRange, file_answer, parse_range

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (None, None),
        ("bytes=0-0", ByteRange(0, 1)),
        ("bytes=10-19", ByteRange(10, 20)),
        ("bytes=90-", ByteRange(90, 100)),
        ("bytes=90-1000000", ByteRange(90, 100)),
        ("bytes=-7", ByteRange(93, 100)),
        ("bytes=-700", ByteRange(0, 100)),
        ("bytes=5-2", None),
        ("bytes=0-1,5-6", None),
        ("bytes=-", None),
        ("pages=1-2", None),
        ("bytes=9999999999999999999999-", None),
    ],
)
def test_ranges_are_read_as_the_standard_says(header, found):
    assert parse_range(header, 100) == found


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_a_range_outside_is_told(header):
    with pytest.raises(NoSuchRange):
        parse_range(header, 100)


@pytest.fixture
def sealed(tmp_path):
    path = tmp_path / "clip.mp4"
    content = bytes(range(256)) * 4096
    path.write_bytes(content)
    return path, content, hashlib.sha256(content).hexdigest()


def answer(sealed, **headers):
    path, _, digest = sealed
    given = Headers({k.replace("_", "-"): v for k, v in headers.items()})
    got = file_answer(path, given, media_type="video/mp4", tag=digest, name="clip.mp4")

    async def body():
        if not hasattr(got, "body_iterator"):
            return got.body
        try:
            return b"".join([chunk async for chunk in got.body_iterator])
        finally:
            got._file.close()

    return got.status_code, got.headers, anyio.run(body)


def test_the_whole_file_with_its_hash_as_etag(sealed):
    status, headers, body = answer(sealed)
    assert (status, body) == (200, sealed[1])
    assert headers["etag"] == f'"{sealed[2]}"'
    assert headers["content-length"] == str(len(sealed[1]))
    assert headers["cache-control"] == "private, no-store"
    assert headers["accept-ranges"] == "bytes"


def test_a_part_of_it(sealed):
    status, headers, body = answer(sealed, range="bytes=1000-300999")
    assert (status, body) == (206, sealed[1][1000:301000])
    assert headers["content-range"] == f"bytes 1000-300999/{len(sealed[1])}"
    assert headers["content-length"] == "300000"


def test_a_part_that_is_not_there(sealed):
    status, headers, body = answer(sealed, range="bytes=99999999-")
    assert status == 416
    assert headers["content-range"] == f"bytes */{len(sealed[1])}"
    assert b"bad_range" in body


def test_what_the_browser_has_is_not_sent_again(sealed):
    status, _, body = answer(sealed, if_none_match=f'"x", "{sealed[2]}"')
    assert (status, body) == (304, b"")


def test_a_range_of_another_file_gives_the_whole(sealed):
    status, _, body = answer(sealed, range="bytes=0-9", if_range='"other"')
    assert (status, len(body)) == (200, len(sealed[1]))
