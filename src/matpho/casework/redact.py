"""Stream addresses without their secrets, for people to see."""

from urllib.parse import urlsplit, urlunsplit

HIDDEN = "***"


def redacted(address: str | None) -> str | None:
    """The address with user, password and query hidden: ``rtsp://***@10.0.0.7:554/ch1?***``.

    A part that holds no secret is kept as it is; what cannot be read as an address is hidden whole unless it is a
    plain file path.
    """
    if address is None or "://" not in address:
        return address
    try:
        parts = urlsplit(address)
    except ValueError:
        return HIDDEN
    host = parts.netloc.rpartition("@")[2]
    place = f"{HIDDEN}@{host}" if "@" in parts.netloc else host
    return urlunsplit((parts.scheme, place, parts.path, HIDDEN if parts.query else "", ""))


def is_redacted(address: str | None) -> bool:
    """Whether this is what :func:`redacted` shows of some address, so that it must not be stored as a new one."""
    return address is not None and HIDDEN in address
