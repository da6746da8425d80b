"""The state of the whole program."""

from fastapi import APIRouter

from matpho import __version__
from matpho.domain.people import Action, Part, Role, require
from matpho.domain.words import NOTHING_SAID
from matpho.web.context import Caller, Context, Here
from matpho.web.openapi_notes import errors, least
from matpho.web.parts import Disk, ProcessFacts
from matpho.web.schemas.base import said
from matpho.web.schemas.system import DetectorBody, DiskBody, ProcessBody, RecordingsTotal, SystemBody

router = APIRouter(prefix="/api", tags=["system"])


def _processes(here: Context) -> list[ProcessBody]:
    """What the supervisor says, with the figures that the workers tell of themselves."""
    heard = {p.name: p for p in here.parts.views.system().processes}
    told = here.parts.machine.processes() if here.parts.machine else ()
    known = told or tuple(
        ProcessFacts(name=p.name, pid=p.pid, state=p.state, since=p.since, restarts=p.restarts) for p in heard.values()
    )
    return [
        ProcessBody(
            name=p.name,
            pid=p.pid,
            state=p.state,
            since=p.since,
            restarts=p.restarts,
            figures={**(heard[p.name].figures if p.name in heard else {}), **p.figures},
        )
        for p in known
    ]


@router.get("/system", operation_id="get_system", openapi_extra=least(Role.OBSERVER), responses=errors(401, 403))
def get_system(here: Here, caller: Caller) -> SystemBody:
    """Processes, disk, detector and recordings."""
    require(caller.actor, Action.SEE, Part.SYSTEM)
    machine = here.parts.machine
    disk = machine.disk() if machine else Disk(total=0, free=0, reserved=0)
    place = here.parts.keeping.state if here.parts.keeping else None
    detector = machine.detector() if machine else None
    totals = here.parts.views.system().recordings
    return SystemBody(
        version=__version__,
        now=here.parts.clock.now(),
        processes=_processes(here),
        disk=DiskBody(
            total=disk.total,
            free=disk.free,
            reserved=disk.reserved,
            state=place.kind.value if place else "well",
            said=said(place.said) if place and place.said != NOTHING_SAID else None,
        ),
        detector=DetectorBody(name=detector.name, sha256=detector.sha256, licence=detector.licence)
        if detector
        else None,
        recordings=RecordingsTotal(bytes=totals.bytes, oldest=totals.oldest, newest=totals.newest),
    )
