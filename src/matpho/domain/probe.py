"""What a camera turned out to be when somebody looked: its streams as measured, the device as it describes itself."""

from dataclasses import dataclass, field

from matpho.domain.camera import StreamRole


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamFacts:
    """One stream as measured for ``watched_s`` seconds; ``address`` carries no secret.

    ``gop_s`` is the mean distance of key pictures, None when fewer than two came; ``gop_longest_s`` the longest seen
    (at least the time watched when there was only one). ``audio`` is None where the camera did not tell.
    ``clock_offset_s`` is the camera's clock minus ours, None when it never told. ``sets`` names the picture
    parameters, so that two addresses of one encoder show.
    """

    role: StreamRole
    address: str
    codec: str
    profile: str
    width: int
    height: int
    fps: float
    gop_s: float | None
    gop_longest_s: float
    kbit_s: float
    watched_s: float
    audio: bool | None = None
    clock_offset_s: float | None = None
    sets: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A stream that was looked at, and a picture of it (JPEG)."""

    facts: StreamFacts
    still: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDevice:
    """A device that answered on the network. ``service`` is where it can be asked; what it says is not checked."""

    service: str
    host: str
    name: str
    hardware: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceProfile:
    """One way in which a device offers its picture; ``address`` is where, without login, empty when it did not say."""

    token: str
    name: str
    codec: str
    width: int
    height: int
    fps: float
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFacts:
    """A device as it describes itself. ``main`` and ``sub`` are the profiles to record and to analyse.

    ``clock_offset_s`` is its clock minus ours; ``clock_by`` is ``NTP`` or ``Manual`` as far as it told.
    """

    maker: str = ""
    model: str = ""
    firmware: str = ""
    serial: str = ""
    clock_offset_s: float | None = None
    clock_by: str = ""
    profiles: tuple[DeviceProfile, ...] = ()
    main: DeviceProfile | None = None
    sub: DeviceProfile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceLogin:
    """Where an ONVIF device is asked, and as whom."""

    service: str
    user: str
    password: str = field(repr=False)
