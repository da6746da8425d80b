"""Webhooks against a real web server, with and without TLS, away and back."""

import hashlib
import hmac
import json
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from matpho.testing.certificate import make_certificate
from matpho.testing.notified_home import until

pytestmark = pytest.mark.integration

SECRET = "mot-khoa-bi-mat-du-dai"


class Receiver:
    """A web server that remembers every request and answers as told."""

    def __init__(self, port=0, tls=None):
        self.requests, self.answers, self.slow_s = [], [], 0.0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.requests.append((self.path, dict(self.headers), body))
                time.sleep(receiver.slow_s)
                status = receiver.answers.pop(0) if receiver.answers else 204
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def ids(self):
        return [json.loads(body)["incident"]["id"] for *_, body in self.requests]

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)


def settings(port, scheme="http", more='networks = "loopback"'):
    url = f"{scheme}://localhost:{port}/nhan?k=khoa-trong-duong-dan"
    return f'[notify.webhooks.phuong]\nurl = "{url}"\n{more}\n'


@pytest.fixture
def receiver():
    one = Receiver()
    yield one
    one.close()


def test_a_signed_message_arrives_with_ids_states_and_a_link(home, receiver, caplog):
    caplog.set_level("INFO")
    home.secrets = {"webhook-phuong": SECRET}
    home.settings(settings(receiver.port))
    with home.open():
        wanted = home.incident()
        until(lambda: receiver.requests and home.waiting() == 0)
        assert home.out.ways[0].place == f"http://localhost:{receiver.port}"
    ((path, headers, body),) = receiver.requests
    assert "khoa-trong-duong-dan" not in caplog.text
    assert SECRET not in caplog.text
    assert path == "/nhan?k=khoa-trong-duong-dan"
    stamp, _, mac = headers["X-Matpho-Signature"].partition(",")
    signed = hmac.new(SECRET.encode(), stamp.removeprefix("t=").encode() + b"." + body, hashlib.sha256).hexdigest()
    assert mac == f"v1={signed}"
    assert abs(int(stamp.removeprefix("t=")) - time.time()) < 30
    said = json.loads(body)
    assert (said["id"], said["kind"], said["incident"]["id"]) == (headers["X-Matpho-Id"], "incident.opened", wanted)
    assert said["incident"]["state"] == "suspected"
    assert b"bi-mat" not in body.replace(SECRET.encode(), b"")
    assert b"10.0.0.7" not in body


def test_a_target_that_is_away_while_the_desk_restarts_misses_nothing_and_gets_it_in_order(home, receiver):
    home.secrets = {"webhook-phuong": SECRET}
    port = receiver.port
    receiver.close()
    home.settings(settings(port))
    with home.open():
        wanted = [home.incident() for _ in range(10)]
        until(lambda: _error(home) == "no connection: Connection refused")
    with home.open():
        wanted += [home.incident() for _ in range(10)]
        back = Receiver(port)
        try:
            until(lambda: home.waiting() == 0, 30)
        finally:
            back.close()
        assert home.dead() == []
    assert list(dict.fromkeys(back.ids())) == wanted
    assert len(back.ids()) == len(wanted)


def _error(home):
    with home.store.read() as unit:
        return unit.outbox.head("webhook-phuong").error


def test_trouble_is_tried_again_redirects_are_not_followed_and_refusals_are_laid_aside(home, receiver):
    home.secrets = {"webhook-phuong": SECRET}
    home.settings(settings(receiver.port))
    receiver.answers = [503, 204, 302, 400, 204]
    with home.open():
        for _ in range(4):
            home.incident()
        until(lambda: home.waiting() == 0)
        assert home.dead() == ["answered 400", "answered 302"]
    assert [path for path, *_ in receiver.requests].count("/elsewhere") == 0
    assert len(receiver.requests) == 5


def test_tls_is_verified(home, tmp_path):
    certificate, key = make_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    receiver = Receiver(tls=context)
    home.secrets = {"webhook-phuong": SECRET}
    try:
        home.settings(settings(receiver.port, "https"))
        with home.open():
            home.incident()
            until(lambda: _error(home) == "no connection: self-signed certificate")
            assert receiver.requests == []
        home.settings(settings(receiver.port, "https", f'networks = "loopback"\nca_file = "{certificate}"'))
        with home.open():
            until(lambda: home.waiting() == 0)
        assert len(receiver.requests) == 1
    finally:
        receiver.close()


def test_a_public_webhook_never_reaches_this_machine(home, receiver):
    home.secrets = {"webhook-phuong": SECRET}
    home.settings(settings(receiver.port, "https", ""))
    with home.open():
        home.incident()
        until(lambda: home.dead() != [])
        assert "network" in home.dead()[0]
    assert receiver.requests == []


@pytest.mark.parametrize(
    ("text", "secret", "why"),
    [
        (settings(1, "http", ""), SECRET, "plain http"),
        (settings(1, "https", ""), "ngan", "secret"),
        (settings(1, "ftp"), SECRET, "https://host/path"),
    ],
)
def test_a_target_set_up_wrongly_says_so_and_stops_nothing(home, text, secret, why):
    home.secrets = {"webhook-phuong": secret}
    home.settings(text)
    with home.open():
        home.incident()
        assert why in home.out.ways[0].wrong.en
        assert home.waiting() == 0


def test_a_slow_server_is_left_after_ten_seconds(home, receiver, monkeypatch):
    monkeypatch.setattr("matpho.plugins.notify.webhook.LIMIT_S", 0.5)
    receiver.slow_s = 2.0
    home.secrets = {"webhook-phuong": SECRET}
    home.settings(settings(receiver.port))
    with home.open():
        home.incident()
        until(lambda: "no answer" in _error(home))
