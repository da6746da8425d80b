"""E-mail: plain text in Vietnamese, English below; one message for each letter, over TLS."""

import smtplib
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from matpho.casework.outgoing.post import DeliveryFailed
from matpho.casework.outgoing.records import Letter
from matpho.domain.system_words import because
from matpho.domain.time import seconds
from matpho.errors import BadInput

LIMIT_S = 10.0
_SUBJECTS = {
    "incident.opened": "Vụ việc nghi vấn mới",
    "incident.changed": "Vụ việc nghi vấn đã chuyển bước",
    "health.raised": "Thiết bị cần kiểm tra",
    "health.cleared": "Thiết bị đã trở lại bình thường",
    "health.reminder": "Nhắc lại: thiết bị vẫn cần kiểm tra",
    "health.digest": "Tổng hợp sự cố thiết bị trong giờ yên lặng",
    "test": "Tin thử",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where and as whom. ``security`` is starttls, ssl or none. ``password`` is secret."""

    host: str
    port: int = 587
    security: str = "starttls"
    user: str = ""
    password: str = ""
    sender: str
    recipients: tuple[str, ...]
    ca_file: str = ""


def subject(letter: Letter) -> str:
    """One line: what it is about."""
    what = _SUBJECTS.get(letter.kind, letter.kind)
    problems = letter.body.get("problems", [])
    if len(problems) == 1:
        what += f": {problems[0]['about']['vi']}"
    elif problems:
        what += f" ({len(problems)})"
    incident = letter.body.get("incident")
    if incident:
        what += f": {incident['kind_name']['vi']}, {incident['camera_name']}"
    return " ".join(f"[Mắt Phố] {what}".split())[:200]


def text(letter: Letter) -> str:
    """The body of the message: first in Vietnamese, then in English."""
    return "\n\n".join([*_paragraphs(letter.body, "vi"), "-- ", *_paragraphs(letter.body, "en")]) + "\n"


def _paragraphs(body: Any, language: str) -> list[str]:
    do, since, until, open_it = {
        "vi": ("Cách xử lý", "Từ", "đến", "Mở trang"),
        "en": ("What to do", "Since", "until", "Open the page"),
    }[language]
    found: list[str] = []
    if "text" in body:
        found.append(body["text"][language])
    for problem in body.get("problems", []):
        span = f"{since} {problem['since']}" + (f", {until} {problem['until']}" if problem["until"] else "")
        about = f"{problem['about'][language]}: {problem['text'][language]}"
        found.append(f"{about}\n{span}\n{do}: {problem['advice'][language]}")
    incident = body.get("incident")
    if incident:
        found.append(f"{incident['kind_name'][language]}, {incident['camera_name']}, {incident['at']}")
        found.append(body["notice"][language])
    link = incident["link"] if incident else body.get("link")
    if link:
        found.append(f"{open_it}: {link}")
    return found


class Mail:
    """``casework.outgoing.post.Deliver`` to a mail server."""

    def __init__(self, server: MailServer) -> None:
        """Raises BadInput when something is missing or a header would be broken."""
        if not server.sender or not server.recipients:
            raise BadInput("the sender or the recipients are missing", "thiếu địa chỉ gửi hoặc nhận")
        if server.security not in {"starttls", "ssl", "none"}:
            raise BadInput("security should be starttls, ssl or none", "security phải là starttls, ssl hoặc none")
        if server.security == "none" and server.password:
            raise BadInput("a password is never sent in clear", "không gửi mật khẩu khi chưa mã hoá")
        if any(c in "\r\n" for place in (server.sender, *server.recipients) for c in place):
            raise BadInput("an address with a line break", "địa chỉ có dấu xuống dòng")
        try:
            self._tls = ssl.create_default_context(cafile=server.ca_file or None)
        except (OSError, ssl.SSLError) as e:
            raise BadInput("ca_file cannot be read", "không đọc được ca_file") from e
        self._server = server

    def message(self, letter: Letter) -> EmailMessage:
        """The letter as a message; its id is the letter's, so that a mail server can drop a double."""
        message = EmailMessage()
        message["Subject"] = subject(letter)
        message["From"] = self._server.sender
        message["To"] = ", ".join(self._server.recipients)
        message["Date"] = format_datetime(datetime.fromtimestamp(seconds(letter.created), UTC))
        message["Message-ID"] = f"<{letter.id}@matpho.invalid>"
        message["X-Matpho-Id"] = letter.id
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
        message.set_content(text(letter))
        return message

    def __call__(self, letter: Letter) -> None:
        """Hand the message over; raises DeliveryFailed."""
        try:
            with self._connected() as server:
                refused = server.send_message(self.message(letter))
        except smtplib.SMTPRecipientsRefused as e:
            codes = [code for code, _ in e.recipients.values()]
            raise DeliveryFailed(f"recipients refused ({codes})", permanent=all(c >= 500 for c in codes)) from e
        except smtplib.SMTPResponseException as e:
            kept = isinstance(e, smtplib.SMTPAuthenticationError | smtplib.SMTPConnectError)
            raise DeliveryFailed(f"the server answered {e.smtp_code}", permanent=e.smtp_code >= 500 and not kept) from e
        except (smtplib.SMTPException, OSError) as e:
            raise DeliveryFailed(f"no connection: {because(e).en}"[:200]) from e
        if refused:
            raise DeliveryFailed(f"{len(refused)} of {len(self._server.recipients)} recipients refused", permanent=True)

    def _connected(self) -> smtplib.SMTP:
        s = self._server
        if s.security == "ssl":
            server: smtplib.SMTP = smtplib.SMTP_SSL(s.host, s.port, timeout=LIMIT_S, context=self._tls)
        else:
            server = smtplib.SMTP(s.host, s.port, timeout=LIMIT_S)
        try:
            if s.security == "starttls":
                server.starttls(context=self._tls)
            if s.user:
                server.login(s.user, s.password)
        except BaseException:
            server.close()
            raise
        return server
