"""What a camera offers: its session description (SDP, RFC 8866) as far as one video stream needs it."""

import base64
import binascii
import re
from dataclasses import dataclass

_CODECS = {"H264": "h264", "H265": "hevc"}
_SETS = ("sprop-parameter-sets", "sprop-vps", "sprop-sps", "sprop-pps")
_START = b"\x00\x00\x00\x01"


@dataclass(frozen=True, slots=True)
class Offered:
    """One video stream: FFmpeg's name of its codec (empty: another one), RTP clock, parameter sets (Annex B).

    ``control`` is the stream's own URL, perhaps relative to ``session``, the whole presentation's.
    ``plain`` is whether it is sent in the ordinary form: RTP without encryption, units in decoding order.
    """

    codec: str
    payload_type: int
    clock_rate: int
    control: str
    session: str
    sets: bytes
    plain: bool


@dataclass(frozen=True, slots=True)
class _Media:
    kind: str
    protocol: str
    formats: tuple[str, ...]
    attributes: tuple[str, ...]

    def attribute(self, name: str) -> str:
        return next((a[len(name) + 1 :].strip() for a in self.attributes if a.startswith(name + ":")), "")


def kinds(text: str) -> list[str]:
    """What is offered: ``video``, ``audio``, ``application`` …, each as often as it is."""
    return [m.kind for m in _media(text)[1]]


def offered(text: str) -> Offered | None:
    """The one video stream; None where there is none, or more than one to choose from."""
    session, media = _media(text)
    videos = [m for m in media if m.kind == "video"]
    if len(videos) != 1 or not videos[0].formats or not re.fullmatch(r"\d{1,3}", videos[0].formats[0]):
        return None
    video = videos[0]
    payload_type = video.formats[0]
    mapped = next((a for a in video.attributes if re.match(rf"rtpmap:{payload_type}\s", a)), "")
    name, _, rate = mapped.partition(" ")[2].strip().partition("/")
    form = _form(next((a for a in video.attributes if re.match(rf"fmtp:{payload_type}\s", a)), ""))
    modes = {form.get("packetization-mode", "0"), form.get("interleaving", "0")} - {"0", "1"}
    ordered = form.get("sprop-max-don-diff", "0") == "0" and form.get("tx-mode", "SRST").upper() == "SRST"
    return Offered(
        codec=_CODECS.get(name.upper(), ""),
        payload_type=int(payload_type),
        clock_rate=int(rate) if rate.isascii() and rate.isdecimal() and len(rate) < 10 else 0,
        control=video.attribute("control"),
        session=session.attribute("control"),
        sets=b"".join(_START + unit for name in _SETS for unit in _units(form.get(name, ""))),
        plain=video.protocol == "RTP/AVP" and not modes and ordered,
    )


def _media(text: str) -> tuple[_Media, list[_Media]]:
    """The session's part and those of its media."""
    parts: list[tuple[list[str], list[str]]] = [(["", "", ""], [])]
    for line in text.splitlines():
        if line.startswith("m="):
            parts.append((line[2:].split(), []))
        elif line.startswith("a="):
            parts[-1][1].append(line[2:].strip())
    found = [_Media(m[0] if m else "", m[2] if len(m) > 2 else "", tuple(m[3:]), tuple(a)) for m, a in parts]
    return found[0], found[1:]


def _form(attribute: str) -> dict[str, str]:
    """The parameters of ``a=fmtp``, by lower-case name."""
    pairs = (part.partition("=") for part in attribute.partition(" ")[2].split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _units(text: str) -> list[bytes]:
    """NAL units in base64, separated by commas; what is none is left out."""
    found = []
    for part in text.split(","):
        try:
            unit = base64.b64decode(part.strip() + "=" * (-len(part.strip()) % 4))
        except (binascii.Error, ValueError):
            continue
        if unit:
            found.append(unit)
    return found
