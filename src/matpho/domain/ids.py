"""Names of things. New ids sort by time and are safe in file names and addresses."""

import secrets
from typing import NewType

from matpho.domain.time import Instant

CameraId = NewType("CameraId", str)
ZoneId = NewType("ZoneId", str)
IncidentId = NewType("IncidentId", str)
EvidenceId = NewType("EvidenceId", str)
PersonId = NewType("PersonId", str)

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u to misread aloud


def new_id(at: Instant) -> str:
    """A 16-letter id: 9 letters of milliseconds (they sort by time) and 7 random ones (35 bits)."""
    value = (at // 1_000_000 & (1 << 45) - 1) << 35 | secrets.randbits(35)
    return "".join(_ALPHABET[value >> shift & 31] for shift in range(75, -1, -5))
