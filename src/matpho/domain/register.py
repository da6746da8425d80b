"""The register of cameras: what a ward must be able to say of each device it has hung up (design §3, law 9)."""

from dataclasses import dataclass
from datetime import date

LONGEST_TEXT = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterEntry:
    """One camera's entry. Texts are empty and days are None where nobody has said.

    ``purpose`` is what the camera is for, in words that stand on its sign; ``sign_at`` the day the sign was put up;
    ``place`` where it hangs. ``certificate`` is the number of its conformity certificate (QCVN 135:2024/BTTTT) and
    ``certificate_until`` the last day it holds. ``owner`` says whose it is and who contributed it.
    """

    maker: str = ""
    model: str = ""
    serial: str = ""
    firmware: str = ""
    certificate: str = ""
    certificate_until: date | None = None
    sign_at: date | None = None
    purpose: str = ""
    place: str = ""
    installed_on: date | None = None
    owner: str = ""
    warranty_until: date | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """What has to be said before the camera may be called in order: ``sign``, ``purpose``."""
        return tuple(
            name for name, there in (("sign", self.sign_at is not None), ("purpose", bool(self.purpose))) if not there
        )


NOTHING = RegisterEntry()
TEXTS = ("maker", "model", "serial", "firmware", "certificate", "purpose", "place", "owner")
DAYS = ("certificate_until", "sign_at", "installed_on", "warranty_until")
EXPIRING = ("certificate_until", "warranty_until")
"""The days that something ends on."""
