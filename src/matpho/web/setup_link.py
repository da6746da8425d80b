"""The one-time set-up link: printed once at start, kept only as a hash, dead after its use and after a day."""

from matpho.casework import commands as c
from matpho.casework.desk import Desk
from matpho.casework.ports import Store
from matpho.domain.people import PROGRAM
from matpho.domain.time import Clock, after
from matpho.web.auth import new_token, token_hash

LINK_LIVES_S = 24 * 3600.0


def offer_setup(desk: Desk, store: Store, clock: Clock, lives_s: float = LINK_LIVES_S) -> str | None:
    """A fresh set-up token while nobody has an account, else None. Earlier tokens die.

    The link is ``http://<host>:<port>`` + :func:`setup_path`.
    """
    with store.read() as unit:
        if unit.people.all():
            return None
    token = new_token()
    desk.handle(c.OfferSetup(token_hash=token_hash(token), expires=after(clock.now(), lives_s)), PROGRAM)
    return token


def setup_path(token: str) -> str:
    """The token behind a ``#``, so that no server and no log ever sees it in an address."""
    return f"/#/setup/{token}"
