"""An import taken back: what it added goes, and nothing else; the gaps are as they were."""

import os
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial

from matpho.casework.commands import TakeBackImport
from matpho.domain.ids import CameraId
from matpho.domain.messages import ImportUndone
from matpho.domain.people import Actor
from matpho.domain.time import Clock, SystemClock
from matpho.errors import NotFound
from matpho.settings import Settings
from matpho.video.brought import WRITER, Import, imports_of, open_journal, undoing
from matpho.video.removal import Remover
from matpho.wiring.desk import handle_beside
from matpho.wiring.keeping import keep_rules, recordings_place


@dataclass(frozen=True, slots=True)
class Undone:
    """What became of an import: how many ``files`` of it went, and for how long they last; none where none was left."""

    found: Import
    files: int
    length_s: float


def all_imports(settings: Settings, camera_id: CameraId | None = None) -> list[Import]:
    """The imports of one camera, or of all, oldest first."""
    told = sorted(CameraId(p.parent.name) for p in settings.journals.glob(f"*/{WRITER}.jsonl"))
    found = [one for i in told if camera_id in (None, i) for one in imports_of(settings.journals, i)]
    return sorted(found, key=lambda one: one.at)


def undo_import(
    settings: Settings,
    name: str,
    actor: Actor,
    *,
    dry: bool = False,
    near_incidents: bool = False,
    clock: Clock | None = None,
) -> Undone:
    """Take back the import of that name; ``dry`` only looks.

    Raises NotFound for one that is not known, Conflict when a hold or an incident keeps what it brought in, NotAllowed,
    or StorageProblem while another import of the camera goes on or when the disk refuses. Killed at any moment, it
    leaves the import there, or told as taken back with files that the next import of the camera or start removes.
    """
    place, clock = recordings_place(settings), clock or SystemClock()
    one = _named(settings, name)
    if dry:
        handle_beside(settings, _command(settings, one, lambda: None, near_incidents=near_incidents), actor)
        return Undone(one, len(one.files), one.kept_s)
    place.require()
    with closing(open_journal(one.camera_id, place)) as mine:
        one = _named(settings, name)  # as it is now that nobody else brings in or takes back
        facts = tuple(undoing(settings.journals, one))
        if facts:
            told = ImportUndone(one.camera_id, one.id, clock.now(), len(facts), round(one.kept_s, 3), os.getuid())
            going = partial(mine.append_all, [told, *facts])
            handle_beside(settings, _command(settings, one, going, near_incidents=near_incidents), actor)
            Remover(place).delete(facts)
    return Undone(one, len(facts), one.kept_s)


def _named(settings: Settings, name: str) -> Import:
    found = next((one for one in all_imports(settings) if one.name == name), None)
    if found is None:
        raise NotFound(
            f"there is no import {name!r}; `matpho imports` lists them",
            f"không có lần nhập {name!r}; lệnh `matpho imports` liệt kê các lần nhập",
        )
    return found


def _command(settings: Settings, one: Import, tell: Callable[[], object], *, near_incidents: bool) -> TakeBackImport:
    return TakeBackImport(
        camera_id=one.camera_id,
        spans=tuple(c.span for c in one.files),
        rules=keep_rules(settings),
        tell=tell,
        near_incidents=near_incidents,
    )
