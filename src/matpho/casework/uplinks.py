"""Acts on paths to households, in the audit trail before they are done."""

from matpho.casework.records import Figures
from matpho.casework.uplink_records import NoteUplink
from matpho.casework.work import Work
from matpho.domain.people import Action, Part, require


def note(work: Work, command: NoteUplink) -> None:
    """Write down what is about to be done, never a key of it. Raises NotAllowed."""
    require(work.actor, command.action, Part.UPLINKS)
    thing = f"uplink:{command.name}"
    detail: Figures = {"address": command.address, "cameras": command.cameras}
    match command.action:
        case Action.ADD:
            work.audit("add_uplink", thing, detail)
        case Action.REMOVE:
            work.audit("remove_uplink", thing, detail)
        case _:
            work.audit("check_uplink", thing, detail)
