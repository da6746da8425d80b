"""E-mail against a real SMTP server: STARTTLS, SSL, sign-in, refusals, a server that is away."""

import ssl

import pytest

from matpho.casework.health.alarms import Manners
from matpho.casework.health.commands import NoteProblems
from matpho.domain.people import PROGRAM
from matpho.testing.certificate import make_certificate
from matpho.testing.mail_server import PASSWORD, MailServer
from matpho.testing.notified_home import until

pytestmark = pytest.mark.integration


@pytest.fixture
def tls(tmp_path):
    certificate, key = make_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.ca_file = certificate
    return context


def settings(port, tls, more=""):
    return (
        f'[notify.email]\nhost = "localhost"\nport = {port}\nuser = "matpho"\nsender = "matpho@phuong.example"\n'
        f'recipients = "lan@phuong.example, binh@phuong.example"\nca_file = "{tls.ca_file}"\n{more}\n'
    )


def problem(home):
    from zoneinfo import ZoneInfo

    raised = (
        ("camera:nga-ba-cho", "dirty", home.clock.now(), {}),
        ("camera:nga-ba-cho", "offline", home.clock.now(), {}),
    )
    home.desk.handle(NoteProblems(raised=raised, changed=(), manners=Manners(zone=ZoneInfo("UTC"))), PROGRAM)


@pytest.mark.parametrize("implicit", [False, True])
def test_a_problem_arrives_in_vietnamese_with_what_to_do(home, tls, implicit):
    server = MailServer(tls, implicit=implicit)
    home.secrets = {"email": PASSWORD}
    home.settings(settings(server.port, tls, 'security = "ssl"' if implicit else ""))
    try:
        with home.open():
            problem(home)
            until(lambda: home.waiting() == 0)
    finally:
        server.close()
    (message,) = server.messages  # a notice is only shown
    assert message["Subject"] == "[Mắt Phố] Thiết bị cần kiểm tra: Ngã ba chợ"
    assert message["To"] == "lan@phuong.example, binh@phuong.example"
    text = message.get_content()
    assert "Kiểm tra nguồn điện của camera" in text
    assert "/#/health" in text
    assert message["X-Matpho-Id"] in message["Message-ID"]
    assert server.signed_in == ["matpho"]


def test_a_server_that_is_away_or_busy_gets_it_later_and_a_refusal_is_laid_aside(home, tls):
    server = MailServer(tls)
    port = server.port
    server.close()
    home.secrets = {"email": PASSWORD}
    home.settings(settings(port, tls, 'kinds = "incident, health"'))
    with home.open():
        home.incident()
        until(lambda: _error(home) == "no connection: Connection refused")
    server = MailServer(tls, port=port)
    server.answer_data = "451 try again later"
    try:
        with home.open():
            until(lambda: _error(home) == "the server answered 451")
            server.answer_data = "250 kept"
            until(lambda: home.waiting() == 0, 30)
            server.answer_data = "554 no"
            home.incident()
            until(lambda: home.dead() == ["the server answered 554"])
    finally:
        server.close()
    (message,) = server.messages
    assert "Đây là nghi vấn" in message.get_content()


def test_a_wrong_password_and_a_strange_certificate_send_nothing(home, tls, tmp_path):
    server = MailServer(tls)
    home.secrets = {"email": "sai-mat-khau"}
    try:
        home.settings(settings(server.port, tls))
        with home.open():
            problem(home)
            until(lambda: _error(home) == "the server answered 535")
        home.settings(settings(server.port, tls).replace(f'ca_file = "{tls.ca_file}"\n', ""))
        with home.open():
            until(lambda: _error(home) == "no connection: self-signed certificate")
    finally:
        server.close()
    assert server.messages == []


def _error(home):
    with home.store.read() as unit:
        letter = unit.outbox.head("email")
    return letter.error if letter else ""
