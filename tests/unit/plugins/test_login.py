"""Answers to a camera's challenges; the two digests are the examples of RFC 2617 (3.5) and RFC 7616 (3.9.1)."""

import hashlib
import re

import pytest

from matpho.plugins.sources import login as module
from matpho.plugins.sources.login import Login

pytestmark = pytest.mark.unit

MD5 = (
    'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc"'
)
SHA = (
    'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, '
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
)


@pytest.fixture
def nonces(monkeypatch):
    def give(text):
        monkeypatch.setattr(module.secrets, "token_hex", lambda _: text)

    return give


def parts(answer):
    return dict(re.findall(r'(\w+)="?([^",]*)"?', answer.removeprefix("Digest ")))


def test_md5(nonces):
    nonces("0a4f113b")
    login = Login("Mufasa", "Circle Of Life")
    assert login.answer("GET", "/dir/index.html") == ""
    assert login.challenged([MD5])
    given = parts(login.answer("GET", "/dir/index.html"))
    assert given["response"] == "6629fae49393a05397450978507c4ef1"
    assert (given["qop"], given["nc"], given["opaque"], given["uri"]) == ("auth", "00000001", "5ccc", "/dir/index.html")
    assert parts(login.answer("GET", "/"))["nc"] == "00000002"


def test_sha_256(nonces):
    nonces("f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")
    login = Login("Mufasa", "Circle of Life")
    assert login.challenged(["Basic realm=x", SHA])
    given = parts(login.answer("GET", "/dir/index.html"))
    assert given["response"] == "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"
    assert given["algorithm"] == "SHA-256"


def test_without_qop_as_cameras_of_before_do_it():
    login = Login("u", "p")
    assert login.challenged(['Digest realm="r", nonce="n"'])
    given = parts(login.answer("DESCRIBE", "rtsp://c/1"))
    assert set(given) == {"username", "realm", "nonce", "uri", "response"}
    one, two = (hashlib.md5(text).hexdigest() for text in (b"u:r:p", b"DESCRIBE:rtsp://c/1"))
    assert given["response"] == hashlib.md5(f"{one}:n:{two}".encode()).hexdigest()


def test_several_challenges_on_one_line():
    login = Login("u", "p")
    assert login.challenged(['Digest algorithm=SHA-512-256, nonce="a", realm="one, Basic two", Basic realm="b"'])
    assert login.answer("OPTIONS", "x") == "Basic dTpw"


def test_a_camera_that_has_heard_the_answer_is_not_told_it_again():
    for challenge in (MD5, SHA, "Basic realm=x"):
        login = Login("u", "p")
        assert login.challenged([challenge])
        login.answer("OPTIONS", "x")
        assert not login.challenged([challenge])
    assert login.challenged([MD5 + ", stale=TRUE"])


def test_no_name_no_answer():
    login = Login("", "")
    assert not login.challenged([MD5, "Basic realm=x"])
    assert login.answer("OPTIONS", "x") == ""


def test_what_is_no_challenge():
    login = Login("u", "p")
    for lines in ([], [""], ["Negotiate"], ['Digest realm="r"'], ['Digest algorithm=MD5-sess, nonce="n"']):
        assert not login.challenged(lines)


def test_nothing_breaks_out_of_its_header():
    login = Login('a"\r\nX: 1', "p")
    assert login.challenged(['Digest realm="r", nonce="n"'])
    assert "\n" not in login.answer("OPTIONS", "x")
