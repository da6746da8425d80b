"""A small real mail server (RFC 5321) that keeps what it is given: EHLO, STARTTLS, AUTH PLAIN, and one mailbox."""

import base64
import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

PASSWORD = "mat-khau-thu-0123"  # noqa: S105 - of a server that lives for one test


class MailServer:
    """Listens until :meth:`close`. ``answer_data`` is the answer to a message: 250 to keep it, others to refuse."""

    def __init__(self, tls: ssl.SSLContext, *, implicit: bool = False, port: int = 0) -> None:
        self.messages: list[EmailMessage] = []
        self.signed_in: list[str] = []
        self.answer_data = "250 kept"
        self._tls, self._implicit = tls, implicit
        self._listening = socket.create_server(("127.0.0.1", port))
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listening.getsockname()[1])

    def close(self) -> None:
        """Stop listening."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(5)

    def _accept(self) -> None:
        while True:
            try:
                plain, _ = self._listening.accept()
            except OSError:
                return
            plain.settimeout(5)
            with contextlib.ExitStack() as opened, contextlib.suppress(OSError):
                opened.enter_context(plain)
                self._talk(self._secured(opened, plain) if self._implicit else plain, opened)

    def _secured(self, opened: contextlib.ExitStack, link: socket.socket) -> socket.socket:
        return opened.enter_context(self._tls.wrap_socket(link, server_side=True))

    def _talk(self, link: socket.socket, opened: contextlib.ExitStack) -> None:
        link.sendall(b"220 localhost\r\n")
        lines = opened.enter_context(link.makefile("rb"))
        secure = self._implicit
        while line := lines.readline():
            word, _, rest = line.decode("ascii", "replace").strip().partition(" ")
            match word.upper():
                case "EHLO":
                    link.sendall(b"250-localhost\r\n250 " + (b"AUTH PLAIN" if secure else b"STARTTLS") + b"\r\n")
                case "STARTTLS":
                    link.sendall(b"220 go on\r\n")
                    link = self._secured(opened, link)
                    lines, secure = opened.enter_context(link.makefile("rb")), True
                case "AUTH":
                    self._sign_in(link, rest)
                case "DATA":
                    link.sendall(b"354 go on\r\n")
                    self._keep(lines.readline, link)
                case "QUIT":
                    link.sendall(b"221 bye\r\n")
                    return
                case _:
                    link.sendall(b"250 fine\r\n")

    def _sign_in(self, link: socket.socket, rest: str) -> None:
        _, user, password = base64.b64decode(rest.split()[1]).decode().split("\0")
        right = password == PASSWORD
        if right:
            self.signed_in.append(user)
        link.sendall(b"235 welcome\r\n" if right else b"535 no\r\n")

    def _keep(self, readline: Callable[[], bytes], link: socket.socket) -> None:
        data = b""
        while (line := readline()) not in {b".\r\n", b""}:
            data += line.removeprefix(b".") if line.startswith(b"..") else line
        if self.answer_data.startswith("250"):
            message = message_from_bytes(data, policy=default)
            assert isinstance(message, EmailMessage)
            self.messages.append(message)
        link.sendall(self.answer_data.encode() + b"\r\n")
