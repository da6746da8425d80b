"""``web.uplinks.Uplinks`` over the files, WireGuard as far as it may be asked, and what answers."""

import os
import shlex
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from matpho.casework.uplink_records import UplinkMade, UplinkSight
from matpho.domain.time import Clock
from matpho.domain.uplink import Hub, Peer, checked_file
from matpho.domain.uplink_check import Found, judged
from matpho.domain.uplink_seen import Seen, standing, without_places
from matpho.domain.words import Said
from matpho.errors import BadInput, NotFound, SetupProblem
from matpho.settings import Settings
from matpho.wiring import uplink as u
from matpho.wiring.account import account_name
from matpho.wiring.reach import has_interface, tried

_DOWN = Said(
    "Đường về chưa được bật ở máy của phường.", "The ward's end of the paths has not been brought up on its machine."
)
_NO_RIGHT = Said(
    "Chỉ quản trị máy (root) mới hỏi được WireGuard. Chương trình này cố ý chạy không có quyền đó, để ai chiếm được nó "
    "qua một camera cũng không nắm được mạng của máy.",
    "Only the machine's administrator (root) may ask WireGuard. This program runs without that right on purpose: "
    "whoever takes it over through a camera does not have the machine's network.",
)


class Uplinks:
    """See ``web.uplinks.Uplinks``."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock

    def look(self) -> UplinkSight:
        """The ward's end; WireGuard is asked where we may, else what was told last counts."""
        try:
            hub = u.load_hub(self._settings)
        except NotFound:
            return UplinkSight()
        sight = UplinkSight(
            hub=hub,
            up=has_interface(hub.interface),
            seen=u.kept_seen(self._settings),
            why=_DOWN,
            load=u.load_lines(self._settings, hub),
            tools=u.TOOLS_LINE,
        )
        if not sight.up:
            return sight
        try:
            seen = Seen(at=self._clock.now(), paths=without_places(u.running(hub)))
        except (SetupProblem, BadInput) as e:
            why = _NO_RIGHT if shutil.which("wg") else Said(e.vi, e.en)
            return replace(sight, why=why, ask=self._ask_line(hub))
        return replace(sight, seen=seen, asked=True, why=None)

    def _ask_line(self, hub: Hub) -> str:
        """The line by which somebody who may ask WireGuard tells us; its secrets stay in the pipe."""
        program = Path(sys.executable).with_name("matpho")
        called = [str(program)] if program.exists() else [sys.executable, "-m", "matpho.cli.main"]
        words = [*called, "uplink", "check", "--dump", "-", "--home", str(self._settings.home.absolute())]
        return f"sudo wg show {hub.interface} dump | {shlex.join(['sudo', '-u', account_name(os.geteuid()), *words])}"

    def add(self, name: str, cameras: Sequence[str], endpoint: str | None, first: Callable[[Peer], None]) -> UplinkMade:
        """Make it, with a file name that ``wg-quick`` takes."""
        file = checked_file(f"{name}.conf")
        _, peer, text = u.add_peer(self._settings, name, cameras, endpoint or None, first)
        return UplinkMade(peer=peer, file=file, text=text, box=u.box_lines(file))

    def check(self, name: str, first: Callable[[Peer], None]) -> Found:
        """Try it; what WireGuard says or said lately sharpens the answer."""
        sight = self.look()
        if sight.hub is None:
            raise NotFound(f"there is no path {name}", f"không có đường {name}")
        peer = u.find_peer(sight.hub, name)
        first(peer)
        known = standing(peer, sight.seen, self._clock.now())
        return judged(sight.hub, peer, tried(sight.hub, peer), known)

    def remove(self, name: str, first: Callable[[Peer], None]) -> Hub:
        """Forget it."""
        return u.remove_peer(self._settings, name, first)
