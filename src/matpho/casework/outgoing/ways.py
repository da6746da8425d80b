"""The targets that are set up, as they are shown."""

from dataclasses import dataclass

from matpho.domain.words import NOTHING_SAID, Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One target. ``place`` has no secrets; ``wrong`` says why it cannot be used, or nothing."""

    name: str
    sort: str
    place: str
    kinds: tuple[str, ...]
    wrong: Said = NOTHING_SAID
