"""In words: who was nearest when a thing was set down, by the recording, where nobody was seen live."""

from datetime import tzinfo

from matpho.domain.observation import Group, StaticObject
from matpho.domain.words import Said
from matpho.rules import figures

WHO = {
    Group.PERSON: Said("một người", "a person"),
    Group.VEHICLE: Said("một chiếc xe", "a vehicle"),
    Group.TWO_WHEELER: Said("một xe hai bánh", "a two-wheeler"),
}


def by_recording(thing: StaticObject, local: tzinfo | None) -> Said | None:
    """The end of a sentence about the thing; None where the recording tells of nobody.

    Nearest is all that can be said: who walks past in that second is nearest too.
    """
    if thing.left_by is None:
        return None
    who, then = WHO.get(thing.left_by.group, WHO[Group.PERSON]), figures.moment(thing.left_by.at, local)
    return Said(
        f"theo bản ghi, lúc đó ({then.vi}) gần nhất là {who.vi}",
        f"by the recording {who.en} was nearest then ({then.en})",
    )
