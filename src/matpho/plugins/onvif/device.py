"""One ONVIF device: who made it, its clock, its profiles and where their streams are.

Devices are sloppy: every answer may be missing, and what is there is only text. Only the first question has to
succeed. Nothing is changed in a device but its clock, and that only by :func:`set_clock`.
"""

import ipaddress
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
import onveef

from matpho.domain import address
from matpho.domain.network import NetworkPolicy, pinned
from matpho.domain.probe import DeviceFacts, DeviceProfile
from matpho.domain.time import Clock, SystemClock
from matpho.errors import BadAddress, BadInput, MatphoError, SourceLost, SourceRefused, SourceStalled
from matpho.plugins.onvif.guarded import MOST_BYTES, GuardedTransport, resolved

LONGEST_S = 20.0
CALL_S = 4.0
MOST_PROFILES = 12
SUB_PIXELS = 640 * 360
_TEXT = 120

_log = logging.getLogger(__name__)
Answer = TypeVar("Answer")


def service_address(text: str) -> str:
    """The address of the device service from what a person types: a host, host and port, or the whole address.

    Raises BadAddress.
    """
    whole = text.strip() if "://" in text else f"http://{text.strip()}/onvif/device_service"
    try:
        parts = urlsplit(whole)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None or len(whole) > 300:
        raise BadAddress(
            "a device is asked at http:// or https://, without a login in the address",
            "thiết bị được hỏi qua http:// hoặc https://, địa chỉ không kèm mật khẩu",
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    place = f"{host}:{port}" if port else host
    return f"{parts.scheme}://{place}{parts.path or '/onvif/device_service'}"


@contextmanager
def _device(service: str, user: str, password: str, rules: NetworkPolicy, clock: Clock) -> Iterator[Any]:
    """A client for one device; its errors become ours, without anything the device said."""
    http = httpx.Client(
        transport=GuardedTransport(rules, clock, LONGEST_S),
        timeout=CALL_S,
        follow_redirects=False,
        trust_env=False,
    )
    client = onveef.OnvifClient(
        service_address(service),
        username=user,
        password=password,
        http_client=http,
        retries=0,
        timeout_s=CALL_S,
        http_auth="digest",  # never the password itself
        max_response_bytes=MOST_BYTES,
        user_agent="matpho",
    )
    try:
        yield client
    except onveef.OnvifAuthError:
        raise SourceRefused(
            "the device refuses the user name or password", "thiết bị từ chối tên hoặc mật khẩu"
        ) from None
    except onveef.OnvifTimeoutError:
        raise SourceStalled("the device does not answer in time", "thiết bị không trả lời kịp") from None
    except (onveef.OnvifError, httpx.HTTPError, ValueError, RecursionError):
        raise SourceLost(
            "what answers there is no ONVIF device that can be understood", "nơi đó không trả lời đúng chuẩn ONVIF"
        ) from None
    finally:
        client.close()
        http.close()


def ask(service: str, user: str, password: str, rules: NetworkPolicy, clock: Clock | None = None) -> DeviceFacts:
    """What a device says of itself; stream addresses stay on the host that was asked.

    Raises BadAddress, SourceRefused, SourceStalled or SourceLost.
    """
    clock = clock or SystemClock()
    with _device(service, user, password, rules, clock) as device:
        offset_s, clock_by = _clock_of(device, clock)
        about = device.get_device_information()
        if not any(about.values()):
            raise onveef.OnvifError("empty")
        profiles = tuple(_profile(device, each, rules) for each in device.get_profiles()[:MOST_PROFILES])
    main, sub = choose(profiles)
    return DeviceFacts(
        maker=_plain(about.get("Manufacturer")),
        model=_plain(about.get("Model")),
        firmware=_plain(about.get("FirmwareVersion")),
        serial=_plain(about.get("SerialNumber")),
        clock_offset_s=offset_s,
        clock_by=clock_by,
        profiles=profiles,
        main=main,
        sub=sub,
    )


def _plain(text: Any) -> str:
    """What a device says, fit to be shown: printable and short."""
    return "".join(c for c in str(text or "") if c.isprintable())[:_TEXT].strip()


def _or_nothing(call: Callable[[], Answer]) -> Answer | None:
    """An answer a device may well not have; a refused login is no such thing."""
    try:
        return call()
    except (onveef.OnvifAuthError, MatphoError):
        raise
    except (onveef.OnvifError, httpx.HTTPError, ValueError) as e:
        _log.debug("an ONVIF device left a question open: %s", type(e).__name__)
        return None


def _clock_of(device: Any, clock: Clock) -> tuple[float | None, str]:
    """The device's clock minus ours (seconds; halfway through the question), and what sets it."""
    before = clock.now()
    told = _or_nothing(device.get_system_date_time) or {}
    middle_s = (before + clock.now()) / 2e9
    at = told.get("UTCDateTime")
    if not at:
        return None, _plain(told.get("date_time_type"))
    try:
        second = min(int(at["second"]), 59)
        shown = datetime(at["year"], at["month"], at["day"], at["hour"], at["minute"], second, tzinfo=UTC)
    except (KeyError, ValueError, OverflowError):
        return None, _plain(told.get("date_time_type"))
    return round(shown.timestamp() + 0.5 - middle_s, 1), _plain(told.get("date_time_type"))


def _profile(device: Any, told: dict[str, Any], rules: NetworkPolicy) -> DeviceProfile:
    encoder = told.get("video_encoder") or {}
    token = str(told.get("token", ""))
    uri = _or_nothing(lambda: device.get_stream_uri(profile_token=token)) or ""
    return DeviceProfile(
        token=_plain(token),
        name=_plain(told.get("name")),
        codec={"h264": "h264", "h265": "hevc", "jpeg": "mjpeg"}.get(str(encoder.get("encoding", "")).lower(), ""),
        width=_whole(encoder.get("width")),
        height=_whole(encoder.get("height")),
        fps=float(_whole(encoder.get("fps_limit"))),
        address=_stream(uri, rules),
    )


def _whole(value: Any) -> int:
    try:
        return max(0, min(int(float(value)), 100_000))
    except (TypeError, ValueError, OverflowError):
        return 0


def _stream(uri: str, rules: NetworkPolicy) -> str:
    """A stream address that may be used, without any login in it; empty otherwise."""
    try:
        found = address.parse(uri)
        if found.kind is not address.AddressKind.RTSP:
            return ""
        pinned(rules, found.host, found.port or 554, resolved)
    except (BadAddress, OSError, UnicodeError):
        return ""
    plain = address.Address(kind=found.kind, scheme=found.scheme, host=found.host, port=found.port, path=found.path)
    return plain.reveal()


def choose(profiles: Sequence[DeviceProfile]) -> tuple[DeviceProfile | None, DeviceProfile | None]:
    """The profile to record (the largest) and the one to analyse (nearest to 640×360, H.264 first)."""
    usable = [p for p in profiles if p.address]
    main = max(usable, key=lambda p: p.width * p.height, default=None)
    others = [p for p in usable if main is not None and p.address != main.address]

    def fit(profile: DeviceProfile) -> tuple[bool, int]:
        return profile.codec != "h264", abs(profile.width * profile.height - SUB_PIXELS)

    return main, min(others, key=fit, default=None)


def set_clock(
    service: str, user: str, password: str, rules: NetworkPolicy, *, ntp: str = "", clock: Clock | None = None
) -> None:
    """Set a device's clock: from an NTP server (an IPv4 address) where one is named, else to our time, once.

    Raises BadInput for a server that is no address; else as :func:`ask`.
    """
    clock = clock or SystemClock()
    if ntp:
        try:
            ipaddress.IPv4Address(ntp)
        except ValueError as e:
            raise BadInput("the NTP server should be an IPv4 address", "máy chủ NTP phải là địa chỉ IPv4") from e
    with _device(service, user, password, rules, clock) as device:
        if ntp:
            device.set_ntp(from_dhcp=False, ipv4_servers=[ntp])
            device.set_system_date_time(date_time_type="NTP", timezone="UTC-7")
        else:
            now = datetime.fromtimestamp(clock.now() / 1e9, tz=UTC)
            device.set_system_date_time(date_time_type="Manual", timezone="UTC-7", utc_datetime=now)
