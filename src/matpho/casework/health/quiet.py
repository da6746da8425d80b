"""The ward's quiet hours: those of the settings file until somebody sets others on the page, which then hold."""

import logging
from dataclasses import dataclass

from matpho.casework.health.commands import SetQuietHours
from matpho.casework.ports import Unit
from matpho.casework.work import Work
from matpho.domain import codec
from matpho.domain.people import Action, Part, require
from matpho.domain.quiet import QuietHours, read_quiet
from matpho.domain.words import Said
from matpho.errors import BadInput, Corrupt

_log = logging.getLogger(__name__)

NOTE = "quiet_hours"
_WHERE = Said("giờ yên tĩnh", "quiet hours")


@dataclass(frozen=True, slots=True)
class Quiet:
    """The hours that hold, and those of the settings file; ``own``: somebody has set them on the page."""

    now: QuietHours
    file: QuietHours
    own: bool


def quiet_of(unit: Unit, file: QuietHours) -> Quiet:
    """What holds: the file's too where the database's word on it is damaged, so that people go on being told."""
    note = unit.notes.get(NOTE)
    if not note:
        return Quiet(file, file, own=False)
    try:
        return Quiet(codec.loads(QuietHours, note.encode()), file, own=True)
    except Corrupt as e:
        _log.warning("quiet hours: %s; those of matpho.toml hold", e.en)
        return Quiet(file, file, own=False)


def set_quiet(work: Work, command: SetQuietHours) -> None:
    """Set other hours, none, or those of the settings file again."""
    require(work.actor, Action.CHANGE, Part.HEALTH)
    before = work.unit.notes.get(NOTE) or ""
    if command.hours is None:
        wanted, after = None, ""
    else:
        wanted = QuietHours(hours=read_quiet(command.hours, _WHERE), urgent_always=command.urgent_always)
        if wanted.hours is not None and wanted.hours.start == wanted.hours.end:
            raise BadInput(
                "quiet hours: the whole day would be quiet, and nobody would ever be told of a problem",
                "giờ yên tĩnh: nếu yên tĩnh cả ngày thì không ai được báo khi có sự cố",
            )
        after = codec.dumps(wanted).decode()
    if after == before:
        return
    work.unit.notes.put(NOTE, after)
    detail: dict[str, str | bool] = {"old": _told(before), "new": _told(after)}
    if wanted is not None:
        detail["urgent_always"] = wanted.urgent_always
    work.audit("set_quiet_hours", "system", detail)


def _told(note: str) -> str:
    """What the trail says of a note: the hours, "–" for none, or the file whose hours hold."""
    if not note:
        return "matpho.toml"
    try:
        return codec.loads(QuietHours, note.encode()).text or "–"
    except Corrupt:
        return "?"
