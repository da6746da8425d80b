"""The machine and our processes on it, as the system page shows them."""

import shutil

from matpho.casework.states import States
from matpho.domain.time import Instant
from matpho.pipeline.supervisor import read_processes
from matpho.settings import Settings
from matpho.vision.detector import DetectorInfo
from matpho.web.parts import DetectorFacts, Disk, ProcessFacts


class Machine:
    """Joins what the supervisor wrote with what the processes tell of themselves."""

    def __init__(self, settings: Settings, states: States, detector: DetectorInfo | None) -> None:
        self._settings, self._states = settings, states
        self._facts = (
            DetectorFacts(name=detector.name, sha256=detector.sha256, licence=detector.licence) if detector else None
        )

    def disk(self) -> Disk:
        """Room for recordings."""
        usage = shutil.disk_usage(self._settings.home)
        return Disk(total=usage.total, free=usage.free, reserved=self._settings.recording.reserve_mb * 1_000_000)

    def detector(self) -> DetectorFacts | None:
        """The detector in use; None when there is none on this machine."""
        return self._facts

    def processes(self) -> tuple[ProcessFacts, ...]:
        """All processes that the supervisor keeps, those that are down too."""
        heard = {p.name: p for p in self._states.processes()}
        return tuple(
            ProcessFacts(
                name=p.name,
                pid=p.pid or None,
                state="late" if p.state == "running" and p.name in heard and heard[p.name].state == "late" else p.state,
                since=Instant(p.since),
                restarts=p.restarts,
                figures=heard[p.name].figures if p.name in heard else {},
            )
            for p in read_processes(self._settings.run)
        )
