"""``web.onboarding.Onboarding`` over the real probe and the real ONVIF client, a few at a time."""

import socket
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from matpho.domain import address
from matpho.domain.camera import StreamRole
from matpho.domain.network import pinned
from matpho.domain.probe import DeviceFacts, DeviceLogin, FoundDevice, Looked
from matpho.errors import BadAddress, MatphoError, SetupProblem
from matpho.settings import Settings

AT_ONCE = 3
PATIENCE_S = 40.0


def _numeric(host: str) -> Sequence[str]:
    """The address that a literal means, in any of the ways the machine reads one; raises OSError for a name."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    return [str(one[4][0]) for one in found]


class Onboarding:
    """See ``web.onboarding.Onboarding``. At most three looks happen at once; others wait their turn."""

    def __init__(self, settings: Settings) -> None:
        self._rules = settings.camera_networks
        self._turns = threading.BoundedSemaphore(AT_ONCE)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(timeout=PATIENCE_S):
            raise SetupProblem("others are adding cameras; try again", "đang có người khác thêm camera; hãy thử lại")
        try:
            yield
        finally:
            self._turns.release()

    def check(self, text: str) -> None:
        """Names are judged when they are connected to: a camera that is switched off may have no address now."""
        found = address.parse(text)
        if found.kind is not address.AddressKind.RTSP:
            raise BadAddress(
                "Only rtsp:// and rtsps:// addresses can be set here.", "Ở đây chỉ nhận địa chỉ rtsp:// hoặc rtsps://."
            )
        if found.host.rstrip(".") == "localhost" or found.host.rstrip(".").endswith(".localhost"):
            pinned(self._rules, "127.0.0.1", found.port or 554, lambda host: [host])
        try:
            pinned(self._rules, found.host, found.port or 554, _numeric)
        except (OSError, UnicodeError):
            return

    def look(self, addresses: dict[StreamRole, str]) -> dict[StreamRole, Looked | MatphoError]:
        """Side by side, so that a camera that serves one stream only shows."""
        from matpho.plugins.sources.probe import look

        def one(role: StreamRole, text: str) -> Looked | MatphoError:
            try:
                return look(address.parse(text), role, self._rules)
            except MatphoError as e:
                return e

        with self._turn(), ThreadPoolExecutor(2) as pool:
            looks = {role: pool.submit(one, role, text) for role, text in addresses.items()}
            return {role: looking.result() for role, looking in looks.items()}

    def interfaces(self) -> dict[str, str]:
        """By name."""
        from matpho.plugins.onvif.discovery import interfaces

        return interfaces()

    def discover(self, interface: str) -> tuple[FoundDevice, ...]:
        """For three seconds."""
        from matpho.plugins.onvif.discovery import discover

        with self._turn():
            return discover(interface, self._rules)

    def ask(self, login: DeviceLogin) -> DeviceFacts:
        """For at most twenty seconds."""
        from matpho.plugins.onvif.device import ask

        with self._turn():
            return ask(login.service, login.user, login.password, self._rules)

    def set_clock(self, login: DeviceLogin, ntp: str) -> None:
        """Only ever because a person asked for it."""
        from matpho.plugins.onvif.device import set_clock

        with self._turn():
            set_clock(login.service, login.user, login.password, self._rules, ntp=ntp)
