"""The machine as the health subject sees it: its disk, the disk's own word on itself, and our processes."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from matpho.casework.desk import Desk
from matpho.casework.health.alarms import Manners
from matpho.casework.health.keeper import HealthKeeper, MachineDisk, MachineProcess
from matpho.casework.health.quiet import quiet_of
from matpho.casework.ports import Store
from matpho.casework.states import Process, States
from matpho.domain.quiet import QuietHours
from matpho.domain.time import Clock
from matpho.pipeline.supervisor import ProcessNow, read_processes
from matpho.settings import Settings
from matpho.video.place import PlaceKind
from matpho.wiring.keeping import recordings_place

SMART_EVERY_S = 3600.0
_FAILING = 0b0001_1000  # smartctl(8), "EXIT STATUS": bit 3, disk failing; bit 4, prefail attributes at the threshold
_UNASKED = 0b0000_0011  # bit 0, command line; bit 1, the device could not be opened


def device_of(folder: Path) -> str | None:
    """The whole disk that a folder is on, such as ``/dev/sda``; None where it is on none (a network or memory)."""
    number = folder.stat().st_dev
    place = Path(f"/sys/dev/block/{os.major(number)}:{os.minor(number)}")
    if not place.exists():
        return None
    real = place.resolve()
    disk = real.parent if (real / "partition").exists() else real
    return f"/dev/{disk.name}"


def smart_failing(device: str, program: str = "smartctl") -> bool | None:
    """Whether the disk reports that it fails (SMART); None where it cannot be asked."""
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin")
    if found is None:
        return None
    try:
        answer = subprocess.run(  # noqa: S603 - no shell; the device's name comes from the system
            [found, "--json", "-H", device], capture_output=True, timeout=10, check=False
        )
        said = json.loads(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    if answer.returncode & _UNASKED or "smart_status" not in said:
        return None
    return not said["smart_status"].get("passed", True) or bool(answer.returncode & _FAILING)


class MachineHealth:
    """``casework.health.keeper.Machine`` on this machine."""

    def __init__(self, settings: Settings, states: States, clock: Clock) -> None:
        self._settings, self._states, self._clock = settings, states, clock
        self._failing: bool | None = None
        self._asked_s: float | None = None

    def disk(self) -> MachineDisk:
        """The disk of the recordings; a vanished one has no room."""
        reserve = self._settings.recording.reserve_mb * 1_000_000
        state = recordings_place(self._settings).look(0)
        if state.kind is PlaceKind.VANISHED:
            return MachineDisk(total=0, free=0, reserve=reserve, failing=self._failing, there=False)
        return MachineDisk(
            total=state.total,
            free=state.free,
            reserve=reserve,
            failing=self._smart(),
            writable=state.kind is not PlaceKind.READ_ONLY,
        )

    def _smart(self) -> bool | None:
        now_s = self._clock.monotonic_s()
        if self._asked_s is None or now_s - self._asked_s >= SMART_EVERY_S:
            self._asked_s = now_s
            device = device_of(self._settings.recordings)
            self._failing = smart_failing(device) if device else None
        return self._failing

    def processes(self) -> Sequence[MachineProcess]:
        """What the supervisor says, and what the processes tell of themselves."""
        heard = {p.name: p for p in self._states.processes()}
        kept: Sequence[Process | ProcessNow] = read_processes(self._settings.run) or tuple(heard.values())
        return [
            MachineProcess(
                name=p.name,
                state="late" if p.state == "running" and p.name in heard and heard[p.name].state == "late" else p.state,
                restarts=p.restarts,
                analysed=_analysed(heard.get(p.name)),
            )
            for p in kept
        ]


def _analysed(process: Process | None) -> tuple[float, float] | None:
    """Pictures due and left out, of a process that counts them."""
    figures = {} if process is None else process.figures
    due, left_out = figures.get("due_frames"), figures.get("dropped_frames")
    return None if due is None or left_out is None else (due, left_out)


def manners_of(settings: Settings, quiet: QuietHours) -> Manners:
    """The ward's wishes on being told, with the quiet hours that hold now."""
    return Manners(
        quiet=quiet.hours,
        zone=ZoneInfo(settings.time_zone),
        remind_s=settings.health.remind_hours * 3600,
        urgent_always=quiet.urgent_always,
    )


def wishes(settings: Settings, store: Store) -> Callable[[], Manners]:
    """What asks for them each time: whoever sets other quiet hours on the page need start nothing anew."""
    file = settings.quiet

    def ask() -> Manners:
        with store.read() as unit:
            return manners_of(settings, quiet_of(unit, file).now)

    return ask


def health_keeper(settings: Settings, desk: Desk, store: Store, states: States, clock: Clock) -> HealthKeeper:
    """The duty that looks after health."""
    machine = MachineHealth(settings, states, clock)
    days = float(settings.recording.routine_days)
    return HealthKeeper(desk, store, states, machine, clock, wishes(settings, store), wanted_days=days)
