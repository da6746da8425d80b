"""Accounts of this machine."""

import pwd


def account_name(uid: int) -> str:
    """An account's name, or ``#1000`` where it has none: as ``sudo -u`` takes it."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"#{uid}"
