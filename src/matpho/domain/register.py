"""The register of cameras: what a ward must be able to say of each device it has hung up (design §3, law 9).

A camera records, is analysed and is shown only once its sign, its purpose and its retention stand here.
"""

from dataclasses import dataclass
from datetime import date

LONGEST_TEXT = 300
LONGEST_DAYS = 3650
GRACE_DAYS = 90
"""How long a camera that ran before its register was asked for has until the entry must be complete."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterEntry:
    """One camera's entry. Texts are empty and days are None where nobody has said.

    ``purpose`` is what the camera is for, in words that stand on its sign; ``sign_at`` the day the sign was put up;
    ``place`` where it hangs; ``retention_days`` for how long its footage is kept at most, as the sign says.
    ``certificate`` is the number of its conformity certificate (QCVN 135:2024/BTTTT) and
    ``certificate_until`` the last day it holds. ``owner`` says whose it is and who contributed it.
    ``complete_by`` is set by the program alone, for a camera that ran before this was asked for: it goes on running,
    and the day is when the rest must have been said.
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
    retention_days: int | None = None
    complete_by: date | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """What has to be said before the camera is in order: ``sign``, ``purpose``, ``retention``."""
        said = {
            "sign": self.sign_at is not None,
            "purpose": bool(self.purpose),
            "retention": self.retention_days is not None,
        }
        return tuple(name for name, there in said.items() if not there)

    @property
    def admits(self) -> bool:
        """Whether the camera may run: all is said, or it ran before that was asked for."""
        return not self.missing or self.complete_by is not None


NOTHING = RegisterEntry()
TEXTS = ("maker", "model", "serial", "firmware", "certificate", "purpose", "place", "owner")
DAYS = ("certificate_until", "sign_at", "installed_on", "warranty_until")
NUMBERS = ("retention_days",)
EXPIRING = ("certificate_until", "warranty_until")
"""The days that something ends on."""
