"""What the web layer asks of cameras that are not in service yet: a port that the composition root fills."""

from typing import Protocol

from matpho.domain.camera import StreamRole
from matpho.domain.probe import DeviceFacts, DeviceLogin, FoundDevice, Looked
from matpho.errors import MatphoError


class Onboarding(Protocol):
    """Looks at cameras before they are added; connects only where cameras may be. All calls block."""

    def check(self, text: str) -> None:
        """Raise BadAddress when this may not be a camera's stream address, as far as it shows without connecting."""
        ...

    def look(self, addresses: dict[StreamRole, str]) -> dict[StreamRole, Looked | MatphoError]:
        """Watch streams for some seconds, side by side; what each is, or why it cannot be seen."""
        ...

    def interfaces(self) -> dict[str, str]:
        """This machine's network interfaces and their addresses."""
        ...

    def discover(self, interface: str) -> tuple[FoundDevice, ...]:
        """ONVIF devices that answer on one interface; raises BadInput when there is none of that name."""
        ...

    def ask(self, login: DeviceLogin) -> DeviceFacts:
        """What a device says of itself; raises BadAddress or SourceLost."""
        ...

    def set_clock(self, login: DeviceLogin, ntp: str) -> None:
        """Set a device's clock, by an NTP server where one is named; raises BadInput, BadAddress or SourceLost."""
        ...
